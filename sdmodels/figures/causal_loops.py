"""Where does the mark of a feedback loop stand, and which way does the loop run?"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from sdmodels.figures.causal_layout import Points
from sdmodels.figures.causal_routes import within
from sdmodels.structure.drawing import Place, Point, Turn

MARK: Final = 21.0
"""Half of the square that a mark and the arrow round it take [pixel]."""
_STEP: Final = 6.0
"""Between two places that are tried [pixel]."""
_OF_NAME, _OF_LINK, _OF_DISTANCE, _OUTSIDE = 400.0, 2.0, 0.12, 8.0
"""What a covered name costs, a point of a link below the mark, a pixel from the middle, a place off the loop."""


def turn_of(outline: Points) -> Turn:
    """Return which way a loop runs that is drawn through points, with y downwards."""
    x, y = outline.T
    area = float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))
    return "clockwise" if area >= 0 else "anticlockwise"


def place_of_mark(outline: Points, taken: Sequence[Place], lines: Points, page: Place) -> Point:
    """Return where a mark stands: near the middle of its loop, on no name, sign or other mark.

    Parameters
    ----------
    outline
        Points along the loop.
    taken
        Where names, signs and other marks are.
    lines
        Points along all links.
    page
        The mark stays on it.
    """
    middle = outline.mean(axis=0)
    xs = np.arange(page.x - page.half_width + MARK, page.x + page.half_width - MARK + 1, _STEP)
    ys = np.arange(page.y - page.half_height + MARK, page.y + page.half_height - MARK + 1, _STEP)
    possible = np.column_stack([grid.ravel() for grid in np.meshgrid(xs, ys)])
    if not len(possible):
        return float(middle[0]), float(middle[1])
    cost = _OF_DISTANCE * np.linalg.norm(possible - middle, axis=1)
    cost += _OF_NAME * within(possible, taken, MARK).sum(axis=1)
    cost += _OUTSIDE * ~_inside(possible, outline)
    near = np.flatnonzero(cost < cost.min() + _OF_NAME)
    below = np.linalg.norm(possible[near, None] - lines[None], axis=2) < MARK
    cost[near] += _OF_LINK * below.sum(axis=1)
    best = possible[near[np.argmin(cost[near])]]
    return float(best[0]), float(best[1])


def _inside(points: Points, outline: Points) -> np.ndarray:
    """Return which points an outline goes round, by how often it passes on their right."""
    (x1, y1), (x2, y2) = outline.T, np.roll(outline, -1, axis=0).T
    px, py = points[:, :1], points[:, 1:]
    passes = (y1 > py) != (y2 > py)
    with np.errstate(divide="ignore", invalid="ignore"):
        at = x1 + (py - y1) * (x2 - x1) / (y2 - y1)
    return (passes & (px < at)).sum(axis=1) % 2 == 1
