"""How does PySD's abstract model become ours?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Final, cast

import numpy as np
from pysd.translators.structures import abstract_expressions as pysd

from sdmodels.errors import ModelFileError
from sdmodels.errors import UnsupportedError as UnsupportedError
from sdmodels.structure.expression import (
    Arithmetic,
    ArithmeticOperator,
    Call,
    Comparison,
    ComparisonOperator,
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
from sdmodels.structure.functions import ARITIES
from sdmodels.structure.names import key_of

_FUNCTIONS: Final = MappingProxyType({key_of(name): name for name in ARITIES})
_COMPARISONS: Final = frozenset({"=", "<>", "<", "<=", ">", ">="})


class UndefinedError(ModelFileError):
    """An equation names something that the model does not have."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(f"'{name}' is not defined")
        self.name = name.replace("_", " ")
        self.known = tuple(known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The verbatim names of a model, found by what is compared."""

    variables: Mapping[str, str]
    lookups: Mapping[str, str]
    subscripts: Mapping[str, str]


def translate(ast: Any, names: Names) -> Expression:
    """Return our expression for one of PySD's.

    Raises
    ------
    UnsupportedError
        If there is none; the message names the function.
    UndefinedError
        If the equation names a variable that the model does not have.
    """

    def inner(part: Any) -> Expression:
        return translate(part, names)

    match ast:
        case bool() | int() | float() | np.integer() | np.floating():
            return Number(float(ast))
        case pysd.ReferenceStructure():
            return _reference(ast, names)
        case pysd.ArithmeticStructure(operators=["negative"], arguments=[operand]):
            return Negation(inner(operand))
        case pysd.ArithmeticStructure(operators=operators, arguments=arguments):
            return _chain(list(operators), [inner(argument) for argument in arguments])
        case pysd.LogicStructure(operators=operators, arguments=arguments):
            return _logic(list(operators), [inner(argument) for argument in arguments])
        case pysd.CallStructure(function=pysd.ReferenceStructure(reference=name), arguments=arguments):
            return _call(name, arguments, names)
        case pysd.InlineLookupsStructure(argument=argument, lookups=lookups):
            return LookupCall(table_of(lookups), inner(argument))
        case pysd.GameStructure(expression=expression):
            return inner(expression)
        case pysd.InitialStructure(initial=initial):
            return Initial(inner(initial))
        case pysd.SmoothStructure() | pysd.SmoothNStructure():
            order = _order(ast.order)
            return Smooth(inner(ast.input), inner(ast.smooth_time), inner(ast.initial), order)
        case pysd.DelayStructure() | pysd.DelayNStructure():
            return Delay(inner(ast.input), inner(ast.delay_time), inner(ast.initial), _order(ast.order))
    raise UnsupportedError(_name_of(ast))


def table_of(lookups: Any) -> Table:
    """Return the points of PySD's lookup.

    Raises
    ------
    UnsupportedError
        If the table is read from a spreadsheet, is not interpolated, or has two points above one another.
    """
    if not isinstance(lookups, pysd.LookupsStructure):
        raise UnsupportedError(_name_of(lookups))
    if lookups.type != "interpolate":
        raise UnsupportedError(f"a table function of the kind '{lookups.type}'")
    xs = tuple(float(x) for x in lookups.x)
    if any(right <= left for left, right in pairwise(xs)):
        raise UnsupportedError("a table function with two points at one x")
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


def _order(order: Any) -> int:
    if isinstance(order, int | float) and order == int(order) and order >= 1:
        return int(order)
    raise UnsupportedError("a delay whose order is not a whole number of 1 or more")


def _reference(ast: pysd.ReferenceStructure, names: Names) -> Reference:
    if key_of(ast.reference) == "time":
        return Reference("Time")
    key = key_of(ast.reference)
    if key in names.subscripts and key not in names.variables:
        raise UnsupportedError(f"the subscript '{names.subscripts[key]}' as a value")
    if key not in names.variables:
        raise UndefinedError(ast.reference, names.variables.values())
    return Reference(names.variables[key], _subscripts(ast, names))


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


def _call(name: str, arguments: tuple[Any, ...], names: Names) -> Expression:
    key = key_of(name)
    if key in names.lookups:
        table = Reference(names.lookups[key])
        return LookupCall(table, _only(arguments, names))
    translated = [translate(argument, names) for argument in arguments]
    if key == "if then else" and len(translated) == 3:
        return Conditional(*translated)
    function = _FUNCTIONS.get(key)
    if function is None:
        raise UnsupportedError(key.upper())
    if len(translated) != ARITIES[function]:
        raise UnsupportedError(f"{function} with {len(translated)} arguments instead of {ARITIES[function]}")
    if function == "PULSE TRAIN":
        # PySD hands over (start, between, width, end); Vensim writes (start, width, between, end).
        start, between, width, end = translated
        translated = [start, width, between, end]
    return Call(function, tuple(translated))


def _only(arguments: tuple[Any, ...], names: Names) -> Expression:
    if len(arguments) != 1:
        raise UnsupportedError(f"a table function with {len(arguments)} arguments instead of 1")
    return translate(arguments[0], names)
