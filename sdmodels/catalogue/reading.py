"""How do the files of a model's folder become a Manifest, experiments, and a list of mutations?"""

import re
import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from sdmodels.catalogue.experiments import Experiment, Experiments
from sdmodels.catalogue.explanation import explain
from sdmodels.catalogue.faults import Fault, refusal
from sdmodels.catalogue.manifest import Manifest
from sdmodels.catalogue.mutations import Mutations
from sdmodels.errors import ManifestError

T = TypeVar("T", bound=BaseModel)
_POSITION = re.compile(r" \(at (?:line (?P<line>\d+), column \d+|end of document)\)$")


def read_manifest(path: Path) -> Manifest:
    """Read a ``model.toml``.

    Raises
    ------
    ManifestError
        If the file is missing or is not UTF-8, not TOML, or not what a manifest must say. The message
        has three lines: file and key, the evidence, the remedy.
    """
    return read_table(path, Manifest, "the manifest of a model is the file model.toml in its folder")


def read_catalogued(path: Path) -> Manifest:
    """Read the ``model.toml`` of a folder of the catalogue, where the id is the folder's name.

    Raises
    ------
    ManifestError
        As :func:`read_manifest`; and if the id is another.
    """
    manifest = read_manifest(path)
    folder = path.absolute().parent.name
    if manifest.id != folder:
        fault = Fault(
            what="key 'id' at the top level is not the folder's name",
            evidence=f'id = "{manifest.id}" in the folder {folder} of the catalogue',
            remedy="Rename the folder, or write its name as the id.",
        )
        raise refusal(path, [fault])
    return manifest


def read_experiments(path: Path) -> tuple[Experiment, ...]:
    """Read an ``experiments.toml``; raise ManifestError as :func:`read_manifest` does."""
    remedy = "the experiments of a model are in the file experiments.toml in its folder"
    return read_table(path, Experiments, remedy).experiments


def read_mutations(path: Path) -> Mutations:
    """Read a ``mutations.toml``.

    Raises
    ------
    ManifestError
        As :func:`read_manifest`.
    """
    return read_table(
        path, Mutations, "the mutations of a model are in the file mutations.toml in its folder"
    )


def read_table(path: Path, schema: type[T], remedy: str) -> T:
    """Read a TOML file of any schema; raise ManifestError as :func:`read_manifest` does.

    Parameters
    ----------
    remedy
        What to say, in a clause, where the file cannot be read.
    """
    document = _document(path, _text(path, remedy))
    try:
        return schema.model_validate(document, by_alias=True, by_name=False)
    except ValidationError as error:
        raise refusal(path, explain(error, document, schema)) from None


def _text(path: Path, remedy: str) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ManifestError(
            f"{path}: the file cannot be read.\n    {error.strerror}\nCheck the path; {remedy}."
        ) from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ManifestError(
            f"{path}:{line}: the file is not UTF-8 text.\n"
            f"    byte {content[error.start]:#04x} at position {error.start}\n"
            "Save it as UTF-8 (in Notepad: Save as, Encoding)."
        ) from error


def _document(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise refusal(path, [_broken(text, str(error))]) from None


def _broken(text: str, message: str) -> Fault:
    lines = text.rstrip().splitlines() or [""]
    position = _POSITION.search(message)
    line = int(position["line"] or len(lines)) if position else 1
    return Fault(
        what=f"this is not TOML: {_POSITION.sub('', message)}",
        evidence=lines[min(line, len(lines)) - 1],
        remedy="Write key = value, texts in quotes and lists in square brackets (https://toml.io).",
        line=line,
    )
