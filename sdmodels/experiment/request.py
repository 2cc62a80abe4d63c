"""What does a call ask for: which model, policies and scenarios, integrated how?"""

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, TypeVar, cast, get_args

from sdmodels.catalogue import Entry, Policy, Scenario, load
from sdmodels.engine.trajectories import Method
from sdmodels.errors import InputError
from sdmodels.experiment.design import Design, design
from sdmodels.experiment.settings import Setting
from sdmodels.structure.model import SLACK, Model, TimeSpec
from sdmodels.structure.subscripts import scalar_names

T = TypeVar("T")
ModelLike: TypeAlias = Entry | Model | str | os.PathLike[str]
Engine: TypeAlias = Literal["native", "interpreter"]
Times: TypeAlias = Literal["saved", "final"]
OneOrMore: TypeAlias = str | T | Sequence[str | T]
# Of the machine's memory that results may take; tables and figures need room too.
MOST_MEMORY: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Integration:
    """How the equations are integrated.

    Attributes
    ----------
    method
        ``euler`` or ``rk4``; what the model's file asks for if ``None`` (Euler where it does not say).
    engine
        ``native``, or ``interpreter`` (slow, the oracle of the other).
    threads
        All cores if ``None``; it never changes a number.
    time_step, final_time, save_period
        In place of the model's own [its unit of time].
    """

    method: Method | None = None
    engine: Engine = "native"
    threads: int | None = None
    time_step: float | None = None
    final_time: float | None = None
    save_period: float | None = None

    def __post_init__(self) -> None:
        for name, value, allowed in (
            ("method", self.method, (*get_args(Method), None)),
            ("engine", self.engine, get_args(Engine)),
        ):
            if value not in allowed:
                raise ValueError(f"{name} is {value!r}; it must be one of {', '.join(map(repr, allowed))}.")
        if self.threads is not None and self.threads < 1:
            raise ValueError(f"threads is {self.threads}; it must be 1 or more, or None for all cores.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a call asks for, found in the catalogue."""

    entry: Entry
    timed: Entry
    how: Integration
    policies: tuple[Policy, ...]
    scenarios: tuple[Scenario, ...]

    @property
    def method(self) -> Method:
        """How to integrate: as the caller says, else as the model's file says."""
        return self.timed.model.time.method if self.how.method is None else self.how.method

    def design(
        self, settings: Mapping[str, Setting], members: int, seed: int, *, within_bounds: bool = True
    ) -> Design:
        """Lay out the runs."""
        return design(
            self.timed,
            policies=self.policies,
            scenarios=self.scenarios,
            settings=settings,
            members=members,
            seed=seed,
            within_bounds=within_bounds,
        )


def request_of(
    model: ModelLike,
    policy: OneOrMore[Policy],
    scenario: OneOrMore[Scenario],
    integration: Integration | None,
) -> Request:
    """Find what is asked for.

    Raises
    ------
    UnknownNameError
        If there is no such model, policy or scenario.
    InputError
        If there are none, one is named twice, or the time step does not divide the run.
    """
    entry = as_entry(model)
    how = Integration() if integration is None else integration
    policies = [p if isinstance(p, Policy) else entry.policy(p) for p in _several(policy, Policy)]
    scenarios = [s if isinstance(s, Scenario) else entry.scenario(s) for s in _several(scenario, Scenario)]
    for what, chosen in (("policy", policies), ("scenario", scenarios)):
        _require_distinct(what, [alternative.id for alternative in chosen])
    return Request(
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
    time = replace(entry.model.time, **changed)
    if time.steps < 1:
        raise InputError(
            f"A time step of {time.time_step:g} does not fit between {time.initial_time:g} and "
            f"{time.final_time:g}.\n    There would be no step at all.\n"
            "Choose a smaller time step or a later final time."
        )
    _require_whole_steps(time)
    return replace(entry, model=replace(entry.model, time=time)) if changed else entry


def _require_whole_steps(time: TimeSpec) -> None:
    """Do nothing if the time step divides the run: otherwise it would end before the final time."""
    steps = (time.final_time - time.initial_time) / time.time_step
    if abs(steps - round(steps)) > SLACK:
        last = time.time_at(time.steps)
        raise InputError(
            f"A time step of {time.time_step:g} does not divide the time from {time.initial_time:g} to "
            f"{time.final_time:g}.\n"
            f"    The last whole step ends at {last:g}.\n"
            f"Choose a time step that divides it, or {last:g} as the final time."
        )


def _several(one_or_more: str | T | Sequence[str | T], kind: type[T]) -> list[str | T]:
    match one_or_more:
        case str() | kind():
            return [one_or_more]
        case _:
            return list(cast("Sequence[str | T]", one_or_more))


def require_memory(time: TimeSpec, outputs: int, times: Times, members: int) -> None:
    """Refuse results that would not fit: better an error at once than a machine that swaps."""
    saved = 1 if times == "final" else int((time.final_time - time.initial_time) / time.saved_every) + 1
    needed = 8 * outputs * saved * members
    there = _memory()
    if needed > MOST_MEMORY * there:
        raise InputError(
            f"The results would take {needed / 1e9:.1f} GB of memory; this machine has {there / 1e9:.1f} GB.\n"
            f"    {outputs} variables at {saved} times in {members:,} runs\n"
            "Ask for fewer members or outputs, a longer save period, or times='final'."
        )


def require_steps(time: TimeSpec, method: Method) -> None:
    """Refuse a run of so many time steps that not even their times fit, however little of it is saved."""
    needed = 8 * time.steps * (2 if method == "rk4" else 1)
    if needed > MOST_MEMORY * _memory():
        raise InputError(
            f"The run has {time.steps:,} time steps, more than fit into the memory of this machine.\n"
            f"    TIME STEP is {time.time_step:g}, from INITIAL TIME {time.initial_time:g} to FINAL TIME "
            f"{time.final_time:g}.\n"
            "Choose a larger TIME STEP or an earlier FINAL TIME."
        )


def _memory() -> float:
    """Return the memory of this machine [bytes]; without end where it does not say."""
    if not hasattr(os, "sysconf") or "SC_PHYS_PAGES" not in os.sysconf_names:
        return math.inf
    return float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
