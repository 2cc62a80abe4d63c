"""How does each link of a causal loop diagram bend, so that it stays clear of names and other links?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sdmodels.figures.geometry import Points, cross, within
from sdmodels.figures.routes import Arc, Route, bow
from sdmodels.structure.drawing import Place, Point

_RISES: Final = (0.14, -0.14, 0.22, -0.22, 0.04, -0.04, 0.32, -0.32, 0.45, -0.45, 0.6, -0.6)
"""Heights of the possible arcs over their chords, in chords; positive is to the left, seen on the page."""
_USUAL_RISE: Final = 0.15
_RISE_OF_OPPOSITE: Final = 0.24
"""Of two opposite links: between them is room for the mark of their loop."""
_SAMPLES: Final = 24
_ROUNDS: Final = 4
_ROUND_NAME: Final = 4.0
"""Free space round a name that a link should not enter [pixel]."""
_APART: Final = 9.0
"""Links that are nearer than this to each other are hard to tell apart [pixel]."""
_OF_NAME, _OF_CROSSING, _OF_NEARNESS, _OF_RISE, _OF_INWARD, _OF_RIGHT = 12.0, 2.0, 0.05, 6.0, 1.0, 4.0
"""What a name in the way costs, a crossing, a pixel beside another link, a bend, a dent in a loop, no eye."""
_RADIUS_OF_BOW: Final = 20.0


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
    own = []
    for ways, pair, centre in zip(possible, ends, centres, strict=True):
        costs = _costs_of_names(ways, pair, places)
        if pair[0] == pair[1]:
            costs += 0.01 * np.arange(len(ways))
        elif pair[::-1] in ends:
            costs += _costs_of_eye()
        else:
            costs += _costs_of_bend(ways, places[pair[0]], places[pair[1]], centre)
        own.append(costs)
    chosen = [int(np.argmin(costs)) for costs in own]
    for _ in range(_ROUNDS):
        before = list(chosen)
        for link, ways in enumerate(possible):
            others = [possible[other][chosen[other]].points for other in range(len(ends)) if other != link]
            chosen[link] = int(np.argmin(own[link] + _costs_among(ways, others)))
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


def _costs_of_names(ways: Sequence[Way], ends: tuple[int, int], places: Sequence[Place]) -> Points:
    """Return what the names that each way meets cost, and the length behind them."""
    others = [place for number, place in enumerate(places) if number not in ends]
    held = [within(way.points, others, _ROUND_NAME) for way in ways]
    return np.array([_OF_NAME * (name.any(axis=0).sum() + name.sum() / 10) for name in held])


def _costs_of_eye() -> Points:
    """Return what the bend of each arc costs that has an opposite: both bend to their left and form an eye."""
    rises = np.array(_RISES)
    return np.asarray(_OF_RISE * np.abs(np.abs(rises) - _RISE_OF_OPPOSITE) + _OF_RIGHT * (rises < 0))


def _costs_of_bend(ways: Sequence[Way], start: Place, end: Place, centre: Point | None) -> Points:
    """Return what the bend of each arc costs, and that towards the middle of its loops."""
    costs = _OF_RISE * np.abs(np.abs(_RISES) - _USUAL_RISE)
    if centre is not None:
        chord = np.array([(start.x + end.x) / 2, (start.y + end.y) / 2])
        middles = np.array([way.route.at(0.5) for way in ways])
        costs = costs + _OF_INWARD * ((middles - chord) @ (np.array(centre) - chord) > 0)
    return np.asarray(costs)


def _costs_among(ways: Sequence[Way], others: Sequence[Points]) -> Points:
    """Return what each of some ways costs beside the ways of the other links."""
    own, among = _pieces([way.points for way in ways]), _pieces(others)
    costs = np.zeros(len(ways))
    if not len(own.starts) or not len(among.starts):
        return costs
    apart = own.middles[:, None] - among.middles[None]
    squares = np.einsum("ijk,ijk->ij", apart, apart)
    near = (squares < _APART**2).any(axis=1)
    np.add.at(costs, own.lines[near], _OF_NEARNESS * own.longest)
    one, other = np.nonzero(squares < ((own.longest + among.longest) / 2) ** 2)
    crossed = cross(own.starts[one], own.ends[one], among.starts[other], among.ends[other])
    np.add.at(costs, own.lines[one[crossed]], _OF_CROSSING)
    return costs


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pieces:
    """The straight pieces of several lines, and of which line each is."""

    starts: Points
    ends: Points
    lines: NDArray[np.int64]

    @property
    def middles(self) -> Points:
        return (self.starts + self.ends) / 2

    @property
    def longest(self) -> float:
        return float(np.max(np.linalg.norm(self.ends - self.starts, axis=1), initial=0.0))


def _pieces(lines: Sequence[Points]) -> _Pieces:
    nothing = np.zeros((0, 2))
    return _Pieces(
        starts=np.concatenate([nothing, *(line[:-1] for line in lines)]),
        ends=np.concatenate([nothing, *(line[1:] for line in lines)]),
        lines=np.repeat(np.arange(len(lines)), [max(len(line) - 1, 0) for line in lines]),
    )
