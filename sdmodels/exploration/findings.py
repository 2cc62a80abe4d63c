"""What is found in each member of an ensemble, and in how many of them?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sdmodels.catalogue import Text

Floats = NDArray[np.float64]
MIDDLE = (0.05, 0.95)
"""The quantiles between which the middle 90 % of the members lie."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A number that is sought in every member of one arm.

    Attributes
    ----------
    id
        What is sought, such as ``optimum``; the same for every arm.
    arm
        Id of the arm or variant.
    title, arm_title
        What people read.
    quantity
        What the values are, such as a lever.
    units
        Of the values, as the model writes it.
    values
        Shape ``(members,)`` [units]; NaN in a member that does not have it. Left out are members that failed, and
        those of which it cannot be asked: recovery of what never tipped.
    always
        Whether every member has it by definition; then no share is worth a word.
    """

    id: str
    arm: str
    title: Text
    arm_title: Text
    quantity: Text
    units: str
    values: Floats
    always: bool = False

    @property
    def members(self) -> int:
        """How many members stayed finite."""
        return int(self.values.size)

    @property
    def share(self) -> float:
        """Share of the members that have it; NaN without members."""
        return float(np.isfinite(self.values).mean()) if self.members else np.nan

    @property
    def median(self) -> float:
        """Median over the members that have it; NaN if none has."""
        return self.quantiles((0.5,))[0]

    @property
    def middle(self) -> tuple[float, float]:
        """Ends of the middle 90 % of the members that have it; NaN if none has."""
        low, high = self.quantiles(MIDDLE)
        return low, high

    def quantiles(self, at: Sequence[float]) -> tuple[float, ...]:
        """Return quantiles over the members that have it; NaN if none has."""
        found = self.values[np.isfinite(self.values)]
        return tuple(map(float, np.quantile(found, at))) if found.size else (np.nan,) * len(at)


def summary_of(findings: Sequence[Finding]) -> pd.DataFrame:
    """Summarise findings over their members.

    Returns
    -------
    pandas.DataFrame
        Columns ``finding, arm, unit, median, low, high, share, members``, one row a finding and arm; the first
        three numbers are over the members that have it, and empty if none has.
    """
    columns = ["finding", "arm", "unit", "median", "low", "high", "share", "members"]
    rows = [
        (each.id, each.arm, each.units, each.median, *each.middle, each.share, each.members)
        for each in findings
    ]
    return pd.DataFrame(rows, columns=columns)
