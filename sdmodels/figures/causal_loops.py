"""Where does the mark of a feedback loop stand, and which way does the loop run?"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from sdmodels.figures.causal_parts import DiagramLink, DiagramLoop
from sdmodels.figures.causal_routes import Way
from sdmodels.figures.geometry import Points, inside, within
from sdmodels.structure.drawing import Place, Point, Turn

MARK: Final = 21.0
"""Half of the square that a mark and the arrow round it take [pixel]."""
_FARTHEST: Final = 240.0
"""From the middle of its loop to a mark, across and down [pixel]."""
_STEP: Final = 8.0
"""Between two places that are tried [pixel]."""
_OF_NAME, _OF_LINK, _OF_DISTANCE, _OUTSIDE = 400.0, 3.0, 0.12, 15.0
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
    steps = np.arange(-_FARTHEST, _FARTHEST + 1, _STEP)
    possible = middle + np.column_stack([grid.ravel() for grid in np.meshgrid(steps, steps)])
    possible = possible[within(possible, [page], -MARK)[:, 0]]
    if not len(possible):
        return float(middle[0]), float(middle[1])
    cost = _OF_DISTANCE * np.linalg.norm(possible - middle, axis=1)
    cost += _OF_NAME * within(possible, taken, MARK).sum(axis=1)
    cost += _OUTSIDE * ~inside(possible, outline)
    best, least = possible[0], np.inf
    # In the order of what they cost at least, so that few are compared with all links.
    for at in np.argsort(cost, kind="stable"):
        if cost[at] >= least:
            break
        below = np.hypot(lines[:, 0] - possible[at, 0], lines[:, 1] - possible[at, 1]) < MARK
        total = float(cost[at] + _OF_LINK * below.sum())
        if total < least:
            best, least = possible[at], total
    return float(best[0]), float(best[1])


def middle_of_loops(
    link: DiagramLink, loops: Sequence[DiagramLoop], position: Mapping[str, int], places: Sequence[Place]
) -> Point | None:
    """Return the middle of the loops that a link is a part of, the strong ones before all; else ``None``."""
    middles, weights = [], []
    for loop in loops:
        if (link.source, link.target) in _steps(loop):
            around = [places[position[name]] for name in loop.variables]
            middles.append(np.mean([(place.x, place.y) for place in around], axis=0))
            weights.append(loop.weight + 0.01)
    if not middles:
        return None
    x, y = np.average(middles, axis=0, weights=weights)
    return float(x), float(y)


def _steps(loop: DiagramLoop) -> list[tuple[str, str]]:
    return list(zip(loop.variables, (*loop.variables[1:], *loop.variables[:1]), strict=True))


def outline_of(loop: DiagramLoop, ways: Mapping[tuple[str, str], Way], places: Mapping[str, Place]) -> Points:
    """Return points along a loop; a step without a link is a straight line."""
    pieces = [np.zeros((0, 2))]
    for step in _steps(loop):
        start, end = places[step[0]], places[step[1]]
        pieces.append(np.array([(start.x, start.y)]))
        pieces.append(ways[step].points if step in ways else np.array([(end.x, end.y)]))
    return np.concatenate(pieces)
