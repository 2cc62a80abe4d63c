"""How is an expression written as plain data, and how is that read back to an equal expression?"""

from collections.abc import Callable, Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Final, TypeAlias, assert_never, get_args

from sdmodels.structure.expression import (
    Arithmetic,
    ArithmeticOperator,
    Call,
    Comparison,
    ComparisonOperator,
    Conditional,
    Delay,
    Element,
    Expression,
    Initial,
    Logical,
    LogicalOperator,
    LookupCall,
    Negation,
    Not,
    Number,
    Reference,
    Root,
    Smooth,
    Table,
    TableKind,
)
from sdmodels.structure.functions import ARITIES, wanted_arguments
from sdmodels.structure.strictness import Part, number_to_data, refused

Document: TypeAlias = dict[str, Any]


def expression_to_data(expression: Expression) -> Document:
    """Return an expression as an object whose key ``is`` names its kind, its other keys the fields."""
    inner = expression_to_data
    fields: Document
    match expression:
        case Number(value):
            fields = {"value": number_to_data(value)}
        case Reference(name, subscripts):
            fields = {"name": name, "subscripts": list(subscripts)}
        case Element(name):
            fields = {"name": name}
        case Negation(operand) | Not(operand) | Initial(operand):
            fields = {"operand": inner(operand)}
        case Arithmetic(operator, left, right):
            fields = {"operator": operator, "left": inner(left), "right": inner(right)}
        case Comparison(operator, left, right):
            fields = {"operator": operator, "left": inner(left), "right": inner(right)}
        case Logical(operator, left, right):
            fields = {"operator": operator, "left": inner(left), "right": inner(right)}
        case Conditional(condition, then, otherwise):
            fields = {"condition": inner(condition), "then": inner(then), "otherwise": inner(otherwise)}
        case Call(function, arguments):
            fields = {"function": function, "arguments": [inner(argument) for argument in arguments]}
        case LookupCall(table, argument):
            read = table_to_data(table) if isinstance(table, Table) else inner(table)
            fields = {"table": read, "argument": inner(argument)}
        case Smooth(input_, delay_time, initial, order) | Delay(input_, delay_time, initial, order):
            fields = {"input": inner(input_), "delay_time": inner(delay_time)}
            fields |= {"initial": inner(initial), "order": order}
            if isinstance(expression, Delay):
                fields |= {"drops_stages": "yes" if expression.drops_stages else "no"}
        case Root(unknown, function, low, high):
            fields = {"unknown": unknown, "function": inner(function)}
            fields |= {"low": inner(low), "high": inner(high)}
        case _:
            assert_never(expression)
    return {"is": type(expression).__name__, **fields}


def expression_from_data(data: Part) -> Expression:
    """Return the expression that :func:`expression_to_data` wrote.

    Raises
    ------
    StructureError
        If anything is of the wrong kind, missing, added, or has a wrong number of arguments.
    """
    kind: str = data.field("is").choice(list(_FROM_DATA))
    names, build = _FROM_DATA[kind]
    _, *fields = data.fields("is", *names)
    return build(*fields)


def table_to_data(table: Table) -> Document:
    """Return the points of a table as an object."""
    xs, ys = ([number_to_data(value) for value in values] for values in (table.xs, table.ys))
    return {"is": "Table", "xs": xs, "ys": ys, "kind": table.kind}


def table_from_data(data: Part) -> Table:
    """Return the table that :func:`table_to_data` wrote.

    Raises
    ------
    StructureError
        If its numbers do not come in pairs of ascending x.
    """
    is_, xs, ys, kind = data.fields("is", "xs", "ys", "kind")
    is_.choice(["Table"])
    table = Table(xs.numbers(), ys.numbers(), kind.choice(get_args(TableKind)))
    if not table.xs or len(table.xs) != len(table.ys):
        raise refused(data, "has no points, or not one y for each x")
    if not all(left <= right for left, right in pairwise(table.xs)):
        raise refused(xs, "does not ascend")
    return table


def _call(function: Part, arguments: Part) -> Call:
    name: str = function.choice(list(ARITIES))
    if len(arguments.items()) not in ARITIES[name]:
        raise refused(arguments, f"is not a list of {wanted_arguments(name)}, as {name} needs")
    return Call(name, tuple(expression_from_data(argument) for argument in arguments.items()))


def _lookup_call(table: Part, argument: Part) -> LookupCall:
    read: Table | Reference
    if table.field("is").choice(["Table", "Reference"]) == "Table":
        read = table_from_data(table)
    else:
        _, name, subscripts = table.fields("is", "name", "subscripts")
        read = Reference(name.text(), subscripts.texts())
    return LookupCall(read, expression_from_data(argument))


def _arithmetic(operator: Part, left: Part, right: Part) -> Arithmetic:
    chosen = operator.choice(get_args(ArithmeticOperator))
    return Arithmetic(chosen, expression_from_data(left), expression_from_data(right))


def _comparison(operator: Part, left: Part, right: Part) -> Comparison:
    chosen = operator.choice(get_args(ComparisonOperator))
    return Comparison(chosen, expression_from_data(left), expression_from_data(right))


def _logical(operator: Part, left: Part, right: Part) -> Logical:
    chosen = operator.choice(get_args(LogicalOperator))
    return Logical(chosen, expression_from_data(left), expression_from_data(right))


def _conditional(condition: Part, then: Part, otherwise: Part) -> Conditional:
    return Conditional(*map(expression_from_data, (condition, then, otherwise)))


def _smooth(input_: Part, delay_time: Part, initial: Part, order: Part) -> Smooth:
    late, by, first = map(expression_from_data, (input_, delay_time, initial))
    return Smooth(late, by, first, order.whole(least=1))


def _delay(input_: Part, delay_time: Part, initial: Part, order: Part, drops_stages: Part) -> Delay:
    late, by, first = map(expression_from_data, (input_, delay_time, initial))
    return Delay(late, by, first, order.whole(least=1), drops_stages.choice(["no", "yes"]) == "yes")


def _root(unknown: Part, function: Part, low: Part, high: Part) -> Root:
    return Root(unknown.text(), *map(expression_from_data, (function, low, high)))


# Kind of expression: the keys of its object, and what makes it of their values.
_FROM_DATA: Final[Mapping[str, tuple[tuple[str, ...], Callable[..., Expression]]]] = MappingProxyType(
    {
        "Number": (("value",), lambda value: Number(value.number())),
        "Reference": (("name", "subscripts"), lambda name, at: Reference(name.text(), at.texts())),
        "Element": (("name",), lambda name: Element(name.text())),
        "Negation": (("operand",), lambda operand: Negation(expression_from_data(operand))),
        "Not": (("operand",), lambda operand: Not(expression_from_data(operand))),
        "Initial": (("operand",), lambda operand: Initial(expression_from_data(operand))),
        "Arithmetic": (("operator", "left", "right"), _arithmetic),
        "Comparison": (("operator", "left", "right"), _comparison),
        "Logical": (("operator", "left", "right"), _logical),
        "Conditional": (("condition", "then", "otherwise"), _conditional),
        "Call": (("function", "arguments"), _call),
        "LookupCall": (("table", "argument"), _lookup_call),
        "Smooth": (("input", "delay_time", "initial", "order"), _smooth),
        "Delay": (("input", "delay_time", "initial", "order", "drops_stages"), _delay),
        "Root": (("unknown", "function", "low", "high"), _root),
    }
)
