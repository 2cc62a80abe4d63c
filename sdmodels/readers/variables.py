"""How does one entry of a parsed Vensim file become a variable?"""

from collections.abc import Iterator
from contextlib import contextmanager

from pysd.translators.structures import abstract_expressions as pysd
from pysd.translators.structures.abstract_model import (
    AbstractElement,
)

from sdmodels.errors import UnsupportedError, did_you_mean
from sdmodels.readers.definitions import Definition, Scope, definitions_of
from sdmodels.readers.parsing import Positions
from sdmodels.readers.spreadsheets import SpreadsheetError
from sdmodels.readers.text import as_written
from sdmodels.readers.translation import NotStaticError, UndefinedError
from sdmodels.structure.expression import Number, Table
from sdmodels.structure.model import (
    Auxiliary,
    Constant,
    Data,
    Equation,
    Lookup,
    SeriesEquation,
    Stock,
    TableEquation,
    Variable,
)


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
            found += definitions_of(component, name, index, element, scope)
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
