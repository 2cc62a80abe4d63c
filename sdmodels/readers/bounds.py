"""How large may a model be that a file asks for? Files from others may ask for more than any machine has.

A line of text can name a hundred million elements, and thirty macros can stand for a billion equations. The
bounds are far above what people draw, and low enough that reading ends within seconds.
"""

import math
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from sdmodels.errors import ModelFileError
from sdmodels.structure.model import Dimension, Equation, Model, SeriesEquation, TableEquation

MOST_ELEMENTS: Final = 100_000
"""Of all subscript ranges together: each variable over such a range is that many single numbers."""

MOST_INSIDE: Final = 50
"""Ranges or modules one inside the other; each level needs a few of Python's thousand nested calls."""

MOST_SCALARS: Final = 1_000_000
"""Single numbers that all equations define together; each takes about a kilobyte before it is computed."""

MOST_INSTANCES: Final = 10_000
"""Calls of macros, or modules, in one model: each has equations of its own, and takes about a millisecond."""

MOST_ORDER: Final = 5_000
"""Of one delay: each order is a hidden stock. Beyond some tens a delay hardly differs from DELAY FIXED."""

MOST_PARTS: Final = 100_000
"""Of one equation. SMOOTH takes its input for its initial value too: each SMOOTH inside of another doubles it."""

_DIGITS: Final = 15  # of the size of a range; more cannot be meant, and Python refuses to convert thousands


def size_between(low: str, high: str) -> int:
    """Return how many elements a range from ``low`` to ``high`` has; more than allowed if it has no end."""
    if max(len(low.lstrip("0")), len(high.lstrip("0"))) > _DIGITS:
        return MOST_ELEMENTS + 1
    return int(high) - int(low) + 1


def parts_of(ast: Any, known: dict[int, int] | None = None) -> int:
    """Return how many parts one of PySD's expressions has, when what stands in it twice counts twice."""
    known = {} if known is None else known
    if id(ast) not in known:
        inside = ast if isinstance(ast, tuple | list) else getattr(ast, "__dict__", {}).values()
        known[id(ast)] = 1 + sum(parts_of(part, known) for part in inside)
    return known[id(ast)]


def combinations(subscripts: Iterable[str], dimensions: Mapping[str, Dimension]) -> int:
    """Return for how many single numbers subscripts stand, without writing them out."""
    return math.prod(len(dimensions[s].elements) if s in dimensions else 1 for s in subscripts)


def scalars_in(
    equations: Collection[Equation | TableEquation | SeriesEquation], dimensions: Mapping[str, Dimension]
) -> int:
    """Return for how many single numbers equations are, with those that they except."""
    return sum(
        combinations(subscripts, dimensions)
        for equation in equations
        for subscripts in (equation.subscripts, *equation.exceptions)
    )


def refuse_too_many_scalars(model: Model) -> None:
    """Refuse a model whose equations stand for more single numbers than :data:`MOST_SCALARS`.

    Raises
    ------
    ModelFileError
        At the variable that is one too many.
    """
    total = 0
    for variable in model.variables.values():
        total += scalars_in(variable.equations, model.dimensions)
        if total > MOST_SCALARS:
            equation = variable.equations[0]
            raise ModelFileError(
                f"{model.where(equation.line)}: {too_many_scalars(variable.name)}\n    {equation.text[:200]}\n"
                f"{FEWER}"
            )


def too_many_scalars(name: str) -> str:
    """Return what is said of the variable that is one too many."""
    return f"with '{name}' the model has more than {MOST_SCALARS:,} single numbers."


FEWER: Final = "Give it fewer subscripts, or its ranges fewer elements."
