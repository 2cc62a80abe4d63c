from collections.abc import Callable

import numpy as np
import pytest

from sdmodels.engine import interpreter
from sdmodels.engine.lowering import lower
from sdmodels.engine.trajectories import periodic_steps
from sdmodels.structure.expression import TIME, Arithmetic, Call, Number, Reference
from sdmodels.structure.model import Auxiliary, Equation, Model, TimeSpec

Courses = Callable[..., list[np.ndarray]]


def test_the_trend_of_exponential_growth_is_its_rate(courses: Courses) -> None:
    """A smooth of input^(g t) is a constant share of it from the start if the initial trend is g."""
    equations = "S = INTEG(0.03 * S, 2)\nT = TREND(S, 5, 0.03)"
    (trend,) = courses(equations, "T", final=40)
    np.testing.assert_allclose(trend, 0.03, rtol=1e-12)


def test_a_trend_without_change_is_zero_and_an_initial_trend_dies_out(courses: Courses) -> None:
    (flat,) = courses("T = TREND(7, 5, 0)", "T")
    np.testing.assert_array_equal(flat, 0.0)
    # AV starts at x / (1 + r tau) and closes 1/tau of its gap each step.
    (trend,) = courses("T = TREND(7, 5, 0.1)", "T", final=3)
    average = 7 - (7 - 7 / 1.5) * 0.8 ** np.arange(4)
    np.testing.assert_allclose(trend, (7 - average) / (5 * average), rtol=1e-12)


def test_a_forecast_runs_the_trend_on(courses: Courses) -> None:
    equations = "S = INTEG(0.03 * S, 2)\nT = TREND(S, 5, 0)\nF = FORECAST(S, 5, 10)"
    level, trend, forecast = courses(equations, "S", "T", "F", final=40)
    np.testing.assert_allclose(forecast, level * (1 + 10 * trend), rtol=1e-12)
    assert forecast[0] == 2.0


def test_a_sample_stays_until_the_condition_holds_again(courses: Courses) -> None:
    equations = "X = SAMPLE IF TRUE(MODULO(Time, 3) = 2, Time * 10, -1)"
    (sample,) = courses(equations, "X", final=9)
    np.testing.assert_array_equal(sample, [-1, -1, 20, 20, 20, 50, 50, 50, 80, 80])


@pytest.mark.parametrize("method", ["euler", "rk4"])
def test_a_fixed_delay_hands_out_what_went_in(courses: Courses, method: str) -> None:
    (delayed,) = courses("X = DELAY FIXED(Time ^ 2, 3, -5)", "X", final=8, step=0.5, method=method)
    times = np.arange(17) * 0.5
    np.testing.assert_allclose(delayed, np.where(times < 3, -5.0, (times - 3) ** 2), rtol=1e-14)


def test_a_fixed_delay_may_lie_in_a_loop_and_keeps_its_first_delay_time(courses: Courses) -> None:
    equations = "A = 1 + DELAY FIXED(A, 2 + STEP(5, 3), 0)"
    (looped,) = courses(equations, "A", final=8)
    np.testing.assert_array_equal(looped, [1, 1, 2, 2, 3, 3, 4, 4, 5])


def test_a_trend_or_fixed_delay_may_leave_out_its_initial_value(courses: Courses) -> None:
    """XMILE allows it; PySD's grammar of Vensim does not, so the calls are made by hand."""
    early, wave = Reference("Early"), Arithmetic("+", TIME, Number(5.0))
    model = Model(
        name="xmile",
        variables={
            "Early": Auxiliary(name="Early", equations=(Equation(expression=wave),)),
            "X": Auxiliary(
                name="X", equations=(Equation(expression=Call("DELAY FIXED", (early, Number(2.0)))),)
            ),
            "T": Auxiliary(name="T", equations=(Equation(expression=Call("TREND", (early, Number(4.0)))),)),
        },
        time=TimeSpec(initial_time=0, final_time=4, time_step=1, save_period=1),
    )
    program = lower(model, outputs=["X", "T"])
    found = interpreter.integrate(program, np.empty((0, 1)), steps=periodic_steps(program)).values
    np.testing.assert_array_equal(found[0, :, 0], [5, 5, 5, 6, 7])
    assert found[1, 0, 0] == 0.0
    assert (found[1, 1:, 0] > 0).all()


def test_the_previous_value_is_that_of_the_last_step(courses: Courses) -> None:
    (previous,) = courses("X = PREVIOUS(Time, -3)", "X", final=2, step=0.5)
    np.testing.assert_array_equal(previous, [-3, 0, 0.5, 1.0, 1.5])


def test_the_net_present_value_is_the_sum_of_discounted_payments(courses: Courses) -> None:
    (value,) = courses("X = NPV(100, 0.04, -50, 1)", "X", final=20, step=0.5)
    payments = 100 * 0.5 / (1 + 0.04 * 0.5) ** np.arange(41)
    np.testing.assert_allclose(value, -50 + np.cumsum(payments), rtol=1e-12)


def test_a_delay_with_less_room_than_stages_has_fewer(courses: Courses) -> None:
    equations = (
        "In = STEP(4, 2)\nA = DELAY N(In, 1.25, 0, 3)\nB = DELAY N(In, 1.25, 0, 2)\nC = DELAY1(In, 1.25)"
    )
    three, two, one = courses(equations, "A", "B", "C", step=0.5)
    np.testing.assert_array_equal(three, two)
    assert np.abs(three - one).max() > 0.5


def test_a_third_order_delay_keeps_its_stages_however_short_they_are(courses: Courses) -> None:
    """Each stage of 2/3 of a step lets out one and a half times what it has."""
    (late,) = courses("Late = DELAY3(Time, 2)", "Late", final=7)
    np.testing.assert_allclose(late, [0, 0, 0, 0, 27 / 8, 27 / 16, 81 / 16, 135 / 32], rtol=1e-12)


def test_a_delay_time_that_changes_does_not_change_the_number_of_stages(courses: Courses) -> None:
    equations = "In = STEP(4, 2)\nLong = 6 - STEP(5.5, 4)\nA = DELAY N(In, Long, 0, 3)"
    late, time = courses(equations, "A", "Long", final=3)
    (fixed,) = courses("A = DELAY N(STEP(4, 2), 6, 0, 3)", "A", final=3)
    assert (time == 6).all()
    np.testing.assert_array_equal(late, fixed)


def test_pysd_comes_to_the_same_numbers(courses: Courses, oracle: Courses) -> None:
    equations = (
        "Wave = 3 + 2 * SIN(Time / 3)\nA = TREND(Wave, 4, 0.1)\nB = FORECAST(Wave, 4, 6)\n"
        "C = SAMPLE IF TRUE(Wave > 4, Wave, -1)\nD = DELAY FIXED(Wave, 3.5, 2)\nE = DELAY N(Wave, 0.6, 2, 3)"
    )
    names = ("A", "B", "C", "D", "E")
    found = courses(equations, *names, final=30, step=0.25)
    expected = oracle(equations, *names, final=30, step=0.25)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)
