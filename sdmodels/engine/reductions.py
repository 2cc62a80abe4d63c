"""Which single number does a trajectory come to: its end, its peak, its total, its value at one time?

A reduction is computed from the values at the saved times, one after another: inside the kernel without keeping
them, or from trajectories that were kept, to the same bits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, assert_never, get_args

import numpy as np

from sdmodels.engine.trajectories import Floats, Reduced, Trajectories
from sdmodels.errors import InputError

Statistic: TypeAlias = Literal[
    "initial",
    "final",
    "minimum",
    "maximum",
    "total",
    "mean",
    "time of minimum",
    "time of maximum",
]
STATISTICS = get_args(Statistic)
# What the kernel does with the values: add them up by weight, or keep an extreme or its time.
Kind: TypeAlias = Literal["sum", "minimum", "maximum", "time of minimum", "time of maximum"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reduction:
    """One number out of a trajectory.

    Attributes
    ----------
    variable
        A variable of the model (scalar name).
    statistic
        ``total`` and ``mean`` are the integral over time and its mean, on straight lines between the values at
        the saved times. All others are taken from the saved times alone.
    begins, ends
        The window of time, the whole run if ``None``; the same two numbers with ``mean`` are the value at that
        time.

    Raises
    ------
    ValueError
        If there is no such statistic.
    """

    variable: str
    statistic: Statistic
    begins: float | None = None
    ends: float | None = None

    def __post_init__(self) -> None:
        if self.statistic not in STATISTICS:
            known = ", ".join(map(repr, STATISTICS))
            raise ValueError(f"statistic is {self.statistic!r}; it must be one of {known}.")

    @property
    def kind(self) -> Kind:
        """What is done with the values."""
        match self.statistic:
            case "minimum" | "maximum" | "time of minimum" | "time of maximum":
                return self.statistic
            case _:
                return "sum"


def weights_of(reduction: Reduction, times: Floats) -> Floats:
    """Return how much the value at each saved time counts; for an extreme 1 inside the window and 0 outside.

    Parameters
    ----------
    times
        Shape ``(times,)``, ascending.

    Raises
    ------
    InputError
        If no saved time lies in the window.
    """
    begins = float(times[0]) if reduction.begins is None else reduction.begins
    ends = float(times[-1]) if reduction.ends is None else reduction.ends
    # Times are sums of steps: an end of the window counts though rounding has moved it a little.
    near = 1e-6 * float(times[1] - times[0]) if times.size > 1 else 0.0
    if not times[0] - near <= begins <= ends <= times[-1] + near:
        raise InputError(
            f"The run has no window from {begins:g} to {ends:g}.\n"
            f"    The run lasts from {times[0]:g} to {times[-1]:g}.\n"
            "Move the window, or lengthen the run."
        )
    match reduction.statistic:
        case "total":
            return _integral(times, begins, ends, near)
        case "mean" if ends - begins <= near:
            return _at(times, begins, near)
        case "mean":
            return _integral(times, begins, ends, near) / (ends - begins)
    inside = np.flatnonzero((times >= begins - near) & (times <= ends + near))
    if inside.size == 0:
        raise InputError(
            f"No saved time lies between {begins:g} and {ends:g}.\n"
            f"    '{reduction.statistic}' is taken from the saved times alone.\n"
            "Widen the window, or save more often."
        )
    weights = np.zeros(times.size)
    match reduction.statistic:
        case "initial":
            weights[inside[0]] = 1.0
        case "final":
            weights[inside[-1]] = 1.0
        case "minimum" | "maximum" | "time of minimum" | "time of maximum":
            weights[inside] = 1.0
        case _:
            assert_never(reduction.statistic)
    return weights


def _integral(times: Floats, begins: float, ends: float, near: float) -> Floats:
    within = np.flatnonzero((times > begins + near) & (times < ends - near))
    first, *inner, last = _trapezoids(np.array([begins, *times[within], ends]))
    weights = np.zeros(times.size)
    weights[within] = inner
    weights += first * _at(times, begins, near)
    weights += last * _at(times, ends, near)
    return weights


def _at(times: Floats, at: float, near: float) -> Floats:
    """Return the weights of the saved times for the value at one time."""
    weights = np.zeros(times.size)
    nearest = int(np.abs(times - at).argmin())
    if abs(times[nearest] - at) <= near:
        weights[nearest] = 1.0
        return weights
    after = int(np.searchsorted(times, at))
    share = (at - times[after - 1]) / (times[after] - times[after - 1])
    weights[[after - 1, after]] = 1.0 - share, share
    return weights


def _trapezoids(times: Floats) -> Floats:
    widths = np.diff(times)
    weights = np.zeros(times.size)
    weights[:-1] += widths / 2
    weights[1:] += widths / 2
    return weights


def reduced(trajectories: Trajectories, reductions: Sequence[Reduction], outputs: Sequence[str]) -> Reduced:
    """Reduce kept trajectories of ``outputs``: what the kernel does on the way."""
    times = trajectories.times
    weights = np.array([weights_of(reduction, times) for reduction in reductions])
    values = trajectories.values[[outputs.index(reduction.variable) for reduction in reductions]]
    return Reduced(
        values=reduce([reduction.kind for reduction in reductions], weights, values, times),
        failed_step=trajectories.failed_step,
        failed_variable=trajectories.failed_variable,
        names=trajectories.names,
    )


def reduce(kinds: Sequence[Kind], weights: Floats, values: Floats, times: Floats) -> Floats:
    """Reduce trajectories.

    Parameters
    ----------
    weights
        Shape ``(reductions, times)``.
    values
        The variable of each reduction, shape ``(reductions, times, members)``.

    Returns
    -------
    numpy.ndarray
        Shape ``(reductions, members)``.
    """
    found = np.empty((len(kinds), values.shape[2]))
    for row, kind in enumerate(kinds):
        counted = np.flatnonzero(weights[row])
        part = values[row, counted]
        match kind:
            case "sum":
                total = np.zeros(values.shape[2])
                # One after another, as in the kernel: a sum in another order has other last bits.
                for weight, value in zip(weights[row, counted], part, strict=True):
                    total = total + weight * value
                found[row] = total
            case "minimum":
                found[row] = part.min(axis=0)
            case "maximum":
                found[row] = part.max(axis=0)
            case "time of minimum":
                found[row] = times[counted][part.argmin(axis=0)]
            case "time of maximum":
                found[row] = times[counted][part.argmax(axis=0)]
            case _:
                assert_never(kind)
    return found
