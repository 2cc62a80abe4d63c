"""Where would the last bit of a value change a result by more than a last bit?

Division by a constant is written as multiplication by its reciprocal, which may round the other way. Most values
pass that on as it is: a last bit in, a last bit out. INTEGER and a comparison make a whole unit of it, and a
difference that comes to zero is a pole of what is divided by it.
"""

from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum

from sdmodels.engine.derived import SMALL
from sdmodels.engine.expansion import Scalars
from sdmodels.structure.expression import (
    Arithmetic,
    Call,
    Comparison,
    Conditional,
    Expression,
    Logical,
    LookupCall,
    Negation,
    Not,
    Number,
    Reference,
    Table,
    children,
)


class Care(IntEnum):
    """What of a value must be as exact arithmetic, rounded once an operation, has it."""

    NONE = 0
    """Nothing: its last bit is passed on as a last bit."""
    GUARDED = 1
    """Nothing: the divisor in here is compared with Vensim's smallest number, far from the last bit of zero."""
    ZERO = 2
    """Whether it is zero, and its sign: what is computed from it has a pole or an edge there."""
    ALL = 3
    """Every bit."""


def cares(scalars: Scalars) -> Mapping[str, Care]:
    """Return how exact each variable must be; a variable that is not named needs no care.

    The question is followed from equation to equation within a time step, through what is remembered unchanged
    (fixed delays, samples) and into the initial value of a stock, but not into its flows: what they add up to is
    rounded at every step as it is.
    """
    found: dict[str, Care] = {}
    every = (scalars.expressions, scalars.starts, scalars.initials, scalars.held, scalars.memories)
    waiting: list[str] = []

    def ask(expression: Expression, care: Care) -> None:
        for name, wanted in _asked(expression, care):
            if wanted > found.get(name, Care.NONE):
                found[name] = wanted
                waiting.append(name)

    def sources(name: str) -> Iterator[Expression]:
        yield from (part[name] for part in every if name in part)
        if name in scalars.pipelines:
            yield scalars.pipelines[name][0]

    for part in (*every, scalars.rates):
        for expression in part.values():
            ask(expression, Care.NONE)
    for input_, delay_time in scalars.pipelines.values():
        ask(input_, Care.NONE)
        # A fixed delay lasts whole time steps.
        ask(Reference(delay_time), Care.ALL)
    while waiting:
        name = waiting.pop()
        for expression in sources(name):
            ask(expression, found[name])
    return found


def exact_quotients(equations: Iterable[tuple[Expression, Care]]) -> frozenset[Expression]:
    """Return the quotients that need every bit somewhere; the same quotient elsewhere had better be the same.

    MODULO takes from a value a multiple that INTEGER finds in it.
    """
    found: set[Expression] = set()

    def look(expression: Expression, care: Care) -> None:
        if care is Care.ALL and isinstance(expression, Arithmetic) and expression.operator == "/":
            found.add(expression)
        for part, wanted in zip(children(expression), cares_inside(expression, care), strict=True):
            look(part, wanted)

    for expression, care in equations:
        look(expression, care)
    return frozenset(found)


def _asked(expression: Expression, care: Care) -> Iterator[tuple[str, Care]]:
    """Yield the references in an expression of which something is asked."""
    if isinstance(expression, Reference):
        if care >= Care.ZERO:
            yield expression.name, care
        return
    for part, wanted in zip(children(expression), cares_inside(expression, care), strict=True):
        yield from _asked(part, wanted)


def cares_inside(expression: Expression, care: Care) -> tuple[Care, ...]:
    """Return how exact each of the children must be, in their order, for the whole to be as exact as ``care``."""
    count = len(children(expression))
    if care is Care.ALL:
        return (Care.ALL,) * count
    # Of a sum, only exact parts tell whether it is zero.
    mixed = Care.ALL if care is Care.ZERO else Care.NONE
    match expression:
        case Comparison() | Arithmetic("/") if care is Care.GUARDED:
            return (Care.NONE, Care.NONE)
        case Comparison() | Logical() | Not() | Call("INTEGER"):
            return (Care.ALL,) * count
        case Conditional() if care is Care.NONE and _is_guarded(expression):
            return (Care.GUARDED, Care.NONE, Care.GUARDED)
        case Conditional():
            return (Care.ALL, care, care)
        case Arithmetic("/"):
            return (care, Care.ZERO)
        case Arithmetic("^", _, Number(exponent)) if exponent > 0 and exponent.is_integer():
            return (care, Care.NONE)
        case Arithmetic("^"):
            # Of a negative base only whole powers are numbers.
            return (Care.ZERO, Care.ALL)
        case Call("LN" | "SQRT" | "ARCSIN" | "ARCCOS"):
            return (Care.ZERO,)
        case Arithmetic("*") | Negation() | Call("ABS" | "MIN" | "MAX"):
            return (care,) * count
        case LookupCall(Table() as table) if _jumps(table):
            return (Care.ALL,)
        case _:
            return (mixed,) * count


def _is_guarded(choice: Conditional) -> bool:
    """Tell whether a choice is that of ZIDZ or XIDZ: a quotient, unless its divisor is as good as zero.

    Whatever rounding leaves of zero, 1e-16 of the terms, is on the same side of that bound (1e-6) as zero is.
    """
    match choice:
        case Conditional(Comparison("<", Call("ABS", (tested,)), bound), _, Arithmetic("/", _, divisor)):
            return bound == SMALL and tested == divisor
    return False


def _jumps(table: Table) -> bool:
    return table.kind in ("hold", "forward") or len(set(table.xs)) < len(table.xs)
