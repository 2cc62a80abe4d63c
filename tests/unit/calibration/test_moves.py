"""A step leaves the normal density of the population as it is, and its size follows the acceptance."""

import numpy as np
import pytest

from sdmodels.calibration.moves import DRAWN, LARGEST, SIZES, Shape, moves, tuned

SHAPE = Shape(mean=np.array([1.0, -2.0]), covariance=np.array([[2.0, 0.9], [0.9, 0.5]]))


def log_normal(scores: np.ndarray) -> np.ndarray:
    away = scores - SHAPE.mean
    return -0.5 * (away * np.linalg.solve(SHAPE.covariance, away.T).T).sum(axis=1)


def proposed(size: float, scores: np.ndarray, seed: int = 1) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return what each move of all scores proposes, with the logarithm of its Hastings factor."""
    random = np.random.RandomState(seed)
    return [move.get_proposal(scores, random) for move, _ in moves([SHAPE], size)[: len(SIZES)]]


def test_a_population_s_shape_is_its_mean_and_covariance():
    population = np.random.default_rng(1).standard_normal((50, 3))
    shape = Shape.of(population)
    np.testing.assert_array_equal(shape.mean, population.mean(axis=0))
    # What is added to the variances so that they stay above zero.
    np.testing.assert_allclose(shape.covariance, np.cov(population.T), atol=2e-9)


def test_one_parameter_and_a_population_in_one_point_have_a_shape():
    assert Shape.of(np.ones((5, 1))).covariance.shape == (1, 1)
    assert np.linalg.cholesky(Shape.of(np.ones((5, 2))).covariance)[0, 0] > 0


def test_every_step_is_taken_where_the_target_is_the_normal_density_itself():
    scores = np.random.default_rng(2).standard_normal((200, 2)) * 3
    for fresh, factor in proposed(0.4, scores):
        # Rounding of squares up to 100.
        np.testing.assert_allclose(factor, log_normal(scores) - log_normal(fresh), atol=1e-11)


def test_proposals_are_drawn_around_what_is_kept_of_the_distance_to_the_mean():
    count = 40_000
    scores = np.tile([4.0, 1.0], (count, 1))
    for size, (fresh, _) in zip([0.28, 0.56], proposed(0.4, scores), strict=True):
        expected = SHAPE.mean + np.sqrt(1 - size**2) * (scores[0] - SHAPE.mean)
        # Four standard errors of the mean, and of a covariance: the largest variance is 2.
        np.testing.assert_allclose(fresh.mean(axis=0), expected, atol=4 * size * np.sqrt(2 / count))
        allowed = 4 * size**2 * 2 * np.sqrt(2 / count)
        np.testing.assert_allclose(np.cov(fresh.T), size**2 * SHAPE.covariance, atol=allowed)


def test_sizes_are_around_the_one_asked_for_and_never_forget_where_a_walker_is():
    assert SIZES == (0.7, 1.4)
    # Of emcee's moves one in ten draws some scores again.
    assert [weight for _, weight in moves([SHAPE], 0.9)] == pytest.approx([0.45] * 2 + [0.05] * 2)
    scores = np.tile([1e6, 0.0], (4, 1))
    (small, _), (large, _) = proposed(LARGEST, scores)
    # What is kept of a million is far more than what is drawn.
    np.testing.assert_allclose(small[:, 0], np.sqrt(1 - (0.7 * LARGEST) ** 2) * 1e6, rtol=1e-3)
    np.testing.assert_allclose(large[:, 0], np.sqrt(1 - LARGEST**2) * 1e6, rtol=1e-3)


def test_some_scores_are_drawn_again_and_the_prior_stays_as_it_is():
    random = np.random.RandomState(1)
    scores = random.standard_normal((20_000, 4))
    for (share, size), (move, _) in zip(DRAWN, moves([wide(4)], 0.4)[len(SIZES) :], strict=True):
        fresh, factor = move.get_proposal(scores, random)
        changed = fresh != scores
        # Four standard errors of a share, and of a variance.
        assert changed.mean() == pytest.approx(share, abs=4 * np.sqrt(share / scores.size))
        assert fresh.var() == pytest.approx(1, abs=4 * np.sqrt(2 / scores.size))
        kept = np.corrcoef(scores[changed], fresh[changed])[0, 1]
        assert kept == pytest.approx(np.sqrt(1 - size**2), abs=0.05)
        # Where only the prior counts every step is taken.
        np.testing.assert_allclose(factor, 0.5 * (fresh**2 - scores**2).sum(axis=1), atol=1e-12)


def test_each_part_of_the_walkers_moves_by_a_shape_of_its_own():
    scores = np.zeros((7, 2))
    far = Shape(mean=np.array([50.0, 0.0]), covariance=SHAPE.covariance)
    move = moves([SHAPE, far], 0.4)[0][0]
    fresh, _ = move.get_proposal(scores, np.random.RandomState(1))
    # The first part has one more where they cannot be parted evenly.
    np.testing.assert_array_equal(fresh[:, 0] > 1, [False] * 4 + [True] * 3)


def wide(size: int) -> Shape:
    return Shape(mean=np.zeros(size), covariance=np.eye(size))


@pytest.mark.parametrize(
    ("size", "acceptance", "found"),
    [
        (0.4, 0.2, 0.4),
        (0.4, 0.25, 0.4),
        (0.4, 0.3, 0.4),
        (0.4, 0.15, 0.3),  # by 0.15 / 0.2
        (0.4, 0.0, 0.24),  # by 0.6 at most
        (0.4, 0.36, 0.48),  # by 0.36 / 0.3
        (0.4, 0.9, 0.6),  # by 1.5 at most
        (0.9, 0.9, LARGEST),
        (0.011, 0.0, 0.01),
    ],
)
def test_steps_become_smaller_where_few_are_taken_and_larger_where_many_are(size, acceptance, found):
    assert tuned(size, acceptance) == pytest.approx(found, rel=1e-12)
