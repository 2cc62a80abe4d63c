"""What is the text of a model file when one mistake is put into it?"""

import re
from collections.abc import Iterator
from pathlib import Path

from sdmodels.catalogue import Entry, Mutation
from sdmodels.errors import ManifestError, ModelFileError, did_you_mean
from sdmodels.readers.text import decode, statements
from sdmodels.structure.names import key_of

_NAME = re.compile(r'\s*("(?:\\"|[^"])*"|[^=\[(:]+)')
_ENCODING = re.compile(r"^\s*\{[^}\s]+\}")


def whole(entry: Entry) -> str:
    """Return the text of the model as it is, to be written as UTF-8.

    Raises
    ------
    ModelFileError
        If the model is no Vensim file.
    """
    if entry.path.suffix.lower() != ".mdl":
        raise ModelFileError(
            f"{entry.path}: mutations are put into Vensim models alone.\n    The file ends in "
            f"'{entry.path.suffix}'.\nSave the model in Vensim as text (.mdl)."
        )
    return _ENCODING.sub("{UTF-8}", decode(entry.path), count=1)


def mutated(entry: Entry, mutation: Mutation, file: Path) -> str:
    """Return the text of the model with the mistake in it, to be written as UTF-8.

    Parameters
    ----------
    file
        The ``mutations.toml``, for messages.

    Raises
    ------
    ManifestError
        If the model has no such variable, or the text does not stand exactly once in its definition.
    ModelFileError
        If the model is no Vensim file.
    """
    text = whole(entry)
    definitions = dict(_definitions(entry.path, text))
    spans = [spans for name, spans in definitions.items() if key_of(name) == key_of(mutation.variable)]
    place = f"in [[mutation]] '{mutation.id}'"
    if not spans:
        remedy = did_you_mean(mutation.variable, definitions, otherwise="Write a name as the model has it.")
        raise ManifestError(
            f"{file}: key 'variable' {place} names no variable of {entry.path.name}.\n"
            f'    variable = "{mutation.variable}"\n{remedy}'
        )
    found = [
        start + hit.start()
        for start, end in spans[0]
        for hit in re.finditer(re.escape(mutation.find), text[start:end])
    ]
    if len(found) != 1:
        raise ManifestError(
            f"{file}: key 'find' {place} stands {len(found)} times in the definition of '{mutation.variable}', "
            f'not once.\n    find = "{mutation.find}"\n'
            "Copy a longer or another piece of its equation, initial value or unit."
        )
    return text[: found[0]] + mutation.replace + text[found[0] + len(mutation.find) :]


def _definitions(path: Path, text: str) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    """Yield each variable, time settings among them, and where its definitions begin and end in the text."""
    starts = [0, *(hit.end() for hit in re.finditer("\n", text))]
    found: dict[str, list[tuple[int, int]]] = {}
    for statement in statements(path, text):
        named = _NAME.match(statement.equation)
        if named is None or statement.macro is not None:
            continue
        name, line = named[1].strip(), starts[statement.line - 1]
        # Another entry may end on the same line; a name that is broken over lines is not found again.
        start = max(text.find(name, line, text.index("|", line)), line)
        found.setdefault(name, []).append((start, text.index("|", start)))
    yield from found.items()
