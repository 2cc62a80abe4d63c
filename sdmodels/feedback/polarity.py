"""Does a rise of the source raise the target, lower it, or the one or the other by the state?

The polarity of a link is the sign of the exact derivative along the runs: a link that could work the other way
where no run passes counts as it works here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from sdmodels.engine.trajectories import Floats
from sdmodels.experiment.step_ends import TIME, StepEnds
from sdmodels.feedback.causal import CausalGraph, Link
from sdmodels.feedback.link_gains import link_gains

Sign: TypeAlias = Literal["+", "-", "depends", "none"]
Range: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPolarity:
    """The sign of a link, and where it has it.

    Attributes
    ----------
    source, target
        By their scalar names.
    sign
        ``none`` if the target answers to the source at no state of the runs.
    rising, falling
        The values of the source, lowest and highest, at which a rise of it raises the target, and lowers it [unit
        of the source]; ``None`` if there are none. Where the two overlap, the sign depends on other variables.
    rising_times, falling_times
        The first and the last time of each [the model's unit of time].
    """

    source: str
    target: str
    sign: Sign
    rising: Range | None
    falling: Range | None
    rising_times: Range | None
    falling_times: Range | None


def link_polarities(
    graph: CausalGraph, samples: Sequence[StepEnds], links: Sequence[Link] | None = None
) -> tuple[LinkPolarity, ...]:
    """Return the polarity of links; of all that can close a loop if none are named.

    Parameters
    ----------
    samples
        The steps of some members, at whose ends the links are differentiated.
    """
    chosen = graph.links if links is None else tuple(links)
    gains = [link_gains(graph, chosen, ends) for ends in samples]
    found = []
    for row, (source, target) in enumerate(chosen):
        slopes = np.concatenate([each[row].ravel() for each in gains])
        at = np.concatenate([_spread(ends, source) for ends in samples])
        times = np.concatenate([_spread(ends, TIME) for ends in samples])
        up, down = slopes > 0, slopes < 0
        found.append(
            LinkPolarity(
                source=source,
                target=target,
                sign=_sign(bool(up.any()), bool(down.any())),
                rising=_range(at[up]),
                falling=_range(at[down]),
                rising_times=_range(times[up]),
                falling_times=_range(times[down]),
            )
        )
    return tuple(found)


def _spread(ends: StepEnds, name: str) -> Floats:
    return np.broadcast_to(ends.after[name], ends.shape).ravel()


def _sign(up: bool, down: bool) -> Sign:
    if up and down:
        return "depends"
    return "+" if up else "-" if down else "none"


def _range(values: Floats) -> Range | None:
    return (float(values.min()), float(values.max())) if values.size else None
