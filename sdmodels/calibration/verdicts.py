"""What do the data say about each parameter: identified, decided by the prior, or at a bound?

In scores every prior is the same, so that what is left of its variance tells how much was learnt [1]_.

References
----------
.. [1] M. Betancourt, Towards a principled Bayesian workflow, 2020: posterior contraction.
"""

from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
from scipy.special import ndtri

from sdmodels.calibration.case import Case
from sdmodels.calibration.sampling import Sample
from sdmodels.calibration.tables import Verdict
from sdmodels.engine.trajectories import Floats

# Of the prior's variance, so much must be gone; the borders are conventions.
IDENTIFIED, INFORMED = 0.75, 0.25
# The outer part of the range on one side, and how much of the posterior there is an alarm.
OUTER, ALARM = 0.05, 0.25
# A posterior that ends so far from the bound is clear of it, in widths from its median to its own 5 % on that side.
CLEAR = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the data say about one parameter.

    Attributes
    ----------
    contraction
        Which part of the prior's variance, in scores, the data took away; below zero where they widened it.
    shift
        By how many prior standard deviations the mean moved.
    at_minimum, at_maximum
        How much of the posterior lies in the outer twentieth of the range, and of the prior.
    median, low, high
        Of the posterior, with the middle 90 % [unit of the parameter]; ``prior_...`` of the prior.
    rhat, effective
        R-hat, and the smaller of the two effective sample sizes.
    """

    id: str
    verdict: Verdict
    contraction: float
    shift: float
    at_minimum: float
    at_maximum: float
    median: float
    low: float
    high: float
    prior_median: float
    prior_low: float
    prior_high: float
    rhat: float
    effective: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two parameters that only their combination identifies.

    Attributes
    ----------
    together
        ``sum`` where their scores make up for each other (one high, one low), else ``difference``.
    contraction
        Of the combination.
    correlation
        Of the two scores after the data; before them it is none.
    """

    first: str
    second: str
    together: Literal["sum", "difference"]
    contraction: float
    correlation: float


def judge(case: Case, sample: Sample) -> tuple[Judgement, ...]:
    """Judge every parameter, in the order of the case."""
    scores = sample.flat
    values = case.space.values_of(scores)
    priors = case.space.values_of(np.repeat([[-1.6448536, 0.0, 1.6448536]], case.space.size, axis=0))
    # A prior may expect a place near a bound, or none that is near: only what is outer in both is told.
    places, edge = case.space.places_of(values), -float(ndtri(OUTER))
    found = []
    for row, id in enumerate(case.space.names):
        contraction = 1.0 - float(scores[row].var())
        lowest = (places[row] < OUTER) & (scores[row] < -edge)
        highest = (places[row] > 1 - OUTER) & (scores[row] > edge)
        at_minimum, at_maximum = float(lowest.mean()), float(highest.mean())
        low, median, high = np.quantile(values[row], (0.05, 0.5, 0.95))
        found.append(
            Judgement(
                id=id,
                verdict=_verdict(contraction, _is_at_bound(places[row], at_minimum, at_maximum)),
                contraction=contraction,
                shift=float(scores[row].mean()),
                at_minimum=at_minimum,
                at_maximum=at_maximum,
                median=float(median),
                low=float(low),
                high=float(high),
                prior_median=float(priors[row, 1]),
                prior_low=float(priors[row, 0]),
                prior_high=float(priors[row, 2]),
                rhat=float(sample.convergence.rhat[row]),
                effective=float(min(sample.convergence.bulk[row], sample.convergence.tail[row])),
            )
        )
    return tuple(found)


def _is_at_bound(places: Floats, at_minimum: float, at_maximum: float) -> bool:
    """Tell whether the posterior is pressed against an end of the range: there, and not clear of it."""
    low, median, high = np.quantile(places, (0.05, 0.5, 0.95))
    lower = at_minimum >= ALARM and low <= CLEAR * (median - low)
    upper = at_maximum >= ALARM and 1 - high <= CLEAR * (high - median)
    return bool(lower or upper)


def _verdict(contraction: float, is_at_bound: bool) -> Verdict:
    if is_at_bound:
        return "bound"
    if contraction >= IDENTIFIED:
        return "identified"
    return "informed" if contraction >= INFORMED else "prior"


def pairs_of(case: Case, sample: Sample, judgements: tuple[Judgement, ...]) -> tuple[Pair, ...]:
    """Return the pairs of which neither is identified and the sum or difference of scores is; the surest first."""
    scores = sample.flat
    covariance = np.atleast_2d(np.cov(scores))
    found = []
    for i, j in combinations(range(case.space.size), 2):
        if any(judgements[k].contraction >= IDENTIFIED for k in (i, j)):
            continue
        summed = (covariance[i, i] + covariance[j, j]) / 2 + covariance[i, j]
        apart = (covariance[i, i] + covariance[j, j]) / 2 - covariance[i, j]
        contraction = 1.0 - float(min(summed, apart))
        if contraction >= IDENTIFIED:
            found.append(
                Pair(
                    first=case.space.names[i],
                    second=case.space.names[j],
                    together="sum" if summed < apart else "difference",
                    contraction=contraction,
                    correlation=_correlation(covariance, i, j),
                )
            )
    return tuple(sorted(found, key=lambda pair: -pair.contraction))


def _correlation(covariance: Floats, i: int, j: int) -> float:
    return float(covariance[i, j] / np.sqrt(covariance[i, i] * covariance[j, j]))
