from collections.abc import Callable
from typing import get_args

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from sdmodels.catalogue import Entry, ExpectedStatistic, Outcome, Text
from sdmodels.errors import InputError, UnknownNameError
from sdmodels.experiment import Integration, Reduction, measure, simulate, statistic_of, summarise

TEXT = Text(en="Of a test", zh="测试")


@pytest.fixture
def behaviour() -> xr.Dataset:
    """Two members that end well, and one that does not; times are not evenly spaced."""
    values = np.array([[4.0, 1.0, 3.0, 9.0], [0.0, 2.0, 2.0, 1.0], [1.0, np.inf, np.nan, np.nan]])
    return xr.Dataset(
        {"Flow": (("member", "time"), values, {"units": "order/Week"})},
        coords={
            "time": ("time", [0.0, 1.0, 3.0, 4.0], {"units": "Week"}),
            "policy": ("member", ["baseline", "later", "later"]),
            "scenario": ("member", ["normal"] * 3),
            "sample": ("member", [0, 0, 1]),
            "status": ("member", ["ok", "ok", "'Flow' left the finite numbers at 1 Week"]),
        },
    )


# By hand: areas under straight lines, 2.5 + 4 + 6 = 12.5 and 1 + 4 + 1.5 = 6.5, over 4 weeks.
WHOLE = {
    "initial": (4, 0),
    "final": (9, 1),
    "minimum": (1, 0),
    "maximum": (9, 2),
    "total": (12.5, 6.5),
    "mean": (3.125, 1.625),
    "time of minimum": (1, 0),
    "time of maximum": (4, 1),
}
# From 1 to 3, both ends included: areas 4 and 4.
WINDOW = {
    "initial": (1, 2),
    "final": (3, 2),
    "minimum": (1, 2),
    "maximum": (3, 2),
    "total": (4, 4),
    "mean": (2, 2),
    "time of minimum": (1, 1),
    "time of maximum": (3, 1),
}


def test_every_statistic_has_an_answer_worked_out_by_hand() -> None:
    known = {name for part in get_args(ExpectedStatistic) for name in (get_args(part) or (part,))}
    assert set(WHOLE) == set(WINDOW) == known


@pytest.mark.parametrize("statistic", WHOLE)
def test_a_statistic_of_the_whole_run(behaviour: xr.Dataset, statistic: str) -> None:
    np.testing.assert_array_equal(statistic_of(behaviour, "Flow", statistic)[:2], WHOLE[statistic])


@pytest.mark.parametrize("statistic", WINDOW)
def test_a_statistic_of_a_window(behaviour: xr.Dataset, statistic: str) -> None:
    found = statistic_of(behaviour, "Flow", statistic, begins=1, ends=3)
    np.testing.assert_array_equal(found[:2], WINDOW[statistic])


@pytest.mark.parametrize(("begins", "ends", "total"), [(None, 1, 2.5), (3, None, 6.0), (1, 1, 0.0)])
def test_a_window_may_be_open_or_a_single_time(
    behaviour: xr.Dataset, begins: float | None, ends: float | None, total: float
) -> None:
    assert statistic_of(behaviour, "Flow", "total", begins=begins, ends=ends)[0] == total


def test_the_mean_of_a_single_time_is_its_value(behaviour: xr.Dataset) -> None:
    assert statistic_of(behaviour, "Flow", "mean", begins=3, ends=3)[0] == 3


def test_the_order_of_the_dimensions_does_not_matter(behaviour: xr.Dataset) -> None:
    turned = behaviour.transpose("time", "member")
    np.testing.assert_array_equal(statistic_of(turned, "Flow", "final")[:2], WHOLE["final"])


# Flow is 4, 1, 3, ... at the times 0, 1, 3 and 4.
@pytest.mark.parametrize(
    ("statistic", "begins", "ends", "expected"),
    [
        ("total", 0.2, 0.6, 0.4 * (3.4 + 2.2) / 2),
        ("mean", 0.2, 0.6, (3.4 + 2.2) / 2),
        ("total", 0.5, 2.0, 0.5 * (2.5 + 1.0) / 2 + 1.0 * (1.0 + 2.0) / 2),
        ("mean", 1.5, 1.5, 1.5),
    ],
)
def test_a_window_between_the_saved_times_is_on_the_straight_line(
    behaviour: xr.Dataset, statistic: str, begins: float, ends: float, expected: float
) -> None:
    found = statistic_of(behaviour, "Flow", statistic, begins=begins, ends=ends)[0]
    assert found == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize(("begins", "ends"), [(5, 9), (3, 4.5), (-1, 2), (3, 2)])
def test_a_window_outside_of_the_run_is_an_error_with_its_span(
    behaviour: xr.Dataset, begins: float, ends: float
) -> None:
    message = (
        rf"^The run has no window from {begins} to {ends}\.\n    The run lasts from 0 to 4\.\n"
        r"Move the window, or lengthen the run\.$"
    )
    with pytest.raises(InputError, match=message):
        statistic_of(behaviour, "Flow", "mean", begins=begins, ends=ends)


def test_an_extreme_needs_a_saved_time_in_its_window(behaviour: xr.Dataset) -> None:
    with pytest.raises(
        InputError, match=r"^No saved time lies between 0\.2 and 0\.6\.\n    'maximum' is taken"
    ):
        statistic_of(behaviour, "Flow", "maximum", begins=0.2, ends=0.6)


def test_an_unknown_statistic_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="statistic is 'median'; it must be one of 'initial', 'final'"):
        Reduction(variable="Flow", statistic="median")


def test_the_ends_of_a_window_belong_to_it_in_spite_of_rounding(hotline: Entry) -> None:
    """With steps of 0.1 the fourth time is 0.30000000000000004, which everybody calls 0.3."""
    how = Integration(time_step=0.1, save_period=0.1, final_time=1.0)
    found = simulate(hotline, integration=how, outputs=["Arrival"])
    assert float(found["time"][3]) != 0.3
    assert statistic_of(found, "Arrival", "total", ends=0.3)[0] == pytest.approx(7.5, rel=1e-12)


def outcome(statistic: str, variable: str = "Flow", **more: object) -> Outcome:
    return Outcome(
        id=statistic.replace(" ", "_"),
        title=TEXT,
        variable=variable,
        statistic=statistic,
        better="lower",
        **more,
    )


@pytest.mark.parametrize(
    ("statistic", "unit"),
    [("final", "order/Week"), ("mean", "order/Week"), ("total", "order"), ("time of maximum", "Week")],
)
def test_an_outcome_has_its_unit(behaviour: xr.Dataset, statistic: str, unit: str) -> None:
    assert set(measure(behaviour, [outcome(statistic)])["unit"]) == {unit}


@pytest.mark.parametrize(
    ("units", "expected"), [("order", "order*Week"), ("order/Month", "order/Month*Week"), ("1/Week", "1")]
)
def test_the_unit_of_a_total_is_multiplied_by_time(behaviour: xr.Dataset, units: str, expected: str) -> None:
    behaviour["Flow"].attrs["units"] = units
    assert set(measure(behaviour, [outcome("total")])["unit"]) == {expected}


def test_members_that_failed_are_not_measured(behaviour: xr.Dataset) -> None:
    table = measure(behaviour, [outcome("final"), outcome("total", begins=1.0)])
    assert list(table.columns) == ["scenario", "policy", "sample", "outcome", "unit", "value"]
    assert list(table["outcome"]) == ["final", "final", "total", "total"]
    assert list(table["value"]) == [9, 1, 10, 5.5]


def test_no_outcome_is_an_empty_table(behaviour: xr.Dataset) -> None:
    table = measure(behaviour, [])
    assert table.empty
    assert "value" in table.columns


def test_a_summary_has_the_median_and_the_middle_nine_tenths() -> None:
    rows = [("normal", "later", n, "burden", "order", float(n)) for n in range(21)]
    rows += [("normal", "baseline", n, "burden", "order", 7.0) for n in range(3)]
    columns = ["scenario", "policy", "sample", "outcome", "unit", "value"]
    summary = summarise(pd.DataFrame(rows, columns=columns))
    assert list(summary.columns) == [
        "scenario", "policy", "outcome", "unit", "median", "low", "high", "members",
    ]  # fmt: skip
    assert list(summary["policy"]) == ["later", "baseline"]  # in the order in which they were run
    later = summary.iloc[0]
    assert (later["median"], later["low"], later["high"], later["members"]) == (10, 1, 19, 21)


def test_outcomes_of_a_run_are_those_of_its_values(hotline: Entry) -> None:
    found = simulate(hotline, {"Handling Time": 4.0}, policy=["baseline", "later"])
    table = measure(found, [outcome("maximum", "Backlog"), outcome("mean", "Backlog", begins=10.0)])
    assert table["value"].iloc[0] == found["Backlog"].values[0].max()
    window = found["Backlog"].values[1, 10:]
    # A mean of straight lines: both ends count half. Summed in another order, so rounded differently.
    assert table["value"].iloc[3] == pytest.approx(
        (window.sum() - (window[0] + window[-1]) / 2) / 10, rel=1e-12
    )


def test_an_outcome_may_spell_its_variable_in_any_way(make_hotline: Callable[..., Entry]) -> None:
    """The manifest accepts any spelling of a name (``catalogue.agreement``), so measuring must."""
    table = '[[outcome]]\nid = "b"\ntitle = { en = "B", zh = "积压" }\n'
    table += 'variable = "backlog"\nstatistic = "final"\nbetter = "lower"\n\n[[unit]]'
    entry = make_hotline(manifest=("[[unit]]", table))
    found = simulate(entry)
    assert list(measure(found, entry.outcomes)["value"]) == [found["Backlog"].values[0, -1]]


def test_a_statistic_of_an_unknown_variable_is_answered_with_the_nearest(behaviour: xr.Dataset) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'Flow'"):
        statistic_of(behaviour, "Flw", "final")
