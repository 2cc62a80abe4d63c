"""Which table functions does an XMILE file need, what are they called, and what are their points?

A table with subscripts is written as one table for each of its definitions, a table that stands in an equation
with more around it as one with a name of its own. XMILE has no table that takes the height of the next point
and none with two points at one x; both are written with points at the next number that a double can hold.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise
from typing import Final

from sdmodels.errors import ExportError
from sdmodels.structure.expression import Call, LookupCall, Reference, Table, TableKind, walk
from sdmodels.structure.functions import KINDS
from sdmodels.structure.model import (
    Auxiliary,
    Equation,
    Lookup,
    Model,
    SeriesEquation,
    TableEquation,
    Variable,
)
from sdmodels.structure.subscripts import instances
from sdmodels.writers.flows import unused
from sdmodels.writers.xmile_names import bare

_KINDS: Final[Mapping[TableKind, str]] = {
    "interpolate": "continuous",
    "extrapolate": "extrapolate",
    "hold": "discrete",
    "forward": "discrete",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """A table as XMILE has it: the type of its graph and ascending points."""

    type: str
    xs: tuple[float, ...]
    ys: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """The names of tables.

    Attributes
    ----------
    defined
        Of the table of a :class:`Lookup` at some elements: its name, and the table itself.
    inline
        Of the tables that have no name in the model: the name that they are given, and what is drawn.
    """

    defined: Mapping[tuple[str, tuple[str, ...]], tuple[str, Table]] = field(default_factory=dict)
    inline: Mapping[Table, tuple[str, Graph]] = field(default_factory=dict)


def tables_of(model: Model) -> Tables:
    """Return the tables that the model needs beside those that stand in a variable of their own."""
    defined: dict[tuple[str, tuple[str, ...]], tuple[str, Table]] = {}
    taken: list[str] = []
    for lookup in model.lookups:
        for one in lookup.equations:
            name = lookup.name
            if one.subscripts:
                name = unused(f"{bare(lookup.name)} {' '.join(map(bare, one.subscripts))}", model, taken)
                taken.append(name)
            defined |= {(lookup.name, elements): (name, one.table) for elements in instances(model, one)}
    inline: dict[Table, tuple[str, Graph]] = {}
    for variable, equation in _equations(model):
        for table in _without_name(model, variable, equation):
            if table not in inline:
                name = unused(f"{bare(variable.name)} table", model, taken)
                taken.append(name)
                inline[table] = (name, graph_of(model, variable, equation, table))
    return Tables(defined=defined, inline=inline)


def _equations(model: Model) -> list[tuple[Variable, Equation]]:
    every = [(variable, one) for variable in model.variables.values() for one in variable.equations]
    return [(variable, one) for variable, one in every if isinstance(one, Equation)]


def _without_name(model: Model, variable: Variable, one: Equation) -> list[Table]:
    found = []
    for part in [
        part for whole in (one.expression, one.initial) if whole is not None for part in walk(whole)
    ]:
        match part:
            case LookupCall(table=Table() as table) if not (
                part is one.expression and is_graphical(variable)
            ):
                found.append(table)
            case Call(function, (Reference() as table, *_)) if function in KINDS:
                found += [replace(each, kind=KINDS[function]) for each in _meant(model, table)]
    return found


def _meant(model: Model, reference: Reference) -> list[Table]:
    """Return the tables that a reference can mean, at whatever elements."""
    lookup = model.variables.get(reference.name)
    wanted = [None if s in model.dimensions or s.endswith("!") else s for s in reference.subscripts]
    return [
        one.table
        for one in (lookup.equations if isinstance(lookup, Lookup) else ())
        for elements in instances(model, one)
        if all(want in (None, element) for want, element in zip(wanted, elements, strict=False))
    ]


def is_graphical(variable: Variable) -> bool:
    """Say whether the variable is one number read from a table: XMILE keeps the table in the variable."""
    if not isinstance(variable, Auxiliary) or len(variable.equations) != 1:
        return False
    (only,) = variable.equations
    is_read = isinstance(only.expression, LookupCall) and isinstance(only.expression.table, Table)
    return is_read and not only.subscripts and only.initial is None


def graph_of(
    model: Model, variable: Variable, one: Equation | TableEquation | SeriesEquation, table: Table
) -> Graph:
    """Return a table as XMILE has it; one that holds its heights ends in two equal ones (section 3.1.4).

    Raises
    ------
    ExportError
        If the points are not finite, or so close to a jump that there is no number between.
    """
    points = [point for place in range(len(_corners(table))) for point in _at(table, place)]
    if table.kind in ("hold", "forward") and (len(points) < 2 or points[-1][1] != points[-2][1]):
        x, y = points[-1]
        points.append((max(x + 1, math.nextafter(x, math.inf)), y))
    xs, ys = zip(*points, strict=True)
    ascends = all(left < right for left, right in pairwise(xs))
    # Beyond the ends such a line would run on as steeply as it jumps.
    runs_on = table.kind == "extrapolate" and len(set(table.xs)) < len(table.xs)
    if not ascends or runs_on or not all(map(math.isfinite, (*xs, *ys))):
        raise ExportError(
            f"{model.where(one.line)}: '{variable.name}' has a table that XMILE cannot draw.\n"
            f"    {one.text[:200] or table}\nGive it finite points, each at an x of its own."
        )
    return Graph(type=_KINDS[table.kind], xs=xs, ys=ys)


def _corners(table: Table) -> list[tuple[float, float, float]]:
    """Return each x with the height that the table comes to from the left, and the one that it has there."""
    found = []
    for x, points in groupby(zip(table.xs, table.ys, strict=True), key=lambda point: point[0]):
        heights = [y for _, y in points]
        found.append((x, heights[0], heights[-1]))
    return found


def _at(table: Table, place: int) -> list[tuple[float, float]]:
    """Return the points that stand for one corner; what jumps there has its first height one double before."""
    corners = _corners(table)
    x, before, there = corners[place]
    jump = [(math.nextafter(x, -math.inf), before)] if before != there else []
    match table.kind:
        case "forward" if place > 0:
            # Held from just above the corner before.
            onset = (math.nextafter(corners[place - 1][0], math.inf), before)
            return [onset, (x, there)] if jump else [onset]
        case "hold" if place > 0:
            return [(x, there)]
    return [*jump, (x, there)]
