"""What comes out of a run: values, times, and how each member fared."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from sdmodels.engine.program import Program
from sdmodels.structure.model import Method as Method
from sdmodels.structure.model import TimeSpec

Floats: TypeAlias = NDArray[np.float64]
Steps: TypeAlias = NDArray[np.int64]
Progress: TypeAlias = Callable[[int, int], None]

# Runge-Kutta of order 4: where each stage is evaluated (in time steps) and how much it counts.
RK4_OFFSETS = (0.0, 0.5, 0.5, 1.0)
RK4_WEIGHTS = (1 / 6, 1 / 3, 1 / 3, 1 / 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a run is given beside the constants.

    Attributes
    ----------
    series
        Values of ``program.series`` by name at :func:`grid_times`, shape ``(times, 1)``, or
        ``(times, members)`` for a series that differs between members [unit of each].
    seed
        Of the random numbers.
    streams
        Shape ``(members,)``: which stream of random numbers each member draws from; its own, by its place, if
        not given.
    """

    series: Mapping[str, Floats] = field(default_factory=dict)
    seed: int = 0
    streams: Steps | None = None

    def streams_of(self, members: int) -> Steps:
        """Return the stream of each member, shape ``(members,)``."""
        return np.arange(members, dtype=np.int64) if self.streams is None else self.streams


@dataclass(frozen=True, slots=True, kw_only=True)
class Trajectories:
    """Saved values of an ensemble.

    Attributes
    ----------
    values
        Shape ``(outputs, times, members)`` [unit of each output].
    times
        Shape ``(times,)`` [the model's unit of time].
    failed_step
        Shape ``(members,)``: the step at which a member first had a value that is not finite; -1 if never.
    failed_variable
        Shape ``(members,)``: index into ``names`` of that value; -1 if none.
    names
        The states, then the outputs.
    """

    values: Floats
    times: Floats
    failed_step: Steps
    failed_variable: Steps
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reduced:
    """What is left of the trajectories of an ensemble: one number for each reduction and member.

    Attributes
    ----------
    values
        Shape ``(reductions, members)`` [unit of each].
    failed_step, failed_variable, names
        As in :class:`Trajectories`.
    """

    values: Floats
    failed_step: Steps
    failed_variable: Steps
    names: tuple[str, ...]


def times_of(program: Program, steps: Steps) -> Floats:
    """Return the time of each step, shape ``(steps,)`` [the model's unit of time]."""
    return np.asarray(program.time.initial_time + steps * program.time.time_step, dtype=np.float64)


def grid_times(time: TimeSpec, method: Method) -> Floats:
    """Return the times at which net flows are computed: every step, and with ``rk4`` every half step.

    Shape ``(steps + 1,)`` or ``(2 * steps + 1,)`` [the model's unit of time].
    """
    parts = 2 if method == "rk4" else 1
    numbers = np.arange(parts * time.steps + 1, dtype=np.float64)
    return time.initial_time + numbers * (time.time_step / parts)


def pipeline_steps(delay_time: Floats, time_step: float) -> Floats:
    """Return how many whole time steps a pipeline delays: the nearest number, and one at least."""
    return np.asarray(np.maximum(np.floor(delay_time / time_step + 0.5), 1.0), dtype=np.float64)


def watched_names(program: Program) -> tuple[str, ...]:
    """Return the variables that are watched for leaving the finite numbers."""
    return (*(state.name for state in program.states), *program.outputs)


def periodic_steps(program: Program) -> Steps:
    """Return the steps at which the model's save period asks for values, the last step included.

    Where the time step does not divide the save period, the nearest step is saved; its time says which.
    """
    time = program.time
    end = time.final_time - time.initial_time + time.saved_every / 2
    periods = np.arange(0, end, time.saved_every)
    nearest = np.rint(periods / time.time_step).astype(np.int64)
    return np.unique(np.append(nearest[nearest <= time.steps], time.steps))


def final_step(program: Program) -> Steps:
    """Return the last step alone."""
    return np.array([program.time.steps], dtype=np.int64)
