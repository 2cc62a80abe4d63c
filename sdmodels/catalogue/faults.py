"""What is wrong in a manifest, in three parts: where and what, the evidence, what to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic_core import PydanticCustomError

from sdmodels.errors import ManifestError

SCHEMA_FAULT = "sdmodels_fault"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that a manifest gets wrong.

    Attributes
    ----------
    what
        A clause without a full stop, to stand after the file's name.
    evidence
        The offending line or value.
    remedy
        A sentence.
    line
        Where in the file, if that is known.
    """

    what: str
    evidence: str
    remedy: str
    line: int | None = None


def refusal(path: Path, faults: Sequence[Fault]) -> ManifestError:
    """Return the error that tells the first of the faults, and how many more there are."""
    first, more = faults[0], len(faults) - 1
    where = path if first.line is None else f"{path}:{first.line}"
    follow = {0: "", 1: " One more fault follows."}.get(more, f" {more} more faults follow.")
    return ManifestError(f"{where}: {first.what}.\n    {_one_line(first.evidence)}\n{first.remedy}{follow}")


def _one_line(evidence: str) -> str:
    joined = " ".join(evidence.split())
    return joined if len(joined) <= 100 else f"{joined[:99]}…"


def schema_fault(problem: str, remedy: str, *, evidence: str = "") -> PydanticCustomError:
    """Return what a validator of the schema raises; without ``evidence`` the table at fault is shown."""
    context = {"problem": problem, "remedy": remedy, "evidence": evidence}
    return PydanticCustomError(SCHEMA_FAULT, "{problem}. {remedy}", context)
