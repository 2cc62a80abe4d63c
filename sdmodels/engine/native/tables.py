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
    """Write: find the last point passed, and go on from it along its segment; level beyond the last."""
    if len(table.xs) == 1:
        return out.select(out.compare("uno", x, x), x, out.splat(table.ys[0]))
    slopes = [*(slope(table, segment) for segment in range(len(table.xs) - 1)), 0.0]
    # What is not a number passes no bound and runs through.
    first, last = out.splat(table.xs[0]), out.splat(table.xs[-1])
    raised = out.select(out.compare("olt", x, first), first, x)
    inside = out.select(out.compare("ogt", raised, last), last, raised)
    place, height, rise = _chosen(out, inside, table.xs, (table.xs, table.ys, tuple(slopes)))
    return out.join("fadd", height, out.join("fmul", rise, out.join("fsub", inside, place)))


def _chosen(
    out: Writer, x: str, bounds: tuple[float, ...], columns: tuple[tuple[float, ...], ...]
) -> list[str]:
    """Return, for each column, the vector of its entries at the last bound that each lane has passed."""
    if out.permutes and out.lanes % 8 == 0 and len(bounds) <= 16:
        return _permuted(out, x, bounds, columns)
    found = [out.splat(column[0]) for column in columns]
    for number, bound in enumerate(bounds[1:], start=1):
        passed = out.compare("oge", x, out.splat(bound))
        found = [
            out.select(passed, out.splat(column[number]), before)
            for column, before in zip(columns, found, strict=True)
        ]
    return found


def _permuted(
    out: Writer, x: str, bounds: tuple[float, ...], columns: tuple[tuple[float, ...], ...]
) -> list[str]:
    """Count the bounds passed, and look the entries up in registers, eight lanes at a time."""
    number = "zeroinitializer"
    for bound in bounds[1:]:
        passed = out.compare("oge", x, out.splat(bound))
        number = out.select_integers(passed, out.integer("add", number, 1), number)
    groups = range(0, out.lanes, 8)
    numbers = [out.part(number, "i64", group) for group in groups]
    return [out.whole([out.entry_of(column, part) for part in numbers]) for column in columns]


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
