"""What made the growth: which share is due to each cause, and which causes can the data not tell apart?

Causes are cut in every combination. What one adds, over all orders in which they may come, is its share (Shapley's
value [1]_): shares and the rest add up to the growth, whatever the causes do together. Beside it stands what the
growth would lack if the one cause were cut alone.

References
----------
.. [1] L. S. Shapley, A value for n-person games, in Contributions to the Theory of Games II, Princeton 1953,
   307-317.
"""

from dataclasses import dataclass
from itertools import combinations
from math import factorial

import numpy as np

from sdmodels.calibration.case import Case
from sdmodels.calibration.quantities import Wanted
from sdmodels.calibration.runs import own_value, runs_of
from sdmodels.calibration.tables import Cause, Growth
from sdmodels.engine.trajectories import Floats, Progress
from sdmodels.experiment.request import Integration
from sdmodels.experiment.schedule import NEVER
from sdmodels.experiment.settings import find_input

# Two shares that move against each other so strongly cannot be told apart.
TOGETHER = -0.5
# And where the middle 90 % of both are so wide: shares that are known need not be told apart.
WIDE = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthShares:
    """What made the growth, draw by draw.

    Attributes
    ----------
    growth
        With all causes, 0.55 for 55 %, shape ``(draws,)``.
    shares
        Of the growth, shape ``(causes, draws)``; with :attr:`rest` they add up to 1.
    rest
        The share that is there without any of the causes, shape ``(draws,)``.
    cut_alone
        By how much the growth falls, as a share of it, when one cause alone is cut, shape ``(causes, draws)``.
    """

    table: Growth
    growth: Floats
    shares: Floats
    rest: Floats
    cut_alone: Floats

    @property
    def causes(self) -> tuple[Cause, ...]:
        """In the order of the shares."""
        return self.table.causes

    @property
    def inseparable(self) -> tuple[tuple[Cause, Cause, float], ...]:
        """Pairs of causes that make up for each other, with their correlation; the strongest first."""
        found = []
        low, high = np.quantile(self.shares, (0.05, 0.95), axis=1)
        for i, j in combinations(np.flatnonzero(high - low >= WIDE), 2):
            if self.shares[i].std() > 0 and self.shares[j].std() > 0:
                correlation = float(np.corrcoef(self.shares[i], self.shares[j])[0, 1])
                if correlation <= TOGETHER:
                    found.append((self.causes[i], self.causes[j], correlation))
        return tuple(sorted(found, key=lambda pair: pair[2]))


def take_apart(
    case: Case,
    table: Growth,
    scores: Floats,
    *,
    engine: Integration | None = None,
    progress: Progress | None = None,
) -> GrowthShares:
    """Take the growth of a case apart over draws of its parameters, shape ``(parameters, draws)``."""
    observable = next(o for o in case.problem.observables if o.id == table.observable)
    wanted = Wanted(case.calendar)
    wanted.add(observable, case.calendar.span(table.window))
    changes = [
        (place, cause)
        for cause in table.causes
        for place, change in enumerate(case.problem.changes)
        if change.cause == cause.id
    ]
    constants = [
        (find_input(case.model, cut.name), cut.value, cause) for cause in table.causes for cut in cause.cuts
    ]
    extras: list[str | int] = [place for place, _ in changes]
    extras += dict.fromkeys(name for name, _, _ in constants)
    runs = runs_of(case, wanted.quantities(), extras=extras, engine=engine)
    values = case.space.values_of(scores)
    draws, count = scores.shape[1], len(table.causes)
    begins = [case.calendar.moment(case.problem.changes[place].begins) for place, _ in changes]
    base = np.array(
        [
            *(np.full(draws, begin) for begin in begins),
            *(_own(case, values, name) for name in dict.fromkeys(name for name, _, _ in constants)),
        ]
    )
    found = np.empty((2**count, draws))
    for on in range(2**count):
        rows = base.copy()
        for row, (_, cause) in enumerate(changes):
            if not _is_on(on, table.causes.index(cause)):
                rows[row] = NEVER
        for name, value, cause in constants:
            if not _is_on(on, table.causes.index(cause)):
                rows[extras.index(name)] = value
        found[on] = runs.at(values, rows)[0] - 1.0
        if progress is not None:
            progress(on + 1, 2**count)
    fine = np.isfinite(found).all(axis=0)
    found = found[:, fine]
    whole = found[-1]
    shares = np.array([_shapley(found, cause, count) for cause in range(count)]) / whole
    alone = np.array([(whole - found[(2**count - 1) ^ (1 << cause)]) / whole for cause in range(count)])
    return GrowthShares(table=table, growth=whole, shares=shares, rest=found[0] / whole, cut_alone=alone)


def _is_on(combination: int, cause: int) -> bool:
    return bool(combination >> cause & 1)


def _shapley(found: Floats, cause: int, count: int) -> Floats:
    """Return what a cause adds, over all orders, shape ``(draws,)``, from the growth of every combination."""
    total = np.zeros(found.shape[1])
    for without in range(2**count):
        if not _is_on(without, cause):
            others = without.bit_count()
            weight = factorial(others) * factorial(count - others - 1) / factorial(count)
            total += weight * (found[without | 1 << cause] - found[without])
    return total


def _own(case: Case, values: Floats, name: str) -> Floats:
    """Return the values that a constant has in the draws, uncut."""
    for row, parameter in enumerate(case.space.parameters):
        if parameter.name == name:
            return np.asarray(values[row])
    return np.full(values.shape[1], own_value(case.model, name))
