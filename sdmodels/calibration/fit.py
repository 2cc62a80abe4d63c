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
        Share of such measurements below the one that was made: near 0 or 1 is a misfit.
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
        drawn = row if len(rows) > 1 else measured[place]
        predicted_low, predicted_high = np.nanquantile(drawn, (0.05, 0.95))
        observed = objective.measured[place]
        found.append(
            Fit(
                observation=objective.observations[place],
                best=float(np.nanmin(at_best[list(rows)])),
                median=float(median),
                low=float(low),
                high=float(high),
                lower=float(lower),
                upper=float(upper),
                predicted_low=float(predicted_low),
                predicted_high=float(predicted_high),
                share_below=float((drawn < (1.0 if np.isnan(observed) else observed)).mean()),
            )
        )
    return tuple(found)
