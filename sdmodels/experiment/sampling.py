"""Which values do uncertain constants take in the members of an ensemble?"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sdmodels.catalogue import Uncertainty


def draw(uncertainties: Sequence[Uncertainty], *, members: int, seed: int) -> dict[str, NDArray[np.float64]]:
    """Draw a Latin hypercube over the ranges.

    Parameters
    ----------
    members
        Draws; every range is cut into as many slices, and each slice is met once.
    seed
        0 or more; the same seed gives the same numbers.

    Returns
    -------
    dict
        By name, shape ``(members,)`` [unit of each].
    """
    if not uncertainties:
        return {}
    # Here and not above: it takes a second to import, and a single run draws nothing.
    from scipy.stats import qmc

    sampler = qmc.LatinHypercube(len(uncertainties), rng=np.random.default_rng(seed))
    unit = sampler.random(members)
    return {
        uncertainty.name: _scaled(uncertainty, unit[:, column])
        for column, uncertainty in enumerate(uncertainties)
    }


def _scaled(uncertainty: Uncertainty, unit: NDArray[np.float64]) -> NDArray[np.float64]:
    low, high = uncertainty.minimum, uncertainty.maximum
    if uncertainty.distribution == "log uniform":
        return np.asarray(low * (high / low) ** unit)
    return low + (high - low) * unit
