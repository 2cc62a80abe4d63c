"""How does a Vensim ``.mdl`` become a Model?

Parsing is PySD's; names, units, documentation, limits and positions are kept, and everything that
cannot be read is an error with file, line and equation, before anything runs.
"""

import hashlib
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import parsimonious
from pysd.translators.structures import abstract_expressions as pysd
from pysd.translators.structures.abstract_model import (
    AbstractComponent,
    AbstractElement,
    AbstractLookup,
    AbstractSection,
    AbstractSubscriptRange,
)
from pysd.translators.vensim import vensim_element
from pysd.translators.vensim.vensim_file import VensimFile
from pysd.translators.vensim.vensim_section import Section

from sdmodels.errors import ModelFileError, SDModelsError, UnknownNameError
from sdmodels.readers.text import Statement, decode, folded, reject_code_in_tables, statements
from sdmodels.readers.translation import Names, UnsupportedError, table_of, translate
from sdmodels.structure.evaluation import evaluate
from sdmodels.structure.expression import Expression, Negation, Number, references
from sdmodels.structure.model import (
    Auxiliary,
    Constant,
    Dimension,
    Equation,
    Lookup,
    Model,
    Stock,
    TimeSpec,
    Variable,
)
from sdmodels.structure.names import find, key_of

CONTROLS = ("INITIAL TIME", "FINAL TIME", "TIME STEP", "SAVEPER")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Position:
    """Where a variable stands, for messages: one (line, equation) for each of its definitions."""

    path: Path
    lines: Mapping[str, list[tuple[int, str]]]

    def at(self, name: str, index: int = 0) -> tuple[int, str]:
        found = self.lines.get(key_of(name), [])
        return found[min(index, len(found) - 1)] if found else (0, "")

    def error(self, name: str, index: int, what: str, remedy: str) -> ModelFileError:
        line, equation = self.at(name, index)
        return ModelFileError(f"{self.path}:{line}: {what}\n    {equation}\n{remedy}")


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
    text, encoding = decode(path)
    entries = statements(text)
    reject_code_in_tables(path, entries)
    section, position = _parse(path, encoding, entries)
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


def _parse(path: Path, encoding: str, entries: tuple[Statement, ...]) -> tuple[AbstractSection, _Position]:
    with warnings.catch_warnings():
        # PySD warns about features by printing; what is unsupported is an error here, so nothing is lost.
        warnings.simplefilter("ignore")
        file = _sections(path, encoding, entries)
        main = file.sections[0]
        lines = _parse_elements(main, path, entries)
        section = file.get_abstract_model().sections[0]
    return section, _Position(path=path, lines=lines)


def _sections(path: Path, encoding: str, entries: tuple[Statement, ...]) -> VensimFile:
    file = VensimFile(path, encoding=encoding)
    macro = next((entry for entry in entries if ":MACRO:" in entry.equation.upper()), None)
    if macro is not None:
        raise UnsupportedError(
            f"{path}:{macro.line}: macros are not supported.\n    {macro.equation[:100]}\n"
            "Write the macro's equations out in the model."
        )
    try:
        file.parse(parse_all=False)
        file.sections[0].parse(parse_all=False)
    except (parsimonious.ParseError, parsimonious.VisitationError, ValueError) as error:
        raise _broken_file(path, entries, error) from error
    return file


def _broken_file(path: Path, entries: tuple[Statement, ...], error: Exception) -> ModelFileError:
    """Say which entry the file breaks at: the one with a wrong number of ``~``."""
    text, _ = decode(path)
    for entry, chunk in zip(entries, _chunks(text), strict=False):
        if chunk.count("~") not in (1, 2, 3) and chunk.strip():
            return ModelFileError(
                f"{path}:{entry.line}: the entry does not have the form 'equation ~ units ~ comment |'.\n"
                f"    {entry.equation[:100]}\nAdd the missing '~' or '|'."
            )
    return ModelFileError(
        f"{path}: the file cannot be read as a Vensim model.\n"
        f"    {folded(str(error))[:100]}\n"
        "Open it in Vensim and save it again as text (.mdl)."
    )


def _chunks(text: str) -> list[str]:
    return text.split("\\\\\\---///", 1)[0].split("|")


def _parse_elements(
    section: Section, path: Path, entries: tuple[Statement, ...]
) -> dict[str, list[tuple[int, str]]]:
    """Parse every equation by itself, so that an error names the one that is broken."""
    line_of = {entry.equation: entry.line for entry in entries}
    lines: dict[str, list[tuple[int, str]]] = {}
    parsed: list[Any] = []
    for element in section.elements:
        equation = folded(element.equation)
        line = line_of.get(equation, 0)
        try:
            component = element.parse()
            if isinstance(component, vensim_element.Component):
                component.parse()
        except (parsimonious.ParseError, parsimonious.VisitationError, ValueError, TypeError) as error:
            raise ModelFileError(
                f"{path}:{line}: {_what_is_broken(equation, error)}\n    {equation[:200]}\n"
                "Correct the equation; Vensim's equation editor shows what it expects."
            ) from error
        parsed.append(component)
        lines.setdefault(key_of(component.name), []).append((line, equation))
    kinds: dict[str, Any] = {
        "subscripts": vensim_element.SubscriptRange,
        "components": vensim_element.Component,
        "constraints": vensim_element.Constraint,
        "test_inputs": vensim_element.TestInput,
    }
    for attribute, kind in kinds.items():
        setattr(section, attribute, [part for part in parsed if isinstance(part, kind)])
    return lines


def _what_is_broken(equation: str, error: Exception) -> str:
    name = equation.split("=", 1)[0].strip() or "an entry"
    if isinstance(error, parsimonious.ParseError):
        rest = folded(error.text[error.pos :])
        return f"the equation of '{name}' cannot be read from '{rest[:30]}' on."
    return f"the equation of '{name}' cannot be read."


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


def _reject_twins(elements: list[AbstractElement], position: _Position) -> None:
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
    element: AbstractElement, names: Names, dimensions: Mapping[str, Dimension], position: _Position
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
        except UnknownNameError as error:
            missing = str(error).split("'")[1]
            suggestion = str(error).partition("Did you mean")[2]
            raise position.error(
                element.name,
                index,
                f"'{missing.replace('_', ' ')}' is not defined.",
                f"Did you mean{suggestion}" if suggestion else "Define it, or correct the name.",
            ) from error
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
        table=table_of(component.ast),
        units=element.units,
        documentation=element.documentation,
        line=line,
        text=text,
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
    subscripts = tuple(find(s, names.subscripts, what="subscript") for s in component.subscripts[0])
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
            expression = _literal(translate(ast, names))
            return [Equation(expression=expression, subscripts=subscripts, line=line, text=text)]


def _literal(expression: Expression) -> Expression:
    """Turn the minus sign of a literal number into a negative number: ``-5`` is a constant."""
    match expression:
        case Negation(Number(value)):
            return Number(-value)
    return expression


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


def _control_expression(variable: Variable, position: _Position) -> Expression:
    if isinstance(variable, Auxiliary | Constant) and len(variable.equations) == 1:
        return variable.equations[0].expression
    raise position.error(
        variable.name, 0, f"'{variable.name}' must be a single number.", "Give it one number."
    )


def _time_spec(
    controls: Mapping[str, Expression],
    variables: Mapping[str, Variable],
    units: str,
    position: _Position,
) -> TimeSpec:
    """Evaluate the four control variables, which may depend on constants and on one another."""

    def value_of(key: str, asked: tuple[str, ...] = ()) -> float:
        if key in controls:
            expression: Expression = controls[key]
        else:
            variable = next((v for n, v in variables.items() if key_of(n) == key), None)
            if not isinstance(variable, Constant | Auxiliary) or key in asked:
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
        line, equation = position.at("TIME STEP")
        what, _, remedy = str(error).split("\n")
        raise ModelFileError(f"{position.path}:{line}: {what}\n    {equation}\n{remedy}") from error
