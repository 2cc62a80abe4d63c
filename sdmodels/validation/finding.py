"""What did one check of a model find?"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sdmodels.catalogue import Text

Status: TypeAlias = Literal["passed", "failed", "not run"]
Progress: TypeAlias = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The verdict of one check.

    Attributes
    ----------
    check
        Id of the check: ``"units"``, ``"time_step"``, ``"reality:no_demand"``, ``"loop:R1"``.
    title
        What the check asks, for a reader.
    status
        ``not run`` where the question has no answer for this model; the message says why.
    message
        In English: what was found; for a failure where, the evidence, and what to do, a line each.
    measured, bound
        The number that decided and what it was held against [``unit``]; ``None`` where nothing is measured.
    first_predicted
        What was predicted before the first run, where the prediction was changed after it.
    """

    check: str
    title: Text
    status: Status
    message: str
    measured: float | None = None
    bound: float | None = None
    unit: str = ""
    first_predicted: str | None = None


def silent(_done: int, _total: int) -> None:
    """Tell nobody how far the work is."""


def not_run(check: str, title: Text, why: str) -> Finding:
    """Return the finding of a check that could not be made."""
    return Finding(check=check, title=title, status="not run", message=why)


def failed(check: str, title: Text, message: str) -> Finding:
    """Return the finding of a check that failed before anything could be measured."""
    return Finding(check=check, title=title, status="failed", message=message)
