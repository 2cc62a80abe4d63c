"""Where do names and links end up, so that no link passes behind a name?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from sdmodels.figures.causal_layout import arrange, pairs_of
from sdmodels.figures.causal_loops import middle_of_loops
from sdmodels.figures.causal_parts import CausalDiagram
from sdmodels.figures.causal_routes import Way, routes
from sdmodels.figures.causal_spacing import spread
from sdmodels.figures.fitting import Fitted
from sdmodels.figures.geometry import Points, within
from sdmodels.structure.drawing import Place

_ACROSS, _DOWN = 165.0, 105.0
"""How far apart two variables stand that a link joins, side by side and above each other [pixel]."""
_MANY: Final = 30
"""Variables; beyond these the distances shrink."""
_GAP: Final = (24.0, 24.0)
"""Least room between two names, side by side and above each other [pixel]."""
_GAP_OF_LINK: Final = (46.0, 44.0)
"""Least room between two names that a link joins: for its head, its sign and the strokes of a delay [pixel]."""
PADDING: Final = 4.0
"""Round the name of a stock, and between a name and an arrow [pixel]."""
_CLEAR: Final = 8.0
"""Between a link and a name that it passes, after the name stepped aside [pixel]."""
_ROUNDS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """The rectangle of each name, and the way of each link."""

    places: tuple[Place, ...]
    ways: tuple[Way, ...]


def settled(diagram: CausalDiagram, labels: Sequence[Fitted]) -> Settled:
    """Return names that lie on no other, and ways behind as few of them as may be.

    Names step aside for the links that pass behind them, which then look for their ways again.
    """
    halves = np.array([(label.width / 2, label.height / 2) for label in labels]).reshape(-1, 2) + PADDING
    gaps = np.full((len(labels), len(labels), 2), _GAP)
    pairs = pairs_of(diagram)
    gaps[pairs[:, 0], pairs[:, 1]] = gaps[pairs[:, 1], pairs[:, 0]] = _GAP_OF_LINK
    # A large diagram is set more closely, or its letters would be too small on a sheet of paper.
    closer = min(1.0, (_MANY / max(len(labels), 1)) ** 0.3)
    centres = arrange(diagram) * (_ACROSS * closer, _DOWN * closer)
    found: list[tuple[int, Settled]] = []
    for _ in range(_ROUNDS):
        centres = spread(centres, halves, gaps)
        places = _places(centres, halves)
        settled = Settled(places=places, ways=tuple(_ways(diagram, places)))
        steps = _steps_aside(settled)
        found.append((len(steps), settled))
        if not steps:
            break
        for name, step in steps:
            centres[name] += step
    return min(found, key=lambda one: one[0])[1]


def _places(centres: Points, halves: Points) -> tuple[Place, ...]:
    return tuple(
        Place(x=float(x), y=float(y), half_width=float(a), half_height=float(b))
        for (x, y), (a, b) in zip(centres, halves, strict=True)
    )


def _ways(diagram: CausalDiagram, places: Sequence[Place]) -> list[Way]:
    position = {variable.name: number for number, variable in enumerate(diagram.variables)}
    ends = [(position[link.source], position[link.target]) for link in diagram.links]
    middles = [middle_of_loops(link, diagram.loops, position, places) for link in diagram.links]
    return routes(ends, places, middles)


def _steps_aside(settled: Settled) -> list[tuple[int, Points]]:
    """Return how each name with a link behind it would come clear of it, across the link."""
    steps = []
    for way in settled.ways:
        for name in np.flatnonzero(within(way.points, settled.places).any(axis=0)):
            place = settled.places[name]
            away = np.array([place.x, place.y]) - way.points
            nearest = int(np.argmin(np.linalg.norm(away, axis=1)))
            along = way.points[min(nearest + 1, len(way.points) - 1)] - way.points[max(nearest - 1, 0)]
            across = np.array([-along[1], along[0]]) / max(float(np.hypot(*along)), 1e-9)
            side = float(np.dot(away[nearest], across))
            reach = abs(across[0]) * place.half_width + abs(across[1]) * place.half_height + _CLEAR
            steps.append((int(name), across * (reach - abs(side)) * (1 if side >= 0 else -1)))
    return steps
