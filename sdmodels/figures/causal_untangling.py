"""Which variables of a causal loop diagram should move so that fewer links cross?"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sdmodels.figures.geometry import Points, cross, distance_to

_ROUNDS: Final = 8
_STEP: Final = 0.35
"""Between two places that are tried [links]."""
_REACH: Final = 4
"""How far a variable may go at once [steps]."""
_NAME: Final = (0.72, 0.36)
"""How far two names must stand apart, side by side or above each other [links]."""
_CLEAR: Final = 0.22
"""How far a link should pass from a name [links]."""
_OF_CROSSING, _OF_NAME, _OF_OVERLAP, _OF_STRESS = 1.0, 2.0, 5.0, 0.5
"""What a crossing of two links costs, a name in the way of a link, a name on a name, and a wrong distance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What joins the variables, and how far apart they should stand.

    Attributes
    ----------
    pairs
        Two variables that a link joins, shape ``(pairs, 2)``.
    distances, weights
        Of each two variables, and how much it counts, shape ``(variables, variables)`` [links].
    """

    pairs: NDArray[np.int64]
    distances: Points
    weights: Points


def untangled(points: Points, wanted: Wanted) -> Points:
    """Return the places after each variable in turn went to the best of many places, as long as that helps."""
    points = points.copy()
    for _ in range(_ROUNDS):
        moved = False
        for variable in range(len(points)):
            possible = _possible(points, variable, _neighbours(wanted.pairs, variable))
            costs = _costs(points, wanted, variable, possible)
            best = int(np.argmin(costs))
            if costs[best] < costs[0] - 1e-6:
                points[variable], moved = possible[best], True
        if not moved:
            break
    return points


def tangle(points: Points, wanted: Wanted) -> float:
    """Return how bad an arrangement is: the cost of all of its variables."""
    return float(
        sum(
            _costs(points, wanted, variable, points[variable : variable + 1])[0]
            for variable in range(len(points))
        )
    )


def _possible(points: Points, variable: int, neighbours: NDArray[np.int64]) -> Points:
    """Return the variable's own place, then places around it and around the middle of its neighbours."""
    steps = np.arange(-_REACH, _REACH + 1) * _STEP
    grid = np.column_stack([values.ravel() for values in np.meshgrid(steps, steps)])
    own = points[variable : variable + 1]
    middle = points[neighbours].mean(axis=0) if len(neighbours) else own[0]
    return np.concatenate([own, own[0] + grid, middle + grid])


def _costs(points: Points, wanted: Wanted, variable: int, possible: Points) -> NDArray[np.float64]:
    """Return what each possible place of a variable costs, shape ``(places,)``."""
    others = np.arange(len(points)) != variable
    apart = np.abs(possible[:, None] - points[None, others])
    wrong = (np.linalg.norm(apart, axis=2) - wanted.distances[variable, others]) ** 2
    costs = _OF_STRESS * (wrong * wanted.weights[variable, others]).sum(axis=1)
    costs += _OF_OVERLAP * np.all(apart < _NAME, axis=2).sum(axis=1)
    own = (wanted.pairs == variable).any(axis=1)
    starts, ends = points[wanted.pairs[~own, 0]], points[wanted.pairs[~own, 1]]
    if len(starts):
        costs += _OF_NAME * (distance_to(possible[:, None], starts, ends) < _CLEAR).sum(axis=1)
    for neighbour in _neighbours(wanted.pairs, variable):
        end = points[neighbour]
        if len(starts):
            costs += _OF_CROSSING * cross(possible[:, None], end, starts, ends).sum(axis=1)
        third = others & (np.arange(len(points)) != neighbour)
        costs += _OF_NAME * (distance_to(points[third], possible[:, None], end) < _CLEAR).sum(axis=1)
    return np.asarray(costs)


def _neighbours(pairs: NDArray[np.int64], variable: int) -> NDArray[np.int64]:
    own = pairs[(pairs == variable).any(axis=1)]
    return np.asarray(own.sum(axis=1) - variable)
