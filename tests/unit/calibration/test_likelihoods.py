"""Each noise model is a density of scipy.stats, with exact slopes and draws that have its moments."""

import numpy as np
import pytest
from scipy import stats

from sdmodels.calibration.likelihoods import NOISES

SPREADS = np.array([0.3, 2.0, 11.0])
# By noise model: what was measured, what the model says, the fixed numbers, and SciPy's logarithm of the density.
KNOWN = {
    "normal": (3.7, np.array([1.0, 3.7, 9.0]), (), lambda y, m, s: stats.norm.logpdf(y, m, s)),
    "lognormal": (3.7, np.array([1.0, 3.7, 9.0]), (), lambda y, m, s: stats.lognorm.logpdf(y, s, scale=m)),
    "negative-binomial": (
        4.0,
        np.array([1.0, 4.0, 90.0]),
        (),
        lambda y, m, s: stats.nbinom.logpmf(y, 1 / s, 1 / (1 + s * m)),
    ),
    "beta": (
        0.37,
        np.array([0.1, 0.37, 0.9]),
        (),
        lambda y, m, s: stats.beta.logpdf(y, m * s, (1 - m) * s),
    ),
    "beta-binomial": (
        4.0,
        np.array([0.1, 0.4, 0.9]),
        (10.0,),
        lambda y, m, s: stats.betabinom.logpmf(y, 10, m * s, (1 - m) * s),
    ),
    "peak": (
        np.nan,
        np.array([0.6, 1.0, 3.0]),
        (),
        lambda y, m, s: stats.norm.logcdf(np.log(m) / (np.sqrt(2) * s)),
    ),
}
MEASURED = [name for name in KNOWN if name != "peak"]


@pytest.mark.parametrize("name", KNOWN)
def test_a_density_is_that_of_scipy(name):
    measured, model, fixed, density = KNOWN[name]
    found = NOISES[name].likelihood(measured, model, SPREADS, fixed).value
    # Sums of functions of about 10 are exact to some 1e-14.
    np.testing.assert_allclose(found, density(measured, model, SPREADS), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("measured", [0.0, 1.0, 10.0])
@pytest.mark.parametrize("name", ["negative-binomial", "beta-binomial"])
def test_the_densities_of_the_ends_of_a_count_are_those_of_scipy(name, measured):
    _, model, fixed, density = KNOWN[name]
    found = NOISES[name].likelihood(measured, model, SPREADS, fixed).value
    np.testing.assert_allclose(found, density(measured, model, SPREADS), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize(("name", "trials"), [("negative-binomial", 4000), ("beta-binomial", 10)])
def test_the_probabilities_of_all_counts_add_up_to_one(name, trials):
    _, model, fixed, _ = KNOWN[name]
    noise = NOISES[name]
    every = [noise.likelihood(float(y), model, np.full(3, 0.5), fixed).value for y in range(trials + 1)]
    # What lies beyond 4,000 under a mean of 90 is far below 1e-12.
    np.testing.assert_allclose(np.exp(every).sum(axis=0), 1.0, rtol=1e-11)


@pytest.mark.parametrize("measured", [0.0, 4.0])
@pytest.mark.parametrize("name", KNOWN)
def test_slopes_are_those_of_the_density(name, measured):
    usual, model, fixed, _ = KNOWN[name]
    measured = measured if "binomial" in name else usual
    noise, small = NOISES[name], 1e-6
    found = noise.likelihood(measured, model, SPREADS, fixed)

    def value(m, s):
        return noise.likelihood(measured, m, s, fixed).value

    by_model = (value(model + small, SPREADS) - value(model - small, SPREADS)) / (2 * small)
    by_spread = (value(model, SPREADS + small) - value(model, SPREADS - small)) / (2 * small)
    # A central difference of 1e-6 loses 9 of 16 digits to rounding, of values of up to 1,000.
    np.testing.assert_allclose(found.by_model, by_model, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(found.by_spread, by_spread, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("name", MEASURED)
def test_draws_have_the_mean_and_variance_that_are_stated(name):
    _, model, fixed, _ = KNOWN[name]
    mean, spread = model[1], {"lognormal": 0.3, "negative-binomial": 0.5}.get(name, 4.0)
    expected = {
        "normal": (mean, spread**2),
        "lognormal": stats.lognorm.stats(spread, scale=mean),
        "negative-binomial": (mean, mean + spread * mean**2),
        "beta": (mean, mean * (1 - mean) / (spread + 1)),
        "beta-binomial": stats.betabinom.stats(10, mean * spread, (1 - mean) * spread),
    }[name]
    count = 200_000
    random = np.random.default_rng(8)
    found = NOISES[name].draw(np.full(count, mean), np.full(count, spread), fixed, random)
    # Five standard errors of a mean; those of the variance are 0.6 % at most, for the heaviest of the tails.
    assert found.mean() == pytest.approx(expected[0], abs=5 * np.sqrt(expected[1] / count))
    assert found.var() == pytest.approx(expected[1], rel=0.03)


@pytest.mark.parametrize("name", MEASURED)
def test_draws_follow_each_member_and_could_have_been_measured(name):
    _, model, fixed, _ = KNOWN[name]
    noise = NOISES[name]
    drawn = noise.draw(model, np.full(3, 3.0), fixed, np.random.default_rng(1))
    assert drawn.shape == (3,)
    assert drawn.dtype == np.float64
    assert [noise.refuses(each, fixed) for each in drawn] == ["", "", ""]


def test_draws_are_the_same_for_the_same_seed():
    model, spread = np.full(5, 7.0), np.full(5, 0.5)
    first, again = (
        NOISES["negative-binomial"].draw(model, spread, (), np.random.default_rng(3)) for _ in range(2)
    )
    np.testing.assert_array_equal(first, again)


@pytest.mark.parametrize(
    ("name", "measured", "fixed", "reason"),
    [
        ("normal", -1e9, (), ""),
        ("lognormal", 0.1, (), ""),
        ("lognormal", 0.0, (), "is not above zero, as lognormal noise needs"),
        ("lognormal", -1.0, (), "is not above zero, as lognormal noise needs"),
        ("negative-binomial", 0.0, (), ""),
        ("negative-binomial", -1.0, (), "is no count such as 0, 1 or 2"),
        ("negative-binomial", 1.5, (), "is no count such as 0, 1 or 2"),
        ("beta", 0.5, (), ""),
        ("beta", 0.0, (), "is no rate between 0 and 1"),
        ("beta", 1.0, (), "is no rate between 0 and 1"),
        ("beta-binomial", 0.0, (10.0,), ""),
        ("beta-binomial", 10.0, (10.0,), ""),
        ("beta-binomial", 11.0, (10.0,), "is no count between 0 and 10"),
        ("beta-binomial", 2.5, (10.0,), "is no count between 0 and 10"),
        ("beta-binomial", 0.0, (0.0,), "is out of 0 trials, which is no count above zero"),
        ("beta-binomial", 0.0, (2.5,), "is out of 2.5 trials, which is no count above zero"),
        ("peak", np.nan, (), ""),
        ("peak", 3.0, (), "stands where the cell must be empty: a peak has no number"),
    ],
)
def test_what_cannot_be_measured_is_refused_with_the_reason(name, measured, fixed, reason):
    assert NOISES[name].refuses(measured, fixed) == reason


def test_a_mean_of_zero_says_that_nothing_is_counted():
    with np.errstate(divide="ignore"):
        nothing, something = (
            NOISES["negative-binomial"].likelihood(measured, np.zeros(1), np.ones(1), ())
            for measured in (0.0, 3.0)
        )
    assert nothing.value[0] == 0.0
    assert nothing.by_model[0] == -1.0
    assert something.value[0] == -np.inf


@pytest.mark.parametrize("spread", [0.1, 2.0])
def test_a_peak_is_as_likely_as_not_where_both_windows_are_alike(spread):
    found = NOISES["peak"].likelihood(np.nan, np.array([1.0]), np.array([spread]), ())
    assert found.value[0] == np.log(0.5)
    assert found.by_spread[0] == 0.0


def test_a_peak_is_likelier_the_larger_its_window_and_never_impossible():
    model = np.array([1e-9, 0.5, 1.0, 1.5, 1e9])
    value = NOISES["peak"].likelihood(np.nan, model, np.full(5, 0.1), ()).value
    assert (np.diff(value) > 0).all()
    assert np.isfinite(value).all()
    assert value[-1] == 0.0


def test_the_draw_of_a_peak_is_no_number():
    drawn = NOISES["peak"].draw(np.ones(4), np.ones(4), (), np.random.default_rng(1))
    assert np.isnan(drawn).all()
