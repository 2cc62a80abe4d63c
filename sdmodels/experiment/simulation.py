"""What happens in a model under policies, scenarios and uncertainty?"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, TypeVar, cast, get_args

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from sdmodels.catalogue import Entry, Policy, Scenario, load
from sdmodels.engine import interpreter
from sdmodels.engine.ensemble import run
from sdmodels.engine.lowering import lower
from sdmodels.engine.native.compilation import compile_program
from sdmodels.engine.trajectories import Method, Progress, Trajectories, final_step, periodic_steps
from sdmodels.errors import InputError
from sdmodels.experiment.dataset import dataset, provenance, require_one_finite
from sdmodels.experiment.design import Design, design
from sdmodels.structure.model import Model, TimeSpec
from sdmodels.structure.subscripts import scalar_names

T = TypeVar("T")
# Of the machine's memory that results may take; tables and figures need room too.
MOST_MEMORY: Final = 0.5
ModelLike: TypeAlias = Entry | Model | str | os.PathLike[str]
Engine: TypeAlias = Literal["native", "interpreter"]
Times: TypeAlias = Literal["saved", "final"]


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
    settings: Mapping[str, ArrayLike] | None = None,
    *,
    policy: str | Policy | Sequence[str | Policy] = "baseline",
    scenario: str | Scenario | Sequence[str | Scenario] = "normal",
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
        Values for constants by name [unit of each]: a number for every run, or a list with one number a
        member, which then are that many.
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
    entry = as_entry(model)
    how = Integration() if integration is None else integration
    policies = [p if isinstance(p, Policy) else entry.policy(p) for p in _several(policy, Policy)]
    scenarios = [s if isinstance(s, Scenario) else entry.scenario(s) for s in _several(scenario, Scenario)]
    timed = with_time(entry, how)
    saved = list(outputs) if outputs is not None else list(visible(entry.model))
    _require_memory(timed.model.time, len(saved), times, members * len(policies) * len(scenarios))
    layout = design(
        timed,
        policies=policies,
        scenarios=scenarios,
        settings=settings or {},
        members=members,
        seed=seed,
    )
    trajectories = _integrate(layout, saved, times, how, progress)
    behaviour = dataset(entry, layout, trajectories, policies, scenarios)
    behaviour.attrs |= provenance(layout, how.method, members, seed, settings or {})
    require_one_finite(behaviour)
    return behaviour


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


def _integrate(
    layout: Design, outputs: Sequence[str], times: Times, how: Integration, progress: Progress | None
) -> Trajectories:
    program = lower(layout.model, inputs=list(layout.inputs), outputs=outputs)
    inputs = np.array([layout.inputs[name] for name in layout.inputs]).reshape(
        len(layout.inputs), layout.members
    )
    steps = periodic_steps(program) if times == "saved" else final_step(program)
    if how.engine == "interpreter":
        return interpreter.integrate(program, inputs, steps=steps, method=how.method)
    kernel = compile_program(program, method=how.method)
    return run(kernel, inputs, steps=steps, threads=how.threads, progress=progress)


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
