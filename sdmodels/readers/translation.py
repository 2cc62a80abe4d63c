"""How does PySD's abstract model become ours?"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

import numpy as np
from pysd.translators.structures import abstract_expressions as pysd

from sdmodels.errors import ModelFileError, UnsupportedError
from sdmodels.readers.bounds import MOST_ORDER, MOST_PARTS, parts_of
from sdmodels.readers.functions import function_call, is_function, structured_call
from sdmodels.structure.expression import (
    MISSING,
    Arithmetic,
    ArithmeticOperator,
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
    Smooth,
    Table,
)
from sdmodels.structure.names import key_of

__all__ = ["Names", "UndefinedError", "literal", "table_of", "translate"]

_COMPARISONS: Final = frozenset({"=", "<>", "<", "<=", ">", ">="})


class UndefinedError(ModelFileError):
    """An equation names something that the model does not have."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(f"'{name}' is not defined")
        self.name = name.replace("_", " ")
        self.known = tuple(known)


class NotStaticError(ModelFileError):
    """A number that must be known before the run depends on what the run computes; the message names it."""


def _not_known(_expression: Expression) -> float:
    raise NotStaticError("it is not written as a number")


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The verbatim names of a model, found by what is compared.

    Attributes
    ----------
    sizes
        How many elements each subscript range has.
    given
        What stands for a name: the arguments and the variables of a macro, where one is called.
    macros
        What a call of each macro stands for.
    value_at_start
        The value of an expression at the initial time; raises NotStaticError if it is not known before the run.
    """

    variables: Mapping[str, str]
    lookups: Mapping[str, str]
    subscripts: Mapping[str, str]
    sizes: Mapping[str, int] = field(default_factory=dict)
    given: Mapping[str, Expression] = field(default_factory=dict)
    macros: Mapping[str, Callable[[tuple[Expression, ...]], Expression]] = field(default_factory=dict)
    value_at_start: Callable[[Expression], float] = _not_known


def translate(ast: Any, names: Names) -> Expression:
    """Return our expression for one of PySD's.

    Raises
    ------
    UnsupportedError
        If there is none; the message names the function.
    UndefinedError
        If the equation names a variable that the model does not have.
    """
    if parts_of(ast) > MOST_PARTS:
        raise UnsupportedError(f"functions inside each other that stand for more than {MOST_PARTS:,} parts")
    return _translate(ast, names)


def _translate(ast: Any, names: Names) -> Expression:
    def inner(part: Any) -> Expression:
        return _translate(part, names)

    match ast:
        case bool() | int() | float() | np.integer() | np.floating():
            # PySD reads :NA: as not-a-number.
            return Number(MISSING if math.isnan(ast) else float(ast))
        case pysd.ReferenceStructure():
            return _reference(ast, names)
        case pysd.ArithmeticStructure(operators=["negative"], arguments=[operand]):
            return Negation(inner(operand))
        case pysd.ArithmeticStructure(operators=operators, arguments=arguments):
            return _chain(list(operators), [inner(argument) for argument in arguments])
        case pysd.LogicStructure(operators=operators, arguments=arguments):
            return _logic(list(operators), [inner(argument) for argument in arguments])
        case pysd.CallStructure(function=pysd.ReferenceStructure() as function, arguments=arguments):
            return _call(function, arguments, names)
        case pysd.InlineLookupsStructure(argument=argument, lookups=lookups):
            return LookupCall(table_of(lookups), inner(argument))
        case pysd.GameStructure(expression=expression):
            return inner(expression)
        case pysd.InitialStructure(initial=initial):
            return Initial(inner(initial))
        case pysd.SmoothStructure() | pysd.SmoothNStructure():
            order = _order(ast.order, names)
            return Smooth(inner(ast.input), inner(ast.smooth_time), inner(ast.initial), order)
        case pysd.DelayStructure() | pysd.DelayNStructure():
            order, drops_stages = _order(ast.order, names), isinstance(ast, pysd.DelayNStructure)
            return Delay(
                inner(ast.input), inner(ast.delay_time), inner(ast.initial), order, drops_stages and order > 1
            )
        case (
            pysd.DelayFixedStructure()
            | pysd.TrendStructure()
            | pysd.ForecastStructure()
            | pysd.SampleIfTrueStructure()
            | pysd.AllocateAvailableStructure()
            | pysd.AllocateByPriorityStructure()
        ):
            return structured_call(ast, inner)
    raise UnsupportedError(_name_of(ast))


def table_of(lookups: Any) -> Table:
    """Return the points of PySD's lookup.

    Raises
    ------
    UnsupportedError
        If the table is read from a spreadsheet or is not interpolated.
    """
    if not isinstance(lookups, pysd.LookupsStructure):
        raise UnsupportedError(_name_of(lookups))
    if lookups.type != "interpolate":
        raise UnsupportedError(f"a table function of the kind '{lookups.type}'")
    xs = tuple(float(x) for x in lookups.x)
    return Table(xs, tuple(float(y) for y in lookups.y))


def literal(expression: Expression) -> Expression:
    """Turn the minus sign of a literal number into a negative number: ``-5`` is a constant."""
    match expression:
        case Negation(Number(value)):
            return Number(-value)
    return expression


def _name_of(ast: Any) -> str:
    kind = type(ast).__name__.removesuffix("Structure")
    words = "".join(f" {letter}" if letter.isupper() else letter for letter in kind)
    return words.strip().upper()


def _order(order: Any, names: Names) -> int:
    """Return the order of a delay; what is no literal number is taken at the initial time, as in Vensim."""
    number = order if isinstance(order, int | float) else names.value_at_start(_translate(order, names))
    if number > MOST_ORDER:
        raise UnsupportedError(f"a delay whose order is {number:g}, more than {MOST_ORDER:,}")
    if number >= 1 and number == int(number):
        return int(number)
    raise UnsupportedError("a delay whose order is not a whole number of 1 or more")


def _reference(ast: pysd.ReferenceStructure, names: Names) -> Expression:
    key = key_of(ast.reference)
    if key in names.given:
        return _given(names.given[key], ast, names)
    if key == "time":
        return Reference("Time")
    if key in names.subscripts and key not in names.variables:
        return Element(names.subscripts[key])
    if key not in names.variables:
        raise UndefinedError(ast.reference, names.variables.values())
    return Reference(names.variables[key], _subscripts(ast, names))


def _given(expression: Expression, ast: pysd.ReferenceStructure, names: Names) -> Expression:
    subscripts = _subscripts(ast, names)
    if not subscripts:
        return expression
    if isinstance(expression, Reference):
        return Reference(expression.name, (*expression.subscripts, *subscripts))
    raise UnsupportedError(f"subscripts of the macro's input '{ast.reference.replace('_', ' ')}'")


def _subscripts(ast: pysd.ReferenceStructure, names: Names) -> tuple[str, ...]:
    if ast.subscripts is None:
        return ()
    found = []
    for subscript in ast.subscripts.subscripts:
        bare = subscript.removesuffix("!").strip()
        mark = "!" if subscript.endswith("!") else ""
        if key_of(bare) not in names.subscripts:
            raise UndefinedError(bare, names.subscripts.values())
        found.append(names.subscripts[key_of(bare)] + mark)
    return tuple(found)


def _chain(operators: list[str], arguments: list[Expression]) -> Expression:
    if set(operators) == {"^"}:
        # Vensim reads a^b^c as a^(b^c); its outputs for such equations say so.
        *bases, exponent = arguments
        for base in reversed(bases):
            exponent = Arithmetic("^", base, exponent)
        return exponent
    result = arguments[0]
    for operator, argument in zip(operators, arguments[1:], strict=True):
        result = Arithmetic(cast(ArithmeticOperator, operator), result, argument)
    return result


def _logic(operators: list[str], arguments: list[Expression]) -> Expression:
    if [operator.upper() for operator in operators] == [":NOT:"]:
        return Not(arguments[0])
    result = arguments[0]
    for operator, argument in zip(operators, arguments[1:], strict=True):
        if operator in _COMPARISONS:
            result = Comparison(cast(ComparisonOperator, operator), result, argument)
        else:
            result = Logical("and" if operator.upper() == ":AND:" else "or", result, argument)
    return result


def _call(function: pysd.ReferenceStructure, arguments: tuple[Any, ...], names: Names) -> Expression:
    key = key_of(function.reference)
    if key in names.macros:
        return names.macros[key](tuple(_translate(argument, names) for argument in arguments))
    given = names.given.get(key)
    if isinstance(given, Reference) and not is_function(key):
        table = _given(given, function, names)
        return LookupCall(cast(Reference, table), _only(arguments, names))
    if key in names.lookups:
        table = Reference(names.lookups[key], _subscripts(function, names))
        return LookupCall(table, _only(arguments, names))
    if key == "a function of":
        raise UnsupportedError("A FUNCTION OF, Vensim's mark of an equation that is still to be written")
    if key == "elmcount" and len(arguments) == 1:
        return Number(float(_size(arguments[0], names)))
    if key == "if then else" and len(arguments) == 3:
        return Conditional(*(_translate(argument, names) for argument in arguments))
    return function_call(key, [_translate(argument, names) for argument in arguments])


def _size(range_: Any, names: Names) -> int:
    key = key_of(range_.reference) if isinstance(range_, pysd.ReferenceStructure) else ""
    if key not in names.sizes:
        raise UnsupportedError("ELMCOUNT of what is not a subscript range")
    return names.sizes[key]


def _only(arguments: tuple[Any, ...], names: Names) -> Expression:
    if len(arguments) != 1:
        raise UnsupportedError(f"a table function with {len(arguments)} arguments instead of 1")
    return _translate(arguments[0], names)
