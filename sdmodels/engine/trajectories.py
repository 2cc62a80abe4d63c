"""What comes out of a run: values, times, and how each member fared."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sdmodels.engine.program import Program

Floats: TypeAlias = NDArray[np.float64]
Steps: TypeAlias = NDArray[np.int64]
Method: TypeAlias = Literal["euler", "rk4"]
Progress: TypeAlias = Callable[[int, int], None]

# Runge-Kutta of order 4: where each stage is evaluated (in time steps) and how much it counts.
RK4_OFFSETS = (0.0, 0.5, 0.5, 1.0)
RK4_WEIGHTS = (1 / 6, 1 / 3, 1 / 3, 1 / 6)


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


def watched_names(program: Program) -> tuple[str, ...]:
    """Return the variables that are watched for leaving the finite numbers."""
    return (*(state.name for state in program.states), *program.outputs)


def periodic_steps(program: Program) -> Steps:
    """Return the steps at which the model's save period asks for values, the last step included."""
    time = program.time
    every = max(1, round(time.save_period / time.time_step))
    steps = np.arange(0, time.steps + 1, every, dtype=np.int64)
    return steps if steps[-1] == time.steps else np.append(steps, np.int64(time.steps))


def final_step(program: Program) -> Steps:
    """Return the last step alone."""
    return np.array([program.time.steps], dtype=np.int64)
