"""Dates become model time, and model time dates."""

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdmodels.calibration.calendar import Calendar, Span
from sdmodels.errors import CalibrationError
from sdmodels.structure.model import TimeSpec


def calendar(
    units: str = "Day", starts: dt.date | None = dt.date(2019, 1, 1), initial: float = 0.0
) -> Calendar:
    time = TimeSpec(initial_time=initial, final_time=initial + 1000, time_step=1, save_period=1, units=units)
    return Calendar(time=time, starts=starts)


@pytest.mark.parametrize(
    ("text", "begins", "ends"),
    [
        ("2019", 0, 365),
        ("2020", 365, 731),
        ("2019-H1", 0, 181),
        ("2019-H2", 181, 365),
        ("2020-H1", 365, 365 + 182),
        ("2019-Q1", 0, 90),
        ("2019-Q2", 90, 181),
        ("2019-Q3", 181, 273),
        ("2019-Q4", 273, 365),
        ("2019-01", 0, 31),
        ("2019-12", 334, 365),
        ("2019-02", 31, 59),
        ("2020-02", 396, 425),
        ("2020-02-29", 424, 424),
        ("2019-01-01", 0, 0),
        ("2019-10-05", 277, 277),
        ("2018", -365, 0),
        ("2019/2020", 0, 731),
        ("2019-Q2/2019-H2", 90, 365),
        ("2019-03/2019-04", 59, 120),
        ("2019-01-01/2019-01-08", 0, 7),
        ("2019-01-10/2019-01", 9, 31),
        (" 2019-01-01 / 2019-01-08 ", 0, 7),
    ],
)
def test_a_text_means_its_days(text, begins, ends):
    found = calendar().span(text)
    assert found == Span(begins=begins, ends=ends)
    assert found.is_moment == (begins == ends)
    assert found.length == ends - begins
    assert calendar().moment(text) == begins


@pytest.mark.parametrize(
    ("units", "days"),
    [
        ("Day", 1),
        ("days", 1),
        ("Week", 7),
        ("weeks", 7),
        ("Month", 365.25 / 12),
        ("Quarter", 365.25 / 4),
        ("year", 365.25),
        ("YEARS", 365.25),
    ],
)
def test_the_unit_of_time_of_the_model_has_its_length(units, days):
    found = calendar(units, initial=10.0).span("2019-01-15/2020")
    # Rounding.
    assert found.begins == pytest.approx(10 + 14 / days, rel=1e-14)
    assert found.ends == pytest.approx(10 + 731 / days, rel=1e-14)


def test_four_years_are_four_units_of_a_model_in_years():
    # 1,461 days with one leap year are exactly 4 of 365.25.
    assert calendar("Year").span("2019/2022") == Span(begins=0.0, ends=4.0)


@pytest.mark.parametrize(("text", "days"), [("2000", 366), ("1900", 365), ("2100", 365), ("2024", 366)])
def test_leap_years_are_those_of_the_gregorian_calendar(text, days):
    assert calendar().span(text).length == days


def test_the_window_before_is_as_long_and_ends_where_this_one_begins():
    assert Span(begins=10, ends=13).before == Span(begins=7, ends=10)
    year = calendar().span("2020")
    assert year.before == Span(begins=-1, ends=365)


@given(date=st.dates(dt.date(1900, 1, 1), dt.date(2200, 12, 31)))
def test_a_day_is_as_many_days_after_the_start_as_the_calendar_counts(date):
    found = calendar().span(date.isoformat())
    assert found.is_moment
    assert dt.date(2019, 1, 1) + dt.timedelta(days=found.begins) == date


@given(year=st.integers(1900, 2200))
def test_quarters_halves_and_months_fill_a_year_without_gaps(year):
    own = calendar()
    for parts in (["H1", "H2"], ["Q1", "Q2", "Q3", "Q4"], [f"{month:02d}" for month in range(1, 13)]):
        spans = [own.span(f"{year}-{part}") for part in parts]
        assert spans[0].begins == own.span(str(year)).begins
        assert spans[-1].ends == own.span(str(year)).ends
        assert [span.ends for span in spans[:-1]] == [span.begins for span in spans[1:]]


@pytest.mark.parametrize(
    ("time", "year"), [(0, 2019), (365, 2020), (365 + 183, 2020.5), (-365, 2018), (73, 2019.2)]
)
def test_a_model_time_is_a_year_with_its_fraction(time, year):
    # Rounding of the fraction.
    assert calendar().date(time) == pytest.approx(year, abs=1e-12)


def test_a_model_time_counts_from_the_initial_time():
    own = calendar("Week", initial=100.0)
    assert own.date(100.0) == 2019.0
    # Rounding of the fraction.
    assert own.date(101.0) == pytest.approx(2019 + 7 / 365, abs=1e-12)


def test_whole_years_between_two_times_are_found():
    assert calendar().years(0, 731) == {2019: Span(begins=0, ends=365), 2020: Span(begins=365, ends=731)}
    assert list(calendar().years(1, 731)) == [2020]
    assert list(calendar().years(0, 730)) == [2019]
    assert list(calendar(starts=dt.date(2019, 7, 1)).years(0, 1000)) == [2020, 2021]


class TestWithoutCalendar:
    def test_a_number_is_a_model_time(self):
        own = calendar(starts=None)
        assert own.span("12.5") == Span(begins=12.5, ends=12.5)
        assert own.span("0/52") == Span(begins=0.0, ends=52.0)
        assert own.span("-1/1e2") == Span(begins=-1.0, ends=100.0)
        assert own.moment(3) == 3.0

    def test_a_date_is_the_time_itself_and_no_year_is_known(self):
        own = calendar("fortnight", starts=None)
        assert own.date(7.5) == 7.5
        assert own.years(0, 1000) == {}

    @pytest.mark.parametrize("text", ["2019-10", "May", "", "nan", "inf", "0/", "/3", "1/2/3", "0/-inf"])
    def test_what_is_no_number_is_refused(self, text):
        with pytest.raises(CalibrationError, match=r"is not a model time, and the case has no calendar$"):
            calendar(starts=None).span(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "19",
        "2019-H3",
        "2019-Q5",
        "2019-Q",
        "2019-1",
        "2019-10-5",
        "2019/",
        "/2019",
        "May 2019",
        "12.5",
        "2019/1/2",
    ],
)
def test_what_has_no_form_of_a_date_is_refused_and_the_forms_are_shown(text):
    with pytest.raises(
        CalibrationError, match=r"' is not a date \(2019, 2019-H2, .* or a span such as 2018/2023\)$"
    ):
        calendar().span(text)


@pytest.mark.parametrize(
    "text", ["2019-02-29", "2019-13", "2019-00", "2019-04-31", "0000", "9999", "2019/2019-13"]
)
def test_what_is_no_date_of_the_calendar_is_refused(text):
    wrong = text.rpartition("/")[2]
    with pytest.raises(CalibrationError, match=f"^'{wrong}' is not a date of the calendar$"):
        calendar().span(text)


@pytest.mark.parametrize(
    ("starts", "text"),
    [
        (dt.date(2019, 1, 1), "2020/2019"),
        (dt.date(2019, 1, 1), "2019-10-05/2019-10-05"),
        (None, "5/2"),
        (None, "2/2"),
    ],
)
def test_a_span_that_ends_before_it_begins_is_refused(starts, text):
    with pytest.raises(CalibrationError, match=f"^the span '{re.escape(text)}' ends before it begins$"):
        calendar(starts=starts).span(text)


@pytest.mark.parametrize("units", ["Hour", "", "Dmnl"])
def test_a_unit_of_time_without_a_length_in_days_is_refused(units):
    with pytest.raises(CalibrationError, match=f"^the unit of time '{units}' has no length in days$"):
        calendar(units).span("2019")
