"""A population comes from the prior to the posterior by powers that rise as far as half of it can stand for all."""

from itertools import pairwise

import numpy as np
import pytest
from straight import DEVIATIONS, MEANS, MEASURED, NOISE, design, log_evidence
from tank import parameter

from sdmodels.calibration.objective import objective_of
from sdmodels.calibration.posterior import Posterior
from sdmodels.calibration.tempering import FIRST_SIZE, begun, keep, kept, tempered
from sdmodels.errors import CalibrationError

WALKERS = 256


@pytest.fixture(scope="module")
def posterior(straight) -> Posterior:
    return Posterior(objective=objective_of(straight))


@pytest.fixture(scope="module")
def way(posterior) -> list:
    """Return the population at every power, the prior first."""
    first = begun(3, walkers=WALKERS, seed=5)
    return [first, *tempered(posterior, first)]


def log_likelihood(scores: np.ndarray) -> np.ndarray:
    """Return the likelihood by hand, shape ``(walkers,)``."""
    residuals = (np.array(MEASURED) - (MEANS + DEVIATIONS * scores) @ design().T) / NOISE
    return (-0.5 * residuals**2 - np.log(NOISE * np.sqrt(2 * np.pi))).sum(axis=1)


def effective(weights: np.ndarray) -> float:
    return weights.sum() ** 2 / (weights**2).sum()


def same(one, other) -> bool:
    """Return whether two populations are the same, bit for bit."""
    numbers = ("power", "size", "acceptance", "log_evidence", "random")
    return np.array_equal(one.scores, other.scores) and all(
        getattr(one, each) == getattr(other, each) for each in numbers
    )


def test_a_population_begins_as_draws_from_the_prior():
    population = begun(4, walkers=10_000, seed=1)
    assert population.scores.shape == (10_000, 4)
    assert (population.power, population.log_evidence, population.size) == (0.0, 0.0, FIRST_SIZE)
    # Four standard errors.
    np.testing.assert_allclose(population.scores.mean(axis=0), 0, atol=0.04)
    np.testing.assert_allclose(np.cov(population.scores.T), np.eye(4), atol=4 * np.sqrt(2 / 10_000))
    assert same(population, begun(4, walkers=10_000, seed=1))
    assert not same(population, begun(4, walkers=10_000, seed=2))


def test_powers_rise_to_one_and_end_there(way):
    powers = [population.power for population in way]
    assert len(powers) >= 3
    assert (np.diff(powers) > 0).all()
    assert powers[0] == 0.0
    assert powers[-1] == 1.0


def test_each_power_but_the_last_leaves_half_of_the_population(way):
    for before, after in pairwise(way[:-1]):
        weights = np.exp((after.power - before.power) * log_likelihood(before.scores))
        # Bisection stops at 2^-60; likelihoods by hand and by run differ by rounding, 1e-13 of a hundred.
        assert effective(weights) == pytest.approx(WALKERS / 2, rel=1e-9)
    last = np.exp((1 - way[-2].power) * log_likelihood(way[-2].scores))
    assert effective(last) >= WALKERS / 2


def test_the_evidence_is_the_product_of_mean_weights(way):
    parts = [
        np.log(np.exp((after.power - before.power) * log_likelihood(before.scores)).mean())
        for before, after in pairwise(way)
    ]
    np.testing.assert_allclose([each.log_evidence for each in way[1:]], np.cumsum(parts), rtol=1e-10)
    # Half of the weight is lost at each power: a relative variance of one over the walkers; four standard errors.
    allowed = 4 * np.sqrt(len(parts) / WALKERS)
    assert way[-1].log_evidence == pytest.approx(log_evidence(), abs=allowed)


def test_data_that_say_nothing_are_one_step_away(make_straight):
    rows = [f"water,{time},100,normal,1e9,made up," for time in (1, 4, 8)]
    silent = Posterior(objective=objective_of(make_straight(rows=rows)))
    (only,) = tempered(silent, begun(3, walkers=64, seed=1))
    assert only.power == 1.0
    # All residuals are below 1e-7 standard deviations.
    assert only.log_evidence == pytest.approx(-3 * np.log(1e9 * np.sqrt(2 * np.pi)), rel=1e-12)


def test_draws_without_a_likelihood_leave_and_count_as_zero(make_straight):
    half = make_straight(
        ('formula = "Level"', 'formula = "100 * One Litre + 0 * Root * One Litre"'),
        ('name = "Depth"\nminimum = 1', 'name = "Depth"\nminimum = 0'),
        ("mean = 2, sd = 0.125", "mean = 1, sd = 0.125"),
        rows=["water,1,100,normal,2,made up,"],
    )
    posterior = Posterior(objective=objective_of(half))
    *_, last = tempered(posterior, begun(3, walkers=1024, seed=2))
    # Below a depth of 1, the mean of its prior, the model has no value.
    assert (last.scores[:, 2] >= 0).all()
    assert last.scores[:, 2].mean() == pytest.approx(np.sqrt(2 / np.pi), abs=4 * 0.6 / np.sqrt(1024))
    expected = np.log(0.5 / (2 * np.sqrt(2 * np.pi)))
    # A share of one half among 1,024 draws has a relative standard error of 1 / 32.
    assert last.log_evidence == pytest.approx(expected, abs=4 / 32)


def test_a_prior_without_any_likelihood_is_refused(make_case):
    case = make_case(
        ('formula = "Level"', 'formula = "Level * Root"'),
        added=parameter("depth", 0, 0.9, name="Depth"),
    )
    message = (
        r"^No draw from the priors of 'tank' has a likelihood\.\n"
        r"    32 draws, none of which ran to what can have been measured\n"
        r"Narrow the bounds to where the model runs and its formulas mean what is measured .*\.$"
    )
    with pytest.raises(CalibrationError, match=message):
        list(tempered(Posterior(objective=objective_of(case)), begun(3, walkers=32, seed=1)))


def test_the_same_beginning_comes_to_the_same_end(posterior, way):
    *_, again = tempered(posterior, begun(3, walkers=WALKERS, seed=5))
    assert same(again, way[-1])


def test_a_population_that_was_written_goes_on_as_if_it_never_was(posterior, way, tmp_path):
    path = tmp_path / "new" / "population.npz"
    assert kept(path) is None
    keep(way[1], path)
    read = kept(path)
    assert same(read, way[1])
    *_, last = tempered(posterior, read)
    assert same(last, way[-1])
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_population_that_is_there_stays(posterior, way):
    assert list(tempered(posterior, way[-1])) == []
