"""What can stand on the right-hand side of an equation?

An expression is a closed union of frozen values: handle it with ``match`` and end with
``assert_never``, so that the type checker names a forgotten case. Logical values are numbers,
as in Vensim: true is 1, false is 0, and whatever is not 0 counts as true.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias, assert_never

ArithmeticOperator: TypeAlias = Literal["+", "-", "*", "/", "^"]
ComparisonOperator: TypeAlias = Literal["=", "<>", "<", "<=", ">", ">="]
LogicalOperator: TypeAlias = Literal["and", "or"]
# Between the points of a table: straight lines, level beyond the ends ("interpolate"); the same, running on
# beyond the ends ("extrapolate"); the height of the last point passed ("hold"), of the next one ("forward").
TableKind: TypeAlias = Literal["interpolate", "extrapolate", "hold", "forward"]


@dataclass(frozen=True, slots=True)
class Number:
    """A literal number."""

    value: float


@dataclass(frozen=True, slots=True)
class Reference:
    """A variable by its name, or ``Time``.

    ``subscripts`` holds, for each dimension of the variable, an element, a dimension, or a
    dimension followed by ``!`` where a function such as SUM runs over it.
    """

    name: str
    subscripts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Negation:
    """Minus the operand."""

    operand: "Expression"


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Two operands joined by ``+ - * / ^``."""

    operator: ArithmeticOperator
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Comparison:
    """1 where the comparison holds, else 0."""

    operator: ComparisonOperator
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Logical:
    """``left AND right`` or ``left OR right``."""

    operator: LogicalOperator
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Not:
    """1 where the operand is 0, else 0."""

    operand: "Expression"


@dataclass(frozen=True, slots=True)
class Conditional:
    """``IF THEN ELSE(condition, then, otherwise)``."""

    condition: "Expression"
    then: "Expression"
    otherwise: "Expression"


@dataclass(frozen=True, slots=True)
class Call:
    """A function of ``structure.functions`` applied to its arguments."""

    function: str
    arguments: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Points of a table function, ``xs`` ascending; ``kind`` says what lies between and beyond them."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    kind: TableKind = "interpolate"


@dataclass(frozen=True, slots=True)
class LookupCall:
    """A table function read at ``argument``: the table itself or a reference to a lookup variable."""

    table: Table | Reference
    argument: "Expression"


@dataclass(frozen=True, slots=True)
class Smooth:
    """Information delay: ``order`` exponential smooths in a row (SMOOTH, SMOOTH3, SMOOTH N)."""

    input: "Expression"
    delay_time: "Expression"
    initial: "Expression"
    order: int


@dataclass(frozen=True, slots=True)
class Delay:
    """Material delay: ``order`` stocks in a row (DELAY1, DELAY3, DELAY N); keeps what flows through.

    ``drops_stages`` is true of DELAY N: stages that have no time step of their own are left out.
    """

    input: "Expression"
    delay_time: "Expression"
    initial: "Expression"
    order: int
    drops_stages: bool = False


@dataclass(frozen=True, slots=True)
class Initial:
    """The value that the operand has at the initial time."""

    operand: "Expression"


@dataclass(frozen=True, slots=True)
class Element:
    """A subscript used as a number: the place of an element in its dimension, from 1 on.

    ``name`` is a dimension of the left-hand side, one marked with ``!``, or an element.
    """

    name: str


@dataclass(frozen=True, slots=True)
class Root:
    """The ``unknown`` between ``low`` and ``high`` at which ``function`` falls through zero.

    ``function`` does not rise as the unknown does; it names the unknown by a :class:`Reference`.
    """

    unknown: str
    function: "Expression"
    low: "Expression"
    high: "Expression"


Expression: TypeAlias = (
    Number
    | Reference
    | Negation
    | Arithmetic
    | Comparison
    | Logical
    | Not
    | Conditional
    | Call
    | LookupCall
    | Smooth
    | Delay
    | Initial
    | Element
    | Root
)


TIME = Reference("Time")

# Vensim's mark of a missing value, :NA:, is this number (reference manual, "Missing values").
MISSING = -(2.0**109)


def children(expression: Expression) -> tuple[Expression, ...]:
    """Return the expressions directly inside ``expression``, in the order of the equation."""
    match expression:
        case Number() | Reference() | Element():
            return ()
        case Negation(operand) | Not(operand) | Initial(operand):
            return (operand,)
        case Arithmetic(_, left, right) | Comparison(_, left, right) | Logical(_, left, right):
            return (left, right)
        case Conditional(condition, then, otherwise):
            return (condition, then, otherwise)
        case Call(_, arguments):
            return arguments
        case LookupCall(table, argument):
            return (table, argument) if isinstance(table, Reference) else (argument,)
        case Smooth(input_, delay_time, initial, _) | Delay(input_, delay_time, initial):
            return (input_, delay_time, initial)
        case Root(_, function, low, high):
            return (function, low, high)
        case _:
            assert_never(expression)


def rebuild(expression: Expression, change: Callable[[Expression], Expression]) -> Expression:
    """Return ``expression`` with ``change`` applied to everything directly inside it."""
    match expression:
        case Number() | Reference() | Element():
            return expression
        case Negation(operand):
            return Negation(change(operand))
        case Not(operand):
            return Not(change(operand))
        case Initial(operand):
            return Initial(change(operand))
        case Arithmetic(operator, left, right):
            return Arithmetic(operator, change(left), change(right))
        case Comparison(comparison, left, right):
            return Comparison(comparison, change(left), change(right))
        case Logical(logical, left, right):
            return Logical(logical, change(left), change(right))
        case Conditional(condition, then, otherwise):
            return Conditional(change(condition), change(then), change(otherwise))
        case Call(function, arguments):
            return Call(function, tuple(change(argument) for argument in arguments))
        case LookupCall(table, argument):
            return LookupCall(table, change(argument))
        case Smooth(input_, delay_time, initial, order):
            return Smooth(change(input_), change(delay_time), change(initial), order)
        case Delay(input_, delay_time, initial, order, drops_stages):
            return Delay(change(input_), change(delay_time), change(initial), order, drops_stages)
        case Root(unknown, function, low, high):
            return Root(unknown, change(function), change(low), change(high))
        case _:
            assert_never(expression)


def walk(expression: Expression) -> Iterator[Expression]:
    """Yield ``expression`` and everything inside it, from the outside in."""
    yield expression
    for child in children(expression):
        yield from walk(child)


def references(expression: Expression) -> tuple[Reference, ...]:
    """Return every reference in ``expression``, in the order of the equation, each once.

    The unknown of a :class:`Root` is no variable and is left out.
    """
    unknowns = {part.unknown for part in walk(expression) if isinstance(part, Root)}
    found = (part for part in walk(expression) if isinstance(part, Reference) and part.name not in unknowns)
    return tuple(dict.fromkeys(found))
