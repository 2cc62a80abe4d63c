"""The three faces of a parameter: value, place between its bounds, and score under its prior."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sdmodels.calibration.space import FARTHEST, Space, _Cut, log_prior
from sdmodels.calibration.tables import Parameter, Prior

# By prior: the bounds, what the case says, and SciPy's distribution before it is cut.
KNOWN = {
    "uniform": ((-3.0, 5.0), {}, stats.uniform(-3, 8)),
    "uniform on a log scale": ((0.01, 10.0), {"scale": "log"}, stats.loguniform(0.01, 10)),
    "normal": ((-9.0, 9.0), {"distribution": "normal", "mean": 1.0, "sd": 2.0}, stats.norm(1, 2)),
    "normal, cut": ((0.0, 2.5), {"distribution": "normal", "mean": 1.0, "sd": 2.0}, stats.norm(1, 2)),
    "normal, its tail": ((4.0, 9.0), {"distribution": "normal", "mean": 1.0, "sd": 2.0}, stats.norm(1, 2)),
    "normal on a log scale": (
        (0.5, 2.5),
        {"scale": "log", "distribution": "normal", "mean": 1.0, "sd": 2.0},
        stats.norm(1, 2),
    ),
    "lognormal": (
        (0.0, 50.0),
        {"distribution": "lognormal", "median": 2.0, "sd": 0.5},
        stats.lognorm(0.5, scale=2),
    ),
    "lognormal, cut": (
        (1.0, 3.0),
        {"distribution": "lognormal", "median": 2.0, "sd": 0.5},
        stats.lognorm(0.5, scale=2),
    ),
    "lognormal, bound below zero": (
        (-1.0, 3.0),
        {"distribution": "lognormal", "median": 2.0, "sd": 0.5},
        stats.lognorm(0.5, scale=2),
    ),
    "exponential": ((0.0, 9.0), {"distribution": "exponential", "mean": 0.5}, stats.expon(scale=0.5)),
    "exponential, cut": ((0.2, 1.0), {"distribution": "exponential", "mean": 0.5}, stats.expon(scale=0.5)),
    "exponential, bound below zero": (
        (-2.0, 1.0),
        {"distribution": "exponential", "mean": 0.5},
        stats.expon(scale=0.5),
    ),
}
EVERY = pytest.mark.parametrize("name", KNOWN)


def one(name: str) -> Space:
    (low, high), said, _ = KNOWN[name]
    prior = {key: value for key, value in said.items() if key != "scale"}
    return Space(
        parameters=(
            Parameter(
                id="p",
                name="P",
                minimum=low,
                maximum=high,
                scale=said.get("scale", "lin"),
                prior=Prior(**prior),
                source="assumption",
            ),
        )
    )


@EVERY
def test_values_are_the_quantiles_of_the_prior_cut_at_its_bounds(name):
    (low, high), _, whole = KNOWN[name]
    scores = np.linspace(-4, 4, 33)
    first, last = whole.cdf([low, high])
    expected = whole.ppf(first + stats.norm.cdf(scores) * (last - first))
    # SciPy's quantiles and ours differ in the last digits, which a tail makes some more.
    np.testing.assert_allclose(one(name).values_of(scores[None])[0], expected, rtol=1e-9, atol=1e-12)


@EVERY
def test_scores_give_their_values_back(name):
    space = one(name)
    scores = np.linspace(-4, 4, 33)[None]
    # A share of 1 - 3e-5 has lost 5 of 16 digits; a narrow tail some more.
    np.testing.assert_allclose(space.scores_of(space.values_of(scores)), scores, rtol=0, atol=1e-7)


@EVERY
def test_values_give_their_places_back(name):
    space = one(name)
    places = np.linspace(0, 1, 11)[None]
    # Rounding, of numbers near 1.
    np.testing.assert_allclose(space.places_of(space.values_at(places)), places, rtol=0, atol=1e-13)


@EVERY
def test_places_of_zero_and_one_are_the_bounds(name):
    low, high = KNOWN[name][0]
    found = one(name).values_at(np.array([[0.0, 1.0]]))
    np.testing.assert_allclose(found, [[low, high]], rtol=1e-14)


@EVERY
def test_slopes_are_those_of_values_by_scores(name):
    space, small = one(name), 1e-5
    scores = np.linspace(-2.5, 2.5, 21)[None]
    expected = (space.values_of(scores + small) - space.values_of(scores - small)) / (2 * small)
    # A central difference of 1e-5: an error of 1e-10 of the third derivative, and 11 digits left by rounding.
    np.testing.assert_allclose(space.slopes_of(scores), expected, rtol=2e-7)


@EVERY
@given(score=st.floats(-50, 50))
def test_no_score_leaves_the_bounds(name, score):
    low, high = KNOWN[name][0]
    found = one(name).values_of(np.array([[score]]))[0, 0]
    assert low <= found <= high


@EVERY
@given(shares=st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_a_larger_value_has_no_smaller_score(name, shares):
    low, high = KNOWN[name][0]
    values = np.sort(np.array([[low + share * (high - low) for share in shares]]))
    scores = one(name).scores_of(values)[0]
    assert scores[0] <= scores[1]
    assert np.abs(scores).max() <= FARTHEST


def test_a_uniform_prior_on_a_log_scale_has_equal_room_for_every_factor():
    space = one("uniform on a log scale")
    median = space.values_of(np.zeros((1, 1)))[0, 0]
    assert median == pytest.approx(np.sqrt(0.01 * 10), rel=1e-14)
    thirds = space.values_at(np.array([[1 / 3, 2 / 3]]))[0]
    np.testing.assert_allclose(thirds, [0.1, 1.0], rtol=1e-14)


def test_parameters_do_not_disturb_each_other():
    names = list(KNOWN)
    together = Space(parameters=tuple(one(name).parameters[0] for name in names))
    scores = np.random.default_rng(4).standard_normal((len(names), 7))
    for method in ("values_of", "slopes_of"):
        alone = np.concatenate([getattr(one(n), method)(scores[[k]]) for k, n in enumerate(names)])
        np.testing.assert_array_equal(getattr(together, method)(scores), alone)
    values = together.values_of(scores)
    alone = np.concatenate([one(n).scores_of(values[[k]]) for k, n in enumerate(names)])
    np.testing.assert_array_equal(together.scores_of(values), alone)
    assert together.size == len(names)
    assert set(together.names) == {"p"}


def test_what_is_given_is_not_changed():
    space = one("uniform on a log scale")
    values = np.array([[0.1, 1.0]])
    space.places_of(values)
    space.scores_of(values)
    np.testing.assert_array_equal(values, [[0.1, 1.0]])


def test_the_prior_of_scores_is_standard_normal_and_ends_at_the_farthest():
    scores = np.array([[0.0, 1.0, 7.9, FARTHEST, -9.0], [0.0, 2.0, 0.0, 0.0, 0.0]])
    expected = stats.norm.logpdf(scores).sum(axis=0) + np.log(2 * np.pi)
    np.testing.assert_allclose(log_prior(scores)[:3], expected[:3], rtol=1e-14, atol=1e-14)
    assert (log_prior(scores)[3:] == -np.inf).all()


def test_a_prior_without_a_density_of_its_own_is_a_fault_of_the_program():
    cut = _Cut(one("normal").parameters[0])
    cut.prior = Prior()
    for method in (cut._density, cut._share, cut._quantile):
        with pytest.raises(ValueError, match=r"has no (density|quantiles) of its own"):
            method(np.ones(1))
