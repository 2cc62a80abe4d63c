"""How do tables and values over time that the caller gives take the place of the model's own?"""

from collections.abc import Mapping
from dataclasses import replace

from sdmodels.errors import InputError
from sdmodels.experiment.settings import Floats, Points
from sdmodels.structure.expression import Number, Table
from sdmodels.structure.model import Constant, Data, Equation, Lookup, Model, SeriesEquation, Variable
from sdmodels.structure.subscripts import instances, split, variable_of


def with_points(model: Model, tables: Mapping[str, Points], series: Mapping[str, Points]) -> Model:
    """Return the model with room for the given points.

    A table takes the given places; its heights are inputs of the run. A constant that follows given values
    becomes a data variable: for all its elements together, or for the ones that are named.
    """
    variables: dict[str, Variable] = dict(model.variables)
    for name, points in tables.items():
        variables[name] = _retabled(variables[name], points)
    for name in dict.fromkeys(variable_of(scalar) for scalar in series):
        variable = variables[name]
        if isinstance(variable, Constant):
            variables[name] = _as_data(model, variable, series)
    if variables == model.variables:
        return model
    return replace(model, variables=variables)


def _retabled(lookup: Variable, points: Points) -> Lookup:
    if not isinstance(lookup, Lookup):
        raise ValueError(f"{lookup.name} is not a lookup")
    equation = lookup.equations[0]
    table = Table(_tuple(points.xs), _tuple(points.ys[:, 0]), equation.table.kind)
    return replace(lookup, equations=(replace(equation, table=table),))


def _as_data(model: Model, constant: Constant, series: Mapping[str, Points]) -> Data:
    equations = []
    for equation in constant.equations:
        for elements in instances(model, equation):
            points = next(
                (p for scalar, p in series.items() if split(scalar) == (constant.name, elements)), None
            )
            equations.append(_element(model, constant, equation, elements, points))
    return Data(
        name=constant.name,
        equations=tuple(equations),
        units=constant.units,
        documentation=constant.documentation,
    )


def _element(
    model: Model, constant: Constant, equation: Equation, elements: tuple[str, ...], points: Points | None
) -> SeriesEquation:
    """Return the values over time of one element: given, or the constant's own number all the time."""
    own: Table | None = None
    if points is None:
        if not isinstance(equation.expression, Number):
            raise InputError(
                f"'{constant.name}' is not a number for every element.\n"
                f"    {model.where(equation.line)}\nGive values over time for each of its elements."
            )
        own = Table((model.time.initial_time,), (equation.expression.value,))
    return SeriesEquation(
        kind="interpolate", points=own, subscripts=elements, line=equation.line, text=equation.text
    )


def _tuple(values: Floats) -> tuple[float, ...]:
    return tuple(map(float, values))
