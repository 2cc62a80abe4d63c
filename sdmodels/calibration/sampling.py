"""Which parameters are plausible after the data: a sample of the posterior, by emcee, all walkers as one ensemble?"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import emcee
import numpy as np
from scipy.special import logsumexp

from sdmodels.calibration.moves import Shape, moves, tuned
from sdmodels.calibration.posterior import Posterior
from sdmodels.engine.trajectories import Floats, Progress
from sdmodels.errors import CalibrationError

# Of the warm-up: as many walkers as make a good picture of the posterior's shape.
POPULATION = 512
# A temperature is left when half of the population stands for all.
HALF = 0.5
STAGE_STEPS = 12
ROUNDS, ROUND_STEPS = 4, 60
FIRST_SIZE = 0.4
# One step in so many is kept: neighbours tell nearly the same.
THIN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class WarmUp:
    """Where walkers stand when sampling begins, and how they move.

    Attributes
    ----------
    scores
        Shape ``(walkers, parameters)``.
    size
        Of the steps, between 0 and 1.
    """

    scores: Floats
    shape: Shape
    size: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Chains:
    """A sample of the posterior.

    Attributes
    ----------
    scores
        Shape ``(draws, walkers, parameters)``; a walker is a chain of its own.
    log_densities
        Shape ``(draws, walkers)``.
    acceptance
        Share of the steps that were taken.
    """

    scores: Floats
    log_densities: Floats
    acceptance: float

    @property
    def draws(self) -> int:
        """How many draws of each walker there are."""
        return len(self.scores)


def warm_up(posterior: Posterior, *, walkers: int, seed: int, progress: Progress | None = None) -> WarmUp:
    """Bring a population from the prior to the posterior, by raising the power of the likelihood step by step [1]_.

    Raises
    ------
    CalibrationError
        If no draw from the prior has a likelihood.

    References
    ----------
    .. [1] P. Del Moral, A. Doucet, A. Jasra, Sequential Monte Carlo samplers, J. Royal Statistical Society B 68,
       2006, 411-436.
    """
    random = np.random.default_rng(seed)
    population = max(POPULATION, walkers)
    scores = random.standard_normal((population, posterior.size))
    power, size = 0.0, FIRST_SIZE
    while power < 1.0:
        likelihood = posterior.log_likelihood(scores.T)
        if not np.isfinite(likelihood).any():
            raise CalibrationError(
                f"No draw from the priors of '{posterior.objective.case.id}' has a likelihood.\n"
                f"    {population} draws, none of which ran to a finite likelihood\n"
                "Narrow the bounds to where the model runs."
            )
        following = _next_power(likelihood, power)
        scores = scores[_resampled(likelihood * (following - power), random)]
        power = following
        scores, size = _moved(posterior, scores, Shape.of(scores), size, STAGE_STEPS, power, random)
        if progress is not None:
            # The power is raised by some factor at a time: its logarithm tells how far it is.
            done = round(50 * max(0.0, 1 + np.log10(max(power, 1e-4)) / 4))
            progress(min(done, 50), 100)
    for done in range(ROUNDS):
        scores, size = _moved(posterior, scores, Shape.of(scores), size, ROUND_STEPS, 1.0, random)
        if progress is not None:
            progress(50 + round(50 * (done + 1) / ROUNDS), 100)
    chosen = random.choice(population, size=walkers, replace=False)
    return WarmUp(scores=scores[chosen], shape=Shape.of(scores), size=size)


def _next_power(likelihood: Floats, power: float) -> float:
    """Return the power at which half of the population stands for all, by bisection; 1 at most."""

    def effective(step: float) -> float:
        weights = step * likelihood
        return float(np.exp(2 * logsumexp(weights) - logsumexp(2 * weights)))

    wanted = HALF * len(likelihood)
    if effective(1.0 - power) >= wanted:
        return 1.0
    low, high = 0.0, 1.0 - power
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if effective(middle) >= wanted else (low, middle)
    # However few runs have a likelihood, the power rises.
    return min(1.0, power + max(high, 1e-4))


def _resampled(log_weights: Floats, random: np.random.Generator) -> Any:
    """Return places of the population, each as often as its weight says, evenly."""
    shares = np.exp(log_weights - logsumexp(log_weights))
    count = len(shares)
    marks = (random.random() + np.arange(count)) / count
    return np.searchsorted(np.cumsum(shares), marks * shares.sum()).clip(0, count - 1)


def _moved(
    posterior: Posterior,
    scores: Floats,
    shape: Shape,
    size: float,
    steps: int,
    power: float,
    random: np.random.Generator,
) -> tuple[Floats, float]:
    sampler = _sampler(posterior, len(scores), shape, size, power, int(random.integers(2**31)))
    moved = sampler.run_mcmc(scores, steps, skip_initial_state_check=True)
    return np.asarray(moved.coords), tuned(size, float(sampler.acceptance_fraction.mean()))


def _sampler(
    posterior: Posterior,
    walkers: int,
    shape: Shape,
    size: float,
    power: float,
    seed: int,
    backend: Any = None,
) -> Any:
    def log_density(scores: Floats) -> Floats:
        return posterior.log_density(scores.T, power=power)

    sampler = emcee.EnsembleSampler(
        walkers,
        posterior.size,
        log_density,
        moves=moves(shape, size),
        vectorize=True,
        backend=backend,
    )
    sampler.random_state = np.random.RandomState(seed).get_state()
    return sampler


def sample(
    posterior: Posterior,
    begun: WarmUp,
    *,
    draws: int,
    seed: int,
    store: Path | None = None,
    progress: Progress | None = None,
) -> Chains:
    """Draw from the posterior.

    Parameters
    ----------
    draws
        Of each walker, one step in :data:`THIN`.
    store
        A file that draws are kept in on the way: what it holds already is gone on from, with the same numbers as
        without a break.
    """
    walkers = len(begun.scores)
    backend = None if store is None else emcee.backends.HDFBackend(str(store))
    sampler = _sampler(posterior, walkers, begun.shape, begun.size, 1.0, seed, backend)
    there = sampler.backend.iteration if backend is not None and backend.initialized else 0
    state: Any = begun.scores if there == 0 else sampler.backend.get_last_sample()
    if there < draws:
        walk = sampler.sample(
            state,
            iterations=draws - there,
            thin_by=THIN,
            store=True,
            skip_initial_state_check=True,
        )
        for done, _ in enumerate(walk, start=there + 1):
            if progress is not None:
                progress(done, draws)
    return Chains(
        scores=np.asarray(sampler.get_chain()),
        log_densities=np.asarray(sampler.get_log_prob()),
        acceptance=float(np.mean(sampler.acceptance_fraction)) / THIN,
    )
