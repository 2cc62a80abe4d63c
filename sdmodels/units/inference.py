"""Which unit does an expression have, and where do the units inside it clash?

Rules (Vensim Help, "Units checking" and the entry of each function): the unit is found from the inside out;
``*`` and ``/`` multiply and divide units; ``+ -``, comparisons, MIN, MAX and the branches of IF THEN ELSE need
the same unit on both sides. A plain number counts as dimensionless in ``*`` and ``/`` but takes the unit of
the other side everywhere else, as in the help's own ``target revenue = 10000 + STEP(5000,10)`` with the unit
``$/Month``. The argument of a table function may have any unit (Vensim warns, but has no rule).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import reduce
from typing import TypeAlias, assert_never

import pint

from sdmodels.structure.evaluation import evaluate
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
)
from sdmodels.structure.functions import MEMORY, OF_TIME, ON_TABLES, OVER_ELEMENTS, RANDOM
from sdmodels.units.names import Vocabulary, fits, power


class Open(Enum):
    """What has no unit of its own.

    ``NUMBER`` is a plain number. ``UNKNOWN`` is what lacks a unit or already clashed; it fits everything,
    so that one mistake is reported once.
    """

    NUMBER = "number"
    UNKNOWN = "unknown"


Measure: TypeAlias = pint.Unit | Open


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """Two units that should be the same, and the part of the equation that joins them."""

    left: pint.Unit
    right: pint.Unit
    part: Expression


class Inference:
    """Finds the units of one equation and collects the clashes on the way.

    Parameters
    ----------
    stated
        The unit of every variable, by its name.
    time
        The model's unit of time.
    """

    def __init__(self, vocabulary: Vocabulary, stated: Mapping[str, Measure], time: Measure) -> None:
        self.stated = stated
        self.time = time
        self.dimensionless = vocabulary.dimensionless
        self.clashes: list[Clash] = []

    def of(self, expression: Expression) -> Measure:
        """Return the unit of ``expression``."""
        match expression:
            case Number() | Element():
                return Open.NUMBER
            case Reference(name):
                # What is no variable is Time or one of the model's settings of time.
                return self.stated.get(name, self.time)
            case Negation(operand) | Initial(operand):
                return self.of(operand)
            case Arithmetic():
                return self._arithmetic(expression)
            case Comparison(_, left, right):
                self.same(expression, self.of(left), self.of(right))
                return self.dimensionless
            case Logical(_, left, right):
                self.of(left)
                self.of(right)
                return self.dimensionless
            case Not(operand):
                self.of(operand)
                return self.dimensionless
            case Conditional(condition, then, otherwise):
                self.of(condition)
                return self.same(expression, self.of(then), self.of(otherwise))
            case Call(function, arguments):
                return self._call(expression, function, tuple(map(self.of, arguments)))
            case LookupCall(table, argument):
                self.of(argument)
                return self.of(table) if isinstance(table, Reference) else Open.UNKNOWN
            case Smooth(input_, delay_time, initial, _) | Delay(input_, delay_time, initial, _):
                self.same(expression, self.time, self.of(delay_time))
                return self.same(expression, self.of(input_), self.of(initial))
            case Root(_, _, low, high):
                return self.same(expression, self.of(low), self.of(high))
            case _:
                assert_never(expression)

    def same(self, part: Expression, *measures: Measure) -> Measure:
        """Return the unit that all have in common; a clash makes it unknown."""
        return reduce(lambda left, right: self._agreed(part, left, right), measures)

    def _agreed(self, part: Expression, left: Measure, right: Measure) -> Measure:
        if isinstance(left, Open):
            return left if right is Open.NUMBER else right
        if isinstance(right, Open) or fits(left, right):
            return left
        self.clashes.append(Clash(left=left, right=right, part=part))
        return Open.UNKNOWN

    def _arithmetic(self, expression: Arithmetic) -> Measure:
        left, right = self.of(expression.left), self.of(expression.right)
        match expression.operator:
            case "+" | "-":
                return self.same(expression, left, right)
            case "*":
                return self._product(left, right)
            case "/":
                return self.quotient(left, right)
            case "^":
                return self._power(expression, left, right, expression.right)
            case _:
                assert_never(expression.operator)

    def _plain(self, measure: pint.Unit | Open) -> pint.Unit | None:
        """Return the unit as it counts in a product; ``None`` if it is unknown."""
        if isinstance(measure, Open):
            return self.dimensionless if measure is Open.NUMBER else None
        return measure

    def _product(self, left: Measure, right: Measure) -> Measure:
        if left is right is Open.NUMBER:
            return Open.NUMBER
        first, second = self._plain(left), self._plain(right)
        return Open.UNKNOWN if first is None or second is None else first * second

    def quotient(self, left: Measure, right: Measure) -> Measure:
        """Return the unit of a fraction."""
        if left is right is Open.NUMBER:
            return Open.NUMBER
        first, second = self._plain(left), self._plain(right)
        return Open.UNKNOWN if first is None or second is None else first / second

    def _power(self, part: Expression, base: Measure, measure: Measure, exponent: Expression) -> Measure:
        """Return the unit of a power: a base with a unit needs a plain number as exponent."""
        self.same(part, self.dimensionless, measure)
        if isinstance(base, Open):
            return measure if base is measure is Open.NUMBER else self._plain(base) or Open.UNKNOWN
        if measure is Open.NUMBER:
            try:
                return power(base, evaluate(exponent, {}))
            except ValueError:
                return Open.UNKNOWN
        return self.same(part, self.dimensionless, base)

    def _call(self, part: Call, function: str, arguments: tuple[Measure, ...]) -> Measure:
        match function, arguments:
            case (("ABS" | "INTEGER" | "FLOOR" | "ROUND" | "SUM" | "VMIN" | "VMAX"), (only,)):
                return only
            case (("MIN" | "MAX" | "MODULO" | "QUANTUM"), _):
                return self.same(part, *arguments)
            case "SQRT", (only,):
                return only if isinstance(only, Open) else power(only, 0.5)
            case "PROD", (only,):
                # A unit to the power of how many elements there are: known only if it has none.
                return only if only == self.dimensionless else Open.UNKNOWN
            case "POWER", (base, exponent):
                return self._power(part, base, exponent, part.arguments[1])
            case "ZIDZ", (numerator, denominator):
                return self.quotient(numerator, denominator)
            case "SAFEDIV", (numerator, denominator, *otherwise):
                return self.same(part, self.quotient(numerator, denominator), *otherwise)
            case "XIDZ", (numerator, denominator, otherwise):
                return self.same(part, self.quotient(numerator, denominator), otherwise)
            case "ELMCOUNT", _:
                return Open.NUMBER
        if function in OF_TIME:
            return self._of_time(part, function, arguments)
        if function in MEMORY:
            return self._remembering(part, function, arguments)
        if function in RANDOM and function != "RANDOM 0 1":
            # What is behind the numbers of the distribution is a seed.
            return self.same(part, *arguments[: RANDOM[function][0]])
        if function in ON_TABLES:
            return self._on_table(part, function, arguments)
        if function in OVER_ELEMENTS:
            return self._over_elements(part, function, arguments)
        # EXP, LN, LOG, SIN, ...: from a pure number to a pure number.
        for argument in arguments:
            self.same(part, self.dimensionless, argument)
        return self.dimensionless

    def _of_time(self, part: Call, function: str, arguments: tuple[Measure, ...]) -> Measure:
        """Return the unit of a function of Time; three begin with a height, a slope or a volume."""
        if function == "GET TIME VALUE":
            return self.same(part, self.time, arguments[1])
        has_size = function in ("STEP", "RAMP", "VOLUME PULSE")
        for argument in arguments[1:] if has_size else arguments:
            self.same(part, self.time, argument)
        if not has_size:
            return self.dimensionless
        size = arguments[0]
        if function == "STEP" or size is Open.NUMBER:
            return size
        return self._product(size, self.time) if function == "RAMP" else self.quotient(size, self.time)

    def _remembering(self, part: Call, function: str, arguments: tuple[Measure, ...]) -> Measure:
        match function, arguments:
            case "TREND", (_, average_time, *initial):
                self.same(part, self.time, average_time)
                return self.same(part, self.quotient(self.dimensionless, self.time), *initial)
            case "FORECAST", (input_, average_time, horizon, *initial):
                self.same(part, self.time, average_time, horizon)
                self.same(part, self.quotient(self.dimensionless, self.time), *initial)
                return input_
            case "DELAY FIXED", (input_, delay_time, *initial):
                self.same(part, self.time, delay_time)
                return self.same(part, input_, *initial)
            case "NPV", (stream, rate, initial, factor):
                self.same(part, self.quotient(self.dimensionless, self.time), rate)
                value = stream if isinstance(stream, Open) else self._product(stream, self.time)
                return self._product(self.same(part, value, initial), factor)
        # SAMPLE IF TRUE(condition, input, initial) and PREVIOUS(input, initial).
        return self.same(part, *arguments[-2:])

    def _on_table(self, part: Call, function: str, arguments: tuple[Measure, ...]) -> Measure:
        table, *rest = arguments
        match function:
            case "LOOKUP AREA":
                return self._product(table, self.same(part, *rest))
            case "LOOKUP INVERT":
                self.same(part, table, *rest)
                return Open.UNKNOWN
            case "LOOKUP SLOPE":
                return Open.UNKNOWN
        return table

    def _over_elements(self, part: Call, function: str, arguments: tuple[Measure, ...]) -> Measure:
        match function, arguments:
            case "VECTOR SELECT", (_, vector, missing, _, _):
                return self.same(part, vector, missing)
            case "ALLOCATE AVAILABLE", (request, _, available):
                return self.same(part, request, available)
            case "ALLOCATE BY PRIORITY", (request, priority, _, width, supply):
                self.same(part, priority, width)
                return self.same(part, request, supply)
            case (("VECTOR ELM MAP" | "VECTOR REORDER"), (vector, place)):
                self.same(part, self.dimensionless, place)
                return vector
        return self.dimensionless
