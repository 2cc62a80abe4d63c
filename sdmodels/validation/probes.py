"""How is measured, at every time step, what the model has no variable for?

Probes are variables that a check adds to the model: they act on nothing, and their extremes are taken inside
the kernel, so that no trajectory is kept.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sdmodels.catalogue import Entry
from sdmodels.structure.expression import Arithmetic, Call, Expression, Number, Reference
from sdmodels.structure.model import Auxiliary, Equation, Model, Stock
from sdmodels.structure.subscripts import scalars_of, split

Probe = Auxiliary | Stock


def with_probes(entry: Entry, probes: Iterable[Probe]) -> Entry:
    """Return the entry with further variables in its model."""
    variables = {**entry.model.variables, **{probe.name: probe for probe in probes}}
    return replace(entry, model=replace(entry.model, variables=variables))


def probe(name: str, expression: Expression) -> Auxiliary:
    """Return a variable that follows an expression of scalars."""
    return Auxiliary(name=name, equations=(Equation(expression=expression, text=name),))


def terms_of(model: Model, names: Sequence[str]) -> list[Expression]:
    """Return the scalars that are meant; a variable with subscripts stands for all its elements."""
    return [Reference(*split(scalar)) for scalar in scalars_of(model, names)]


def sum_of(terms: Sequence[Expression]) -> Expression:
    """Return the sum, halved again and again so that long sums are not nested deeply."""
    if len(terms) < 2:
        return terms[0] if terms else Number(0.0)
    middle = len(terms) // 2
    return Arithmetic("+", sum_of(terms[:middle]), sum_of(terms[middle:]))


def size_of(terms: Sequence[Expression]) -> Expression:
    """Return the sum of the terms' sizes."""
    return sum_of([Call("ABS", (term,)) for term in terms])
