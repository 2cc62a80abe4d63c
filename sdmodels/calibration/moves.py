"""How does a walker move through the posterior?

By steps that leave a normal density as it is (preconditioned Crank-Nicolson [1]_ [2]_): what the data say nothing
about is moved freely, however many such parameters there are, and only the likelihood decides. The normal density
is that of the population of walkers.

References
----------
.. [1] S. L. Cotter, G. O. Roberts, A. M. Stuart, D. White, MCMC methods for functions, Statistical Science 28,
   2013, 424-446.
.. [2] D. Rudolf, B. Sprungk, On a generalization of the preconditioned Crank-Nicolson Metropolis algorithm,
   Foundations of Computational Mathematics 18, 2018, 309-343.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import emcee
import numpy as np

from sdmodels.engine.trajectories import Floats

Proposal: TypeAlias = Callable[[Floats, Any], tuple[Floats, Floats]]
# Large steps cross the posterior, small ones are taken often.
SIZES = (0.5, 1.0, 2.0)
LARGEST = 0.95
# Of the scores, the share that is drawn again, and by how large a step; what the data say nothing about is thereby
# as wide as its prior, however few walkers tell the shape.
AGAIN = ((0.06, 1.0), (0.25, 0.5))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A normal density: mean, shape ``(parameters,)``, and covariance, shape ``(parameters, parameters)``."""

    mean: Floats
    covariance: Floats

    @staticmethod
    def of(population: Floats) -> "Shape":
        """Return the shape of a population, shape ``(walkers, parameters)``."""
        size = population.shape[1]
        # No more than rounding is added: a narrow ridge must stay narrow.
        covariance = np.cov(population.T).reshape(size, size) + 1e-9 * np.eye(size)
        return Shape(mean=population.mean(axis=0), covariance=covariance)


def moves(shape: Shape, size: float) -> list[tuple[Any, float]]:
    """Return emcee's moves with their weights.

    Half of the steps move all scores, by several sizes around ``size``, between 0 and 1; the other half draw some
    scores again near to their prior, whatever the shape.
    """
    root = np.asarray(np.linalg.cholesky(shape.covariance), dtype=np.float64)
    inverse = np.asarray(np.linalg.inv(root), dtype=np.float64)
    sizes = [min(LARGEST, factor * size) for factor in SIZES]
    found = [(emcee.moves.MHMove(_step(shape.mean, root, inverse, each)), 1 / len(sizes)) for each in sizes]
    return [*found, *((emcee.moves.MHMove(_again(*each)), 1 / len(AGAIN)) for each in AGAIN)]


def _again(share: float, size: float) -> Proposal:
    """Draw a share of the scores of each walker again, at random, by a step that leaves the prior as it is."""
    kept = np.sqrt(1 - size**2)

    def propose(scores: Floats, random: Any) -> tuple[Floats, Floats]:
        chosen = random.random_sample(scores.shape) < share
        fresh = kept * scores + size * random.standard_normal(scores.shape)
        proposed = np.where(chosen, fresh, scores)
        return proposed, 0.5 * ((proposed**2).sum(axis=1) - (scores**2).sum(axis=1))

    return propose


def _step(mean: Floats, root: Floats, inverse: Floats, size: float) -> Proposal:
    kept = np.sqrt(1 - size**2)

    def log_normal(scores: Floats) -> Floats:
        return -0.5 * np.asarray((((scores - mean) @ inverse.T) ** 2).sum(axis=1))

    def propose(scores: Floats, random: Any) -> tuple[Floats, Floats]:
        fresh = random.standard_normal(scores.shape) @ root.T
        proposed = mean + kept * (scores - mean) + size * fresh
        return proposed, log_normal(scores) - log_normal(proposed)

    return propose


def tuned(size: float, acceptance: float, *, wanted: Sequence[float] = (0.2, 0.3)) -> float:
    """Return a step that comes nearer to the wanted acceptance."""
    if acceptance < wanted[0]:
        return max(0.01, size * max(0.6, acceptance / wanted[0]))
    return min(LARGEST, size * min(1.5, acceptance / wanted[1])) if acceptance > wanted[1] else size
