"""How does PySD parse the entries of a Vensim file, each by itself, so that an error names the broken one?"""

import re
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

from sdmodels.errors import ModelFileError, UnsupportedError
from sdmodels.readers.points import LookupsVisitor, in_order
from sdmodels.readers.ranges import reject_endless
from sdmodels.readers.text import MacroHeader, Statement, as_array, folded, old_table
from sdmodels.structure.names import key_of

_ALONE = re.compile(r'(?:"(?:\\"|[^"])*"|[^"=:()<>\[\]]+)\s*(?:\[[^\]]*\])?')
_PIPELINE = re.compile(r"(?<!\w)DELAYP\s*\(", re.IGNORECASE)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """The entries of the model itself, or of one macro; ``ranges`` are those that define subscript ranges."""

    header: MacroHeader | None
    section: AbstractSection
    position: Positions
    ranges: tuple[Statement, ...]


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


def parse(path: Path, statements: tuple[Statement, ...]) -> dict[str, Parsed]:
    """Parse every entry.

    Returns
    -------
    dict
        The model itself under the empty name, and every macro under the key of its name.

    Raises
    ------
    ModelFileError
        At the first entry that cannot be read: file, line, equation, and from where on.
    """
    sections: dict[str, list[Statement]] = {"": []}
    headers: dict[str, MacroHeader] = {}
    for statement in statements:
        key = key_of(statement.macro.name) if statement.macro is not None else ""
        if statement.macro is not None:
            _reject_second(path, headers.setdefault(key, statement.macro), statement.macro)
        sections.setdefault(key, []).append(statement)
    return {key: _section(path, headers.get(key), found) for key, found in sections.items()}


def _reject_second(path: Path, first: MacroHeader, header: MacroHeader) -> None:
    if header != first:
        raise ModelFileError(
            f"{path}:{header.line}: the macro '{header.name}' is defined a second time.\n"
            f"    :MACRO: {header.name}({', '.join(header.inputs)})\n"
            f"Remove one of the two; the other is on line {first.line}."
        )


def _section(path: Path, header: MacroHeader | None, statements: list[Statement]) -> Parsed:
    lines: dict[str, list[tuple[int, str]]] = {}
    parsed: list[Any] = []
    ranges = []
    with warnings.catch_warnings():
        # PySD tells of what it does not support by warnings; here that is an error of its own.
        warnings.simplefilter("ignore")
        for statement in statements:
            component = _component(path, statement)
            parsed.append(component)
            if isinstance(component, vensim_element.SubscriptRange):
                ranges.append(statement)
            lines.setdefault(key_of(component.name), []).append((statement.line, statement.equation))
        section = Section("__main__", path, "main", [], [], "", False, None)
        section.subscripts = []
        section.components = _of_kind(parsed, vensim_element.Component)
        section.constraints = _of_kind(parsed, vensim_element.Constraint)
        section.test_inputs = _of_kind(parsed, vensim_element.TestInput)
        return Parsed(
            header=header,
            section=section.get_abstract_section(),
            position=Positions(path=path, lines=lines),
            ranges=tuple(ranges),
        )


def _of_kind(parsed: list[Any], kind: type[Any]) -> list[Any]:
    return [part for part in parsed if isinstance(part, kind)]


def _component(path: Path, statement: Statement) -> Any:
    if ":MACRO:" in statement.equation.upper():
        raise ModelFileError(
            f"{path}:{statement.line}: the head of a macro cannot be read.\n    {statement.equation[:100]}\n"
            "Write ':MACRO: name(input, input : output)' and ':END OF MACRO:'."
        )
    reject_endless(path, statement)
    bare = _ALONE.fullmatch(statement.equation) is not None
    # A name without an equation is data; to PySD's grammar a keyword must say so.
    element = _element(
        path, statement, _as_pysd_reads_it(path, statement) + (":INTERPOLATE:" if bare else "")
    )
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
        raise _refusal(path, statement, error) from error
    return component


def _as_pysd_reads_it(path: Path, statement: Statement) -> str:
    equation = as_array(statement.parsed or statement.equation)
    if not (found := old_table(equation)):
        return equation
    head, numbers = found
    half = len(numbers) // 2
    xs = [float(number) for number in numbers[:half]]
    if len(numbers) % 2 == 1 or xs != sorted(xs):
        raise ModelFileError(
            f"{path}:{statement.line}: the table of '{head}' is neither pairs nor all x and then as many y.\n"
            f"    {statement.equation[:200]}\nWrite its points as pairs: (x,y),(x,y)."
        )
    return f"{head}({','.join(f'({x},{y})' for x, y in zip(numbers, numbers[half:], strict=False))})"


def _refusal(path: Path, statement: Statement, error: Exception) -> ModelFileError:
    where, evidence = f"{path}:{statement.line}", statement.equation[:200]
    if _PIPELINE.search(statement.equation):
        # Its second result stands behind a colon, so that PySD sees no call at all.
        return UnsupportedError(
            f"{where}: '{_name(statement.equation)}' uses DELAYP, which is not supported.\n    {evidence}\n"
            "Write it with DELAY3, and with a stock for what is on its way."
        )
    remedy = "Correct the equation; Vensim's equation editor shows what it expects."
    if isinstance(error, RecursionError):
        remedy = "Divide it among several variables."
    return ModelFileError(f"{where}: {_what_is_broken(statement.equation, error)}\n    {evidence}\n{remedy}")


def _element(path: Path, statement: Statement, equation: str) -> vensim_element.Element:
    try:
        return vensim_element.Element(equation, statement.units, statement.documentation)
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
