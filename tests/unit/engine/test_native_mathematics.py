"""Functions over vectors against the C library, which errs by little more than half a unit in the last place."""

import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdmodels.engine.ensemble import run
from sdmodels.engine.native import exponentials
from sdmodels.engine.native.compilation import compile_program
from sdmodels.engine.native.kernel import kernel_text
from sdmodels.engine.native.mathematics import VECTOR_FUNCTIONS
from sdmodels.engine.program import Assignment, Program
from sdmodels.structure.evaluation import apply, calculate
from sdmodels.structure.expression import Arithmetic, Call, Expression, Number, Reference
from sdmodels.structure.model import TimeSpec

LANES = pytest.mark.parametrize("lanes", [1, 2, 4, 8, 16])
# Units in the last place that a function may be off by: the C library's own half a unit is among them.
ALLOWED = {"EXP": 1, "LN": 1, "^": 1, "SIN": 1, "COS": 1, "TAN": 2, "ARCTAN": 1}
SPECIAL = (
    *(0.0, 1.0, 0.5, 1.5, 2.0, 3.0, 2.5, 1e5, 99999.9, math.pi, math.pi / 2, 709.78, 709.79, 745.13, 745.14),
    *(1e300, 1e-300, 5e-324, 1e-310, 2.0**-1022, 1.7e308, math.inf, 2.0**64, 2.0**53 + 2, 2.0**53 - 1),
    *(math.nextafter(1.0, 0.0), math.nextafter(1.0, 2.0), 7 / 16, 11 / 16, 19 / 16, 39 / 16, 5000.0),
)
BOTH_SIGNS = np.array([*SPECIAL, *(-x for x in SPECIAL), math.nan])
anything = st.floats(width=64)
Function = Callable[..., np.ndarray]


def program_of(expression: Expression) -> Program:
    return Program(
        time=TimeSpec(initial_time=0.0, final_time=0.0, time_step=1.0, save_period=1.0),
        inputs=("x", "y"),
        initial=(),
        held=(),
        states=(),
        step=(),
        observed=(Assignment(name="z", expression=expression),),
        outputs=("z",),
    )


def expression_of(function: str) -> Expression:
    x, y = Reference("x"), Reference("y")
    return Arithmetic("^", x, y) if function == "^" else Call(function, (x,))


def compiled(expression: Expression, lanes: int) -> Function:
    kernel = compile_program(program_of(expression), lanes=lanes)

    def compute(x: np.ndarray, y: np.ndarray | None = None) -> np.ndarray:
        inputs = np.array([x, np.zeros_like(x) if y is None else y])
        return run(kernel, inputs, steps=np.array([0]), threads=1).values[0, 0]

    return compute


KERNELS = {(name, lanes): compiled(expression_of(name), lanes) for name in ALLOWED for lanes in (1, 2, 8)}


def library(function: str, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    if function == "^":
        powers = np.array([calculate("^", float(a), float(b)) for a, b in zip(x, y, strict=True)])
        with np.errstate(all="ignore"):
            # Python's own refuses negative powers of 0, whose sign matters.
            return np.where(x == 0, np.power(x, y), powers)
    return np.array([apply(function, [float(a)]) for a in x])


def units_apart(found: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Return how many numbers lie between two, also across 0 and up to infinity; not a number is 2**62 away."""
    places = []
    for values in (found, expected):
        bits = values.view(np.int64)
        places.append(np.where(bits < 0, np.int64(-(2**63)) - bits, bits))
    apart = np.abs(places[0].astype(object) - places[1].astype(object))
    unlike = np.isnan(found) != np.isnan(expected)
    return np.where(unlike, 2**62, np.where(np.isnan(expected), 0, apart))


def assert_close(function: str, found: np.ndarray, x: np.ndarray, y: np.ndarray) -> None:
    expected = library(function, x, y)
    apart = units_apart(found, expected)
    worst = int(np.argmax(apart))
    assert apart[worst] <= ALLOWED[function], (x[worst], y[worst], found[worst], expected[worst])
    exact = np.isinf(expected) | (expected == 0)
    np.testing.assert_array_equal(np.signbit(found[exact]), np.signbit(expected[exact]))


def dense(function: str) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(5)
    count = 4000
    wide = np.exp(random.uniform(-700, 700, count)) * random.choice([-1, 1], count)
    match function:
        case "EXP":
            x = np.concatenate([random.uniform(-750, 712, count), random.uniform(-1, 1, count)])
        case "LN":
            x = np.concatenate([np.abs(wide), random.uniform(0.5, 2, count), 5e-324 * np.arange(1, 99)])
        case "^":
            x = np.exp(random.uniform(-30, 30, 2 * count))
            y = np.concatenate([random.uniform(-30, 30, count), random.uniform(-760, 720, count)])
            x = np.concatenate([x, 1 + random.uniform(-1e-6, 1e-6, count)])
            return x, np.concatenate([y / np.log(x[: 2 * count]), random.uniform(-1e8, 1e8, count)])
        case _:
            right_angles = np.arange(1, 60_000, 7) * (math.pi / 2)
            x = np.concatenate(
                [random.uniform(-10, 10, count), random.uniform(-1e5, 1e5, count), right_angles]
            )
            x = np.concatenate([x, wide])
    return x, np.zeros_like(x)


@LANES
@pytest.mark.parametrize("function", ALLOWED)
def test_dense_points_are_as_the_c_library_has_them(function: str, lanes: int) -> None:
    x, y = dense(function)
    assert_close(function, compiled(expression_of(function), lanes)(x, y), x, y)


@LANES
@pytest.mark.parametrize("function", ALLOWED)
def test_special_values_are_as_the_c_library_has_them(function: str, lanes: int) -> None:
    pairs = np.array(list(itertools.product(BOTH_SIGNS, BOTH_SIGNS))).T
    x, y = pairs if function == "^" else (BOTH_SIGNS, BOTH_SIGNS)
    assert_close(function, compiled(expression_of(function), lanes)(x, y), x, y)


@pytest.mark.parametrize("function", ALLOWED)
@given(x=st.lists(anything, min_size=3, max_size=20), y=st.lists(anything, min_size=20, max_size=20))
@settings(deadline=None, max_examples=150)
def test_any_number_gives_what_the_c_library_gives(function: str, x: list[float], y: list[float]) -> None:
    xs, ys = np.array(x), np.array(y[: len(x)])
    assert_close(function, KERNELS[function, 8](xs, ys), xs, ys)


@pytest.mark.parametrize("function", ALLOWED)
@given(x=st.lists(anything, min_size=9, max_size=9), y=st.lists(anything, min_size=9, max_size=9))
@settings(deadline=None, max_examples=60)
def test_a_lane_does_not_depend_on_the_others(function: str, x: list[float], y: list[float]) -> None:
    xs, ys = np.array(x), np.array(y)
    together = KERNELS[function, 8](xs, ys)
    for lanes in (1, 2):
        alone = [KERNELS[function, lanes](xs[[i]], ys[[i]])[0] for i in range(9)]
        same = (np.array(alone).view(np.int64) == together.view(np.int64)) | np.isnan(together)
        assert same.all()
        np.testing.assert_array_equal(alone, together)


def test_a_power_that_is_a_number_comes_out_exactly() -> None:
    base, exponent = (part.ravel().astype(float) for part in np.meshgrid(np.arange(1, 200), np.arange(7)))
    np.testing.assert_array_equal(KERNELS["^", 8](base, exponent), base**exponent)
    np.testing.assert_array_equal(KERNELS["^", 8](base**2, np.full_like(base, 0.5)), base)


@pytest.mark.parametrize("exponent", [0.0, 1.0, 2.0, 3.0, 4.0, 0.5, -1.0])
def test_a_constant_exponent_needs_no_power(exponent: float) -> None:
    expression = Arithmetic("^", Reference("x"), Number(exponent))
    text = kernel_text(program_of(expression), lanes=4, method="euler")
    assert "vector_power" not in text
    random = np.random.default_rng(6)
    signs = random.choice([-1, 1], 4000)
    x = np.concatenate([signs * np.exp(random.uniform(-700, 700, 4000)), BOTH_SIGNS])
    found, y = compiled(expression, 4)(x), np.full_like(x, exponent)
    expected = library("^", x, y)
    # Two roundings at most before the last: two units.
    assert units_apart(found, expected).max() <= 2
    number = ~np.isnan(expected)
    np.testing.assert_array_equal(np.signbit(found)[number], np.signbit(expected)[number])


def test_other_constant_exponents_are_powers() -> None:
    expression = Arithmetic("^", Reference("x"), Number(1.3))
    assert "vector_power" in kernel_text(program_of(expression), lanes=4, method="euler")


def test_only_what_a_program_uses_is_written() -> None:
    text = kernel_text(program_of(expression_of("EXP")), lanes=4, method="euler")
    assert "define internal <4 x double> @vector_exp" in text
    for name in VECTOR_FUNCTIONS.keys() - {"EXP", "^"}:
        assert f"@vector_{name.lower()}" not in text
    assert "@vector_power" not in text


def test_nothing_is_fused_or_reordered() -> None:
    """The same bits on every processor: no flag that allows a second rounding less or another order."""
    for function in VECTOR_FUNCTIONS:
        text = kernel_text(program_of(expression_of(function)), lanes=4, method="euler")
        assert not any(word in text for word in (" fast ", " contract ", " reassoc ", "llvm.fma", "fmuladd"))


def test_a_wrong_coefficient_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    first, *others = exponentials._LOGARITHM
    monkeypatch.setattr(exponentials, "_LOGARITHM", (first * (1 + 1e-13), *others))
    x, y = dense("LN")
    with pytest.raises(AssertionError):
        assert_close("LN", compiled(expression_of("LN"), 8)(x, y), x, y)
