"""What observations measure is what the exact solution of the discrete scheme says."""

import numpy as np
import pytest
from tank import SAVED, STEP, levels, observable

from sdmodels.calibration.calendar import Span
from sdmodels.calibration.objective import objective_of
from sdmodels.calibration.quantities import Quantities, Quantity, Wanted, rivals_of
from sdmodels.calibration.tables import Observable
from sdmodels.engine.reductions import Reduction
from sdmodels.errors import CalibrationError

LOSS, FILLED = 0.13, 140.0


def observable_of(among):
    title = {"en": "O", "zh": "观"}
    return Observable(id="flood", title=title, formula="Level", statistic="peak", unit="", among=among)


def measured(make_case, statistic, when, more="", unit=""):
    """Return what the model says of the level under one statistic."""
    noise = ",peak" if statistic == "peak" else "1,normal"
    added = observable(
        "more", "Level", statistic, unit or {"total": "litre*Day", "mean": "litre"}.get(statistic, ""), more
    )
    case = make_case(rows=("water,9,1,normal,1,s,", f"more,{when},{noise},1,s,"), added=added)
    return objective_of(case).model_at(np.array([[LOSS], [FILLED]]))[1:, 0]


def total(begins, ends):
    """Return the integral of straight lines between saved times, both ends being saved times."""
    times = np.arange(begins, ends + SAVED / 2, SAVED)
    return np.trapezoid(levels(LOSS, FILLED, times), times)


def test_a_value_is_that_of_euler_s_method(make_case):
    rows = ("water,0,1,normal,1,s,", "water,2.5,1,normal,1,s,", "water,7,1,normal,1,s,")
    found = objective_of(make_case(rows=rows)).model_at(np.array([[LOSS], [FILLED]]))[:, 0]
    # Rounding of 28 steps.
    np.testing.assert_allclose(found, FILLED * (1 - LOSS * STEP) ** np.array([0, 10, 28]), rtol=1e-14)


def test_a_value_comes_near_the_decay_of_the_differential_equation(make_case):
    exact = FILLED * np.exp(-LOSS * 2)
    errors = []
    for step in (0.25, 0.125):
        case = make_case(("model = ", f"time_step = {step}\nmodel = "), rows=("water,2,1,normal,1,s,",))
        errors.append(objective_of(case).model_at(np.array([[LOSS], [FILLED]]))[0, 0] - exact)
    # Euler's method is of first order: half the step, half the error, but for 1 % of higher orders.
    assert errors[0] / errors[1] == pytest.approx(2, rel=0.02)


def test_a_value_between_saved_times_is_on_the_straight_line(make_case):
    rows = ("water,2.3,1,normal,1,s,", "water,4,1,normal,1,s,")
    found = objective_of(make_case(rows=rows)).model_at(np.array([[LOSS], [FILLED]]))[0, 0]
    before, after = levels(LOSS, FILLED, [2, 2.5])
    # Rounding.
    assert found == pytest.approx(before + 0.6 * (after - before), rel=1e-13)


def test_a_total_is_the_integral_between_saved_times(make_case):
    # Rounding of sums.
    assert measured(make_case, "total", "1/6") == pytest.approx([total(1, 6)], rel=1e-13)


def test_a_mean_is_the_total_by_the_length(make_case):
    assert measured(make_case, "mean", "1/6") == pytest.approx([total(1, 6) / 5], rel=1e-13)


def test_growth_is_the_total_against_the_one_before(make_case):
    # Of a decay every window is the same factor smaller than the one before.
    expected = (1 - LOSS * STEP) ** (3 / STEP)
    assert measured(make_case, "growth", "3/6") == pytest.approx([expected], rel=1e-13)
    assert measured(make_case, "growth", "5/8") == pytest.approx([expected], rel=1e-13)


def test_a_peak_is_the_total_against_each_of_its_rivals(make_case):
    window = (1 - LOSS * STEP) ** (3 / STEP)
    found = measured(make_case, "peak", "3/6", 'among = "0/12"')
    np.testing.assert_allclose(found, [window, 1 / window, window**-2], rtol=1e-13)


def test_the_years_of_a_calendar_are_rivals_though_their_lengths_differ(make_case):
    case = make_case(
        ("model = ", 'starts = "2019-01-01"\nmodel = '), rows=("water,2019-01-05,1,normal,1,s,",)
    )
    flood = observable_of("2019/2021")
    year = case.calendar.span("2020")
    assert rivals_of(flood, year, case.calendar) == [case.calendar.span("2019"), case.calendar.span("2021")]


def test_other_windows_of_the_same_length_are_rivals(tank):
    found = rivals_of(observable_of("1/7"), Span(begins=3, ends=5), tank.calendar)
    assert found == [Span(begins=1.0, ends=3.0), Span(begins=5.0, ends=7.0)]


@pytest.mark.parametrize(
    ("among", "span", "message"),
    [
        ("1/7", Span(begins=2, ends=4), "the peak is sought in '1/7', which has no such window"),
        ("1/3", Span(begins=1, ends=3), "the peak is sought in '1/3', which has no other window"),
    ],
)
def test_a_peak_without_its_window_or_rivals_is_refused(tank, among, span, message):
    with pytest.raises(CalibrationError, match=f"^{message}$"):
        rivals_of(observable_of(among), span, tank.calendar)


def test_the_same_window_is_reduced_once(make_case):
    added = observable("all", "Level", "total", "litre*Day") + observable("more", "Level", "growth", "")
    case = make_case(
        rows=("water,2,1,normal,1,s,", "all,3/6,1,normal,1,s,", "more,3/6,1,normal,1,s,"), added=added
    )
    wanted = Wanted(case.calendar)
    places = [wanted.add(o.observable, o.span) for o in (*case.observations, *case.observations)]
    found = wanted.quantities()
    assert [place for (place,) in places] == list(range(6))
    # The value, the total, and of growth two totals of its own: each observable is a variable of its own.
    assert len(found.reductions) == 4
    assert found.each[:3] == found.each[3:]


def test_slopes_of_a_quotient_are_those_of_the_quotient():
    reductions = tuple(Reduction(variable=name, statistic="total") for name in "ab")
    quantities = Quantities(reductions=reductions, each=(Quantity(taken=0), Quantity(taken=0, divided=1)))
    reduced, slopes = np.array([[6.0], [3.0]]), np.array([[[1.0], [0.0]], [[2.0], [5.0]]])
    np.testing.assert_array_equal(quantities.of(reduced), [[6.0], [2.0]])
    # (a / b)' = (a' - a / b * b') / b
    np.testing.assert_array_equal(quantities.slopes_of(reduced, slopes)[:, :, 0], [[1, 0], [-1, -10 / 3]])


def test_growth_from_nothing_is_no_number_and_no_warning():
    reductions = tuple(Reduction(variable=name, statistic="total") for name in "ab")
    quantities = Quantities(reductions=reductions, each=(Quantity(taken=0, divided=1),))
    nothing = np.zeros((2, 1))
    assert np.isnan(quantities.of(nothing)).all()
    assert np.isnan(quantities.slopes_of(nothing, np.ones((2, 1, 1)))).all()
