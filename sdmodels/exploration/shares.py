"""How sure is a share that was counted over members?"""

import numpy as np

from sdmodels.engine.trajectories import Floats

NORMAL_95 = 1.959963984540054
"""The 97.5 % quantile of the normal distribution."""


def wilson(counted: int, members: int) -> tuple[float, float]:
    """Return the 95 % interval of a share, which holds for few members and for shares near 0 and 1 too.

    Parameters
    ----------
    counted, members
        How many members have a property, and how many there are.

    Returns
    -------
    tuple
        Lower and upper end [dimensionless]; not-a-number if there are no members.

    References
    ----------
    E. B. Wilson, Probable inference, the law of succession, and statistical inference, Journal of the American
    Statistical Association 22, 1927, 209-212.
    """
    if members == 0:
        return np.nan, np.nan
    share, z2 = counted / members, NORMAL_95**2
    middle = share + z2 / (2 * members)
    half = NORMAL_95 * np.sqrt(share * (1 - share) / members + z2 / (4 * members**2))
    scale = 1 + z2 / members
    # At a share of 0 or 1 the interval ends there; rounding must not say otherwise.
    low = 0.0 if counted == 0 else float((middle - half) / scale)
    return low, 1.0 if counted == members else float((middle + half) / scale)


def middle(values: Floats, share: float = 0.9) -> tuple[float, float, float]:
    """Return median and ends of the middle ``share`` of values, each one of the values themselves.

    A value may be infinite, for what never happens; of no values all three are not-a-number.
    """
    if values.size == 0:
        return np.nan, np.nan, np.nan
    ends = (0.5, (1 - share) / 2, (1 + share) / 2)
    median, low, high = np.quantile(values, ends, method="inverted_cdf")
    return float(median), float(low), float(high)
