"""How is a table function read, also backwards, by its slope and by its area?

Meanings: Vensim reference manual, "Lookups". A table may have two points at one x: it jumps there, and at that
x the later point counts.
"""

from dataclasses import replace
from itertools import pairwise

from sdmodels.engine.algebra import (
    above,
    below,
    choose,
    clamped,
    either,
    equal,
    largest,
    minus,
    plus,
    smallest,
    times,
)
from sdmodels.engine.owner import Owner
from sdmodels.structure.expression import MISSING, Expression, LookupCall, Number, Table
from sdmodels.structure.functions import KINDS


def height(owner: Owner, table: Table, x: Expression) -> Expression:
    """Return the table's height at ``x``; where it jumps, two tables are joined."""
    jump = next((i for i, (left, right) in enumerate(pairwise(table.xs)) if left == right), None)
    if jump is None:
        return LookupCall(table, x)
    x = owner.named("argument", x)
    before = replace(table, xs=table.xs[: jump + 1], ys=table.ys[: jump + 1])
    after = replace(table, xs=table.xs[jump + 1 :], ys=table.ys[jump + 1 :])
    # Of three points or more at one x only the first and the last are ever reached.
    return choose(below(x, table.xs[jump]), height(owner, before, x), height(owner, after, x))


def on_table(owner: Owner, function: str, table: Table, arguments: tuple[Expression, ...]) -> Expression:
    """Return what a function of :data:`sdmodels.structure.functions.ON_TABLES` stands for."""
    match function, arguments:
        case (("LOOKUP EXTRAPOLATE" | "LOOKUP FORWARD" | "LOOKUP BACKWARD"), (x,)):
            return height(owner, replace(table, kind=KINDS[function]), x)
        case "LOOKUP INVERT", (y,):
            return _inverse(owner, table, y)
        case "LOOKUP AREA", (start, end):
            return minus(_area(owner, table, end), _area(owner, table, start))
        case "LOOKUP SLOPE", (x, mode):
            return _slope(owner, table, x, mode)
    raise ValueError(f"{function} is not called with {len(arguments) + 1} arguments")


def _inverse(owner: Owner, table: Table, y: Expression) -> Expression:
    """Return the smallest x at which the table has the height ``y``; :NA: if there is none."""
    y = owner.named("height", y)
    found: Expression = Number(MISSING)
    points = list(pairwise(zip(table.xs, table.ys, strict=True)))
    if table.xs[1:] == ():
        return choose(equal(y, table.ys[0]), table.xs[0], found)
    for (left, low), (right, high) in reversed(points):
        if low == high:
            found = choose(equal(y, low), left, found)
            continue
        along = plus(left, times(minus(y, low), (right - left) / (high - low)))
        outside = either(below(y, min(low, high)), above(y, max(low, high)))
        # The end of a segment exactly: the product may be off by rounding.
        found = choose(outside, found, choose(equal(y, high), right, along))
    return found


def _area(owner: Owner, table: Table, x: Expression) -> Expression:
    """Return the area under the table from its first point to ``x``, level beyond the ends."""
    x = owner.named("argument", x)
    first, last = table.xs[0], table.xs[-1]
    parts = [
        times(table.ys[0], smallest(minus(x, first), 0.0)),
        times(table.ys[-1], largest(minus(x, last), 0.0)),
    ]
    for (left, low), (right, high) in pairwise(zip(table.xs, table.ys, strict=True)):
        if right > left:
            along = owner.named("along", clamped(minus(x, left), 0.0, right - left))
            half = (high - low) / (right - left) / 2
            parts.append(times(along, plus(low, times(along, half))))
    return plus(*parts)


def _slope(owner: Owner, table: Table, x: Expression, mode: Expression) -> Expression:
    """Return the slope at ``x``: of the segment, at a point the mean of both, beyond the ends as ``mode`` says."""
    x, mode = owner.named("argument", x), owner.named("mode", mode)

    def beyond(slope: float) -> Expression:
        return choose(equal(mode, 1.0), slope, choose(equal(mode, 0.0), 0.0, MISSING))

    def outer(slope: float) -> Expression:
        return choose(equal(mode, 0.0), 0.0, slope)

    segments = [
        (left, (high - low) / (right - left))
        for (left, low), (right, high) in pairwise(zip(table.xs, table.ys, strict=True))
        if right > left
    ]
    if not segments:
        return beyond(0.0)
    found, before = beyond(segments[0][1]), outer(segments[0][1])
    for left, slope in segments:
        found = choose(
            above(x, left), slope, choose(equal(x, left), _mean(table, left, before, slope), found)
        )
        before = Number(slope)
    last, slope = table.xs[-1], segments[-1][1]
    at_last = _mean(table, last, before, outer(slope))
    return choose(above(x, last), beyond(slope), choose(equal(x, last), at_last, found))


def _mean(table: Table, x: float, before: Expression, after: Expression | float) -> Expression:
    """Return the slope at a point, :NA: where the table jumps."""
    return Number(MISSING) if table.xs.count(x) > 1 else times(plus(before, after), 0.5)
