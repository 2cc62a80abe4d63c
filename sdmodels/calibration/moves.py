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
SIZES = (0.7, 1.4)
LARGEST = 0.95
# Of the steps, the share that draws some scores again; of the scores, the share that is drawn, and by how large a
# step. What the data say nothing about is thereby as wide as its prior, however few walkers tell the shape.
AGAIN = 0.1
DRAWN = ((0.06, 1.0), (0.25, 0.5))


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


def moves(shapes: Sequence[Shape], size: float) -> list[tuple[Any, float]]:
    """Return emcee's moves with their weights.

    Most steps move all scores, by sizes around ``size``, between 0 and 1; the others draw some scores again near to
    their prior, whatever the shape.

    Parameters
    ----------
    shapes
        Walkers are parted into as many parts as there are shapes; each part moves by its own.
    """
    normals = [_Normal(shape) for shape in shapes]
    found = [
        (emcee.moves.MHMove(_step(normals, min(LARGEST, factor * size))), (1 - AGAIN) / len(SIZES))
        for factor in SIZES
    ]
    return [*found, *((emcee.moves.MHMove(_again(*each)), AGAIN / len(DRAWN)) for each in DRAWN)]


class _Normal:
    """A normal density, ready to be drawn from."""

    def __init__(self, shape: Shape) -> None:
        self.mean = shape.mean
        self.root = np.asarray(np.linalg.cholesky(shape.covariance), dtype=np.float64)
        self.inverse = np.asarray(np.linalg.inv(self.root), dtype=np.float64)

    def stepped(self, scores: Floats, size: float, random: Any) -> tuple[Floats, Floats]:
        """Return scores after a step, and by how much the logarithm of the density was larger before it."""
        # In coordinates in which the density is standard normal.
        own = (scores - self.mean) @ self.inverse.T
        new = np.sqrt(1 - size**2) * own + size * random.standard_normal(scores.shape)
        proposed = self.mean + new @ self.root.T
        return proposed, 0.5 * ((new**2).sum(axis=1) - (own**2).sum(axis=1))


def _again(share: float, size: float) -> Proposal:
    """Draw a share of the scores of each walker again, at random, by a step that leaves the prior as it is."""
    kept = np.sqrt(1 - size**2)

    def propose(scores: Floats, random: Any) -> tuple[Floats, Floats]:
        proposed = scores.copy()
        drawn = random.random_sample(scores.shape) < share
        proposed[drawn] = kept * scores[drawn] + size * random.standard_normal(int(drawn.sum()))
        return proposed, 0.5 * ((proposed**2).sum(axis=1) - (scores**2).sum(axis=1))

    return propose


def _step(normals: Sequence[_Normal], size: float) -> Proposal:
    def propose(scores: Floats, random: Any) -> tuple[Floats, Floats]:
        parts = zip(normals, np.array_split(scores, len(normals)), strict=True)
        proposed, larger = zip(*(normal.stepped(part, size, random) for normal, part in parts), strict=True)
        return np.concatenate(proposed), np.concatenate(larger)

    return propose


def tuned(size: float, acceptance: float, *, wanted: Sequence[float] = (0.2, 0.3)) -> float:
    """Return a step that comes nearer to the wanted acceptance."""
    if acceptance < wanted[0]:
        return max(0.01, size * max(0.6, acceptance / wanted[0]))
    return min(LARGEST, size * min(1.5, acceptance / wanted[1])) if acceptance > wanted[1] else size
