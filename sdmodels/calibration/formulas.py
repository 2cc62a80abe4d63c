"""How do the observables of a case become variables of its model, with units that fit?"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sdmodels.calibration.tables import CourseChange, Observable, Parameter, Problem
from sdmodels.catalogue import Entry
from sdmodels.errors import CalibrationError, UnitsError
from sdmodels.readers.formula import read_formula
from sdmodels.structure.expression import Expression, Number
from sdmodels.structure.model import Auxiliary, Constant, Equation, Model, Variable
from sdmodels.structure.names import key_of
from sdmodels.structure.subscripts import variable_of
from sdmodels.units import Inference, Measure, Open, Vocabulary, fits, synonyms_of


def with_formulas(path: Path, problem: Problem, entry: Entry, parameters: Sequence[Parameter]) -> Entry:
    """Return the model with a constant for every parameter without a name, and an auxiliary for every observable.

    Raises
    ------
    CalibrationError
        If a name is taken, or units do not fit.
    ModelFileError
        If a formula cannot be read.
    """
    model = entry.model
    free = [parameter for parameter in parameters if parameter.name is None]
    ids = (*(parameter.id for parameter in free), *(observable.id for observable in problem.observables))
    for id in ids:
        if [key_of(other) for other in ids].count(key_of(id)) > 1:
            raise CalibrationError(
                f"{path}: the id '{id}' stands twice among parameters and observables.\n    id = \"{id}\"\n"
                "Choose another id for one of them; letter case does not count."
            )
        if id in model:
            raise CalibrationError(
                f"{path}: '{id}' is a variable of the model, too.\n    id = \"{id}\"\nChoose another id."
            )
    constants: dict[str, Variable] = {
        parameter.id: Constant(
            name=parameter.id,
            equations=(Equation(expression=Number((parameter.minimum + parameter.maximum) / 2)),),
            units=parameter.unit,
        )
        for parameter in free
    }
    known = replace(model, variables={**model.variables, **constants})
    units = _Units(path, known, parameters)
    for change in problem.every_change:
        units.require_change(change)
    variables = dict(known.variables)
    for observable in problem.observables:
        expression = read_formula(observable.formula, known, path=path, name=observable.id)
        units.require(observable, expression)
        variables[observable.id] = Auxiliary(
            name=observable.id,
            equations=(Equation(expression=expression, text=observable.formula),),
            units=observable.unit,
            documentation=observable.title.en,
        )
    return replace(entry, model=replace(known, variables=variables))


class _Units:
    """The units of a model, and what is held against them."""

    def __init__(self, path: Path, model: Model, parameters: Sequence[Parameter]) -> None:
        self.path = path
        self.vocabulary = Vocabulary(synonyms_of(model.source))
        self.time = self._read(model.time.units)
        self.stated = {name: self._read(variable.units) for name, variable in model.variables.items()}
        for parameter in parameters:
            if parameter.name is None:
                self.stated[parameter.id] = self._written(parameter.unit, f"parameter '{parameter.id}'")
            elif parameter.unit:
                stated = self._read(model[variable_of(parameter.name)].units)
                given = self._written(parameter.unit, f"parameter '{parameter.id}'")
                self._require_same(stated, given, f"parameter '{parameter.id}'", parameter.name)

    def require(self, observable: Observable, expression: Expression) -> None:
        """Do nothing if the unit of an observable is that of its formula, as its statistic makes it."""
        where = f"observable '{observable.id}'"
        inference = Inference(self.vocabulary, self.stated, self.time)
        unit = inference.of(expression)
        if inference.clashes:
            clash = inference.clashes[0]
            left, right = self.vocabulary.write(clash.left), self.vocabulary.write(clash.right)
            raise self._error(where, f"{left} against {right} in: {observable.formula}")
        if observable.statistic == "total" and not isinstance(unit, Open) and not isinstance(self.time, Open):
            unit = unit * self.time
        if observable.statistic in ("growth", "peak"):
            unit = Open.NUMBER
        self._require_same(unit, self._written(observable.unit, where), where, observable.formula)

    def require_change(self, change: CourseChange) -> None:
        """Do nothing if the parameters that a change takes have the units of what they are, or no unit."""
        of = self.stated.get(variable_of(change.name), Open.UNKNOWN)
        for key, unit in (("value", of), ("factor", Open.NUMBER), ("over", self.time)):
            given = getattr(change, key)
            if isinstance(given, str) and self.stated.get(given, Open.NUMBER) is not Open.NUMBER:
                where = f"[[change]] of '{change.name}'"
                self._require_same(unit, self.stated[given], where, f"{key} = {given}")

    def _require_same(self, left: Measure, right: Measure, where: str, evidence: str) -> None:
        if isinstance(left, Open) and left is Open.UNKNOWN:
            return
        first, second = (
            self.vocabulary.dimensionless if isinstance(measure, Open) else measure
            for measure in (left, right)
        )
        if not fits(first, second):
            shown = (
                f"{self.vocabulary.write(first)} in the model, {self.vocabulary.write(second)} in the case"
            )
            raise self._error(where, f"{shown}: {evidence}")

    def _error(self, where: str, evidence: str) -> CalibrationError:
        return CalibrationError(
            f"{self.path}: {where}: units do not fit.\n    {evidence}\n"
            "Correct the formula or the unit; a total has the unit of the formula times the unit of time."
        )

    def _read(self, text: str) -> Measure:
        """Return the unit of a variable of the model; unknown where it has none that can be read."""
        try:
            return self.vocabulary.read(text) if text.strip() else Open.UNKNOWN
        except UnitsError:
            return Open.UNKNOWN

    def _written(self, text: str, where: str) -> Measure:
        """Return a unit of the case; none is a plain number."""
        if not text.strip():
            return Open.NUMBER
        try:
            return self.vocabulary.read(text)
        except UnitsError as error:
            raise CalibrationError(
                f'{self.path}: {where}: {error}.\n    unit = "{text}"\n'
                "Write names joined by * and /, such as case/Week."
            ) from error
