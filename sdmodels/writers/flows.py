"""Which auxiliaries are the flows of which stock?

XMILE has no net flow: a stock names the flows that go in and those that go out. A net flow ``a - b + c`` of
auxiliaries is written as just that. Any other net flow becomes one new flow, named ``<Stock> net flow``, that
carries the expression; so does one with a flow that is already the inflow (or outflow) of another stock, for
a flow in XMILE comes from one stock and goes to one.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from sdmodels.structure.expression import Arithmetic, Expression, Negation, Number, Reference
from sdmodels.structure.model import Auxiliary, Equation, Model, Stock
from sdmodels.structure.names import key_of
from sdmodels.structure.subscripts import elements_of
from sdmodels.writers.xmile_names import bare


@dataclass(frozen=True, slots=True, kw_only=True)
class Flows:
    """The flows of one stock, by name; ``new`` is the one that carries the whole net flow, if one does."""

    inflows: tuple[str, ...]
    outflows: tuple[str, ...]
    new: Auxiliary | None = None


def flows_of(model: Model) -> dict[str, Flows]:
    """Return the flows of every stock of the model, by the stock's name."""
    found: dict[str, Flows] = {}
    names = {key_of(name) for name in model.variables}
    for stock in model.stocks:
        flows = _plain_flows(model, stock)
        taken_in = {name for other in found.values() for name in other.inflows}
        taken_out = {name for other in found.values() for name in other.outflows}
        if flows is None or taken_in & {*flows.inflows} or taken_out & {*flows.outflows}:
            new = _net_flow(model, stock, names)
            names.add(key_of(new.name))
            flows = Flows(inflows=(new.name,), outflows=(), new=new)
        found[stock.name] = flows
    return found


def _plain_flows(model: Model, stock: Stock) -> Flows | None:
    """Return inflows and outflows if every equation of the stock adds and subtracts the same auxiliaries."""
    found = {_signed(model, stock, equation) for equation in stock.equations}
    terms = found.pop()
    if found or terms is None or len({name for _, name in terms}) != len(terms):
        return None
    return Flows(
        inflows=tuple(name for sign, name in terms if sign > 0),
        outflows=tuple(name for sign, name in terms if sign < 0),
    )


def _signed(model: Model, stock: Stock, equation: Equation) -> tuple[tuple[int, str], ...] | None:
    terms = _terms(equation.expression, 1)
    if terms is None:
        return None
    for _, reference in terms:
        flow = model.variables.get(reference.name)
        if not isinstance(flow, Auxiliary) or reference.subscripts != equation.subscripts:
            return None
        if set(elements_of(model, flow)) != set(elements_of(model, stock)):
            return None
    return tuple((sign, reference.name) for sign, reference in terms)


def _terms(expression: Expression, sign: int) -> list[tuple[int, Reference]] | None:
    match expression:
        case Reference():
            return [(sign, expression)]
        case Number(value) if value == 0:
            return []
        case Negation(operand):
            return _terms(operand, -sign)
        case Arithmetic("+" | "-" as operator, left, right):
            before, after = _terms(left, sign), _terms(right, sign if operator == "+" else -sign)
            return None if before is None or after is None else before + after
        case _:
            return None


def _net_flow(model: Model, stock: Stock, names: Collection[str]) -> Auxiliary:
    units = f"{stock.units}/{model.time.units}" if stock.units and model.time.units else ""
    return Auxiliary(
        name=_unused(f"{bare(stock.name)} net flow", names),
        equations=tuple(replace(equation, initial=None) for equation in stock.equations),
        units=units,
        documentation=f"Net flow of {bare(stock.name)}",
    )


def _unused(name: str, names: Collection[str]) -> str:
    number, free = 1, name
    while key_of(free) in names:
        number += 1
        free = f"{name} {number}"
    return free


def unused(name: str, model: Model, others: Collection[str]) -> str:
    """Return a name that neither the model nor ``others`` have: the one given, or that with a number."""
    return _unused(name, {key_of(known) for known in (*model.variables, *others)})
