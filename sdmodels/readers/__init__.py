"""How does a model file become a Model?"""

from pathlib import Path

from sdmodels.errors import ModelFileError
from sdmodels.readers.translation import UnsupportedError
from sdmodels.readers.vensim import read_vensim
from sdmodels.readers.xmile import read_xmile
from sdmodels.structure.model import Model

__all__ = ["READABLE", "UnsupportedError", "read"]

READABLE = (".mdl", ".xmile", ".stmx", ".itmx", ".xml")


def read(path: Path) -> Model:
    """Read a model file.

    Parameters
    ----------
    path
        A Vensim model as text (``.mdl``), or an XMILE model (``.xmile``, ``.stmx``, ``.itmx``, ``.xml``).

    Raises
    ------
    ModelFileError
        If the file is missing, broken, of another kind, or uses what is not supported.
    """
    if path.suffix.lower() not in READABLE:
        raise ModelFileError(
            f"{path}: files that end in '{path.suffix}' cannot be read.\n"
            f"    Readable: {', '.join(READABLE)}\n"
            "Save the model in Vensim as text (.mdl), or as XMILE."
        )
    return read_vensim(path) if path.suffix.lower() == ".mdl" else read_xmile(path)
