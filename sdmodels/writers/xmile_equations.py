"""How is an equation written in XMILE, for one element of its variable?

Subscripts are written out: a dimension becomes the element that the equation is for, ``SUM(x[D!])`` the sum of
its terms.
"""

import math
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
    TableKind,
    walk,
)
from sdmodels.structure.functions import AGGREGATIONS, KINDS, OVER_ELEMENTS, RANDOM
from sdmodels.structure.model import Equation, Model
from sdmodels.structure.names import key_of
from sdmodels.structure.subscripts import corresponding, place_of
from sdmodels.writers.xmile_functions import repeated_arguments, written_call
from sdmodels.writers.xmile_names import identifier, number, opened
from sdmodels.writers.xmile_tables import Tables

_CONTROLS: Final[Mapping[str, str]] = MappingProxyType(
    {"time": "TIME", "time step": "DT", "initial time": "STARTTIME", "final time": "STOPTIME"}
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
    tables: Tables

    def error(self, what: str, remedy: str) -> ExportError:
        """Return the error that points at the equation."""
        where = self.model.where(self.equation.line)
        return ExportError(
            f"{where}: '{self.variable}' uses {what}\n    {self.equation.text[:200]}\n{remedy}"
        )

    def lacking(self, what: str) -> ExportError:
        """Return the error for what XMILE does not have."""
        return self.error(f"{what}, which has no counterpart in XMILE.", "Write it with other functions.")


def equation(expression: Expression, place: Place) -> str:
    """Return an expression as XMILE writes it, without parentheses around the whole.

    Raises
    ------
    ExportError
        If it uses what XMILE does not have; names file, line, variable and function.
    """
    return opened(_written(expression, place))


def _written(expression: Expression, place: Place) -> str:
    """Return an expression that can stand anywhere: all but names, numbers and calls is in parentheses."""

    def inner(part: Expression) -> str:
        return _written(part, place)

    match expression:
        case Number(value):
            if math.isnan(value):
                raise place.error("a number that the model does not give.", "Give it a value in the model.")
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
        case Smooth(order=order):
            return _late(f"SMTH{order}" if order in (1, 3) else "SMTHN", expression, place)
        case Delay(order=order, drops_stages=drops_stages):
            if order not in (1, 3) and not drops_stages:
                raise place.lacking(f"a delay of order {order} that keeps stages shorter than the time step")
            return _late("DELAYN" if drops_stages else f"DELAY{order}", expression, place)
        case Initial(operand):
            return f"INIT({equation(operand, place)})"
        case Root():
            raise place.lacking("the root of an equation")
        case _:
            assert_never(expression)


def _table(table: Table | Reference, place: Place, kind: TableKind | None = None) -> str:
    """Return the name of a table, or of the same one that counts as another kind."""
    if isinstance(table, Table):
        return identifier(place.tables.inline[table][0])
    elements = tuple(_element(subscript, place) for subscript in table.subscripts)
    if (table.name, elements) not in place.tables.defined:
        raise place.error(f"a table function '{table.name}' that is not defined here.", "Define its points.")
    name, points = place.tables.defined[table.name, elements]
    return identifier(name if kind is None else place.tables.inline[replace(points, kind=kind)][0])


def _late(function: str, late: Smooth | Delay, place: Place) -> str:
    """Return a delay; SMTHN and DELAYN take their order as an argument."""
    arguments = [equation(part, place) for part in (late.input, late.delay_time, late.initial)]
    if function.endswith("N"):
        arguments.insert(2, str(late.order))
    return f"{function}({', '.join(arguments)})"


def _call(function: str, arguments: tuple[Expression, ...], place: Place) -> str:
    if function in AGGREGATIONS and len(arguments) == 1:
        return _aggregate(function, arguments[0], place)
    if function in KINDS and isinstance(table := arguments[0], Reference):
        argument = arguments[1]
        return f"LOOKUP({_table(table, place, KINDS[function])}, {equation(argument, place)})"
    if function == "GET TIME VALUE" and arguments[::2] == (Number(0.0), Number(0.0)):
        return f"(TIME + {_written(arguments[1], place)})"
    if function == "SAMPLE IF TRUE":
        return _sampled(arguments, place)
    if function in OVER_ELEMENTS:
        raise place.lacking(function)
    for repeated in repeated_arguments(function, len(arguments)):
        if any(isinstance(part, Call) and part.function in RANDOM for part in walk(arguments[repeated])):
            raise place.error(
                f"{function} of a random number, which is drawn anew each time that it is written out in XMILE.",
                "Give the random number a variable of its own.",
            )
    text = written_call(function, [_written(argument, place) for argument in arguments])
    if text is None:
        raise place.lacking(function)
    return text


def _sampled(arguments: tuple[Expression, ...], place: Place) -> str:
    """Return a sample as what the variable was a step before, until the condition holds."""
    if place.equation.expression != Call("SAMPLE IF TRUE", arguments):
        raise place.error("SAMPLE IF TRUE inside of an equation.", "Give the sample a variable of its own.")
    condition, input_, initial = arguments
    itself = Reference(place.variable, place.equation.subscripts)
    return _written(Conditional(condition, input_, Call("PREVIOUS", (itself, initial))), place)


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
    return str(written_call(function.removeprefix("V"), terms))


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
    dimensions = place.model.dimensions
    if subscript not in dimensions and not subscript.endswith("!"):
        return subscript
    found = corresponding(dimensions, subscript, place.elements) if subscript in dimensions else ()
    if len(found) != 1:
        raise place.error(
            f"the subscript '{subscript}', which is not one of the left-hand side.",
            "Use a subscript of the variable that is defined.",
        )
    return found[0]


def _number_of(name: str, place: Place) -> str:
    element = _element(name, place)
    if not any(element in dimension.elements for dimension in place.model.dimensions.values()):
        raise place.error(f"the subscript '{name}' as a number.", "Write the number instead.")
    return str(place_of(place.model.dimensions, element))
