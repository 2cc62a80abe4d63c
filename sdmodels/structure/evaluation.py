"""What number does an expression without stocks and time come to?

Division by zero and the like follow IEEE 754 (infinity or not-a-number) instead of raising, as in the
two evaluators of the engine: a constant that is not finite is reported by the run that needs it.
"""

import math
import operator
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from typing import assert_never

from sdmodels.structure.expression import (
    Arithmetic,
    ArithmeticOperator,
    Call,
    Comparison,
    ComparisonOperator,
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

# A double has 53 bits: with as many halvings and a few more a bracket around a root has closed.
HALVINGS = 60

COMPARISONS: Mapping[ComparisonOperator, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def evaluate(expression: Expression, values: Mapping[str, float]) -> float:
    """Return the value of ``expression`` with the variables at ``values``.

    Raises
    ------
    KeyError
        If a reference has no value.
    ValueError
        If the expression has memory (SMOOTH, DELAY), names a lookup or an element, or calls what is not a
        primitive.
    """
    match expression:
        case Number(value):
            return value
        case Reference(name):
            return values[name]
        case Negation(operand):
            return -evaluate(operand, values)
        case Arithmetic(arithmetic, left, right):
            return calculate(arithmetic, evaluate(left, values), evaluate(right, values))
        case Comparison(comparison, left, right):
            return float(COMPARISONS[comparison](evaluate(left, values), evaluate(right, values)))
        case Logical(logical, left, right):
            both = (evaluate(left, values) != 0, evaluate(right, values) != 0)
            return float(all(both) if logical == "and" else any(both))
        case Not(operand):
            return float(evaluate(operand, values) == 0)
        case Conditional(condition, then, otherwise):
            return evaluate(then if evaluate(condition, values) != 0 else otherwise, values)
        case Call(function, arguments):
            return apply(function, [evaluate(argument, values) for argument in arguments])
        case LookupCall(Table() as table, argument):
            return read_table(table, evaluate(argument, values))
        case Root():
            return _root(expression, values)
        case LookupCall() | Smooth() | Delay() | Initial() | Element():
            raise ValueError(f"{type(expression).__name__} has no value outside a run")
        case _:
            assert_never(expression)


def _root(root: Root, values: Mapping[str, float]) -> float:
    low, high = evaluate(root.low, values), evaluate(root.high, values)
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        if evaluate(root.function, {**values, root.unknown: middle}) > 0:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


def calculate(arithmetic: ArithmeticOperator, left: float, right: float) -> float:
    """Return ``left arithmetic right``, infinite or not a number where IEEE 754 says so."""
    match arithmetic:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return _divide(left, right)
        case "^":
            return _power(left, right)
        case _:
            assert_never(arithmetic)


def _divide(left: float, right: float) -> float:
    if right != 0:
        return left / right
    if left == 0 or math.isnan(left):
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1.0, right)


def _power(left: float, right: float) -> float:
    try:
        return math.pow(left, right)
    except ValueError:
        return math.inf if left == 0 else math.nan
    except OverflowError:
        return -math.inf if left < 0 and right % 2 == 1 else math.inf


def _extreme(arguments: list[float], choose: Callable[[list[float]], float]) -> float:
    return math.nan if any(map(math.isnan, arguments)) else choose(arguments)


def apply(function: str, arguments: list[float]) -> float:
    """Return a primitive of :mod:`sdmodels.structure.functions` applied to numbers."""
    try:
        match function:
            case "MIN":
                return _extreme(arguments, min)
            case "MAX":
                return _extreme(arguments, max)
            case "INTEGER":
                return float(math.trunc(arguments[0])) if math.isfinite(arguments[0]) else arguments[0]
            case "ABS":
                return abs(arguments[0])
            case "ERFC":
                return math.erfc(arguments[0])
            case "EXP":
                return math.exp(arguments[0])
            case "LN":
                return -math.inf if arguments[0] == 0 else math.log(arguments[0])
            case "SQRT" | "SIN" | "COS" | "TAN":
                return float(getattr(math, function.lower())(arguments[0]))
            case "ARCSIN" | "ARCCOS" | "ARCTAN":
                return float(getattr(math, "a" + function[3:].lower())(arguments[0]))
    except ValueError:
        return math.nan
    except OverflowError:
        return math.inf
    raise ValueError(f"{function} is not a primitive")


def read_table(table: Table, x: float) -> float:
    """Return the table's height at ``x``."""
    if math.isnan(x):
        return x
    match table.kind:
        case "hold":
            return table.ys[max(bisect_right(table.xs, x) - 1, 0)]
        case "forward":
            return table.ys[min(bisect_left(table.xs, x), len(table.ys) - 1)]
        case "extrapolate" if len(table.xs) > 1:
            if x < table.xs[0]:
                return table.ys[0] + (x - table.xs[0]) * slope(table, 0)
            if x > table.xs[-1]:
                return table.ys[-1] + (x - table.xs[-1]) * slope(table, len(table.xs) - 2)
    if x <= table.xs[0]:
        return table.ys[0]
    if x >= table.xs[-1]:
        return table.ys[-1]
    # Where two points are at one x the table jumps, and there the later point counts.
    segment = bisect_right(table.xs, x) - 1
    return table.ys[segment] + slope(table, segment) * (x - table.xs[segment])


def slope(table: Table, segment: int) -> float:
    """Return the slope of the straight line from point ``segment`` to the next."""
    rise = table.ys[segment + 1] - table.ys[segment]
    return rise / (table.xs[segment + 1] - table.xs[segment])
