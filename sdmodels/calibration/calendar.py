"""Which span of model time does a date, a month, a half-year or a year mean?"""

import datetime as dt
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sdmodels.errors import CalibrationError
from sdmodels.structure.model import TimeSpec
from sdmodels.structure.names import key_of

_DAY, _YEAR = 1.0, 365.25
DAYS: Mapping[str, float] = MappingProxyType(
    {"day": _DAY, "week": 7.0, "month": _YEAR / 12, "quarter": _YEAR / 4, "year": _YEAR}
)
_PERIOD = re.compile(r"(\d{4})(?:-(?:(H[12])|(Q[1-4])|(\d{2})(?:-(\d{2}))?))?")
FORMS = "2019, 2019-H2, 2019-Q3, 2019-10, 2019-10-05, or a span such as 2018/2023"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A window of model time; a moment where both ends are the same [the model's unit of time]."""

    begins: float
    ends: float

    @property
    def is_moment(self) -> bool:
        """Whether it is a single time."""
        return self.begins == self.ends

    @property
    def length(self) -> float:
        """How long it lasts."""
        return self.ends - self.begins

    @property
    def before(self) -> "Span":
        """The window of the same length that ends where this one begins."""
        return Span(begins=self.begins - self.length, ends=self.begins)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """How dates become model time.

    Attributes
    ----------
    starts
        The date of the model's initial time; ``None`` for a case whose times are model times.
    """

    time: TimeSpec
    starts: dt.date | None

    def span(self, text: str) -> Span:
        """Return what a text means: a date with a calendar, a number without; a span with ``/``.

        A day is a moment at its beginning; everything longer is a window from its beginning to its end.

        Raises
        ------
        CalibrationError
            If it means nothing; the message is a clause.
        """
        first, slash, last = text.strip().partition("/")
        begins = self._period(first.strip())
        if not slash:
            return begins
        ends = self._period(last.strip())
        if ends.ends <= begins.begins:
            raise CalibrationError(f"the span '{text}' ends before it begins")
        return Span(begins=begins.begins, ends=ends.ends)

    def moment(self, text: str | float) -> float:
        """Return the time at which a span begins."""
        return self.span(str(text)).begins

    def date(self, time: float) -> float:
        """Return a model time as a year with its fraction; the time itself without a calendar."""
        if self.starts is None:
            return time
        moment = dt.datetime.combine(self.starts, dt.time()) + dt.timedelta(
            days=(time - self.time.initial_time) * self._days()
        )
        first, following = dt.datetime(moment.year, 1, 1), dt.datetime(moment.year + 1, 1, 1)
        return moment.year + (moment - first) / (following - first)

    def years(self, first: float, last: float) -> dict[int, Span]:
        """Return the whole calendar years between two model times."""
        if self.starts is None:
            return {}
        spans = {year: self.span(f"{year:04d}") for year in range(self.starts.year, self.starts.year + 300)}
        return {year: span for year, span in spans.items() if first <= span.begins and span.ends <= last}

    def _period(self, text: str) -> Span:
        if self.starts is None:
            try:
                number = float(text)
            except ValueError:
                number = math.nan
            if not math.isfinite(number):
                raise CalibrationError(f"'{text}' is not a model time, and the case has no calendar")
            return Span(begins=number, ends=number)
        found = _PERIOD.fullmatch(text)
        if found is None:
            raise CalibrationError(f"'{text}' is not a date ({FORMS})")
        year, half, quarter, month, day = found.groups()
        try:
            begins, ends = _dates(int(year), half, quarter, month, day)
        except ValueError:
            raise CalibrationError(f"'{text}' is not a date of the calendar") from None
        return Span(begins=self._time(begins), ends=self._time(ends))

    def _time(self, date: dt.date) -> float:
        assert self.starts is not None
        return self.time.initial_time + (date - self.starts).days / self._days()

    def _days(self) -> float:
        """Return how many days the model's unit of time has."""
        unit = key_of(self.time.units).removesuffix("s")
        if unit not in DAYS:
            raise CalibrationError(f"the unit of time '{self.time.units}' has no length in days")
        return DAYS[unit]


def _dates(
    year: int, half: str | None, quarter: str | None, month: str | None, day: str | None
) -> tuple[dt.date, dt.date]:
    """Return the first day of a period, and the day after its last; one day is a moment."""
    if day is not None and month is not None:
        date = dt.date(year, int(month), int(day))
        return date, date
    if month is not None:
        return _months(year, int(month), 1)
    if half is not None:
        return _months(year, 6 * int(half[1]) - 5, 6)
    if quarter is not None:
        return _months(year, 3 * int(quarter[1]) - 2, 3)
    return _months(year, 1, 12)


def _months(year: int, month: int, count: int) -> tuple[dt.date, dt.date]:
    after = month - 1 + count
    return dt.date(year, month, 1), dt.date(year + after // 12, after % 12 + 1, 1)
