"""What does the text of an XMILE equation say?

The result is PySD's abstract expression, which the readers share. Its own XMILE grammar is not used, because
it reads some equations as others, without a word: ``a OR b AND c`` as ``(a OR b) AND c``, ``a MOD b * c`` as
``a MOD (b * c)``, ``-2^2`` as 4, ``notice > 1`` as ``NOT ice > 1``; and it does not know an IF inside an IF.
Order of the operators: XMILE 1.0, section 3.3.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from pysd.translators.structures import abstract_expressions as pysd

from sdmodels.errors import UnsupportedError
from sdmodels.readers.xmile_document import name_in
from sdmodels.structure.names import key_of

CallOf: TypeAlias = Callable[[str, tuple[Any, ...]], Any]

_PART = r'(?:"(?:\\"|[^"])*"|[^\W\d][\w$\']*)'
_TOKEN = re.compile(
    rf"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?!\w))"
    rf"|(?P<name>\.?{_PART}(?:\.{_PART})*)"
    r"|(?P<operator><=|>=|<>|//|[-+*/^=<>()\[\],;:!@]))"
)
_ELEMENT = re.compile(r"\s*(?:\w+\.)?(?P<element>\w+|\*)(?=\s*[,\]])")
_QUOTED = re.compile(r'"((?:\\"|[^"])*)"')
_COMMENT = re.compile(r"\{[^{}]*\}")
_STRENGTH: Final = {
    "or": 1,
    "and": 2,
    "=": 3,
    "<>": 3,
    "<": 4,
    "<=": 4,
    ">": 4,
    ">=": 4,
    "+": 5,
    "-": 5,
    "*": 6,
    "/": 6,
    "//": 6,
    "mod": 6,
    "^": 8,
}
_SIGN: Final = 7
_WORDS: Final = frozenset({"and", "or", "not", "mod", "if", "then", "else"})
_LOGIC: Final = {"and": ":AND:", "or": ":OR:"}
_COMPARING: Final = frozenset({"=", "<>", "<", "<=", ">", ">="})


class BrokenEquationError(Exception):
    """The text cannot be read; the message says from where on."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    position: int


def without_comments(text: str) -> str:
    """Return an equation without ``{comments}``, on one line."""
    return " ".join(_COMMENT.sub(" ", text).split())


def parse_equation(text: str, call_of: CallOf, constants: Mapping[str, float]) -> Any:
    """Return PySD's abstract expression for an equation.

    Parameters
    ----------
    text
        Without comments.
    call_of
        Gives the expression for a function's name and arguments.
    constants
        Names, as compared, that stand for a number.

    Raises
    ------
    BrokenEquationError
        If the text is not an expression.
    UnsupportedError
        If it uses what is not supported.
    """
    reading = _Reading(text, call_of, constants)
    found = reading.expression(0)
    reading.expect("end")
    return found


def numbers_in(text: str) -> tuple[float, ...] | None:
    """Return the numbers of a list such as ``1, 2; 3, 4``; ``None`` if the text is something else."""
    pieces = [piece for piece in re.split(r"[,;]", text) if piece.strip()]
    if len(pieces) < 2:
        return None
    try:
        return tuple(float(piece) for piece in pieces)
    except ValueError:
        return None


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    position, brackets = 0, 0
    while text[position:].strip():
        element = _ELEMENT.match(text, position) if brackets else None
        matched = element or _TOKEN.match(text, position)
        if matched is None:
            raise BrokenEquationError(text[position:].strip())
        kind = matched.lastgroup or ""
        token = _Token("name" if element else kind, matched[kind], matched.start(kind))
        if kind == "name" and token.text.lower() in _WORDS:
            token = _Token("word", token.text.lower(), token.position)
        brackets += {"[": 1, "]": -1}.get(token.text, 0) if kind == "operator" else 0
        found.append(token)
        position = matched.end()
    return [*found, _Token("end", "end", len(text))]


class _Reading:
    """Reads an equation from left to right; an operator takes what binds more strongly than itself."""

    def __init__(self, text: str, call_of: CallOf, constants: Mapping[str, float]) -> None:
        self.text = text
        self.call_of = call_of
        self.constants = constants
        self.tokens = _tokens(text)
        self.place = 0

    @property
    def next(self) -> _Token:
        return self.tokens[self.place]

    def take(self) -> _Token:
        self.place += 1
        return self.tokens[self.place - 1]

    def found(self, text: str) -> bool:
        """Step over ``text`` if it comes next."""
        there = self.next.kind in ("operator", "word") and self.next.text == text
        self.place += there
        return there

    def expect(self, text: str) -> None:
        if self.next.kind == "end" == text or self.found(text):
            return
        raise BrokenEquationError(self.text[self.next.position :] or "the end")

    def expression(self, strength: int) -> Any:
        left = self.operand()
        while self.next.kind in ("operator", "word") and _STRENGTH.get(self.next.text, -1) > strength:
            operator = self.take().text
            # Powers are read from the right: a^b^c is a^(b^c).
            right = self.expression(_STRENGTH[operator] - (operator == "^"))
            left = self._joined(operator, left, right)
        return left

    def _joined(self, operator: str, left: Any, right: Any) -> Any:
        if operator in ("mod", "//"):
            return self.call_of({"mod": "MOD", "//": "SAFEDIV"}[operator], (left, right))
        if operator in _LOGIC or operator in _COMPARING:
            return pysd.LogicStructure([_LOGIC.get(operator, operator)], (left, right))
        return pysd.ArithmeticStructure([operator], (left, right))

    def operand(self) -> Any:
        token = self.take()
        match token.kind, token.text:
            case "number", text:
                return float(text)
            case "operator", "(":
                inside = self.expression(0)
                self.expect(")")
                return inside
            case "operator", "-":
                return pysd.ArithmeticStructure(["negative"], (self.expression(_SIGN),))
            case "operator", "+":
                return self.expression(_SIGN)
            case "word", "not":
                return self._negated()
            case "word", "if":
                return self._conditional()
            case "name", text:
                return self._named(text)
        raise BrokenEquationError(self.text[token.position :] or "the end")

    def _negated(self) -> Any:
        operand = self.expression(_SIGN)
        if self.next.kind == "operator" and self.next.text in _STRENGTH:
            # The standard negates the operand alone, PySD and readers of the equation the comparison.
            raise UnsupportedError("NOT in front of a comparison without parentheses")
        return pysd.LogicStructure([":NOT:"], (operand,))

    def _conditional(self) -> Any:
        condition = self.expression(0)
        self.expect("then")
        then = self.expression(0)
        self.expect("else")
        return self.call_of("IF THEN ELSE", (condition, then, self.expression(0)))

    def _named(self, text: str) -> Any:
        name = name_in(_QUOTED.sub(lambda found: found[1], text))
        if self.found("("):
            return self.call_of(name, self._listed(")"))
        if self.found("["):
            return pysd.ReferenceStructure(name, pysd.SubscriptsReferenceStructure(self._subscripts()))
        if key_of(name) in self.constants:
            return self.constants[key_of(name)]
        return pysd.ReferenceStructure(name)

    def _listed(self, end: str) -> tuple[Any, ...]:
        arguments: list[Any] = []
        while not self.found(end):
            if arguments:
                self.expect(",")
            arguments.append(self.expression(0))
        return tuple(arguments)

    def _subscripts(self) -> tuple[str, ...]:
        found: list[str] = []
        while not self.found("]"):
            if found:
                self.expect(",")
            token = self.take()
            if not (token.kind in ("name", "number") or token.text == "*") or self.next.text not in (
                ",",
                "]",
            ):
                raise UnsupportedError(f"the computed subscript '{self.text[token.position :][:20]}'")
            found.append(key_of(token.text))
        return tuple(found)
