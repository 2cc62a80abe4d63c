"""Do lines cross, and which points lie in a rectangle or an outline? Of many at once."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from sdmodels.structure.drawing import Place

# Coordinates, the last axis of length 2.
Points: TypeAlias = NDArray[np.float64]


def cross(a: Points, b: Points, c: Points, d: Points) -> NDArray[np.bool_]:
    """Return which straight pieces from ``a`` to ``b`` cross those from ``c`` to ``d``; shapes are broadcast."""
    opposite = _side(a, b, c) * _side(a, b, d) < 0
    return np.asarray(opposite & (_side(c, d, a) * _side(c, d, b) < 0))


def _side(a: Points, b: Points, point: Points) -> NDArray[np.float64]:
    """Return a number whose sign says on which side of a line a point lies."""
    across, down = b[..., 0] - a[..., 0], b[..., 1] - a[..., 1]
    return np.asarray(across * (point[..., 1] - a[..., 1]) - down * (point[..., 0] - a[..., 0]))


def distance_to(point: Points, a: Points, b: Points) -> NDArray[np.float64]:
    """Return how far points are from the straight pieces from ``a`` to ``b``; shapes are broadcast."""
    across, down = b[..., 0] - a[..., 0], b[..., 1] - a[..., 1]
    x, y = point[..., 0] - a[..., 0], point[..., 1] - a[..., 1]
    share = np.clip((across * x + down * y) / np.maximum(across**2 + down**2, 1e-12), 0, 1)
    return np.asarray(np.hypot(x - share * across, y - share * down))


def within(points: Points, places: Sequence[Place], margin: float = 0.0) -> NDArray[np.bool_]:
    """Return which points lie in which rectangles, or a margin round them, shape ``(points, places)``."""
    centres = np.array([(place.x, place.y) for place in places]).reshape(-1, 2)
    halves = np.array([(place.half_width, place.half_height) for place in places]).reshape(-1, 2) + margin
    return np.asarray(np.all(np.abs(points[:, None] - centres[None]) < halves[None], axis=2))


def inside(points: Points, outline: Points) -> NDArray[np.bool_]:
    """Return which points an outline goes round, by how often it passes on their right."""
    (x1, y1), (x2, y2) = outline.T, np.roll(outline, -1, axis=0).T
    x, y = points[:, :1], points[:, 1:]
    passes = (y1 > y) != (y2 > y)
    rise = np.where(passes, y2 - y1, 1.0)
    return np.asarray((passes & (x < x1 + (y - y1) * (x2 - x1) / rise)).sum(axis=1) % 2 == 1)
