"""Which number of a run does an observation measure?

Each quantity is one number of a run, or the quotient of two: growth is a total against the one before it, a peak is
a total against each of its rivals.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sdmodels.calibration.calendar import Calendar, Span
from sdmodels.calibration.tables import Observable
from sdmodels.engine.reductions import Reduction
from sdmodels.engine.trajectories import Floats
from sdmodels.errors import CalibrationError


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """One number of a run, as places in a list of reductions.

    Attributes
    ----------
    divided
        The reduction that the first one is divided by, where it is.
    """

    taken: int
    divided: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantities:
    """What is asked of every run: reductions, and how numbers are made of them."""

    reductions: tuple[Reduction, ...]
    each: tuple[Quantity, ...]

    def of(self, reduced: Floats) -> Floats:
        """Return the numbers, shape ``(quantities, members)``, from ``(reductions, members)``."""
        with np.errstate(divide="ignore", invalid="ignore"):
            rows = [
                reduced[q.taken] if q.divided is None else reduced[q.taken] / reduced[q.divided]
                for q in self.each
            ]
        return np.array(rows)

    def slopes_of(self, reduced: Floats, slopes: Floats) -> Floats:
        """Return the derivatives, shape ``(quantities, inputs, members)``, from those of the reductions."""
        rows = []
        with np.errstate(divide="ignore", invalid="ignore"):
            for q in self.each:
                if q.divided is None:
                    rows.append(slopes[q.taken])
                else:
                    quotient = reduced[q.taken] / reduced[q.divided]
                    rows.append((slopes[q.taken] - quotient * slopes[q.divided]) / reduced[q.divided])
        return np.array(rows)


class Wanted:
    """Reductions that are asked for so far, each once."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self.reductions: list[Reduction] = []
        self.each: list[Quantity] = []

    def add(self, observable: Observable, span: Span) -> list[int]:
        """Ask for what an observable is over a span; return the places of its quantities."""
        match observable.statistic:
            case "value" | "mean":
                new = [Quantity(taken=self._place(observable.id, "mean", span))]
            case "total":
                new = [Quantity(taken=self._place(observable.id, "total", span))]
            case "growth":
                now, then = (self._place(observable.id, "total", s) for s in (span, span.before))
                new = [Quantity(taken=now, divided=then)]
            case "peak":
                own = self._place(observable.id, "total", span)
                new = [
                    Quantity(taken=own, divided=self._place(observable.id, "total", rival))
                    for rival in rivals_of(observable, span, self.calendar)
                ]
        first = len(self.each)
        self.each += new
        return list(range(first, len(self.each)))

    def quantities(self) -> Quantities:
        """Return what was asked for."""
        return Quantities(reductions=tuple(self.reductions), each=tuple(self.each))

    def _place(self, variable: str, statistic: str, span: Span) -> int:
        wanted = Reduction(
            variable=variable,
            statistic="total" if statistic == "total" else "mean",
            begins=span.begins,
            ends=span.ends,
        )
        if wanted not in self.reductions:
            self.reductions.append(wanted)
        return self.reductions.index(wanted)


def rivals_of(observable: Observable, span: Span, calendar: Calendar) -> Sequence[Span]:
    """Return the other windows that a peak could be in: whole years, or windows of the same length.

    Raises
    ------
    CalibrationError
        If the span in which the peak is sought cannot be read, or does not have this window and others; the
        message is a clause.
    """
    assert observable.among is not None
    whole = calendar.span(observable.among)
    years = list(calendar.years(whole.begins - 1e-9, whole.ends + 1e-9).values())
    if not any(_same(year, span) for year in years):
        count = round(whole.length / span.length)
        years = [
            Span(begins=whole.begins + k * span.length, ends=whole.begins + (k + 1) * span.length)
            for k in range(count)
        ]
    rivals = [year for year in years if not _same(year, span)]
    if len(rivals) == len(years):
        raise CalibrationError(f"the peak is sought in '{observable.among}', which has no such window")
    if not rivals:
        raise CalibrationError(f"the peak is sought in '{observable.among}', which has no other window")
    return rivals


def _same(one: Span, other: Span) -> bool:
    return abs(one.begins - other.begins) < 1e-6 and abs(one.ends - other.ends) < 1e-6
