"""How is said what is wrong in a case: file and place, the evidence, what to do?"""

from pathlib import Path

from sdmodels.errors import CalibrationError, SDModelsError


def fault(path: Path, what: str, evidence: str, remedy: str) -> CalibrationError:
    """Return the error in three lines."""
    return CalibrationError(f"{path}: {what}.\n    {evidence}\n{remedy}")


def at(path: Path, where: str, error: SDModelsError) -> CalibrationError:
    """Return an error of the model as one of the file that names it."""
    message = str(error)
    if message.startswith(str(path)):
        return CalibrationError(message)
    return CalibrationError(f"{path}: {where}: {message}")
