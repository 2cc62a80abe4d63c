"""How is a part of an equation written, as Vensim writes it?"""

from collections.abc import Mapping
from typing import assert_never

from sdmodels.structure.expression import (
    Arithmetic,
    ArithmeticOperator,
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

_STRENGTH: Mapping[ArithmeticOperator, int] = {"+": 4, "-": 4, "*": 5, "/": 5, "^": 7}
_NEVER_IN_PARENTHESES = 9


def written(expression: Expression) -> str:
    """Return ``expression`` as text, with no more parentheses than it needs.

    >>> written(Arithmetic("*", Arithmetic("+", Reference("a"), Reference("b")), Number(2.0)))
    '(a + b) * 2'
    """
    match expression:
        case Number(value):
            return _number(value)
        case Reference(name, subscripts):
            return f"{name}[{','.join(subscripts)}]" if subscripts else name
        case Element(name):
            return name
        case Negation(operand):
            return f"-{_inside(operand, 6)}"
        case Not(operand):
            return f":NOT: {_inside(operand, 6)}"
        case Arithmetic(operator, left, right):
            strength = _STRENGTH[operator]
            # Vensim reads a - b - c from the left and a ^ b ^ c from the right.
            on_left, on_right = (strength + 1, strength) if operator == "^" else (strength, strength + 1)
            return f"{_inside(left, on_left)} {operator} {_inside(right, on_right)}"
        case Comparison(comparison, left, right):
            return f"{_inside(left, 4)} {comparison} {_inside(right, 4)}"
        case Logical(logical, left, right):
            return f"{_inside(left, 3)} :{logical.upper()}: {_inside(right, 3)}"
        case _:
            return _called(expression)


def _number(value: float) -> str:
    """Return a number as short as it can be without a loss."""
    short = f"{value:g}"
    return short if float(short) == value or value != value else repr(value)


def _called(
    expression: Conditional | Call | LookupCall | Smooth | Delay | Initial | Root,
) -> str:
    match expression:
        case Conditional(condition, then, otherwise):
            return _call("IF THEN ELSE", condition, then, otherwise)
        case Call(function, arguments):
            return _call(function, *arguments)
        case LookupCall(table, argument):
            if isinstance(table, Reference):
                return _call(table.name, argument)
            return f"WITH LOOKUP({written(argument)}, ...)"
        case Smooth(input_, delay_time, initial, order):
            return _late("SMOOTH", {1: "SMOOTHI", 3: "SMOOTH3I"}, order, input_, delay_time, initial)
        case Delay(input_, delay_time, initial, order, drops_stages):
            names = {1: "DELAY1I"} if drops_stages else {1: "DELAY1I", 3: "DELAY3I"}
            return _late("DELAY", names, order, input_, delay_time, initial)
        case Initial(operand):
            return _call("INITIAL", operand)
        case Root(unknown, function, low, high):
            return _call("ROOT", Reference(unknown), function, low, high)
        case _:
            assert_never(expression)


def _late(kind: str, names: Mapping[int, str], order: int, *arguments: Expression) -> str:
    if order in names:
        return _call(names[order], *arguments)
    return _call(f"{kind} N", *arguments, Number(float(order)))


def _call(function: str, *arguments: Expression) -> str:
    return f"{function}({', '.join(map(written, arguments))})"


def _inside(expression: Expression, least: int) -> str:
    text = written(expression)
    return text if _strength(expression) >= least else f"({text})"


def _strength(expression: Expression) -> int:
    match expression:
        case Logical():
            return 2
        case Comparison():
            return 3
        case Arithmetic(operator, _, _):
            return _STRENGTH[operator]
        case Negation() | Not():
            return 6
        case _:
            return _NEVER_IN_PARENTHESES
