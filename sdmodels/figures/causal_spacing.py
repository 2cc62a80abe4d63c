"""How far must names move so that none lies on another?"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sdmodels.figures.geometry import Points

_ROUNDS: Final = 600
_NEAR_ENOUGH: Final = 0.25
"""An overlap that no eye sees [pixel]."""


def spread(points: Points, halves: Points, gaps: Points) -> Points:
    """Return the places after the names were pushed apart, each as little as may be.

    Parameters
    ----------
    points
        Centres, shape ``(names, 2)`` [pixel].
    halves
        Half the width and height of each name, shape ``(names, 2)`` [pixel].
    gaps
        What stays free between each two names, side by side and above each other, shape
        ``(names, names, 2)`` [pixel].
    """
    points = points.copy()
    needed = halves[:, None] + halves[None] + gaps
    for _ in range(_ROUNDS):
        pairs = _overlapping(points, needed)
        if not len(pairs):
            break
        for one, other in pairs:
            _push(points, one, other, needed[one, other])
    return points


def _overlapping(points: Points, needed: Points) -> NDArray[np.int64]:
    apart = np.abs(points[:, None] - points[None])
    overlap = np.all(needed - apart > _NEAR_ENOUGH, axis=2)
    return np.argwhere(np.triu(overlap, 1))


def _push(points: Points, one: int, other: int, needed: Points) -> None:
    """Move two names apart in place, along the axis on which less is missing for its size."""
    difference = points[other] - points[one]
    missing = needed - np.abs(difference)
    if np.any(missing <= 0):
        return
    axis = int(np.argmin(missing / needed))
    step = missing[axis] / 2 * (1 if difference[axis] >= 0 else -1)
    points[one, axis] -= step
    points[other, axis] += step
