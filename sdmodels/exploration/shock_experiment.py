"""How big a shock does the system stand, as an experiment asks it?"""

from types import MappingProxyType

import numpy as np

from sdmodels.catalogue import Entry, ShockTest, Text, final_time_of
from sdmodels.engine.trajectories import Progress
from sdmodels.exploration.arms import scenario_of
from sdmodels.exploration.findings import Finding
from sdmodels.exploration.result import ExperimentResult
from sdmodels.exploration.shock import Shocks, ShockSearch, find_shocks
from sdmodels.structure.subscripts import find_scalar


def run_shocks(
    entry: Entry, asked: ShockTest, *, members: int, seed: int, progress: Progress | None = None
) -> ExperimentResult:
    """Run every member at every value of the lever under every shock, and without one.

    Returns
    -------
    ExperimentResult
        Its data are the runs of :class:`~sdmodels.exploration.shock.Shocks`, its numbers the shares that recover,
        with the further tables ``times`` and ``largest``.
    """
    shocks = find_shocks(entry, shock_search(entry, asked, members, seed), progress=progress)
    runs = shocks.runs
    without = runs["failed_without"].values
    return ExperimentResult(
        entry=entry,
        experiment=asked,
        members=members,
        seed=seed,
        data=runs,
        numbers=shocks.shares,
        findings=_findings(entry, shocks),
        runs=without.size + runs["failed"].size,
        # What failed without a shock is not asked with one.
        failed=int(without.sum() + runs["failed"].values.sum()),
        further=MappingProxyType({"times": shocks.times, "largest": shocks.largest}),
        details=shocks,
    )


def shock_search(entry: Entry, asked: ShockTest, members: int, seed: int) -> ShockSearch:
    """Return the search that a table asks for, with the model's own names."""
    model, shock = entry.model, asked.shock
    return ShockSearch(
        lever=find_scalar(model, asked.lever),
        values=asked.grid,
        begins=asked.begins,
        constant=find_scalar(model, shock.constant),
        sizes=shock.sizes,
        shock_begins=shock.begins,
        shock_lasts=shock.lasts,
        burden=find_scalar(model, asked.burden),
        condition=find_scalar(model, asked.condition),
        horizon=final_time_of(asked, model.time),
        tolerance=asked.tolerance,
        bound=asked.bound,
        near=asked.near,
        members=members,
        seed=seed,
        scenario=scenario_of(entry, asked, asked.scenario),
    )


def _findings(entry: Entry, shocks: Shocks) -> tuple[Finding, ...]:
    """Return the largest shock that each member stands at each value of the lever; 1 is none."""
    search = shocks.search
    lever, constant = map(entry.named, (search.lever, search.constant))
    found = []
    for value in search.values:
        sizes = shocks.runs["largest"].sel(value=value).values
        found.append(
            Finding(
                id="largest",
                arm=f"{value:g}",
                title=Text(en="Largest shock that it stands", zh="能承受的最大冲击"),
                arm_title=Text(en=f"{lever.en} {value:g}", zh=f"{lever.zh} {value:g}"),
                quantity=Text(en=f"{constant.en} times", zh=f"{constant.zh}的倍数"),
                units="Dmnl",
                values=sizes[~np.isnan(sizes)],
            )
        )
    return tuple(found)
