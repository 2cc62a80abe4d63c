"""Do the numbers depend on how the equations are integrated?

References
----------
J. D. Sterman, Business Dynamics, 2000, chapter 21 and appendix A (choosing the time step).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from sdmodels.catalogue import Entry, Outcome, Text
from sdmodels.engine.trajectories import Floats
from sdmodels.errors import SimulationError
from sdmodels.experiment import Integration, simulate, statistic_of
from sdmodels.experiment.outcomes import unit_of
from sdmodels.structure.subscripts import find_scalar
from sdmodels.validation.finding import Finding, failed, not_run
from sdmodels.validation.runs import Runs, run_of, stock_names

TIME_STEP = Text(en="Halving the time step changes nothing", zh="时间步长减半，结果不变")
METHOD = Text(en="Euler and Runge-Kutta agree", zh="欧拉法与龙格—库塔法结果一致")
BOUND = 1.0  # per cent: assumption, below what a figure shows
# A value smaller than this share of the variable's largest size counts as that share: the last digits of
# something that has died away carry no meaning.
SMALL = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A number that is read from every run, and the size that differences are compared with.

    ``values`` and ``scales`` have shape ``(members,)`` [``unit``].
    """

    name: str
    values: Floats
    scales: Floats
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trial:
    """Other ways to integrate, and how messages speak of them."""

    check: str
    title: Text
    integrations: tuple[Integration, ...]
    what: str
    remedy: str


def readings(entry: Entry, behaviour: xr.Dataset) -> tuple[Reading, ...]:
    """Return every outcome of the manifest, or the final value of every stock where there is none."""
    if entry.outcomes:
        return tuple(_outcome(behaviour, outcome) for outcome in _outcomes(entry))
    return tuple(_final(behaviour, name) for name in stock_names(entry))


def _outcomes(entry: Entry) -> list[Outcome]:
    """Return the outcomes with their variables under the model's own names."""
    return [
        outcome.model_copy(update={"variable": find_scalar(entry.model, outcome.variable)})
        for outcome in entry.outcomes
    ]


def _outcome(behaviour: xr.Dataset, outcome: Outcome) -> Reading:
    values = statistic_of(
        behaviour, outcome.variable, outcome.statistic, begins=outcome.begins, ends=outcome.ends
    )
    times = behaviour["time"].values
    duration = float(times[-1] - times[0])
    least = SMALL * _largest(behaviour, outcome.variable)
    match outcome.statistic:
        case "time of minimum" | "time of maximum":
            least = np.full_like(values, duration)
        case "total":
            least = least * duration
    scales = np.maximum(np.abs(values), least)
    return Reading(name=outcome.id, values=values, scales=scales, unit=unit_of(behaviour, outcome))


def _final(behaviour: xr.Dataset, name: str) -> Reading:
    values = statistic_of(behaviour, name, "final")
    scales = np.maximum(np.abs(values), SMALL * _largest(behaviour, name))
    return Reading(name=name, values=values, scales=scales, unit=str(behaviour[name].attrs["units"]))


def _largest(behaviour: xr.Dataset, variable: str) -> Floats:
    """Return the largest size that a variable has in each member, shape ``(members,)`` [its unit]."""
    return np.asarray(np.max(np.abs(behaviour[variable].values), axis=1))


def time_step(runs: Runs) -> Finding:
    """Halve the time step twice; no outcome of any policy in any scenario may change by 1 % or more."""
    time = runs.entry.model.time
    step = f"{time.time_step:g} {time.units}".rstrip()
    trial = _Trial(
        check="time_step",
        title=TIME_STEP,
        integrations=tuple(Integration(time_step=time.time_step / division) for division in (2, 4)),
        what=f"the time step of {step} is halved twice",
        remedy="Halve TIME STEP in the model file until nothing changes.",
    )
    return _judge(trial, runs)


def euler_rk4(runs: Runs) -> Finding:
    """Integrate with Runge-Kutta of order 4; no outcome of any run may change by 1 % or more."""
    trial = _Trial(
        check="euler_rk4",
        title=METHOD,
        integrations=(Integration(method="rk4"),),
        what="Runge-Kutta takes the place of Euler",
        remedy="Halve TIME STEP in the model file until both agree.",
    )
    return _judge(trial, runs)


def _judge(trial: _Trial, runs: Runs) -> Finding:
    entry, courses = runs.entry, runs.courses
    names = [outcome.variable for outcome in _outcomes(entry)] or list(stock_names(entry))
    if not names:
        return not_run(trial.check, trial.title, "The model has no stock.")
    policies, scenarios = (
        list(dict.fromkeys(map(str, courses[axis].values))) for axis in ("policy", "scenario")
    )
    try:
        others = [
            simulate(entry, policy=policies, scenario=scenarios, outputs=names, integration=how)
            for how in trial.integrations
        ]
    except SimulationError as error:
        return _lost(trial, entry, str(error))
    fine = courses["status"].values == "ok"
    for other in others:
        lost = np.flatnonzero(fine & (other["status"].values != "ok"))
        if lost.size:
            status = other["status"].values[lost[0]]
            return _lost(trial, entry, f"{run_of(courses, int(lost[0]))}: {status}.")
    return _compare(trial, runs, others, fine)


def _lost(trial: _Trial, entry: Entry, evidence: str) -> Finding:
    what = f"{entry.path}: a run fails when {trial.what}.\n    {evidence}\n{trial.remedy}"
    return failed(trial.check, trial.title, what)


def _compare(trial: _Trial, runs: Runs, others: Sequence[xr.Dataset], fine: NDArray[np.bool_]) -> Finding:
    entry = runs.entry
    before = readings(entry, runs.courses)
    pairs = [pair for other in others for pair in zip(before, readings(entry, other), strict=True)]
    changes = [np.where(fine, _change(first, after), -1.0) for first, after in pairs]
    first, after = pairs[int(np.argmax([change.max() for change in changes]))]
    member = int(np.argmax(np.where(fine, _change(first, after), -1.0)))
    worst = float(_change(first, after)[member])
    ends = f"from {first.values[member]:.6g} to {after.values[member]:.6g} {first.unit}".rstrip()
    where = run_of(runs.courses, member)
    evidence = f"When {trial.what}, '{first.name}' changes most, by {worst:.3g} % ({ends}; {where})"
    fault = (
        f"{entry.path}: the result depends on the integration.\n"
        f"    {evidence}; less than {BOUND:g} % is accepted.\n{trial.remedy}"
    )
    return Finding(
        check=trial.check,
        title=trial.title,
        status="passed" if worst < BOUND else "failed",
        message=f"{evidence}." if worst < BOUND else fault,
        measured=worst,
        bound=BOUND,
        unit="%",
    )


def _change(first: Reading, after: Reading) -> Floats:
    """Return the change of every member, in per cent of the first reading's scale."""
    scales = np.where(first.scales > 0, first.scales, np.finfo(float).tiny)
    return np.asarray(100 * np.abs(after.values - first.values) / scales)
