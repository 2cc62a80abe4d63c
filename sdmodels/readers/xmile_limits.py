"""How do stocks and flows that are marked as non-negative stay above zero?

A flow is taken as zero where its equation is below zero. A stock's outflows are held to what is in it and what
the outflows listed before leave of it (XMILE 1.0, sections 3.6.2 and 4.2: the filter of an outflow knows the
stock and the sum of the outflows of higher priority, not the inflows). Nothing is made or lost: what arrives
elsewhere is the flow that was held. An inflow that runs backwards is held to what the outflows leave.

A flow that drains several stocks is no flow of things; there the stock alone is kept at zero, which is what the
reference outputs of SDXorg's ``non_negative_stocks`` have.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import reduce

from sdmodels.readers.xmile_subscripts import Arrays
from sdmodels.structure.expression import Arithmetic, Call, Expression, Negation, Number, Reference
from sdmodels.structure.model import Auxiliary, Constant, Equation, Stock, Variable

_ZERO = Number(0.0)
_TIME_STEP = Reference("TIME STEP")


@dataclass(frozen=True, slots=True, kw_only=True)
class Flows:
    """What flows into and out of a stock, by full names, and whether the stock must stay above zero."""

    stock: str
    inflows: tuple[str, ...]
    outflows: tuple[str, ...]
    non_negative: bool


def net(flows: Flows) -> Expression:
    """Return what all flows together add to the stock."""
    parts: list[Expression] = [Reference(name) for name in flows.inflows]
    total: Expression = reduce(lambda left, right: Arithmetic("+", left, right), parts) if parts else _ZERO
    return reduce(lambda left, right: Arithmetic("-", left, right), map(Reference, flows.outflows), total)


def limited(
    variables: Mapping[str, Variable],
    connected: tuple[Flows, ...],
    uniflows: frozenset[str],
    arrays: Arrays,
) -> dict[str, Variable]:
    """Return the variables with the limits of non-negative stocks and flows written into their equations."""
    return _Limits(dict(variables), connected, uniflows, arrays).run()


class _Limits:
    def __init__(
        self,
        variables: dict[str, Variable],
        connected: tuple[Flows, ...],
        uniflows: frozenset[str],
        arrays: Arrays,
    ) -> None:
        self.variables = variables
        self.connected = connected
        self.uniflows = uniflows
        self.arrays = arrays
        self.sources = Counter(name for flows in connected for name in flows.outflows)
        self.targets = Counter(name for flows in connected for name in flows.inflows)

    def run(self) -> dict[str, Variable]:
        for name in self.uniflows:
            self._change(name, "MAX", _ZERO)
        for flows in self.connected:
            if flows.non_negative:
                self._hold(flows)
        return self.variables

    def _hold(self, flows: Flows) -> None:
        there = Arithmetic("/", Reference(flows.stock), _TIME_STEP)
        shared = [name for name in flows.outflows if self.sources[name] > 1]
        shared += [name for name in flows.inflows if self.targets[name] > 1 and name not in self.uniflows]
        if shared:
            self._change(flows.stock, "MAX", Negation(there))
            return
        left: Expression = there
        for name in flows.outflows:
            self._change(name, "MIN", Call("MAX", (left, _ZERO)))
            left = Arithmetic("-", left, Reference(name))
        for name in flows.inflows:
            if name not in self.uniflows:
                self._change(name, "MAX", Negation(Call("MAX", (left, _ZERO))))
                left = Arithmetic("+", left, Call("MIN", (Reference(name), _ZERO)))

    def _change(self, name: str, function: str, limit: Expression) -> None:
        variable = self.variables[name]
        if not isinstance(variable, Stock | Auxiliary | Constant):
            return
        kind = Stock if isinstance(variable, Stock) else Auxiliary
        self.variables[name] = kind(
            name=name,
            equations=tuple(
                self._limited(name, equation, function, limit) for equation in variable.equations
            ),
            units=variable.units,
            documentation=variable.documentation,
            minimum=variable.minimum,
            maximum=variable.maximum,
        )

    def _limited(self, name: str, equation: Equation, function: str, limit: Expression) -> Equation:
        own = dict(zip(self.arrays.declared.get(name, ()), equation.subscripts, strict=True))
        bound = self.arrays.complete(limit, own)
        return replace(equation, expression=Call(function, (equation.expression, bound)))
