"""Which dimensions do the variables of an XMILE file have?

XMILE wants an equation for every element of the dimensions of a variable. What a model defines for a part of a
dimension only has a dimension of just these elements: one of the model's own ranges, or a new one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

from sdmodels.errors import ExportError
from sdmodels.structure.model import Dimension, Lookup, Model, Variable
from sdmodels.structure.subscripts import elements_of
from sdmodels.writers.flows import unused
from sdmodels.writers.xmile_names import bare


@dataclass(frozen=True, slots=True, kw_only=True)
class Spans:
    """All dimensions of the file, and those of each variable that has some."""

    all: tuple[Dimension, ...]
    of: Mapping[str, tuple[Dimension, ...]]


def spans_of(model: Model) -> Spans:
    """Return the dimensions of the variables, and those that the model lacks for them.

    Raises
    ------
    ExportError
        If a variable has no equation for some combinations of its elements.
    """
    known = {frozenset(each.elements): each for each in reversed([*model.dimensions.values()])}
    found: dict[str, tuple[Dimension, ...]] = {}
    new: list[Dimension] = []
    for variable in model.variables.values():
        # Tables are written one by one.
        defined = elements_of(model, variable)
        if isinstance(variable, Lookup) or defined == ((),):
            continue
        columns = [tuple(dict.fromkeys(column)) for column in zip(*defined, strict=True)]
        if len(set(product(*columns))) != len(defined):
            raise _partial(model, variable)
        for elements in columns:
            if frozenset(elements) not in known:
                names = [*model.dimensions, *(dimension.name for dimension in new)]
                new.append(
                    Dimension(name=unused(f"{bare(variable.name)} range", model, names), elements=elements)
                )
                known[frozenset(elements)] = new[-1]
        found[variable.name] = tuple(known[frozenset(elements)] for elements in columns)
    return Spans(all=(*model.dimensions.values(), *new), of=found)


def _partial(model: Model, variable: Variable) -> ExportError:
    (first, *_) = variable.equations
    return ExportError(
        f"{model.where(first.line)}: '{variable.name}' is defined for some combinations of its elements only.\n"
        f"    {first.text[:200]}\nXMILE needs an equation for each; define the others too."
    )
