"""What does a comparison of policies come to, draw by draw?"""

from collections.abc import Iterator, Mapping
from itertools import pairwise, permutations

import numpy as np
import pandas as pd
import xarray as xr

from sdmodels.engine.trajectories import Floats
from sdmodels.errors import SimulationError
from sdmodels.exploration.deciding import decisive
from sdmodels.exploration.shares import middle

_NAMED = 3
"""Parameters that are named where an order is conditional."""


def _costs(draws: xr.Dataset) -> Iterator[tuple[str, Floats, Floats]]:
    """Yield each outcome with its values and with what is better low, over the draws that have all policies.

    Both have the shape ``(draws, policies)``.
    """
    for name in map(str, draws.data_vars):
        values = draws[name].values
        values = values[~np.isnan(values).any(axis=1)]
        if not len(values):
            raise SimulationError(
                f"No draw has a number for '{name}' under every policy.\n"
                f"    {draws.sizes['draw']} draws, {draws.sizes['policy']} policies\n"
                "Leave out the policy that fails, or narrow the ranges of the uncertain constants."
            )
        yield name, values, values if draws[name].attrs["better"] == "lower" else -values


def rank(draws: xr.Dataset, *, baseline: str, groups: Mapping[str, str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the tables ``table`` and ``ranks`` of a :class:`~sdmodels.exploration.ranking.Ranking`."""
    ids = [str(policy) for policy in draws["policy"].values]
    rows, places = [], []
    for outcome, values, costs in _costs(draws):
        margin = draws[outcome].attrs["margin"]
        ranks = 1 + (costs[:, None, :] < costs[:, :, None] - margin).sum(axis=2)
        best = costs <= costs.min(axis=1, keepdims=True) + margin
        share_best = (best / best.sum(axis=1, keepdims=True)).mean(axis=0)
        regret = costs - costs.min(axis=1, keepdims=True)
        relative, relative_unit = _relative(values, ids.index(baseline), draws[outcome].attrs["units"])
        failed = np.isnan(draws[outcome].values).sum(axis=0)
        sign = 1 if draws[outcome].attrs["better"] == "lower" else -1
        # Of equal medians, but for rounding, the better rank comes first.
        medians = np.round(sign * np.median(relative, axis=0), 6)
        for number in np.lexsort((ranks.mean(axis=0), medians)):
            median, low, high = middle(values[:, number])
            relative_median, relative_low, relative_high = middle(relative[:, number])
            rows.append(
                {
                    "outcome": outcome,
                    "policy": ids[number],
                    "group": groups[ids[number]],
                    "members": len(values),
                    "median": median,
                    "low": low,
                    "high": high,
                    "unit": draws[outcome].attrs["units"],
                    "relative_median": relative_median,
                    "relative_low": relative_low,
                    "relative_high": relative_high,
                    "relative_unit": relative_unit,
                    "share_best": share_best[number],
                    "mean_rank": ranks[:, number].mean(),
                    "regret_median": float(np.median(regret[:, number])),
                    "regret_high": float(np.quantile(regret[:, number], 0.9)),
                    "failed": int(failed[number]),
                }
            )
            places += [
                {
                    "outcome": outcome,
                    "policy": ids[number],
                    "rank": r,
                    "share": (ranks[:, number] == r).mean(),
                }
                for r in range(1, len(ids) + 1)
            ]
    return pd.DataFrame(rows), pd.DataFrame(places)


def _relative(values: Floats, baseline: int, unit: str) -> tuple[Floats, str]:
    """Return values against the baseline of the same draw: in per cent where that is always above zero."""
    against = values[:, [baseline]]
    if (against > 0).all():
        return 100 * (values / against - 1), "%"
    return values - against, unit


def compare_pairs(draws: xr.Dataset) -> pd.DataFrame:
    """Return the table ``pairs`` of a :class:`~sdmodels.exploration.ranking.Ranking`."""
    ids = [str(policy) for policy in draws["policy"].values]
    rows = [
        {
            "outcome": outcome,
            "policy": ids[one],
            "other": ids[other],
            "better": _wins(costs[:, one], costs[:, other], draws[outcome]),
            "equal": (np.abs(costs[:, one] - costs[:, other]) <= draws[outcome].attrs["margin"]).mean(),
            "members": len(costs),
        }
        for outcome, _, costs in _costs(draws)
        for one, other in permutations(range(len(ids)), 2)
    ]
    return pd.DataFrame(rows)


def _wins(costs: Floats, others: Floats, outcome: xr.DataArray) -> float:
    """Return the share of draws in which costs are lower by a difference that counts."""
    return float((costs < others - outcome.attrs["margin"]).mean())


def compare_groups(draws: xr.Dataset, groups: Mapping[str, str]) -> pd.DataFrame:
    """Return the table ``groups`` of a :class:`~sdmodels.exploration.ranking.Ranking`."""
    ids = [str(policy) for policy in draws["policy"].values]
    inside = {
        group: [ids.index(policy) for policy, its in groups.items() if its == group]
        for group in dict.fromkeys(groups.values())
        if group
    }
    rows = [
        {
            "outcome": outcome,
            "group": one,
            "other": other,
            "members": len(costs),
            "best": _wins(
                costs[:, inside[one]].min(axis=1), costs[:, inside[other]].min(axis=1), draws[outcome]
            ),
            "mean": _wins(
                costs[:, inside[one]].mean(axis=1), costs[:, inside[other]].mean(axis=1), draws[outcome]
            ),
        }
        for outcome, _, costs in _costs(draws)
        for one, other in permutations(inside, 2)
    ]
    return pd.DataFrame(rows, columns=["outcome", "group", "other", "members", "best", "mean"])


def verdicts(
    draws: xr.Dataset,
    table: pd.DataFrame,
    pairs: pd.DataFrame,
    *,
    holds: float,
    inputs: Mapping[str, Floats],
) -> pd.DataFrame:
    """Return the table ``verdicts`` of a :class:`~sdmodels.exploration.ranking.Ranking`."""
    shares = pairs.set_index(["outcome", "policy", "other"])
    rows = []
    for outcome, frame in table.groupby("outcome", sort=False):
        for one, other in pairwise(frame["policy"]):
            better, equal = (float(shares.loc[(outcome, one, other), name]) for name in ("better", "equal"))
            said = _verdict(better, equal, holds)
            rows.append(
                {
                    "outcome": outcome,
                    "policy": one,
                    "other": other,
                    "better": better,
                    "equal": equal,
                    "verdict": said,
                    "decided_by": _decided_by(draws[str(outcome)], one, other, inputs)
                    if said == "conditional"
                    else "",
                }
            )
    return pd.DataFrame(rows)


def _verdict(better: float, equal: float, holds: float) -> str:
    if better >= holds:
        return "holds"
    if equal >= holds:
        return "alike"
    return "holds weakly" if better + equal >= holds else "conditional"


def _decided_by(outcome: xr.DataArray, one: str, other: str, inputs: Mapping[str, Floats]) -> str:
    """Return the parameters on which it depends which of two policies is better, the most decisive first."""
    fine = ~np.isnan(outcome.values).any(axis=1)
    first, second = (outcome.sel(policy=policy).values[fine] for policy in (one, other))
    ahead = second - first if outcome.attrs["better"] == "lower" else first - second
    wins = ahead > outcome.attrs["margin"]
    table = decisive({name: values[fine] for name, values in inputs.items()}, {"wins": wins})
    return "; ".join(table.head(_NAMED)["parameter"])
