"""How does a population come from the prior to the posterior?

The power to which the likelihood counts rises from 0 to 1, each time as far as half of the population can stand
for all; then walkers are drawn again by weight, and move [1]_. Where the posterior is a narrow, bent ridge, one
long walk crosses it far too slowly; a population that was everywhere before finds all of it.

A population is two halves: each moves by the shape of the other. By its own shape it would become too narrow, since
what is narrow in it by chance would stay so; the more parameters for its walkers, the narrower.

References
----------
.. [1] P. Del Moral, A. Doucet, A. Jasra, Sequential Monte Carlo samplers, J. Royal Statistical Society B 68, 2006,
   411-436.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import emcee
import numpy as np
from scipy.special import logsumexp

from sdmodels.calibration.moves import Shape, moves, tuned
from sdmodels.calibration.posterior import Posterior
from sdmodels.engine.trajectories import Floats
from sdmodels.errors import CalibrationError
from sdmodels.whole import replaced

# The likelihood counts more as soon as so much of the population stands for all.
HALF = 0.5
# Steps at each power: with fewer, walkers that were drawn twice stay alike, and populations differ.
STEPS = 75
# Of the steps at each power, so many times as many at the last: what comes from one ancestor must part.
LONGER = 3
FIRST_SIZE = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """Walkers on their way.

    Attributes
    ----------
    scores
        Shape ``(walkers, parameters)``.
    power
        To which the likelihood counts: 0 is the prior, 1 the posterior.
    size
        Of the steps, between 0 and 1.
    acceptance
        Share of the last steps that were taken.
    log_evidence
        The logarithm of the mean likelihood over the prior, as far as it is gone.
    random
        The state of the random numbers, as JSON.
    """

    scores: Floats
    power: float
    size: float
    acceptance: float
    log_evidence: float
    random: str


def begun(size: int, *, walkers: int, seed: int) -> Population:
    """Return a population drawn from the prior of so many parameters."""
    random = np.random.default_rng(seed)
    return Population(
        scores=random.standard_normal((walkers, size)),
        power=0.0,
        size=FIRST_SIZE,
        acceptance=1.0,
        log_evidence=0.0,
        random=_state(random),
    )


def tempered(
    posterior: Posterior, population: Population, *, each_step: Callable[[], None] | None = None
) -> Iterator[Population]:
    """Bring a population to the posterior, one power at a time; what comes last is there.

    Parameters
    ----------
    each_step
        Called after each step of all walkers; what it raises ends the work.

    Raises
    ------
    CalibrationError
        If no draw from the prior has a likelihood.
    """
    while population.power < 1.0:
        population = _raised(posterior, population, each_step)
        yield population


def _raised(posterior: Posterior, population: Population, each_step: Callable[[], None] | None) -> Population:
    random = np.random.default_rng()
    random.bit_generator.state = json.loads(population.random)
    likelihood = posterior.log_likelihood(population.scores.T)
    count = [int(np.isfinite(half).sum()) for half in np.array_split(likelihood, 2)]
    if min(count) == 0:
        said = f"only {sum(count)}" if sum(count) else "none"
        raise CalibrationError(
            f"{'Hardly any' if sum(count) else 'No'} draw from the priors of '{posterior.objective.case.id}' has a "
            f"likelihood.\n    {len(likelihood)} draws, {said} of which ran to what can have been measured\n"
            "Narrow the bounds to where the model runs and its formulas mean what is measured (a rate is no "
            "percentage), or ask for more walkers."
        )
    power = _next_power(likelihood, population.power)
    weights = (power - population.power) * likelihood
    halves = [
        half[_resampled(own, random)]
        for half, own in zip(np.array_split(population.scores, 2), np.array_split(weights, 2), strict=True)
    ]
    shapes = [Shape.of(half) for half in reversed(halves)]

    def log_density(scores: Floats) -> Floats:
        return posterior.log_density(scores.T, power=power)

    sampler = emcee.EnsembleSampler(
        *population.scores.shape, log_density, moves=moves(shapes, population.size), vectorize=True
    )
    sampler.random_state = np.random.RandomState(int(random.integers(2**31))).get_state()
    start = np.concatenate(halves)
    steps = STEPS if power < 1.0 else LONGER * STEPS
    for moved in sampler.sample(start, iterations=steps, skip_initial_state_check=True):  # noqa: B007
        if each_step is not None:
            each_step()
    acceptance = float(sampler.acceptance_fraction.mean())
    return Population(
        scores=np.asarray(moved.coords),
        power=power,
        size=tuned(population.size, acceptance),
        acceptance=acceptance,
        log_evidence=population.log_evidence + float(logsumexp(weights) - np.log(len(weights))),
        random=_state(random),
    )


def _next_power(likelihood: Floats, power: float) -> float:
    """Return the power at which half of the population stands for all, by bisection; 1 at most."""

    def effective(step: float) -> float:
        weights = step * likelihood
        return float(np.exp(2 * logsumexp(weights) - logsumexp(2 * weights)))

    wanted = HALF * np.isfinite(likelihood).sum()
    if effective(1.0 - power) >= wanted:
        return 1.0
    low, high = 0.0, 1.0 - power
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if effective(middle) >= wanted else (low, middle)
    return power + high


def _resampled(log_weights: Floats, random: np.random.Generator) -> Any:
    """Return places of the population, each as often as its weight says, evenly."""
    shares = np.exp(log_weights - logsumexp(log_weights))
    marks = (random.random() + np.arange(shares.size)) / shares.size
    return np.searchsorted(np.cumsum(shares), marks * shares.sum()).clip(0, shares.size - 1)


def _state(random: np.random.Generator) -> str:
    return json.dumps(random.bit_generator.state)


def keep(population: Population, path: Path) -> None:
    """Write a population, so that it can be gone on from."""
    with replaced(path) as temporary:
        np.savez(
            temporary,
            scores=population.scores,
            numbers=[population.power, population.size, population.acceptance, population.log_evidence],
            random=population.random,
        )


def kept(path: Path) -> Population | None:
    """Return a population that was written; ``None`` if there is none."""
    if not path.is_file():
        return None
    with np.load(path) as file:
        power, size, acceptance, log_evidence = map(float, file["numbers"])
        return Population(
            scores=file["scores"],
            power=power,
            size=size,
            acceptance=acceptance,
            log_evidence=log_evidence,
            random=str(file["random"]),
        )
