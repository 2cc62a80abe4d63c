"""Which way does an arrow or a pipe take on a drawing?"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, TypeAlias

import numpy as np
from matplotlib.path import Path

from sdmodels.structure.drawing import Arrow, Pipe, Place, Point

_SAMPLES: Final = 240
"""Points at which a route is compared with the rectangles at its ends."""
_FLAT: Final = 1e-3
"""An arc that rises less than this share of its chord is drawn as a straight line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """Straight pieces from point to point."""

    points: tuple[Point, ...]

    def at(self, share: float) -> Point:
        """Return the point at a share of the length."""
        left = share * sum(math.dist(*piece) for piece in pairwise(self.points))
        for start, end in pairwise(self.points):
            length = math.dist(start, end)
            if left <= length and length > 0:
                return _between(start, end, left / length)
            left -= length
        return self.points[-1]

    def path(self, begins: float, ends: float) -> Path:
        """Return the part between two shares of the length."""
        total = sum(math.dist(*piece) for piece in pairwise(self.points))
        passed, inner = 0.0, []
        for start, end in pairwise(self.points[:-1]):
            passed += math.dist(start, end)
            if begins * total < passed < ends * total:
                inner.append(end)
        return Path([self.at(begins), *inner, self.at(ends)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Arc:
    """Part of a circle: from an angle [radian] over a span that may be negative."""

    centre: Point
    radius: float
    angle: float
    span: float

    def at(self, share: float) -> Point:
        """Return the point at a share of the length."""
        angle = self.angle + share * self.span
        return self.centre[0] + self.radius * math.cos(angle), self.centre[1] + self.radius * math.sin(angle)

    def path(self, begins: float, ends: float) -> Path:
        """Return the part between two shares of the length."""
        first, last = (math.degrees(self.angle + share * self.span) for share in (begins, ends))
        unit = Path.arc(min(first, last), max(first, last))
        vertices = np.asarray(unit.vertices) * self.radius + np.array(self.centre)
        return Path(vertices if last > first else vertices[::-1], unit.codes)


Route: TypeAlias = Broken | Arc


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The part of a route that is drawn, and the direction [unit vector] in which it ends."""

    path: Path
    tip: Point
    direction: Point


def arrow_route(arrow: Arrow, start: Place, end: Place) -> Route:
    """Return the way of an arrow, from centre to centre."""
    ends = (start.x, start.y), (end.x, end.y)
    if len(arrow.via) == 1:
        arc = _through(ends[0], arrow.via[0], ends[1])
        if arc is not None:
            return arc
    return Broken(points=(ends[0], *(arrow.via if len(arrow.via) > 1 else ()), ends[1]))


def bow(start: Point, end: Point, rise: float) -> Route:
    """Return the arc whose middle stands a share of the chord beside it, to the left as seen on the page."""
    x, y = _between(start, end, 0.5)
    via = x + rise * (end[1] - start[1]), y - rise * (end[0] - start[0])
    return _through(start, via, end) or Broken(points=(start, end))


def pipe_route(pipe: Pipe, valve: Place, end: Place) -> Route:
    """Return the way of a pipe, from the centre of its valve to the border of the object at its end."""
    points = [(valve.x, valve.y), *(point for point in pipe.via if not end.holds(point, 1))]
    x, y = points[-1]
    if abs(y - end.y) <= end.half_height:
        return Broken(points=(*points, (end.x + math.copysign(end.half_width, x - end.x), y)))
    if abs(x - end.x) > end.half_width:
        points.append((end.x, y))
    border = end.y + math.copysign(end.half_height, y - end.y)
    return Broken(points=(*points, (points[-1][0], border)))


def outside(
    route: Route, start: Place | None, end: Place | None, *, length: float, headless: bool = False
) -> Shown | None:
    """Return what of a route lies outside the rectangles at its ends; ``None`` if nothing does.

    Parameters
    ----------
    route
        The whole way.
    start, end
        Where it begins and ends; ``None`` cuts nothing off.
    length
        Of the arrow head, whose direction is that of the chord below it [pixel].
    headless
        Whether the path ends below the head: a thick line would stand out beside the tip.
    """
    shares = [position / _SAMPLES for position in range(_SAMPLES + 1)]
    free = [start is None or not start.holds(route.at(share)) for share in shares]
    begins = free.index(True) if True in free else _SAMPLES
    free = [end is None or not end.holds(route.at(share)) for share in shares]
    ends = _SAMPLES - free[::-1].index(True) if True in free else 0
    if ends <= begins:
        return None
    tip = route.at(shares[ends])
    before = next(
        (s for s in reversed(shares[begins:ends]) if math.dist(route.at(s), tip) >= length), shares[begins]
    )
    from_x, from_y = route.at(before)
    distance = math.dist((from_x, from_y), tip) or 1.0
    return Shown(
        path=route.path(shares[begins], before if headless else shares[ends]),
        tip=tip,
        direction=((tip[0] - from_x) / distance, (tip[1] - from_y) / distance),
    )


def _through(first: Point, middle: Point, last: Point) -> Arc | None:
    """Return the arc through three points; ``None`` if they lie on a line."""
    (x1, y1), (x2, y2), (x3, y3) = first, middle, last
    area = x1 * (y2 - y3) + x2 * (y3 - y1) + x3 * (y1 - y2)
    if abs(area) <= _FLAT * math.dist(first, last) ** 2:
        return None
    squares = [x * x + y * y for x, y in (first, middle, last)]
    centre_x = _dot(squares, (y2 - y3, y3 - y1, y1 - y2)) / (2 * area)
    centre_y = _dot(squares, (x3 - x2, x1 - x3, x2 - x1)) / (2 * area)
    angles = [math.atan2(y - centre_y, x - centre_x) for x, y in (first, middle, last)]
    forward, span = ((angle - angles[0]) % math.tau for angle in angles[1:])
    return Arc(
        centre=(centre_x, centre_y),
        radius=math.dist(first, (centre_x, centre_y)),
        angle=angles[0],
        span=span if forward <= span else span - math.tau,
    )


def _dot(first: Sequence[float], second: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(first, second, strict=True))


def _between(start: Point, end: Point, share: float) -> Point:
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share
