"""How are expressions joined without writing what changes nothing, such as times 1 and plus 0?

A zero is known by its form, not by its value: 0 times infinity is left out where a derivative is zero by its
nature. Where only one branch of a choice is zero, a factor goes into the choice, for the same reason.
"""

import math

from sdmodels.structure.expression import (
    Arithmetic,
    Call,
    Conditional,
    Expression,
    Logical,
    Negation,
    Not,
    Number,
)

ZERO = Number(0.0)
ONE = Number(1.0)


def is_number(expression: Expression, value: float) -> bool:
    """Tell whether ``expression`` is written as the number ``value``."""
    return isinstance(expression, Number) and expression.value == value


def plus(left: Expression, right: Expression) -> Expression:
    """Return ``left + right``."""
    match left, right:
        case Number(first), Number(second):
            return Number(first + second)
        case Number(0.0), _:
            return right
        case _, Number(0.0):
            return left
        case _, Negation(operand):
            return minus(left, operand)
        case Negation(operand), _:
            return minus(right, operand)
    return Arithmetic("+", left, right)


def minus(left: Expression, right: Expression) -> Expression:
    """Return ``left - right``."""
    match left, right:
        case Number(first), Number(second):
            return Number(first - second)
        case Number(0.0), _:
            return negated(right)
        case _, Number(0.0):
            return left
    return Arithmetic("-", left, right)


def negated(operand: Expression) -> Expression:
    """Return ``-operand``."""
    match operand:
        case Number(value):
            return Number(0.0 - value)
        case Negation(inner):
            return inner
        case Arithmetic("-", left, right):
            return Arithmetic("-", right, left)
        case Conditional(condition, then, otherwise) if is_choice(operand):
            return Conditional(condition, negated(then), negated(otherwise))
    return Negation(operand)


def times(left: Expression, right: Expression) -> Expression:
    """Return ``left * right``."""
    match left, right:
        case (Number(0.0), _) | (_, Number(0.0)):
            return ZERO
        case Number(first), Number(second):
            return Number(first * second)
        case (Number(1.0), other) | (other, Number(1.0)):
            return other
        case (Number(-1.0), other) | (other, Number(-1.0)):
            return negated(other)
        case (Conditional(condition, then, otherwise), factor) if is_choice(left):
            return either(condition, times(then, factor), times(otherwise, factor))
        case (factor, Conditional(condition, then, otherwise)) if is_choice(right):
            return either(condition, times(factor, then), times(factor, otherwise))
        case (Negation(operand), factor) | (factor, Negation(operand)):
            return negated(times(operand, factor))
    return Arithmetic("*", left, right)


def divided(left: Expression, right: Expression) -> Expression:
    """Return ``left / right``."""
    match left, right:
        case Number(0.0), _:
            return ZERO
        case Number(first), Number(second) if second != 0 and math.isfinite(first / second):
            return Number(first / second)
        case _, Number(1.0):
            return left
        case Conditional(condition, then, otherwise), _ if is_choice(left):
            return either(condition, divided(then, right), divided(otherwise, right))
        case Negation(operand), _:
            return negated(divided(operand, right))
    return Arithmetic("/", left, right)


def either(condition: Expression, then: Expression, otherwise: Expression) -> Expression:
    """Return ``then`` where ``condition`` holds, else ``otherwise``; choices of zero become one choice."""
    if then is otherwise or (isinstance(then, Number) and then == otherwise):
        return then
    match then, otherwise:
        case Conditional(inner, Number(0.0), kept), Number(0.0):
            return Conditional(Logical("and", condition, Not(inner)), kept, ZERO)
        case Conditional(inner, kept, Number(0.0)), Number(0.0):
            return Conditional(Logical("and", condition, inner), kept, ZERO)
        case Number(0.0), Conditional(inner, Number(0.0), kept):
            return Conditional(Logical("or", condition, inner), ZERO, kept)
        case Number(0.0), Conditional(inner, kept, Number(0.0)):
            return Conditional(Logical("and", Not(condition), inner), kept, ZERO)
    return Conditional(condition, then, otherwise)


def is_choice(expression: Expression) -> bool:
    """Tell whether ``expression`` is a choice between something and nothing."""
    return isinstance(expression, Conditional) and (
        is_number(expression.then, 0.0) or is_number(expression.otherwise, 0.0)
    )


def called(function: str, *arguments: Expression) -> Expression:
    """Return a primitive applied to its arguments."""
    return Call(function, arguments)
