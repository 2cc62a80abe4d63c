"""How does a ``model.toml`` become a Manifest, and an ``experiments.toml`` experiments?"""

import re
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sdmodels.catalogue.experiments import Experiment, Experiments
from sdmodels.catalogue.explanation import explain
from sdmodels.catalogue.faults import Fault, refusal
from sdmodels.catalogue.manifest import Manifest
from sdmodels.errors import ManifestError

_POSITION = re.compile(r" \(at (?:line (?P<line>\d+), column \d+|end of document)\)$")


def read_manifest(path: Path) -> Manifest:
    """Read a ``model.toml``.

    Raises
    ------
    ManifestError
        If the file is missing or is not UTF-8, not TOML, or not what a manifest must say. The message
        has three lines: file and key, the evidence, the remedy.
    """
    document = _document(path, _text(path))
    try:
        manifest = Manifest.model_validate(document, by_alias=True, by_name=False)
    except ValidationError as error:
        raise refusal(path, explain(error, document, Manifest)) from None
    folder = path.absolute().parent.name
    if manifest.id != folder:
        fault = Fault(
            what="key 'id' at the top level is not the folder's name",
            evidence=f'id = "{manifest.id}" in the folder {folder}',
            remedy="Rename the folder, or write its name as the id.",
        )
        raise refusal(path, [fault])
    return manifest


def read_experiments(path: Path) -> tuple[Experiment, ...]:
    """Read an ``experiments.toml``; raise ManifestError as :func:`read_manifest` does."""
    document = _document(path, _text(path))
    try:
        return Experiments.model_validate(document, by_alias=True, by_name=False).experiments
    except ValidationError as error:
        raise refusal(path, explain(error, document, Experiments)) from None


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ManifestError(
            f"{path}: the manifest cannot be read.\n    {error.strerror}\n"
            "Check the path; the manifest of a model is the file model.toml in its folder."
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
