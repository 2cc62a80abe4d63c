import numpy as np
import pytest

from sdmodels.exploration.shares import middle, wilson


def test_the_interval_of_a_share_is_wilsons():
    # R. G. Newcombe, Statistics in Medicine 17, 1998, table I: 81 of 263 and 0 of 20.
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)


def test_the_interval_of_none_and_of_all_mirror_each_other():
    low, high = wilson(20, 20)
    assert high == 1
    assert low == pytest.approx(1 - wilson(0, 20)[1])


def test_no_members_have_no_share():
    assert np.isnan(wilson(0, 0)).all()
    assert np.isnan(middle(np.array([]))).all()


def test_the_middle_keeps_what_never_happens():
    assert middle(np.array([1.0, 2.0, np.inf])) == (2.0, 1.0, np.inf)
