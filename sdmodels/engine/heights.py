"""How is a table function read whose heights differ between members, one by one or by a common factor?"""

import math
import sys
from collections.abc import Sequence
from itertools import pairwise

from sdmodels.engine.algebra import choose, clamped, equal, minus, plus, times
from sdmodels.engine.owner import Owner
from sdmodels.errors import StructureError
from sdmodels.structure.expression import (
    Arithmetic,
    Call,
    Comparison,
    Conditional,
    Expression,
    Number,
    Reference,
    Table,
)
from sdmodels.structure.model import Lookup, Model, Slope
from sdmodels.structure.stretching import obstacles


def height_name(table: str, point: int) -> str:
    """Return the name of the constant that holds the height of a table at one of its points, from 1 on."""
    return f"{table} (height {point})"


def heights_of(lookup: Lookup) -> dict[str, float]:
    """Return the constants that hold the heights, as the model has them."""
    heights = enumerate(lookup.equations[0].table.ys, start=1)
    return {height_name(lookup.name, point): y for point, y in heights}


def height_of(lookup: Lookup, x: Expression) -> Expression:
    """Return the height at ``x`` of a table whose heights are constants, in plain arithmetic."""
    table = lookup.equations[0].table
    heights = [Reference(height_name(lookup.name, point)) for point in range(1, len(table.xs) + 1)]
    places = [Number(value) for value in table.xs]
    if table.kind == "hold":
        height: Expression = heights[0]
        for place, following in zip(places[1:], heights[1:], strict=True):
            height = Conditional(Comparison(">=", x, place), following, height)
        return height
    if table.kind == "forward":
        height = heights[-1]
        for place, before in list(zip(places, heights, strict=True))[-2::-1]:
            height = Conditional(Comparison("<=", x, place), before, height)
        return height
    return _straight(table, x, heights)


def _straight(table: Table, x: Expression, heights: Sequence[Expression]) -> Expression:
    height, beyond = heights[0], table.kind == "extrapolate"
    last = len(table.xs) - 2
    for index, (low, high) in enumerate(pairwise(table.xs)):
        along: Expression = Arithmetic("-", x, Number(low))
        if not (beyond and index == 0):
            along = Call("MAX", (along, Number(0.0)))
        if not (beyond and index == last):
            along = Call("MIN", (along, Number(high - low)))
        rise = Arithmetic("-", heights[index + 1], heights[index])
        slope = Arithmetic("/", rise, Number(high - low))
        height = Arithmetic("+", height, Arithmetic("*", slope, along))
    return height


def slopes_of(model: Model) -> dict[str, Slope]:
    """Return the factors that stretch tables of a model, see :func:`.taken_up`, by the name of the table.

    Raises
    ------
    StructureError
        If one of these tables cannot be stretched.
    """
    found = {slope.table: slope for name, slope in model.slopes.items() if name in model.variables}
    for slope in found.values():
        for line, reason in obstacles(model, slope):
            raise StructureError(
                f"{model.where(line)}: '{slope.table}' cannot be stretched.\n    {reason}\n"
                f"Leave out '{slope.name}', or change how the table is read."
            )
    return found


def stretched(owner: Owner, slope: Slope, height: Expression) -> Expression:
    """Return a height that a factor stretches about the reference: ``y + (k - 1) (y - reference)``.

    Notes
    -----
    Written so that a factor of 1, and the reference under any factor, leave the height to the last bit. Limits
    cut off what is read: the curve that is stretched without limits bends where it meets one. Moving the points
    of the table to the limit would turn the straight line on to the next point too.
    """
    factor = Reference(slope.name)

    def once(what: str, value: Expression) -> Expression:
        return owner.shared((slope, what), lambda: owner.named(what, value))

    height = owner.named("height", height)
    beyond = once("stretch", minus(factor, 1.0))
    further = plus(height, times(beyond, minus(height, slope.reference)))
    if slope.within is None:
        return further
    # A height between points may lie past a limit by rounding: where nothing is stretched nothing is cut off.
    low, high = (
        once(what, choose(equal(factor, 1.0), math.copysign(sys.float_info.max, sign), limit))
        for what, sign, limit in (("least", -1.0, slope.within[0]), ("largest", 1.0, slope.within[1]))
    )
    return clamped(further, low, high)
