"""How does PySD parse the entries of a Vensim file, each by itself, so that an error names the broken one?"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import parsimonious
from pysd.translators.structures.abstract_model import AbstractSection
from pysd.translators.vensim import vensim_element
from pysd.translators.vensim.vensim_section import Section
from pysd.translators.vensim.vensim_structures import parsing_ops
from pysd.translators.vensim.vensim_utils import Grammar

from sdmodels.errors import ModelFileError
from sdmodels.readers.points import LookupsVisitor, in_order
from sdmodels.readers.text import Statement, folded
from sdmodels.readers.translation import UnsupportedError
from sdmodels.structure.names import key_of

_BROKEN = (
    parsimonious.ParseError,
    parsimonious.VisitationError,
    ValueError,
    TypeError,
    SyntaxError,
    RecursionError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Positions:
    """Where variables stand, for messages: one (line, equation) for each of the definitions of a name."""

    path: Path
    lines: Mapping[str, list[tuple[int, str]]]

    def at(self, name: str, index: int = 0) -> tuple[int, str]:
        """Return line and equation of a definition; line 0 if there is none."""
        found = self.lines.get(key_of(name), [])
        return found[min(index, len(found) - 1)] if found else (0, "")

    def error(self, name: str, index: int, what: str, remedy: str) -> ModelFileError:
        """Return the error that points at a definition."""
        line, equation = self.at(name, index)
        return ModelFileError(f"{self.path}:{line}: {what}\n    {equation[:200]}\n{remedy}")


class _EquationVisitor(vensim_element.EquationVisitor):  # type: ignore[misc]
    """Keeps the minus sign of a number apart: in ``-2^2`` the power comes first; keeps points in their order."""

    def visit_neg_expr(self, _node: Any, children: Any) -> Any:
        if children[0] == "-":
            self.negatives.add(children[2])
        return children[2]

    def visit_lookup_with_def(self, node: Any, children: Any) -> Any:
        key = super().visit_lookup_with_def(node, children)
        self.elements[key].lookups = in_order(self.elements[key].lookups, children[11])
        return key


def parse(path: Path, statements: tuple[Statement, ...]) -> tuple[AbstractSection, Positions]:
    """Parse every entry.

    Raises
    ------
    ModelFileError
        At the first entry that cannot be read: file, line, equation, and from where on.
    """
    lines: dict[str, list[tuple[int, str]]] = {}
    parsed: list[Any] = []
    with warnings.catch_warnings():
        # PySD tells of what it does not support by warnings; here that is an error of its own.
        warnings.simplefilter("ignore")
        for statement in statements:
            component = _component(path, statement)
            parsed.append(component)
            lines.setdefault(key_of(component.name), []).append((statement.line, statement.equation))
        section = Section("__main__", path, "main", [], [], "", False, None)
        section.subscripts = _of_kind(parsed, vensim_element.SubscriptRange)
        section.components = _of_kind(parsed, vensim_element.Component)
        section.constraints = _of_kind(parsed, vensim_element.Constraint)
        section.test_inputs = _of_kind(parsed, vensim_element.TestInput)
        return section.get_abstract_section(), Positions(path=path, lines=lines)


def _of_kind(parsed: list[Any], kind: type[Any]) -> list[Any]:
    return [part for part in parsed if isinstance(part, kind)]


def _component(path: Path, statement: Statement) -> Any:
    if ":MACRO:" in statement.equation.upper():
        raise UnsupportedError(
            f"{path}:{statement.line}: macros are not supported.\n    {statement.equation[:100]}\n"
            "Write the macro's equations out in the model."
        )
    element = _element(path, statement)
    try:
        component = element.parse()
        if type(component) in (vensim_element.Component, vensim_element.UnchangeableConstant):
            tree = Grammar.get("components", parsing_ops).parse(component.expression)
            component.ast = _EquationVisitor(tree).translation
            component.lookup = type(component.ast).__name__ == "GetLookupsStructure"
        elif type(component) is vensim_element.Lookup:
            component.ast = LookupsVisitor(Grammar.get("lookups").parse(component.expression)).translation
        elif isinstance(component, vensim_element.Component):
            component.parse()
    except _BROKEN as error:
        raise ModelFileError(
            f"{path}:{statement.line}: {_what_is_broken(statement.equation, error)}\n"
            f"    {statement.equation[:200]}\n"
            "Correct the equation; Vensim's equation editor shows what it expects."
        ) from error
    return component


def _element(path: Path, statement: Statement) -> vensim_element.Element:
    try:
        return vensim_element.Element(statement.equation, statement.units, statement.documentation)
    except ValueError as error:
        raise ModelFileError(
            f"{path}:{statement.line}: the limits of '{_name(statement.equation)}' cannot be read.\n"
            f"    {statement.units}\n"
            "Write units and limits as 'hour [0,40]', with ? for a limit that is open."
        ) from error


def _name(equation: str) -> str:
    return equation.split("=", 1)[0].strip() or "an entry"


def _what_is_broken(equation: str, error: Exception) -> str:
    name = _name(equation)
    if isinstance(error, RecursionError):
        return f"the equation of '{name}' is nested too deeply."
    if isinstance(error, parsimonious.ParseError) and "=" in equation:
        rest = folded(error.text[error.pos :])
        return f"the equation of '{name}' cannot be read from '{rest[:30]}' on."
    return f"the equation of '{name}' cannot be read."
