"""What does a Vensim file say on which line?

The file is cut into its entries here, and not by PySD's grammar: that one folds all white space before it
parses, so that positions are lost, and takes everything behind a broken entry for the drawing.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from sdmodels.errors import ModelFileError

SKETCH_MARK = "---///"
_DECLARED = re.compile(rb"^\s*\{([^}\s]+)\}")
_QUOTED = re.compile(r'"(?:\\"|[^"])*"')
_COMMENT = re.compile(r"\{[^}]*\}")
_CONTINUATION = re.compile(r"\\\s*\n")
_LOGIC = re.compile(r":(?:and|or|not):", re.IGNORECASE)
_TABLE_RANGE = re.compile(r"\(\s*\[([^\]]*)\]")
_NUMBERS_ONLY = re.compile(r"[\s\d.,()+\-eE]*")
_FILE_NAME = re.compile(r"([(,]\s*)('[^']*')")
_ALIAS = re.compile(r"^30:(\?[^=\n]+)=([^\n]+)$", re.MULTILINE)
_NUMBER = r"\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*"
_OLD_TABLE = re.compile(
    r'(?P<head>(?:"(?:\\"|[^"])*"|[^"=:()\[\]<>]+)(?:\[[^\]]*\])?)\s*'
    rf"\(\s*(?:\[[^\]]*\]\s*,)?(?P<numbers>{_NUMBER}(?:,{_NUMBER})+)\)"
)
_TABBED = re.compile(r"\bTABBED\s+ARRAY\s*\((?P<rows>[^()]*)\)", re.IGNORECASE)
_MACRO_ENDS = re.compile(r":END\s+OF\s+MACRO:", re.IGNORECASE)
_MACRO_BEGINS = re.compile(
    r":MACRO:\s*(?P<name>[^(:|~]+?)\s*\((?P<inputs>[^():]*)(?::(?P<outputs>[^():]*))?\)", re.IGNORECASE
)
# What may stand in front of an equation: blank lines, comments (such as the encoding), marks of macros.
_HEADING = re.compile(rf"(?:\s|\{{[^}}]*\}}|{_MACRO_ENDS.pattern}|{_MACRO_BEGINS.pattern})*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class MacroHeader:
    """``:MACRO: name(inputs : outputs)``; the macro's first result has the macro's own name."""

    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One entry of the file, ``equation ~ units ~ documentation |``, and the line on which it begins.

    ``macro`` is the one whose definition the entry belongs to; ``parsed`` is read instead of the equation, which
    messages show.
    """

    equation: str
    units: str
    documentation: str
    line: int
    macro: MacroHeader | None = None
    parsed: str | None = None


def folded(text: str) -> str:
    """Return ``text`` with line continuations dropped and every run of white space as one blank."""
    return " ".join(_CONTINUATION.sub(" ", text).split())


def as_written(name: str, equation: str) -> str:
    """Return ``name`` as ``equation`` writes it; PySD hands names over in lower case."""
    words = r"[\s_]+".join(map(re.escape, name.replace("_", " ").split()))
    found = re.search(rf"(?<!\w){words}(?!\w)", equation, re.IGNORECASE)
    return found[0] if found else name.replace("_", " ")


def file_aliases(text: str) -> dict[str, str]:
    """Return the files that names such as ``?data`` stand for, from the settings behind the drawing."""
    settings = text.partition(SKETCH_MARK)[2]
    return {name.strip(): file.strip().replace("\\", "/") for name, file in _ALIAS.findall(settings)}


def decode(path: Path) -> str:
    """Return the file's text, in its declared encoding, else in UTF-8, else in GB 18030.

    Raises
    ------
    ModelFileError
        If the file cannot be opened or decoded; no byte is ever dropped.
    """
    try:
        content = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    except OSError as error:
        raise ModelFileError(
            f"{path}: the model file cannot be read.\n    {error.strerror or error}\n"
            "Check the path and the permissions."
        ) from error
    declared = _DECLARED.match(content)
    candidates = [declared[1].decode("ascii", "replace")] if declared else ["utf-8", "gb18030"]
    reason = ""
    for encoding in candidates:
        try:
            return content.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
        except (UnicodeDecodeError, LookupError) as error:
            reason = str(error)
    raise ModelFileError(
        f"{path}: the text is not in the encoding {' or '.join(candidates)}.\n    {reason}\n"
        "Save the model in Vensim as text (.mdl) with the first line {UTF-8}."
    )


def statements(path: Path, text: str) -> tuple[Statement, ...]:
    """Return the entries of the model's equations, in the order of the file, without groups and comments.

    Raises
    ------
    ModelFileError
        If an entry has too few or too many ``~``, or the last has no ``|``.
    """
    equations = text.split(SKETCH_MARK, 1)[0].rstrip("\\")
    found = []
    start = 0
    macro: MacroHeader | None = None
    for fields, end in _entries(equations):
        entry = equations[start:end]
        heading = _heading(entry)
        line = equations.count("\n", 0, start + len(heading)) + 1
        macro = _macro(heading, macro, line)
        fields[0] = fields[0][len(heading) :]
        if statement := _statement(path, fields, line, macro, closed=end < len(equations)):
            found.append(statement)
        start = end + 1
    if not found:
        raise ModelFileError(
            f"{path}: the file cannot be read as a Vensim model.\n    It has no equations.\n"
            "Open it in Vensim and save it again as text (.mdl)."
        )
    return tuple(found)


def _heading(entry: str) -> str:
    """Return what stands in front of an entry's equation."""
    found = _HEADING.match(entry)
    return found[0] if found else ""


def _macro(heading: str, current: MacroHeader | None, line: int) -> MacroHeader | None:
    """Return the macro that is open behind ``heading``."""
    ends = [found.start() for found in _MACRO_ENDS.finditer(heading)]
    begins = list(_MACRO_BEGINS.finditer(heading))
    if not begins or (ends and ends[-1] > begins[-1].start()):
        return None if ends else current
    begun = begins[-1]
    return MacroHeader(
        name=folded(begun["name"]),
        inputs=_listed(begun["inputs"]),
        outputs=_listed(begun["outputs"] or ""),
        line=line - heading[begun.start() :].count("\n"),
    )


def _listed(names: str) -> tuple[str, ...]:
    return tuple(folded(_COMMENT.sub(" ", name)) for name in names.split(",") if name.strip())


def _entries(equations: str) -> list[tuple[list[str], int]]:
    """Return the fields of each entry and where it ends; quotes hide ``~`` and ``|`` in the equation only."""
    found: list[tuple[list[str], int]] = []
    fields: list[str] = []
    start = position = 0
    while position < len(equations):
        character = equations[position]
        if character == '"' and not fields and (quoted := _QUOTED.match(equations, position)):
            position = quoted.end()
            continue
        if character in "~|":
            fields.append(equations[start:position])
            start = position + 1
        if character == "|":
            found.append((fields, position))
            fields = []
        position += 1
    rest = [*fields, equations[start:]]
    if any(field[len(_heading(field)) :].strip() for field in rest):
        found.append((rest, len(equations)))
    return found


def _statement(
    path: Path, fields: list[str], line: int, macro: MacroHeader | None, *, closed: bool
) -> Statement | None:
    equation = _plain(fields[0])
    is_group = equation.startswith("*") and len(fields) == 2
    if is_group or not any(field.strip() for field in fields):
        return None
    if not closed or len(fields) not in (3, 4):
        raise ModelFileError(
            f"{path}:{line}: the entry does not have the form 'equation ~ units ~ comment |'.\n"
            f"    {equation[:100]}\nAdd the missing '~' or '|', here or in the entry before."
        )
    _reject_code_in_tables(path, line, equation)
    units, documentation = folded(fields[1]), folded(fields[2])
    return Statement(equation=equation, units=units, documentation=documentation, line=line, macro=macro)


def _plain(text: str) -> str:
    """Return an equation on one line, without comments and stray backslashes, quoted names untouched."""

    def tidied(part: str) -> str:
        part = _TABBED.sub(_rows_marked, _COMMENT.sub(" ", part))
        part = _CONTINUATION.sub(" ", part)
        # Windows writes the folders of a file with a backslash.
        part = _FILE_NAME.sub(lambda found: found[1] + found[2].replace("\\", "/"), part).replace("\\", " ")
        return _LOGIC.sub(lambda found: found[0].upper(), part)

    pieces, position = [], 0
    for quoted in _QUOTED.finditer(text):
        pieces += [tidied(text[position : quoted.start()]), quoted[0]]
        position = quoted.end()
    return folded("".join([*pieces, tidied(text[position:])]))


def _rows_marked(table: re.Match[str]) -> str:
    """Return a TABBED ARRAY with a semicolon between its rows, which are lines in the file."""
    rows = [folded(row.rstrip("\\ \t")) for row in table["rows"].splitlines()]
    return f"TABBED ARRAY({'; '.join(row for row in rows if row)})"


def as_array(equation: str) -> str:
    """Return an equation with a TABBED ARRAY of several rows as Vensim writes a table without tabs: ``1,2;3,4;``.

    PySD forgets where the rows of a TABBED ARRAY end.
    """

    def written(table: re.Match[str]) -> str:
        rows = [",".join(row.split()) for row in table["rows"].split(";")]
        return f"{';'.join(rows)};" if len(rows) > 1 else table[0]

    return _TABBED.sub(written, equation)


def old_table(equation: str) -> tuple[str, tuple[str, ...]] | None:
    """Return the name and the numbers of a table in Vensim's old form, all x and then all y; ``None`` if it is not.

    ``table(0,2,5, 0,4,1)`` has the points (0,0), (2,4) and (5,1): Vensim reference manual, "Lookups".
    """
    found = _OLD_TABLE.fullmatch(equation)
    if found is None:
        return None
    return found["head"].strip(), tuple(number.strip() for number in found["numbers"].split(","))


def _reject_code_in_tables(path: Path, line: int, equation: str) -> None:
    """Let nothing but numbers through in the range of a table function.

    PySD's translator hands that range to Python's ``eval``; a model file must never run code.
    """
    for found in _TABLE_RANGE.finditer(_QUOTED.sub("name", equation)):
        if not _NUMBERS_ONLY.fullmatch(found[1]):
            raise ModelFileError(
                f"{path}:{line}: the range of a table function holds more than numbers.\n"
                f"    [{found[1]}]\n"
                "Write it as [(x min,y min)-(x max,y max)]."
            )
