"""How are formulas put together from expressions?

Short names for what the written-out functions are made of. Numbers may be given as they are.
"""

import math
from functools import reduce
from typing import TypeAlias

from sdmodels.structure.expression import (
    Arithmetic,
    Call,
    Comparison,
    Conditional,
    Expression,
    Logical,
    Negation,
    Number,
)

Term: TypeAlias = Expression | float

# Vensim's mark of a missing value, :NA:, is not a number here: it cannot be counted with unnoticed.
NA = math.nan


def term(value: Term) -> Expression:
    """Return a number as an expression, and an expression as it is."""
    return Number(float(value)) if isinstance(value, int | float) else value


def plus(*terms: Term) -> Expression:
    """Return the sum, added up from the left; 0 of nothing."""
    parts = [term(part) for part in terms]
    return reduce(lambda left, right: Arithmetic("+", left, right), parts) if parts else Number(0.0)


def minus(left: Term, right: Term) -> Expression:
    """Return ``left - right``."""
    return Arithmetic("-", term(left), term(right))


def times(*factors: Term) -> Expression:
    """Return the product, multiplied from the left; 1 of nothing."""
    parts = [term(part) for part in factors]
    return reduce(lambda left, right: Arithmetic("*", left, right), parts) if parts else Number(1.0)


def over(numerator: Term, denominator: Term) -> Expression:
    """Return ``numerator / denominator``."""
    return Arithmetic("/", term(numerator), term(denominator))


def negative(value: Term) -> Expression:
    """Return ``-value``."""
    return Negation(term(value))


def call(function: str, *arguments: Term) -> Expression:
    """Return a primitive applied to its arguments."""
    return Call(function, tuple(term(argument) for argument in arguments))


def smallest(*values: Term) -> Expression:
    """Return the smallest of one or more values."""
    return reduce(lambda left, right: Call("MIN", (left, right)), [term(value) for value in values])


def largest(*values: Term) -> Expression:
    """Return the largest of one or more values."""
    return reduce(lambda left, right: Call("MAX", (left, right)), [term(value) for value in values])


def clamped(value: Term, low: Term, high: Term) -> Expression:
    """Return ``value``, but not below ``low`` and not above ``high``."""
    return smallest(largest(value, low), high)


def below(left: Term, right: Term) -> Expression:
    """Return whether ``left < right``."""
    return Comparison("<", term(left), term(right))


def above(left: Term, right: Term) -> Expression:
    """Return whether ``left > right``."""
    return Comparison(">", term(left), term(right))


def at_least(left: Term, right: Term) -> Expression:
    """Return whether ``left >= right``."""
    return Comparison(">=", term(left), term(right))


def equal(left: Term, right: Term) -> Expression:
    """Return whether ``left = right``."""
    return Comparison("=", term(left), term(right))


def differ(left: Term, right: Term) -> Expression:
    """Return whether ``left <> right``."""
    return Comparison("<>", term(left), term(right))


def both(left: Expression, right: Expression) -> Expression:
    """Return whether both hold."""
    return Logical("and", left, right)


def either(left: Expression, right: Expression) -> Expression:
    """Return whether one holds at least."""
    return Logical("or", left, right)


def choose(condition: Expression, then: Term, otherwise: Term) -> Expression:
    """Return ``then`` where the condition holds, else ``otherwise``."""
    return Conditional(condition, term(then), term(otherwise))


def polynomial(coefficients: tuple[float, ...], x: Expression) -> Expression:
    """Return ``c[0] + c[1] x + c[2] x^2 + ...``, from the inside out (Horner)."""
    *lower, highest = coefficients
    result: Expression = Number(highest)
    for coefficient in reversed(lower):
        result = plus(times(result, x), coefficient)
    return result
