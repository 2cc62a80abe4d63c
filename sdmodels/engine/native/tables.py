"""How is a table function read in every lane at once, without a branch?"""

from typing import assert_never

from sdmodels.engine.native.writer import Writer
from sdmodels.structure.evaluation import slope
from sdmodels.structure.expression import Table


def table_height(out: Writer, table: Table, x: str) -> str:
    """Return the vector of a table's heights at ``x``.

    The same operations in the same order as :func:`sdmodels.structure.evaluation.read_table`: a constant gives
    the same bits whether it was folded or read in the kernel. What is not a number runs through to the result.
    """
    match table.kind:
        case "interpolate":
            return _straight(out, table, x)
        case "extrapolate":
            return _beyond(out, table, x, _straight(out, table, x))
        case "hold":
            return _stepped(out, x, table.ys[0], "oge", list(zip(table.xs, table.ys, strict=True))[1:])
        case "forward":
            points = list(zip(table.xs, table.ys, strict=True))[:-1]
            return _stepped(out, x, table.ys[-1], "ole", points[::-1])
        case _:
            assert_never(table.kind)


def _stepped(out: Writer, x: str, first: float, passed: str, points: list[tuple[float, float]]) -> str:
    height = out.splat(first)
    for here, there in points:
        height = out.select(out.compare(passed, x, out.splat(here)), out.splat(there), height)
    return out.select(out.compare("uno", x, x), x, height)


def _straight(out: Writer, table: Table, x: str) -> str:
    """Write a sum of clamped segments: each comparison is false for what is not a number."""
    total = out.splat(table.ys[0])
    if len(table.xs) == 1:
        return out.select(out.compare("uno", x, x), x, total)
    zero = out.splat(0.0)
    for index, (low, high) in enumerate(zip(table.xs, table.xs[1:], strict=False)):
        rise = slope(table, index)
        if rise == 0 and index > 0:
            continue
        along = out.join("fsub", x, out.splat(low))
        floored = out.select(out.compare("olt", along, zero), zero, along)
        width = out.splat(high - low)
        clamped = out.select(out.compare("ogt", floored, width), width, floored)
        total = out.join("fadd", total, out.join("fmul", clamped, out.splat(rise)))
    # The last point exactly: the sum may be off by rounding.
    beyond = out.compare("oge", x, out.splat(table.xs[-1]))
    return out.select(beyond, out.splat(table.ys[-1]), total)


def _beyond(out: Writer, table: Table, x: str, inside: str) -> str:
    if len(table.xs) == 1:
        return inside
    height = inside
    for end, segment, passed in ((0, 0, "olt"), (-1, len(table.xs) - 2, "ogt")):
        away = out.join("fsub", x, out.splat(table.xs[end]))
        rise = out.join("fmul", away, out.splat(slope(table, segment)))
        line = out.join("fadd", out.splat(table.ys[end]), rise)
        height = out.select(out.compare(passed, x, out.splat(table.xs[end])), line, height)
    return height
