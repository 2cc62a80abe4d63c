"""How does pyPESTO see the posterior of a case?"""

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np
import pypesto
import pypesto.optimize
from pypesto.C import MODE_FUN, MODE_RES

from sdmodels.calibration.posterior import Posterior
from sdmodels.engine.trajectories import Floats

# Scores are searched up to here: 1 in 500 million of a prior lies beyond.
END = 6.0
# A profile goes through the middle 99 % of a prior.
RANGE = 2.5758
MOST_STEPS = 60
NEARBY_STEPS, NEARBY_TOLERANCE = 12, 1e-3
# Of the loss itself, which is as large as there are observations.
LOSS_TOLERANCE = 1e-7


class PosteriorLoss(pypesto.objective.ObjectiveBase):  # type: ignore[misc]
    """Minus the logarithm of the posterior density, as residuals or as a number with its gradient."""

    def __init__(self, posterior: Posterior) -> None:
        super().__init__(x_names=list(posterior.objective.case.space.names))
        self.posterior = posterior

    def __deepcopy__(self, memo: dict[int, Any]) -> "PosteriorLoss":
        """Share the machine code, which cannot be copied and need not be."""
        other = type(self)(self.posterior)
        other.history = copy.deepcopy(self.history, memo)
        other.pre_post_processor = copy.deepcopy(self.pre_post_processor, memo)
        return other

    def get_config(self) -> dict[str, str]:
        """Return what pyPESTO writes into a result."""
        return {"type": type(self).__name__, "case": self.posterior.objective.case.id}

    def check_mode(self, mode: str) -> bool:
        """Return whether residuals, or the number itself, can be computed."""
        return mode == MODE_FUN or (mode == MODE_RES and self.posterior.objective.is_least_squares)

    def check_sensi_orders(self, sensi_orders: tuple[int, ...], mode: str) -> bool:  # noqa: ARG002
        """Return whether derivatives of these orders can be computed: the first."""
        return max(sensi_orders) <= 1

    def call_unprocessed(
        self,
        x: Floats,
        sensi_orders: tuple[int, ...],
        mode: str,
        return_dict: bool,  # noqa: ARG002
        **_: Any,
    ) -> dict[str, Any]:
        """Compute what pyPESTO asks for at one point."""
        found: dict[str, Any] = {}
        if mode == MODE_RES:
            if 0 in sensi_orders:
                found["res"] = _finite(self.posterior.residuals(x))
            if 1 in sensi_orders:
                slopes = self.posterior.residual_slopes(x)
                found["sres"] = np.nan_to_num(slopes, nan=0.0, posinf=0.0, neginf=0.0)
            return found
        if 0 in sensi_orders:
            found["fval"] = self._loss(x)
        if 1 in sensi_orders:
            found["grad"] = np.nan_to_num(self.posterior.loss_slopes(x))
        return found

    def _loss(self, scores: Floats) -> float:
        """Return what is made small: half of the sum of squares where it is searched by residuals.

        A profile compares the one with the other, and the likelihood has a constant that squares have not.
        """
        if not self.posterior.objective.is_least_squares:
            return self.posterior.loss(scores)
        return float(0.5 * (_finite(self.posterior.residuals(scores)) ** 2).sum())


def _finite(residuals: Floats) -> Floats:
    """Return residuals that a search can go on with: a failed run is far away, not no number."""
    return np.nan_to_num(residuals, nan=1e6, posinf=1e6, neginf=-1e6)


def problem_of(posterior: Posterior, begins: Sequence[Floats] | Floats = ()) -> pypesto.Problem:
    """Return the problem with its start points."""
    size = posterior.size
    ends = np.full(size, END)
    if posterior.without_prior is not None:
        # Without its prior only the range of the parameter holds it.
        ends[posterior.without_prior] = RANGE

    def given(n_starts: int, lb: Floats, ub: Floats, **_: Any) -> Floats:
        return np.clip(np.asarray(begins)[:n_starts], lb, ub)

    return pypesto.Problem(
        objective=PosteriorLoss(posterior),
        lb=-ends,
        ub=ends,
        x_names=list(posterior.objective.case.space.names),
        startpoint_method=pypesto.startpoint.FunctionStartpoints(given),
        copy_objective=False,
    )


def optimizer_of(posterior: Posterior, *, nearby: bool = False) -> pypesto.optimize.ScipyOptimizer:
    """Return least squares where the likelihood is a sum of squares, else a search with gradients.

    Parameters
    ----------
    nearby
        Whether the optimum is near, as from one point of a profile to the next: then a few steps come within a
        hundredth of a log-likelihood.
    """
    steps = NEARBY_STEPS if nearby else MOST_STEPS
    if posterior.objective.is_least_squares:
        tolerance = NEARBY_TOLERANCE if nearby else None
        return pypesto.optimize.ScipyOptimizer(
            method="ls_trf", tol=tolerance, options={"tr_solver": "exact", "maxfun": steps}
        )
    return pypesto.optimize.ScipyOptimizer(
        method="L-BFGS-B", tol=LOSS_TOLERANCE if nearby else None, options={"maxiter": 10 * steps}
    )
