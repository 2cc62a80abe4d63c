"""Was a file with these bytes read before, and what came of it?

An entry is a compressed JSON document in the user's cache folder. Its name is a hash of the file's bytes and
ending, the model's name, and the code that reads: whatever changes one of these finds no entry. An entry that
is not exactly what :func:`keep` writes is read anew, never trusted; a folder that cannot be used is no error.
"""

import gzip
import hashlib
import importlib.metadata
import json
import os
import re
import tempfile
import zlib
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Final

import platformdirs

from sdmodels.errors import SDModelsError
from sdmodels.structure.model import Model
from sdmodels.structure.serialisation import canonical, from_data, to_data

VARIABLE: Final = "SDMODELS_CACHE"
"""Environment variable: another folder for the cache; empty, there is none."""

MOST_ENTRIES: Final = 200
MOST_BYTES: Final = 256 * 2**20
"""Of the JSON in one entry; more is not ours."""

_PREFIX: Final = "model-"
_SUFFIX: Final = ".json.gz"
# What makes a model depend on further files: their bytes are not in the model's own.
_OTHER_FILES: Final = re.compile(
    rb"GET(?:\s|\\|_|\{[^}]*\})*(?:XLS|DIRECT|123|VDF|ODBC)|\.xlsx?\b|\.csv\b|\.vdfx?\b"
    rb"|<(?:\w+:)?(?:import|include)\b|\bresource\s*=",
    re.IGNORECASE,
)


def find(path: Path) -> Model | None:
    """Return the model that was read from the same bytes before, as read from ``path``; None if there is none."""
    folder = _folder()
    if folder is None:
        return None
    try:
        content = path.read_bytes()
        if _OTHER_FILES.search(content):
            return None
        entry = folder / _entry_name(content, path)
        model = _opened(entry, hashlib.sha256(content).hexdigest())
    # A file that is missing is the reader's to report; an entry that is not whole is made anew.
    except (OSError, EOFError, zlib.error, ValueError, RecursionError, SDModelsError):
        return None
    _mark_used(entry)
    return replace(model, source=path)


def keep(model: Model) -> None:
    """Write what was read from ``model.source``, if it comes back equal and the folder can be used."""
    folder = _folder()
    if folder is None or model.source is None:
        return
    try:
        content = model.source.read_bytes()
        of_these_bytes = hashlib.sha256(content).hexdigest() == model.content_hash
        if not of_these_bytes or _OTHER_FILES.search(content):
            return
        packed = _packed(model)
        if _unpacked(packed) != replace(model, source=None):
            return
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / _entry_name(content, model.source), packed)
        _drop_oldest(folder)
    except (OSError, ValueError, RecursionError, SDModelsError):
        return


def _folder() -> Path | None:
    chosen = os.environ.get(VARIABLE)
    if chosen is None:
        return platformdirs.user_cache_path("sdmodels", appauthor=False)
    return Path(chosen) if chosen.strip() else None


def _entry_name(content: bytes, path: Path) -> str:
    parts = (hashlib.sha256(content).hexdigest(), path.suffix.lower(), path.stem, _code())
    return f"{_PREFIX}{hashlib.sha256(canonical(parts)).hexdigest()}{_SUFFIX}"


@lru_cache(maxsize=1)
def _code() -> str:
    """Return a hash of all code that decides what a file is read as.

    A version written by hand would be forgotten once, and then an old reading would pass for a new one.
    """
    package = Path(__file__).parents[1]
    files = sorted([*(package / "readers").glob("*.py"), *(package / "structure").glob("*.py")])
    if not files:
        raise FileNotFoundError(f"{package}: the code cannot be read")
    digest = hashlib.sha256(importlib.metadata.version("pysd").encode())
    for file in files:
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _packed(model: Model) -> bytes:
    payload = canonical(to_data(replace(model, source=None)))
    checksum = hashlib.sha256(payload).hexdigest().encode()
    return gzip.compress(checksum + b"\n" + payload, compresslevel=6, mtime=0)


def _unpacked(packed: bytes) -> Model:
    """Return the model of an entry; raise ValueError or SDModelsError if it is not whole."""
    unpacking = zlib.decompressobj(wbits=31)
    text = unpacking.decompress(packed, MOST_BYTES)
    if not unpacking.eof or unpacking.unused_data:
        raise ValueError("an entry of the cache ends too early or too late")
    checksum, _, payload = text.partition(b"\n")
    if hashlib.sha256(payload).hexdigest().encode() != checksum:
        raise ValueError("an entry of the cache does not have its own checksum")
    return from_data(json.loads(payload))


def _opened(entry: Path, content_hash: str) -> Model:
    model = _unpacked(entry.read_bytes())
    if model.content_hash != content_hash or model.source is not None:
        raise ValueError("an entry of the cache is of another file")
    return model


def _write(entry: Path, packed: bytes) -> None:
    """Write under another name and rename: two processes that write at once leave one whole entry."""
    handle, name = tempfile.mkstemp(dir=entry.parent, prefix=_PREFIX, suffix=f".unfinished{_SUFFIX}")
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(packed)
        os.replace(unfinished, entry)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def _mark_used(entry: Path) -> None:
    try:
        os.utime(entry)
    except OSError:
        return


def _drop_oldest(folder: Path) -> None:
    """Delete the entries that were not used for longest, beyond :data:`MOST_ENTRIES`."""

    def last_used(entry: Path) -> float:
        try:
            return entry.stat().st_mtime
        except OSError:
            # Another process was faster.
            return 0.0

    entries = sorted(folder.glob(f"{_PREFIX}*{_SUFFIX}"), key=last_used)
    for entry in entries[:-MOST_ENTRIES]:
        entry.unlink(missing_ok=True)
