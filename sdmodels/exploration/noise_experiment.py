"""Does the system announce its tip, as an experiment asks it?"""

from types import MappingProxyType

import numpy as np

from sdmodels.catalogue import Entry, NoiseTest, Text, final_time_of
from sdmodels.engine.trajectories import Progress
from sdmodels.exploration.arms import scenario_of
from sdmodels.exploration.findings import Finding, Floats
from sdmodels.exploration.noise import EarlyWarnings, NoiseSearch, find_warnings
from sdmodels.exploration.noise_tables import MEASURES, rises
from sdmodels.exploration.result import ExperimentResult
from sdmodels.exploration.tipping import tip_title
from sdmodels.structure.subscripts import find_scalar, variable_of


def run_noise(
    entry: Entry, asked: NoiseTest, *, members: int, seed: int, progress: Progress | None = None
) -> ExperimentResult:
    """Run every member at every value of the lever, with noise on a constant and without.

    Returns
    -------
    ExperimentResult
        Its data are the runs of :class:`~sdmodels.exploration.noise.EarlyWarnings`, its numbers the quantiles of
        what is measured, with the further table ``comparison``.
    """
    warnings = find_warnings(entry, noise_search(entry, asked, members, seed), progress=progress)
    failures = warnings.runs["failures"].values
    return ExperimentResult(
        entry=entry,
        experiment=asked,
        members=members,
        seed=seed,
        data=warnings.runs,
        numbers=warnings.numbers,
        findings=_findings(warnings),
        runs=2 * failures.size,
        failed=int(failures.sum()),
        further=MappingProxyType({"comparison": warnings.comparison}),
        details=warnings,
    )


def noise_search(entry: Entry, asked: NoiseTest, members: int, seed: int) -> NoiseSearch:
    """Return the search that a table asks for, with the model's own names."""
    model, noise = entry.model, asked.noise
    return NoiseSearch(
        lever=find_scalar(model, asked.lever),
        values=asked.grid,
        begins=asked.begins,
        constant=find_scalar(model, noise.constant),
        deviation=noise.deviation,
        correlation=noise.correlation,
        settle=noise.settle,
        window=asked.window,
        variable=find_scalar(model, asked.variable),
        lag=asked.lag,
        tip=asked.tip,
        horizon=final_time_of(asked, model.time),
        members=members,
        seed=seed,
        scenario=scenario_of(entry, asked, asked.scenario),
    )


def _findings(warnings: EarlyWarnings) -> tuple[Finding, ...]:
    """Return where each member tips, and how its fluctuations have risen before."""
    entry, search, runs = warnings.entry, warnings.search, warnings.runs
    last = runs["tips_at"].values - 1
    before = last >= 1
    found = [
        _finding(
            "tip",
            tip_title(entry, search.tip),
            entry.named(search.lever),
            warnings.tip,
            entry.model[variable_of(search.lever)].units,
        )
    ]
    titles = {
        "deviation": (
            Text(
                en="Deviation before the tip, against the first value",
                zh="突变前的相对标准差，与首个取值相比",
            ),
            Text(en="times that at the first value", zh="为首个取值处的倍数"),
        ),
        "autocorrelation": (
            Text(
                en="Autocorrelation before the tip, less that at the first value",
                zh="突变前的自相关，减去首个取值处",
            ),
            Text(en="less that at the first value", zh="与首个取值处之差"),
        ),
    }
    for measure in MEASURES:
        own = rises(runs, measure)[np.flatnonzero(before), last[before]]
        always = bool(np.isfinite(own).all())
        found.append(_finding(f"{measure}_rise", *titles[measure], own, "Dmnl", always=always))
    return tuple(found)


def _finding(
    id: str, title: Text, quantity: Text, values: Floats, units: str, *, always: bool = False
) -> Finding:
    everybody = Text(en="All members", zh="全部运行")
    return Finding(
        id=id,
        arm="all",
        title=title,
        arm_title=everybody,
        quantity=quantity,
        units=units,
        values=values,
        always=always,
    )
