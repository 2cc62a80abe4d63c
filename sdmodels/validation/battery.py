"""Which checks does a model go through, and in which order?

References
----------
J. W. Forrester & P. M. Senge 1980; Y. Barlas 1996; J. D. Sterman, Business Dynamics, 2000, chapter 21:
structure first, then behaviour that follows from structure.
"""

from collections.abc import Callable, Iterator, Sequence

from sdmodels.errors import SimulationError
from sdmodels.experiment import ModelLike, as_entry
from sdmodels.validation.balance import equilibrium, stocks
from sdmodels.validation.conservation import conservation
from sdmodels.validation.finding import Finding, Progress, failed, silent
from sdmodels.validation.knock_outs import knock_outs
from sdmodels.validation.lookups import tables
from sdmodels.validation.loops import loops
from sdmodels.validation.numerics import euler_rk4, time_step
from sdmodels.validation.random_members import MEMBERS, random_members
from sdmodels.validation.reality import reality
from sdmodels.validation.runs import FINITE, Runs, finite, shared_runs
from sdmodels.validation.structure_checks import documentation, rule_of_three, unused
from sdmodels.validation.time_constants import time_constants
from sdmodels.validation.units import units


def check(
    model: ModelLike,
    *,
    random_draws: int = MEMBERS,
    stop_at_first: bool = False,
    progress: Progress | None = None,
) -> tuple[Finding, ...]:
    """Run every check on a model: structure, base run, integration, extreme conditions, loops.

    Parameters
    ----------
    model
        A catalogue id such as ``"hotline"``, the path of a model file, or what :func:`load` or
        :func:`sdmodels.readers.read` returned.
    random_draws
        Members of the check of random inputs.
    stop_at_first
        Whether to leave out what comes after the first check that fails.
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
    tell = progress or silent
    findings: list[Finding] = []
    done = 0
    for done, part in enumerate(_parts(model, random_draws), start=1):
        findings += part
        tell(done, PARTS)
        if stop_at_first and any(finding.status == "failed" for finding in part):
            break
    if done < PARTS:
        tell(PARTS, PARTS)
    return tuple(findings)


def _parts(model: ModelLike, random_draws: int) -> Iterator[Sequence[Finding]]:
    entry = as_entry(model)
    yield [units(entry.model), documentation(entry), unused(entry), rule_of_three(entry)]
    try:
        runs = shared_runs(entry)
    except SimulationError as error:
        what = f"{entry.path}: the base run fails; the checks that need it were not run.\n{error}"
        yield [failed("finite", FINITE, what)]
        return
    for part in _BEHAVIOUR:
        yield part(runs)
    yield random_members(entry, random_draws)
    yield reality(entry)
    yield loops(runs)
    yield knock_outs(entry)


_BEHAVIOUR: tuple[Callable[[Runs], Sequence[Finding]], ...] = (
    lambda runs: tables(runs.entry),
    lambda runs: [finite(runs)],
    lambda runs: [equilibrium(runs.entry, runs.close)],
    lambda runs: [stocks(runs.entry, runs.moving)],
    lambda runs: conservation(runs.entry),
    lambda runs: [time_step(runs)],
    lambda runs: [euler_rk4(runs)],
    lambda runs: [time_constants(runs)],
)
PARTS = 5 + len(_BEHAVIOUR)
