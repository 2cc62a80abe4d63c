"""What is known of the loops of a run or an ensemble, and what follows from it?"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import xarray as xr

from sdmodels.catalogue import Entry
from sdmodels.engine.trajectories import Floats
from sdmodels.errors import unknown
from sdmodels.experiment.step_ends import TIME, StepEnds
from sdmodels.feedback.causal import CausalGraph, Link
from sdmodels.feedback.feedback_loop import FeedbackLoop
from sdmodels.feedback.link_scores import link_scores
from sdmodels.feedback.polarity import LinkPolarity, link_polarities

MOST_PARTITIONS, MANY = 3, 2
"""So many partitions are told of; where loops cannot be counted there are many."""
HALF = 0.5
"""A loop, or a few together, dominate with this share or more of all scores (Schoenberg et al. 2020)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """A cycle partition: variables that all act on one another.

    Attributes
    ----------
    loops
        How many loops move in these runs; ``None`` if they cannot be counted.
    found
        How many of them were listed and scored.
    complete
        Whether these are all there are, at rest or not.
    """

    variables: tuple[str, ...]
    stocks: tuple[str, ...]
    loops: int | None
    found: int
    complete: bool

    @property
    def summed(self) -> bool:
        """Whether shares are of all loops; if not, they are of those that were found."""
        return self.loops is not None


@dataclass(frozen=True, kw_only=True)
class LoopScores:
    """Feedback loops in order of importance, and their scores over time.

    Attributes
    ----------
    cuts
        By the id of a loop that has a switch, the links that it cuts.
    samples
        The steps of up to eight members, with all values at both ends of each.
    loops
        The most important first; its importance is the mean size of its relative score.
    scores
        Dimensions among ``(loop, partition, link, member, time)``; coordinates along ``member`` as
        :func:`.simulate` has them. Of each loop ``relative_score``, ``loop_score`` and ``cut_share``, the share of
        all scores that runs through the links which its switch cuts (not a number where it has none). Of each
        partition ``total_score``, ``explained_share`` (by the loops that were found), ``reinforcing_share`` and
        ``switched_share`` (through links that any switch cuts), and ``covered_share``, what of the changes comes
        over links on loops that were found. Of each link ``link_share`` (what runs through it) and ``link_sign``,
        means over members. None has a unit.
    """

    entry: Entry
    graph: CausalGraph
    cuts: Mapping[str, tuple[Link, ...]]
    samples: tuple[StepEnds, ...]
    loops: tuple[FeedbackLoop, ...]
    partitions: tuple[Partition, ...]
    scores: xr.Dataset

    def loop(self, id: str) -> FeedbackLoop:
        """Return a loop by its id; raise UnknownNameError if there is none."""
        for loop in self.loops:
            if loop.id == id:
                return loop
        raise unknown("loop", id, [loop.id for loop in self.loops])

    @property
    def named(self) -> tuple[FeedbackLoop, ...]:
        """The loops that the manifest names, in order of importance."""
        return tuple(loop for loop in self.loops if loop.named)

    @property
    def largest(self) -> int:
        """The number of the partition with the most stocks."""
        return self._by_size[0]

    @property
    def main_partitions(self) -> list[int]:
        """The partitions that have more than one loop, the largest first; the largest if none has."""
        several = [number for number in self._by_size if (self.partitions[number].loops or MANY) > 1]
        return several[:MOST_PARTITIONS] or self._by_size[:1]

    @property
    def _by_size(self) -> list[int]:
        return sorted(range(len(self.partitions)), key=lambda number: -len(self.partitions[number].stocks))

    @cached_property
    def link_scores(self) -> xr.DataArray:
        """The score of every link that can close a loop, in the sample, dimensions ``(link, member, time)``.

        With one run the sample is that run.
        """
        values = [link_scores(self.graph, self.graph.links, ends) for ends in self.samples]
        return xr.DataArray(
            np.concatenate(values, axis=2).transpose(0, 2, 1),
            {
                "source": ("link", [source for source, _ in self.graph.links]),
                "target": ("link", [target for _, target in self.graph.links]),
                "time": ("time", self.samples[0].after[TIME][:, 0], dict(self.scores["time"].attrs)),
            },
            ("link", "member", "time"),
            name="link_score",
        )

    @cached_property
    def polarities(self) -> tuple[LinkPolarity, ...]:
        """The polarity of every link that can close a loop, along the sample of members."""
        return link_polarities(self.graph, self.samples)

    @property
    def importance(self) -> xr.DataArray:
        """Mean size of the relative score over members and times at which something moves, dimension ``loop``."""
        return self.mean(abs(self.scores["relative_score"]))

    @property
    def reach(self) -> xr.DataArray:
        """Mean share of all scores that runs through what a loop's switch cuts, dimension ``loop``."""
        return self.mean(self.scores["cut_share"])

    @property
    def reaching(self) -> list[str]:
        """The loops that have a switch, that with the largest share through it first."""
        shares = self.reach
        known = [loop.id for loop in self.loops if bool(np.isfinite(shares.sel(loop=loop.id)))]
        return sorted(known, key=lambda id: -float(shares.sel(loop=id)))

    def mean(self, values: xr.DataArray) -> xr.DataArray:
        """Return means over the members and times at which anything moves; 0 if nothing ever does."""
        moves = (self.scores["total_score"] > 0).any("partition")
        known = values.notnull().any([name for name in values.dims if name in ("member", "time")])
        found: xr.DataArray = values.where(moves).mean(("member", "time")).fillna(0.0).where(known)
        return found

    def share(self, *ids: str) -> xr.DataArray:
        """Return what share of all scores some loops have together, dimensions ``(member, time)``."""
        for id in ids:
            self.loop(id)
        return abs(self.scores["relative_score"].sel(loop=list(ids))).sum("loop", skipna=False)

    def dominance(self, *ids: str) -> xr.DataArray:
        """Return the probability that loops have half of all scores or more together, dimension ``time``."""
        share = self.share(*ids)
        return (share >= HALF).where(share.notnull()).mean("member")

    def first_time(self, share: xr.DataArray) -> Floats:
        """Return when a share first is one half or more, shape ``(members,)``; infinite if it never is."""
        reached = (share >= HALF).values
        times = share["time"].values
        return np.where(reached.any(axis=1), times[reached.argmax(axis=1)], np.inf)
