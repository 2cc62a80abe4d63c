"""Where do the models and the cases lie on this computer?"""

from pathlib import Path
from typing import Literal

from sdmodels.errors import ModelFileError


def data_folder(topic: Literal["models", "calibration"]) -> Path:
    """Return the folder that holds one subfolder a model, or one a case.

    An installed wheel carries the data inside the package; a checkout and an editable install have
    them beside it.

    Raises
    ------
    ModelFileError
        If there is neither; the message names both places.
    """
    package = Path(__file__).resolve().parents[1]
    installed = package / "data" / topic
    checkout = package.parent / topic
    if installed.is_dir():
        return installed
    if checkout.is_dir() and (package.parent / "pyproject.toml").is_file():
        return checkout
    raise ModelFileError(
        f"{package}: the folder '{topic}' of this installation is missing.\n"
        f"    Neither {installed} nor {checkout} (with a pyproject.toml beside it) exists.\n"
        "Install sdmodels again, or run it from a complete checkout."
    )
