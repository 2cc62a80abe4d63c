"""How does one entry of a parsed Vensim file become a variable?"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from pysd.translators.structures import abstract_expressions as pysd
from pysd.translators.structures.abstract_model import (
    AbstractComponent,
    AbstractData,
    AbstractElement,
    AbstractLookup,
)

from sdmodels.errors import did_you_mean
from sdmodels.readers import spreadsheets
from sdmodels.readers.parsing import Positions
from sdmodels.readers.spreadsheets import MissingFileError, SpreadsheetError, source_of
from sdmodels.readers.text import as_written
from sdmodels.readers.translation import (
    Names,
    NotStaticError,
    UndefinedError,
    UnsupportedError,
    literal,
    table_of,
    translate,
)
from sdmodels.structure.expression import Expression, Number, Table
from sdmodels.structure.model import (
    Auxiliary,
    Constant,
    Data,
    Dimension,
    Equation,
    Lookup,
    SeriesEquation,
    SeriesKind,
    Stock,
    TableEquation,
    Variable,
)
from sdmodels.structure.names import key_of

_KINDS: Mapping[str | None, SeriesKind] = {
    None: "interpolate",
    "interpolate": "interpolate",
    "hold_backward": "hold",
    "look_forward": "forward",
    "raw": "raw",
}

Definition = Equation | TableEquation | SeriesEquation
# What calls of macros stand for in the equation of a variable for its subscripts and exceptions.
MacroCalls = Callable[[str, Equation], Mapping[str, Callable[[tuple[Expression, ...]], Expression]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Where entries are read: the model itself, or one call of a macro.

    Attributes
    ----------
    calling
        The equation that calls the macro: its subscripts and exceptions count for every equation inside.
    """

    names: Names
    dimensions: Mapping[str, Dimension]
    position: Positions
    macro_calls: MacroCalls
    calling: Equation | None = None


def variable_of(element: AbstractElement, name: str, scope: Scope) -> Variable:
    """Return the variable that an entry defines, under ``name``.

    Raises
    ------
    ModelFileError
        If it uses what is not supported or not there; with file, line and equation.
    """
    low, high = (*(element.limits or ()), None, None)[:2]
    found: list[Definition] = []
    stocks = False
    for index, component in enumerate(element.components):
        stocks = stocks or isinstance(component.ast, pysd.IntegStructure)
        with _explained(element, index, scope):
            found += _definitions(component, name, index, element, scope)
    if any(isinstance(definition, SeriesEquation) for definition in found):
        found = [_as_series(definition) for definition in found]
    kind = _kind(found, stocks=stocks)
    if kind is None:
        raise scope.position.error(
            element.name,
            1,
            f"'{element.name}' is a table function or data in one place and an equation in another.",
            "Define it in one way.",
        )
    return kind(
        name=name,
        equations=tuple(found),  # type: ignore[arg-type]  # _kind has looked at them
        units=element.units,
        documentation=element.documentation,
        minimum=low,
        maximum=high,
    )


def _as_series(definition: Definition) -> Definition:
    """Return a number among data as data that never changes."""
    if not isinstance(definition, Equation) or not isinstance(definition.expression, Number):
        return definition
    return SeriesEquation(
        points=Table((0.0,), (definition.expression.value,)),
        subscripts=definition.subscripts,
        exceptions=definition.exceptions,
        line=definition.line,
        text=definition.text,
    )


def _kind(
    found: list[Definition], *, stocks: bool
) -> type[Stock] | type[Auxiliary] | type[Constant] | type[Lookup] | type[Data] | None:
    kinds = {type(definition) for definition in found}
    if kinds == {TableEquation}:
        return Lookup
    if kinds == {SeriesEquation}:
        return Data
    if kinds != {Equation}:
        return None
    if stocks:
        return Stock
    equations = [d for d in found if isinstance(d, Equation)]
    if all(isinstance(e.expression, Number) and e.initial is None for e in equations):
        return Constant
    return Auxiliary


@contextmanager
def _explained(element: AbstractElement, index: int, scope: Scope) -> Iterator[None]:
    """Say of an error in which equation it is, and what to do."""
    name, position = element.name, scope.position
    try:
        yield
    except UnsupportedError as error:
        if str(error).startswith(str(position.path)):
            raise
        what = f"'{name}' uses {error}, which is not supported."
        remedy = "Write it with the functions that `sdmodels` reads (see docs/functions.md)."
        raise position.error(name, index, what, remedy) from error
    except UndefinedError as error:
        written = as_written(error.name, position.at(name, index)[1])
        raise position.error(
            name, index, f"'{written}' is not defined.", _suggestion(written, error.known, position)
        ) from error
    except NotStaticError as error:
        what = f"a number in '{name}' must be known before the run, but {error}."
        raise position.error(name, index, what, "Write a number, or a constant.") from error
    except SpreadsheetError as error:
        what, remedy = str(error).split("\n")
        raise position.error(name, index, f"the numbers of '{name}': {what}", remedy) from error
    except RecursionError as error:
        what = f"the equation of '{name}' is nested too deeply."
        raise position.error(name, index, what, "Divide it among several variables.") from error


def _suggestion(written: str, known: tuple[str, ...], position: Positions) -> str:
    nearest = did_you_mean(written, known)
    line, _ = position.at(nearest.removeprefix("Did you mean '").removesuffix("'?"))
    if nearest and line > 0:
        return nearest.removesuffix("?") + f", defined on line {line}?"
    return nearest or "Define it, or correct the name."


def _definitions(
    component: AbstractComponent, name: str, index: int, element: AbstractElement, scope: Scope
) -> list[Definition]:
    line, text = scope.position.at(element.name, index)
    at = _placed(component, line, text, scope)
    match component:
        case AbstractLookup() | AbstractComponent(ast=pysd.GetLookupsStructure()):
            return _tables(component.ast, at, scope)
        case AbstractData() | AbstractComponent(ast=pysd.GetDataStructure()):
            return _series(component, at, scope)
    match component.ast:
        case pysd.GetConstantsStructure() as ast:
            return _constants(ast, at, scope)
        case np.ndarray() as values:
            return _array(values, at, scope)
    names = replace(scope.names, macros=scope.macro_calls(name, at))

    def read(ast: Any) -> Expression:
        return translate(ast, names)

    match component.ast:
        case pysd.IntegStructure(flow=flow, initial=initial):
            return [replace(at, expression=read(flow), initial=read(initial))]
        case pysd.CallStructure(
            function=pysd.ReferenceStructure(reference="active_initial"), arguments=(active, initial)
        ):
            return [replace(at, expression=read(active), initial=read(initial))]
        case ast:
            return [replace(at, expression=literal(read(ast)))]


def _placed(component: AbstractComponent, line: int, text: str, scope: Scope) -> Equation:
    """Return an equation without its expression: what it is for, and where it stands."""
    own = tuple(_subscript(s, scope.names) for s in component.subscripts[0])
    excepted = [tuple(_subscript(s, scope.names) for s in group) for group in component.subscripts[1]]
    if any(len(group) != len(own) for group in excepted):
        raise UnsupportedError(f":EXCEPT: with another number of subscripts than {len(own)}")
    outer = scope.calling.subscripts if scope.calling is not None else ()
    outer_excepted = scope.calling.exceptions if scope.calling is not None else ()
    return Equation(
        expression=Number(0.0),
        subscripts=(*outer, *own),
        exceptions=(
            *((*group, *own) for group in outer_excepted),
            *((*outer, *group) for group in excepted),
        ),
        line=line,
        text=text,
    )


def _subscript(name: str, names: Names) -> str:
    if key_of(name) not in names.subscripts:
        raise UndefinedError(name, names.subscripts.values())
    return names.subscripts[key_of(name)]


def _ranges(at: Equation, scope: Scope) -> list[tuple[str, ...]]:
    """Return the elements of each subscript that stands on the left-hand side itself."""
    own = at.subscripts[_outer(scope) :]
    return [scope.dimensions[s].elements if s in scope.dimensions else (s,) for s in own]


def _outer(scope: Scope) -> int:
    """Return how many subscripts an equation has from what calls its macro."""
    return 0 if scope.calling is None else len(scope.calling.subscripts)


def _each(at: Equation, scope: Scope) -> Iterator[tuple[tuple[int, ...], tuple[str, ...]]]:
    """Yield the place in a table of numbers, and the subscripts, of everything that an equation is for."""
    ranges = _ranges(at, scope)
    for index in np.ndindex(*map(len, ranges)):
        elements = (elements[i] for elements, i in zip(ranges, index, strict=True))
        yield index, (*at.subscripts[: _outer(scope)], *elements)


def _array(values: np.ndarray[Any, Any], at: Equation, scope: Scope) -> list[Definition]:
    sizes = [len(elements) for elements in _ranges(at, scope)]
    if values.shape != tuple(size for size in sizes if size > 1):
        raise UnsupportedError(
            f"a table of {' x '.join(map(str, values.shape))} numbers "
            f"for the subscripts [{','.join(at.subscripts)}]"
        )
    return _numbers(values.reshape(sizes), at, scope)


def _numbers(values: np.ndarray[Any, Any], at: Equation, scope: Scope) -> list[Definition]:
    return [
        replace(at, expression=Number(float(values[index])), subscripts=elements)
        for index, elements in _each(at, scope)
    ]


def _constants(ast: pysd.GetConstantsStructure, at: Equation, scope: Scope) -> list[Definition]:
    shape = tuple(map(len, _ranges(at, scope)))
    return _numbers(spreadsheets.constants(source_of(scope.position.path.parent, ast), shape), at, scope)


def _tables(ast: Any, at: Equation, scope: Scope) -> list[Definition]:
    def equation(table: Table, subscripts: tuple[str, ...]) -> TableEquation:
        return TableEquation(
            table=table, subscripts=subscripts, exceptions=at.exceptions, line=at.line, text=at.text
        )

    if not isinstance(ast, pysd.GetLookupsStructure):
        return [equation(table_of(ast), at.subscripts)]
    shape = tuple(map(len, _ranges(at, scope)))
    found = spreadsheets.lookups(source_of(scope.position.path.parent, ast), shape)
    return [equation(found[index], elements) for index, elements in _each(at, scope)]


def _series(component: AbstractComponent, at: Equation, scope: Scope) -> list[Definition]:
    kind = _KINDS.get(getattr(component, "keyword", None))
    if kind is None:
        raise UnsupportedError(f"the keyword :{component.keyword.upper()}:")

    def equation(points: Table | None, subscripts: tuple[str, ...]) -> SeriesEquation:
        return SeriesEquation(
            kind=kind,
            points=points,
            subscripts=subscripts,
            exceptions=at.exceptions,
            line=at.line,
            text=at.text,
        )

    match component.ast:
        case pysd.DataStructure():
            return [equation(None, at.subscripts)]
        case pysd.GetDataStructure() as ast:
            shape = tuple(map(len, _ranges(at, scope)))
            try:
                found = spreadsheets.series(source_of(scope.position.path.parent, ast), shape, kind)
            except MissingFileError:
                return [equation(None, at.subscripts)]  # the caller may give it
            return [equation(found[index], elements) for index, elements in _each(at, scope)]
        case int() | float() as number:
            return [replace(at, expression=Number(float(number)))]
    raise UnsupportedError("a data variable that is computed from other data")
