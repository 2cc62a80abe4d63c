"""Which values do uncertain constants take in the members of an ensemble?"""

from collections.abc import Sequence
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from sdmodels.catalogue import Uncertainty

Sampling: TypeAlias = Literal["latin hypercube", "sobol"]


def draw(
    uncertainties: Sequence[Uncertainty],
    *,
    members: int,
    seed: int,
    sampling: Sampling = "latin hypercube",
) -> dict[str, NDArray[np.float64]]:
    """Draw members that fill the ranges evenly.

    Parameters
    ----------
    members
        Draws. Of a Latin hypercube every range is cut into as many slices, and each slice is met once; Sobol's
        points, scrambled [1]_, are most even where their number is a power of two.
    seed
        0 or more; the same seed gives the same numbers.
    sampling
        ``latin hypercube``, or ``sobol``: the first members of a larger draw are a smaller draw, so a part
        of it can be held against the whole.

    Returns
    -------
    dict
        By name, shape ``(members,)`` [unit of each].

    Raises
    ------
    ValueError
        If there is no such sampling.

    References
    ----------
    .. [1] A. B. Owen, Scrambling Sobol' and Niederreiter-Xing points, J. of Complexity 14, 1998, 466-489.
    """
    if sampling not in get_args(Sampling):
        raise ValueError(f"sampling is {sampling!r}; it must be one of {', '.join(get_args(Sampling))}.")
    if not uncertainties:
        return {}
    # Here and not above: it takes a second to import, and a single run draws nothing.
    from scipy.stats import qmc

    generator = np.random.default_rng(seed)
    if sampling == "sobol":
        # A power of two is drawn and cut: scipy warns of any other number.
        unit = qmc.Sobol(len(uncertainties), rng=generator).random_base2((members - 1).bit_length())[:members]
    else:
        unit = qmc.LatinHypercube(len(uncertainties), rng=generator).random(members)
    return {
        uncertainty.name: _scaled(uncertainty, unit[:, column])
        for column, uncertainty in enumerate(uncertainties)
    }


def _scaled(uncertainty: Uncertainty, unit: NDArray[np.float64]) -> NDArray[np.float64]:
    low, high = uncertainty.minimum, uncertainty.maximum
    if uncertainty.distribution == "log uniform":
        return np.asarray(low * (high / low) ** unit)
    return low + (high - low) * unit
