"""Does a sample suffice: do populations agree, and how many independent draws are they worth?"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sdmodels.engine.trajectories import Floats

# Vehtari and others 2021, Rank-normalization, folding, and localization, Bayesian Analysis 16, 667-718.
MOST_RHAT = 1.01
LEAST_EFFECTIVE = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Convergence:
    """What ArviZ says of a sample, for each parameter.

    Attributes
    ----------
    rhat
        Rank-normalised split R-hat, shape ``(parameters,)``.
    bulk, tail
        Effective sample sizes of the middle and of the tails, shape ``(parameters,)``.
    acceptance
        Share of the steps that were taken.
    """

    rhat: Floats
    bulk: Floats
    tail: Floats
    acceptance: float

    @property
    def suffices(self) -> bool:
        """Whether R-hat is below 1.01 and there are 1,000 effective draws, for every parameter."""
        return bool(
            (self.rhat < MOST_RHAT).all()
            and (self.bulk >= LEAST_EFFECTIVE).all()
            and (self.tail >= LEAST_EFFECTIVE).all()
        )


def convergence_of(scores: Floats, acceptance: Sequence[float]) -> Convergence:
    """Ask ArviZ.

    Parameters
    ----------
    scores
        Shape ``(populations, walkers, parameters)``.
    acceptance
        Of each population, the share of the last steps that were taken.
    """
    with warnings.catch_warnings():
        # ArviZ tells of its own future at import.
        warnings.simplefilter("ignore", FutureWarning)
        # Here and not above: it takes a second to import.
        import arviz

    sample: Any = arviz
    chains = sample.convert_to_dataset({"score": scores})
    return Convergence(
        rhat=np.asarray(sample.rhat(chains)["score"].values),
        bulk=np.asarray(sample.ess(chains, method="bulk")["score"].values),
        tail=np.asarray(sample.ess(chains, method="tail")["score"].values),
        acceptance=float(np.mean(acceptance)),
    )
