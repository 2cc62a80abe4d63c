"""How are values reduced to one number on the way, and how is a member noticed that leaves the finite numbers?"""

from collections.abc import Sequence
from typing import assert_never

from sdmodels.engine.native.writer import Writer
from sdmodels.engine.reductions import Kind

_INFINITY = float("inf")


class Accumulator:
    """One reduction of a group of members: what has come together until now.

    Attributes
    ----------
    output
        Which of the program's outputs it is about.
    """

    def __init__(self, out: Writer, output: int, kind: Kind) -> None:
        self.out = out
        self.output = output
        self.kind = kind
        self.total = out.room(out.vector)
        self.time = out.room(out.vector)

    def begin(self) -> None:
        """Begin with nothing."""
        match self.kind:
            case "sum":
                first = 0.0
            case "minimum" | "time of minimum":
                first = _INFINITY
            case "maximum" | "time of maximum":
                first = -_INFINITY
            case _:
                assert_never(self.kind)
        self.out.store(self.out.splat(first), self.total)
        self.out.store(self.out.splat(float("nan")), self.time)

    def add(self, value: str, row: int) -> None:
        """Take the value at a saved step; what has the weight 0 does not count, finite or not."""
        out = self.out
        place = out.emit(f"add i64 {out.emit(f'mul i64 %saved, {row}')}, %position")
        weight = out.load(out.place("%weights", (place, 1)), "double")
        counts = out.emit(f"fcmp une double {weight}, 0.0")
        before, time = out.load(self.total), out.load(self.time)
        if self.kind == "sum":
            total = out.join("fadd", before, out.join("fmul", out.spread(weight), value))
        else:
            better = out.compare("olt" if "minimum" in self.kind else "ogt", value, before)
            # What is not a number shows in the result.
            taken = out.emit(f"or {out.mask} {better}, {out.compare('uno', value, value)}")
            total = out.select(taken, value, before)
            later = out.select(taken, out.spread("%now"), time)
            out.store(self._where(counts, later, time), self.time)
        out.store(self._where(counts, total, before), self.total)

    def _where(self, condition: str, then: str, otherwise: str) -> str:
        vector = self.out.vector
        return self.out.emit(f"select i1 {condition}, {vector} {then}, {vector} {otherwise}")

    def result(self) -> str:
        """Return the vector of results."""
        return self.out.load(self.time if self.kind.startswith("time") else self.total)


def watch(
    out: Writer,
    values: Sequence[str],
    *,
    offset: int | Sequence[int],
    label: str,
    then: str,
    marks: tuple[str, str],
) -> None:
    """Mark the members in which one of ``values`` is not finite: rarely, so off the straight path.

    Parameters
    ----------
    offset
        The number of the first value among all that are watched, or the number of each.
    marks
        Addresses of the step and of the number of the variable that failed first, -1 until then.
    """
    if not values:
        out.do(f"br label %{then}")
        return
    # One value that is not finite makes the sum so; a sum that overflows looks closer for nothing. x - x is 0
    # for a finite number and not-a-number for all others.
    total = values[0]
    for value in values[1:]:
        total = out.join("fadd", total, value)
    doubtful = out.join("fsub", total, total)
    suspicious = out.compare("uno", doubtful, doubtful)
    out.do(f"br i1 {out.any_lane(suspicious)}, label %{label}_failing, label %{then}")
    out.block(f"{label}_failing")
    differences = [out.join("fsub", value, value) for value in values]
    failing = out.compare("uno", differences[0], differences[0])
    for difference in differences[1:]:
        failing = out.emit(f"or {out.mask} {failing}, {out.compare('uno', difference, difference)}")
    numbers = [offset + index for index in range(len(values))] if isinstance(offset, int) else offset
    which = out.integer_splat(-1)
    for number, difference in reversed(list(zip(numbers, differences, strict=True))):
        lost = out.compare("uno", difference, difference)
        which = out.select_integers(lost, out.integer_splat(number), which)
    before, known = (out.load(mark, out.integers) for mark in marks)
    healthy = out.emit(f"icmp eq {out.integers} {before}, {out.integer_splat(-1)}")
    newly = out.emit(f"and {out.mask} {healthy}, {failing}")
    step = out.spread("%step", "i64")
    for mark, value, old in ((marks[0], step, before), (marks[1], which, known)):
        out.store(out.select_integers(newly, value, old), mark, out.integers)
    out.do(f"br label %{then}")
