"""Growth is taken apart into what each cause adds over all orders, and nothing is left over."""

from math import sqrt

import numpy as np
import pytest
from straight import DEVIATIONS, LOSS, MEANS
from tank import SAVED, STEP, change, observable

from sdmodels.calibration.growth import GrowthShares, take_apart
from sdmodels.calibration.tables import Cause, Growth
from sdmodels.catalogue import Text

# The window and the one before it, in days.
LENGTH = 4.0
NOTHING = np.zeros((3, 1))


def causes(*ids: str, cuts: dict[str, str] | None = None, watched: str = "rise") -> str:
    """Return the table of growth; a cut as ``{"id": "{ name = ..., value = ... }"}``."""
    text = f'[growth]\nobservable = "{watched}"\nwindow = "4/8"\n'
    for id in ids:
        text += f'[[growth.cause]]\nid = "{id}"\ntitle = {{ en = "{id.title()}", zh = "因" }}\n'
        if cuts and id in cuts:
            text += f"cut = [{cuts[id]}]\n"
    return text


def apart(case, scores: np.ndarray = NOTHING, **keys) -> GrowthShares:
    assert case.problem.growth is not None
    return take_apart(case, case.problem.growth, scores, **keys)


def grown(before: float, after: float) -> float:
    """Return the growth of what jumps where the window begins.

    A total goes in straight lines between saved times, so that the last half of a line of the window before is
    at the new height.
    """
    return after * LENGTH / (before * LENGTH + (after - before) * SAVED / 2) - 1


def factors(make_straight):
    """Return a case in which 'more' takes the inflow of 4 to 6 and 'larger' the unit of 1 to 2."""
    return make_straight(
        added=observable("rise", "Supply * One Litre", "growth", "")
        + change("Supply", value=6.0, begins="4", cause="more")
        + change("One Litre", value=2.0, begins="4", cause="larger")
        + change("Depth", value=3.0, begins="4", cause="idle")
        + causes("more", "larger", "idle")
    )


def test_shares_of_two_factors_are_those_of_shapley(make_straight):
    found = apart(factors(make_straight))
    both, more, larger = grown(4, 12), grown(4, 6), grown(4, 8)
    # Sums over 16 saved values differ from the closed form by rounding, here and below.
    np.testing.assert_allclose(found.growth, [both], rtol=1e-12)
    expected = [(more + both - larger) / 2 / both, (larger + both - more) / 2 / both, 0.0]
    np.testing.assert_allclose(found.shares[:, 0], expected, atol=1e-12)
    alone = [(both - larger) / both, (both - more) / both, 0.0]
    np.testing.assert_allclose(found.cut_alone[:, 0], alone, atol=1e-12)
    np.testing.assert_allclose(found.rest, [0.0], atol=1e-12)
    assert [cause.id for cause in found.causes] == ["more", "larger", "idle"]


def test_a_cause_that_does_nothing_has_no_share_at_all(make_straight):
    found = apart(factors(make_straight))
    assert found.shares[2, 0] == 0.0
    assert found.cut_alone[2, 0] == 0.0


def test_causes_that_add_have_the_shares_that_they_have_alone(make_straight):
    case = make_straight(
        added=observable("rise", "Supply + One Litre * Depth * Loss Rate", "growth", "")
        + change("Supply", value=6.0, begins="4.5", cause="more")
        + change("Depth", value=10.0, begins="4.5", cause="deep")
        + causes("more", "deep")
    )
    found = apart(case)
    # 4 + 0.2 grow by 2 and by 0.8; growth is against a window that no change touches.
    np.testing.assert_allclose(found.shares[:, 0], [2 / 2.8, 0.8 / 2.8], rtol=1e-12)
    np.testing.assert_allclose(found.cut_alone, found.shares, rtol=1e-12)
    np.testing.assert_allclose(found.growth, [2.8 * (LENGTH - SAVED / 2) / (4.2 * LENGTH)], rtol=1e-12)


def test_shares_and_the_rest_are_the_whole_in_every_draw(make_straight):
    case = make_straight(
        added=observable("rise", "Level * Depth * One Litre", "growth", "")
        + change("Depth", value=3.0, begins="4", cause="deep")
        + change("One Litre", value=1.5, begins="5", over=2.0, cause="large")
        + change("Loss Rate", factor=0.5, begins="4")
        + causes("deep", "large", "fed", cuts={"fed": '{ name = "Supply", value = 0 }'})
    )
    scores = np.random.default_rng(1).standard_normal((3, 50))
    found = apart(case, scores)
    assert found.growth.shape == (50,)
    assert found.shares.shape == found.cut_alone.shape == (3, 50)
    # Sums of eight quotients.
    np.testing.assert_allclose(found.shares.sum(axis=0) + found.rest, 1.0, rtol=1e-12)
    assert (np.abs(found.rest) > 0.01).all()


def total(level: list[float], first: float) -> float:
    """Return the total over a window that begins at this time, as the library adds up saved values."""
    saved = np.array(level)[:: round(SAVED / STEP)]
    begins = round(first / SAVED)
    return float(np.trapezoid(saved[begins : begins + round(LENGTH / SAVED) + 1], dx=SAVED))


def course(supply: float, filled: float, later_loss: float, loss: float = LOSS) -> float:
    """Return the growth of the level, by Euler's method in a loop; the loss rate changes on day 4."""
    level = [filled]
    for step in range(round(8 / STEP)):
        rate = loss if step * STEP < LENGTH else later_loss
        level.append(level[-1] + STEP * (supply - level[-1] * rate))
    return total(level, LENGTH) / total(level, 0) - 1


def test_a_cut_constant_and_a_change_are_cut_as_they_say(make_straight):
    case = make_straight(
        added=observable("rise", "Level", "growth", "")
        + change("Loss Rate", value=0.3, begins="4", cause="leak")
        + causes("leak", "fed", cuts={"fed": '{ name = "Supply", value = 0 }'})
    )
    scores = np.array([[-1.0, 0.0, 2.0], [0.5, 0.0, -1.0], [0.0, 0.0, 0.0]])
    found = apart(case, scores)
    supplies, fillings, _ = MEANS[:, None] + DEVIATIONS[:, None] * scores
    for place, (supply, filled) in enumerate(zip(supplies, fillings, strict=True)):
        none, leak = course(0.0, filled, LOSS), course(0.0, filled, 0.3)
        fed, both = course(supply, filled, LOSS), course(supply, filled, 0.3)
        expected = [(leak - none + both - fed) / 2 / both, (fed - none + both - leak) / 2 / both]
        # The priors' quantiles are sure to 1e-10 of a score.
        np.testing.assert_allclose(found.shares[:, place], expected, rtol=1e-8)
        assert found.growth[place] == pytest.approx(both, rel=1e-8)
        assert found.rest[place] == pytest.approx(none / both, rel=1e-8)
        assert found.cut_alone[:, place] == pytest.approx(
            [(both - fed) / both, (both - leak) / both], rel=1e-8
        )


def test_a_parameter_that_is_cut_keeps_its_draws_where_it_is_not(make_straight):
    case = make_straight(
        added=observable("rise", "Level", "growth", "")
        + causes("fed", cuts={"fed": '{ name = "supply", value = 0 }'})  # as Vensim reads names
    )
    found = apart(case, np.array([[-3.0, 3.0], [0.0, 0.0], [0.0, 0.0]]))
    expected = [course(supply, 100.0, LOSS) for supply in (2.5, 5.5)]
    np.testing.assert_allclose(found.growth, expected, rtol=1e-8)
    np.testing.assert_allclose(found.rest, course(0.0, 100.0, LOSS) / np.array(expected), rtol=1e-8)


def test_a_constant_that_is_no_parameter_has_the_model_s_own_value_where_it_is_not_cut(make_straight):
    case = make_straight(
        added=observable("rise", "Level", "growth", "")
        + causes("leak", cuts={"leak": '{ name = "Loss Rate", value = 0 }'})
    )
    found = apart(case)
    whole, rest = course(4.0, 100.0, LOSS), course(4.0, 100.0, 0.0, loss=0.0)
    np.testing.assert_allclose(found.growth, [whole], rtol=1e-8)
    np.testing.assert_allclose(found.rest, [rest / whole], rtol=1e-8)


def test_two_cuts_of_one_cause_and_one_constant_in_two_causes(make_straight):
    case = make_straight(
        added=observable("rise", "Supply * One Litre", "growth", "")
        + change("Supply", value=6.0, begins="4", cause="more")
        + change("Supply", value=8.0, begins="6", cause="more")
        + change("One Litre", value=2.0, begins="4", cause="larger")
        + causes(
            "more",
            "larger",
            "none",
            cuts={"none": '{ name = "Depth", value = 1 }, { name = "Glass (slope)", value = 1 }'},
        )
    )
    found = apart(case)
    assert found.shares[2, 0] == 0.0
    np.testing.assert_allclose(found.shares.sum(axis=0), 1.0, rtol=1e-12)


def test_draws_that_fail_in_any_combination_are_left_out(make_straight):
    case = make_straight(
        ('name = "Depth"\nminimum = 1', 'name = "Depth"\nminimum = 0'),
        ("mean = 2, sd = 0.125", "mean = 1, sd = 0.125"),
        added=observable("rise", "Supply * (1 + 0 * Root)", "growth", "")
        + change("Supply", value=6.0, begins="4", cause="more")
        + causes("more"),
    )
    # A depth below 1 has no root.
    found = apart(case, np.array([[0.0, 0.0, 1.0], [0.0, 0.0, 0.0], [1.0, -1.0, 2.0]]))
    np.testing.assert_allclose(found.growth, [grown(4, 6), grown(4.5, 6)], rtol=1e-9)
    assert found.shares.shape == (1, 2)


def test_every_combination_is_told(make_straight):
    told = []
    apart(factors(make_straight), progress=lambda done, of: told.append((done, of)))
    assert told == [(done, 8) for done in range(1, 9)]


def made(*shares: np.ndarray) -> GrowthShares:
    ids = "abc"[: len(shares)]
    table = Growth(
        observable="rise",
        window="4/8",
        causes=tuple(Cause(id=id, title=Text(en=id.upper(), zh=id)) for id in ids),
    )
    rows = np.array(shares)
    return GrowthShares(
        table=table, growth=np.ones(rows.shape[1]), shares=rows, rest=1 - rows.sum(axis=0), cut_alone=rows
    )


def test_shares_that_make_up_for_each_other_are_inseparable_the_strongest_first():
    first, second = np.tile([1.0, 1.0, -1.0, -1.0], 5), np.tile([1.0, -1.0, 1.0, -1.0], 5)
    found = made(first, -0.6 * first + 0.8 * second, -0.8 * first - 0.6 * second).inseparable
    assert [(one.id, other.id) for one, other, _ in found] == [("a", "c"), ("a", "b")]
    # Rounding.
    np.testing.assert_allclose([correlation for *_, correlation in found], [-0.8, -0.6], rtol=1e-12)


@pytest.mark.parametrize(("correlation", "count"), [(-0.51, 1), (-0.49, 0), (0.9, 0)])
def test_less_than_half_of_a_correlation_can_be_told_apart(correlation, count):
    first, second = np.tile([1.0, 1.0, -1.0, -1.0], 5), np.tile([1.0, -1.0, 1.0, -1.0], 5)
    assert len(made(first, correlation * first + sqrt(1 - correlation**2) * second).inseparable) == count


def test_shares_that_are_known_need_not_be_told_apart():
    first = np.tile([1.0, -1.0], 20)
    assert made(0.5 + 0.05 * first, 0.5 - 0.05 * first).inseparable == ()
    assert len(made(0.5 + 0.11 * first, 0.5 - 0.11 * first).inseparable) == 1


def test_a_share_that_is_the_same_in_all_draws_is_in_no_pair():
    first = np.tile([1.0, -1.0], 5)
    ((one, other, correlation),) = made(first, np.zeros(10), -first).inseparable
    assert (one.id, other.id, correlation) == ("a", "c", pytest.approx(-1.0, rel=1e-12))
