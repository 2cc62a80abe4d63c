"""Which parameters decide whether a member is in a class?"""

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sdmodels.engine.trajectories import Floats

FEWEST: Final = 10
"""Members that a class and the rest must both have before anything is said of what decides."""
_CUTS: Final = np.linspace(0.02, 0.98, 49)
"""Where thresholds are tried: at every 2 % of the members."""

DECISIVE_COLUMNS: Final = (
    "class",
    "rank",
    "parameter",
    "distance",
    "direction",
    "p_value",
    "inside",
    "outside",
)
RULE_COLUMNS: Final = ("class", "rule", "parameter", "relation", "threshold", "precision", "coverage", "base")


def decisive(inputs: Mapping[str, Floats], classes: Mapping[str, NDArray[np.bool_]]) -> pd.DataFrame:
    """Rank parameters by how differently they are distributed inside a class and outside of it.

    Parameters
    ----------
    inputs
        Of the members, shape ``(members,)`` each [unit of each].
    classes
        Which members are in each, shape ``(members,)``. A class of which fewer than ``FEWEST`` members are
        inside or outside has no rows.

    Returns
    -------
    pandas.DataFrame
        Columns ``class, rank, parameter, distance, direction, p_value, inside, outside``, the most decisive
        parameter of each class first. ``distance`` is the largest difference of the two cumulative
        distributions [0 to 1]; ``direction`` is ``higher`` if members inside have higher values at that point.
        ``p_value`` is for one parameter alone, whatever the number of parameters.

    References
    ----------
    G. M. Hornberger, R. C. Spear, An approach to the preliminary analysis of environmental systems, Journal of
    Environmental Management 12, 1981, 7-18.
    """
    rows: list[dict[str, object]] = []
    for name, inside in classes.items():
        if not _enough(inside):
            continue
        found = [
            {"class": name, "parameter": parameter, **_distance(values[inside], values[~inside])}
            for parameter, values in inputs.items()
        ]
        found.sort(key=lambda row: -float(row["distance"]))
        rows += [{**row, "rank": rank} for rank, row in enumerate(found, start=1)]
    return pd.DataFrame(rows, columns=list(DECISIVE_COLUMNS))


def _enough(inside: NDArray[np.bool_]) -> bool:
    return bool(min(inside.sum(), (~inside).sum()) >= FEWEST)


def _distance(inside: Floats, outside: Floats) -> dict[str, float | str]:
    # Here and not above: it takes a second to import, and not every exploration asks for it.
    from scipy.stats import ks_2samp

    found = ks_2samp(inside, outside, method="asymp")
    return {
        "distance": float(found.statistic),
        # The distribution that has gathered more by then has the lower values.
        "direction": "lower" if found.statistic_sign > 0 else "higher",
        "p_value": float(found.pvalue),
        "inside": inside.size,
        "outside": outside.size,
    }


def rules(inputs: Mapping[str, Floats], classes: Mapping[str, NDArray[np.bool_]]) -> pd.DataFrame:
    """Find the best rules of one threshold and of two that tell a class.

    Parameters
    ----------
    inputs, classes
        As of :func:`decisive`.

    Returns
    -------
    pandas.DataFrame
        Columns ``class, rule, parameter, relation, threshold, precision, coverage, base``: one row for rule 1
        (one threshold) and two rows for rule 2 (both must hold) of each class. ``precision`` is the share of
        the class among members that the rule chooses, ``coverage`` the share of the class that it chooses, and
        ``base`` the share of the class among all [dimensionless].

    Notes
    -----
    All thresholds at every 2 % of the members are tried, with all pairs of parameters; the best rule has the
    largest difference between the share it chooses inside of the class and outside of it [1]_.

    References
    ----------
    .. [1] W. J. Youden, Index for rating diagnostic tests, Cancer 3, 1950, 32-35.
    """
    cuts = {name: np.quantile(values, _CUTS) for name, values in inputs.items()}
    bins = {name: np.searchsorted(cuts[name], values, side="right") for name, values in inputs.items()}
    rows: list[dict[str, object]] = []
    for name, inside in classes.items():
        if not _enough(inside):
            continue
        weights = np.where(inside, 1 / inside.sum(), -1 / (~inside).sum())
        for size in (1, 2):
            found = [
                candidate
                for chosen in combinations(inputs, size)
                for candidate in _best(bins, chosen, weights)
            ]
            if not found:
                continue
            _, terms = max(found, key=lambda candidate: candidate[0])
            rows += _described(name, size, terms, cuts, bins, inside)
    return pd.DataFrame(rows, columns=list(RULE_COLUMNS))


Term = tuple[str, bool, int]
"""A parameter, whether it is above, and the number of the cut."""


def _best(
    bins: Mapping[str, NDArray[np.intp]], chosen: tuple[str, ...], weights: Floats
) -> Iterator[tuple[float, tuple[Term, ...]]]:
    """Yield the best cuts of the chosen parameters in each direction, with their score."""
    room = len(_CUTS) + 1
    place = np.zeros(weights.size, dtype=np.intp)
    for name in chosen:
        place = place * room + bins[name]
    below = np.bincount(place, weights, minlength=room ** len(chosen)).reshape((room,) * len(chosen))
    for axis in range(len(chosen)):
        below = below.cumsum(axis=axis)
    for above in np.ndindex((2,) * len(chosen)):
        score = below
        for axis, is_above in enumerate(above):
            whole, kept = score.take([-1], axis), score.take(range(room - 1), axis)
            score = whole - kept if is_above else kept
        cut = np.unravel_index(int(score.argmax()), score.shape)
        yield (
            float(score.max()),
            tuple((name, bool(a), int(c)) for name, a, c in zip(chosen, above, cut, strict=True)),
        )


def _described(
    name: str,
    rule: int,
    terms: tuple[Term, ...],
    cuts: Mapping[str, Floats],
    bins: Mapping[str, NDArray[np.intp]],
    inside: NDArray[np.bool_],
) -> list[dict[str, object]]:
    """Return a row a term."""
    takes = np.ones(inside.size, dtype=bool)
    for parameter, above, cut in terms:
        takes &= (bins[parameter] > cut) == above
    hit = int((takes & inside).sum())
    quality = {
        "precision": hit / int(takes.sum()) if takes.any() else np.nan,
        "coverage": hit / int(inside.sum()),
        "base": float(inside.mean()),
    }
    return [
        {
            "class": name,
            "rule": rule,
            "parameter": parameter,
            "relation": "at least" if above else "below",
            "threshold": float(cuts[parameter][cut]),
            **quality,
        }
        for parameter, above, cut in terms
    ]
