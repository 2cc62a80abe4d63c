"""Runs that are prepared once say the same as runs that are not; slots of changes take their numbers."""

import numpy as np
import pytest

from sdmodels.catalogue import Change, Policy, Text
from sdmodels.engine.reductions import Reduction
from sdmodels.errors import InputError, UnknownNameError
from sdmodels.experiment import Integration, simulate
from sdmodels.experiment.request import request_of
from sdmodels.experiment.response import response
from sdmodels.experiment.schedule import Slot, places

FINAL = Reduction(variable="Backlog", statistic="final")
TOTAL = Reduction(variable="Completion", statistic="total", begins=2, ends=7)
TEXT = Text(en="T", zh="测")
USUAL = {"Handling Time": 2.0, "Demand": 1.0, "Backlog": 100.0}
POINTS = np.array([[2.0, 1.5, 3.0], [1.0, 0.9, 1.1], [100.0, 50.0, 80.0]])


def policy(**change) -> Policy:
    return Policy(id="p", title=TEXT, meaning=TEXT, changes=(Change(**change),))


def of(entry, *, inputs=tuple(USUAL), reductions=(FINAL, TOTAL), settings=USUAL, plan="baseline", how=None):
    asked = request_of(entry, plan, "normal", how)
    return response(asked, inputs, reductions, settings=settings)


def test_outcomes_are_those_of_a_simulation_with_the_same_inputs(hotline):
    values, reduced = of(hotline).at(POINTS)
    expected = simulate(hotline, dict(zip(USUAL, POINTS, strict=True)), outputs=["Backlog", "Completion"])
    np.testing.assert_array_equal(values[0], expected["Backlog"].values[:, -1])
    completion = expected["Completion"].sel(time=slice(2, 7)).values
    # Rounding of a sum in another order.
    np.testing.assert_allclose(values[1], np.trapezoid(completion, dx=1.0), rtol=1e-13)
    assert (reduced.failed_step == -1).all()


def test_inputs_stand_in_the_order_that_was_asked_for(hotline):
    there, back = of(hotline), of(hotline, inputs=tuple(reversed(USUAL)))
    np.testing.assert_array_equal(back.at(POINTS[::-1])[0], there.at(POINTS)[0])
    np.testing.assert_array_equal(back.slopes_at(POINTS[::-1])[1], there.slopes_at(POINTS)[1][:, ::-1])


def test_what_is_set_and_does_not_vary_keeps_its_value(hotline):
    found = of(hotline, inputs=("Demand",), settings={**USUAL, "Handling Time": 3.0}).at(np.ones((1, 1)))[0]
    expected = of(hotline).at(np.array([[3.0], [1.0], [100.0]]))[0]
    np.testing.assert_array_equal(found, expected)


def test_slopes_are_those_of_the_outcomes(hotline):
    own = of(hotline)
    values, slopes = own.slopes_at(POINTS)
    assert (values.shape, slopes.shape) == ((2, 3), (2, 3, 3))
    # The machine code for slopes adds in the same order; what it adds may be arranged another way.
    np.testing.assert_allclose(values, own.at(POINTS)[0], rtol=1e-13)
    for row in range(3):
        step = 1e-6 * np.eye(3)[:, [row]] * POINTS
        difference = (own.at(POINTS + step)[0] - own.at(POINTS - step)[0]) / (2 * step[row])
        # A step of a millionth loses 6 of 16 digits.
        np.testing.assert_allclose(slopes[:, row], difference, rtol=1e-7, atol=1e-8)


def test_a_member_is_the_same_alone_and_among_many(hotline):
    own = of(hotline)
    many = np.tile(POINTS, 13)
    np.testing.assert_array_equal(own.at(many)[0][:, -3:], own.at(POINTS)[0])
    for together, alone in zip(own.slopes_at(many), own.slopes_at(POINTS), strict=True):
        np.testing.assert_array_equal(together[..., 4], alone[..., 1])


def test_the_interpreter_agrees(hotline):
    native, slow = of(hotline), of(hotline, how=Integration(engine="interpreter"))
    # The engines differ in the last digits.
    np.testing.assert_allclose(slow.at(POINTS)[0], native.at(POINTS)[0], rtol=1e-13)
    for first, second in zip(slow.slopes_at(POINTS), native.slopes_at(POINTS), strict=True):
        np.testing.assert_allclose(first, second, rtol=1e-12)


def test_parts_of_a_change_are_inputs(hotline):
    slot = Slot(constant="Intensity", number=1)
    parts = tuple(slot.name(part) for part in ("addend", "begins", "over"))
    plan = policy(name="Intensity", value=0.8, begins=5, over=4)
    own = of(hotline, inputs=parts, settings={}, plan=plan)
    for value, begins, over in ((0.8, 5.0, 4.0), (1.1, 3.0, 2.0)):
        found = own.at(np.array([[value], [begins], [over]]))[0]
        other = of(hotline, plan=policy(name="Intensity", value=value, begins=begins, over=over))
        np.testing.assert_array_equal(found, other.at(POINTS[:, :1])[0])


def test_a_constant_that_a_policy_moves_varies_in_what_it_is_before(hotline):
    plan = policy(name="Handling Time", factor=2, begins=7)
    values = of(hotline, plan=plan).at(POINTS)[0]
    expected = simulate(hotline, dict(zip(USUAL, POINTS, strict=True)), policy=plan, outputs=["Backlog"])
    np.testing.assert_array_equal(values[0], expected["Backlog"].values[:, -1])


@pytest.mark.parametrize("engine", ["native", "interpreter"])
def test_a_run_that_fails_is_no_number_and_does_not_disturb_the_others(hotline, engine):
    strain = Reduction(variable="Strain", statistic="mean")
    own = of(
        hotline,
        inputs=("Headroom",),
        reductions=(FINAL, strain),
        settings={"Headroom": 10.0},
        how=Integration(engine=engine),
    )
    points = np.array([[10.0, 0.5, 5.0]])  # at 0.5 the strain is infinite
    values, reduced = own.at(points)
    assert np.isnan(values[:, 1]).all()
    assert (reduced.failed_step >= 0).tolist() == [False, True, False]
    np.testing.assert_array_equal(values[:, [0, 2]], own.at(points[:, [0, 2]])[0])
    values, slopes = own.slopes_at(points)
    assert np.isnan(values[:, 1]).all()
    assert np.isnan(slopes[:, :, 1]).all()
    # 1 / (headroom - intensity) at an intensity of 0.5.
    np.testing.assert_allclose(slopes[1, 0, [0, 2]], [-1 / 9.5**2, -1 / 4.5**2], rtol=1e-12)


def test_progress_is_told(hotline):
    told = []
    of(hotline).at(POINTS, progress=lambda done, of_all: told.append((done, of_all)))
    assert told[-1] == (3, 3)


def test_an_input_that_there_is_not_is_refused(hotline):
    with pytest.raises(
        UnknownNameError, match=r"No input of these runs is named 'Demnd'\.\n.*\nDid you mean 'Demand'"
    ):
        of(hotline, inputs=("Demnd",))
    with pytest.raises(UnknownNameError, match="No constant is named 'Demnd'"):
        of(hotline, settings={"Demnd": 1.0})
    # What is not set has no row of its own.
    with pytest.raises(UnknownNameError, match=r"No input of these runs is named 'Headroom'"):
        of(hotline, inputs=("Headroom",))


def test_a_value_out_of_bounds_is_refused(hotline):
    with pytest.raises(InputError, match="'Demand' is set to -1, which is out of bounds"):
        of(hotline, settings={**USUAL, "Demand": -1.0})


def test_an_extreme_has_no_slopes(hotline):
    own = of(hotline, reductions=(FINAL, Reduction(variable="Backlog", statistic="maximum")))
    assert own.at(POINTS)[0].shape == (2, 3)
    with pytest.raises(ValueError, match=r"^only totals, means and values at a time have derivatives$"):
        own.slopes_at(POINTS)


def change(name: str, **keys: float) -> Change:
    return Change(name=name, **({"value": 1.0} | keys))


@pytest.mark.parametrize(
    ("changes", "numbers"),
    [
        ([], []),
        ([change("A")], [None]),
        ([change("A", begins=1)], [1]),
        ([change("A", ends=1)], [1]),
        ([change("A", over=1)], [1]),
        ([change("A", begins=1), change("A", begins=2)], [1, 2]),
        ([change("A", begins=1), change("B", begins=2), change("A", begins=3)], [1, 1, 2]),
        # What lasts acts on what was before it, and over time once something before it does.
        ([change("A"), change("A", begins=2)], [None, 1]),
        ([change("A", begins=1), change("A")], [1, 2]),
        ([change("A", begins=1), change("B")], [1, None]),
    ],
)
def test_each_change_over_time_has_the_next_place_of_its_constant(changes, numbers):
    found = places(changes)
    assert [slot if slot is None else slot.number for slot in found] == numbers
    assert all(slot is None or slot.constant == c.name for slot, c in zip(found, changes, strict=True))


def test_what_acts_on_given_values_acts_over_time():
    found = places([change("A"), change("B")], over_time={"A"})
    assert found == [Slot(constant="A", number=1), None]
