"""Which policy is best, how surely, and at what regret?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from sdmodels.catalogue import Entry, Outcome, Policy, Scenario, Text
from sdmodels.engine.trajectories import Floats, Progress
from sdmodels.errors import InputError, unknown
from sdmodels.experiment import Integration, ModelLike, as_entry, evaluate
from sdmodels.experiment.sampling import Sampling
from sdmodels.exploration.candidates import Candidate, policies_of
from sdmodels.exploration.rank_tables import compare_groups, compare_pairs, deciding, rank, verdicts
from sdmodels.exploration.sample import MOST_RUNS, portions, sample_of, shifted
from sdmodels.exploration.shares import middle
from sdmodels.structure.subscripts import variable_of


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingSearch:
    """Policies, each run under every scenario on the same draws.

    Attributes
    ----------
    candidates
        What is compared; the baseline must be among them.
    baseline
        Id of the policy that the others are measured against.
    outcomes
        Outcomes with a direction that is better, by id or as values; the first is the main one.
    scenarios
        By id, or as values; a draw is a member under one of them.
    holds
        Share of draws in which an order must hold to be said to hold [dimensionless].
    alike
        Differences of at most this share of the baseline's median do not count: neither is better
        [dimensionless].
    groups
        What a reader calls each group of candidates.
    horizon
        Final time of the runs; the model's own if ``None`` [the model's unit of time].
    """

    candidates: tuple[Candidate, ...]
    outcomes: tuple[str | Outcome, ...]
    baseline: str = "baseline"
    scenarios: tuple[str | Scenario, ...] = ("normal",)
    holds: float = 0.8
    alike: float = 0.001
    groups: Mapping[str, Text] = field(default_factory=lambda: MappingProxyType({}))
    horizon: float | None = None
    members: int = 1024
    seed: int = 0
    sampling: Sampling = "sobol"

    def __post_init__(self) -> None:
        if not 0.5 < self.holds <= 1:
            raise ValueError(
                f"holds is {self.holds:g}; it must be above 0.5, so that one order at most holds."
            )
        if self.alike < 0:
            raise ValueError(f"alike is {self.alike:g}; it must be 0 or more.")
        missing = {each.group for each in self.candidates if each.group} - set(self.groups)
        if missing:
            raise ValueError(f"groups says nothing of '{min(missing)}'.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """How policies compare, draw by draw.

    Attributes
    ----------
    policies
        In the order of the candidates.
    draws
        Dimensions ``(draw, policy)``: a variable for each outcome under its id, with ``units`` and ``better``;
        along ``draw`` the coordinates ``scenario``, ``sample`` and every input that is drawn. A failed run is
        not-a-number.
    table
        Columns ``outcome, policy, group, members, median, low, high, unit, relative_median, relative_low,
        relative_high, relative_unit, share_best, mean_rank, regret_median, regret_high, failed``, in the order
        of ``relative_median``, the best first; ``low`` and ``high`` hold the middle 90 %. Relative is to the
        baseline of the same draw (in % where that is always above 0), regret the distance from the best policy
        of the same draw (its median and 90 % quantile) [unit of the outcome].
    ranks
        Columns ``outcome, policy, rank, share``: in what share of draws a policy has each rank, which is one
        more than the number of policies that do better.
    pairs
        Columns ``outcome, scenario, policy, other, better, equal, members``: the share of draws in which a
        policy does better than the other, or alike; under each scenario, and under ``"all"``.
    groups
        Columns ``outcome, group, other, members, best, mean``: the share of draws in which the best policy of
        a group does better than the best of the other, and in which the mean of the group does.
    verdicts
        Columns ``outcome, policy, other, better, equal, verdict``: neighbours in the order of the table. The
        order ``holds`` if it is so in the share of draws that is asked for; else the two are ``alike`` in that
        many, or it ``holds weakly`` (the first is better or alike in that many), or it is ``conditional``.
    deciding
        Columns ``outcome, policy, other, rank, parameter, distance, direction, p_value, inside, outside``: of
        the conditional pairs, the parameters on which it depends whether the first is better, as
        :func:`~sdmodels.exploration.deciding.decisive` ranks them.

    All shares are of the draws in which no policy failed.
    """

    entry: Entry
    search: RankingSearch
    policies: tuple[Policy, ...]
    draws: xr.Dataset
    table: pd.DataFrame
    ranks: pd.DataFrame
    pairs: pd.DataFrame
    groups: pd.DataFrame
    verdicts: pd.DataFrame
    deciding: pd.DataFrame

    def verdict(self, outcome: str) -> str:
        """Return ``"ranking holds"``, ``"ranking holds weakly"`` or ``"conditional"``: as the weakest pair."""
        rows = self.verdicts[self.verdicts["outcome"] == outcome]
        if rows.empty:
            raise unknown("outcome of the ranking", outcome, [str(name) for name in self.draws.data_vars])
        found = set(rows["verdict"])
        if "conditional" in found:
            return "conditional"
        return "ranking holds weakly" if "holds weakly" in found else "ranking holds"

    def failed(self, outcome: str) -> int:
        """Return in how many draws at least one policy failed; these are in no share."""
        return int(np.isnan(self.draws[outcome].values).any(axis=1).sum())


def rank_policies(model: ModelLike, search: RankingSearch, *, progress: Progress | None = None) -> Ranking:
    """Run every policy under every scenario on the same draws, and compare them draw by draw.

    Parameters
    ----------
    progress
        Called with the runs done and the runs in all.

    Raises
    ------
    UnknownNameError
        If there is no such policy, scenario or outcome.
    InputError
        If there are not two policies with the baseline among them, or an outcome has no better direction.
    SimulationError
        If no member stays finite, or no draw has a number under every policy.
    """
    entry = as_entry(model)
    policies = policies_of(entry, search.candidates, search.baseline)
    outcomes = _outcomes(entry, search)
    sample = sample_of(entry, members=search.members, seed=search.seed, sampling=search.sampling)
    draws = _run(entry, search, policies, outcomes, sample, progress)
    groups = {
        policy.id: candidate.group for policy, candidate in zip(policies, search.candidates, strict=True)
    }
    table, ranks = rank(draws, baseline=search.baseline, groups=groups)
    pairs = compare_pairs(draws)
    judged = verdicts(table, pairs, holds=search.holds)
    return Ranking(
        entry=entry,
        search=search,
        policies=policies,
        draws=draws,
        table=table,
        ranks=ranks,
        pairs=pairs,
        groups=compare_groups(draws, groups),
        verdicts=judged,
        deciding=deciding(draws, judged, {name: draws[name].values for name in sample}),
    )


def _outcomes(entry: Entry, search: RankingSearch) -> tuple[Outcome, ...]:
    outcomes = tuple(each if isinstance(each, Outcome) else entry.outcome(each) for each in search.outcomes)
    if not outcomes:
        raise InputError("There is no outcome to rank policies by.\n    outcomes is empty\nName one or more.")
    for outcome in outcomes:
        if outcome.better == "neither":
            raise InputError(
                f"Policies cannot be ranked by '{outcome.id}'.\n    better = \"neither\"\n"
                "Choose an outcome that is better low or high."
            )
    return outcomes


def _finite(values: Floats) -> Floats:
    return values[np.isfinite(values)]


def _run(
    entry: Entry,
    search: RankingSearch,
    policies: tuple[Policy, ...],
    outcomes: tuple[Outcome, ...],
    sample: Mapping[str, Floats],
    progress: Progress | None,
) -> xr.Dataset:
    """Return the outcomes of every draw under every policy."""
    scenarios = [s if isinstance(s, Scenario) else entry.scenario(s) for s in search.scenarios]
    runs_each = len(policies) * len(scenarios)
    parts: list[dict[str, Floats]] = []
    units: dict[str, str] = {}
    for part, settings in portions(sample, members=search.members, runs_each=runs_each, most=MOST_RUNS):
        found = evaluate(
            entry,
            settings,
            outcomes=outcomes,
            policy=policies,
            scenario=scenarios,
            integration=Integration(final_time=search.horizon),
            progress=shifted(progress, done=part.start * runs_each, total=search.members * runs_each),
        )
        shape = (len(scenarios), len(policies), part.stop - part.start)
        fine = found["status"].values == "ok"
        parts.append({o.id: np.where(fine, found[o.id].values, np.nan).reshape(shape) for o in outcomes})
        units |= {outcome.id: str(found[outcome.id].attrs["units"]) for outcome in outcomes}
    coordinates: dict[str, tuple[str, NDArray[Any], dict[str, str]]] = {
        "scenario": ("draw", np.repeat([scenario.id for scenario in scenarios], search.members), {}),
        "sample": ("draw", np.tile(np.arange(search.members), len(scenarios)), {}),
    } | {
        name: ("draw", np.tile(values, len(scenarios)), {"units": entry.model[variable_of(name)].units})
        for name, values in sample.items()
    }
    return _labelled(search, policies, outcomes, parts, units).assign_coords(coordinates)


def _labelled(
    search: RankingSearch,
    policies: tuple[Policy, ...],
    outcomes: tuple[Outcome, ...],
    parts: list[dict[str, Floats]],
    units: Mapping[str, str],
) -> xr.Dataset:
    """Join portions, shape ``(scenarios, policies, members)`` each, and say what they are."""
    values = {
        # From (scenario, policy, member) to draws, of which those of a scenario stand together.
        outcome.id: np.concatenate([part[outcome.id] for part in parts], axis=2)
        .transpose(0, 2, 1)
        .reshape(-1, len(policies))
        for outcome in outcomes
    }
    against = [policy.id for policy in policies].index(search.baseline)
    variables = {
        outcome.id: (
            ("draw", "policy"),
            values[outcome.id],
            {
                "units": units[outcome.id],
                "better": outcome.better,
                "title": outcome.title.en,
                "title_zh": outcome.title.zh,
                "margin": search.alike * abs(middle(_finite(values[outcome.id][:, against]))[0]),
            },
        )
        for outcome in outcomes
    }
    return xr.Dataset(variables, {"policy": ("policy", [policy.id for policy in policies])})
