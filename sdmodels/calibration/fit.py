"""What does a calibrated model say of each observation?"""

from dataclasses import dataclass

import numpy as np

from sdmodels.calibration.objective import Objective
from sdmodels.calibration.observations import Observation
from sdmodels.engine.trajectories import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """One observation and what the model says of it [unit of the observable].

    Attributes
    ----------
    best
        At the best optimum.
    median, low, high
        Of the model over the posterior, with the middle 90 %.
    lower, upper
        Of the model over the posterior, the middle 50 %.
    predicted_low, predicted_high
        The middle 90 % of measurements that the model would expect: with their noise.
    share_below
        Share of such measurements below the one that was made, and half of those equal to it: near 0 or 1 is a
        misfit.
    """

    observation: Observation
    best: float
    median: float
    low: float
    high: float
    lower: float
    upper: float
    predicted_low: float
    predicted_high: float
    share_below: float

    @property
    def is_peak(self) -> bool:
        """Whether it is a peak: then numbers are by which factor its total exceeds the largest other one."""
        return self.observation.distribution == "peak"


def fit_of(objective: Objective, scores: Floats, best: Floats, *, seed: int) -> tuple[Fit, ...]:
    """Hold the model against every observation.

    Parameters
    ----------
    scores
        Draws from the posterior, shape ``(parameters, draws)``.
    best
        Scores of the best optimum, shape ``(parameters,)``.
    """
    space = objective.case.space
    values = space.values_of(scores)
    model = objective.model_at(values)
    at_best = objective.model_at(space.values_of(best[:, None]))[:, 0]
    measured = objective.draw(model, values, np.random.default_rng(seed))
    found = []
    for place, rows in enumerate(objective.rows):
        # Of a peak the rival that comes nearest counts.
        row = np.nanmin(model[list(rows)], axis=0)
        low, lower, median, upper, high = np.nanquantile(row, (0.05, 0.25, 0.5, 0.75, 0.95))
        observation = objective.observations[place]
        drawn = row if observation.distribution == "peak" else measured[place] / observation.out_of
        predicted_low, predicted_high = np.nanquantile(drawn, (0.05, 0.95))
        observed = objective.measured[place] / observation.out_of
        # Half of what equals a count is below it: zeros that are expected are no misfit.
        share_below = ((drawn < observed).mean() + (drawn <= observed).mean()) / 2
        if np.isnan(observed):
            share_below = (drawn < 1.0).mean()
        found.append(
            Fit(
                observation=observation,
                best=float(np.nanmin(at_best[list(rows)])),
                median=float(median),
                low=float(low),
                high=float(high),
                lower=float(lower),
                upper=float(upper),
                predicted_low=float(predicted_low),
                predicted_high=float(predicted_high),
                share_below=float(share_below),
            )
        )
    return tuple(found)
