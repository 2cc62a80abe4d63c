"""Which table functions does an XMILE file need, what are they called, and what are their points?

A table with subscripts is written as one table for each of its definitions, a table that stands in an equation
with more around it as one with a name of its own. XMILE has no table that takes the height of the next point
and none with two points at one x; both are written with points at the next number that a double can hold.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise

from sdmodels.structure.expression import Call, Expression, LookupCall, Reference, Table, TableKind, walk
from sdmodels.structure.functions import KINDS
from sdmodels.structure.model import Auxiliary, Equation, Lookup, Model, Variable
from sdmodels.structure.subscripts import instances
from sdmodels.writers.flows import unused
from sdmodels.writers.xmile_names import bare

GRAPHICAL: Mapping[TableKind, str] = {
    "interpolate": "continuous",
    "extrapolate": "extrapolate",
    "hold": "discrete",
    "forward": "discrete",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """The names of tables.

    Attributes
    ----------
    defined
        Of the table of a :class:`Lookup` at some elements: its name and its points.
    inline
        Of the tables that have no name in the model.
    """

    defined: Mapping[tuple[str, tuple[str, ...]], tuple[str, Table]] = field(default_factory=dict)
    inline: Mapping[Table, str] = field(default_factory=dict)


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
    inline: dict[Table, str] = {}
    for variable, whole in _expressions(model):
        for table in _without_name(model, variable, whole):
            if table not in inline:
                inline[table] = unused(f"{bare(variable.name)} table", model, [*taken, *inline.values()])
    return Tables(defined=defined, inline=inline)


def _expressions(model: Model) -> list[tuple[Variable, Expression]]:
    return [
        (variable, whole)
        for variable in model.variables.values()
        for one in variable.equations
        if isinstance(one, Equation)
        for whole in (one.expression, one.initial)
        if whole is not None
    ]


def _without_name(model: Model, variable: Variable, whole: Expression) -> list[Table]:
    found = []
    for part in walk(whole):
        match part:
            case LookupCall(table=Table() as table) if not (part is whole and is_graphical(variable)):
                found.append(table)
            case Call(function, (Reference(name), *_)) if function in KINDS:
                lookup = model.variables.get(name)
                if isinstance(lookup, Lookup):
                    found += [replace(one.table, kind=KINDS[function]) for one in lookup.equations]
    return found


def is_graphical(variable: Variable) -> bool:
    """Say whether the variable is one number read from a table: XMILE keeps the table in the variable."""
    if not isinstance(variable, Auxiliary) or len(variable.equations) != 1:
        return False
    (only,) = variable.equations
    is_read = isinstance(only.expression, LookupCall) and isinstance(only.expression.table, Table)
    return is_read and not only.subscripts and only.initial is None


def points_of(table: Table) -> tuple[list[float], list[float]] | None:
    """Return x and y of a table as XMILE reads it; ``None`` if it has no such points.

    A table that holds its heights ends in two equal ones, as XMILE asks (section 3.1.4).
    """
    points = [point for place in range(len(_corners(table))) for point in _at(table, place)]
    if table.kind in ("hold", "forward") and (len(points) < 2 or points[-1][1] != points[-2][1]):
        x, y = points[-1]
        points.append((max(x + 1, math.nextafter(x, math.inf)), y))
    xs, ys = [x for x, _ in points], [y for _, y in points]
    ascends = all(left < right for left, right in pairwise(xs))
    # Beyond the ends such a line would run on as steeply as it jumps.
    runs_on = table.kind == "extrapolate" and len(set(table.xs)) < len(table.xs)
    return (xs, ys) if ascends and not runs_on and all(map(math.isfinite, (*xs, *ys))) else None


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
