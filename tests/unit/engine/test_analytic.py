"""Both evaluators against solutions that can be written down."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from sdmodels.engine.lowering import lower
from sdmodels.engine.program import Program
from sdmodels.engine.trajectories import Trajectories
from sdmodels.structure.expression import (
    Arithmetic,
    Call,
    Expression,
    LookupCall,
    Number,
    Reference,
    Table,
)
from sdmodels.structure.model import Auxiliary, Equation, Model, TimeSpec

Series = Callable[..., np.ndarray]

# A few hundred additions and products, each rounded to 2^-53 of its value.
ROUNDING = 1e-12
DECAY = "Level = INTEG(-Level / Delay, 100)\nDelay = 4"


@pytest.mark.parametrize("step", [1, 0.25, 0.125])
def test_euler_gives_the_exact_solution_of_the_difference_equation(series: Series, step: float) -> None:
    found = series(DECAY, "Level", final=20, step=step)
    n = np.arange(found.size)
    np.testing.assert_allclose(found, 100 * (1 - step / 4) ** n, rtol=ROUNDING)


def test_runge_kutta_gives_the_exact_solution_of_its_difference_equation(series: Series) -> None:
    found = series(DECAY, "Level", final=20, step=0.5, method="rk4")
    z = -0.5 / 4
    factor = 1 + z + z**2 / 2 + z**3 / 6 + z**4 / 24
    np.testing.assert_allclose(found, 100 * factor ** np.arange(found.size), rtol=ROUNDING)


OSCILLATION = """
Position = INTEG(Speed, 1)
Speed = INTEG(-Position + 0.3 * SIN(Time), 0)
"""


def _exact_position(time: float) -> float:
    # x'' = -x + 0.3 sin t, x(0) = 1, x'(0) = 0
    return math.cos(time) + 0.15 * (math.sin(time) - time * math.cos(time))


@pytest.mark.parametrize(("method", "order"), [("euler", 1), ("rk4", 4)])
def test_the_error_shrinks_with_the_order_of_the_method(series: Series, method: str, order: int) -> None:
    widths = np.array([2.0**-5, 2.0**-6, 2.0**-7])
    errors = [
        abs(series(OSCILLATION, "Position", final=5, step=width, method=method)[-1] - _exact_position(5))
        for width in widths
    ]
    slope = np.polyfit(np.log(widths), np.log(errors), 1)[0]
    # The next term of the error is a width (at most 1/32) smaller: it moves the slope by a few hundredths.
    assert slope == pytest.approx(order, abs=0.1)


def test_time_is_right_inside_the_stages_of_runge_kutta(series: Series) -> None:
    """Simpson's rule, which Runge-Kutta is for a flow of time alone, is exact for a cubic."""
    found = series("Level = INTEG(Time * Time * Time, 0)", "Level", final=4, step=0.5, method="rk4")
    np.testing.assert_allclose(found, np.arange(0, 4.25, 0.5) ** 4 / 4, rtol=ROUNDING)


def test_euler_takes_a_flow_at_the_beginning_of_the_step(series: Series) -> None:
    np.testing.assert_array_equal(series("Level = INTEG(Time, 0)", "Level", final=4), [0, 0, 1, 3, 6])


@pytest.mark.parametrize(
    ("equation", "expected"),
    [
        ("STEP(5, 3)", [0, 0, 0, 5, 5, 5, 5, 5]),
        ("RAMP(2, 3, 5)", [0, 0, 0, 0, 2, 4, 4, 4]),
        ("PULSE(2, 3)", [0, 0, 1, 1, 1, 0, 0, 0]),
        ("PULSE(2, 0)", [0, 0, 1, 0, 0, 0, 0, 0]),  # at least one time step
        ("PULSE(2.4, 1)", [0, 0, 1, 0, 0, 0, 0, 0]),  # begins at the nearest step, as in Vensim's manual
        ("STEP(1, 2.6)", [0, 0, 0, 1, 1, 1, 1, 1]),
        ("PULSE TRAIN(1, 1, 3, 7)", [0, 1, 0, 0, 1, 0, 0, 0]),
        ("PULSE TRAIN(1, 2, 3, 5)", [0, 1, 1, 0, 1, 0, 0, 0]),
        (
            "PULSE TRAIN(1, 0.1, 3, 7)",
            [0, 1, 0, 0, 1, 0, 0, 0],
        ),  # at least one time step, as in Vensim's manual
        ("XIDZ(1, Time - 3, 9)", [-1 / 3, -1 / 2, -1, 9, 1, 1 / 2, 1 / 3, 1 / 4]),
        ("ZIDZ(6, Time)", [0, 6, 3, 2, 6 / 4, 6 / 5, 1, 6 / 7]),
        ("XIDZ(1, Time * 1e-7, 9)", [9] * 8),  # below a millionth a denominator is zero
        ("MODULO(Time, 3)", [0, 1, 2, 0, 1, 2, 0, 1]),
        ("QUANTUM(Time * 0.9, 2)", [0, 0, 0, 2, 2, 4, 4, 6]),
        ("QUANTUM(Time, 0)", [0, 1, 2, 3, 4, 5, 6, 7]),
        ("INTEGER(Time / 2 - 2)", [-2, -1, -1, 0, 0, 0, 1, 1]),
        ("LOG(8 + 0 * Time, 2)", [3] * 8),
        ("POWER(Time, 2)", [0, 1, 4, 9, 16, 25, 36, 49]),
        ("TANH(Time)", [math.tanh(t) for t in range(8)]),
        ("SINH(Time)", [math.sinh(t) for t in range(8)]),
        ("COSH(Time)", [math.cosh(t) for t in range(8)]),
        ("SIN(PI() * Time / 2)", [0, 1, 0, -1, 0, 1, 0, -1]),
        ("IF THEN ELSE(Time > 3 :AND: Time <= 5, 1, 0)", [0, 0, 0, 0, 1, 1, 0, 0]),
        ("IF THEN ELSE(:NOT: (Time = 3), 1, 0)", [1, 1, 1, 0, 1, 1, 1, 1]),
        ("INITIAL(Time + 4) + Time", [4, 5, 6, 7, 8, 9, 10, 11]),
        ("WITH LOOKUP(Time, ((1,10),(3,30),(5,0)))", [10, 10, 20, 30, 15, 0, 0, 0]),
        ("TIME STEP + FINAL TIME + INITIAL TIME + SAVEPER", [9] * 8),
    ],
)
def test_a_function_of_time_takes_its_values(series: Series, equation: str, expected: list[float]) -> None:
    # 1e-12 for LOG, TANH and SIN(PI), which come out of rounded series; all others are exact.
    np.testing.assert_allclose(series(f"y = {equation}", "y", final=7), expected, rtol=ROUNDING, atol=1e-12)


@pytest.mark.parametrize(("step", "start"), [(0.1, 0.3), (0.1, 0.7), (0.125, 0.375)])
def test_step_and_pulse_hit_their_step_in_spite_of_rounding(
    series: Series, step: float, start: float
) -> None:
    times = np.round(np.arange(0, 10 + step / 2, step), 10)
    found = series(f"y = STEP(1, {start}) + PULSE(4, 2)", "y", step=step)
    np.testing.assert_array_equal(found, 1.0 * (times >= start) + ((times >= 4) & (times < 6)))


@pytest.mark.parametrize(
    "function", ["SMOOTH(input, 4)", "SMOOTH3(input, 6)", "DELAY1(input, 4)", "DELAY3(input, 6)"]
)
def test_a_delay_at_rest_stays_at_rest(series: Series, function: str) -> None:
    found = series(f"input = 7 + 0 * Time\ny = {function}", "y", final=30, step=0.25)
    np.testing.assert_allclose(found, 7, rtol=ROUNDING)


@pytest.mark.parametrize(
    "function",
    [
        "SMOOTH(input, 2)",
        "SMOOTH3(input, 3)",
        "DELAY1(input, 2)",
        "DELAY3(input, 3)",
        "DELAY N(input, 3, 0, 5)",
    ],
)
def test_a_delay_arrives_at_its_input(series: Series, function: str) -> None:
    found = series(f"input = STEP(10, 1)\ny = {function}", "y", final=60, step=0.125)
    # 60 units are 20 delay times: what is missing is below 10 * e^-20 times a polynomial.
    assert found[0] == 0
    assert found[-1] == pytest.approx(10, abs=1e-4)
    assert np.all(np.diff(found) >= -1e-12)


@pytest.mark.parametrize("function", ["DELAY1(input, 2)", "DELAY3(input, 3)", "DELAY N(input, 3, 0, 4)"])
def test_a_material_delay_loses_nothing(series: Series, function: str) -> None:
    model = f"input = PULSE(1, 2) * 5\noutput = {function}\nTotal = INTEG(output, 0)"
    # In 60 units a delay of 3 keeps e^-20 or less of the 10 that went in, times a polynomial.
    assert series(model, "Total", final=60, step=0.125)[-1] == pytest.approx(10, abs=1e-4)


def test_a_third_order_smooth_is_three_smooths_of_a_third_of_the_time(series: Series) -> None:
    by_hand = "a = SMOOTH(input, 2)\nb = SMOOTH(a, 2)\nc = SMOOTH(b, 2)\n"
    model = f"input = STEP(4, 2)\n{by_hand}y = SMOOTH3(input, 6)"
    np.testing.assert_array_equal(series(model, "y", step=0.25), series(model, "c", step=0.25))


def test_a_smooth_follows_its_difference_equation(series: Series) -> None:
    found = series("y = SMOOTHI(10 + 0 * Time, 4, 2)", "y", final=20, step=0.5)
    np.testing.assert_allclose(found, 10 - 8 * (1 - 0.5 / 4) ** np.arange(found.size), rtol=ROUNDING)


def test_stocks_may_start_from_one_another_and_from_auxiliaries(series: Series) -> None:
    model = "A = INTEG(1, B * 2)\nB = INTEG(1, C + 1)\nC = D * 3\nD = 4\nE = A + B"
    np.testing.assert_array_equal(series(model, "E", final=2), [39, 41, 43])


def test_a_run_without_a_step_gives_the_initial_values(series: Series) -> None:
    np.testing.assert_array_equal(series("A = INTEG(1, 5)", "A", final=0, save=1), [5])


def test_a_model_without_stocks_runs(series: Series) -> None:
    np.testing.assert_array_equal(series("A = Time * 2", "A", final=3), [0, 2, 4, 6])


LEVEL = Table((1.0,), (10.0,))
SLOPE = Table((0.0, 2.0), (10.0, 30.0))


def read_at(evaluate: Callable, table: Table, argument: Expression) -> float:
    """Return what a run reads from a table; PySD cannot parse one of a single point, so no file is read."""
    variable = Auxiliary(name="y", equations=(Equation(expression=LookupCall(table, argument)),))
    time = TimeSpec(initial_time=0, final_time=0, time_step=1, save_period=1)
    program = lower(Model(name="table", variables={"y": variable}, time=time))
    return float(evaluate(program).values[0, 0, 0])


@pytest.mark.parametrize("table", [LEVEL, SLOPE], ids=["one point", "two points"])
def test_a_table_hands_not_a_number_on(evaluate: Callable, table: Table) -> None:
    """As folding does (``structure.evaluation.read_table``): what is lost must be seen."""
    lost = Call("SQRT", (Arithmetic("-", Number(-1.0), Reference("Time")),))
    assert math.isnan(read_at(evaluate, table, lost))


@pytest.mark.parametrize("shift", [-9.0, 1.0, 9.0])
def test_a_table_of_one_point_is_level(evaluate: Callable, shift: float) -> None:
    assert read_at(evaluate, LEVEL, Arithmetic("+", Reference("Time"), Number(shift))) == 10


def test_what_depends_on_a_stock_alone_follows_it_when_its_initial_value_is_given(
    program_of: Callable[..., Program], evaluate: Callable[..., Trajectories]
) -> None:
    program = program_of(
        "Share = 0.3\nBirths = Share * People\nPeople = INTEG(Births, 5)",
        inputs=("People",),
        outputs=("People", "Births"),
        final=4,
    )
    expected = np.multiply.outer(1.3 ** np.arange(5), [5.0, 10.0])
    values = evaluate(program, {"People": [5.0, 10.0]}).values
    np.testing.assert_allclose(values, [expected, 0.3 * expected], rtol=1e-14)
