"""What does a Vensim file say on which line?

PySD's translator folds all white space before it parses, so line numbers are found here, in the
file's own text.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from sdmodels.errors import ModelFileError

SKETCH_MARK = "\\\\\\---///"
_NUMBERS_ONLY = re.compile(r"[\s\d.,()+\-eE]*")
_TABLE_RANGE = re.compile(r"\(\s*\[([^\]]*)\]")
_DECLARED = re.compile(rb"^\s*\{([^}\s]+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One entry of the file: what stands before the first ``~``, and where it begins."""

    equation: str
    line: int


def folded(text: str) -> str:
    """Return ``text`` with line continuations dropped and every run of white space as one blank."""
    return re.sub(r"\s+", " ", re.sub(r"\\\s*\n\s*", " ", text)).strip()


def decode(path: Path) -> tuple[str, str]:
    """Return the file's text and its encoding: the declared one, else UTF-8, else GB 18030.

    Raises
    ------
    ModelFileError
        If the file cannot be opened or decoded; no byte is ever dropped.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelFileError(
            f"{path}: the model file cannot be read.\n    {error.strerror or error}\n"
            "Check the path and the permissions."
        ) from error
    declared = _DECLARED.match(content.removeprefix(b"\xef\xbb\xbf"))
    candidates = [declared[1].decode("ascii", "replace")] if declared else ["utf-8", "gb18030"]
    reason = ""
    for encoding in candidates:
        try:
            return content.decode("utf-8-sig" if encoding.lower() == "utf-8" else encoding), encoding
        except (UnicodeDecodeError, LookupError) as error:
            reason = str(error)
    raise ModelFileError(
        f"{path}: the text is not in the encoding {' or '.join(candidates)}.\n    {reason}\n"
        "Save the model in Vensim as text (.mdl) with the first line {UTF-8}."
    )


def statements(text: str) -> tuple[Statement, ...]:
    """Return the entries of the model's equations, in the order of the file."""
    equations = text.split(SKETCH_MARK, 1)[0]
    found: list[Statement] = []
    start, position, quoted = 0, 0, False
    in_equation = True
    for position, character in enumerate(equations):
        if character == '"' and in_equation:
            quoted = not quoted
        elif character == "~" and not quoted:
            in_equation = False
        elif character == "|" and not quoted:
            found.append(_statement(equations, start, position))
            start, in_equation, quoted = position + 1, True, False
    if equations[start:].strip():
        found.append(_statement(equations, start, position + 1))
    return tuple(found)


def _statement(text: str, start: int, end: int) -> Statement:
    entry = text[start:end]
    body = re.sub(r"^\s*(\{[^}]*\}\s*)?", "", entry)
    first = end - len(body)
    line = text.count("\n", 0, first) + 1
    return Statement(equation=folded(body.split("~", 1)[0]), line=line)


def reject_code_in_tables(path: Path, entries: tuple[Statement, ...]) -> None:
    """Let nothing but numbers through in the range of a table function.

    PySD's translator hands that range to Python's ``eval``; a model file must never run code.
    """
    for entry in entries:
        for found in _TABLE_RANGE.finditer(entry.equation):
            if not _NUMBERS_ONLY.fullmatch(found[1]):
                raise ModelFileError(
                    f"{path}:{entry.line}: the range of a table function holds more than numbers.\n"
                    f"    [{found[1]}]\n"
                    "Write it as [(x min,y min)-(x max,y max)]."
                )
