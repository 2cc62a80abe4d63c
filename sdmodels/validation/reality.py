"""Does the model do what the world would do under extreme conditions?

The manifest's reality checks: what is changed, and what must then be at most, at least or exactly so.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import xarray as xr

from sdmodels.catalogue import BASELINE, Entry, Expectation, Outcome, Policy, RealityCheck, Text
from sdmodels.errors import InputError, SDModelsError
from sdmodels.experiment import simulate, statistic_of
from sdmodels.experiment.outcomes import unit_of
from sdmodels.structure.subscripts import find_scalar
from sdmodels.validation.finding import Finding, failed
from sdmodels.validation.runs import every_step


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judgement:
    """One expectation, what was measured, and what it was held against."""

    expectation: Expectation
    variable: str
    measured: float
    bound: float
    unit: str

    @property
    def holds(self) -> bool:
        match self.expectation.relation:
            case "at most":
                return self.measured <= self.bound
            case "at least":
                return self.measured >= self.bound
            case "equals":
                return abs(self.measured - self.bound) <= self.expectation.tolerance

    def __str__(self) -> str:
        asked = self.expectation
        begins, ends = asked.begins, asked.ends
        window = "" if begins is None else f" from {begins:g}"
        window += "" if ends is None else f" to {ends:g}"
        bound = f"{asked.relation} {self.bound:.6g} {self.unit}".rstrip()
        if asked.relation == "equals" and asked.tolerance > 0:
            bound += f" within {asked.tolerance:g}"
        if asked.baseline is not None:
            bound += f" ({asked.baseline:g} times the base run)"
        measured = f"{self.measured:.6g} {self.unit}".rstrip()
        return f"{asked.statistic} of '{self.variable}'{window} is {measured}; expected: {bound}"


def reality(entry: Entry) -> tuple[Finding, ...]:
    """Run every reality check of the manifest, all in one ensemble, and judge what it expects.

    Statistics are taken over every time step, so that nothing passes unseen between two saved times; the run
    must stay finite in every variable at the saved times.

    Returns
    -------
    tuple of Finding
        One a reality check, ``"reality:<id>"``. ``measured`` and ``bound`` are those of the first expectation
        that does not hold, else of the first one.
    """
    checks = entry.manifest.reality_checks if entry.manifest is not None else ()
    return _judged(entry, checks) if checks else ()


def _judged(entry: Entry, checks: Sequence[RealityCheck]) -> tuple[Finding, ...]:
    try:
        close, status = _run(entry, checks)
    except SDModelsError as error:
        if len(checks) == 1:
            return (_unable(entry, checks[0], str(error)),)
        # One by one, so that a check that cannot be run does not hide what the others find.
        return tuple(finding for check in checks for finding in _judged(entry, [check]))
    base = close.isel(member=[0])
    return tuple(
        _judge(entry, check, close.isel(member=[member]), base, status[member])
        for member, check in enumerate(checks, start=1)
    )


def _run(entry: Entry, checks: Sequence[RealityCheck]) -> tuple[xr.Dataset, list[str]]:
    """Return the base run and the checks at every time step, and how each fared in any variable."""
    policies = [BASELINE, *map(_as_policy, checks)]
    expected = [e.variable for check in checks for e in check.expectations]
    variables = list(dict.fromkeys(find_scalar(entry.model, name) for name in expected))
    close = simulate(
        entry, policy=policies, outputs=variables, integration=every_step(entry), within_bounds=False
    )
    status = simulate(entry, policy=policies, within_bounds=False)["status"].values
    return close, [str(each) for each in status]


def _as_policy(check: RealityCheck) -> Policy:
    return Policy(id=check.id, title=check.title, meaning=check.title, changes=check.changes)


def _unable(entry: Entry, check: RealityCheck, why: str) -> Finding:
    where = f"{entry.path}: reality check '{check.id}' cannot be run."
    return failed(f"reality:{check.id}", check.title, f"{where}\n    {why}")


def _judge(entry: Entry, check: RealityCheck, run: xr.Dataset, base: xr.Dataset, status: str) -> Finding:
    if status != "ok":
        return failed(
            f"reality:{check.id}",
            check.title,
            f"{entry.path}: reality check '{check.id}' does not stay finite.\n    {status}.\n"
            "Look for a division by what the check sets to zero; ZIDZ and XIDZ guard it.",
        )
    try:
        judgements = [_measure(entry, expectation, run, base) for expectation in check.expectations]
    except InputError as error:
        return _unable(entry, check, str(error))
    broken = [judgement for judgement in judgements if not judgement.holds]
    decisive = (broken or judgements)[0]
    return Finding(
        check=f"reality:{check.id}",
        title=check.title,
        status="failed" if broken else "passed",
        message=_fault(entry, check, broken) if broken else "\n".join(f"{each}." for each in judgements),
        measured=decisive.measured,
        bound=decisive.bound,
        unit=decisive.unit,
    )


def _fault(entry: Entry, check: RealityCheck, broken: Sequence[_Judgement]) -> str:
    evidence = "".join(f"    {judgement}.\n" for judgement in broken)
    return (
        f"{entry.path}: reality check '{check.id}' fails.\n{evidence}"
        f"Mend the equations around '{broken[0].variable}', or argue for another bound."
    )


def _measure(entry: Entry, expectation: Expectation, run: xr.Dataset, base: xr.Dataset) -> _Judgement:
    variable = find_scalar(entry.model, expectation.variable)

    def statistic(behaviour: xr.Dataset) -> float:
        values = statistic_of(
            behaviour,
            variable,
            expectation.statistic,
            begins=expectation.begins,
            ends=expectation.ends,
        )
        return float(values[0])

    if expectation.value is not None:
        bound = expectation.value
    else:
        assert expectation.baseline is not None  # the manifest has exactly one of the two
        bound = expectation.baseline * statistic(base)
    return _Judgement(
        expectation=expectation,
        variable=variable,
        measured=statistic(run),
        bound=bound,
        unit=_unit(run, variable, expectation),
    )


def _unit(run: xr.Dataset, variable: str, expectation: Expectation) -> str:
    statistic = "final" if expectation.statistic == "initial" else expectation.statistic
    title = Text(en=variable, zh=variable)
    outcome = Outcome(id="expected", title=title, variable=variable, statistic=statistic, better="neither")
    return unit_of(run, outcome)
