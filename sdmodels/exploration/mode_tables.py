"""What do the classes of members come to, and would other choices say the same?"""

from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sdmodels.engine.trajectories import Floats
from sdmodels.exploration.classes import MECHANISMS, SHAPES, Classes, Tolerances, classify
from sdmodels.exploration.shares import middle, wilson

ALL: Final = "all"
"""In the margins of the cross table."""
CLOSER: Final = "tips looked at closer"


def shares(classes: Classes) -> pd.DataFrame:
    """Return the cross table of shapes and mechanisms, with margins, one row a cell.

    Returns
    -------
    pandas.DataFrame
        Columns ``shape, mechanism, members, share, low, high``; a class that no member is in has its row too.
    """
    rows = []
    for shape in (*SHAPES, ALL):
        for mechanism in (*MECHANISMS, ALL):
            inside = np.ones(classes.shape.size, dtype=bool)
            if shape != ALL:
                inside &= classes.shape == shape
            if mechanism != ALL:
                inside &= classes.mechanism == mechanism
            rows.append({"shape": shape, "mechanism": mechanism, **_share(int(inside.sum()), inside.size)})
    return pd.DataFrame(rows)


def _share(counted: int, members: int) -> dict[str, float]:
    low, high = wilson(counted, members)
    share = counted / members if members else np.nan
    return {"members": counted, "share": share, "low": low, "high": high}


def places(classes: Classes, unit: str) -> pd.DataFrame:
    """Return where on the lever the optimum, the onset and the tip are, over the members that have one.

    Returns
    -------
    pandas.DataFrame
        Columns ``place, members, median, low, high, unit``; ``low`` and ``high`` hold the middle 90 %.
    """
    rows = []
    for name, values in (("optimum", classes.optimum), ("onset", classes.onset), ("tip", classes.tip)):
        found = values[np.isfinite(values)]
        median, low, high = middle(found)
        rows.append(
            {"place": name, "members": found.size, "median": median, "low": low, "high": high, "unit": unit}
        )
    return pd.DataFrame(rows)


def robustness(
    values: Floats, burden: Floats, condition: Floats, tolerances: Tolerances, half: int
) -> pd.DataFrame:
    """Return the share of each class as it is, and under other choices that were just as good.

    Parameters
    ----------
    values, burden, condition, tolerances
        As of :func:`~sdmodels.exploration.classes.classify`.
    half
        How many members the first half of the sample has.

    Returns
    -------
    pandas.DataFrame
        Columns ``variant, kind, class, members, share, low, high``.
    """
    variants = _variants(values, burden, condition, tolerances, half)
    return pd.concat([variant_shares(name, classes) for name, classes in variants], ignore_index=True)


def variant_shares(variant: str, classes: Classes) -> pd.DataFrame:
    """Return the share of each class under one choice, as rows of :func:`robustness`."""
    kinds = (("shape", SHAPES, classes.shape), ("mechanism", MECHANISMS, classes.mechanism))
    rows = [
        {"variant": variant, "kind": kind, "class": name, **_share(int((found == name).sum()), found.size)}
        for kind, names, found in kinds
        for name in names
    ]
    return pd.DataFrame(rows)


def closer_shares(classes: Classes, sharp: NDArray[np.bool_]) -> pd.DataFrame:
    """Return the shares of the mechanisms, where a tip without a sharp jump is a graded substitution.

    Parameters
    ----------
    sharp
        Whether a jump remains when a tip is looked at closer, shape ``(members,)``.
    """
    found = np.where((classes.mechanism == "tip") & ~sharp, "graded substitution", classes.mechanism)
    rows = [
        {
            "variant": CLOSER,
            "kind": "mechanism",
            "class": name,
            **_share(int((found == name).sum()), found.size),
        }
        for name in MECHANISMS
    ]
    return pd.DataFrame(rows)


def _variants(
    values: Floats, burden: Floats, condition: Floats, tolerances: Tolerances, half: int
) -> Iterator[tuple[str, Classes]]:
    yield "as asked", classify(values, burden, condition, tolerances)
    if half:
        yield "first half of the sample", classify(values, burden[:half], condition[:half], tolerances)
    for name, factor in (("tolerances halved", 0.5), ("tolerances doubled", 2.0)):
        yield name, classify(values, burden, condition, tolerances.scaled(factor))
    if values.size > 3:
        # Both ends stay: the range of the lever is the same.
        kept = np.unique([*range(0, values.size, 2), values.size - 1])
        yield (
            "every second value of the lever",
            classify(values[kept], burden[:, kept], condition[:, kept], tolerances),
        )
