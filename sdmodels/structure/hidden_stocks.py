"""Which variables have stocks inside that no equation names?

SMOOTH and DELAY are chains of stocks (Vensim reference manual, entries of both); so is what TREND, FORECAST and
NPV keep. What DELAY FIXED and SAMPLE IF TRUE remember is no stock: it has no net flow.
"""

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from sdmodels.structure.expression import Call, Delay, Expression, Initial, Reference, Smooth, children, walk
from sdmodels.structure.functions import AGGREGATIONS
from sdmodels.structure.model import Data, Lookup, Model
from sdmodels.structure.subscripts import elements_of, instances

_INSIDE: Final[Mapping[str, int]] = MappingProxyType({"TREND": 1, "FORECAST": 1, "NPV": 2})


def hidden_stocks(model: Model) -> dict[str, int]:
    """Return how many stocks each variable has inside, all its elements together; without those that have none.

    What an initial value alone needs is not counted. DELAY N may run with fewer stages, see :class:`.Delay`.
    """
    counts = {
        name: sum(
            len(instances(model, equation)) * _inside(equation.expression, model)
            for equation in variable.equations
        )
        for name, variable in model.variables.items()
        if not isinstance(variable, Lookup | Data)
    }
    return {name: count for name, count in counts.items() if count > 0}


def number_of_states(model: Model) -> int:
    """Return how many numbers are integrated: every element of the stocks, and the stocks inside of variables."""
    named = sum(len(elements_of(model, stock)) for stock in model.stocks)
    return named + sum(hidden_stocks(model).values())


def _inside(expression: Expression, model: Model) -> int:
    """Return how many stocks one scalar needs for an expression."""
    match expression:
        case Smooth() | Delay():
            flowing = (expression.input, expression.delay_time)
            return expression.order + sum(_inside(part, model) for part in flowing)
        case Initial():
            return 0
    deeper = sum(_inside(part, model) for part in children(expression))
    match expression:
        case Call(function, _) if function in AGGREGATIONS:
            return deeper * _terms(expression, model)
        case Call(function, _):
            return _INSIDE.get(function, 0) + deeper
    return deeper


def _terms(aggregation: Expression, model: Model) -> int:
    """Return how many terms a sum over subscripts has."""
    marked = {
        subscript
        for part in walk(aggregation)
        if isinstance(part, Reference)
        for subscript in part.subscripts
        if subscript.endswith("!")
    }
    return math.prod(len(model.dimensions[mark.removesuffix("!")].elements) for mark in marked)
