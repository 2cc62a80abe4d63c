"""What does an experiment come to?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeAlias, TypeVar

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from sdmodels.catalogue import Bound, Entry, Experiment
from sdmodels.exploration.findings import Finding, Floats, summary_of
from sdmodels.exploration.modes import Modes
from sdmodels.exploration.noise import EarlyWarnings
from sdmodels.exploration.ranking import Ranking
from sdmodels.exploration.shock import Shocks
from sdmodels.structure.subscripts import find_scalar

Details = TypeVar("Details", Modes, Shocks, EarlyWarnings, Ranking)
Truths: TypeAlias = NDArray[np.bool_]
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
COLUMNS = ("p05", "p25", "p50", "p75", "p95", "members")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentResult:
    """An experiment of a model, run.

    Attributes
    ----------
    members, seed
        Runs of each arm and value, and the seed of their draws, which are common to all.
    data
        What was read from every run, with the draws of its member; NaN where a run failed. A sweep has the
        dimensions ``(variant, value, member)``, a ramp ``(member, time)``, a course ``(arm, member, time)``; the
        others are those of their details.
    numbers
        The numbers that the figure shows, in rows: quantiles or shares over the members.
    further
        More tables, by name.
    findings
        What was sought, in every member.
    runs, failed
        How many runs there were, and how many of them left the finite numbers.
    details
        What modes, shocks, noise and a ranking come to in full; ``None`` for the other kinds.
    """

    entry: Entry
    experiment: Experiment
    members: int
    seed: int
    data: xr.Dataset
    numbers: pd.DataFrame
    findings: tuple[Finding, ...]
    runs: int
    failed: int
    further: Mapping[str, pd.DataFrame] = field(default_factory=lambda: MappingProxyType({}))
    details: Modes | Shocks | EarlyWarnings | Ranking | None = None

    @property
    def summary(self) -> pd.DataFrame:
        """The findings over their members: see :func:`sdmodels.exploration.summary_of`."""
        return summary_of(self.findings)

    def detail(self, kind: type[Details]) -> Details:
        """Return the details, which are of the kind that belongs to the experiment."""
        if not isinstance(self.details, kind):
            raise TypeError(f"'{self.experiment.id}' has no {kind.__name__}.")
        return self.details

    def finding(self, id: str, arm: str | None = None) -> Finding | None:
        """Return a finding of an arm, or of the first that has it; ``None`` if it was not sought."""
        fitting = (each for each in self.findings if each.id == id and arm in (None, each.arm))
        return next(fitting, None)


def draws_of(entry: Entry, found: xr.Dataset, members: int) -> dict[str, Any]:
    """Return the uncertain constants of each member as coordinates, but for those that arms differ in."""
    drawn: dict[str, Any] = {}
    for uncertainty in entry.uncertainties:
        name = find_scalar(entry.model, uncertainty.name)
        if name in found.coords and found[name].dims == ("member",):
            blocks = found[name].values.reshape(-1, members)
            if (blocks == blocks[0]).all():
                drawn[name] = ("member", blocks[0], found[name].attrs)
    return drawn


def quantile_rows(labels: Sequence[Sequence[object]], values: Floats) -> Iterator[tuple[object, ...]]:
    """Return the labels of each point with the quantiles over the members that stayed finite at all of them.

    Parameters
    ----------
    values
        Shape ``(points, members)``; NaN where a run failed.
    """
    fine = values[:, np.isfinite(values).all(axis=0)]
    count = fine.shape[1]
    bands = (
        np.quantile(fine, QUANTILES, axis=1).T if count else np.full((len(values), len(QUANTILES)), np.nan)
    )
    for label, numbers in zip(labels, bands.tolist(), strict=True):
        yield (*label, *numbers, count)


def is_past(bound: Bound, values: Floats) -> Truths:
    """Return whether values are past a bound, in their shape; NaN is not."""
    if bound.below is not None:
        return np.asarray(values < bound.below)
    return np.asarray(values > (np.inf if bound.above is None else bound.above))
