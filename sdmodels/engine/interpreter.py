"""What does a Program come to, computed in the plainest way? The oracle of the native engine.

NumPy over the member axis, one operation at a time: slow and obvious.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any, assert_never

import numpy as np

from sdmodels.engine.noise import even
from sdmodels.engine.program import Assignment, Program
from sdmodels.engine.trajectories import (
    RK4_OFFSETS,
    RK4_WEIGHTS,
    Floats,
    Given,
    Method,
    Steps,
    Trajectories,
    pipeline_steps,
    times_of,
    watched_names,
)
from sdmodels.structure.evaluation import HALVINGS, slope
from sdmodels.structure.expression import (
    Arithmetic,
    Call,
    Comparison,
    Conditional,
    Delay,
    Element,
    Expression,
    Initial,
    Logical,
    LookupCall,
    Negation,
    Not,
    Number,
    Reference,
    Root,
    Smooth,
    Table,
)

_PRIMITIVES: Mapping[str, Callable[..., Any]] = {
    "ABS": np.abs,
    "ARCCOS": np.arccos,
    "ARCSIN": np.arcsin,
    "ARCTAN": np.arctan,
    "COS": np.cos,
    # One number at a time: SciPy, which has it for arrays, takes longer to import than a run takes.
    "ERFC": np.vectorize(math.erfc, otypes=[float]),
    "EXP": np.exp,
    "INTEGER": np.trunc,
    "LN": np.log,
    "MAX": np.maximum,
    "MIN": np.minimum,
    "SIN": np.sin,
    "SQRT": np.sqrt,
    "TAN": np.tan,
}
_ARITHMETIC: Mapping[str, np.ufunc] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "^": np.power,
}
_COMPARISONS: Mapping[str, np.ufunc] = {
    "=": np.equal,
    "<>": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


def integrate(
    program: Program,
    inputs: Floats,
    *,
    steps: Steps,
    method: Method = "euler",
    given: Given | None = None,
) -> Trajectories:
    """Integrate every member.

    Parameters
    ----------
    inputs
        Values of ``program.inputs``, shape ``(inputs, members)`` [unit of each].
    steps
        The steps to save, ascending.
    method
        ``euler`` (first order) or ``rk4`` (fourth).
    given
        Data over time and random seed, where the program has use for them.

    Returns
    -------
    Trajectories
        Every member's values; members that leave the finite numbers run on and are marked.
    """
    with np.errstate(all="ignore"):
        return _Run(program, inputs, steps, method, Given() if given is None else given).trajectories()


class _Run:
    def __init__(self, program: Program, inputs: Floats, steps: Steps, method: Method, given: Given) -> None:
        self.program = program
        self.members = inputs.shape[1]
        self.inputs = dict(zip(program.inputs, inputs, strict=True))
        self.steps = steps
        self.method = method
        self.given = given
        self.streams = given.streams_of(self.members)
        self.failed_step = np.full(self.members, -1, dtype=np.int64)
        self.failed_variable = np.full(self.members, -1, dtype=np.int64)

    def trajectories(self) -> Trajectories:
        program = self.program
        values = np.empty((len(program.outputs), len(self.steps), self.members))
        outside = self._outside(0, 0)
        initial = self._assigned({**self.inputs, **outside}, program.initial, program.time.initial_time)
        states = {state.name: initial[state.name] for state in program.states}
        memories = {memory.name: initial[memory.name] for memory in program.memories}
        pipelines = {
            pipeline.name: _Pipeline(initial[pipeline.name], initial[pipeline.delay_time], program)
            for pipeline in program.pipelines
        }
        held = {**self.inputs, **{name: initial[name] for name in program.held}}
        row = {int(step): index for index, step in enumerate(self.steps)}
        for step in range(program.time.steps + 1):
            time = program.time.time_at(step)
            self._watch(step, list(states.values()), 0)
            kept = {name: pipeline.output(step) for name, pipeline in pipelines.items()}
            fixed = {**held, **memories, **kept}
            now = self._assigned({**fixed, **states, **self._outside(step, 0)}, program.step, time)
            if step in row:
                seen = self._assigned(now, program.observed, time)
                values[:, row[step]] = [seen[name] for name in program.outputs]
                self._watch(step, list(values[:, row[step]]), len(states))
            if step < program.time.steps:
                memories = {m.name: self._value(m.following, now, time) for m in program.memories}
                for p in program.pipelines:
                    pipelines[p.name].take(self._value(p.input, now, time))
                states = self._advance(fixed, states, step, now)
        return Trajectories(
            values=values,
            times=times_of(program, self.steps),
            failed_step=self.failed_step,
            failed_variable=self.failed_variable,
            names=watched_names(program),
        )

    def _outside(self, step: int, half_steps: int) -> dict[str, Floats]:
        """Return the data and the random numbers at ``step`` and some half steps on."""
        program, series = self.program, self.given.series
        row = 2 * step + half_steps if self.method == "rk4" else step
        data = {s.name: np.broadcast_to(series[s.name][row], (self.members,)) for s in program.series}
        seed = self.given.seed
        draws = {name: even(seed, self.streams, step, site) for site, name in enumerate(program.draws)}
        return {**data, **draws}

    def _advance(
        self,
        fixed: Mapping[str, Floats],
        states: Mapping[str, Floats],
        step: int,
        now: Mapping[str, Floats],
    ) -> dict[str, Floats]:
        time = self.program.time.time_at(step)
        width = self.program.time.time_step
        offsets = RK4_OFFSETS if self.method == "rk4" else (0.0,)
        weights = RK4_WEIGHTS if self.method == "rk4" else (1.0,)
        change = {name: np.zeros(self.members) for name in states}
        rates: dict[str, Floats] = change
        for offset, weight in zip(offsets, weights, strict=True):
            there = {name: value + offset * width * rates[name] for name, value in states.items()}
            if offset > 0:
                outside = self._outside(step, int(2 * offset))
                known = {**fixed, **there, **outside}
                now = self._assigned(known, self.program.step, time + offset * width)
            rates = {s.name: self._value(s.rate, now, time + offset * width) for s in self.program.states}
            change = {name: change[name] + weight * rates[name] for name in states}
        return {name: value + width * change[name] for name, value in states.items()}

    def _assigned(
        self, known: Mapping[str, Floats], assignments: tuple[Assignment, ...], time: float
    ) -> dict[str, Floats]:
        values = dict(known)
        for assignment in assignments:
            values[assignment.name] = self._value(assignment.expression, values, time)
        return values

    def _watch(self, step: int, values: list[Floats], offset: int) -> None:
        for index, value in enumerate(values):
            failing = ~np.isfinite(value) & (self.failed_step < 0)
            self.failed_step[failing] = step
            self.failed_variable[failing] = offset + index

    def _value(self, expression: Expression, values: Mapping[str, Floats], time: float) -> Floats:
        return np.broadcast_to(
            np.asarray(value_of(expression, values, time), dtype=np.float64), (self.members,)
        )


class _Pipeline:
    """What goes into a pipeline, kept from the first step on."""

    def __init__(self, initial: Floats, delay_time: Floats, program: Program) -> None:
        self.initial = initial
        self.steps = pipeline_steps(delay_time, program.time.time_step)
        self.taken: list[Floats] = []

    def take(self, value: Floats) -> None:
        self.taken.append(value)

    def output(self, step: int) -> Floats:
        value = np.array(self.initial)
        for member, delay in enumerate(self.steps):
            if delay <= step:
                value[member] = self.taken[step - int(delay)][member]
        return value


def value_of(expression: Expression, values: Mapping[str, Floats], time: float) -> Floats:
    """Return the value of ``expression`` for every member, shape ``(members,)`` or ``()``."""

    def inner(part: Expression) -> Floats:
        return value_of(part, values, time)

    match expression:
        case Number(value):
            return np.asarray(value)
        case Reference("Time"):
            return np.asarray(time)
        case Reference(name):
            return values[name]
        case Negation(operand):
            return -inner(operand)
        case Arithmetic(operator, left, right):
            return np.asarray(_ARITHMETIC[operator](inner(left), inner(right)))
        case Comparison(comparison, left, right):
            return np.asarray(_COMPARISONS[comparison](inner(left), inner(right)), dtype=np.float64)
        case Logical(logical, left, right):
            join = np.logical_and if logical == "and" else np.logical_or
            return np.asarray(join(inner(left) != 0, inner(right) != 0), dtype=np.float64)
        case Not(operand):
            return np.asarray(inner(operand) == 0, dtype=np.float64)
        case Conditional(condition, then, otherwise):
            return np.where(inner(condition) != 0, inner(then), inner(otherwise))
        case Call(function, arguments):
            return np.asarray(_PRIMITIVES[function](*map(inner, arguments)))
        case LookupCall(Table() as table, argument):
            return heights(table, inner(argument))
        case Root(unknown, function, low, high):
            return _root(unknown, function, inner(low), inner(high), values, time)
        case LookupCall() | Smooth() | Delay() | Initial() | Element():
            raise ValueError(f"{type(expression).__name__} is written out by lowering")
        case _:
            assert_never(expression)


def heights(table: Table, x: Floats) -> Floats:
    """Return the height of a table at ``x``, of the shape of ``x``."""
    xs, ys = np.array(table.xs), np.array(table.ys)
    found = np.interp(x, xs, ys)
    match table.kind:
        case "hold":
            found = ys[np.maximum(np.searchsorted(xs, x, side="right") - 1, 0)]
        case "forward":
            found = ys[np.minimum(np.searchsorted(xs, x, side="left"), len(ys) - 1)]
        case "extrapolate" if len(xs) > 1:
            before = ys[0] + (x - xs[0]) * slope(table, 0)
            beyond = ys[-1] + (x - xs[-1]) * slope(table, len(xs) - 2)
            found = np.where(x < xs[0], before, np.where(x > xs[-1], beyond, found))
    # With a single point, or between two, the search forgets that the argument is not a number.
    return np.where(np.isnan(x), x, found)


def _root(
    unknown: str,
    function: Expression,
    low: Floats,
    high: Floats,
    values: Mapping[str, Floats],
    time: float,
) -> Floats:
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        above = value_of(function, {**values, unknown: middle}, time) > 0
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return np.asarray(0.5 * (low + high))
