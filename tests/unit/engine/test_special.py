from collections.abc import Callable, Sequence

import numpy as np
import pytest
from scipy import special

from sdmodels.engine import interpreter
from sdmodels.engine.lowering import lower
from sdmodels.engine.trajectories import final_step
from sdmodels.errors import StructureError
from sdmodels.structure.model import Model

Courses = Callable[..., list[np.ndarray]]
Applied = Callable[[str, Sequence[float]], np.ndarray]


@pytest.fixture
def applied(read_model: Callable[..., Model]) -> Applied:
    """Return what a formula of X comes to, one member for each X."""

    def apply(formula: str, xs: Sequence[float]) -> np.ndarray:
        program = lower(read_model(f"X = 1\nA = {formula}"), inputs=["X"], outputs=["A"])
        inputs = np.array([xs], float)
        return interpreter.integrate(program, inputs, steps=final_step(program)).values[0, 0]

    return apply


def test_the_logarithm_of_gamma(applied: Applied) -> None:
    xs = [1e-8, 0.1, 0.4999, 0.5, 1, 1.5, 2, 3.3, 10, 55.5, 170, 1e5]
    # Absolute near its zeros at 1 and 2.
    np.testing.assert_allclose(applied("GAMMA LN(X)", xs), special.gammaln(xs), rtol=2e-15, atol=2e-15)
    assert np.isnan(applied("GAMMA LN(X)", [-0.5, -3]))[0]


def test_the_complementary_error_function(applied: Applied) -> None:
    xs = [-30.0, -1, 0, 0.5, 5, 20]
    # Two libraries, each right to the last bit or two.
    np.testing.assert_allclose(applied("ERFC(X)", xs), special.erfc(xs), rtol=1e-15, atol=0)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("QUANTUM(X, 1)", [1, 0, 0, -1, 2]),
        ("INTEGER(X)", [1, 0, 0, -1, 2]),
        ("FLOOR(X)", [1, 0, -1, -2, 2]),
        ("INT(X)", [1, 0, -1, -2, 2]),
        ("ROUND(X)", [2, 1, -1, -2, 2]),
        ("MODULO(X, 1)", [0.9, 0.9, -0.9, -0.9, 0]),
        ("QUANTUM(X, 0)", [1.9, 0.9, -0.9, -1.9, 2]),
        ("SAFEDIV(1, X - 2)", [1 / -0.1, 1 / -1.1, 1 / -2.9, 1 / -3.9, 0]),
        ("SAFEDIV(1, X - 2, 7)", [1 / -0.1, 1 / -1.1, 1 / -2.9, 1 / -3.9, 7]),
        ("MIN(1, X, 0, 5)", [0, 0, -0.9, -1.9, 0]),
        ("MAX(1, X, 0, 1.5)", [1.9, 1.5, 1.5, 1.5, 2]),
    ],
)
def test_what_is_cut_and_how(applied: Applied, formula: str, expected: list[float]) -> None:
    """INTEGER, QUANTUM and MODULO run towards zero (the manual's own examples), XMILE's INT downwards."""
    np.testing.assert_allclose(applied(formula, [1.9, 0.9, -0.9, -1.9, 2]), expected, rtol=1e-14, atol=1e-14)


def test_logarithms_to_base_ten(applied: Applied) -> None:
    np.testing.assert_allclose(applied("LOG10(X)", [1e-3, 1, 20]), [-3, 0, np.log10(20)], rtol=1e-15)


def test_a_volume_passes_in_one_step_once_or_at_intervals(courses: Courses) -> None:
    equations = (
        "A = VOLUME PULSE(6, 2)\nB = VOLUME PULSE(6, 2, 1.5)\nC = VOLUME PULSE(6, 2, 0)\nS = INTEG(A, 0)"
    )
    once, often, zero, stock = courses(equations, "A", "B", "C", "S", final=5, step=0.5)
    np.testing.assert_array_equal(once, [0, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0])
    np.testing.assert_array_equal(often, [0, 0, 0, 0, 12, 0, 0, 12, 0, 0, 12])
    np.testing.assert_array_equal(zero, once)
    assert stock[-1] == 6


def test_a_ramp_may_have_no_end(courses: Courses) -> None:
    (ramp,) = courses("A = RAMP(2, 3)", "A", final=5)
    np.testing.assert_array_equal(ramp, [0, 0, 0, 0, 2, 4])


def test_pulses_without_a_time_between_them_are_one(courses: Courses) -> None:
    (pulses,) = courses("A = PULSE TRAIN(2, 3, 0, 9)", "A", final=9)
    np.testing.assert_array_equal(pulses, [0, 0, 1, 1, 1, 0, 0, 0, 0, 0])


def test_the_time_value_is_that_of_the_model(courses: Courses, read_model: Callable[..., Model]) -> None:
    np.testing.assert_array_equal(courses("A = GET TIME VALUE(0, 3, 0)", "A", final=2)[0], [3, 4, 5])
    with pytest.raises(
        StructureError, match=r"model\.mdl:1: GET TIME VALUE is read for the time of the model"
    ):
        lower(read_model("A = GET TIME VALUE(2, 0, 5)"))
