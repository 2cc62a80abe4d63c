"""Which constants have no number, because the file that they are read from is missing?

A reader takes such a constant for not a number. The caller may give it one; no run goes on without.
"""

import math
from collections.abc import Mapping

from sdmodels.engine.program import Program
from sdmodels.errors import InputError
from sdmodels.structure.expression import references
from sdmodels.structure.model import Model
from sdmodels.structure.subscripts import instances, scalar_name, variable_of


def without_number(model: Model, name: str) -> InputError:
    """Return the error of a constant whose number is in a file that is missing."""
    variable = model[variable_of(name)]
    equation = next(
        equation
        for equation in variable.equations
        if name in {scalar_name(variable.name, elements) for elements in instances(model, equation)}
    )
    return InputError(
        f"{model.where(equation.line)}: '{name}' has no number, and none is given.\n"
        f"    {equation.text}\n"
        "Put the file that it reads beside the model, or give it a number (--set, settings)."
    )


def refuse_what_has_no_number(model: Model, constants: Mapping[str, float], program: Program) -> None:
    """Raise an error if a program needs one of the ``constants`` that has no number and is no input."""
    unknown = {name for name, value in constants.items() if math.isnan(value)} - {*program.inputs}
    if not unknown:
        return
    expressions = (
        *(assignment.expression for assignment in (*program.initial, *program.step, *program.observed)),
        *(state.rate for state in program.states),
        *(memory.following for memory in program.memories),
        *(pipeline.input for pipeline in program.pipelines),
    )
    used = {*program.outputs, *(part.name for expression in expressions for part in references(expression))}
    for name in constants:
        if name in unknown & used:
            raise without_number(model, name)
