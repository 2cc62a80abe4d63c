"""Every observation is held against what the model says at the best optimum and over the posterior."""

import numpy as np
import pytest
from straight import DEVIATIONS, MEANS, MEASURED, NOISE, ROWS, TIMES, design
from tank import observable

from sdmodels.calibration.fit import Fit, fit_of
from sdmodels.calibration.objective import objective_of

NOWHERE = np.zeros(3)
DRAWS = np.random.default_rng(11).standard_normal((3, 4000))


@pytest.fixture(scope="module")
def fits(straight) -> tuple[Fit, ...]:
    return fit_of(objective_of(straight), DRAWS, np.array([1.0, -1.0, 0.0]), seed=1)


def modelled(scores: np.ndarray) -> np.ndarray:
    """Return the levels of the closed form, shape ``(times, draws)``."""
    return design() @ (MEANS[:, None] + DEVIATIONS[:, None] * scores)


def test_each_observation_has_a_fit_in_the_order_of_the_file(fits, straight):
    assert [fit.observation for fit in fits] == list(straight.observations)
    assert [fit.observation.span.begins for fit in fits] == list(TIMES)
    assert not any(fit.is_peak for fit in fits)


def test_the_best_is_the_model_at_the_optimum(fits):
    expected = modelled(np.array([[1.0], [-1.0], [0.0]]))[:, 0]
    # The priors' quantiles are sure to 1e-10 of a score.
    np.testing.assert_allclose([fit.best for fit in fits], expected, rtol=1e-8)


def test_numbers_are_quantiles_of_the_model_over_the_draws(fits):
    expected = np.quantile(modelled(DRAWS), (0.05, 0.25, 0.5, 0.75, 0.95), axis=1)
    found = [[fit.low, fit.lower, fit.median, fit.upper, fit.high] for fit in fits]
    np.testing.assert_allclose(found, expected.T, rtol=1e-8)


def test_measurements_that_the_model_expects_have_its_spread_and_their_noise(fits):
    for fit, by_score, mean in zip(
        fits, design() * DEVIATIONS, modelled(np.zeros((3, 1)))[:, 0], strict=True
    ):
        deviation = np.sqrt((by_score**2).sum() + NOISE**2)
        # A quantile of 5 % has a standard error of 2.1 deviations over the root of the draws; four of them.
        allowed = 4 * 2.1 * deviation / np.sqrt(DRAWS.shape[1])
        assert fit.predicted_low == pytest.approx(mean - 1.645 * deviation, abs=allowed)
        assert fit.predicted_high == pytest.approx(mean + 1.645 * deviation, abs=allowed)


def test_the_share_below_says_where_a_measurement_lies_among_them(fits):
    from scipy.stats import norm

    for fit, by_score, mean in zip(
        fits, design() * DEVIATIONS, modelled(np.zeros((3, 1)))[:, 0], strict=True
    ):
        deviation = np.sqrt((by_score**2).sum() + NOISE**2)
        expected = norm.cdf((fit.observation.measured - mean) / deviation)
        # Four standard errors of a share of one half.
        assert fit.share_below == pytest.approx(expected, abs=2 / np.sqrt(DRAWS.shape[1]))


@pytest.mark.parametrize(("measured", "share"), [(1000, 1.0), (-1000, 0.0)])
def test_what_the_model_never_comes_to_is_a_misfit(make_straight, measured, share):
    case = make_straight(rows=[f"water,1,{measured},normal,2,s,"])
    (fit,) = fit_of(objective_of(case), DRAWS[:, :50], NOWHERE, seed=1)
    assert fit.share_below == share


def test_the_same_seed_draws_the_same_noise(straight, fits):
    objective = objective_of(straight)
    assert fit_of(objective, DRAWS, np.array([1.0, -1.0, 0.0]), seed=1) == fits
    assert fit_of(objective, DRAWS, np.array([1.0, -1.0, 0.0]), seed=2) != fits


@pytest.mark.parametrize(("among", "rivals"), [("0/8", [(4, 8)]), ("0/12", [(4, 8), (8, 12)])])
def test_a_peak_is_held_against_the_rival_that_comes_nearest(make_straight, among, rivals):
    case = make_straight(
        rows=(*ROWS, "flood,0/4,,peak,0.3,s,"),
        added=observable("flood", "Level", "peak", "", f'among = "{among}"'),
    )
    fit = fit_of(objective_of(case), DRAWS[:, :500], NOWHERE, seed=1)[3]
    assert fit.is_peak
    saved = np.arange(0, 12.5, 0.5)
    level = design(saved) @ (MEANS[:, None] + DEVIATIONS[:, None] * DRAWS[:, :500])

    def total(begins: int, ends: int) -> np.ndarray:
        return np.trapezoid(level[2 * begins : 2 * ends + 1], dx=0.5, axis=0)

    factor = np.min([total(0, 4) / total(*rival) for rival in rivals], axis=0)
    low, median, high = np.quantile(factor, (0.05, 0.5, 0.95))
    assert (fit.low, fit.median, fit.high) == pytest.approx((low, median, high), rel=1e-8)
    # A peak has no noise of its own.
    assert (fit.predicted_low, fit.predicted_high) == (fit.low, fit.high)
    assert fit.share_below == (factor < 1).mean()


def test_the_data_of_the_closed_form_are_those_of_the_file(straight):
    assert tuple(observation.measured for observation in straight.observations) == MEASURED


def test_a_count_out_of_trials_is_shown_as_its_rate(make_straight):
    case = make_straight(
        rows=(*ROWS, "part,1,90,beta-binomial,200;1e6,s,"),
        added=observable("part", "Level / 200 / One Litre", "value", "Dmnl"),
    )
    fit = fit_of(objective_of(case), DRAWS, NOWHERE, seed=1)[-1]
    assert fit.observation.level == 0.45
    # A level of 94 on average with a deviation of 9, and binomial noise of 200.
    assert 0.3 < fit.predicted_low < fit.low < fit.median < fit.high < fit.predicted_high < 0.6
    assert fit.median == pytest.approx(0.47, abs=0.01)


def test_no_count_where_hardly_any_is_expected_is_no_misfit(make_straight):
    case = make_straight(
        rows=(*ROWS, "rare,1,0,negative-binomial,0.1,s,"),
        added=observable("rare", "Level / 2000 / One Litre", "value", "Dmnl"),
    )
    fit = fit_of(objective_of(case), DRAWS, NOWHERE, seed=1)[-1]
    # Of 95 % of the draws nothing is counted: half of these lie below.
    assert fit.share_below == pytest.approx(0.477, abs=0.02)
