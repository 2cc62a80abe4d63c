"""How is an equation written in XMILE, for one element of its variable?

Subscripts are written out: a dimension becomes the element that the equation is for, ``SUM(x[D!])`` the sum of
its terms. Where a function of Vensim's shares its name but not its meaning with one of XMILE's, or has none
there, it is written out in arithmetic. Meanings: XMILE 1.0 [1]_, sections 3.3 and 3.5, and the Vensim reference
manual.

References
----------
.. [1] OASIS, XML Interchange Language for System Dynamics (XMILE) Version 1.0, 2015.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product
from types import MappingProxyType
from typing import Final, assert_never

from sdmodels.errors import ExportError
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
    Table,
    walk,
)
from sdmodels.structure.functions import AGGREGATIONS
from sdmodels.structure.model import Equation, Model
from sdmodels.structure.names import key_of

# Names that XMILE would take for something else unless they are quoted.
_RESERVED: Final = frozenset(
    {
        "and",
        "or",
        "not",
        "mod",
        "if",
        "then",
        "else",
        "time",
        "dt",
        "starttime",
        "stoptime",
        "pi",
        "inf",
        "self",
    }
)
_QUOTED: Final = re.compile(r'"(?:\\.|[^"])*"')
_PLAIN: Final = re.compile(r"[^\W\d]\w*")

_CONTROLS: Final[Mapping[str, str]] = MappingProxyType(
    {"time": "TIME", "time step": "DT", "initial time": "STARTTIME", "final time": "STOPTIME"}
)
_SAME_MEANING: Final[Mapping[str, str]] = MappingProxyType(
    {name: name for name in ("ABS", "ARCCOS", "ARCSIN", "ARCTAN", "COS", "EXP", "LN", "MAX", "MIN", "SIN")}
    | {name: name for name in ("SQRT", "STEP", "TAN")}
)
# {0}, {1}, ... are the arguments, each in parentheses if it needs them.
_WRITTEN_OUT: Final[Mapping[str, str]] = MappingProxyType(
    {
        # XMILE's INT rounds down, Vensim's INTEGER towards zero.
        "INTEGER": "(IF {0} < 0 THEN -INT(-{0}) ELSE INT({0}))",
        "LOG": "(LN({0}) / LN({1}))",
        "POWER": "({0} ^ {1})",
        "COSH": "((EXP({0}) + EXP(-{0})) / 2)",
        "SINH": "((EXP({0}) - EXP(-{0})) / 2)",
        "TANH": "((EXP({0}) - EXP(-{0})) / (EXP({0}) + EXP(-{0})))",
        "RAMP": "(IF TIME > {1} THEN {0} * (MIN(TIME, {2}) - {1}) ELSE 0)",
        # Vensim takes a denominator below 1e-6 for zero, XMILE's SAFEDIV only zero itself.
        "XIDZ": "(IF ABS({1}) < 1e-06 THEN {2} ELSE {0} / {1})",
        "ZIDZ": "(IF ABS({1}) < 1e-06 THEN 0 ELSE {0} / {1})",
        # XMILE's PULSE is a volume in one step, Vensim's a height of 1 that lasts. Half a step on, so that
        # rounding of the time never shifts a pulse.
        "PULSE": "(IF TIME + DT / 2 > {0} AND TIME + DT / 2 < {0} + (IF {1} > 0 THEN {1} ELSE DT) THEN 1 ELSE 0)",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The one element of a variable that an equation is written for: where it stands, and its subscripts.

    ``elements`` gives the element for each dimension of the left-hand side.
    """

    model: Model
    variable: str
    equation: Equation
    elements: Mapping[str, str]
    tables: Mapping[Table, str]

    def error(self, what: str, remedy: str) -> ExportError:
        """Return the error that points at the equation."""
        where = self.model.where(self.equation.line)
        return ExportError(
            f"{where}: '{self.variable}' uses {what}\n    {self.equation.text[:200]}\n{remedy}"
        )

    def lacking(self, what: str) -> ExportError:
        """Return the error for what XMILE does not have."""
        return self.error(f"{what}, which has no counterpart in XMILE.", "Write it with other functions.")


def bare(name: str) -> str:
    """Return a name without the quotes that Vensim puts around special characters."""
    stripped = name.strip()
    if len(stripped) > 1 and stripped[0] == stripped[-1] == '"':
        return stripped[1:-1].replace('\\"', '"')
    return stripped


def shown(name: str) -> str:
    """Return a name as an attribute writes it: without outer quotes, inner ones escaped as in an equation."""
    return bare(name).replace("\\", "\\\\").replace('"', '\\"')


def identifier(name: str) -> str:
    """Return a name as an equation writes it: blanks as underscores, in quotes if it must be.

    >>> identifier("Order Backlog"), identifier("cost/benefit"), identifier("then")
    ('Order_Backlog', '"cost/benefit"', '"then"')
    """
    joined = "_".join(bare(name).split())
    if _PLAIN.fullmatch(joined) and joined.lower() not in _RESERVED:
        return joined
    return f'"{shown(name)}"'


def number(value: float) -> str:
    """Return a number to the last bit."""
    if math.isnan(value):
        raise ExportError(
            "A number of the model is not a number.\n    nan\nXMILE has no way to write it; give it a value."
        )
    if math.isinf(value):
        return "INF" if value > 0 else "(-INF)"
    text = repr(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
    return f"({text})" if math.copysign(1.0, value) < 0 else text


def equation(expression: Expression, place: Place) -> str:
    """Return an expression as XMILE writes it, without parentheses around the whole.

    Raises
    ------
    ExportError
        If it uses what XMILE does not have; names file, line, variable and function.
    """
    text = _written(expression, place)
    closed = text.startswith("(") and text.endswith(")") and _is_one_pair(text)
    return text[1:-1] if closed else text


def _is_one_pair(text: str) -> bool:
    depth = 0
    for position, character in enumerate(_QUOTED.sub(lambda found: "_" * len(found[0]), text)):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth == 0:
            return position == len(text) - 1
    return False


def _written(expression: Expression, place: Place) -> str:
    """Return an expression that can stand anywhere: all but names, numbers and calls is in parentheses."""

    def inner(part: Expression) -> str:
        return _written(part, place)

    match expression:
        case Number(value):
            return number(value)
        case Reference():
            return _reference(expression, place)
        case Element(name):
            return _number_of(name, place)
        case Negation(operand):
            return f"(-{inner(operand)})"
        case Not(operand):
            return f"(NOT {_truth(operand, place)})"
        case Arithmetic("+" | "-" | "*" | "/" as operator, Arithmetic() as left, right):
            # a - b - c is read from the left everywhere.
            return f"({_chained(operator, left, place)} {operator} {inner(right)})"
        case Arithmetic(operator, left, right):
            return f"({inner(left)} {operator} {inner(right)})"
        case Comparison(comparison, left, right):
            return f"({inner(left)} {comparison} {inner(right)})"
        case Logical(logical, left, right):
            return f"({_truth(left, place)} {logical.upper()} {_truth(right, place)})"
        case Conditional(condition, then, otherwise):
            return f"(IF {_truth(condition, place)} THEN {inner(then)} ELSE {inner(otherwise)})"
        case Call(function, arguments):
            return _call(function, arguments, place)
        case _:
            return _remembered(expression, place)


def _chained(operator: str, left: Arithmetic, place: Place) -> str:
    text = _written(left, place)
    same = {"+": "+-", "-": "+-", "*": "*/", "/": "*/"}[operator]
    return text[1:-1] if left.operator in same else text


def _truth(expression: Expression, place: Place) -> str:
    """Return a condition: in XMILE a number is none, in Vensim whatever is not 0 is true."""
    text = _written(expression, place)
    return text if isinstance(expression, Comparison | Logical | Not) else f"({text} <> 0)"


def _remembered(expression: LookupCall | Smooth | Delay | Initial | Root, place: Place) -> str:
    match expression:
        case LookupCall(table, argument):
            return f"LOOKUP({_table(table, place)}, {equation(argument, place)})"
        case Smooth(input_, delay_time, initial, order):
            return _late("SMTH", input_, delay_time, initial, order, place)
        case Delay(input_, delay_time, initial, order):
            kind = "DELAYN" if expression.drops_stages else "DELAY"
            return _late(kind, input_, delay_time, initial, order, place)
        case Initial(operand):
            return f"INIT({equation(operand, place)})"
        case Root():
            raise place.lacking("the root of an equation")
        case _:
            assert_never(expression)


def _table(table: Table | Reference, place: Place) -> str:
    if isinstance(table, Table):
        return identifier(place.tables[table])
    if table.subscripts:
        raise place.lacking(f"the table function '{table.name}' with subscripts")
    return identifier(table.name)


def _late(
    kind: str, input_: Expression, delay_time: Expression, initial: Expression, order: int, place: Place
) -> str:
    what, by, start = (equation(part, place) for part in (input_, delay_time, initial))
    if order in (1, 3) and not kind.endswith("N"):
        return f"{kind}{order}({what}, {by}, {start})"
    return f"{kind.removesuffix('N')}N({what}, {by}, {order}, {start})"


def _call(function: str, arguments: tuple[Expression, ...], place: Place) -> str:
    if function in AGGREGATIONS and len(arguments) == 1:
        return _aggregate(function, arguments[0], place)
    texts = [_written(argument, place) for argument in arguments]
    if function in _SAME_MEANING:
        return f"{function}({', '.join(equation(argument, place) for argument in arguments)})"
    if function in _WRITTEN_OUT:
        return _WRITTEN_OUT[function].format(*texts)
    match function, texts:
        case "PI", []:
            return number(math.pi)
        case "MODULO", [value, divisor]:
            return f"({value} - {divisor} * {_towards_zero(value, divisor)})"
        case "QUANTUM", [value, quantum]:
            return f"(IF {quantum} > 0 THEN {quantum} * {_towards_zero(value, quantum)} ELSE {value})"
        case "PULSE TRAIN", [start, width, between, end]:
            since = f"(TIME + DT / 2 - {start})"
            phase = f"({since} - {between} * {_towards_zero(since, between)})"
            lasts = f"(IF {width} > 0 THEN {width} ELSE DT)"
            now = f"TIME + DT / 2 > {start} AND TIME < {end} AND {phase} < {lasts}"
            return f"(IF {now} THEN 1 ELSE 0)"
    raise place.lacking(function)


def _towards_zero(value: str, divisor: str) -> str:
    return _WRITTEN_OUT["INTEGER"].format(f"({value} / {divisor})")


def _aggregate(function: str, argument: Expression, place: Place) -> str:
    subscripts = [
        subscript
        for part in walk(argument)
        if isinstance(part, Reference | Element)
        for subscript in (part.subscripts if isinstance(part, Reference) else (part.name,))
    ]
    marks = dict.fromkeys(subscript for subscript in subscripts if subscript.endswith("!"))
    dimensions = place.model.dimensions
    if not marks or not all(mark.removesuffix("!") in dimensions for mark in marks):
        raise place.error(f"{function} over nothing.", "Mark a subscript with '!'.")
    ranges = [dimensions[mark.removesuffix("!")].elements for mark in marks]
    terms = [
        _written(argument, replace(place, elements={**place.elements, **dict(zip(marks, each, strict=True))}))
        for each in product(*ranges)
    ]
    joined = {"SUM": " + ", "PROD": " * "}
    if function in joined:
        return f"({joined[function].join(terms)})"
    text = terms[0]
    for term in terms[1:]:
        text = f"{function.removeprefix('V')}({text}, {term})"
    return text


def _reference(reference: Reference, place: Place) -> str:
    if not reference.subscripts and key_of(reference.name) in _CONTROLS:
        return _CONTROLS[key_of(reference.name)]
    if key_of(reference.name) == "saveper":
        return number(place.model.time.save_period)
    if not reference.subscripts:
        return identifier(reference.name)
    elements = ", ".join(identifier(_element(subscript, place)) for subscript in reference.subscripts)
    return f"{identifier(reference.name)}[{elements}]"


def _element(subscript: str, place: Place) -> str:
    if subscript in place.elements:
        return place.elements[subscript]
    if subscript in place.model.dimensions or subscript.endswith("!"):
        raise place.error(
            f"the subscript '{subscript}', which is not one of the left-hand side.",
            "Use a subscript of the variable that is defined; mappings between ranges cannot be written.",
        )
    return subscript


def _number_of(name: str, place: Place) -> str:
    dimensions = place.model.dimensions
    if name in place.elements and name.removesuffix("!") in dimensions:
        return str(dimensions[name.removesuffix("!")].elements.index(place.elements[name]) + 1)
    places = {d.elements.index(name) for d in dimensions.values() if name in d.elements}
    if len(places) != 1:
        raise place.error(f"the subscript '{name}' as a number.", "Write the number instead.")
    return str(places.pop() + 1)
