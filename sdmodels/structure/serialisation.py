"""How is a model written as plain data, and how is that read back to an equal model?

The data are objects, lists, texts and numbers as JSON has them. Reading is strict: what is not exactly what
:func:`to_data` writes is a StructureError, and nothing in it is ever executed.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias, TypeVar, assert_never, get_args

from sdmodels.errors import StructureError
from sdmodels.structure.expression import Expression, Table
from sdmodels.structure.expression_data import (
    expression_from_data,
    expression_to_data,
    table_from_data,
    table_to_data,
)
from sdmodels.structure.model import (
    Auxiliary,
    Constant,
    Data,
    Dimension,
    Equation,
    Lookup,
    Method,
    Model,
    SeriesEquation,
    SeriesKind,
    Slope,
    Stock,
    TableEquation,
    TimeSpec,
    Variable,
)
from sdmodels.structure.strictness import Part, number_to_data, refused

Document: TypeAlias = dict[str, Any]
NamedT = TypeVar("NamedT", Dimension, Slope, Variable)

SCHEMA = 2
"""Grows with every change of what :func:`to_data` writes or of what it means."""

_EQUATION = ("subscripts", "exceptions", "line", "text")
_VARIABLE = ("is", "name", "equations", "units", "documentation", "minimum", "maximum")
_TIME = ("initial_time", "final_time", "time_step", "save_period")


def to_data(model: Model) -> Document:
    """Return a model as objects, lists, texts and numbers that :mod:`json` writes without loss.

    Raises
    ------
    StructureError
        If a variable, a dimension or a slope is filed under another name than its own.
    """
    for name, named in [*model.variables.items(), *model.dimensions.items(), *model.slopes.items()]:
        if name != named.name:
            raise StructureError(
                f"'{named.name}' is filed under the name '{name}'.\n    A model as data has one name for each.\n"
                "Make the key of the mapping the name of the variable."
            )
    return {
        "schema": SCHEMA,
        "name": model.name,
        "time": {name: number_to_data(getattr(model.time, name)) for name in _TIME}
        | {"units": model.time.units, "method": model.time.method},
        "dimensions": [_dimension(dimension) for dimension in model.dimensions.values()],
        "variables": [_variable(variable) for variable in model.variables.values()],
        "source": None if model.source is None else str(model.source),
        "content_hash": model.content_hash,
        "fixed": dict(model.fixed),
        "slopes": [_slope(slope) for slope in model.slopes.values()],
    }


def from_data(data: object) -> Model:
    """Return the model that :func:`to_data` wrote.

    Raises
    ------
    StructureError
        If anything is of the wrong kind, missing, added, or of another schema; the message says where.
    """
    try:
        return _model(Part(value=data))
    except RecursionError:
        raise StructureError(
            "This is no model as data: an expression is nested too deeply.\n"
            "    Python's recursion limit was reached.\nDivide the equation among several variables."
        ) from None


def canonical(data: object) -> bytes:
    """Return JSON data as the one sequence of bytes that stands for them: sorted keys, no blanks, UTF-8."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "surrogatepass")


def structural_hash(model: Model) -> str:
    """Return the SHA-256 of what a model says, wherever it stands: equal for equal structures only.

    The path and bytes of the file, its lines and how it spaces its equations do not count.
    """
    data = to_data(model)
    del data["source"], data["content_hash"]
    for variable in data["variables"]:
        for equation in variable["equations"]:
            del equation["line"], equation["text"]
    return hashlib.sha256(canonical(data)).hexdigest()


def inputs_hash(model: Model, inputs: Mapping[str, Sequence[float]]) -> str:
    """Return the SHA-256 of a run's model and inputs, in whatever order these are given.

    Parameters
    ----------
    inputs
        One value a member for each constant by its scalar name [unit of each].
    """
    values = {name: [number_to_data(value) for value in column] for name, column in inputs.items()}
    return hashlib.sha256(canonical([structural_hash(model), values])).hexdigest()


def _dimension(dimension: Dimension) -> Document:
    mappings = {name: list(elements) for name, elements in dimension.mappings.items()}
    return {"name": dimension.name, "elements": list(dimension.elements), "mappings": mappings}


def _slope(slope: Slope) -> Document:
    within = None if slope.within is None else [number_to_data(height) for height in slope.within]
    return {"table": slope.table, "reference": number_to_data(slope.reference), "within": within}


def _variable(variable: Variable) -> Document:
    equations: list[Document]
    match variable:
        case Stock() | Auxiliary() | Constant():
            equations = [_equation(equation) for equation in variable.equations]
        case Lookup():
            equations = [
                {"table": table_to_data(equation.table)} | _place(equation) for equation in variable.equations
            ]
        case Data():
            equations = [_series(equation) for equation in variable.equations]
        case _:
            assert_never(variable)
    return {
        "is": type(variable).__name__,
        "name": variable.name,
        "equations": equations,
        "units": variable.units,
        "documentation": variable.documentation,
        "minimum": _limit(variable.minimum),
        "maximum": _limit(variable.maximum),
    }


def _limit(value: float | None) -> float | str | None:
    return None if value is None else number_to_data(value)


def _equation(equation: Equation) -> Document:
    initial = None if equation.initial is None else expression_to_data(equation.initial)
    return {"expression": expression_to_data(equation.expression), "initial": initial} | _place(equation)


def _series(equation: SeriesEquation) -> Document:
    points = None if equation.points is None else table_to_data(equation.points)
    return {"kind": equation.kind, "points": points} | _place(equation)


def _place(equation: Equation | TableEquation | SeriesEquation) -> Document:
    return {
        "subscripts": list(equation.subscripts),
        "exceptions": [list(exception) for exception in equation.exceptions],
        "line": equation.line,
        "text": equation.text,
    }


def _model(document: Part) -> Model:
    names = ("schema", "name", "time", "dimensions", "variables", "source", "content_hash", "fixed", "slopes")
    schema, name, time, dimensions, variables, source, content_hash, fixed, slopes = document.fields(*names)
    if schema.whole(least=1) != SCHEMA:
        raise refused(schema, f"is not the schema {SCHEMA}")
    defined = _by_name(variables, [_variable_from(part) for part in variables.items()])
    return Model(
        name=name.text(),
        time=_time(time),
        dimensions=_by_name(dimensions, [_dimension_from(part) for part in dimensions.items()]),
        variables=defined,
        source=None if source.value is None else Path(source.text()),
        content_hash=content_hash.text(),
        fixed={name: reason.text() for name, reason in fixed.pairs()},
        slopes=_by_name(slopes, [_slope_from(part, defined) for part in slopes.items()]),
    )


def _time(data: Part) -> TimeSpec:
    *values, units, method = data.fields(*_TIME, "units", "method")
    numbers = dict(zip(_TIME, (value.number() for value in values), strict=True))
    return TimeSpec(**numbers, units=units.text(), method=method.choice(get_args(Method)))


def _by_name(data: Part, named: list[NamedT]) -> dict[str, NamedT]:
    found = {value.name: value for value in named}
    if len(found) != len(named):
        raise refused(data, "has a name twice")
    return found


def _dimension_from(data: Part) -> Dimension:
    name, elements, mappings = data.fields("name", "elements", "mappings")
    return Dimension(
        name=name.text(),
        elements=elements.texts(),
        mappings={other: mapped.texts() for other, mapped in mappings.pairs()},
    )


def _slope_from(data: Part, variables: Mapping[str, Variable]) -> Slope:
    table, reference, within = data.fields("table", "reference", "within")
    if table.text() not in variables:
        raise refused(table, "is none of the variables")
    limits: tuple[float, float] | None = None
    if within.value is not None:
        if len(within.items()) != 2:
            raise refused(within, "is not two numbers")
        low, high = within.numbers()
        limits = low, high
    return Slope(table=table.text(), reference=reference.number(), within=limits)


def _variable_from(data: Part) -> Variable:
    kind, name, equations, units, documentation, minimum, maximum = data.fields(*_VARIABLE)
    if not equations.items():
        raise refused(equations, "has no equation")
    common: dict[str, Any] = {
        "name": name.text(),
        "units": units.text(),
        "documentation": documentation.text(),
        "minimum": minimum.number_or_none(),
        "maximum": maximum.number_or_none(),
    }
    kinds: dict[str, type[Stock | Auxiliary | Constant]] = {
        kind.__name__: kind for kind in (Stock, Auxiliary, Constant)
    }
    match kind.choice([*kinds, "Lookup", "Data"]):
        case "Lookup":
            return Lookup(equations=tuple(_table_equation(part) for part in equations.items()), **common)
        case "Data":
            return Data(equations=tuple(_series_equation(part) for part in equations.items()), **common)
        case computed:
            found = tuple(_equation_from(part) for part in equations.items())
            return kinds[computed](equations=found, **common)


def _equation_from(data: Part) -> Equation:
    expression, initial, *place = data.fields("expression", "initial", *_EQUATION)
    before: Expression | None = None if initial.value is None else expression_from_data(initial)
    return Equation(expression=expression_from_data(expression), initial=before, **_place_from(place))


def _table_equation(data: Part) -> TableEquation:
    table, *place = data.fields("table", *_EQUATION)
    return TableEquation(table=table_from_data(table), **_place_from(place))


def _series_equation(data: Part) -> SeriesEquation:
    kind, points, *place = data.fields("kind", "points", *_EQUATION)
    table: Table | None = None if points.value is None else table_from_data(points)
    return SeriesEquation(kind=kind.choice(get_args(SeriesKind)), points=table, **_place_from(place))


def _place_from(parts: list[Part]) -> dict[str, Any]:
    subscripts, exceptions, line, text = parts
    return {
        "subscripts": subscripts.texts(),
        "exceptions": tuple(exception.texts() for exception in exceptions.items()),
        "line": line.whole(least=0),
        "text": text.text(),
    }
