"""Which result of a case is accepted, and how does an ensemble draw from it?"""

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from pydantic import Field

from sdmodels.calibration.tables import AtLeastOne, Effort, Verdict
from sdmodels.catalogue import Entry, data_folder
from sdmodels.catalogue.reading import read_table
from sdmodels.catalogue.tables import Many, Table, Words
from sdmodels.engine.trajectories import Floats
from sdmodels.errors import CalibrationError

ACCEPTED: Final = "accepted.toml"
POSTERIOR: Final = "posterior.csv"


class AcceptedObservation(Table):
    """What the posterior said of an observation [its unit]."""

    observable: Words
    time: Words
    median: float
    low: float
    high: float


class AcceptedParameter(Table):
    """What the posterior said of a parameter [its unit], and the verdict."""

    id: Words
    verdict: Verdict
    median: float
    low: float
    high: float


class Accepted(Table):
    """An accepted result.

    Attributes
    ----------
    model_hash
        SHA-256 of the model file that was calibrated.
    loss
        Minus the logarithm of the posterior density at the best optimum.
    log_evidence
        The logarithm of the mean likelihood over the prior.
    tolerance
        Between medians, in posterior standard deviations.
    versions
        What it was made with.
    """

    effort: Effort
    model_hash: Words
    loss: float
    log_evidence: float
    tolerance: float = Field(gt=0)
    versions: Many[Words]
    observations: AtLeastOne[AcceptedObservation] = Field(validation_alias="observation")
    parameters: AtLeastOne[AcceptedParameter] = Field(validation_alias="parameter")


def read_accepted(folder: Path) -> Accepted:
    """Read the accepted result of a case; raise ManifestError if there is none or it is broken."""
    remedy = f"the accepted result of a case is the file {ACCEPTED} in its folder; --accept writes it"
    return read_table(folder / ACCEPTED, Accepted, remedy)


def posterior_settings(entry: Entry, case: str, *, members: int, seed: int) -> dict[str, Floats]:
    """Return settings that draw the members of an ensemble from the accepted posterior of a case.

    Parameters
    ----------
    entry
        The model that is simulated: the one that was calibrated.
    case
        An id of the catalogue.
    members
        Up to 1,000 are different ones.

    Returns
    -------
    dict
        By name of a constant or slope, shape ``(members,)`` [unit of each]. What the case knows of its own course,
        such as how access grew, is not among them.

    Raises
    ------
    CalibrationError
        If nothing is accepted, or for another model.
    """
    folder = data_folder("calibration") / case
    accepted = read_accepted(folder)
    if accepted.model_hash != entry.model.content_hash:
        raise CalibrationError(
            f"{entry.path}: the model is not the one that the case '{case}' was calibrated with.\n"
            f"    the accepted posterior is of another model file, or of an older one: {folder / ACCEPTED}\n"
            f"Run `sdmodels calibrate {case} --accept`, or do without the posterior (`study --draws ranges`)."
        )
    draws = _draws(folder, case)
    random = np.random.default_rng(seed)
    chosen = random.permutation(len(draws))[:members]
    if members > len(draws):
        chosen = random.integers(len(draws), size=members)
    return {name: draws[name].to_numpy()[chosen] for name in map(str, draws) if name in entry.model}


def _draws(folder: Path, case: str) -> pd.DataFrame:
    """Return the accepted draws: a column a parameter, by the name of what it sets or by its id."""
    path = folder / POSTERIOR
    if not path.is_file():
        raise CalibrationError(
            f"{path}: there are no draws of the accepted posterior.\n    the file is missing\n"
            f"Run `sdmodels calibrate {case} --accept`."
        )
    return pd.read_csv(path)
