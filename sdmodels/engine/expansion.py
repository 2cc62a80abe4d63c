"""How do equations with subscripts and delays become equations of single numbers?

Every element of a subscripted variable becomes a scalar named ``Name[element,element]``; every SMOOTH and
DELAY becomes the stocks that it stands for; functions of time and guarded divisions are written out.
"""

import math
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from sdmodels.engine.bounds import MOST_NESTED, MOST_TERMS
from sdmodels.engine.calls import called
from sdmodels.engine.delays import delayed, stays
from sdmodels.engine.heights import height_of, heights_of, slopes_of, stretched
from sdmodels.engine.tables import height
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
from sdmodels.structure.model import (
    Auxiliary,
    Constant,
    Data,
    Dimension,
    Equation,
    Lookup,
    Model,
    Stock,
    TimeSpec,
)
from sdmodels.structure.names import key_of
from sdmodels.structure.subscripts import (
    corresponding,
    elements_of,
    instances,
    listed,
    place_of,
    scalar_name,
    variable_of,
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


def expand(model: Model, tables: Collection[str] = ()) -> Scalars:
    """Write out subscripts, delays and derived functions.

    Parameters
    ----------
    tables
        Lookups whose heights become constants, see :func:`.height_name`. A table is stretched where its factor
        is among the variables, see :func:`.taken_up`.

    Raises
    ------
    StructureError
        If a subscript does not fit, an element has no equation or two, or a table cannot be stretched.
    """
    return _Expansion(model, tables).run()


class _Expansion:
    def __init__(self, model: Model, tables: Collection[str]) -> None:
        self.model = model
        self.varied = tables
        self.scalars = Scalars()
        self.controls: Mapping[str, float] = {
            "initial time": model.time.initial_time,
            "final time": model.time.final_time,
            "time step": model.time.time_step,
            "saveper": model.time.save_period,
        }
        self.made: dict[Hashable, Expression] = {}
        self.terms = 0
        self.slopes = slopes_of(model)
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
            elif isinstance(variable, Lookup):
                if name in self.varied:
                    self.scalars.constants |= heights_of(variable)
            else:
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
        owner = _Owner(self, scalar, elements, equation)
        scalars = self.scalars
        if scalar in scalars.expressions or scalar in scalars.rates or scalar in scalars.constants:
            raise owner.error(f"'{scalar}' is defined a second time.", "Remove one of the two.")
        try:
            self._state(scalar, variable, equation, owner)
        except RecursionError as error:
            what = f"the equation of '{scalar}' is nested too deeply."
            raise owner.error(what, "Divide it among several variables.") from error

    def _state(
        self, scalar: str, variable: Stock | Auxiliary | Constant, equation: Equation, owner: "_Owner"
    ) -> None:
        scalars = self.scalars
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
        self, expansion: _Expansion, scalar: str, elements: tuple[str, ...], equation: Equation
    ) -> None:
        self.expansion = expansion
        self.scalar = scalar
        self.elements = elements
        self.where = dict(zip(equation.subscripts, elements, strict=True))
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
                return Number(float(place_of(self.dimensions, self._element(name, name, where))))
            case LookupCall(table=Reference() as table, argument=argument):
                return self._lookup(table, inner(argument), where)
            case LookupCall(table=Table() as table, argument=argument):
                return self.stretched(variable_of(self.scalar), height(self, table, inner(argument)))
            case Call(function, (argument,)) if function in AGGREGATIONS:
                return self._aggregate(function, argument, where)
            case Call():
                return called(self, expression, where)
            case Smooth() | Delay():
                return delayed(self, expression, where)
            case Initial(operand):
                return self.held("initial value", inner(operand))
            case _:
                return rebuild(expression, inner)

    @property
    def time(self) -> TimeSpec:
        return self.expansion.model.time

    @property
    def dimensions(self) -> Mapping[str, Dimension]:
        return self.expansion.model.dimensions

    @property
    def place(self) -> tuple[tuple[str, str], ...]:
        return tuple(zip(self.equation.subscripts, self.elements, strict=True))

    def known(self, name: str) -> tuple[tuple[str, ...], ...]:
        return tuple(self.expansion.known[name])

    def table(self, reference: Reference, where: Mapping[str, str]) -> Table:
        name = reference.name
        if not isinstance(self.expansion.model.variables.get(name), Lookup):
            raise self.error(f"'{name}' is called like a table.", "Define it as a lookup.")
        return self.expansion.tables[name, self._elements(reference, where)]

    def stretched(self, table: str, height: Expression) -> Expression:
        slope = self.expansion.slopes.get(table)
        return height if slope is None else stretched(self, slope, height)

    def fresh(self, what: str) -> str:
        return self._hide(what)

    def named(self, what: str, expression: Expression) -> Expression:
        if isinstance(expression, Number | Reference):
            return expression
        name = self._hide(what)
        self.expansion.scalars.expressions[name] = expression
        return Reference(name)

    def held(self, what: str, expression: Expression) -> Expression:
        name = self._hide(what)
        self.expansion.scalars.held[name] = expression
        return Reference(name)

    def stays(self, expression: Expression) -> bool:
        return stays(expression, self.expansion.model)

    def stock(
        self, what: str, initial: Expression, net_flow: Callable[[Expression], Expression]
    ) -> Expression:
        name = self._hide(what)
        self.expansion.scalars.initials[name] = initial
        self.expansion.scalars.rates[name] = net_flow(Reference(name))
        return Reference(name)

    def remembered(
        self, what: str, initial: Expression, following: Callable[[Expression], Expression]
    ) -> Expression:
        name = self._hide(what)
        self.expansion.scalars.initials[name] = initial
        self.expansion.scalars.memories[name] = following(Reference(name))
        return Reference(name)

    def piped(self, input_: Expression, delay_time: Expression, initial: Expression) -> Expression:
        name, delay = self._hide("pipeline"), self._hide("delay time")
        self.expansion.scalars.initials[name] = initial
        self.expansion.scalars.held[delay] = delay_time
        self.expansion.scalars.pipelines[name] = (input_, delay)
        return Reference(name)

    def drawn(self) -> Expression:
        name = self._hide("draw")
        self.expansion.scalars.draws.append(name)
        return Reference(name)

    def shared(self, key: Hashable, make: Callable[[], Expression]) -> Expression:
        made = self.expansion.made
        if key not in made:
            made[key] = make()
        return made[key]

    def count(self, terms: int) -> None:
        self.expansion.terms += terms
        if self.expansion.terms > MOST_TERMS:
            raise self.error(
                f"with '{self.scalar}' the model has more than {MOST_TERMS:,} hidden stocks and terms of sums.",
                "Sum over fewer subscripts at once, or give the ranges fewer elements.",
            )

    def _hide(self, what: str) -> str:
        self.hidden += 1
        self.count(1)
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

    def _lookup(self, reference: Reference, argument: Expression, where: Mapping[str, str]) -> Expression:
        lookup = self.expansion.model.variables.get(reference.name)
        if isinstance(lookup, Lookup) and reference.name in self.expansion.varied:
            found = height_of(lookup, self.named("argument", argument))
        else:
            found = height(self, self.table(reference, where), argument)
        return self.stretched(reference.name, found)

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
        self.count(math.prod(map(len, ranges)))
        terms = [
            self.flat(argument, {**where, **dict(zip(marked, elements, strict=True))})
            for elements in product(*ranges)
        ]
        joined: Mapping[str, ArithmeticOperator] = {"SUM": "+", "PROD": "*"}
        if function in joined:
            return self._chained(terms, lambda left, right: Arithmetic(joined[function], left, right))
        extreme = {"VMIN": "MIN", "VMAX": "MAX"}[function]
        return self._chained(terms, lambda left, right: Call(extreme, (left, right)))

    def _chained(
        self, terms: Sequence[Expression], join: Callable[[Expression, Expression], Expression]
    ) -> Expression:
        """Return all terms joined from left to right; of many, every so many are a hidden value."""
        found = terms[0]
        for place, term in enumerate(terms[1:], start=1):
            if place % MOST_NESTED == 0:
                found = self.named("part of a sum", found)
            found = join(found, term)
        return found
