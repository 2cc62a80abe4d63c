"""pyPESTO gets one and the same loss as squares and as a number, with gradients, and survives failing runs."""

import copy

import numpy as np
import pytest
from pypesto.C import MODE_FUN, MODE_RES
from straight import DEVIATIONS, MEANS, MEASURED, NOISE, design
from tank import parameter

from sdmodels.calibration.objective import objective_of
from sdmodels.calibration.posterior import Posterior
from sdmodels.calibration.pypesto_problem import END, RANGE, PosteriorLoss, optimizer_of, problem_of

POINT = np.array([0.7, -0.4, 1.1])


@pytest.fixture(scope="module")
def posterior(straight) -> Posterior:
    return Posterior(objective=objective_of(straight))


@pytest.fixture
def by_likelihood(make_straight) -> Posterior:
    """Return a case with a noise that is estimated, which is no sum of squares."""
    rows = [f"water,{time},{level},normal,spread,s," for time, level in zip((1, 4, 8), MEASURED, strict=True)]
    return Posterior(objective=objective_of(make_straight(rows=rows, added=parameter("spread", 1, 9))))


def test_the_loss_is_half_of_the_sum_of_squares_where_there_are_squares(posterior):
    loss = PosteriorLoss(posterior)
    residuals = loss(POINT, mode=MODE_RES)
    by_hand = (design() @ (MEANS + DEVIATIONS * POINT) - MEASURED) / NOISE
    # The priors' quantiles are sure to 1e-10 of a score.
    np.testing.assert_allclose(residuals, [*by_hand, *POINT], rtol=1e-7)
    # What a profile compares with each other: without the constants of the likelihood on either side.
    assert loss(POINT) == pytest.approx(0.5 * (residuals**2).sum(), rel=1e-14)


def test_the_loss_is_minus_the_log_density_where_there_are_none(by_likelihood):
    loss = PosteriorLoss(by_likelihood)
    point = np.append(POINT, 0.3)
    assert not loss.check_mode(MODE_RES)
    assert loss(point) == by_likelihood.loss(point)
    assert loss(point) == pytest.approx(-by_likelihood.log_density(point[:, None])[0], rel=1e-12)


@pytest.mark.parametrize("kind", ["squares", "likelihood"])
def test_gradients_are_those_of_the_loss(posterior, by_likelihood, kind):
    loss = PosteriorLoss(posterior if kind == "squares" else by_likelihood)
    point = POINT if kind == "squares" else np.append(POINT, 0.3)
    found = loss(point, sensi_orders=(1,))
    step = 1e-5
    central = [
        (loss(point + step * unit) - loss(point - step * unit)) / (2 * step) for unit in np.eye(point.size)
    ]
    # A central difference is off by a sixth of the step squared times a third derivative, and by rounding.
    np.testing.assert_allclose(found, central, rtol=1e-6, atol=1e-6)
    if kind == "squares":
        residuals, slopes = loss(point, sensi_orders=(0, 1), mode=MODE_RES)
        np.testing.assert_allclose(slopes.T @ residuals, found, rtol=1e-9, atol=1e-9)


def test_a_run_that_fails_is_far_away_and_not_no_number(make_straight):
    failing = make_straight(
        ('formula = "Level"', 'formula = "Level * Root"'),
        ('name = "Depth"\nminimum = 1', 'name = "Depth"\nminimum = 0'),
        ("mean = 2, sd = 0.125", "mean = 1, sd = 0.125"),
    )
    loss = PosteriorLoss(Posterior(objective=objective_of(failing)))
    # A depth below 1 has no root.
    point = np.array([0.0, 0.0, -1.0])
    residuals, slopes = loss(point, sensi_orders=(0, 1), mode=MODE_RES)
    np.testing.assert_array_equal(residuals, [1e6] * 3 + [0.0, 0.0, -1.0])
    assert np.isfinite(slopes).all()
    assert loss(point) == 1.5e12 + 0.5
    assert np.isfinite(loss(point, sensi_orders=(1,))).all()


def test_the_prior_of_a_profiled_parameter_is_left_out_and_its_range_is_its_bound(posterior):
    alone = Posterior(objective=posterior.objective, without_prior=2)
    assert PosteriorLoss(posterior)(POINT) - PosteriorLoss(alone)(POINT) == pytest.approx(
        1.1**2 / 2, rel=1e-12
    )
    np.testing.assert_array_equal(problem_of(posterior).ub, [END] * 3)
    np.testing.assert_array_equal(problem_of(alone).lb, [-END, -END, -RANGE])


def test_starts_are_those_that_are_given_inside_of_the_bounds(posterior):
    problem = problem_of(posterior, np.array([[0.5, 9.0, -9.0], [1.0, 2.0, 3.0]]))
    found = problem.startpoint_method(n_starts=2, problem=problem)
    np.testing.assert_array_equal(found, [[0.5, END, -END], [1.0, 2.0, 3.0]])


def test_a_copy_shares_the_machine_code(posterior):
    loss = PosteriorLoss(posterior)
    assert copy.deepcopy(loss).posterior is posterior
    assert loss.get_config() == {"type": "PosteriorLoss", "case": "tank"}
    assert loss.check_sensi_orders((0, 1), MODE_FUN)
    assert not loss.check_sensi_orders((0, 2), MODE_FUN)


def test_squares_are_searched_as_squares(posterior, by_likelihood):
    assert optimizer_of(posterior).method == "ls_trf"
    assert optimizer_of(by_likelihood).method == "L-BFGS-B"
