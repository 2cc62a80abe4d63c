"""How does a file come to be whole or not there at all?"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


@contextmanager
def whole(path: Path, encoding: str = "utf-8") -> Iterator[TextIO]:
    """Open a file under another name and rename it at the end; an interruption leaves nothing behind."""
    with replaced(path) as unfinished, unfinished.open("w", encoding=encoding, newline="") as file:
        yield file


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """Give the path of a file beside ``path``, for what writes to paths alone, and rename it at the end."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=path.suffix)
    os.close(handle)
    unfinished = Path(name)
    try:
        yield unfinished
        unfinished.chmod(0o644)
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
