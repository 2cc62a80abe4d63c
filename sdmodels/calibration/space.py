"""In which coordinates are parameters searched and sampled, and what is believed of them before the data?

A parameter has three faces: its value; its place, 0 at the lower bound and 1 at the upper one on its scale; and its
score, the standard normal quantile of its prior, so that in scores every prior is the same and has no bounds.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from sdmodels.calibration.tables import Parameter, Prior
from sdmodels.engine.trajectories import Floats

# A score beyond 8 is a bound: the rest of the prior there is 1e-15.
FARTHEST = 8.0


@dataclass(frozen=True, kw_only=True)
class Space:
    """The parameters of a case, in order."""

    parameters: tuple[Parameter, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Their ids."""
        return tuple(parameter.id for parameter in self.parameters)

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self.parameters)

    def values_at(self, places: Floats) -> Floats:
        """Return values for places, shape ``(parameters, members)`` both [unit of each]."""
        low, width, log = self._scaled
        found = low + width * places
        found[log] = np.exp(found[log])
        return self._inside(found)

    def places_of(self, values: Floats) -> Floats:
        """Return places for values, shape ``(parameters, members)`` both."""
        low, width, log = self._scaled
        scaled = np.array(values, dtype=np.float64)
        scaled[log] = np.log(scaled[log])
        return np.asarray((scaled - low) / width)

    def values_of(self, scores: Floats) -> Floats:
        """Return values for scores, shape ``(parameters, members)`` both [unit of each]."""
        shares = ndtr(scores)
        found = self.values_at(shares)
        for row, cut in self._informed:
            found[row] = cut.quantile(shares[row])
        return self._inside(found)

    def scores_of(self, values: Floats) -> Floats:
        """Return scores for values, shape ``(parameters, members)`` both."""
        shares = self.places_of(values)
        for row, cut in self._informed:
            shares[row] = cut.share(values[row])
        return np.asarray(np.clip(ndtri(np.clip(shares, 0.0, 1.0)), -FARTHEST, FARTHEST))

    def slopes_of(self, scores: Floats) -> Floats:
        """Return how values change with scores, shape ``(parameters, members)`` [unit of each]."""
        values = self.values_of(scores)
        _, width, log = self._scaled
        slopes = np.broadcast_to(width, scores.shape).copy()
        slopes[log] *= values[log]
        for row, cut in self._informed:
            slopes[row] = cut.slope(values[row])
        return np.asarray(slopes * np.exp(-0.5 * scores**2) / np.sqrt(2 * np.pi))

    @cached_property
    def _scaled(self) -> tuple[Floats, Floats, NDArray[np.bool_]]:
        """Lower bounds and widths on the scale of each, and which scales are logarithmic."""
        log = np.array([parameter.scale == "log" for parameter in self.parameters])
        low, high = (ends[:, 0].copy() for ends in self._ends)
        low[log], high[log] = np.log(low[log]), np.log(high[log])
        return low[:, None], (high - low)[:, None], log

    @cached_property
    def _ends(self) -> tuple[Floats, Floats]:
        low = np.array([parameter.minimum for parameter in self.parameters])
        high = np.array([parameter.maximum for parameter in self.parameters])
        return low[:, None], high[:, None]

    @cached_property
    def _informed(self) -> tuple[tuple[int, "_Cut"], ...]:
        """The parameters whose prior is not even on their scale."""
        return tuple(
            (row, _Cut(parameter))
            for row, parameter in enumerate(self.parameters)
            if parameter.prior.distribution != "uniform"
        )

    def _inside(self, values: Floats) -> Floats:
        """Return the values without what rounding puts beyond a bound."""
        return np.asarray(np.clip(values, *self._ends))


class _Cut:
    """A prior cut at the bounds of its parameter."""

    def __init__(self, parameter: Parameter) -> None:
        self.prior = parameter.prior
        self.low, self.high = parameter.minimum, parameter.maximum

    def quantile(self, shares: Floats) -> Floats:
        first, last = self._end_shares()
        return np.asarray(np.clip(self._quantile(first + shares * (last - first)), self.low, self.high))

    def share(self, values: Floats) -> Floats:
        first, last = self._end_shares()
        return np.asarray((self._share(values) - first) / (last - first))

    def slope(self, values: Floats) -> Floats:
        """Return how values change with the share of the prior below them: one over its density."""
        first, last = self._end_shares()
        return np.asarray((last - first) / self._density(values))

    def _density(self, values: Floats) -> Floats:
        match self.prior:
            case Prior(distribution="normal", mean=float(mean), sd=float(sd)):
                return np.asarray(np.exp(-0.5 * ((values - mean) / sd) ** 2) / (sd * np.sqrt(2 * np.pi)))
            case Prior(distribution="lognormal", median=float(median), sd=float(sd)):
                away = np.log(values / median) / sd
                return np.asarray(np.exp(-0.5 * away**2) / (values * sd * np.sqrt(2 * np.pi)))
            case Prior(distribution="exponential", mean=float(mean)):
                return np.exp(-values / mean) / mean
        raise ValueError(f"{self.prior} has no density of its own")

    def _end_shares(self) -> Floats:
        return self._share(np.array([self.low, self.high]))

    def _share(self, values: Floats) -> Floats:
        match self.prior:
            case Prior(distribution="normal", mean=float(mean), sd=float(sd)):
                return np.asarray(ndtr((values - mean) / sd))
            case Prior(distribution="lognormal", median=float(median), sd=float(sd)):
                with np.errstate(divide="ignore"):
                    return np.asarray(ndtr(np.log(np.maximum(values, 0.0) / median) / sd))
            case Prior(distribution="exponential", mean=float(mean)):
                return -np.expm1(-np.maximum(values, 0.0) / mean)
        raise ValueError(f"{self.prior} has no quantiles of its own")

    def _quantile(self, shares: Floats) -> Floats:
        match self.prior:
            case Prior(distribution="normal", mean=float(mean), sd=float(sd)):
                return mean + sd * np.asarray(ndtri(shares))
            case Prior(distribution="lognormal", median=float(median), sd=float(sd)):
                return median * np.exp(sd * np.asarray(ndtri(shares)))
            case Prior(distribution="exponential", mean=float(mean)):
                return -mean * np.log1p(-shares)
        raise ValueError(f"{self.prior} has no quantiles of its own")


def log_prior(scores: Floats) -> Floats:
    """Return the logarithm of the prior density of scores, shape ``(members,)``, but for a constant."""
    inside = (np.abs(scores) < FARTHEST).all(axis=0)
    return np.where(inside, -0.5 * (scores**2).sum(axis=0), -np.inf)
