import numpy as np
import pytest
from matplotlib.figure import Figure

from sdmodels.figures.scales import PlainNumbers, exponent_of, fit_values, limits


def test_an_axis_of_non_negative_values_starts_at_zero():
    assert limits(np.array([40.0, 100.0])) == (0.0, 105.0)


def test_an_axis_of_non_positive_values_ends_at_zero():
    assert limits(np.array([-40.0, -100.0])) == (-105.0, 0.0)


def test_an_axis_does_not_start_at_zero_where_the_variation_would_be_invisible():
    low, high = limits(np.array([1000.0, 1010.0]))
    assert 990 < low < 1000
    assert 1010 < high < 1020


def test_a_constant_is_shown_against_zero():
    assert limits(np.full(3, 300.0)) == (0.0, 315.0)
    assert limits(np.full(3, -300.0)) == (-315.0, 0.0)


def test_rounding_noise_counts_as_constant():
    assert limits(300 + 1e-9 * np.arange(3))[0] == 0.0


def test_values_of_both_signs_are_all_inside():
    assert limits(np.array([-10.0, 30.0])) == (-12.0, 32.0)


def test_the_margin_does_not_reach_beyond_an_uncrossed_zero():
    assert limits(np.array([0.5, 30.0]), from_zero=False)[0] == 0.0


@pytest.mark.parametrize("values", [[], [0.0, 0.0], [np.nan, np.nan]])
def test_without_anything_to_scale_an_axis_runs_to_one(values):
    assert limits(np.array(values)) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("size", "exponent"),
    [(1.0, 0), (999_999.0, 0), (1e6, 6), (3.2e9, 9), (0.02, 0), (0.002, -3), (2e-7, -9 + 2)],
)
def test_an_axis_counts_in_powers_of_ten_where_numbers_would_be_long(size, exponent):
    expected = 3 * (exponent // 3)
    assert exponent_of((0.0, size)) == expected


def labels(ticks, **options):
    return PlainNumbers(**options).format_ticks(ticks)


def test_ticks_have_as_many_decimals_as_they_need_and_no_more():
    assert labels([0, 0.25, 0.5]) == ["0.00", "0.25", "0.50"]
    assert labels([0, 0.5, 1.0]) == ["0.0", "0.5", "1.0"]
    assert labels([0, 1000, 2000]) == ["0", "1,000", "2,000"]
    assert labels([0.9051, 0.9052]) == ["0.9051", "0.9052"]


def test_ticks_that_differ_never_look_alike():
    assert len(set(labels(1e5 + 0.001 * np.arange(4)))) == 4


def test_a_negative_zero_is_zero_and_a_minus_is_a_minus():
    assert labels([-1.0, -0.0, 1.0]) == ["−1", "0", "1"]


def test_ticks_are_written_in_the_power_of_ten_of_the_axis():
    assert labels([0, 5e8, 1e9], exponent=9) == ["0.0", "0.5", "1.0"]


def test_years_have_no_separator():
    assert labels([2019, 2020], separator="") == ["2019", "2020"]


def test_one_tick_or_none_can_be_written():
    assert PlainNumbers()(1234.0) == "1,234"
    assert labels([]) == []


def test_an_axis_is_logarithmic_where_one_branch_runs_away() -> None:
    panel = Figure().subplots()
    assert fit_values(panel, np.array([3000.0, 4000.0, 40_000.0])) == 0
    assert panel.get_yscale() == "log"
    low, high = panel.get_ylim()
    assert low < 3000 < 40_000 < high
    # 1, 2 and 5 of each power: no tick between, and every label a plain number.
    labels = panel.yaxis.get_major_formatter().format_ticks([5000, 10_000, 20_000])
    assert labels == ["5,000", "10,000", "20,000"]


@pytest.mark.parametrize("values", [[1.0, 7.9], [0.0, 100.0], [-1.0, 100.0], [np.nan]])
def test_an_axis_is_straight_where_values_are_close_or_reach_zero(values: list[float]) -> None:
    panel = Figure().subplots()
    fit_values(panel, np.array(values))
    assert panel.get_yscale() == "linear"
