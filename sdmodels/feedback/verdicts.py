"""How far do opinions on the loop that matters most agree?"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, groupby
from typing import Final, Literal, TypeAlias

from sdmodels.feedback.feedback_loop import Polarity
from sdmodels.feedback.pathways import Phase

Verdict: TypeAlias = Literal["agree", "partly", "disagree", "no opinion"]
Source: TypeAlias = Literal["Loops That Matter", "eigenvalue elasticity", "pathway participation"]
Compared: TypeAlias = Literal["loops", "switches"]

SIMILAR: Final = 0.5
"""Rank correlation of two orders that are alike. Assumption: with ten loops, chance exceeds it once in 14 times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """Which loop one method holds to matter most at a time.

    Attributes
    ----------
    loops
        Ids; the variables of a loop that has none. Several where a pathway goes along cut links of several loops,
        none where along none.
    variables
        Those of the loop.
    polarity
        ``None`` where the method does not tell.
    strength
        Share of all scores, size of the influence on the eigenvalue [1 / unit of time], or share of all paths.
    """

    method: Source
    loops: tuple[str, ...]
    variables: tuple[str, ...]
    polarity: Polarity | None
    strength: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What was said at a time, and how far it agrees.

    Attributes
    ----------
    phase
        What the stock of the pathways does.
    compared
        Whether loops are compared, or those of the manifest by what their switches cut.
    opinions
        Of those methods that have one.
    rank_correlation
        Spearman's, of all loops with a switch by score and by influence; ``None`` where there is none.
    """

    time: float
    phase: Phase
    compared: Compared
    opinions: tuple[Opinion, ...]
    rank_correlation: float | None
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseVerdict:
    """How far opinions agree while a stock behaves in one way.

    Attributes
    ----------
    first_time, last_time
        Of the moments in it.
    verdict
        The one of most moments; of two that are as many, the less favourable.
    verdicts
        How many moments have which.
    """

    phase: Phase
    first_time: float
    last_time: float
    verdict: Verdict
    verdicts: tuple[tuple[Verdict, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How far three methods agree on the loop that matters most, over time."""

    moments: tuple[Moment, ...]

    @property
    def phases(self) -> tuple[PhaseVerdict, ...]:
        """The verdict of each phase of behaviour in turn."""
        found = []
        for phase, group in groupby(self.moments, key=lambda moment: moment.phase):
            moments = list(group)
            counts = Counter(moment.verdict for moment in moments)
            order: tuple[Verdict, ...] = ("disagree", "partly", "agree", "no opinion")
            found.append(
                PhaseVerdict(
                    phase=phase,
                    first_time=moments[0].time,
                    last_time=moments[-1].time,
                    verdict=max(order, key=lambda verdict: counts[verdict]),
                    verdicts=tuple((verdict, counts[verdict]) for verdict in order if counts[verdict]),
                )
            )
        return tuple(found)


def verdict_of(opinions: Sequence[Opinion], rank_correlation: float | None = None) -> Verdict:
    """Return how far some opinions agree.

    Returns
    -------
    Verdict
        ``agree`` if all name the same loop, and the order of all others is alike where there is one; ``partly`` if
        two of them do, or all name loops of the same polarity, or the orders are alike; ``no opinion`` if fewer
        than two name any.
    """
    naming = [opinion for opinion in opinions if opinion.loops]
    if len(naming) < 2:
        return "no opinion"
    same = [not set(one.loops).isdisjoint(other.loops) for one, other in combinations(naming, 2)]
    alike = rank_correlation is not None and rank_correlation >= SIMILAR
    if all(same):
        return "agree" if rank_correlation is None or alike else "partly"
    polarities = {opinion.polarity for opinion in naming}
    one_polarity = len(polarities) == 1 and None not in polarities
    return "partly" if any(same) or one_polarity or alike else "disagree"
