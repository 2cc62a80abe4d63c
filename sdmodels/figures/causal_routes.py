"""How does each link of a causal loop diagram bend, so that it stays clear of names and other links?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from sdmodels.figures.causal_layout import Points
from sdmodels.figures.routes import Arc, Route, bow
from sdmodels.structure.drawing import Place, Point

_RISES: Final = (0.14, -0.14, 0.22, -0.22, 0.04, -0.04, 0.32, -0.32, 0.45, -0.45)
"""Heights of the possible arcs over their chords, in chords; positive is to the left, seen on the page."""
_USUAL_RISE: Final = 0.15
_SAMPLES: Final = 48
_ROUNDS: Final = 4
_ROUND_NAME: Final = 4.0
"""Free space round a name that a link should not enter [pixel]."""
_APART: Final = 9.0
"""Links that are nearer than this to each other are hard to tell apart [pixel]."""
_OF_NAME, _OF_CROSSING, _OF_NEARNESS, _OF_RISE, _OF_INWARD, _OF_EDGE = 12.0, 2.0, 0.35, 6.0, 1.0, 3.0
"""What a name in the way costs, a crossing, a nearby piece of another link, a bend, a dent, a way off the page."""
_RADIUS_OF_BOW: Final = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A route, and points on what of it is outside of the names at its ends."""

    route: Route
    points: Points


def routes(
    ends: Sequence[tuple[int, int]], places: Sequence[Place], centres: Sequence[Point | None]
) -> list[Way]:
    """Return the way of each link, chosen so that few names are crossed, then few links.

    Parameters
    ----------
    ends
        Positions of source and target of each link.
    places
        Of the names.
    centres
        For each link the middle of the loops that it belongs to; it bows away from there if it may.
    """
    possible = [
        _bows(places[source]) if source == target else _arcs(places[source], places[target])
        for source, target in ends
    ]
    own = [
        np.array([_cost_alone(way, rank, pair, places, centre) for rank, way in enumerate(ways)])
        for ways, pair, centre in zip(possible, ends, centres, strict=True)
    ]
    chosen = [int(np.argmin(costs)) for costs in own]
    for _ in range(_ROUNDS):
        before = list(chosen)
        for link, ways in enumerate(possible):
            others = [possible[other][chosen[other]].points for other in range(len(ends)) if other != link]
            costs = [own[link][rank] + _cost_among(way, others) for rank, way in enumerate(ways)]
            chosen[link] = int(np.argmin(costs))
        if chosen == before:
            break
    return [ways[rank] for ways, rank in zip(possible, chosen, strict=True)]


def _arcs(start: Place, end: Place) -> list[Way]:
    first, last = (start.x, start.y), (end.x, end.y)
    return [_way(bow(first, last, rise), start, end) for rise in _RISES]


def _bows(place: Place) -> list[Way]:
    """Return small circles round the corners and the sides of a name, for a link from it to itself."""
    found = []
    for across, down in ((1, -1), (-1, -1), (1, 1), (-1, 1), (1, 0), (-1, 0), (0, -1), (0, 1)):
        centre = place.x + across * place.half_width, place.y + down * place.half_height
        inwards = float(np.arctan2(-down, -across))
        circle = Arc(centre=centre, radius=_RADIUS_OF_BOW, angle=inwards, span=2 * np.pi)
        found.append(_way(circle, place, place))
    return found


def _way(route: Route, start: Place, end: Place) -> Way:
    shares = np.arange(_SAMPLES + 1) / _SAMPLES
    points = np.array([route.at(share) for share in shares])
    free = ~(within(points, [start]) | within(points, [end])).any(axis=1)
    return Way(route=route, points=points[free] if free.any() else points[_SAMPLES // 2 :][:1])


def within(points: Points, places: Sequence[Place], margin: float = 0.0) -> np.ndarray:
    """Return which points lie in which rectangles or a margin round them, shape ``(points, places)``."""
    centres = np.array([(place.x, place.y) for place in places]).reshape(-1, 2)
    halves = np.array([(place.half_width, place.half_height) for place in places]).reshape(-1, 2) + margin
    return np.all(np.abs(points[:, None] - centres[None]) < halves[None], axis=2)


def _cost_alone(
    way: Way, rank: int, ends: tuple[int, int], places: Sequence[Place], centre: Point | None
) -> float:
    others = [place for number, place in enumerate(places) if number not in ends]
    held = within(way.points, others, _ROUND_NAME) if others else np.zeros((1, 1), dtype=bool)
    cost = _OF_NAME * float(held.any(axis=0).sum()) + _OF_NAME / 10 * float(held.sum())
    if ends[0] == ends[1]:
        return cost + 0.01 * rank
    cost += _OF_RISE * abs(abs(_RISES[rank]) - _USUAL_RISE)
    if centre is not None:
        first, last = places[ends[0]], places[ends[1]]
        chord = np.array([(first.x + last.x) / 2, (first.y + last.y) / 2])
        middle = np.array(way.route.at(0.5))
        cost += _OF_INWARD * float(np.dot(middle - chord, np.array(centre) - chord) > 0)
    return cost


def _cost_among(way: Way, others: Sequence[Points]) -> float:
    if not others:
        return 0.0
    every = np.concatenate(others)
    apart = np.linalg.norm(way.points[:, None] - every[None], axis=2)
    near = float((apart.min(axis=1) < _APART).sum())
    crossings = sum(crosses(way.points, other) for other in others)
    return _OF_CROSSING * crossings + _OF_NEARNESS * near


def crosses(one: Points, other: Points) -> int:
    """Return how often two lines through points cross."""
    if len(one) < 2 or len(other) < 2:
        return 0
    a, b = one[:-1, None], one[1:, None]
    c, d = other[None, :-1], other[None, 1:]

    def side(p: Points, q: Points, r: Points) -> Points:
        return (q[..., 0] - p[..., 0]) * (r[..., 1] - p[..., 1]) - (q[..., 1] - p[..., 1]) * (
            r[..., 0] - p[..., 0]
        )

    apart = (side(a, b, c) * side(a, b, d) < 0) & (side(c, d, a) * side(c, d, b) < 0)
    return int(apart.sum())
