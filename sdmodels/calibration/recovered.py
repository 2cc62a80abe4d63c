"""How often do intervals hold the truth, and are its ranks uniform?"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Final, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from sdmodels.calibration.case import Case
from sdmodels.engine.trajectories import Floats

INTERVAL: Final = (0.05, 0.95)
"""The ends of an interval, as shares of the posterior below them."""
RANKED: Final = 99
"""Draws among which the truth is ranked: 100 ranks, which bins divide evenly."""
_BINS: Final = (20, 10, 5, 4, 2)
_EXPECTED: Final = 5
"""In each bin of a chi-square test, at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """What became of the truth of one data set, shape ``(parameters,)`` each.

    Attributes
    ----------
    truth
        Scores that the data set was drawn with.
    rank
        How many of 99 draws from the posterior are below the truth.
    covered
        Whether the middle 90 % of the posterior hold it.
    contraction, verdict, rhat
        As in :class:`.Judgement`.
    again
        How often the data set had to be drawn again; one number.
    """

    truth: Floats
    rank: NDArray[np.int64]
    covered: NDArray[np.bool_]
    contraction: Floats
    verdict: NDArray[np.str_]
    rhat: Floats
    again: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """In which share of so many cases an interval held the truth, with the middle 95 % of a binomial share.

    Parameters of one data set are not independent: for many of them together the interval is too narrow.
    """

    share: float
    count: int
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery(Recovered):
    """What became of the truth of many data sets.

    Each array of :class:`Recovered` has the data sets in front: ``(data_sets, parameters)``, ``again``
    ``(data_sets,)``.
    """

    case: Case

    @classmethod
    def of(cls, case: Case, found: Sequence[Recovered]) -> Self:
        """Put data sets together."""
        stacked: dict[str, Any] = {
            each.name: np.array([getattr(one, each.name) for one in found]) for each in fields(Recovered)
        }
        return cls(case=case, **stacked)

    @property
    def identified(self) -> NDArray[np.bool_]:
        """Where the verdict is that the data identify the parameter."""
        return np.asarray(self.verdict == "identified")

    def coverage(self, id: str | None = None, *, identified: bool = False) -> Coverage:
        """Return how often the intervals of a parameter hold the truth; those of all if none is named.

        Parameters
        ----------
        identified
            Count only the data sets in which the parameter was identified. That follows from the data alone, so
            that honest intervals hold the truth as often among them.
        """
        chosen = self.identified if identified else np.ones_like(self.covered)
        held = (
            self.covered[chosen]
            if id is None
            else self.covered[:, self._place(id)][chosen[:, self._place(id)]]
        )
        return _coverage(held)

    def p_uniform(self, id: str) -> float:
        """Return how probable ranks as uneven as those of a parameter are, by a chi-square test over bins."""
        return float(stats.chisquare(self.counts(id)).pvalue)

    def counts(self, id: str) -> NDArray[np.int64]:
        """Return how many ranks of a parameter are in each of 2 to 20 bins of the same width."""
        bins = next((b for b in _BINS if len(self.rank) >= _EXPECTED * b), _BINS[-1])
        return np.histogram(self.rank[:, self._place(id)], bins=bins, range=(0, RANKED + 1))[0]

    @property
    def p_all_uniform(self) -> float:
        """The least of all :meth:`p_uniform`, times how many there are (Bonferroni): valid however they depend."""
        least = min(self.p_uniform(id) for id in self.case.space.names)
        return min(1.0, least * self.case.space.size)

    def p_pooled(self, *, identified: bool = False) -> float:
        """Return how probable ranks as uneven as those of all parameters together are (Kolmogorov, Smirnov).

        It sees what is small and common to all; that parameters of one data set depend makes it too strict.
        """
        chosen = self.identified if identified else np.ones_like(self.covered)
        ranks = self.rank[chosen]
        if not ranks.size:
            return float("nan")
        # Ranks are whole: the uniform share of one makes them continuous, and the test exact.
        shares = (ranks + np.random.default_rng(0).random(ranks.size)) / (RANKED + 1)
        return float(stats.kstest(shares, "uniform").pvalue)

    def table(self) -> pd.DataFrame:
        """Return a row a parameter."""
        return pd.DataFrame([self._row(place, id) for place, id in enumerate(self.case.space.names)])

    def _row(self, place: int, id: str) -> dict[str, Any]:
        every, sure = self.coverage(id), self.coverage(id, identified=True)
        return {
            "parameter": id,
            "data_sets": every.count,
            "coverage": every.share,
            "coverage_low": every.low,
            "coverage_high": every.high,
            "identified_in": sure.count,
            "coverage_identified": sure.share,
            "contraction_median": float(np.median(self.contraction[:, place])),
            "p_uniform": self.p_uniform(id),
            "rhat_median": float(np.median(self.rhat[:, place])),
        }

    def _place(self, id: str) -> int:
        return self.case.space.names.index(self.case.parameter(id).id)


def _coverage(held: NDArray[np.bool_]) -> Coverage:
    if not held.size:
        return Coverage(share=np.nan, count=0, low=np.nan, high=np.nan)
    # Wilson's interval: that of Clopper and Pearson is wider than it says.
    ends = stats.binomtest(int(held.sum()), held.size).proportion_ci(0.95, method="wilson")
    return Coverage(share=float(held.mean()), count=held.size, low=float(ends.low), high=float(ends.high))
