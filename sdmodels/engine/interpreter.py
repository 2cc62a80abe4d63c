"""What does a Program come to, computed in the plainest way? The oracle of the native engine.

NumPy over the member axis, one operation at a time: slow and obvious.
"""

from collections.abc import Mapping
from typing import assert_never

import numpy as np

from sdmodels.engine.program import Assignment, Program
from sdmodels.engine.trajectories import (
    RK4_OFFSETS,
    RK4_WEIGHTS,
    Floats,
    Method,
    Steps,
    Trajectories,
    watched_names,
)
from sdmodels.structure.expression import (
    Arithmetic,
    Call,
    Comparison,
    Conditional,
    Delay,
    Expression,
    Initial,
    Logical,
    LookupCall,
    Negation,
    Not,
    Number,
    Reference,
    Smooth,
    Table,
)

_PRIMITIVES: Mapping[str, np.ufunc] = {
    "ABS": np.abs,
    "ARCCOS": np.arccos,
    "ARCSIN": np.arcsin,
    "ARCTAN": np.arctan,
    "COS": np.cos,
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


def integrate(program: Program, inputs: Floats, *, steps: Steps, method: Method = "euler") -> Trajectories:
    """Integrate every member.

    Parameters
    ----------
    inputs
        Values of ``program.inputs``, shape ``(inputs, members)`` [unit of each].
    steps
        The steps to save, ascending.
    method
        ``euler`` (first order) or ``rk4`` (fourth).

    Returns
    -------
    Trajectories
        Every member's values; members that leave the finite numbers run on and are marked.
    """
    with np.errstate(all="ignore"):
        return _Run(program, inputs, steps, method).trajectories()


class _Run:
    def __init__(self, program: Program, inputs: Floats, steps: Steps, method: Method) -> None:
        self.program = program
        self.members = inputs.shape[1]
        self.inputs = dict(zip(program.inputs, inputs, strict=True))
        self.steps = steps
        self.method = method
        self.failed_step = np.full(self.members, -1, dtype=np.int64)
        self.failed_variable = np.full(self.members, -1, dtype=np.int64)

    def trajectories(self) -> Trajectories:
        program = self.program
        values = np.empty((len(program.outputs), len(self.steps), self.members))
        initial = self._assigned(self.inputs, program.initial, program.time.initial_time)
        states = {state.name: initial[state.name] for state in program.states}
        fixed = {**self.inputs, **{name: initial[name] for name in program.held}}
        row = {int(step): index for index, step in enumerate(self.steps)}
        for step in range(program.time.steps + 1):
            time = program.time.time_at(step)
            self._watch(step, list(states.values()), 0)
            if step in row:
                now = self._assigned({**fixed, **states}, program.step, time)
                seen = self._assigned(now, program.observed, time)
                values[:, row[step]] = [seen[name] for name in program.outputs]
                self._watch(step, list(values[:, row[step]]), len(states))
            if step < program.time.steps:
                states = self._advance(fixed, states, time)
        return Trajectories(
            values=values,
            times=np.array([program.time.time_at(int(step)) for step in self.steps]),
            failed_step=self.failed_step,
            failed_variable=self.failed_variable,
            names=watched_names(program),
        )

    def _advance(
        self, fixed: Mapping[str, Floats], states: Mapping[str, Floats], time: float
    ) -> dict[str, Floats]:
        width = self.program.time.time_step
        offsets = RK4_OFFSETS if self.method == "rk4" else (0.0,)
        weights = RK4_WEIGHTS if self.method == "rk4" else (1.0,)
        change = {name: np.zeros(self.members) for name in states}
        rates: dict[str, Floats] = change
        for offset, weight in zip(offsets, weights, strict=True):
            there = {name: value + offset * width * rates[name] for name, value in states.items()}
            rates = self._rates({**fixed, **there}, time + offset * width)
            change = {name: change[name] + weight * rates[name] for name in states}
        return {name: value + width * change[name] for name, value in states.items()}

    def _rates(self, known: Mapping[str, Floats], time: float) -> dict[str, Floats]:
        now = self._assigned(known, self.program.step, time)
        return {state.name: self._value(state.rate, now, time) for state in self.program.states}

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
        case LookupCall(Table(xs, ys), argument):
            x = inner(argument)
            # With a single point np.interp forgets that the argument is not a number.
            return np.where(np.isnan(x), x, np.interp(x, xs, ys))
        case LookupCall() | Smooth() | Delay() | Initial():
            raise ValueError(f"{type(expression).__name__} is written out by lowering")
        case _:
            assert_never(expression)
