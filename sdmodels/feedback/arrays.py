"""Where are scores kept while members are scored block by block?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from sdmodels.engine.trajectories import Floats, Trajectories
from sdmodels.experiment.step_ends import StepRuns
from sdmodels.feedback.causal import CausalGraph
from sdmodels.feedback.feedback_loop import FeedbackLoop
from sdmodels.feedback.part_scores import PartScores

BY_LOOP = ("relative_score", "loop_score", "cut_share")
BY_PARTITION = ("total_score", "explained_share", "reinforcing_share", "switched_share", "covered_share")
BY_LINK = ("link_share", "link_sign")


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrays:
    """Scores of all members; blocks of different members are written to different places.

    Attributes
    ----------
    runs
        What is scored, with the steps that are.
    by_loop, by_partition
        By the name of what they hold, shape ``(loops or partitions, members, steps)``.
    by_link
        Sums over the members so far, shape ``(links, steps)``.
    failed_step, failed_variable
        As in :class:`.Trajectories`.
    """

    runs: StepRuns
    by_loop: dict[str, Floats]
    by_partition: dict[str, Floats]
    by_link: dict[str, Floats]
    failed_step: NDArray[np.int64]
    failed_variable: NDArray[np.int64]

    @staticmethod
    def empty(runs: StepRuns, loops: int, partitions: int, links: int) -> "Arrays":
        """Return arrays of zeros."""
        shape = runs.members, runs.steps.size
        return Arrays(
            runs=runs,
            by_loop={name: np.zeros((loops, *shape)) for name in BY_LOOP},
            by_partition={name: np.zeros((partitions, *shape)) for name in BY_PARTITION},
            by_link={name: np.zeros((links, runs.steps.size)) for name in BY_LINK},
            failed_step=np.full(runs.members, -1, dtype=np.int64),
            failed_variable=np.full(runs.members, -1, dtype=np.int64),
        )

    def take_runs(self, first: int, last: int, trajectories: Trajectories) -> None:
        """Keep how the members of a block fared."""
        self.failed_step[first:last] = trajectories.failed_step
        self.failed_variable[first:last] = trajectories.failed_variable

    def take_partition(self, number: int, first: int, last: int, found: PartScores) -> None:
        """Keep what a partition comes to."""
        values = found.total, found.explained, found.reinforcing, found.shares(found.switched), found.covered
        for name, value in zip(BY_PARTITION, values, strict=True):
            self.by_partition[name][number, first:last] = by_member(value, last - first)

    def take_loop(
        self, row: int, first: int, last: int, found: PartScores, places: Sequence[int], cut: Sequence[int]
    ) -> None:
        """Keep the scores of a loop: of the circuits at ``places``, and through the links in the rows ``cut``."""
        score = found.circuits[list(places)].sum(axis=0)
        values = found.shares(score), score, found.shares(found.through[list(cut)].sum(axis=0))
        for name, value in zip(BY_LOOP, values, strict=True):
            self.by_loop[name][row, first:last] = by_member(value, last - first)

    def in_order(self, order: Sequence[int] | NDArray[np.int64]) -> "Arrays":
        """Return the same with the loops in another order."""
        return replace(self, by_loop={name: values[order] for name, values in self.by_loop.items()})

    def labelled(self, loops: Sequence[FeedbackLoop], graph: CausalGraph) -> xr.Dataset:
        """Label the arrays; scores of a member are not numbers from the time on at which it failed."""
        runs = self.runs
        failed = (self.failed_step[:, None] >= 0) & (runs.steps[None, :] >= self.failed_step[:, None])
        over_members = {
            name: ((dimension, "member", "time"), np.where(failed, np.nan, values))
            for dimension, arrays in (("loop", self.by_loop), ("partition", self.by_partition))
            for name, values in arrays.items()
        }
        over_links = {
            name: (("link", "time"), values / runs.members) for name, values in self.by_link.items()
        }
        return xr.Dataset(
            {**over_members, **over_links},
            {
                "loop": [loop.id for loop in loops],
                "title": ("loop", [loop.title.en for loop in loops]),
                "title_zh": ("loop", [loop.title.zh for loop in loops]),
                "source": ("link", [source for source, _ in graph.links]),
                "target": ("link", [target for _, target in graph.links]),
                "time": ("time", runs.times, {"units": runs.layout.model.time.units}),
                **runs.coordinates(self.failed_step, self.failed_variable),
            },
            dict(runs.provenance),
        )


def by_member(columns: Floats, members: int) -> Floats:
    """Turn columns, each step of every member in turn, into shape ``(members, steps)``."""
    return columns.reshape(-1, members).T
