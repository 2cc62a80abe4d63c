"""A sample has the mean, the spread and the evidence of the posterior that is known, whatever interrupts it."""

import numpy as np
import pytest
from straight import MEANS, log_evidence
from straight import posterior as known

from sdmodels.calibration.convergence import LEAST_EFFECTIVE, MOST_RHAT, Convergence, convergence_of
from sdmodels.calibration.objective import objective_of
from sdmodels.calibration.posterior import Posterior
from sdmodels.calibration.sampling import Sample, sample
from sdmodels.errors import CalibrationError
from sdmodels.experiment.request import Integration

POPULATIONS, WALKERS = 4, 512


@pytest.fixture(scope="module")
def posterior(straight) -> Posterior:
    return Posterior(objective=objective_of(straight))


@pytest.fixture(scope="module")
def drawn(posterior) -> Sample:
    return sample(posterior, populations=POPULATIONS, walkers=WALKERS, seed=1)


def test_a_sample_has_the_mean_and_the_covariance_of_the_posterior(drawn):
    mean, covariance = known()
    effective = drawn.convergence.bulk.min()
    deviations = np.sqrt(np.diag(covariance))
    # Four standard errors: of a mean its deviation over the root of the effective draws, of a covariance at most
    # the product of the deviations times the root of two over them.
    np.testing.assert_allclose(drawn.flat.mean(axis=1), mean, atol=4 * deviations.max() / np.sqrt(effective))
    away = np.abs(drawn.flat.mean(axis=1) - mean) / deviations
    assert away.max() < 4 / np.sqrt(effective)
    found = np.cov(drawn.flat)
    assert (np.abs(found - covariance) / np.outer(deviations, deviations)).max() < 4 * np.sqrt(2 / effective)


def test_parameters_that_the_data_tie_together_are_correlated(drawn):
    _, covariance = known()
    expected = covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1])
    assert expected < -0.5
    found = np.corrcoef(drawn.flat[:2])[0, 1]
    # Four standard errors of a correlation.
    allowed = 4 * (1 - expected**2) / np.sqrt(drawn.convergence.bulk.min())
    assert found == pytest.approx(expected, abs=allowed)


def test_a_parameter_that_the_data_say_nothing_of_keeps_its_prior(drawn, straight):
    place = straight.space.names.index("depth")
    values = straight.space.values_of(drawn.flat)[place]
    # Four standard errors; a quantile of 5 % has twice the error of the mean.
    error = 4 * 0.125 / np.sqrt(drawn.convergence.tail[place])
    assert values.mean() == pytest.approx(MEANS[2], abs=error)
    low, high = np.quantile(values, (0.05, 0.95))
    assert (low, high) == pytest.approx((2 - 1.645 * 0.125, 2 + 1.645 * 0.125), abs=2.2 * error)


def test_the_evidence_is_that_of_the_data(drawn):
    assert drawn.log_evidence.shape == (POPULATIONS,)
    # Each of up to four powers adds a variance of one over the walkers; four standard errors of the mean.
    allowed = 4 * np.sqrt(4 / WALKERS / POPULATIONS)
    assert drawn.log_evidence.mean() == pytest.approx(log_evidence(), abs=allowed)


def test_draws_are_scores_by_population_and_walker(drawn):
    assert drawn.scores.shape == (POPULATIONS, WALKERS, 3)
    np.testing.assert_array_equal(drawn.flat[:, WALKERS + 2], drawn.scores[1, 2])
    some = drawn.some(100, seed=3)
    assert some.shape == (3, 100)
    np.testing.assert_array_equal(some, drawn.some(100, seed=3))
    assert not np.array_equal(some, drawn.some(100, seed=4))
    # Each is one of the draws, whole, and none comes twice.
    every = {tuple(draw) for draw in drawn.flat.T}
    assert {tuple(draw) for draw in some.T} < every
    assert len({tuple(draw) for draw in some.T}) == 100
    assert drawn.some(10**6, seed=1).shape == drawn.flat.shape


def test_the_same_seed_draws_the_same_and_another_one_does_not(posterior):
    first, again, other = (sample(posterior, populations=2, walkers=64, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.scores, again.scores)
    np.testing.assert_array_equal(first.log_evidence, again.log_evidence)
    assert not np.array_equal(first.scores, other.scores)
    assert not np.array_equal(first.scores[0], first.scores[1])


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_an_interrupted_sample_goes_on_to_the_same_draws(posterior, tmp_path, share):
    whole = sample(posterior, populations=2, walkers=64, seed=1)

    def interrupt(done, of):
        if done >= share * of:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sample(posterior, populations=2, walkers=64, seed=1, store=tmp_path, progress=interrupt)
    resumed = sample(posterior, populations=2, walkers=64, seed=1, store=tmp_path)
    np.testing.assert_array_equal(resumed.scores, whole.scores)
    np.testing.assert_array_equal(resumed.log_evidence, whole.log_evidence)
    assert resumed.convergence.acceptance == whole.convergence.acceptance


def test_populations_side_by_side_are_those_of_one_thread(straight):
    one, two = (
        sample(
            Posterior(objective=objective_of(straight, engine=Integration(threads=threads))),
            populations=3,
            walkers=64,
            seed=1,
        )
        for threads in (1, 2)
    )
    np.testing.assert_array_equal(one.scores, two.scores)


def test_a_finished_sample_is_read_and_not_made_again(posterior, tmp_path):
    whole = sample(posterior, populations=2, walkers=32, seed=1, store=tmp_path)
    written = [path.stat().st_mtime_ns for path in sorted(tmp_path.iterdir())]
    again = sample(posterior, populations=2, walkers=32, seed=1, store=tmp_path)
    assert [path.stat().st_mtime_ns for path in sorted(tmp_path.iterdir())] == written
    np.testing.assert_array_equal(again.scores, whole.scores)


def test_progress_rises_to_its_end(posterior):
    told = []
    sample(posterior, populations=2, walkers=32, seed=1, progress=lambda *of: told.append(of))
    done = [each for each, _ in told]
    assert done == sorted(done)
    assert {of for _, of in told} == {40}
    assert done[-1] == 40


def test_no_likelihood_anywhere_is_refused(make_straight):
    case = make_straight(
        ('formula = "Level"', 'formula = "Level * Root"'),
        ('name = "Depth"\nminimum = 1\nmaximum = 3', 'name = "Depth"\nminimum = 0\nmaximum = 0.9'),
        ("mean = 2, sd = 0.125", "mean = 0.5, sd = 0.125"),
    )
    with pytest.raises(CalibrationError, match=r"^No draw from the priors of 'tank' has a likelihood\.\n"):
        sample(Posterior(objective=objective_of(case)), populations=2, walkers=24, seed=1)


def test_too_few_walkers_to_have_a_shape_are_refused(posterior):
    message = (
        r"^23 walkers are too few for 3 parameters\.\n"
        r"    the shape of the posterior is read off them, which takes 8 a parameter\n"
        r"Ask for 24 or more\.$"
    )
    with pytest.raises(CalibrationError, match=message):
        sample(posterior, populations=2, walkers=23, seed=1)
    assert sample(posterior, populations=2, walkers=24, seed=1).scores.shape == (2, 24, 3)


def test_convergence_is_what_arviz_says(drawn):
    import arviz

    for place in range(3):
        chains = drawn.scores[:, :, place]
        assert drawn.convergence.rhat[place] == arviz.rhat(chains)
        assert drawn.convergence.bulk[place] == arviz.ess(chains, method="bulk")
        assert drawn.convergence.tail[place] == arviz.ess(chains, method="tail")


def test_populations_that_agree_suffice_and_one_that_is_elsewhere_does_not(drawn):
    assert drawn.convergence.suffices
    scores = drawn.scores.copy()
    # A third of a standard deviation in one population and one parameter.
    scores[2, :, 1] += 0.35 * scores[2, :, 1].std()
    convergence = convergence_of(scores, [0.25] * POPULATIONS)
    assert not convergence.suffices
    assert convergence.rhat[1] > MOST_RHAT
    np.testing.assert_array_equal(convergence.rhat[[0, 2]], drawn.convergence.rhat[[0, 2]])


def test_a_population_that_is_wider_than_the_others_does_not_suffice(drawn):
    scores = drawn.scores.copy()
    scores[0] = scores[0].mean(axis=0) + 2 * (scores[0] - scores[0].mean(axis=0))
    assert not convergence_of(scores, [0.25] * POPULATIONS).suffices


def test_a_random_walk_does_not_suffice():
    steps = np.random.default_rng(1).standard_normal((4, 512, 1))
    assert not convergence_of(steps.cumsum(axis=1), [0.25] * 4).suffices


@pytest.mark.parametrize(
    ("changed", "suffices"),
    [
        ({}, True),
        ({"rhat": [1.0, MOST_RHAT]}, False),
        ({"rhat": [1.0, np.nan]}, False),
        ({"bulk": [LEAST_EFFECTIVE, LEAST_EFFECTIVE - 1]}, False),
        ({"tail": [LEAST_EFFECTIVE, LEAST_EFFECTIVE - 1]}, False),
    ],
)
def test_every_parameter_must_be_good_enough(changed, suffices):
    numbers = {"rhat": [1.0, 1.009], "bulk": [1000.0, 1000.0], "tail": [1000.0, 5000.0], **changed}
    arrays = {key: np.array(value) for key, value in numbers.items()}
    assert Convergence(**arrays, acceptance=0.25).suffices is suffices


def test_acceptance_is_the_mean_of_the_populations():
    scores = np.random.default_rng(1).standard_normal((2, 64, 1))
    assert convergence_of(scores, [0.25, 0.75]).acceptance == 0.5
