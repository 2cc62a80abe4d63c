import numpy as np
import pytest

from sdmodels.exploration.classes import Tolerances, classify

VALUES = np.array([0.0, 1.0, 2.0, 3.0])
SOUND = [1.0, 1.0, 1.0, 1.0]


def one(burden, condition=SOUND, **tolerances):
    return classify(VALUES, np.array([burden]), np.array([condition]), Tolerances(**tolerances))


@pytest.mark.parametrize(
    ("burden", "shape"),
    [
        ([10, 8, 7, 6], "pure gain"),
        ([10, 8, 7, 7.4], "pure gain"),  # rises by 4 %, less than counts
        ([10, 8, 7, 7.6], "inverted U"),
        ([10, 8, 9, 30], "inverted U"),
        ([10, 11, 8, 9], "inverted U"),
        ([10, 10, 11, 12], "pure loss"),
        ([10, 9.8, 11, 12], "pure loss"),  # 2 % of a gain do not count
        ([10, 12, 9, 8], "loss before gain"),
        ([10, 9.6, 10.4, 10], "no effect"),
    ],
)
def test_the_shape_of_a_curve(burden, shape):
    assert one(burden).shape == [shape]


def test_the_optimum_is_that_of_an_inverted_u_only():
    assert one([10, 6, 7, 8]).optimum == [1.0]
    assert np.isnan(one([10, 8, 7, 6]).optimum)


@pytest.mark.parametrize(
    ("condition", "mechanism"),
    [
        ([1, 1, 0.95, 0.9], "sound"),
        ([1, 0.9, 0.8, 0.6], "graded substitution"),
        ([1, 1, 0.7, 0.6], "tip"),
    ],
)
def test_the_mechanism_follows_the_condition(condition, mechanism):
    assert one([10, 9, 8, 7], condition).mechanism == [mechanism]


def test_a_burden_that_leaps_is_a_tip_too():
    found = one([10, 9, 20, 21])
    assert found.mechanism == ["tip"]
    assert found.tip == [1.5]


def test_the_onset_is_where_a_straight_line_meets_the_bound():
    # From 1 at 1 to 0.8 at 2: 0.9 is met half way.
    assert one([10, 9, 8, 7], [1, 1, 0.8, 0.6]).onset == pytest.approx([1.5])
    assert one([10, 9, 8, 7], [0.8, 0.7, 0.6, 0.6]).onset == [0.0]
    assert np.isnan(one([10, 9, 8, 7]).onset)


def test_doubled_tolerances_let_twice_as_much_pass():
    doubled = Tolerances(effect=0.05, bound=0.9, drop=0.2, jump=2).scaled(2)
    assert (doubled.effect, doubled.drop, doubled.jump) == (0.1, 0.4, 3)
    assert doubled.bound == pytest.approx(0.8)


@pytest.mark.parametrize("wrong", [{"effect": 0.0}, {"bound": 1.0}, {"drop": -1.0}, {"jump": 1.0}])
def test_a_tolerance_that_tolerates_nothing_is_refused(wrong):
    with pytest.raises(ValueError, match=r"effect .* must be above 0, bound .* between 0 and 1, and jump"):
        Tolerances(**wrong)
