"""What does one equation of a parsed Vensim file define: a formula, numbers, points of a table, or data?"""

import math
from collections.abc import Callable, Iterator, Mapping
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

from sdmodels.errors import UnsupportedError
from sdmodels.readers import spreadsheets
from sdmodels.readers.parsing import Positions
from sdmodels.readers.spreadsheets import MissingFileError, source_of
from sdmodels.readers.translation import Names, UndefinedError, literal, table_of, translate
from sdmodels.structure.expression import Expression, Number, Table
from sdmodels.structure.model import (
    Dimension,
    Equation,
    SeriesEquation,
    SeriesKind,
    TableEquation,
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


def definitions_of(
    component: AbstractComponent, name: str, index: int, element: AbstractElement, scope: Scope
) -> list[Definition]:
    """Return what one equation of ``element`` defines under ``name``.

    Raises
    ------
    UnsupportedError, UndefinedError, NotStaticError, SpreadsheetError
        Without file and line, which :func:`.variable_of` adds.
    """
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
    if values.shape == (math.prod(sizes),) and "TABBED ARRAY" in at.text:
        values = values.reshape([size for size in sizes if size > 1])  # all rows on one line
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
    try:
        found = spreadsheets.constants(source_of(scope.position.path.parent, ast), shape)
    except MissingFileError:
        found = np.full(shape, math.nan)  # the caller may give it; no run goes on without
    return _numbers(found, at, scope)


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
