"""How does a figure become a file?"""

import os
import tempfile
from pathlib import Path
from threading import Lock
from typing import Any, Final

import matplotlib
from matplotlib.figure import Figure

RESOLUTION: Final = 150
"""Of a PNG [pixel/inch]."""

_METADATA: Final[dict[str, dict[str, Any]]] = {".png": {"Software": None}, ".svg": {"Date": None}}
_ONE_AT_A_TIME: Final = Lock()
"""matplotlib takes the salt of the ids in an SVG from its global settings only."""


def save(figure: Figure, path: str | os.PathLike[str], *, title: str | None = None) -> Path:
    """Write a figure as PNG or SVG; the same figure gives the same bytes.

    The file appears whole or not at all: it is written under another name in the same folder, then renamed.

    Parameters
    ----------
    figure
        What to write.
    path
        Ends in ``.png`` or ``.svg``. Missing folders are made, an existing file is replaced.
    title
        What viewers and screen readers call the file; nothing of it is drawn.

    Returns
    -------
    Path
        Where the file is.

    Raises
    ------
    ValueError
        If the path has another ending.
    """
    target = Path(path)
    ending = target.suffix.lower()
    if ending not in _METADATA:
        raise ValueError(f"A figure is saved as .png or .svg, so '{target}' needs one of these endings.")
    target.parent.mkdir(parents=True, exist_ok=True)
    metadata = _METADATA[ending] | ({} if title is None else {"Title": title})
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".figure-") as folder:
        unfinished = Path(folder) / target.name
        with _ONE_AT_A_TIME, matplotlib.rc_context({"svg.hashsalt": "sdmodels", "svg.fonttype": "path"}):
            figure.savefig(unfinished, format=ending[1:], dpi=RESOLUTION, metadata=metadata)
        os.replace(unfinished, target)
    return target
