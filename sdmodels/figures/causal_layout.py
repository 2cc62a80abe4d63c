"""Where does each variable of a causal loop diagram stand?

Lengths are in links: two variables that a link joins are about 1 apart. The arrangement depends on the
structure only, so a diagram has the same shape in every language.
"""

import math
from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sdmodels.figures.causal_parts import CausalDiagram
from sdmodels.figures.causal_untangling import Wanted, tangle, untangled
from sdmodels.figures.geometry import Points

Pairs: TypeAlias = NDArray[np.int64]
# The variables of a loop and its weight.
Weighed: TypeAlias = tuple[Pairs, float]

_SMOOTHINGS: Final = 120
"""Steps of the majorisation; it hardly moves after these."""
_OF_LOOPS: Final = 1.5
"""How much the roundness of the strongest loop counts beside the distances along links."""
_STARTS: Final = 6
"""How many loops are tried as the circle that the arrangement begins with."""
_BETWEEN_PARTS: Final = 1.0


def arrange(diagram: CausalDiagram) -> Points:
    """Return a place for each variable, shape ``(variables, 2)`` [links].

    A strong loop begins as a circle in causal order, the others outside of it beside their neighbours; then all
    move until their distances are as near as may be to those along the links and round the loops, and then each
    in turn to where fewer links cross. Several loops are tried as the circle; the clearest arrangement is taken.

    Notes
    -----
    Stress majorisation [1]_.

    References
    ----------
    .. [1] E. Gansner, Y. Koren, S. North, Graph Drawing by Stress Majorization, GD 2004.
    """
    pairs, loops = pairs_of(diagram), _loops_of(diagram)
    steps = [np.column_stack([loop, np.roll(loop, -1)]) for loop, _ in loops]
    parts = _parts(len(diagram.variables), np.concatenate([pairs, *steps]))
    arranged = []
    for part in parts:
        # Positions within the part.
        inner = np.full(len(diagram.variables), -1)
        inner[part] = np.arange(len(part))
        own_pairs = inner[pairs[np.isin(pairs[:, 0], part)]]
        own_loops = [(inner[loop], weight) for loop, weight in loops if loop[0] in part]
        arranged.append(_arranged(len(part), own_pairs, own_loops))
    points = np.zeros((len(diagram.variables), 2))
    for part, places in zip(parts, packed(arranged), strict=True):
        points[part] = places
    return points


def _loops_of(diagram: CausalDiagram) -> list[Weighed]:
    """Return the positions of the variables of each loop, and its weight; the strongest loop is the first."""
    position = {variable.name: number for number, variable in enumerate(diagram.variables)}
    return [
        (np.array([position[name] for name in loop.variables], dtype=np.int64), loop.weight)
        for loop in sorted(diagram.loops, key=lambda loop: -loop.weight)
        if loop.variables
    ]


def _parts(count: int, pairs: Pairs) -> list[Pairs]:
    """Return the variables of each part that nothing joins to the rest, the largest part first."""
    reached = np.isfinite(_hops(count, pairs))
    parts = {number: np.flatnonzero(reached[number]) for number in range(count)}
    return sorted((part for first, part in parts.items() if part[0] == first), key=lambda part: -len(part))


def _hops(count: int, pairs: Pairs) -> Points:
    """Return how many links lie between each two variables, infinite if none do (Floyd and Warshall's method)."""
    hops = np.full((count, count), np.inf)
    np.fill_diagonal(hops, 0.0)
    hops[pairs[:, 0], pairs[:, 1]] = hops[pairs[:, 1], pairs[:, 0]] = 1
    for by in range(count):
        hops = np.minimum(hops, hops[:, by, None] + hops[None, by])
    return hops


def _arranged(count: int, pairs: Pairs, loops: Sequence[Weighed]) -> Points:
    """Return the clearest arrangement of variables that hang together."""
    distances, weights = _targets(count, pairs, loops)
    wanted = Wanted(pairs=pairs, distances=distances, weights=weights)
    circles = [loop for loop, _ in loops[:_STARTS]] or [np.arange(count)]
    possible = [
        untangled(_smoothed(_start(count, pairs, circle), distances, weights), wanted) for circle in circles
    ]
    return min(possible, key=lambda points: tangle(points, wanted))


def packed(parts: Sequence[Points]) -> list[Points]:
    """Return parts moved beside each other: in columns to the right of the first, as high as that is."""
    sizes = [np.ptp(part, axis=0) for part in parts]
    highest = max([float(size[1]) for size in sizes] + [math.sqrt(len(parts))])
    left, top, widest = 0.0, 0.0, 0.0
    found = []
    for part, (width, height) in zip(parts, sizes, strict=True):
        if top > 0 and top + height > highest:
            left, top, widest = left + widest + _BETWEEN_PARTS, 0.0, 0.0
        found.append(part - part.min(axis=0) + (left, top))
        top, widest = top + float(height) + _BETWEEN_PARTS, max(widest, float(width))
    return found


def pairs_of(diagram: CausalDiagram) -> Pairs:
    """Return source and target of each link between two variables, shape ``(links, 2)``, each pair once."""
    position = {variable.name: number for number, variable in enumerate(diagram.variables)}
    joined = {
        tuple(sorted((position[link.source], position[link.target])))
        for link in diagram.links
        if link.source != link.target
    }
    return np.array(sorted(joined), dtype=np.int64).reshape(-1, 2)


def _targets(count: int, pairs: Pairs, loops: Sequence[Weighed]) -> tuple[Points, Points]:
    """Return how far apart each two variables should stand, and how much this counts."""
    hops = _hops(count, pairs)
    # A loop may join variables that no link does.
    hops = np.where(np.isfinite(hops), hops, float(count))
    np.fill_diagonal(hops, 1.0)
    weights = hops**-2.0
    wanted = weights * hops
    for members, weight in loops:
        if len(members) < 3:
            continue
        apart = np.abs(np.subtract.outer(np.arange(len(members)), np.arange(len(members))))
        chords = np.sin(np.pi * apart / len(members)) / math.sin(math.pi / len(members))
        np.fill_diagonal(chords, 1.0)
        counts = _OF_LOOPS * weight * chords**-2.0
        rows = np.ix_(members, members)
        weights[rows] += counts
        wanted[rows] += counts * chords
    return wanted / weights, weights


def _start(count: int, pairs: Pairs, loop: Pairs) -> Points:
    """Return the loop on a circle, clockwise from the left, and the others around it beside their neighbours."""
    radius = 0.5 / math.sin(math.pi / max(len(loop), 3))
    points = np.full((count, 2), np.nan)
    angles = math.pi + math.tau * np.arange(len(loop)) / max(len(loop), 1)
    points[loop] = radius * np.column_stack([np.cos(angles), np.sin(angles)])
    for number in range(count):
        free = np.flatnonzero(np.isnan(points[:, 0]))
        if not len(free):
            break
        placed = [_neighbours(pairs, at)[~np.isnan(points[_neighbours(pairs, at), 0])] for at in free]
        most = max(range(len(free)), key=lambda at: len(placed[at]))
        centre = points[placed[most]].mean(axis=0) if len(placed[most]) else np.zeros(2)
        # The golden angle spreads those that would otherwise stand on one another.
        turn = number * math.pi * (3 - math.sqrt(5))
        away = centre / max(float(np.hypot(*centre)), 0.5) + 0.5 * np.array([math.cos(turn), math.sin(turn)])
        points[free[most]] = centre + away
    return points


def _neighbours(pairs: Pairs, at: np.int64) -> Pairs:
    return np.concatenate([pairs[pairs[:, 0] == at, 1], pairs[pairs[:, 1] == at, 0]])


def _smoothed(points: Points, distances: Points, weights: Points) -> Points:
    """Return the places after the majorisation: each step lowers the stress."""
    weights = weights.copy()
    np.fill_diagonal(weights, 0.0)
    laplacian = np.diag(weights.sum(axis=1)) - weights
    inverse = np.linalg.pinv(laplacian)
    for _ in range(_SMOOTHINGS):
        apart = np.linalg.norm(points[:, None] - points[None], axis=2)
        pulls = -weights * distances / np.maximum(apart, 1e-9)
        np.fill_diagonal(pulls, 0.0)
        np.fill_diagonal(pulls, -pulls.sum(axis=1))
        points = inverse @ (pulls @ points)
    return points
