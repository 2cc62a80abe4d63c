"""What happens in a model under policies, scenarios and uncertainty?"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, TypeVar, cast, get_args

import xarray as xr

from sdmodels.catalogue import Entry, Outcome, Policy, Scenario, load
from sdmodels.engine import interpreter
from sdmodels.engine.ensemble import run, run_reduced
from sdmodels.engine.reductions import Reduction, reduced
from sdmodels.engine.trajectories import Method, Progress, final_step, periodic_steps
from sdmodels.errors import InputError
from sdmodels.experiment.dataset import dataset, outcome_dataset, provenance, require_one_finite
from sdmodels.experiment.design import Design, design
from sdmodels.experiment.outcomes import named_reductions
from sdmodels.experiment.preparation import prepare
from sdmodels.experiment.settings import Setting
from sdmodels.structure.model import Model, TimeSpec
from sdmodels.structure.subscripts import scalar_names

T = TypeVar("T")
# Of the machine's memory that results may take; tables and figures need room too.
MOST_MEMORY: Final = 0.5
ModelLike: TypeAlias = Entry | Model | str | os.PathLike[str]
Engine: TypeAlias = Literal["native", "interpreter"]
Times: TypeAlias = Literal["saved", "final"]
OneOrMore: TypeAlias = str | T | Sequence[str | T]


@dataclass(frozen=True, slots=True, kw_only=True)
class Integration:
    """How the equations are integrated.

    Attributes
    ----------
    method
        ``euler`` or ``rk4``.
    engine
        ``native``, or ``interpreter`` (slow, the oracle of the other).
    threads
        All cores if ``None``; it never changes a number.
    time_step, final_time, save_period
        In place of the model's own [its unit of time].
    """

    method: Method = "euler"
    engine: Engine = "native"
    threads: int | None = None
    time_step: float | None = None
    final_time: float | None = None
    save_period: float | None = None

    def __post_init__(self) -> None:
        for name, value, allowed in (
            ("method", self.method, get_args(Method)),
            ("engine", self.engine, get_args(Engine)),
        ):
            if value not in allowed:
                raise ValueError(f"{name} is {value!r}; it must be one of {', '.join(map(repr, allowed))}.")
        if self.threads is not None and self.threads < 1:
            raise ValueError(f"threads is {self.threads}; it must be 1 or more, or None for all cores.")


def simulate(
    model: ModelLike,
    settings: Mapping[str, Setting] | None = None,
    *,
    policy: OneOrMore[Policy] = "baseline",
    scenario: OneOrMore[Scenario] = "normal",
    members: int = 1,
    seed: int = 0,
    outputs: Sequence[str] | None = None,
    times: Times = "saved",
    integration: Integration | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Simulate a model, as one run or as an ensemble.

    Parameters
    ----------
    model
        A catalogue id such as ``"hotline"``, the path of a model file, or what :func:`load` or
        :func:`sdmodels.readers.read` returned.
    settings
        By name: a number for every run, or a list with one number a member, which then are that many [unit of
        each]. A stock's name sets its initial value. A lookup takes its heights, shape ``(points,)`` or
        ``(members, points)``. A data variable, or a constant that follows given values, takes a pandas Series
        over time, or a DataFrame with one column a member.
    policy, scenario
        One or several, by id or as values; every policy is run under every scenario.
    members
        Runs a policy and scenario. 1 takes the model's own numbers; more draw the uncertain constants from
        their ranges, the same draws for every policy.
    seed
        Of the draws; the same seed gives the same numbers on any number of threads.
    outputs
        Variables to keep; all if not given. Fewer are faster.
    times
        ``saved`` (every save period) or ``final``.
    progress
        Called with the runs done and the runs in all.

    Returns
    -------
    xarray.Dataset
        A variable of dimensions ``(member, time)`` for each output, with ``units`` and ``documentation``;
        along ``member`` the coordinates ``policy``, ``scenario``, ``sample``, ``status`` (``"ok"``, or when and
        where a member left the finite numbers) and every input that the experiment touched.

    Raises
    ------
    UnknownNameError
        If there is no such model, constant, policy, scenario or output.
    InputError
        If a value is out of bounds.
    SimulationError
        If no member stays finite.

    Examples
    --------
    >>> behaviour = simulate("hotline", {"Application Intensity": 0.4}, members=100, seed=1)
    """
    if times not in get_args(Times):
        raise ValueError(f"times is {times!r}; it must be one of {', '.join(map(repr, get_args(Times)))}.")
    asked = _asked(model, policy, scenario, integration)
    saved = [outputs] if isinstance(outputs, str) else outputs
    names = tuple(visible(asked.entry.model) if saved is None else saved)
    runs = members * len(asked.policies) * len(asked.scenarios)
    _require_memory(asked.timed.model.time, len(names), times, runs)
    layout = asked.design(settings or {}, members, seed)
    prepared = prepare(layout, names, asked.how.method, seed)
    steps = periodic_steps(prepared.program) if times == "saved" else final_step(prepared.program)
    if asked.how.engine == "interpreter":
        trajectories = interpreter.integrate(
            prepared.program, prepared.inputs, steps=steps, method=asked.how.method, given=prepared.given
        )
    else:
        trajectories = run(
            prepared.kernel(),
            prepared.inputs,
            steps=steps,
            given=prepared.given,
            threads=asked.how.threads,
            progress=progress,
        )
    behaviour = dataset(asked.entry, layout, trajectories, asked.policies, asked.scenarios)
    behaviour.attrs |= provenance(layout, asked.how.method, members, seed, settings or {})
    require_one_finite(behaviour)
    return behaviour


def evaluate(
    model: ModelLike,
    settings: Mapping[str, Setting] | None = None,
    *,
    outcomes: Sequence[Outcome | Reduction] | None = None,
    policy: OneOrMore[Policy] = "baseline",
    scenario: OneOrMore[Scenario] = "normal",
    members: int = 1,
    seed: int = 0,
    integration: Integration | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Simulate a model and keep outcomes alone: they are computed on the way, so a million members fit in memory.

    Parameters
    ----------
    outcomes
        What to keep: outcomes, or reductions such as ``Reduction(variable="Infected", statistic="maximum")``;
        those of the manifest if not given. All other parameters are those of :func:`simulate`.

    Returns
    -------
    xarray.Dataset
        A variable of dimension ``member`` for each outcome, under its id (a reduction's is
        ``"maximum of Infected"``), with ``units``; coordinates as from :func:`simulate`. The numbers are those
        that the saved values of :func:`simulate` come to.

    Raises
    ------
    InputError
        If there is nothing to keep, or no saved time lies in the window of an outcome.

    Examples
    --------
    >>> found = evaluate("hotline", members=1000, seed=1)
    """
    asked = _asked(model, policy, scenario, integration)
    wanted = named_reductions(asked.entry, asked.entry.outcomes if outcomes is None else outcomes)
    layout = asked.design(settings or {}, members, seed)
    names = tuple(dict.fromkeys(reduction.variable for reduction in wanted.values()))
    prepared = prepare(layout, names, asked.how.method, seed)
    steps = periodic_steps(prepared.program)
    if asked.how.engine == "interpreter":
        trajectories = interpreter.integrate(
            prepared.program, prepared.inputs, steps=steps, method=asked.how.method, given=prepared.given
        )
        found = reduced(trajectories, tuple(wanted.values()), names)
    else:
        found = run_reduced(
            prepared.kernel(tuple(wanted.values())),
            prepared.inputs,
            steps=steps,
            given=prepared.given,
            threads=asked.how.threads,
            progress=progress,
        )
    outcome_set = outcome_dataset(asked.entry, layout, found, wanted, asked.policies, asked.scenarios)
    outcome_set.attrs |= provenance(layout, asked.how.method, members, seed, settings or {})
    require_one_finite(outcome_set)
    return outcome_set


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What a call asks for, found in the catalogue."""

    entry: Entry
    timed: Entry
    how: Integration
    policies: tuple[Policy, ...]
    scenarios: tuple[Scenario, ...]

    def design(self, settings: Mapping[str, Setting], members: int, seed: int) -> Design:
        return design(
            self.timed,
            policies=self.policies,
            scenarios=self.scenarios,
            settings=settings,
            members=members,
            seed=seed,
        )


def _asked(
    model: ModelLike,
    policy: OneOrMore[Policy],
    scenario: OneOrMore[Scenario],
    integration: Integration | None,
) -> _Asked:
    entry = as_entry(model)
    how = Integration() if integration is None else integration
    policies = [p if isinstance(p, Policy) else entry.policy(p) for p in _several(policy, Policy)]
    scenarios = [s if isinstance(s, Scenario) else entry.scenario(s) for s in _several(scenario, Scenario)]
    for what, chosen in (("policy", policies), ("scenario", scenarios)):
        _require_distinct(what, [alternative.id for alternative in chosen])
    return _Asked(
        entry=entry,
        timed=with_time(entry, how),
        how=how,
        policies=tuple(policies),
        scenarios=tuple(scenarios),
    )


def _require_distinct(what: str, ids: Sequence[str]) -> None:
    if not ids:
        raise InputError(
            f"No {what} is asked for.\n    an empty list\nName one; leave it out for the usual one."
        )
    twice = [name for name in ids if ids.count(name) > 1]
    if twice:
        raise InputError(
            f"The {what} '{twice[0]}' is named twice.\n    {', '.join(ids)}\n"
            "Keep one; give a changed one an id of its own."
        )


def as_entry(model: ModelLike) -> Entry:
    """Return the catalogue entry that is meant; a bare Model becomes one without a manifest."""
    match model:
        case Entry():
            return model
        case Model():
            return Entry(id=model.name, model=model, manifest=None, path=model.source or Path(model.name))
        case _:
            return load(model)


def visible(model: Model) -> tuple[str, ...]:
    """Return the variables that have a value at every time, in the order of the file, subscripts written out."""
    return tuple(scalar_names(model))


def with_time(entry: Entry, how: Integration) -> Entry:
    """Return the entry with the span of time that ``how`` asks for."""
    asked = {
        "time_step": how.time_step,
        "final_time": how.final_time,
        "save_period": how.save_period,
    }
    changed: dict[str, Any] = {name: value for name, value in asked.items() if value is not None}
    if not changed:
        return entry
    time = replace(entry.model.time, **changed)
    if time.steps < 1:
        raise InputError(
            f"A time step of {time.time_step:g} does not fit between {time.initial_time:g} and "
            f"{time.final_time:g}.\n    There would be no step at all.\n"
            "Choose a smaller time step or a later final time."
        )
    return replace(entry, model=replace(entry.model, time=time))


def _several(one_or_more: str | T | Sequence[str | T], kind: type[T]) -> list[str | T]:
    match one_or_more:
        case str() | kind():
            return [one_or_more]
        case _:
            return list(cast("Sequence[str | T]", one_or_more))


def _require_memory(time: TimeSpec, outputs: int, times: Times, members: int) -> None:
    """Refuse results that would not fit: better an error at once than a machine that swaps."""
    every = max(1, round(time.save_period / time.time_step))
    saved = 1 if times == "final" else time.steps // every + 1
    needed = 8 * outputs * saved * members
    if not hasattr(os, "sysconf") or "SC_PHYS_PAGES" not in os.sysconf_names:
        return
    there = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    if needed > MOST_MEMORY * there:
        raise InputError(
            f"The results would take {needed / 1e9:.1f} GB of memory; this machine has {there / 1e9:.1f} GB.\n"
            f"    {outputs} variables at {saved} times in {members:,} runs\n"
            "Ask for fewer members or outputs, a longer save period, or times='final'."
        )
