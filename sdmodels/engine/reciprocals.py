"""Which divisions are multiplications by a reciprocal that is computed less often?

A division takes a processor several times as long as a multiplication. Where the divisor depends on constants,
data and time alone, and the dividend on more than these, ``x / c`` becomes ``x * (1 / c)``; the reciprocal, under
a hidden name, is computed once a member (once a step if the divisor changes over time) for all equations.

Which equation is written so is decided by the structure of the model alone, not by what happens to differ between
members or to be asked for: the same member comes to the same bits in any company.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace

from sdmodels.engine.care import Care, cares, cares_inside, exact_quotients
from sdmodels.engine.expansion import Scalars
from sdmodels.structure.expression import (
    TIME,
    Arithmetic,
    Expression,
    Number,
    Reference,
    Root,
    rebuild,
    references,
    walk,
)


def with_reciprocals(scalars: Scalars, *, time_step: float) -> Scalars:
    """Return the equations with as few divisions as can be, where the last bit of a quotient does not matter.

    Parameters
    ----------
    time_step
        Of the run [its unit of time]. Unless its reciprocal is exact, divisions by it stay: a stock that gives all
        it has within one step ends at zero, and seldom below. Of numbers between 0.05 and 1,100, divided by a
        step of 0.1 and multiplied by it again, 4 of 100 come out larger; with the reciprocal it is 33.

    Notes
    -----
    The product is within 2.2e-16 of the quotient, relative to it. A divisor whose reciprocal is too large for a
    number (5.6e-309 and less) counts as zero if it is computed; if it is written in the equation, the division
    stays.
    """
    return _Rewriting(scalars, time_step).run()


def without_last_division(expression: Expression) -> Expression:
    """Return ``expression`` without a division or multiplication that a number makes superfluous, bit for bit."""
    match expression:
        case Arithmetic("/", left, Number(value)) if has_exact_reciprocal(value):
            return without_last_division(Arithmetic("*", left, Number(1.0 / value)))
        case Arithmetic("*", part, Number(1.0)) | Arithmetic("*", Number(1.0), part):
            return part
    return expression


def has_exact_reciprocal(value: float) -> bool:
    """Tell whether ``1 / value`` is exact: a product with it is rounded from the same number as the quotient."""
    return abs(math.frexp(value)[0]) == 0.5 and math.isfinite(1.0 / value)


class _Rewriting:
    def __init__(self, scalars: Scalars, time_step: float) -> None:
        self.scalars = scalars
        self.cares = cares(scalars)
        self.readers = _readers(scalars.expressions)
        self.endogenous = self._reached(_moving(scalars))
        self.steps = frozenset[str]()
        self.time_step: Number | None = None
        if not has_exact_reciprocal(time_step):
            step = self.time_step = Number(time_step)
            self.steps = self._reached(name for name, e in scalars.expressions.items() if step in walk(e))
        self.exact = frozenset[Expression]()
        self.hidden: dict[str, Expression] = {}
        self.known: dict[Expression, Reference] = {}

    def run(self) -> Scalars:
        scalars = self.scalars
        inputs = {name: input_ for name, (input_, _) in scalars.pipelines.items()}
        named = (
            scalars.expressions,
            scalars.initials,
            scalars.held,
            scalars.starts,
            scalars.memories,
            inputs,
        )
        # What a stock must be exact for is its initial value.
        flows = [(expression, Care.NONE) for expression in scalars.rates.values()]
        self.exact = exact_quotients(
            [*flows, *((e, self._care(n)) for part in named for n, e in part.items())]
        )
        expressions, initials, held, starts, memories, inputs = (
            {name: self._equation(name, e, self._care(name)) for name, e in part.items()} for part in named
        )
        rates = {name: self._equation(name, rate, Care.NONE) for name, rate in scalars.rates.items()}
        return replace(
            scalars,
            expressions={**expressions, **self.hidden},
            initials=initials,
            rates=rates,
            held=held,
            starts=starts,
            memories=memories,
            pipelines={name: (inputs[name], delay) for name, (_, delay) in scalars.pipelines.items()},
        )

    def _care(self, name: str) -> Care:
        return self.cares.get(name, Care.NONE)

    def _equation(self, owner: str, expression: Expression, care: Care) -> Expression:
        return expression if self._is_exogenous(expression) else self._written(owner, expression, care)

    def _written(self, owner: str, expression: Expression, care: Care) -> Expression:
        if _is_quotient(expression) and self._is_exogenous(expression) and _has_names(expression):
            # Exact, and for all members with the same constants the same.
            return self._named(owner, "quotient", expression)
        if _is_quotient(expression) and expression in self.exact:
            care = Care.ALL
        inside = iter(cares_inside(expression, care))
        written = rebuild(expression, lambda part: self._written(owner, part, next(inside)))
        match written:
            case Arithmetic("/", left, divisor) if care is not Care.ALL and self._is_exogenous(divisor):
                return self._product(owner, left, divisor)
        return written

    def _product(self, owner: str, left: Expression, divisor: Expression) -> Expression:
        """Return ``left / divisor``, as a product if the reciprocal loses no more than a last bit."""
        if (
            isinstance(divisor, Number)
            and divisor != self.time_step
            and _has_normal_reciprocal(divisor.value)
        ):
            return Arithmetic("*", left, Number(1.0 / divisor.value))
        if _has_names(divisor) and not self._mentions_step(divisor):
            reciprocal = self._named(owner, "reciprocal", Arithmetic("/", Number(1.0), divisor))
            return Arithmetic("*", left, reciprocal)
        return Arithmetic("/", left, divisor)

    def _named(self, owner: str, what: str, expression: Expression) -> Reference:
        """Return the name of a hidden equation, the same one for the same expression."""
        if expression not in self.known:
            number = 1
            while (name := f"{owner} ({what} {number})") in self.hidden or name in self.scalars.expressions:
                number += 1
            self.hidden[name] = expression
            self.known[expression] = Reference(name)
        return self.known[expression]

    def _is_exogenous(self, expression: Expression) -> bool:
        return not any(isinstance(p, Reference) and p.name in self.endogenous for p in walk(expression))

    def _mentions_step(self, divisor: Expression) -> bool:
        return any(
            part == self.time_step or (isinstance(part, Reference) and part.name in self.steps)
            for part in walk(divisor)
        )

    def _reached(self, sources: Iterable[str]) -> frozenset[str]:
        """Return what depends on ``sources`` within a time step, and these themselves."""
        found: set[str] = set()
        waiting = list(sources)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting.extend(self.readers.get(name, ()))
        return frozenset(found)


def _readers(expressions: Mapping[str, Expression]) -> dict[str, list[str]]:
    readers: dict[str, list[str]] = {}
    for name, expression in expressions.items():
        for reference in references(expression):
            readers.setdefault(reference.name, []).append(name)
    return readers


def _moving(scalars: Scalars) -> set[str]:
    """Return what a constant, data or time cannot be: stocks, what is remembered or drawn, unknowns of roots."""
    every = (scalars.expressions, scalars.initials, scalars.rates, scalars.held, scalars.memories)
    parts = (part for equations in every for expression in equations.values() for part in walk(expression))
    unknowns = {part.unknown for part in parts if isinstance(part, Root)}
    return {*scalars.rates, *scalars.memories, *scalars.pipelines, *scalars.draws, *unknowns}


def _is_quotient(expression: Expression) -> bool:
    return isinstance(expression, Arithmetic) and expression.operator == "/"


def _has_names(expression: Expression) -> bool:
    return any(reference != TIME for reference in references(expression))


def _has_normal_reciprocal(value: float) -> bool:
    return value != 0 and 2.0**-1022 <= abs(1.0 / value) < math.inf
