"""How does the text of an equation, at its place in an XMILE file, become an expression?

Whatever is wrong with it becomes an error that names the file, the line and the equation.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pysd.translators.structures import abstract_expressions as pysd

from sdmodels.errors import ModelFileError, UnsupportedError, did_you_mean
from sdmodels.readers.translation import Names, UndefinedError, translate
from sdmodels.readers.xmile_document import Document
from sdmodels.readers.xmile_equations import BrokenEquationError, parse_equation
from sdmodels.readers.xmile_functions import CONSTANTS, call
from sdmodels.readers.xmile_macros import Macro
from sdmodels.readers.xmile_subscripts import Arrays
from sdmodels.structure.expression import Expression
from sdmodels.structure.names import key_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an equation stands: whose it is, for which elements, and what names mean there."""

    owner: str
    line: int
    text: str
    names: Names
    subscripts: tuple[str, ...]
    own: Mapping[str, str]
    within: tuple[Macro, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Equations:
    """Reads equations.

    ``instance`` adds the variables of one call of a macro to the model and returns PySD's reference to its value.
    """

    document: Document
    arrays: Arrays
    macros: Mapping[tuple[str, int], Macro]
    instance: Callable[[Place, Macro, tuple[Any, ...]], Any]

    def expression(self, place: Place, text: str) -> Expression:
        """Return the expression that ``text`` is at its place, with all subscripts written out.

        Raises
        ------
        ModelFileError
            If the text cannot be read, names what is not defined, or uses what is not supported.
        """
        constants = {k: v for k, v in self._constants.items() if k not in place.names.variables}

        def call_of(function: str, arguments: tuple[Any, ...]) -> Any:
            return self._called(place, function, arguments)

        try:
            translated = translate(parse_equation(text, call_of, constants), place.names)
            return self.arrays.complete(translated, place.own)
        except BrokenEquationError as error:
            what = f"the equation of '{place.owner}' cannot be read from '{str(error)[:30]}' on."
            raise self.error(place, what, "Correct the equation.") from error
        except UndefinedError as error:
            remedy = did_you_mean(error.name, error.known, otherwise="Define it, or correct the name.")
            raise self.error(place, f"'{error.name}' is not defined.", remedy) from error
        except UnsupportedError as error:
            if "\n" in str(error):
                raise
            raise self.unsupported(place, str(error)) from error
        except RecursionError as error:
            what = f"the equation of '{place.owner}' is nested too deeply."
            raise self.error(place, what, "Divide it among several variables.") from error

    @cached_property
    def _constants(self) -> dict[str, float]:
        """Return the names of numbers: ``PI``, and ``Dimension.Element`` for the place of an element."""
        places = {
            key_of(f"{dimension.name}.{element}"): place + 1.0
            for dimension in self.arrays.dimensions.values()
            for place, element in enumerate(dimension.elements)
        }
        return {**places, **CONSTANTS}

    def error(self, place: Place, what: str, remedy: str) -> ModelFileError:
        """Return the error that shows an equation."""
        return self.document.error(place.line, what, f"{place.owner} = {place.text}", remedy)

    def unsupported(self, place: Place, what: str) -> UnsupportedError:
        """Return the error for an equation that uses ``what``."""
        return self.document.unsupported(
            place.line,
            f"'{place.owner}' uses {what}, which is not supported.",
            f"{place.owner} = {place.text}",
            "Write it with the functions that `sdmodels` reads (see docs/functions.md).",
        )

    def _called(self, place: Place, function: str, arguments: tuple[Any, ...]) -> Any:
        key = key_of(function)
        if (key, len(arguments)) in self.macros:
            return self.instance(place, self.macros[key, len(arguments)], arguments)
        if key == "lookup" and len(arguments) == 2 and isinstance(arguments[0], pysd.ReferenceStructure):
            table = arguments[0].reference
            if key_of(table) not in place.names.lookups:
                raise UnsupportedError(f"LOOKUP of '{table}', which has no table,")
            return pysd.CallStructure(pysd.ReferenceStructure(table), arguments[1:])
        if key in place.names.lookups:
            return pysd.CallStructure(pysd.ReferenceStructure(function), arguments)
        return call(function, arguments)
