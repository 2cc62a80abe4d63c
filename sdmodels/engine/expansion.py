"""How do equations with subscripts and delays become equations of single numbers?

Every element of a subscripted variable becomes a scalar named ``Name[element,element]``; every SMOOTH and
DELAY becomes the stocks that it stands for; functions of time and guarded divisions are written out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce
from itertools import product

from sdmodels.errors import StructureError, UnknownNameError
from sdmodels.structure.expression import (
    Arithmetic,
    ArithmeticOperator,
    Call,
    Comparison,
    Conditional,
    Delay,
    Expression,
    Initial,
    Logical,
    LookupCall,
    Negation,
    Number,
    Reference,
    Smooth,
    rebuild,
    walk,
)
from sdmodels.structure.functions import AGGREGATIONS
from sdmodels.structure.model import Constant, Equation, Lookup, Model, Stock, Variable
from sdmodels.structure.names import key_of

TIME = Reference("Time")
# Vensim takes a denominator below this for zero (reference manual, "XIDZ"; PySD uses the same number).
SMALL = 1e-6


@dataclass(slots=True, kw_only=True)
class Scalars:
    """The model's equations, one number each.

    ``initials`` and ``rates`` have the stocks, ``expressions`` all else; ``held`` are values taken at the
    initial time; ``line_of`` points back into the file.
    """

    expressions: dict[str, Expression] = field(default_factory=dict)
    initials: dict[str, Expression] = field(default_factory=dict)
    rates: dict[str, Expression] = field(default_factory=dict)
    held: dict[str, Expression] = field(default_factory=dict)
    constants: dict[str, float] = field(default_factory=dict)


def scalar_name(name: str, elements: tuple[str, ...]) -> str:
    """Return ``Name`` or ``Name[element,element]``."""
    return f"{name}[{','.join(elements)}]" if elements else name


def elements_of(model: Model, variable: Variable) -> tuple[tuple[str, ...], ...]:
    """Return the elements that a variable is defined for, in the order of the file; ``((),)`` for a scalar."""
    if isinstance(variable, Lookup):
        return ()
    return tuple(
        dict.fromkeys(elements for equation in variable.equations for elements in _instances(model, equation))
    )


def scalar_names(model: Model) -> dict[str, str]:
    """Return every scalar of the model, stocks, auxiliaries and constants: its name by its variable's name."""
    return {
        scalar_name(name, elements): name
        for name, variable in model.variables.items()
        for elements in elements_of(model, variable)
    }


def expand(model: Model) -> Scalars:
    """Write out subscripts, delays and derived functions.

    Raises
    ------
    StructureError
        If a subscript does not fit, or an element has no equation or two.
    """
    return _Expansion(model).run()


def _instances(model: Model, equation: Equation) -> list[tuple[str, ...]]:
    ranges = [model.dimensions[s].elements if s in model.dimensions else (s,) for s in equation.subscripts]
    return list(product(*ranges))


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
        self.half_step_on = Arithmetic("+", TIME, Number(model.time.time_step / 2))

    def run(self) -> Scalars:
        for name, variable in self.model.variables.items():
            if isinstance(variable, Lookup):
                continue
            for equation in variable.equations:
                for elements in _instances(self.model, equation):
                    self._define(name, variable, equation, elements)
        return self.scalars

    def _define(self, name: str, variable: Variable, equation: Equation, elements: tuple[str, ...]) -> None:
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
            case LookupCall(table=Reference(name), argument=argument):
                lookup = self.expansion.model.variables[name]
                if not isinstance(lookup, Lookup):
                    raise self.error(f"'{name}' is called like a table.", "Define it as a lookup.")
                return LookupCall(lookup.table, inner(argument))
            case Call(function, (argument,)) if function in AGGREGATIONS:
                return self._aggregate(function, argument, where)
            case Call(function, arguments):
                return self._derived(function, tuple(map(inner, arguments)))
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
        dimensions = self.expansion.model.dimensions
        elements = []
        for subscript in reference.subscripts:
            if subscript in where:
                elements.append(where[subscript])
            elif subscript in dimensions or subscript.endswith("!"):
                raise self.error(
                    f"the subscript '{subscript}' of '{reference.name}' is not one of the left-hand side.",
                    "Use a subscript of the variable that is defined, or SUM over it with '!'.",
                )
            else:
                elements.append(subscript)
        wanted = tuple(elements)
        variable = self.expansion.model.variables[reference.name]
        known = elements_of(self.expansion.model, variable)
        if wanted not in known:
            raise self.error(
                f"'{scalar_name(reference.name, wanted)}' is not defined.",
                f"'{reference.name}' is defined for {_listed(reference.name, known)}.",
            )
        return Reference(scalar_name(reference.name, wanted))

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

    def _derived(self, function: str, arguments: tuple[Expression, ...]) -> Expression:
        """Write a derived function out. Meanings: Vensim reference manual, entry of each function."""
        match function, arguments:
            case "XIDZ", (numerator, denominator, otherwise):
                near_zero = Comparison("<", Call("ABS", (denominator,)), Number(SMALL))
                return Conditional(near_zero, otherwise, Arithmetic("/", numerator, denominator))
            case "ZIDZ", (numerator, denominator):
                return self._derived("XIDZ", (numerator, denominator, Number(0.0)))
            case "STEP", (height, start):
                return Conditional(self._since(start), height, Number(0.0))
            case "RAMP", (slope, start, finish):
                elapsed = Arithmetic("-", Call("MIN", (TIME, finish)), start)
                return Conditional(Comparison(">", TIME, start), Arithmetic("*", slope, elapsed), Number(0.0))
            case "PULSE", (start, width):
                return Logical("and", self._since(start), self._before(start, width))
            case "PULSE TRAIN", (start, width, between, end):
                elapsed = Arithmetic("-", self.expansion.half_step_on, start)
                phase = self._derived("MODULO", (elapsed, between))
                inside = Comparison("<", phase, self._at_least_a_step(width))
                running = Logical("and", self._since(start), Comparison("<", TIME, end))
                return Logical("and", running, inside)
            case "MODULO", (value, divisor):
                whole = Call("INTEGER", (Arithmetic("/", value, divisor),))
                return Arithmetic("-", value, Arithmetic("*", divisor, whole))
            case "QUANTUM", (value, quantum):
                whole = Call("INTEGER", (Arithmetic("/", value, quantum),))
                return Conditional(
                    Comparison(">", quantum, Number(0.0)), Arithmetic("*", quantum, whole), value
                )
            case "LOG", (value, base):
                return Arithmetic("/", Call("LN", (value,)), Call("LN", (base,)))
            case "POWER", (value, exponent):
                return Arithmetic("^", value, exponent)
            case "PI", ():
                return Number(3.141592653589793)
            case (("SINH" | "COSH" | "TANH"), (value,)):
                return _hyperbolic(function, value)
        return Call(function, arguments)

    def _since(self, start: Expression) -> Expression:
        # Half a step on, so that rounding of Time never shifts a step by one time step.
        return Comparison(">", self.expansion.half_step_on, start)

    def _before(self, start: Expression, width: Expression) -> Expression:
        end = Arithmetic("+", start, self._at_least_a_step(width))
        return Comparison("<", self.expansion.half_step_on, end)

    def _at_least_a_step(self, width: Expression) -> Expression:
        step = Number(self.expansion.model.time.time_step)
        return Conditional(Comparison(">", width, Number(0.0)), width, step)


def _hyperbolic(function: str, value: Expression) -> Expression:
    up, down = Call("EXP", (value,)), Call("EXP", (Negation(value),))
    sine, cosine = Arithmetic("-", up, down), Arithmetic("+", up, down)
    match function:
        case "SINH":
            return Arithmetic("/", sine, Number(2.0))
        case "COSH":
            return Arithmetic("/", cosine, Number(2.0))
    return Arithmetic("/", sine, cosine)


def _listed(name: str, known: tuple[tuple[str, ...], ...]) -> str:
    shown = ", ".join(scalar_name(name, elements) for elements in known[:4])
    return shown + (", ..." if len(known) > 4 else "")


def find_scalar(model: Model, name: str) -> str:
    """Return the scalar that ``name`` means: ``Name`` or ``Name[element,element]``.

    Raises
    ------
    UnknownNameError
        If the model has no such variable or element, or the elements are missing.
    """
    bare, bracket, inside = name.partition("[")
    variable = model[bare]
    known = elements_of(model, variable)
    wanted = [key_of(part) for part in inside.removesuffix("]").split(",")] if bracket else []
    for elements in known:
        if [key_of(element) for element in elements] == wanted:
            return scalar_name(variable.name, elements)
    if not known:
        raise UnknownNameError(
            f"'{variable.name}' is a table function; it has no value of its own.\n"
            f"    {model.where(variable.line)}\nName a stock, an auxiliary or a constant."
        )
    raise UnknownNameError(
        f"'{name}' is not one number.\n"
        f"    '{variable.name}' is defined for {_listed(variable.name, known)}.\nName one of these."
    )
