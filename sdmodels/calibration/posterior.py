"""How plausible are scores of the parameters, given the observations of a case?"""

from dataclasses import dataclass

import numpy as np

from sdmodels.calibration.objective import Objective
from sdmodels.calibration.space import log_prior
from sdmodels.engine.trajectories import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Posterior:
    """The density of scores: standard normal before the data, times the likelihood.

    Attributes
    ----------
    without_prior
        The place of a parameter whose own prior is left out, as a profile does; ``None`` for none.
    """

    objective: Objective
    without_prior: int | None = None

    @property
    def size(self) -> int:
        """How many parameters there are."""
        return self.objective.case.space.size

    def log_density(self, scores: Floats, *, power: float = 1.0) -> Floats:
        """Return the logarithm of the density, shape ``(members,)``, from ``(parameters, members)``.

        Parameters
        ----------
        power
            To which the likelihood counts: between 0 for the prior and 1 for the posterior.
        """
        likelihood = self.log_likelihood(scores)
        prior = log_prior(scores)
        with np.errstate(invalid="ignore"):
            return np.where(np.isfinite(likelihood), prior + power * likelihood, -np.inf)

    def log_likelihood(self, scores: Floats) -> Floats:
        """Return the logarithm of the likelihood, shape ``(members,)``."""
        return self.objective.log_likelihood(self.objective.case.space.values_of(scores))

    def loss(self, scores: Floats) -> float:
        """Return what a search makes small at one point: minus the logarithm of the density."""
        column = scores[:, None]
        return float(-self.log_likelihood(column)[0] + 0.5 * (self._penalties(scores) ** 2).sum())

    def loss_slopes(self, scores: Floats) -> Floats:
        """Return the gradient of :meth:`loss`, shape ``(parameters,)``."""
        space = self.objective.case.space
        column = scores[:, None]
        _, slopes = self.objective.slopes_at(space.values_of(column))
        return -slopes[:, 0] * space.slopes_of(column)[:, 0] + self._penalties(scores)

    def residuals(self, scores: Floats) -> Floats:
        """Return standardised residuals with the scores behind them at one point.

        Half of their sum of squares is :meth:`loss` but for a constant, where the noise is normal or lognormal of
        given size.
        """
        values = self.objective.case.space.values_of(scores[:, None])
        return np.concatenate([self.objective.residuals_at(values), self._penalties(scores)])

    def residual_slopes(self, scores: Floats) -> Floats:
        """Return the derivatives of :meth:`residuals`, shape ``(residuals, parameters)``."""
        space = self.objective.case.space
        column = scores[:, None]
        slopes = self.objective.residual_slopes_at(space.values_of(column)) * space.slopes_of(column)[:, 0]
        return np.vstack([slopes, np.diag(self._penalties(np.ones(self.size)))])

    def _penalties(self, scores: Floats) -> Floats:
        penalties = scores.copy()
        if self.without_prior is not None:
            penalties[self.without_prior] = 0.0
        return penalties
