"""Do the units of the two sides of every equation fit?"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from sdmodels.catalogue import Text
from sdmodels.errors import UnitsError
from sdmodels.structure.formatting import written
from sdmodels.structure.model import Auxiliary, Constant, Data, Equation, Lookup, Model, Stock, Variable
from sdmodels.units.inference import Clash, Inference, Measure, Open
from sdmodels.units.names import Vocabulary, synonyms_of
from sdmodels.validation.finding import Finding, not_run

Severity: TypeAlias = Literal["error", "warning"]
TITLE = Text(en="The units of every equation fit", zh="每个方程两边的单位一致")
SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitIssue:
    """Units that do not fit, cannot be read, or are missing.

    Attributes
    ----------
    line, equation
        Where the variable is defined in the model file, and the text there.
    left, right
        The two units that should be the same; empty where a unit is missing.
    part
        The part of the equation in which they meet.
    severity
        ``warning`` for a missing unit: the check takes it for any unit.
    """

    variable: str
    line: int
    equation: str
    left: str = ""
    right: str = ""
    part: str = ""
    severity: Severity
    message: str


def check_units(model: Model) -> tuple[UnitIssue, ...]:
    """Check the units of every equation, from the inside of each expression out.

    A plain number counts as dimensionless in ``*`` and ``/``; in ``+ -``, comparisons, MIN, MAX, the branches
    of IF THEN ELSE and as a whole right-hand side it takes the unit of the other side. A variable without
    a unit is a warning and fits everything. A stock's net flow has the stock's unit per unit of time.

    Returns
    -------
    tuple of UnitIssue
        In the order of the model file; empty if all is well.
    """
    vocabulary = Vocabulary(synonyms_of(model.source))
    issues: list[UnitIssue] = []

    def measure(name: str, units: str, line: int, text: str) -> Measure:
        if not units.strip():
            issues.append(_without_unit(model, name, line, text))
            return Open.UNKNOWN
        try:
            return vocabulary.read(units)
        except UnitsError:
            issues.append(_unreadable(model, name, units, line, text))
            return Open.UNKNOWN

    time = measure("TIME STEP", model.time.units, 0, f"TIME STEP = {model.time.time_step:g}")
    stated = {
        name: measure(name, variable.units, variable.line, _text(variable))
        for name, variable in model.variables.items()
    }
    for variable in model.variables.values():
        if not isinstance(variable, Lookup | Data):
            for equation in variable.equations:
                clashes = _clashes(variable, equation, Inference(vocabulary, stated, time))
                issues += [_clash(model, variable.name, equation, clash, vocabulary) for clash in clashes]
    return tuple(sorted(issues, key=lambda issue: issue.line))


def _text(variable: Variable) -> str:
    return variable.equations[0].text


def _clashes(variable: Stock | Auxiliary | Constant, equation: Equation, inference: Inference) -> list[Clash]:
    unit = inference.stated[variable.name]
    if equation.initial is not None:
        flow = inference.quotient(unit, inference.time)
        inference.same(equation.expression, flow, inference.of(equation.expression))
        inference.same(equation.initial, unit, inference.of(equation.initial))
    else:
        inference.same(equation.expression, unit, inference.of(equation.expression))
    return inference.clashes


def _without_unit(model: Model, name: str, line: int, text: str) -> UnitIssue:
    where = model.where(line)
    remedy = "Write its unit beside the equation ('Dmnl' if it has none)."
    return UnitIssue(
        variable=name,
        line=line,
        equation=text,
        severity="warning",
        message=f"{where}: '{name}' has no unit.\n    {text}\n{remedy}",
    )


def _unreadable(model: Model, name: str, units: str, line: int, text: str) -> UnitIssue:
    where = model.where(line)
    remedy = "Write names joined by * and /, with ^ and parentheses, such as order/(Week*person)."
    return UnitIssue(
        variable=name,
        line=line,
        equation=text,
        left=units,
        severity="error",
        message=f"{where}: the unit of '{name}' cannot be read.\n    {units}\n{remedy}",
    )


def _clash(model: Model, name: str, equation: Equation, clash: Clash, vocabulary: Vocabulary) -> UnitIssue:
    left, right, part = vocabulary.write(clash.left), vocabulary.write(clash.right), written(clash.part)
    where = model.where(equation.line)
    return UnitIssue(
        variable=name,
        line=equation.line,
        equation=equation.text,
        left=left,
        right=right,
        part=part,
        severity="error",
        message=f"{where}: units of '{name}' do not fit.\n    {equation.text}\n"
        f"Left: {left}; right: {right} (in '{part}'). Correct the equation or a unit.",
    )


def units(model: Model) -> Finding:
    """Judge the units of a model; ``measured`` is the number of errors."""
    issues = check_units(model)
    if not any(variable.units.strip() for variable in model.variables.values()):
        return not_run("units", TITLE, f"No variable of {model.name} has a unit. Write units into the model.")
    errors = [issue for issue in issues if issue.severity == "error"]
    missing = len(issues) - len(errors)
    shown = [issue.message for issue in errors[:SHOWN]]
    if len(errors) > SHOWN:
        shown.append(f"There are {len(errors) - SHOWN} more; check_units lists all.")
    equations = f"The units of {len(model.variables)} variables fit."
    without = f" {missing} of them have no unit and were taken to fit." if missing else ""
    return Finding(
        check="units",
        title=TITLE,
        status="failed" if errors else "passed",
        message="\n".join(shown) if errors else equations + without,
        measured=float(len(errors)),
        bound=0.0,
    )
