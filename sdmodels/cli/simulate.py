"""What happens in a model: one run or an ensemble, as CSV and plot?"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
import xarray as xr
from rich.console import Console

from sdmodels.catalogue import Entry, Language, Text, load
from sdmodels.cli.output import (
    parse_settings,
    progress,
    rows_of,
    show,
    show_json,
    show_written,
)
from sdmodels.experiment import Integration, read_series, simulate
from sdmodels.figures import save, trajectories
from sdmodels.report import words
from sdmodels.report.files import write_behaviour, write_variables
from sdmodels.report.outcomes import outcome_summary, outcome_table
from sdmodels.report.study import figure_variables, shown
from sdmodels.report.table import Cell, Table


def command(
    *,
    model: str,
    settings: list[str],
    policies: list[str],
    scenarios: list[str],
    members: int,
    seed: int,
    data: Path | None,
    out: Path | None,
    method: Literal["euler", "rk4"] | None,
    time_step: float | None,
    final_time: float | None,
    lang: Language,
    as_json: bool,
) -> None:
    """Simulate, write ``behaviour.csv``, ``variables.csv`` and ``behaviour.png``, and print how it ends."""
    entry = load(model)
    folder = out or Path("out") / entry.id
    given = {} if data is None else read_series(data)
    with progress("running", lang) as report:
        behaviour = simulate(
            entry,
            {**given, **parse_settings(settings)},
            policy=policies,
            scenario=scenarios,
            members=members,
            seed=seed,
            integration=Integration(method=method, time_step=time_step, final_time=final_time),
            progress=report,
        )
    with progress("writing", lang) as report:
        files = [
            write_behaviour(behaviour, folder / "behaviour.csv", progress=report),
            write_variables(entry, folder / "variables.csv"),
        ]
        names = shown(behaviour, figure_variables(entry))
        if names:
            files.append(save(trajectories(behaviour, names, language=lang), folder / "behaviour.png"))
    warn_of_failures(behaviour)
    tables = {"final": _final(entry, behaviour, names, lang)}
    if entry.outcomes:
        tables["outcomes"] = outcome_table(entry, outcome_summary(entry.outcomes, behaviour), lang)
    if as_json:
        document: dict[str, Any] = {name: rows_of(table) for name, table in tables.items()}
        show_json({"model": entry.id, **document, "files": [str(file) for file in files]})
        return
    show(list(tables.values()), lang)
    show_written(files, lang)


def warn_of_failures(behaviour: xr.Dataset) -> None:
    """Say on standard error how many members failed, and how the first did."""
    status = behaviour["status"].values
    failed = np.flatnonzero(status != "ok")
    if failed.size:
        text = f"{failed.size} of {status.size} members failed; the first: {status[failed[0]]}."
        Console(stderr=True, soft_wrap=True).print(text, markup=False)


def _final(entry: Entry, behaviour: xr.Dataset, names: list[str], language: Language) -> Table:
    """Return where the shown variables end: the median over the members of each policy."""
    fine = behaviour.isel(member=np.flatnonzero(behaviour["status"].values == "ok"), time=-1)
    groups = dict.fromkeys(zip(fine["scenario"].values, fine["policy"].values, strict=True))
    rows: list[Mapping[str, Cell]] = []
    texts = []
    for name in names:
        for scenario, policy in groups:
            chosen = (fine["scenario"].values == scenario) & (fine["policy"].values == policy)
            value = float(np.median(fine[name].values[chosen]))
            unit = str(fine[name].attrs.get("units", ""))
            rows.append(
                {"name": name, "scenario": str(scenario), "policy": str(policy), "value": value, "unit": unit}
            )
            texts.append(
                {
                    "name": entry.title_of(name, language),
                    "policy": entry.policy(str(policy)).title.in_language(language),
                    "scenario": entry.scenario(str(scenario)).title.in_language(language),
                    "unit": entry.unit_of(name, language),
                }
            )
    columns = [words.NAME]
    columns += [words.SCENARIO] if len({scenario for scenario, _ in groups}) > 1 else []
    columns += [words.POLICY] if len({policy for _, policy in groups}) > 1 else []
    columns += [words.VALUE, words.UNIT]
    final = behaviour["time"].values[-1]
    unit = behaviour["time"].attrs.get("units", "")
    zh_unit = behaviour.attrs.get("time_units_zh") or unit
    title = Text(en=f"At time {final:g} {unit}".rstrip(), zh=f"时间 {final:g} {zh_unit} 时")
    return Table(title=title, columns=tuple(columns), rows=tuple(rows), shown=tuple(texts))
