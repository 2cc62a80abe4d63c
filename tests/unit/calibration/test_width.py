"""A sample of a posterior that is known exactly is as wide as it."""

import numpy as np
import pytest

from sdmodels.calibration.space import log_prior
from sdmodels.calibration.tempering import begun, tempered

PARAMETERS, MEASURED, IDLE = 68, 13, 20


class Linear:
    """Thirteen measurements that are linear in 48 of 68 parameters, with normal noise: the posterior is normal."""

    size = PARAMETERS

    def __init__(self) -> None:
        random = np.random.default_rng(0)
        sure = np.logspace(1.7, 0.4, MEASURED)[:, None]
        self.slopes = sure * random.standard_normal((MEASURED, PARAMETERS)) / np.sqrt(PARAMETERS)
        self.slopes[:, -IDLE:] = 0
        truth = random.standard_normal(PARAMETERS)
        self.measured = (self.slopes @ truth + random.standard_normal(MEASURED))[:, None]
        self.covariance = np.linalg.inv(np.eye(PARAMETERS) + self.slopes.T @ self.slopes)
        self.mean = self.covariance @ self.slopes.T @ self.measured[:, 0]

    def log_likelihood(self, scores: np.ndarray) -> np.ndarray:
        return -0.5 * ((self.measured - self.slopes @ scores) ** 2).sum(axis=0)

    def log_density(self, scores: np.ndarray, *, power: float = 1.0) -> np.ndarray:
        return log_prior(scores) + power * self.log_likelihood(scores)


def sampled(posterior: Linear, walkers: int, seed: int) -> np.ndarray:
    """Return walkers at the posterior, in coordinates in which it is standard normal, the surest first."""
    *_, last = tempered(posterior, begun(PARAMETERS, walkers=walkers, seed=seed))
    variances, directions = np.linalg.eigh(posterior.covariance)
    return (last.scores - posterior.mean) @ directions / np.sqrt(variances)


@pytest.mark.slow
@pytest.mark.parametrize("walkers", [8 * PARAMETERS, 16 * PARAMETERS])
def test_a_sample_is_as_wide_as_its_posterior_however_few_the_walkers(walkers: int) -> None:
    standard = np.concatenate([sampled(Linear(), walkers, seed) for seed in (1, 2)])
    # What is measured: of some hundred draws that are not all independent.
    assert standard[:, :MEASURED].var(axis=0).mean() == pytest.approx(1, abs=0.15)
    # What is not measured is as wide as its prior: a population that moved by its own shape had 0.7 at 256 walkers.
    assert standard[:, MEASURED:].var() == pytest.approx(1, abs=0.04)
