"""Which elements has each subscript range of a Vensim file, and to which ranges does it map?

The definitions are taken apart here, and not by PySD: that one adds the elements of a mapping to the range.
Meanings: Vensim reference manual, "Subscript ranges" and "Subscript mapping".
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sdmodels.errors import ModelFileError, did_you_mean
from sdmodels.readers.bounds import MOST_ELEMENTS, MOST_INSIDE, size_between
from sdmodels.readers.text import Statement
from sdmodels.structure.model import Dimension
from sdmodels.structure.names import key_of

_NUMERIC: Final = re.compile(r"\(\s*(?P<first>.*?)(?P<low>\d+)\s*-\s*(?P<last>.*?)(?P<high>\d+)\s*\)")
# A range has neither an equation nor a keyword such as :RAW:.
_RANGE: Final = re.compile(r'\s*(?:"(?:\\"|[^"])*"|[^"=:(\[]+):(?P<items>[^:="]*)')
_FROM_FILE: Final = re.compile(r"GET[ _](?:XLS|DIRECT)[ _]SUBSCRIPT\s*\((?P<arguments>.*)\)", re.IGNORECASE)
# A name may hold an apostrophe, but does not begin with one.
_PARTS: Final = re.compile(r"\"(?:\\\"|[^\"])*\"|(?<!\w)'[^']*'|[(),]|[^(),]")

# Reads the elements of a range from a file: its name as written, sheet or delimiter, first, last cell, prefix.
ReadElements = Callable[[tuple[str, ...]], tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Definition:
    name: str
    items: tuple[str, ...]
    targets: tuple[str, ...]
    statement: Statement


def dimensions_of(
    path: Path, statements: Iterable[Statement], read_elements: ReadElements
) -> dict[str, Dimension]:
    """Return the subscript ranges of a file by verbatim name.

    Parameters
    ----------
    statements
        The entries that define ranges, and no others.
    read_elements
        What reads a ``GET XLS SUBSCRIPT``; its errors lack file and line.

    Raises
    ------
    ModelFileError
        If a range is circular, empty, or maps to what does not exist or has another size.
    """
    definitions: dict[str, _Definition] = {}
    for definition in map(_definition, statements):
        first = definitions.setdefault(key_of(definition.name), definition)
        if first is not definition:
            raise ModelFileError(
                f"{path}:{definition.statement.line}: the subscript range '{definition.name}' is defined a second "
                f"time.\n    {definition.statement.equation[:200]}\n"
                f"Remove one of the two; the other is on line {first.statement.line}."
            )
    return _Ranges(path, definitions, read_elements).all()


def reject_endless(path: Path, statement: Statement) -> None:
    """Refuse a range such as ``(d1-d100000000)`` before PySD, which writes it out, sees it."""
    found = _RANGE.fullmatch(statement.equation)
    sizes = _NUMERIC.finditer(found["items"]) if found else ()
    if any(size_between(numeric["low"], numeric["high"]) > MOST_ELEMENTS for numeric in sizes):
        name = statement.equation.partition(":")[0].strip()
        raise ModelFileError(
            f"{path}:{statement.line}: {_too_many(name)}\n    {statement.equation[:200]}\n{_FEWER}"
        )


def _too_many(name: str) -> str:
    return f"with '{name}' the subscript ranges have more than {MOST_ELEMENTS:,} elements."


_FEWER: Final = "Give the range fewer elements."


def _definition(statement: Statement) -> _Definition:
    name, copied, original = statement.equation.partition("<->")
    if copied:
        return _Definition(name=name.strip(), items=(original.strip(),), targets=(), statement=statement)
    # A quoted name may hold a colon or an arrow of its own.
    quoted = re.match(r'"(?:\\"|[^"])*"', statement.equation)
    begins = statement.equation.index(":", quoted.end() if quoted else 0)
    items, _, targets = statement.equation[begins + 1 :].partition("->")
    return _Definition(
        name=statement.equation[:begins].strip(),
        items=_split(items),
        targets=_split(targets),
        statement=statement,
    )


def _split(text: str) -> tuple[str, ...]:
    """Return the parts between commas that stand outside parentheses and quotes."""
    parts, depth = [""], 0
    for piece in _PARTS.findall(text):
        depth += {"(": 1, ")": -1}.get(piece, 0)
        if piece == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += piece
    return tuple(part.strip() for part in parts if part.strip())


class _Ranges:
    def __init__(self, path: Path, definitions: Mapping[str, _Definition], read: ReadElements) -> None:
        self.path = path
        self.definitions = definitions
        self.read = read
        self.found: dict[str, tuple[str, ...]] = {}

    def all(self) -> dict[str, Dimension]:
        for key in self.definitions:
            self._elements(key, ())
        return {
            definition.name: Dimension(
                name=definition.name,
                elements=self.found[key],
                mappings=dict(self._mapping(definition, target) for target in definition.targets),
            )
            for key, definition in self.definitions.items()
        }

    def _error(self, definition: _Definition, what: str, remedy: str) -> ModelFileError:
        statement = definition.statement
        return ModelFileError(
            f"{self.path}:{statement.line}: {what}\n    {statement.equation[:200]}\n{remedy}"
        )

    def _reject_too_many(self, definition: _Definition, more: int) -> None:
        """Refuse ``more`` elements than there may be beside those of the ranges that were read."""
        if sum(map(len, self.found.values())) + more > MOST_ELEMENTS:
            raise self._error(definition, _too_many(definition.name), _FEWER)

    def _elements(self, key: str, asked: tuple[str, ...]) -> tuple[str, ...]:
        definition = self.definitions[key]
        if key in asked:
            raise self._error(
                definition,
                f"the subscript range '{definition.name}' contains itself.",
                "Define one of the ranges by its elements.",
            )
        if len(asked) > MOST_INSIDE:
            raise self._error(
                definition,
                f"the subscript range '{definition.name}' is inside of too many others.",
                "Define the ranges by their elements.",
            )
        if key not in self.found:
            parts = [self._item(definition, item, (*asked, key)) for item in definition.items]
            self._reject_too_many(definition, sum(map(len, parts)))
            self.found[key] = tuple(dict.fromkeys(element for part in parts for element in part))
            if not self.found[key]:
                raise self._error(
                    definition, f"the subscript range '{definition.name}' is empty.", "Give it elements."
                )
        return self.found[key]

    def _item(self, definition: _Definition, item: str, asked: tuple[str, ...]) -> tuple[str, ...]:
        if key_of(item) in self.definitions:
            if key_of(item) == asked[-1] and len(definition.items) > 1:
                raise self._error(
                    definition,
                    f"'{item}' is the name of a subscript range and of one of its elements.",
                    "Rename one of the two.",
                )
            return self._elements(key_of(item), asked)
        if "<->" in definition.statement.equation:
            known = [other.name for other in self.definitions.values()]
            raise self._error(
                definition,
                f"'{item}' is not a subscript range.",
                did_you_mean(item, known, otherwise="Define it, or correct the name."),
            )
        if numeric := _NUMERIC.fullmatch(item):
            self._reject_too_many(definition, size_between(numeric["low"], numeric["high"]))
            low, high = int(numeric["low"]), int(numeric["high"])
            return tuple(f"{numeric['first'].strip()}{number}" for number in range(low, high + 1))
        if from_file := _FROM_FILE.fullmatch(item):
            arguments = tuple(part.strip().strip("'") for part in _split(from_file["arguments"]))
            try:
                return self.read(arguments)
            except ModelFileError as error:
                what, remedy = str(error).split("\n", 1)
                raise self._error(definition, what, remedy) from error
        return (item,)

    def _mapping(self, definition: _Definition, target: str) -> tuple[str, tuple[str, ...]]:
        """Return the range mapped to, and what of it belongs to each element: an element, or a range."""
        name, _, listed = target.strip("() ").partition(":")
        if key_of(name) not in self.definitions:
            known = [other.name for other in self.definitions.values()]
            raise self._error(
                definition,
                f"the range '{name.strip()}' that '{definition.name}' maps to is not defined.",
                did_you_mean(name, known, otherwise="Define it, or correct the name."),
            )
        mine, whole = self.found[key_of(definition.name)], self.found[key_of(name)]
        entries = _split(listed) or whole
        elements = {key_of(element): element for element in whole}
        parts = [self.found.get(key_of(entry), (elements.get(key_of(entry), entry),)) for entry in entries]
        flat = tuple(element for part in parts for element in part)
        if len(entries) == len(mine):
            flat = tuple(
                self.definitions[key_of(e)].name
                if key_of(e) in self.definitions
                else elements.get(key_of(e), e)
                for e in entries
            )
        unknown = [e for part in parts for e in part if e not in whole]
        if unknown or len(flat) != len(mine):
            what = f"'{unknown[0]}' is not in it" if unknown else f"{len(flat)} elements for {len(mine)}"
            raise self._error(
                definition,
                f"the mapping of '{definition.name}' to '{name.strip()}' does not fit: {what}.",
                "Map each element to one element or to one subrange of the other range.",
            )
        return self.definitions[key_of(name)].name, flat
