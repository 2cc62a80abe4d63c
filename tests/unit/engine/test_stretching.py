"""A factor stretches the heights of a table about one of them, whatever reads the table."""

from collections.abc import Callable

import numpy as np
import pytest

from sdmodels.engine import interpreter
from sdmodels.engine.derivatives import with_derivatives
from sdmodels.engine.ensemble import run
from sdmodels.engine.lowering import lower
from sdmodels.engine.native.compilation import compile_program
from sdmodels.engine.trajectories import periodic_steps
from sdmodels.errors import StructureError
from sdmodels.structure.model import Model, Slope
from sdmodels.structure.stretching import taken_up, with_slopes

Read = Callable[..., Model]

NAMED = """
Effect((0,0.2),(3,0.7),(10,1),(20,2.3)) ~~|
Level = INTEG(Effect(Level) - 0.05 * Level, 3) ~~|
"""
INSIDE = """
Level = INTEG(Effect - 0.05 * Level, 3) ~~|
Effect = WITH LOOKUP(Level, ((0,0.2),(3,0.7),(10,1),(20,2.3))) ~~|
"""
SUBSCRIPTS = """
d: d1, d2 ~~|
Effect[d1]((0,0),(10,1)) ~~|
Effect[d2]((0,3),(10,1)) ~~|
Level[d] = INTEG(Effect[d](Level[d]) - 0.05 * Level[d], 3) ~~|
"""
K = "Effect (slope)"
FACTORS = np.array([[1.0, 2.0, 0.0, 0.37, 1.0]])
STRETCH_2 = {"0.2": "-0.6", "0.7": "0.4", "2.3": "3.6"}  # y' = 1 + 2 (y - 1)


def both(model: Model, inputs: np.ndarray, names: list[str], outputs: list[str]) -> np.ndarray:
    """Return the courses, shape (outputs, times, members), which interpreter and native code agree on."""
    program = lower(model, inputs=names, outputs=outputs)
    steps = periodic_steps(program)
    slow = interpreter.integrate(program, inputs, steps=steps).values
    fast = run(compile_program(program, lanes=4), inputs, steps=steps).values
    np.testing.assert_allclose(fast, slow, rtol=1e-13)
    return fast


def sloped(model: Model, within: tuple[float, float] | None = None) -> Model:
    return with_slopes(model, [Slope(table="Effect", reference=1.0, within=within)])


def edited(equations: str) -> str:
    for old, new in STRETCH_2.items():
        equations = equations.replace(f",{old})", f",{new})")
    return equations


@pytest.mark.parametrize("equations", [NAMED, INSIDE])
@pytest.mark.parametrize("within", [None, (0.2, 2.3)])
def test_a_factor_of_one_changes_no_bit(
    read_model: Read, equations: str, within: tuple[float, float] | None
) -> None:
    model = read_model(equations, final=40, step=0.25)
    plain = both(model, np.empty((0, 5)), [], ["Level"])
    found = both(sloped(model, within), np.ones((1, 5)), [K], ["Level"])
    np.testing.assert_array_equal(found, plain)


@pytest.mark.parametrize("equations", [NAMED, INSIDE])
def test_a_factor_of_two_is_the_table_edited_by_hand(read_model: Read, equations: str) -> None:
    by_hand = read_model(edited(equations), final=40, step=0.25)
    expected = both(by_hand, np.empty((0, 1)), [], ["Level"])[0, :, 0]
    found = both(sloped(read_model(equations, final=40, step=0.25)), FACTORS, [K], ["Level"])[0]
    np.testing.assert_allclose(found[:, 1], expected, rtol=1e-12)
    assert not np.allclose(found[:, 0], expected)
    np.testing.assert_array_equal(found[:, 0], found[:, 4])


def test_a_factor_of_zero_leaves_the_reference_alone(read_model: Read) -> None:
    found = both(sloped(read_model(NAMED, final=40, step=0.25)), FACTORS, [K], ["Level"])[0, :, 2]
    flat = read_model(NAMED.replace("Effect(Level)", "1"), final=40, step=0.25)
    np.testing.assert_allclose(found, both(flat, np.empty((0, 1)), [], ["Level"])[0, :, 0], rtol=1e-14)


def test_the_reference_stays_to_the_last_bit(read_model: Read) -> None:
    table = "Effect((0,0.3),(3,0.1),(9,2.7)) ~~|\nSeen = Effect(3 + 0 * Time) ~~|\n"
    model = with_slopes(read_model(table), [Slope(table="Effect", reference=0.1)])
    found = both(model, np.linspace(0.1, 3, 40)[None, :], [K], ["Seen"])
    assert (found == 0.1).all()


def test_limits_cut_off_what_is_read_and_not_the_points(read_model: Read) -> None:
    model = sloped(
        read_model("Effect((0,0),(1,1),(2,2)) ~~|\nSeen = Effect(Time / 10) ~~|\n", final=20), (0, 2)
    )
    found = both(model, np.array([[3.0]]), [K], ["Seen"])[0, :, 0]
    np.testing.assert_allclose(found, np.clip(3 * np.arange(21) / 10 - 2, 0, 2), atol=1e-12)


def test_every_element_of_a_table_with_subscripts_is_stretched(read_model: Read) -> None:
    model = sloped(read_model(SUBSCRIPTS, final=40, step=0.25))
    by_hand = SUBSCRIPTS.replace("(0,0)", "(0,-1)").replace("(0,3)", "(0,5)")
    names = ["Level[d1]", "Level[d2]"]
    expected = both(read_model(by_hand, final=40, step=0.25), np.empty((0, 1)), [], names)
    found = both(model, np.array([[2.0]]), [K], names)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize("function", ["LOOKUP FORWARD", "LOOKUP BACKWARD", "LOOKUP EXTRAPOLATE"])
def test_other_ways_to_read_a_height_are_stretched_alike(read_model: Read, function: str) -> None:
    equations = NAMED + f"Seen = {function}(Effect, Time - 5) ~~|\n"
    expected = both(read_model(edited(equations), final=40), np.empty((0, 1)), [], ["Seen"])
    found = both(sloped(read_model(equations, final=40)), np.array([[2.0]]), [K], ["Seen"])
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


def test_a_table_that_jumps_is_stretched_on_both_sides(read_model: Read) -> None:
    equations = "Effect((0,0),(2,1),(2,3),(4,5)) ~~|\nSeen = Effect(Time / 4) ~~|\n"
    by_hand = equations.replace("(0,0)", "(0,-1)").replace("(2,3)", "(2,5)").replace("(4,5)", "(4,9)")
    expected = both(read_model(by_hand, final=20), np.empty((0, 1)), [], ["Seen"])
    found = both(sloped(read_model(equations, final=20)), np.array([[2.0]]), [K], ["Seen"])
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_heights_that_differ_by_member_are_stretched_too(read_model: Read) -> None:
    model = sloped(read_model(NAMED, final=40, step=0.25))
    program = lower(model, inputs=[K], outputs=["Level"], tables=["Effect"])
    inputs = np.array([[2.0], [0.2], [0.7], [1.0], [2.3]])
    found = interpreter.integrate(program, inputs, steps=periodic_steps(program)).values
    expected = both(model, np.array([[2.0]]), [K], ["Level"])
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_a_factor_that_no_member_has_changes_neither_equations_nor_numbers(read_model: Read) -> None:
    model = read_model(NAMED)
    assert lower(sloped(model)) == lower(model)


def test_a_factor_can_be_saved_without_being_an_input(read_model: Read) -> None:
    found = both(sloped(read_model(NAMED)), np.empty((0, 1)), [], ["Level", K])
    assert (found[1] == 1).all()
    np.testing.assert_array_equal(found[:1], both(read_model(NAMED), np.empty((0, 1)), [], ["Level"]))


def test_the_model_finds_its_factor_but_does_not_list_it(read_model: Read) -> None:
    model = sloped(read_model(NAMED))
    assert "effect_(slope)" in model
    assert model[K].units == "Dmnl"
    assert K not in model.variables
    assert K in taken_up(model, ["effect (SLOPE)"]).variables
    assert taken_up(model, ["Level"]) is model


def test_the_derivative_by_a_factor_is_that_of_differences(read_model: Read) -> None:
    model = sloped(read_model(NAMED, final=20, step=0.25), (0.0, 3.0))
    program = with_derivatives(lower(model, inputs=[K], outputs=["Level"]), [K])
    factors = np.array([[1.3, 1.3 + 1e-6, 1.3 - 1e-6]])
    steps = periodic_steps(program)
    for found in (
        interpreter.integrate(program, factors, steps=steps).values,
        run(compile_program(program, lanes=4), factors, steps=steps).values,
    ):
        level, slope = found
        np.testing.assert_allclose(slope[:, 0], (level[:, 1] - level[:, 2]) / 2e-6, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize(
    ("equations", "within", "reason"),
    [
        (NAMED + "Back = LOOKUP INVERT(Effect, 0.5) ~~|\n", None, "'Back' reads it with LOOKUP INVERT"),
        (NAMED + "Sum = LOOKUP AREA(Effect, 0, Level) ~~|\n", None, "'Sum' reads it with LOOKUP AREA"),
        (NAMED + "Rise = LOOKUP SLOPE(Effect, Level, 0) ~~|\n", None, "'Rise' reads it with LOOKUP SLOPE"),
        (
            NAMED + "On = LOOKUP EXTRAPOLATE(Effect, Level) ~~|\n",
            (0, 3),
            "it runs on beyond its ends, where no limits hold",
        ),
        (
            INSIDE.replace("WITH LOOKUP", "1 + WITH LOOKUP(Time, ((0,0),(9,1))) + WITH LOOKUP"),
            None,
            "one equation holds several tables",
        ),
    ],
)
def test_a_table_that_cannot_be_stretched_is_refused(
    read_model: Read, equations: str, within: tuple[float, float] | None, reason: str
) -> None:
    model = sloped(read_model(equations), within)
    lower(model)
    with pytest.raises(StructureError, match=rf": 'Effect' cannot be stretched\.\n    {reason}\nLeave out "):
        lower(model, inputs=[K])
