"""What does a comparison of policies come to, draw by draw?"""

from collections.abc import Iterator, Mapping
from itertools import pairwise, permutations

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from sdmodels.engine.trajectories import Floats
from sdmodels.errors import SimulationError
from sdmodels.exploration.deciding import DECISIVE_COLUMNS, decisive
from sdmodels.exploration.shares import middle

ALL = "all"
"""Of every scenario."""


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
    ids = _ids(draws)
    tables, places = [], []
    for outcome, values, costs in _costs(draws):
        attrs = draws[outcome].attrs
        relative, relative_unit = relative_to(values, ids.index(baseline), attrs["units"])
        ranks = 1 + (costs[:, None, :] < costs[:, :, None] - attrs["margin"]).sum(axis=2)
        table = pd.DataFrame(
            {
                "outcome": outcome,
                "policy": ids,
                "group": [groups[policy] for policy in ids],
                "members": len(values),
                **_middles(values, ""),
                "unit": attrs["units"],
                **_middles(relative, "relative_"),
                "relative_unit": relative_unit,
                **_standing(costs, ranks, attrs["margin"]),
                "failed": np.isnan(draws[outcome].values).sum(axis=0),
            }
        )
        sign = 1 if attrs["better"] == "lower" else -1
        # Of equal medians, but for rounding, the better rank comes first.
        order = np.lexsort((ranks.mean(axis=0), np.round(sign * table["relative_median"], 6)))
        tables.append(table.iloc[order])
        places += [
            {
                "outcome": outcome,
                "policy": ids[number],
                "rank": place,
                "share": (ranks[:, number] == place).mean(),
            }
            for number in order
            for place in range(1, len(ids) + 1)
        ]
    return pd.concat(tables, ignore_index=True), pd.DataFrame(places)


def _ids(draws: xr.Dataset) -> list[str]:
    return [str(policy) for policy in draws["policy"].values]


def _middles(values: Floats, prefix: str) -> dict[str, list[float]]:
    """Return median, low and high of each policy, from values of shape ``(draws, policies)``."""
    found = [middle(column) for column in values.T]
    names = ("median", "low", "high")
    return {f"{prefix}{name}": [each[place] for each in found] for place, name in enumerate(names)}


def _standing(costs: Floats, ranks: NDArray[np.intp], margin: float) -> dict[str, Floats]:
    """Return how often each policy is best, its mean rank and its regret."""
    regret = costs - costs.min(axis=1, keepdims=True)
    best = regret <= margin
    return {
        "share_best": (best / best.sum(axis=1, keepdims=True)).mean(axis=0),
        "mean_rank": ranks.mean(axis=0),
        "regret_median": np.median(regret, axis=0),
        "regret_high": np.quantile(regret, 0.9, axis=0),
    }


def relative_to(values: Floats, baseline: int, unit: str) -> tuple[Floats, str]:
    """Return values against the baseline of the same draw: in per cent where that is always above zero.

    Parameters
    ----------
    values
        Shape ``(draws, policies)`` [unit].
    baseline
        Position of its policy.
    """
    against = values[:, [baseline]]
    if (against > 0).all():
        return 100 * (values / against - 1), "%"
    return values - against, unit


def compare_pairs(draws: xr.Dataset) -> pd.DataFrame:
    """Return the table ``pairs`` of a :class:`~sdmodels.exploration.ranking.Ranking`."""
    ids = _ids(draws)
    scenarios = list(dict.fromkeys(draws["scenario"].values.tolist()))
    parts = {ALL: draws}
    if len(scenarios) > 1:
        parts |= {name: draws.isel(draw=draws["scenario"].values == name) for name in scenarios}
    rows = [
        {
            "outcome": outcome,
            "scenario": scenario,
            "policy": ids[one],
            "other": ids[other],
            "better": _wins(costs[:, one], costs[:, other], part[outcome]),
            "equal": (np.abs(costs[:, one] - costs[:, other]) <= part[outcome].attrs["margin"]).mean(),
            "members": len(costs),
        }
        for scenario, part in parts.items()
        for outcome, _, costs in _costs(part)
        for one, other in permutations(range(len(ids)), 2)
    ]
    return pd.DataFrame(rows)


def _wins(costs: Floats, others: Floats, outcome: xr.DataArray) -> float:
    """Return the share of draws in which costs are lower by a difference that counts."""
    return float((costs < others - outcome.attrs["margin"]).mean())


def compare_groups(draws: xr.Dataset, groups: Mapping[str, str]) -> pd.DataFrame:
    """Return the table ``groups`` of a :class:`~sdmodels.exploration.ranking.Ranking`."""
    ids = _ids(draws)
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


def verdicts(table: pd.DataFrame, pairs: pd.DataFrame, *, holds: float) -> pd.DataFrame:
    """Return the table ``verdicts`` of a :class:`~sdmodels.exploration.ranking.Ranking`."""
    shares = pairs[pairs["scenario"] == ALL].set_index(["outcome", "policy", "other"])
    rows = []
    for outcome, frame in table.groupby("outcome", sort=False):
        for one, other in pairwise(frame["policy"]):
            better, equal = (float(shares.loc[(outcome, one, other), name]) for name in ("better", "equal"))
            rows.append(
                {
                    "outcome": outcome,
                    "policy": one,
                    "other": other,
                    "better": better,
                    "equal": equal,
                    "verdict": _verdict(better, equal, holds),
                }
            )
    return pd.DataFrame(rows)


def _verdict(better: float, equal: float, holds: float) -> str:
    if better >= holds:
        return "holds"
    if equal >= holds:
        return "alike"
    return "holds weakly" if better + equal >= holds else "conditional"


def deciding(draws: xr.Dataset, judged: pd.DataFrame, inputs: Mapping[str, Floats]) -> pd.DataFrame:
    """Return the table ``deciding`` of a :class:`~sdmodels.exploration.ranking.Ranking`.

    Parameters
    ----------
    judged
        As :func:`verdicts` returns it.
    inputs
        Of the draws, shape ``(draws,)`` each [unit of each].
    """
    columns = ["outcome", "policy", "other", *DECISIVE_COLUMNS[1:]]
    found = []
    conditional = judged[judged["verdict"] == "conditional"]
    for outcome, one, other in conditional[["outcome", "policy", "other"]].itertuples(index=False, name=None):
        values = draws[outcome]
        fine = ~np.isnan(values.values).any(axis=1)
        first, second = (values.sel(policy=policy).values[fine] for policy in (one, other))
        ahead = second - first if values.attrs["better"] == "lower" else first - second
        table = decisive(
            {name: column[fine] for name, column in inputs.items()},
            {"wins": ahead > values.attrs["margin"]},
        )
        found.append(table.assign(outcome=outcome, policy=one, other=other)[columns])
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=columns)
