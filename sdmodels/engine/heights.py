"""How is a table function read whose heights differ between members?"""

from collections.abc import Sequence
from itertools import pairwise

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
from sdmodels.structure.model import Lookup


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
