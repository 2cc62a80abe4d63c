"""How do equations with subscripts and delays become equations of single numbers?

Every element of a subscripted variable becomes a scalar named ``Name[element,element]``; every SMOOTH and
DELAY becomes the stocks that it stands for; functions of time and guarded divisions are written out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce
from itertools import product

from sdmodels.engine.derived import written_out
from sdmodels.errors import StructureError
from sdmodels.structure.expression import (
    TIME,
    Arithmetic,
    ArithmeticOperator,
    Call,
    Delay,
    Element,
    Expression,
    Initial,
    LookupCall,
    Number,
    Reference,
    Smooth,
    Table,
    rebuild,
    walk,
)
from sdmodels.structure.functions import AGGREGATIONS
from sdmodels.structure.model import Auxiliary, Constant, Data, Equation, Lookup, Model, Stock
from sdmodels.structure.names import key_of
from sdmodels.structure.subscripts import (
    corresponding,
    elements_of,
    instances,
    listed,
    place_of,
    scalar_name,
)


@dataclass(slots=True, kw_only=True)
class Scalars:
    """The model's equations, one number each.

    ``initials`` and ``rates`` have the stocks, ``expressions`` all else; ``held`` are values taken at the
    initial time, ``starts`` what stands for an expression while the initial values are computed.
    ``memories`` (what follows at the end of a step) and ``pipelines`` (input, and the name of the delay time
    in ``held``) have their initial values in ``initials`` too.
    """

    expressions: dict[str, Expression] = field(default_factory=dict)
    initials: dict[str, Expression] = field(default_factory=dict)
    rates: dict[str, Expression] = field(default_factory=dict)
    held: dict[str, Expression] = field(default_factory=dict)
    constants: dict[str, float] = field(default_factory=dict)
    starts: dict[str, Expression] = field(default_factory=dict)
    memories: dict[str, Expression] = field(default_factory=dict)
    pipelines: dict[str, tuple[Expression, str]] = field(default_factory=dict)
    series: list[str] = field(default_factory=list)
    draws: list[str] = field(default_factory=list)


def expand(model: Model) -> Scalars:
    """Write out subscripts, delays and derived functions.

    Raises
    ------
    StructureError
        If a subscript does not fit, or an element has no equation or two.
    """
    return _Expansion(model).run()


class _Expansion:
    def __init__(self, model: Model) -> None:
        self.model = model
        self.scalars = Scalars()
        self.controls: Mapping[str, float] = {
            "initial time": model.time.initial_time,
            "final time": model.time.final_time,
            "time step": model.time.time_step,
            "saveper": model.time.save_period,
        }
        self.known = {
            name: dict.fromkeys(elements_of(model, variable)) for name, variable in model.variables.items()
        }
        self.tables = {
            (lookup.name, elements): equation.table
            for lookup in model.lookups
            for equation in lookup.equations
            for elements in instances(model, equation)
        }

    def run(self) -> Scalars:
        for name, variable in self.model.variables.items():
            if isinstance(variable, Data):
                self.scalars.series += [scalar_name(name, elements) for elements in self.known[name]]
            elif not isinstance(variable, Lookup):
                for equation in variable.equations:
                    for elements in instances(self.model, equation):
                        self._define(name, variable, equation, elements)
        return self.scalars

    def _define(
        self,
        name: str,
        variable: Stock | Auxiliary | Constant,
        equation: Equation,
        elements: tuple[str, ...],
    ) -> None:
        scalar = scalar_name(name, elements)
        owner = _Owner(self, scalar, dict(zip(equation.subscripts, elements, strict=True)), equation)
        scalars = self.scalars
        if scalar in scalars.expressions or scalar in scalars.rates or scalar in scalars.constants:
            raise owner.error(f"'{scalar}' is defined a second time.", "Remove one of the two.")
        if isinstance(variable, Constant) and isinstance(equation.expression, Number):
            scalars.constants[scalar] = equation.expression.value
        elif isinstance(variable, Stock) and equation.initial is not None:
            scalars.initials[scalar] = owner.flat(equation.initial)
            scalars.rates[scalar] = owner.flat(equation.expression)
        else:
            scalars.expressions[scalar] = owner.flat(equation.expression)
            if equation.initial is not None:
                scalars.starts[scalar] = owner.flat(equation.initial)


class _Owner:
    """Flattens the expressions of one scalar; hidden stocks and held values are named after it."""

    def __init__(
        self, expansion: _Expansion, scalar: str, where: Mapping[str, str], equation: Equation
    ) -> None:
        self.expansion = expansion
        self.scalar = scalar
        self.where = where
        self.equation = equation
        self.hidden = 0

    def error(self, what: str, remedy: str) -> StructureError:
        place = self.expansion.model.where(self.equation.line)
        return StructureError(f"{place}: {what}\n    {self.equation.text}\n{remedy}")

    def flat(self, expression: Expression, where: Mapping[str, str] | None = None) -> Expression:
        """Return ``expression`` for the elements in ``where`` (dimension: element)."""
        where = self.where if where is None else where

        def inner(part: Expression) -> Expression:
            return self.flat(part, where)

        match expression:
            case Reference():
                return self._reference(expression, where)
            case Element(name):
                return Number(
                    float(place_of(self.expansion.model.dimensions, self._element(name, name, where)))
                )
            case LookupCall(table=Reference() as table, argument=argument):
                return LookupCall(self._table(table, where), inner(argument))
            case Call(function, (argument,)) if function in AGGREGATIONS:
                return self._aggregate(function, argument, where)
            case Call(function, arguments):
                return written_out(
                    function, tuple(map(inner, arguments)), time_step=self.expansion.model.time.time_step
                )
            case Smooth(input_, delay_time, initial, order):
                return self._smooth(inner(input_), inner(delay_time), inner(initial), order)
            case Delay(input_, delay_time, initial, order):
                return self._delay(inner(input_), inner(delay_time), inner(initial), order)
            case Initial(operand):
                name = self._hide("initial value")
                self.expansion.scalars.held[name] = inner(operand)
                return Reference(name)
            case _:
                return rebuild(expression, inner)

    def _hide(self, what: str) -> str:
        self.hidden += 1
        return f"{self.scalar} ({what} {self.hidden})"

    def _reference(self, reference: Reference, where: Mapping[str, str]) -> Expression:
        controls = self.expansion.controls
        if reference == TIME:
            return TIME
        if key_of(reference.name) in controls:
            return Number(controls[key_of(reference.name)])
        if isinstance(self.expansion.model.variables[reference.name], Lookup):
            raise self.error(
                f"'{reference.name}' is a table function and has no argument here.",
                f"Write '{reference.name}(x)' with what the table is to be read at.",
            )
        return Reference(scalar_name(reference.name, self._elements(reference, where)))

    def _table(self, reference: Reference, where: Mapping[str, str]) -> Table:
        name = reference.name
        if not isinstance(self.expansion.model.variables[name], Lookup):
            raise self.error(f"'{name}' is called like a table.", "Define it as a lookup.")
        return self.expansion.tables[name, self._elements(reference, where)]

    def _elements(self, reference: Reference, where: Mapping[str, str]) -> tuple[str, ...]:
        """Return the elements that a reference means, one for each of its subscripts."""
        name, subscripts = reference.name, reference.subscripts
        known = self.expansion.known[name]
        needed = len(next(iter(known), ()))
        if len(subscripts) != needed:
            raise self.error(
                f"'{name}' has {needed} subscripts, but {len(subscripts)} here.",
                f"'{name}' is defined for {listed(name, tuple(known))}.",
            )
        elements = tuple(self._element(subscript, name, where) for subscript in subscripts)
        if elements not in known:
            raise self.error(
                f"'{scalar_name(name, elements)}' is not defined.",
                f"'{name}' is defined for {listed(name, tuple(known))}.",
            )
        return elements

    def _element(self, subscript: str, name: str, where: Mapping[str, str]) -> str:
        dimensions = self.expansion.model.dimensions
        if subscript in where:
            return where[subscript]
        if subscript not in dimensions and not subscript.endswith("!"):
            return subscript
        found = corresponding(dimensions, subscript, where) if subscript in dimensions else ()
        if len(found) == 1:
            return found[0]
        if found:
            raise self.error(
                f"the subscript '{subscript}' of '{name}' can mean {' or '.join(found)} here.",
                "Name the range that is on the left-hand side.",
            )
        raise self.error(
            f"the subscript '{subscript}' of '{name}' is not one of the left-hand side.",
            "Use a subscript of the variable that is defined, or SUM over it with '!'.",
        )

    def _aggregate(self, function: str, argument: Expression, where: Mapping[str, str]) -> Expression:
        dimensions = self.expansion.model.dimensions
        marked = dict.fromkeys(
            subscript
            for part in walk(argument)
            if isinstance(part, Reference)
            for subscript in part.subscripts
            if subscript.endswith("!")
        )
        if not marked:
            raise self.error(f"{function} runs over nothing.", "Mark a subscript with '!'.")
        ranges = [dimensions[mark.removesuffix("!")].elements for mark in marked]
        terms = [
            self.flat(argument, {**where, **dict(zip(marked, elements, strict=True))})
            for elements in product(*ranges)
        ]
        joined: Mapping[str, ArithmeticOperator] = {"SUM": "+", "PROD": "*"}
        if function in joined:
            return reduce(lambda left, right: Arithmetic(joined[function], left, right), terms)
        extreme = {"VMIN": "MIN", "VMAX": "MAX"}[function]
        return reduce(lambda left, right: Call(extreme, (left, right)), terms)

    def _smooth(
        self, input_: Expression, delay_time: Expression, initial: Expression, order: int
    ) -> Expression:
        each = Arithmetic("/", delay_time, Number(float(order)))
        for _ in range(order):
            name = self._hide("smooth")
            self.expansion.scalars.initials[name] = initial
            change = Arithmetic("-", input_, Reference(name))
            self.expansion.scalars.rates[name] = Arithmetic("/", change, each)
            input_ = Reference(name)
        return input_

    def _delay(
        self, input_: Expression, delay_time: Expression, initial: Expression, order: int
    ) -> Expression:
        each = Arithmetic("/", delay_time, Number(float(order)))
        for _ in range(order):
            name = self._hide("delay")
            outflow = Arithmetic("/", Reference(name), each)
            self.expansion.scalars.initials[name] = Arithmetic("*", initial, each)
            self.expansion.scalars.rates[name] = Arithmetic("-", input_, outflow)
            input_ = outflow
        return input_
