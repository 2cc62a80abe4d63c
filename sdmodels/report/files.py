"""How do results become files?"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from sdmodels.catalogue import Entry
from sdmodels.engine.trajectories import Progress
from sdmodels.structure.subscripts import scalar_names
from sdmodels.whole import whole


def write_rows(
    path: Path, header: Sequence[str], rows: Iterable[Sequence[object]], *, chinese: bool = False
) -> Path:
    """Write a CSV file in UTF-8.

    With Chinese in the header, or in the rows as ``chinese`` says, it begins with a byte order mark: a
    spreadsheet on Windows takes it for UTF-8 only then. Other files are plain.
    """
    marked = chinese or not "".join(header).isascii()
    with whole(path, "utf-8-sig" if marked else "utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return path


def write_summary(summary: pd.DataFrame, path: Path) -> Path:
    """Write a data frame; a value that is missing is an empty cell."""
    rows = summary.astype(object).where(summary.notna(), "").itertuples(index=False)
    return write_rows(path, [str(column) for column in summary.columns], list(rows))


def write_behaviour(behaviour: xr.Dataset, path: Path, *, progress: Progress | None = None) -> Path:
    """Write every saved value: first column the time, then the variables by their names as in the model.

    Several members follow one another; then the last columns are ``policy``, ``scenario`` and ``member``.
    """
    names = [str(name) for name in behaviour.data_vars]
    members = behaviour.sizes["member"]
    times = behaviour["time"].values
    labels = ["policy", "scenario", "member"] if members > 1 else []

    def rows() -> Iterator[list[object]]:
        for member in range(members):
            one = behaviour.isel(member=member)
            ends = [str(one["policy"].item()), str(one["scenario"].item()), member] if labels else []
            columns = np.array([one[name].values for name in names])
            for time, values in zip(times, columns.T, strict=True):
                yield [_number(time), *map(_number, values), *ends]
            if progress is not None:
                progress(member + 1, members)

    return write_rows(path, ["Time", *names, *labels], rows())


def _number(value: float) -> float | int:
    """Return whole numbers without a decimal point, all others in full precision."""
    return int(value) if abs(value) < 1e15 and value == np.trunc(value) else float(value)


def write_variables(entry: Entry, path: Path) -> Path:
    """Write what every variable is: name, Chinese name, kind, unit and documentation."""
    manifest = entry.manifest
    rows = []
    for scalar, name in (scalar_names(entry.model) | dict.fromkeys(entry.model.slopes)).items():
        variable = entry.model[name or scalar]
        chinese = manifest.title_of(scalar, "zh") if manifest else ""
        kind = type(variable).__name__.lower()
        rows.append([scalar, chinese, kind, variable.units, variable.documentation])
    return write_rows(path, ["variable", "zh", "kind", "unit", "documentation"], rows, chinese=True)


def write_bands(behaviour: xr.Dataset, names: Sequence[str], path: Path) -> Path:
    """Write the quantiles over the members of each policy: one row a scenario, policy, variable and time."""
    quantiles = (0.05, 0.25, 0.5, 0.75, 0.95)
    fine = behaviour.isel(member=np.flatnonzero(behaviour["status"].values == "ok"))
    groups = dict.fromkeys(zip(fine["scenario"].values, fine["policy"].values, strict=True))

    def rows() -> Iterator[list[object]]:
        for scenario, policy in groups:
            chosen = (fine["scenario"].values == scenario) & (fine["policy"].values == policy)
            group = fine.isel(member=np.flatnonzero(chosen))
            for name in names:
                bands = np.quantile(group[name].values, quantiles, axis=0)
                unit = group[name].attrs.get("units", "")
                for time, values in zip(group["time"].values, bands.T, strict=True):
                    yield [_number(time), scenario, policy, name, unit, *map(_number, values)]

    header = ["Time", "scenario", "policy", "variable", "unit", *(f"p{100 * q:02.0f}" for q in quantiles)]
    return write_rows(path, header, rows())
