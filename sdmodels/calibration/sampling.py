"""Which parameters are plausible after the data: a sample of the posterior?

Several populations come from the prior to the posterior, each by itself (:mod:`.tempering`): they are the chains
that R-hat compares. All walkers of a population are one ensemble of runs.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sdmodels.calibration.convergence import Convergence, convergence_of
from sdmodels.calibration.posterior import Posterior
from sdmodels.calibration.tempering import begun, keep, kept, shuffled, tempered
from sdmodels.engine.trajectories import Floats, Progress
from sdmodels.errors import CalibrationError

# A parameter: with fewer the covariance of a population is made of chance.
LEAST_WALKERS = 3
# Of a progress bar, for each population: it is not known how often the power will be raised.
PARTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Draws from the posterior.

    Attributes
    ----------
    scores
        Shape ``(populations, walkers, parameters)``.
    convergence
        Whether the draws suffice.
    log_evidence
        The logarithm of the mean likelihood over the prior, for each population.
    """

    scores: Floats
    convergence: Convergence
    log_evidence: Floats

    @property
    def flat(self) -> Floats:
        """All draws, shape ``(parameters, draws)``."""
        return self.scores.reshape(-1, self.scores.shape[2]).T

    def some(self, count: int, *, seed: int) -> Floats:
        """Return so many of the draws at random, shape ``(parameters, count)``."""
        every = self.flat
        return every[:, np.random.default_rng(seed).permutation(every.shape[1])[:count]]


def sample(
    posterior: Posterior,
    *,
    populations: int,
    walkers: int,
    seed: int,
    store: Path | None = None,
    progress: Progress | None = None,
) -> Sample:
    """Draw from the posterior.

    Parameters
    ----------
    store
        A folder that populations are kept in on the way: what it holds already is gone on from, to the same
        numbers as without a break.

    Raises
    ------
    CalibrationError
        If there are too few walkers for the parameters, or no draw from the prior has a likelihood.
    """
    require_enough(walkers, posterior.size)
    seeds = np.random.SeedSequence(seed).generate_state(populations)
    found = []
    for number, own in enumerate(seeds):
        path = None if store is None else store / f"population_{number}.npz"
        population = None if path is None else kept(path)
        population = population or begun(posterior.size, walkers=walkers, seed=int(own))
        for population in tempered(posterior, population):  # noqa: B020
            if path is not None:
                keep(population, path)
            if progress is not None:
                # The power grows by some factor at a time: its logarithm tells how far it is.
                part = max(0.0, 1 + np.log10(max(population.power, 1e-4)) / 4)
                progress(round(PARTS * (number + part)), PARTS * populations)
        found.append(shuffled(population, int(own)))
    scores = np.array([population.scores for population in found])
    return Sample(
        scores=scores,
        convergence=convergence_of(scores, [population.acceptance for population in found]),
        log_evidence=np.array([population.log_evidence for population in found]),
    )


def require_enough(walkers: int, size: int) -> None:
    """Do nothing if there are walkers enough for so many parameters; raise CalibrationError otherwise."""
    if walkers < LEAST_WALKERS * size:
        raise CalibrationError(
            f"{walkers} walkers are too few for {size} parameters.\n"
            f"    the shape of the posterior is read off them, which takes {LEAST_WALKERS} a parameter\n"
            f"Ask for {LEAST_WALKERS * size} or more."
        )
