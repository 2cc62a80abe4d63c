"""How much, and how slowly, does a series fluctuate around its trend?"""

from typing import Final

import numpy as np

from sdmodels.engine.trajectories import Floats

_STILL: Final = 1e-9
"""What fluctuates by less of its mean is still: rounding errors of some 1e-13 are no signal."""


def fluctuations(series: Floats, *, lag: int) -> tuple[Floats, Floats]:
    """Return the relative standard deviation and the autocorrelation of series without their linear trend.

    Parameters
    ----------
    series
        Shape ``(..., times)``, evenly spaced, more times than ``lag`` and at least three.
    lag
        Of the autocorrelation [times].

    Returns
    -------
    tuple
        Standard deviation around the line of least squares, over the size of the mean [dimensionless]: 0 of what
        is still, not-a-number where a value or the mean has none, infinite where the mean is 0. And the
        autocorrelation ``sum r(t) r(t + lag) / sum r(t)^2`` of what is left [dimensionless]: not-a-number of what
        is still. Shape ``(...)`` each.
    """
    times = np.arange(series.shape[-1]) - (series.shape[-1] - 1) / 2
    mean = series.mean(axis=-1)
    slope = (series * times).sum(axis=-1) / (times * times).sum()
    rest = series - mean[..., None] - slope[..., None] * times
    squares = (rest * rest).sum(axis=-1)
    size = np.abs(mean)
    deviation = np.sqrt(squares / series.shape[-1])
    still = deviation <= _STILL * size
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.where(still, 0.0, deviation / size)
        products = (rest[..., : series.shape[-1] - lag] * rest[..., lag:]).sum(axis=-1)
        return relative, np.where(still, np.nan, products / squares)
