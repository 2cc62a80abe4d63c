import numpy as np
import pytest

from sdmodels.catalogue import Uncertainty
from sdmodels.experiment.sampling import draw

UNCERTAIN = (
    Uncertainty(name="Deadline", minimum=1, maximum=3, source="assumption"),
    Uncertainty(name="Demand", minimum=0.1, maximum=10, distribution="log uniform", source="assumption"),
)


def test_sobol_points_meet_each_slice_of_a_power_of_two_once():
    drawn = draw(UNCERTAIN, members=64, seed=3, sampling="sobol")
    slices = np.floor((drawn["Deadline"] - 1) / 2 * 64).astype(int)
    assert sorted(slices) == list(range(64))
    assert sorted(np.floor((np.log10(drawn["Demand"]) + 1) / 2 * 64).astype(int)) == list(range(64))


def test_a_smaller_draw_of_sobol_points_begins_a_larger_one():
    few = draw(UNCERTAIN, members=10, seed=3, sampling="sobol")
    many = draw(UNCERTAIN, members=100, seed=3, sampling="sobol")
    np.testing.assert_array_equal(few["Demand"], many["Demand"][:10])


def test_the_seed_decides_the_sobol_points():
    one, same, other = (draw(UNCERTAIN, members=8, seed=s, sampling="sobol")["Demand"] for s in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert (one != other).all()


def test_another_sampling_is_refused():
    with pytest.raises(ValueError, match="sampling is 'halton'; it must be one of latin hypercube, sobol"):
        draw(UNCERTAIN, members=8, seed=1, sampling="halton")
