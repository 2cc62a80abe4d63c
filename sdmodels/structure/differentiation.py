"""How much does an expression change with each variable in it?

Exact partial derivatives, written as expressions. The chain rule is followed from the outside in, so that what
several derivatives have in common is one value (the same Python object) in all of them: whoever computes it once
has it everywhere.

Where a function has a kink, the derivative is that of the side which the evaluators choose:

* MIN and MAX take the right argument where both are equal; a conditional follows its condition.
* ABS at 0, and a table at one of its points, have the slope to the right.
* What jumps (comparisons, logic, INTEGER, tables that hold) has the derivative 0, at the jump as elsewhere.
* ``u ^ v`` does not change with ``v`` where ``u`` is not positive.
"""

import math
from typing import assert_never

from sdmodels.structure.evaluation import slope
from sdmodels.structure.expression import (
    TIME,
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
    children,
    rebuild,
)
from sdmodels.structure.simplification import (
    ONE,
    ZERO,
    called,
    divided,
    either,
    is_number,
    minus,
    negated,
    plus,
    times,
)

# Finite where their slope is not: the square root at 0, the inverse sine at 1.
_STEEP = frozenset({"ARCCOS", "ARCSIN", "SQRT"})


def partials(expression: Expression) -> dict[str, Expression]:
    """Return the derivative of ``expression`` with respect to each name in it, by name.

    A name that is missing has the derivative 0. ``Time`` is not a variable.

    Raises
    ------
    ValueError
        If the expression has memory, names a lookup or an element, or has a :class:`Root` (which needs a name
        for its value: see :func:`root_partials`).
    """
    found: dict[str, Expression] = {}
    _collect(expression, ONE, found)
    return {name: part for name, part in found.items() if not is_number(part, 0.0)}


def root_partials(root: Root, name: str) -> dict[str, Expression]:
    """Return the derivatives of a root that is known under ``name``.

    By the implicit function theorem, where the function crosses zero; where it does not, the root is one of the
    two ends and changes as that end does.
    """
    at_root = partials(_replaced(root.function, root.unknown, Reference(name)))
    steepness = at_root.pop(name, ZERO)
    inside = {other: negated(divided(part, steepness)) for other, part in at_root.items()}
    low, high = partials(root.low), partials(root.high)
    above = Comparison(">", _replaced(root.function, root.unknown, root.high), ZERO)
    crossed = Comparison(">", _replaced(root.function, root.unknown, root.low), ZERO)
    found = {}
    for other in dict.fromkeys([*inside, *low, *high]):
        within = either(crossed, inside.get(other, ZERO), low.get(other, ZERO))
        found[other] = either(above, high.get(other, ZERO), within)
    return {other: part for other, part in found.items() if not is_number(part, 0.0)}


def steep(expression: Expression) -> bool:
    """Tell whether ``expression`` can be finite where a derivative of it is not (SQRT at 0)."""
    match expression:
        case Call(function, _) if function in _STEEP:
            return True
        case Arithmetic("^", _, exponent) if not (isinstance(exponent, Number) and exponent.value >= 1):
            return True
    return any(steep(child) for child in children(expression))


def _replaced(expression: Expression, unknown: str, value: Expression) -> Expression:
    if isinstance(expression, Reference):
        return value if expression.name == unknown else expression
    return rebuild(expression, lambda part: _replaced(part, unknown, value))


def _collect(expression: Expression, outer: Expression, found: dict[str, Expression]) -> None:
    """Add what ``expression`` contributes, ``outer`` being the derivative of the whole by ``expression``."""
    match expression:
        case Number() | Comparison() | Logical() | Not():
            return
        case Reference(name):
            if expression != TIME:
                found[name] = plus(found.get(name, ZERO), outer)
        case Negation(operand):
            _collect(operand, negated(outer), found)
        case Arithmetic():
            _collect_arithmetic(expression, outer, found)
        case Conditional(condition, then, otherwise):
            _collect_choice(condition, then, otherwise, outer, found)
        case Call("MIN" | "MAX" as function, (left, right)):
            comparison = Comparison("<" if function == "MIN" else ">", left, right)
            _collect_choice(comparison, left, right, outer, found)
        case Call("INTEGER", _):
            return
        case Call(function, (argument,)):
            _collect(argument, _through(function, argument, expression, outer), found)
        case LookupCall(Table() as table, argument):
            _collect_table(table, argument, outer, found)
        case LookupCall() | Smooth() | Delay() | Initial() | Element() | Root() | Call():
            raise ValueError(f"{type(expression).__name__} has no derivative of its own")
        case _:
            assert_never(expression)


def _collect_arithmetic(expression: Arithmetic, outer: Expression, found: dict[str, Expression]) -> None:
    left, right = expression.left, expression.right
    match expression.operator:
        case "+":
            _collect(left, outer, found)
            _collect(right, outer, found)
        case "-":
            _collect(left, outer, found)
            _collect(right, negated(outer), found)
        case "*":
            _collect(left, times(outer, right), found)
            _collect(right, times(outer, left), found)
        case "/":
            share = divided(outer, right)
            _collect(left, share, found)
            _collect(right, negated(times(share, expression)), found)
        case "^":
            _collect(left, times(outer, _by_base(expression)), found)
            positive = Comparison(">", left, ZERO)
            growth = either(positive, times(expression, called("LN", left)), ZERO)
            _collect(right, times(outer, growth), found)
        case _:
            assert_never(expression.operator)


def _by_base(power: Arithmetic) -> Expression:
    """Return the derivative of ``u ^ v`` by ``u``: ``v u^v / u``, and at ``u = 0`` its limit from the right."""
    base, exponent = power.left, power.right
    if is_number(exponent, 2.0):
        return times(exponent, base)
    elsewhere = divided(times(exponent, power), base)
    limit: Expression = Number(math.inf)
    for value in (0.0, 1.0):
        limit = either(Comparison("=", exponent, Number(value)), Number(value), limit)
    limit = either(Comparison(">", exponent, ONE), ZERO, limit)
    if isinstance(exponent, Number):
        v = exponent.value
        limit = Number(v) if v in (0.0, 1.0) else ZERO if v > 1 else Number(math.inf)
        if v in (0.0, 1.0):
            return limit
    return either(Comparison("<>", base, ZERO), elsewhere, limit)


def _through(function: str, argument: Expression, value: Expression, outer: Expression) -> Expression:
    """Return the derivative of the whole by a function's argument; ``value`` is the call itself."""
    match function:
        case "ABS":
            return either(Comparison(">=", argument, ZERO), outer, negated(outer))
        case "EXP":
            return times(outer, value)
        case "ERFC":
            bell = called("EXP", negated(times(argument, argument)))
            return times(outer, times(Number(-2.0 / math.sqrt(math.pi)), bell))
        case "LN":
            return divided(outer, argument)
        case "SQRT":
            return divided(times(Number(0.5), outer), value)
        case "SIN":
            return times(outer, called("COS", argument))
        case "COS":
            return negated(times(outer, called("SIN", argument)))
        case "TAN":
            return times(outer, plus(ONE, times(value, value)))
        case "ARCTAN":
            return divided(outer, plus(ONE, times(argument, argument)))
        case "ARCSIN":
            return divided(outer, called("SQRT", minus(ONE, times(argument, argument))))
        case "ARCCOS":
            return negated(divided(outer, called("SQRT", minus(ONE, times(argument, argument)))))
    raise ValueError(f"{function} is not a primitive")


def _collect_choice(
    condition: Expression,
    then: Expression,
    otherwise: Expression,
    outer: Expression,
    found: dict[str, Expression],
) -> None:
    """Differentiate each branch by itself: the one not taken may be infinite, and must not count."""
    chosen, other = partials(then), partials(otherwise)
    for name in dict.fromkeys([*chosen, *other]):
        part = either(condition, chosen.get(name, ZERO), other.get(name, ZERO))
        found[name] = plus(found.get(name, ZERO), times(outer, part))


def _collect_table(
    table: Table, argument: Expression, outer: Expression, found: dict[str, Expression]
) -> None:
    rise = _slope_at(table, argument)
    for name, part in partials(argument).items():
        through = times(rise, part)
        if isinstance(rise, LookupCall) and 0.0 in _heights(rise):
            # Level parts hide what happens to the argument, even where that is infinite.
            through = either(Comparison("<>", rise, ZERO), through, ZERO)
        found[name] = plus(found.get(name, ZERO), times(outer, through))


def _heights(call: LookupCall) -> tuple[float, ...]:
    return call.table.ys if isinstance(call.table, Table) else ()


def _slope_at(table: Table, argument: Expression) -> Expression:
    """Return the slope of a table to the right of ``argument``: a table itself, which holds."""
    rises = [slope(table, segment) for segment in range(len(table.xs) - 1)]
    match table.kind:
        case "hold" | "forward":
            return ZERO
        case "interpolate":
            # A point just before the first: level up to it, as behind the last.
            before = math.nextafter(table.xs[0], -math.inf)
            points = list(zip([before, *table.xs], [0.0, *rises, 0.0], strict=True))
        case "extrapolate":
            points = list(zip(table.xs[:-1], rises, strict=True))
        case _:
            assert_never(table.kind)
    changes = [point for index, point in enumerate(points) if index == 0 or point[1] != points[index - 1][1]]
    if len(changes) < 2:
        return Number(changes[0][1]) if changes else ZERO
    xs, ys = zip(*changes, strict=True)
    return LookupCall(Table(xs, ys, kind="hold"), argument)
