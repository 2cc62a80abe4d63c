"""Does a number tell members of one kind from members of another?"""

from dataclasses import dataclass

import numpy as np

from sdmodels.engine.trajectories import Floats
from sdmodels.exploration.shares import NORMAL_95


@dataclass(frozen=True, slots=True, kw_only=True)
class Discrimination:
    """How often a member of one kind has more of something than a member of the other.

    Attributes
    ----------
    area
        Probability that a member of the first kind has more than one of the second, which shares a tie: the area
        under the ROC curve. A half tells nothing; not-a-number if there is no member of a kind [dimensionless].
    low, high
        95 % interval of it: from 0 to 1 where a kind has one member only.
    """

    area: float
    low: float
    high: float


def discriminate(first: Floats, place: np.ndarray, second: Floats) -> Discrimination:
    """Compare each member of the first kind with every one of the second, at the place of the first.

    Parameters
    ----------
    first
        Shape ``(members of the first kind,)``; may be infinite.
    place
        Row of ``second`` that each is compared with, shape ``(members of the first kind,)``.
    second
        Shape ``(places, members of the second kind)``; may be infinite.

    Notes
    -----
    With one place this is the statistic of Mann and Whitney over the number of pairs. The interval is from the
    structural components of DeLong et al. [1]_, which hold for any comparison of a member of one kind with a
    member of the other.

    References
    ----------
    .. [1] E. R. DeLong, D. M. DeLong, D. L. Clarke-Pearson, Comparing the areas under two or more correlated
       receiver operating characteristic curves, Biometrics 44, 1988, 837-845.
    """
    members, others = first.size, second.shape[1]
    if not members or not others:
        return Discrimination(area=np.nan, low=np.nan, high=np.nan)
    of_first, of_second = np.empty(members), np.zeros(others)
    for row in np.unique(place):
        its = place == row
        mine, theirs = first[its][:, None], second[row][None, :]
        won = (mine > theirs) + 0.5 * (mine == theirs)
        of_first[its] = won.mean(axis=1)
        of_second += won.sum(axis=0) / members
    area = float(of_first.mean())
    if min(members, others) == 1:
        return Discrimination(area=area, low=0.0, high=1.0)
    half = NORMAL_95 * np.sqrt(of_first.var(ddof=1) / members + of_second.var(ddof=1) / others)
    return Discrimination(area=area, low=max(area - half, 0.0), high=min(area + half, 1.0))
