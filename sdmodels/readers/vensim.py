"""How does a Vensim ``.mdl`` become a Model?

Parsing is PySD's; names, units, documentation, limits and positions are kept, and everything that
cannot be read is an error with file, line and equation, before anything runs.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from pysd.translators.structures import abstract_expressions as pysd
from pysd.translators.structures.abstract_model import (
    AbstractComponent,
    AbstractElement,
    AbstractLookup,
    AbstractSubscriptRange,
)

from sdmodels.errors import ModelFileError, SDModelsError, did_you_mean
from sdmodels.readers.parsing import Positions, parse
from sdmodels.readers.text import decode, statements
from sdmodels.readers.translation import (
    Names,
    UndefinedError,
    UnsupportedError,
    literal,
    table_of,
    translate,
)
from sdmodels.structure.evaluation import evaluate
from sdmodels.structure.expression import Expression, Number, references
from sdmodels.structure.model import (
    Auxiliary,
    Constant,
    Dimension,
    Equation,
    Lookup,
    Model,
    Stock,
    TableEquation,
    TimeSpec,
    Variable,
)
from sdmodels.structure.names import find, key_of

CONTROLS = ("INITIAL TIME", "FINAL TIME", "TIME STEP", "SAVEPER")


def read_vensim(path: Path) -> Model:
    """Read a Vensim model.

    Parameters
    ----------
    path
        A file that ends in ``.mdl``.

    Raises
    ------
    ModelFileError
        If the file is missing, broken, or uses what is not supported; names line, equation and remedy.
    """
    section, position = parse(path, statements(path, decode(path)))
    dimensions = _dimensions(section.subscripts, path)
    names = _names(section.elements, dimensions)
    _reject_twins(section.elements, position)
    controls: dict[str, Expression] = {}
    variables: dict[str, Variable] = {}
    for element in section.elements:
        variable = _variable(element, names, dimensions, position)
        if key_of(element.name) in map(key_of, CONTROLS):
            controls[key_of(element.name)] = _control_expression(variable, position)
        else:
            variables[variable.name] = variable
    units = next((e.units for e in section.elements if key_of(e.name) == "time step"), "")
    return Model(
        name=path.stem,
        variables=variables,
        time=_time_spec(controls, variables, units, position),
        dimensions=dimensions,
        source=path,
        content_hash=hashlib.sha256(path.read_bytes()).hexdigest(),
    )


def _dimensions(ranges: list[AbstractSubscriptRange], path: Path) -> dict[str, Dimension]:
    definitions = {key_of(r.name): r for r in ranges}

    def elements_of(definition: AbstractSubscriptRange) -> tuple[str, ...]:
        match definition.subscripts:
            case str() as copied:
                return elements_of(find(copied, definitions, what="subscript range"))
            case list() as listed:
                parts = [
                    elements_of(definitions[key_of(part)]) if key_of(part) in definitions else (part,)
                    for part in listed
                ]
                return tuple(element for part in parts for element in part)
        raise UnsupportedError(
            f"{path}: the subscript range '{definition.name}' is read from another file.\n"
            f"    {definition.subscripts}\nWrite its elements into the model."
        )

    return {r.name: Dimension(name=r.name, elements=elements_of(r)) for r in ranges}


def _names(elements: list[AbstractElement], dimensions: Mapping[str, Dimension]) -> Names:
    lookups = [e.name for e in elements if any(isinstance(c, AbstractLookup) for c in e.components)]
    subscripts = [*dimensions, *(element for d in dimensions.values() for element in d.elements)]
    return Names(
        variables={key_of(e.name): e.name for e in elements},
        lookups={key_of(name): name for name in lookups},
        subscripts={key_of(name): name for name in subscripts},
    )


def _reject_twins(elements: list[AbstractElement], position: Positions) -> None:
    for element in elements:
        if len(element.components) > 1 and any(not c.subscripts[0] for c in element.components):
            first, _ = position.at(element.name)
            raise position.error(
                element.name,
                1,
                f"'{element.name}' is defined a second time.",
                f"Remove one of the two; the other is on line {first}.",
            )


def _variable(
    element: AbstractElement, names: Names, dimensions: Mapping[str, Dimension], position: Positions
) -> Variable:
    low, high = (*(element.limits or ()), None, None)[:2]
    equations: list[Equation] = []
    for index, component in enumerate(element.components):
        line, text = position.at(element.name, index)
        try:
            if isinstance(component, AbstractLookup):
                return _lookup(element, component, line, text)
            equations.extend(_equations(component, names, dimensions, line, text))
        except UnsupportedError as error:
            what = f"'{element.name}' uses {error}, which is not supported."
            remedy = "Write it with the functions that `sdmodels` reads (see docs/functions.md)."
            raise position.error(element.name, index, what, remedy) from error
        except UndefinedError as error:
            what = f"'{error.name}' is not defined."
            remedy = did_you_mean(error.name, error.known, otherwise="Define it, or correct the name.")
            raise position.error(element.name, index, what, remedy) from error
        except RecursionError as error:
            what = f"the equation of '{element.name}' is nested too deeply."
            raise position.error(element.name, index, what, "Divide it among several variables.") from error
    kind: type[Stock | Auxiliary | Constant] = _kind(equations)
    return kind(
        name=element.name,
        equations=tuple(equations),
        units=element.units,
        documentation=element.documentation,
        minimum=low,
        maximum=high,
    )


def _kind(equations: list[Equation]) -> type[Stock | Auxiliary | Constant]:
    if all(equation.initial is not None for equation in equations):
        return Stock
    if all(isinstance(equation.expression, Number) for equation in equations):
        return Constant
    return Auxiliary


def _lookup(element: AbstractElement, component: AbstractLookup, line: int, text: str) -> Lookup:
    if component.subscripts[0]:
        raise UnsupportedError("a table function with subscripts")
    return Lookup(
        name=element.name,
        equations=(TableEquation(table=table_of(component.ast), line=line, text=text),),
        units=element.units,
        documentation=element.documentation,
    )


def _equations(
    component: AbstractComponent,
    names: Names,
    dimensions: Mapping[str, Dimension],
    line: int,
    text: str,
) -> list[Equation]:
    if component.type == "Data":
        raise UnsupportedError("a data variable")
    if component.subscripts[1]:
        raise UnsupportedError(":EXCEPT:")
    subscripts = tuple(_subscript(s, names) for s in component.subscripts[0])
    match component.ast:
        case pysd.IntegStructure(flow=flow, initial=initial):
            return [
                Equation(
                    expression=translate(flow, names),
                    initial=translate(initial, names),
                    subscripts=subscripts,
                    line=line,
                    text=text,
                )
            ]
        case np.ndarray() as values:
            return _array(values, subscripts, dimensions, line, text)
        case ast:
            expression = literal(translate(ast, names))
            return [Equation(expression=expression, subscripts=subscripts, line=line, text=text)]


def _subscript(name: str, names: Names) -> str:
    if key_of(name) not in names.subscripts:
        raise UndefinedError(name, names.subscripts.values())
    return names.subscripts[key_of(name)]


def _array(
    values: np.ndarray[Any, Any],
    subscripts: tuple[str, ...],
    dimensions: Mapping[str, Dimension],
    line: int,
    text: str,
) -> list[Equation]:
    sizes = [dimensions[s].elements if s in dimensions else (s,) for s in subscripts]
    varying = [elements for elements in sizes if len(elements) > 1]
    if values.shape != tuple(len(elements) for elements in varying):
        raise UnsupportedError(
            f"a table of {' x '.join(map(str, values.shape))} numbers "
            f"for the subscripts [{','.join(subscripts)}]"
        )
    filled = values.reshape([len(elements) for elements in sizes])
    return [
        Equation(
            expression=Number(float(value)),
            subscripts=tuple(elements[i] for elements, i in zip(sizes, index, strict=True)),
            line=line,
            text=text,
        )
        for index, value in np.ndenumerate(filled)
    ]


def _control_expression(variable: Variable, position: Positions) -> Expression:
    if isinstance(variable, Auxiliary | Constant) and len(variable.equations) == 1:
        return variable.equations[0].expression
    raise position.error(
        variable.name, 0, f"'{variable.name}' must be a single number.", "Give it one number."
    )


def _time_spec(
    controls: Mapping[str, Expression],
    variables: Mapping[str, Variable],
    units: str,
    position: Positions,
) -> TimeSpec:
    """Evaluate the four control variables, which may depend on constants and on one another."""

    def value_of(key: str, asked: tuple[str, ...] = ()) -> float:
        if key in asked:
            raise KeyError(key)
        if key in controls:
            expression: Expression = controls[key]
        else:
            variable = next((v for n, v in variables.items() if key_of(n) == key), None)
            if not isinstance(variable, Constant | Auxiliary):
                raise KeyError(key)
            expression = variable.equations[0].expression
        needed = {r.name: value_of(key_of(r.name), (*asked, key)) for r in references(expression)}
        return evaluate(expression, needed)

    values: dict[str, float] = {}
    for control in CONTROLS:
        if key_of(control) not in controls:
            raise ModelFileError(
                f"{position.path}: '{control}' is not defined.\n"
                "    Every Vensim model has INITIAL TIME, FINAL TIME, TIME STEP and SAVEPER.\n"
                "Set it under Model > Settings in Vensim."
            )
        try:
            values[control] = value_of(key_of(control))
        except (KeyError, ValueError) as error:
            raise position.error(
                control, 0, f"'{control}' does not come to a number.", "Give it a number."
            ) from error
    try:
        return TimeSpec(
            initial_time=values["INITIAL TIME"],
            final_time=values["FINAL TIME"],
            time_step=values["TIME STEP"],
            save_period=values["SAVEPER"],
            units=units,
        )
    except SDModelsError as error:
        what, _, remedy = str(error).split("\n")
        control = next((name for name in CONTROLS if what.startswith(name)), "TIME STEP")
        line, equation = position.at(control)
        raise ModelFileError(f"{position.path}:{line}: {what}\n    {equation}\n{remedy}") from error
