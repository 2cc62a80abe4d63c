"""Which loops are in charge from when to when?"""

from dataclasses import dataclass
from itertools import groupby
from typing import Final

import numpy as np

from sdmodels.engine.trajectories import Floats
from sdmodels.feedback.scores import HALF, LoopScores

MOST_TOGETHER: Final = 3
"""More loops together are no explanation. Assumption."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A stretch of time with the same loops in charge.

    Attributes
    ----------
    begins, ends
        The first and the last time [the model's unit of time].
    loops
        Ids of the fewest loops that have half of all scores together, the strongest first; empty if it takes more
        than three, or if nothing moves.
    share
        The mean of what they have together.
    moves
        Whether anything moves.
    """

    begins: float
    ends: float
    loops: tuple[str, ...]
    share: float
    moves: bool


def phases(found: LoopScores, partition: int = 0) -> tuple[Phase, ...]:
    """Return the phases of a partition, in order; in an ensemble by the means of the shares over members."""
    own = [loop.id for loop in found.loops if loop.partition == partition]
    sizes = abs(found.scores["relative_score"].sel(loop=own)).mean("member").values
    moves = (found.scores["total_score"].isel(partition=partition) > 0).any("member").values
    times = found.scores["time"].values
    states = [(_in_charge(own, sizes[:, step]), bool(moves[step])) for step in range(times.size)]
    stretches = []
    for (loops, moving), steps in groupby(range(times.size), key=lambda step: states[step]):
        stretch = list(steps)
        rows = [own.index(loop) for loop in loops]
        stretches.append(
            Phase(
                begins=float(times[stretch[0]]),
                ends=float(times[stretch[-1]]),
                loops=loops,
                share=float(sizes[np.ix_(rows, stretch)].sum(axis=0).mean()),
                moves=moving,
            )
        )
    return tuple(stretches)


def _in_charge(ids: list[str], sizes: Floats) -> tuple[str, ...]:
    """Return the fewest loops that have half together, or nothing; the set does not depend on their order."""
    order = np.argsort(-sizes, kind="stable")[:MOST_TOGETHER]
    together = np.cumsum(sizes[order])
    enough = np.flatnonzero(together >= HALF)
    if not enough.size:
        return ()
    return tuple(sorted(ids[row] for row in order[: enough[0] + 1]))
