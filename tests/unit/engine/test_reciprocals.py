import math
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from sdmodels.engine import interpreter
from sdmodels.engine.ensemble import run
from sdmodels.engine.native.compilation import compile_program
from sdmodels.engine.program import Program
from sdmodels.engine.reciprocals import has_exact_reciprocal
from sdmodels.engine.trajectories import final_step, periodic_steps
from sdmodels.structure.expression import Arithmetic, Expression, Number, Reference, walk

ProgramOf = Callable[..., Program]


def equations(program: Program) -> dict[str, Expression]:
    """Return what is computed at every step."""
    return {
        **{a.name: a.expression for a in (*program.step, *program.observed)},
        **{f"flow of {state.name}": state.rate for state in program.states},
        **{memory.name: memory.following for memory in program.memories},
        **{pipeline.name: pipeline.input for pipeline in program.pipelines},
    }


def divided(program: Program) -> list[str]:
    """Return the equations that divide at every step."""
    return [
        name
        for name, expression in equations(program).items()
        if any(isinstance(part, Arithmetic) and part.operator == "/" for part in walk(expression))
    ]


def final(program: Program, **inputs: Sequence[float]) -> np.ndarray:
    """Return the final outputs, shape (outputs, members), after a look whether both evaluators agree."""
    given = (
        np.array([inputs[name] for name in program.inputs], dtype=float)
        if program.inputs
        else np.empty((0, 1))
    )
    steps = final_step(program)
    native = run(compile_program(program), given, steps=steps).values[:, 0]
    np.testing.assert_array_equal(native, interpreter.integrate(program, given, steps=steps).values[:, 0])
    return native


def test_a_quotient_by_a_constant_is_a_product(program_of: ProgramOf) -> None:
    program = program_of("S = INTEG(1, 7)\nA = S / 3", outputs=["A"])
    assert equations(program)["A"] == Arithmetic("*", Reference("S"), Number(1 / 3))


def test_the_reciprocal_of_what_differs_between_members_is_computed_once_a_member(
    program_of: ProgramOf,
) -> None:
    program = program_of(
        "S = INTEG(1, 7)\nA = S / low\nB = (S + 1) / low\nlow = 3", inputs=["low"], outputs=["A", "B"]
    )
    assert divided(program) == []
    one = Arithmetic("/", Number(1.0), Reference("low"))
    assert [a.expression for a in program.initial].count(one) == 1
    assert len(program.held) == 1


def test_a_quotient_of_constants_is_computed_once_a_member_and_exact(program_of: ProgramOf) -> None:
    program = program_of(
        "S = INTEG(1, 49)\nA = S * (top / low)\ntop = 49\nlow = 49", inputs=["top", "low"], outputs=["A"]
    )
    assert divided(program) == []
    assert final(program, top=[49], low=[49]).item() == 59


def test_delays_and_smooths_divide_by_their_times_once_a_member(program_of: ProgramOf) -> None:
    text = "S = INTEG(1, 7)\nA = DELAY3(S, T)\nB = SMOOTH3(S, T)\nC = DELAY1(S, T)\nT = 5"
    assert divided(program_of(text, inputs=["T"], outputs=["A", "B", "C"])) == []


def test_a_guarded_quotient_by_a_constant_is_a_product(program_of: ProgramOf) -> None:
    text = "S = INTEG(1, 7)\nA = ZIDZ(S, low)\nB = XIDZ(S, low, 5)\nlow = 4"
    program = program_of(text, inputs=["low"], outputs=["A", "B"])
    assert divided(program) == []
    np.testing.assert_array_equal(
        final(program, low=[4, 0, 1e-7, -8]), [[4.25, 0, 0, -2.125], [4.25, 5, 5, -2.125]]
    )


@pytest.mark.parametrize("divisor", [1, 2, -4, 0.125, 2.0**1000, 2.0**-1000])
def test_an_exact_reciprocal_takes_the_place_of_any_division(program_of: ProgramOf, divisor: float) -> None:
    program = program_of(f"S = INTEG(1, 7)\nA = INTEGER(S / {divisor!r})", outputs=["A"])
    assert divided(program) == []
    assert final(program).item() == math.trunc(17 / divisor)


@pytest.mark.parametrize(
    ("value", "exact"),
    [
        (1.0, True),
        (-0.5, True),
        (2.0**1023, True),  # the reciprocal is subnormal, and exact
        (2.0**-1023, True),
        (2.0**-1024, False),  # the reciprocal is too large
        (3.0, False),
        (0.0, False),
        (math.inf, False),
        (math.nan, False),
    ],
)
def test_reciprocals_of_powers_of_two_are_exact(value: float, exact: bool) -> None:
    assert has_exact_reciprocal(value) is exact


# 49 * (1 / 49) is 1 - 1.1e-16: one bit, and INTEGER makes a whole unit of it.
SATURATED = "S = INTEG(0, 49)\nlow = 49\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A = INTEGER(S / low)", 1),
        ("A = INTEGER(S / 49)", 1),
        ("B = S / low\nA = INTEGER(B)", 1),
        ("B = S / low\nC = B * 3\nA = INTEGER(C)", 3),
        ("A = QUANTUM(S / low, 1)", 1),
        ("A = MODULO(S / low, 1)", 0),
        ("A = MODULO(S, low)", 0),
        ("B = MODULO(S / low, 1)\nE = S / low\nA = E - 1", 0),
        ("A = IF THEN ELSE(S / low >= 1, (S / low - 1) * 1e16, 6)", 0),
        ("A = IF THEN ELSE(S / low >= 1, 5, 6)", 5),
        ("B = S / low\nA = IF THEN ELSE(B = 1, 5, 6)", 5),
        ("B = S / low\nA = IF THEN ELSE(B < 1 :AND: B > 0, 5, 6)", 6),
        ("B = S / low - 1\nA = IF THEN ELSE(B, 5, 6)", 6),
        ("B = S / low - 1\nA = IF THEN ELSE(:NOT: B, 5, 6)", 5),
        ("T((0,0),(1,0),(1,8),(2,8))\nA = T(S / low)", 8),
        ("T((0,3),(1,4))\nA = LOOKUP BACKWARD(T, S / low)", 4),
        ("B = S / low\nC = DELAY FIXED(B, 2, B)\nA = INTEGER(C)", 1),
        ("B = S / low\nC = SAMPLE IF TRUE(Time > 1, B, B)\nA = INTEGER(C)", 1),
        ("B = S / low\nC = INITIAL(B)\nA = INTEGER(C)", 1),
        ("B = INTEG(0, S / low)\nA = INTEGER(B)", 1),
        ("B = S / low\nA = (0 - 2) ^ B", -2),
        ("B = S / low\nA = SQRT(1 - B)", 0),
        ("A = MIN(10, 3 / (1 - S / low))", 10),
        ("B = S / low\nC = 1 - B\nA = MIN(10, 3 / C)", 10),
        ("B = S / low\nC = 2 * (1 - B)\nA = MIN(10, 3 / C)", 10),
        ("B = 1 - S / low\nA = MAX(0 - 10, LN(B))", -10),
    ],
)
@pytest.mark.parametrize("inputs", [[], ["low"]])
def test_a_last_bit_does_not_become_a_whole_unit(
    program_of: ProgramOf, text: str, expected: float, inputs: list[str]
) -> None:
    program = program_of(SATURATED + text, inputs=inputs, outputs=["A"])
    assert final(program, low=[49.0]).item() == expected


def test_a_last_bit_would_become_a_whole_unit_without_care(
    program_of: ProgramOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sdmodels.engine.reciprocals.cares", lambda _: {})
    program = program_of(SATURATED + "B = S / low\nA = INTEGER(B)", outputs=["A"])
    assert final(program).item() == 0


def test_a_delay_of_whole_steps_is_as_long_as_its_quotient(program_of: ProgramOf) -> None:
    text = "S = INTEG(1, 49)\nB = INITIAL(S) / low\nA = DELAY FIXED(S, B, 0)\nlow = 49"
    assert final(program_of(text, inputs=["low"], outputs=["A"]), low=[49.0]).item() == 58


@pytest.mark.parametrize("guard", ["ZIDZ(S, B)", "XIDZ(S, B, 3)"])
def test_the_guard_of_a_division_is_far_from_the_last_bit(program_of: ProgramOf, guard: str) -> None:
    # What rounding leaves of zero is as good as zero for ZIDZ: its divisor needs no care.
    program = program_of(f"{SATURATED}B = 1 - S / low\nA = {guard}", inputs=["low"], outputs=["A", "B"])
    assert "B" not in divided(program)
    assert final(program, low=[49.0])[0].item() == (3 if "XIDZ" in guard else 0)


@pytest.mark.parametrize("divisor", ["TIME STEP", "D", "MAX(low, TIME STEP)"])
def test_what_a_stock_gives_within_a_step_is_all_it_has(program_of: ProgramOf, divisor: str) -> None:
    # 0.7 * (1 / 0.1) * 0.1 is larger than 0.7.
    text = f"S = INTEG(0 - S / {divisor}, 0.7)\nD = TIME STEP\nlow = 0.01"
    assert final(program_of(text, outputs=["S"], step=0.1, final=0.1, save=0.1)).item() == 0


@pytest.mark.parametrize("zero", [0.0, -0.0])
def test_a_constant_of_zero_divides_as_it_always_did(program_of: ProgramOf, zero: float) -> None:
    text = "A = S / low\nS = INTEG(0, top)\ntop = 1\nlow = 1"
    found = final(
        program_of(text, inputs=["top", "low"], outputs=["A"]), top=[2, 0, -2, math.inf], low=[zero] * 4
    )
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(found[0], np.array([2, 0, -2, math.inf]) / zero)


@pytest.mark.parametrize("huge", [1e308, math.inf, -math.inf, math.nan])
def test_a_constant_too_large_or_no_number_divides_as_it_always_did(
    program_of: ProgramOf, huge: float
) -> None:
    dividends = [2, 0, -2e300, math.inf, math.nan]
    program = program_of(
        "A = S / low\nS = INTEG(0, top)\ntop = 1\nlow = 1", inputs=["top", "low"], outputs=["A"]
    )
    found = final(program, top=dividends, low=[huge] * 5)[0]
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(found, np.array(dividends) / huge, rtol=1e-15, atol=0)


def test_a_number_whose_reciprocal_is_too_large_divides(program_of: ProgramOf) -> None:
    program = program_of("S = INTEG(0, 3e-310)\nA = S / 1e-310", outputs=["A"])
    assert divided(program) == ["A"]
    assert final(program).item() == 3e-310 / 1e-310


def test_a_constant_whose_reciprocal_is_too_large_counts_as_zero_and_the_member_fails(
    program_of: ProgramOf,
) -> None:
    program = program_of(
        "A = S / low\nS = INTEG(0, top)\ntop = 1\nlow = 1", inputs=["top", "low"], outputs=["A"]
    )
    given = np.array([[0.0, 1.0, -1.0, 1.0], [1e-310, 1e-310, 1e-310, 2.0**-1000]])
    found = run(compile_program(program), given, steps=final_step(program))
    np.testing.assert_array_equal(found.values[0, 0], [math.nan, math.inf, -math.inf, 2.0**1000])
    np.testing.assert_array_equal(found.failed_step >= 0, [True, True, True, False])


def test_a_product_differs_from_the_quotient_by_no_more_than_a_last_bit(program_of: ProgramOf) -> None:
    program = program_of(
        "A = S / low\nS = INTEG(0, top)\ntop = 1\nlow = 1", inputs=["top", "low"], outputs=["A"]
    )
    random = np.random.default_rng(1)
    dividends, divisors = np.exp(random.uniform(-300, 300, (2, 4096)))
    np.testing.assert_allclose(
        final(program, top=dividends, low=divisors)[0], dividends / divisors, rtol=2.3e-16, atol=0
    )


COMPANY = """
S = INTEG((top - S / low) / T, 5)
A = S / low + U / T
U = S / (low * T)
top = 3
low = 0.7
T = 9
Q = S * (top / T)
"""


def test_a_constant_has_the_same_effect_as_a_number_as_an_input_and_over_time(
    program_of: ProgramOf,
) -> None:
    names = ["S", "A", "U", "Q"]
    number = final(program_of(COMPANY, outputs=names))
    as_input = final(
        program_of(COMPANY, inputs=["top", "low", "T", "S"], outputs=names), top=[3], low=[0.7], T=[9], S=[5]
    )
    over_time = COMPANY.replace("low = 0.7", "b = 0.7\nlow = IF THEN ELSE(Time >= 90, 8, b)")
    np.testing.assert_array_equal(as_input, number)
    np.testing.assert_array_equal(final(program_of(over_time, outputs=names)), number)


def test_what_is_asked_for_does_not_decide_how_it_is_computed(program_of: ProgramOf) -> None:
    text = SATURATED + "B = S / 7\nA = INTEGER(B)"
    assert equations(program_of(text, outputs=["B"]))["B"] == equations(program_of(text))["B"]


def test_a_hidden_name_leaves_a_variable_of_that_name_alone(program_of: ProgramOf) -> None:
    text = 'S = INTEG(1, 6)\n"A (reciprocal 1)" = S + 1\nA = S / low + "A (reciprocal 1)"\nlow = 4'
    program = program_of(text, inputs=["low"], outputs=["A"], final=1)
    assert final(program, low=[4.0]).item() == 7 / 4 + 8


def test_every_saved_step_is_the_same_in_both_evaluators(program_of: ProgramOf) -> None:
    program = program_of(COMPANY, inputs=["low", "T"], outputs=["S", "A", "U"])
    given = np.random.default_rng(2).uniform(0.5, 9, (2, 33))
    steps = periodic_steps(program)
    np.testing.assert_array_equal(
        run(compile_program(program), given, steps=steps).values,
        interpreter.integrate(program, given, steps=steps).values,
    )
