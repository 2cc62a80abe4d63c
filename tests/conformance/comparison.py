"""How far are the numbers of a run from those of a reference output?"""

import io
from collections.abc import Collection
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from sdmodels.engine.trajectories import Trajectories
from sdmodels.structure.names import key_of

CONTROLS: Final = frozenset({"initial time", "final time", "time step", "saveper"})

# Below this share of the largest value of its column a number is compared absolutely: it is a difference of
# numbers that have six digits themselves.
SMALL: Final = 1e-3


def column_key(name: str) -> str:
    """Return what is compared of a column's name: as :func:`key_of`, and blanks beside commas do not count."""
    bare, bracket, elements = name.replace('"', "").partition("[")
    inside = ",".join(key_of(element) for element in elements.removesuffix("]").split(","))
    return key_of(bare) + (f"[{inside}]" if bracket else "")


def reference(path: Path) -> pd.DataFrame:
    """Return a reference output; a value that is only given once is a constant."""
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")  # older Vensim
    table = pd.read_csv(io.StringIO(text), sep="\t" if path.suffix == ".tab" else ",", index_col=0)
    table = table.apply(pd.to_numeric, errors="coerce")
    table.columns = [column_key(str(name)) for name in table.columns]
    return table.apply(lambda column: column.ffill() if column.count() == 1 else column).astype(float)


def largest_difference(
    found: Trajectories, names: tuple[str, ...], expected: pd.DataFrame, given: Collection[str] = ()
) -> tuple[float, str]:
    """Return the largest difference, relative to the value, and the column that has it.

    Columns of ``given`` are what the run was given: they are not compared.
    """
    wanted = [name for name in expected.columns if name not in CONTROLS and name not in given]
    row_of = {column_key(name): row for row, name in enumerate(names)}
    missing = [name for name in wanted if name not in row_of]
    if missing:
        return float("inf"), f"no variable for the column '{missing[0]}'"
    if not wanted:
        return float("inf"), "nothing is compared"
    times = expected.index.to_numpy(float)
    nearest = np.abs(found.times[None, :] - times[:, None]).argmin(axis=1)
    if np.abs(found.times[nearest] - times).max() > 1e-4:
        return float("inf"), "a time of the reference is not saved"
    worst, where = 0.0, ""
    for name in wanted:
        right = expected[name].to_numpy(float)
        left = found.values[row_of[name], nearest, 0]
        known = np.isfinite(right)
        if not known.any():
            continue
        scale = np.maximum(np.abs(right), SMALL * np.abs(right[known]).max())
        difference = np.abs(left - right)[known] / np.where(scale > 0, scale, 1)[known]
        largest = float(np.where(np.isnan(difference), np.inf, difference).max())
        if largest > worst:
            worst, where = largest, name
    return worst, where
