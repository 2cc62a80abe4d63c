"""Along which path does most of what makes a net flow rise or fall arrive?

A path leads from a stock over auxiliaries to a net flow; what arrives is the stock's own movement times the gains.
The strongest that raises and the strongest that lowers are found together, in one way along the links, for all
times.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from sdmodels.engine.trajectories import Floats
from sdmodels.feedback.propagation import Propagation

Places: TypeAlias = NDArray[np.int64]
RAISES, LOWERS = 0, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class StrongestPaths:
    """The strongest path into each variable and each net flow.

    Attributes
    ----------
    gains
        Shape ``(links, times)``.
    arriving
        What arrives by the strongest path that raises, and by the strongest that lowers; shape
        ``(2, variables and then the net flows of the states, times)``, 0 where there is none.
    last
        The last link of that path, of the same shape; -1 where there is none, and at the stocks.
    """

    way: Propagation
    gains: Floats
    arriving: Floats
    last: Places

    def into(self, state: int, side: int, time: int) -> list[int]:
        """Return the links of the strongest path into a net flow, the last first; none if nothing arrives."""
        place = len(self.way.row) + state
        found: list[int] = []
        while (link := int(self.last[side, place, time])) >= 0:
            found.append(link)
            if self.gains[link, time] < 0:
                side = 1 - side
            place = self.way.sources[link]
        return found


def strongest_paths(way: Propagation, gains: Floats, flows: Floats) -> StrongestPaths:
    """Find the strongest paths at all times.

    Parameters
    ----------
    gains
        Shape ``(links, times)``.
    flows
        The net flow of each state, shape ``(states, times)``.
    """
    states, variables = len(way.states), len(way.row)
    arriving = np.zeros((2, variables + states, gains.shape[1]))
    arriving[RAISES, :states], arriving[LOWERS, :states] = np.maximum(flows, 0), np.minimum(flows, 0)
    last = np.full(arriving.shape, -1, dtype=np.int64)
    into_states = [link for link, target in enumerate(way.targets) if target < states]
    for link in (*way.order, *into_states):
        target = way.targets[link]
        place = target if target >= states else variables + target
        both = gains[link] * arriving[:, way.sources[link]]
        coming = np.where(gains[link] > 0, both, both[::-1])
        stronger = np.abs(coming) > np.abs(arriving[:, place])
        arriving[:, place] = np.where(stronger, coming, arriving[:, place])
        last[:, place] = np.where(stronger, link, last[:, place])
    return StrongestPaths(way=way, gains=gains, arriving=arriving, last=last)
