"""Which parameters are plausible after the data: a sample of the posterior?

Several populations come from the prior to the posterior, each by itself (:mod:`.tempering`): they are the chains
that R-hat compares. All walkers of a population are one ensemble of runs. They stay in the order of their
ancestors, so that effective sample sizes count siblings that are still alike as what they are.
"""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from sdmodels.calibration.convergence import Convergence, convergence_of
from sdmodels.calibration.gathering import GatheredRuns
from sdmodels.calibration.posterior import Posterior
from sdmodels.calibration.side_by_side import together
from sdmodels.calibration.tempering import Population, begun, keep, kept, tempered
from sdmodels.engine.trajectories import Floats, Progress
from sdmodels.errors import CalibrationError

# A parameter: with fewer the covariance of half a population is made of chance.
LEAST_WALKERS = 8
# Of a progress bar, for each population: it is not known how often the power will be raised.
PARTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Draws from the posterior.

    Attributes
    ----------
    scores
        Shape ``(populations, walkers, parameters)``; neighbours may descend from one ancestor.
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
    seeds = [int(own) for own in np.random.SeedSequence(seed).generate_state(populations)]
    reached = [0.0] * populations

    def population(number: int) -> Population:
        path = None if store is None else store / f"population_{number}.npz"
        last = None if path is None else kept(path)
        last = last or begun(posterior.size, walkers=walkers, seed=seeds[number])
        for last in tempered(alone, last, each_step=shared.go_on):  # noqa: B020
            if path is not None:
                keep(last, path)
            # The power grows by some factor at a time: its logarithm tells how far it is.
            reached[number] = max(0.0, 1 + np.log10(max(last.power, 1e-4)) / 4)
        return last

    def tell() -> None:
        if progress is not None:
            progress(round(PARTS * sum(reached)), PARTS * populations)

    # A population on each thread: what happens between its runs then costs nobody's time.
    runs = posterior.objective.runs
    at_once = min(populations, runs.threads)
    shared = GatheredRuns(runs.on(runs.threads // at_once))
    alone = replace(posterior, objective=replace(posterior.objective, runs=shared))
    # Machine code is made before the threads begin, or each would make its own.
    alone.log_likelihood(np.zeros((posterior.size, 1)))
    work = [partial(population, number) for number in range(populations)]
    found = together(work, shared, meanwhile=tell, at_once=at_once)
    scores = np.array([each.scores for each in found])
    return Sample(
        scores=scores,
        convergence=convergence_of(scores, [each.acceptance for each in found]),
        log_evidence=np.array([each.log_evidence for each in found]),
    )


def require_enough(walkers: int, size: int) -> None:
    """Do nothing if there are walkers enough for so many parameters; raise CalibrationError otherwise."""
    if walkers < LEAST_WALKERS * size:
        raise CalibrationError(
            f"{walkers} walkers are too few for {size} parameters.\n"
            f"    the shape of the posterior is read off them, which takes {LEAST_WALKERS} a parameter\n"
            f"Ask for {LEAST_WALKERS * size} or more."
        )
