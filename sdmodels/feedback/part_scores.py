"""What do the loops of a cycle partition come to at some times?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sdmodels.engine.trajectories import Floats
from sdmodels.feedback.circuits import links_of
from sdmodels.feedback.finding_circuits import PartCircuits


@dataclass(frozen=True, slots=True, kw_only=True)
class PartScores:
    """Scores of a partition, with a column for each time of each member.

    Attributes
    ----------
    circuits
        Loop score of each circuit that was found, shape ``(circuits, columns)``.
    total
        Sum of the sizes of all loop scores, shape ``(columns,)``; of those that were found if nobody can add up
        all.
    net
        Sum of all loop scores with their signs, shape ``(columns,)``.
    through
        What of the total runs through each link, shape ``(links, columns)``.
    switched
        What of the total runs through some link that a switch cuts, shape ``(columns,)``.
    covered
        What of the changes of the variables comes over links which the circuits use, shape ``(columns,)``: of each
        variable the share of its links' scores, and the mean of these.
    summed
        Whether the total is that of all circuits.
    """

    circuits: Floats
    total: Floats
    net: Floats
    through: Floats
    switched: Floats
    covered: Floats
    summed: bool

    def shares(self, part: Floats) -> Floats:
        """Return parts of the total as shares of it; 0 where it is 0."""
        return shares_of(part, self.total)

    @property
    def explained(self) -> Floats:
        """The share of the total that the circuits make which were found, shape ``(columns,)``.

        Not a number if nobody can add up all.
        """
        return (
            self.shares(np.abs(self.circuits).sum(axis=0))
            if self.summed
            else np.full(self.total.shape, np.nan)
        )

    @property
    def reinforcing(self) -> Floats:
        """The share of the total that all reinforcing loops make together, shape ``(columns,)``."""
        return self.shares((self.total + self.net) / 2)


def part_scores(part: PartCircuits, link_scores: Floats, cut: Sequence[int] = ()) -> PartScores:
    """Score the circuits of a partition.

    Parameters
    ----------
    link_scores
        Shape ``(active links of the partition, columns)``.
    cut
        The rows of the links that some switch cuts.
    """
    scores = part.scores(link_scores)
    if part.sums is not None:
        strengths = np.abs(link_scores)
        total, through = part.sums.through(strengths)
        strengths[list(cut)] = 0.0
        return PartScores(
            circuits=scores,
            total=total,
            net=part.sums.of(link_scores),
            through=through,
            switched=total - part.sums.of(strengths),
            covered=_covered(part, link_scores),
            summed=part.count is not None,
        )
    sizes = np.abs(scores)
    row = {link: number for number, link in enumerate(part.links)}
    through, switched = np.zeros_like(link_scores), np.zeros(link_scores.shape[1])
    for size, circuit in zip(sizes, part.circuits, strict=True):
        rows = [row[link] for link in links_of(circuit)]
        through[rows] += size
        if not set(rows).isdisjoint(cut):
            switched += size
    return PartScores(
        circuits=scores,
        total=sizes.sum(axis=0),
        net=scores.sum(axis=0),
        through=through,
        switched=switched,
        covered=_covered(part, link_scores),
        summed=part.count is not None,
    )


def _covered(part: PartCircuits, link_scores: Floats) -> Floats:
    used = {link for circuit in part.circuits for link in links_of(circuit)}
    targets: dict[str, list[int]] = {}
    for row, (_, target) in enumerate(part.links):
        targets.setdefault(target, []).append(row)
    shares, moving = np.zeros(link_scores.shape[1]), np.zeros(link_scores.shape[1])
    for rows in targets.values():
        sizes = np.abs(link_scores[rows])
        known = sizes[[place for place, row in enumerate(rows) if part.links[row] in used]].sum(axis=0)
        whole = sizes.sum(axis=0)
        shares += shares_of(known, whole)
        moving += whole > 0
    return shares_of(shares, moving)


def shares_of(part: Floats, total: Floats) -> Floats:
    """Return parts of a total as shares of it; 0 where it is 0."""
    with np.errstate(all="ignore"):
        found = part / total
    return np.where(np.isfinite(found), found, 0.0)
