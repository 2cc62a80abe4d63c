"""How does a model file become a Model?"""

import importlib
import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, cast

from sdmodels.errors import ModelFileError, UnsupportedError
from sdmodels.readers import cache
from sdmodels.readers.bounds import refuse_too_many_scalars
from sdmodels.readers.sketch import read_views
from sdmodels.structure.model import Model

__all__ = ["READABLE", "UnsupportedError", "read", "read_views"]

# By ending: the module of a reader and its function.
_READERS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        ".mdl": ("sdmodels.readers.vensim", "read_vensim"),
        **dict.fromkeys((".xmile", ".stmx", ".itmx", ".xml"), ("sdmodels.readers.xmile", "read_xmile")),
    }
)

READABLE = tuple(_READERS)


def read(path: str | os.PathLike[str], *, keep: bool = True) -> Model:
    """Read a model file, or take what was read from the same bytes before.

    Parameters
    ----------
    path
        A Vensim model as text (``.mdl``), or an XMILE model (``.xmile``, ``.stmx``, ``.itmx``, ``.xml``).
    keep
        Whether what is read is kept for the next time; not so for a file that is read once.

    Raises
    ------
    ModelFileError
        If the file is missing, broken, of another kind, or uses what is not supported.
    """
    path = Path(path)
    if path.exists() and not path.is_file():
        raise _no_regular_file(path)
    ending = path.suffix.lower()
    if ending not in _READERS:
        raise ModelFileError(
            f"{path}: files that end in '{path.suffix}' cannot be read.\n"
            f"    Readable: {', '.join(READABLE)}\n"
            "Save the model in Vensim as text (.mdl), or as XMILE."
        )
    known = cache.find(path)
    if known is not None:
        return known
    model = _read_anew(path, *_READERS[ending])
    refuse_too_many_scalars(model)
    if keep:
        cache.keep(model)
    return model


def _no_regular_file(path: Path) -> ModelFileError:
    """Return the error for what must not even be opened: a pipe would be waited for without end."""
    kinds = {"a folder": path.is_dir(), "a named pipe": path.is_fifo(), "a socket": path.is_socket()}
    kind = next((name for name, is_it in kinds.items() if is_it), "a device")
    return ModelFileError(
        f"{path}: the model file cannot be read.\n    It is {kind}, no regular file.\n"
        "Save the model in a file, and write its path."
    )


def _read_anew(path: Path, module: str, function: str) -> Model:
    # Imported when a file is read: PySD, pandas and parsimonious take longer to import than a run takes,
    # and a model that was read before needs none of them.
    return cast("Model", getattr(importlib.import_module(module), function)(path))
