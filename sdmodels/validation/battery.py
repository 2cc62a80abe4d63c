"""Which checks does a model go through, and in which order?

References
----------
J. W. Forrester & P. M. Senge 1980; Y. Barlas 1996; J. D. Sterman, Business Dynamics, 2000, chapter 21:
structure first, then behaviour that follows from structure.
"""

from collections.abc import Callable, Sequence

from sdmodels.errors import SimulationError
from sdmodels.experiment import ModelLike, as_entry
from sdmodels.validation.balance import equilibrium, stocks
from sdmodels.validation.finding import Finding, Progress, failed
from sdmodels.validation.loops import loops
from sdmodels.validation.numerics import euler_rk4, time_step
from sdmodels.validation.reality import reality
from sdmodels.validation.runs import FINITE, Runs, finite, shared_runs
from sdmodels.validation.structure_checks import documentation, unused
from sdmodels.validation.units import units


def check(model: ModelLike, *, progress: Progress | None = None) -> tuple[Finding, ...]:
    """Run every check on a model: structure, base run, integration, loops, reality checks.

    Parameters
    ----------
    model
        A catalogue id such as ``"hotline"``, the path of a model file, or what :func:`load` or
        :func:`sdmodels.readers.read` returned.
    progress
        Called with the parts done and the parts in all.

    Returns
    -------
    tuple of Finding
        In a fixed order. What a model file without manifest does not claim is ``not run``.

    Raises
    ------
    UnknownNameError, ModelFileError, ManifestError
        If there is no such model, or it cannot be read.
    StructureError
        If equations need one another at the same time, or subscripts do not fit.
    """
    entry = as_entry(model)
    total = 2 + len(_BEHAVIOUR)
    tell = progress or _silent
    findings = [units(entry.model), documentation(entry), unused(entry)]
    tell(1, total)
    try:
        runs = shared_runs(entry)
    except SimulationError as error:
        tell(total, total)
        what = f"{entry.path}: the base run fails; the checks that need it were not run.\n{error}"
        return (*findings, failed("finite", FINITE, what))
    findings.append(finite(runs))
    tell(2, total)
    for done, part in enumerate(_BEHAVIOUR, start=3):
        findings += part(runs)
        tell(done, total)
    return tuple(findings)


def _silent(_done: int, _total: int) -> None:
    """Tell nobody how far the checks are."""


_BEHAVIOUR: tuple[Callable[[Runs], Sequence[Finding]], ...] = (
    lambda runs: [stocks(runs.entry, runs.moving)],
    lambda runs: [equilibrium(runs.entry, runs.close)],
    lambda runs: [time_step(runs)],
    lambda runs: [euler_rk4(runs)],
    loops,
    lambda runs: reality(runs.entry),
)
