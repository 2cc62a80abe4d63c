"""What do the fluctuations of members that tip come to, beside those of members that do not?"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

import numpy as np
import pandas as pd
import xarray as xr

from sdmodels.engine.trajectories import Floats
from sdmodels.exploration.discrimination import discriminate

Group: TypeAlias = Literal["stays", "before", "after"]
Measure: TypeAlias = Literal["deviation", "autocorrelation"]
GROUPS: Final[tuple[Group, ...]] = ("stays", "before", "after")
MEASURES: Final[tuple[Measure, ...]] = ("deviation", "autocorrelation")
NO_RISE: Mapping[Measure, float] = MappingProxyType({"deviation": 1.0, "autocorrelation": 0.0})
"""What a rise is when nothing changes: a deviation is multiplied, to an autocorrelation it is added."""
_QUANTILES: Final = (0.05, 0.25, 0.5, 0.75, 0.95)


def group_of(runs: xr.Dataset, group: Group) -> np.ndarray:
    """Return which cells belong to a group, shape ``(members, values)``; members that failed to none."""
    tips_at = runs["tips_at"].values[:, None]
    places = np.arange(runs.sizes["value"])
    fine, tips = ~runs["failed"].values[:, None], tips_at >= 0
    match group:
        case "stays":
            return fine & ~tips & (places >= 0)
        case "before":
            return fine & tips & (places < tips_at)
        case "after":
            return fine & tips & (places >= tips_at)


def quantiles(runs: xr.Dataset) -> pd.DataFrame:
    """Return what the figure shows.

    Parameters
    ----------
    runs
        As :class:`~sdmodels.exploration.noise.EarlyWarnings` has them.

    Returns
    -------
    pandas.DataFrame
        Columns ``measure, group, value, p05, p25, p50, p75, p95, members``: over the members of the group at that
        value of the lever which have the measure; no row where there is none.
    """
    return pd.DataFrame(
        _rows(runs), columns=["measure", "group", "value", "p05", "p25", "p50", "p75", "p95", "members"]
    )


def _rows(runs: xr.Dataset) -> Iterator[tuple[object, ...]]:
    for measure in (*MEASURES, "condition"):
        cells = runs[measure].values
        for group in GROUPS:
            its = group_of(runs, group) & np.isfinite(cells)
            for place, value in enumerate(runs["value"].values.tolist()):
                here = cells[its[:, place], place]
                if here.size:
                    yield (measure, group, value, *np.quantile(here, _QUANTILES).tolist(), here.size)


def rises(runs: xr.Dataset, measure: Measure) -> Floats:
    """Return how a measure differs from the lever's first value, shape ``(members, values)`` [dimensionless].

    A deviation as a multiple, infinite where it rises from nothing and 1 where nothing stays nothing; an
    autocorrelation as a difference, not-a-number where either is.
    """
    cells = runs[measure].values
    first = cells[:, :1]
    if measure == "autocorrelation":
        return np.asarray(cells - first)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((cells == 0) & (first == 0), 1.0, cells / first)


def comparison(runs: xr.Dataset) -> pd.DataFrame:
    """Compare the rise before a tip with that of members that do not tip, at the same values of the lever.

    Returns
    -------
    pandas.DataFrame
        A row a measure. ``tips``, ``tips_rise``, ``tips_median``: members with two or more values before their
        tip, the share of them with more at the last of these values than at the first of the grid, and the median
        rise. ``stays``, ``stays_rise``, ``stays_median``: the same of members that do not tip, at the values of
        those that do, which have equal weight. ``area, low, high``: probability that the first has risen more than
        the second, with its 95 % interval (:class:`~sdmodels.exploration.discrimination.Discrimination`).
    """
    return pd.DataFrame([_compared(runs, measure) for measure in MEASURES])


def _compared(runs: xr.Dataset, measure: Measure) -> dict[str, object]:
    rise, none = rises(runs, measure), NO_RISE[measure]
    tips_at, fine = runs["tips_at"].values, ~runs["failed"].values
    last = tips_at - 1
    own = rise[np.arange(rise.shape[0]), last]
    tips = fine & (last >= 1) & ~np.isnan(own)
    stays = fine & (tips_at < 0) & ~np.isnan(rise).any(axis=1)
    others = rise[stays].T
    found = discriminate(own[tips], last[tips], others)
    weights = np.bincount(last[tips], minlength=rise.shape[1])[:, None] * np.ones(others.shape)
    return {
        "measure": measure,
        "tips": int(tips.sum()),
        "tips_rise": _share(own[tips] > none, np.ones(int(tips.sum()))),
        "tips_median": _median(own[tips], np.ones(int(tips.sum()))),
        "stays": int(stays.sum()),
        "stays_rise": _share((others > none).ravel(), weights.ravel()),
        "stays_median": _median(others.ravel(), weights.ravel()),
        "area": found.area,
        "low": found.low,
        "high": found.high,
    }


def _share(holds: np.ndarray, weights: Floats) -> float:
    total = float(weights.sum())
    return float((holds * weights).sum() / total) if total else np.nan


def _median(values: Floats, weights: Floats) -> float:
    """Return the value with half of the weight on either side, the middle of two if there are two.

    Weights are whole numbers, so that their sums are exact; a value may be infinite.
    """
    counted = weights > 0
    order = np.argsort(values[counted])
    ascending, reached = values[counted][order], np.cumsum(weights[counted][order])
    if not reached.size:
        return np.nan
    half = reached[-1] / 2
    lower, upper = (ascending[np.searchsorted(reached, half, side=side)] for side in ("left", "right"))
    return float(lower if lower == upper else (lower + upper) / 2)
