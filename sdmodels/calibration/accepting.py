"""How does a calibration become the accepted one, and does another come to it again?"""

import importlib.metadata
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from sdmodels.calibration.accepted import (
    ACCEPTED,
    POSTERIOR,
    Accepted,
    AcceptedObservation,
    AcceptedParameter,
)
from sdmodels.calibration.calibrating import Calibration
from sdmodels.errors import CalibrationError
from sdmodels.whole import whole

# Draws that are kept for whoever simulates with the posterior.
KEPT = 1000
# Of a posterior standard deviation, between the medians of two calibrations: ten times the error of a median over
# 1,000 independent draws, so that fewer draws, another machine or another seed pass.
TOLERANCE = 0.4


def accept(calibration: Calibration) -> tuple[Path, Path]:
    """Write a calibration into the folder of its case, as the accepted one, with draws of its posterior.

    Raises
    ------
    CalibrationError
        If the sample does not suffice.
    """
    convergence = calibration.sample.convergence
    if not convergence.suffices:
        raise CalibrationError(
            f"The calibration of '{calibration.case.id}' does not suffice to be accepted.\n"
            f"    R-hat up to {convergence.rhat.max():.3f}, effective draws from {convergence.bulk.min():.0f}\n"
            "Ask for more populations or walkers."
        )
    folder = calibration.case.folder
    with whole(folder / ACCEPTED) as file:
        file.writelines(f"{line}\n" for line in _lines(calibration))
    scores = calibration.sample.some(KEPT, seed=calibration.effort.seed)
    draws = pd.DataFrame(
        calibration.case.space.values_of(scores).T, columns=list(calibration.case.space.names)
    )
    with whole(folder / POSTERIOR) as file:
        draws.to_csv(file, index=False, float_format="%.8g", lineterminator="\n")
    return folder / ACCEPTED, folder / POSTERIOR


def _lines(calibration: Calibration) -> Iterable[str]:
    yield f"# Written by: sdmodels calibrate {calibration.case.id} --accept"
    yield f'model_hash = "{calibration.case.model.model.content_hash}"'
    yield f"loss = {calibration.search.losses[0]:.8g}"
    yield f"log_evidence = {calibration.sample.log_evidence.mean():.6g}"
    yield f"tolerance = {TOLERANCE:g}"
    packages = ("sdmodels", "numpy", "scipy", "emcee", "pypesto", "llvmlite")
    versions = ", ".join(f'"{name} {importlib.metadata.version(name)}"' for name in packages)
    yield f"versions = [{versions}]"
    yield "\n[effort]"
    yield from (f"{key} = {value}" for key, value in calibration.effort.model_dump().items())
    for fit in calibration.fits:
        yield "\n[[observation]]"
        yield f'observable = "{fit.observation.observable.id}"'
        yield f'time = "{fit.observation.when}"'
        yield from (f"{key} = {getattr(fit, key):.8g}" for key in ("median", "low", "high"))
    for judgement in calibration.judgements:
        yield "\n[[parameter]]"
        yield f'id = "{judgement.id}"'
        yield f'verdict = "{judgement.verdict}"'
        yield from (f"{key} = {getattr(judgement, key):.8g}" for key in ("median", "low", "high"))


def differences(calibration: Calibration, accepted: Accepted) -> tuple[str, ...]:
    """Return in words where a calibration comes to something else than the accepted one; empty if nowhere."""
    found = []
    own = {(fit.observation.observable.id, fit.observation.when): fit.median for fit in calibration.fits}
    for row in accepted.observations:
        found += _difference(
            f"{row.observable} {row.time}", row, own.get((row.observable, row.time)), accepted.tolerance
        )
    medians = {judgement.id: judgement.median for judgement in calibration.judgements}
    for parameter in accepted.parameters:
        found += _difference(parameter.id, parameter, medians.get(parameter.id), accepted.tolerance)
    return tuple(found)


def _difference(
    name: str, row: AcceptedObservation | AcceptedParameter, median: float | None, tolerance: float
) -> list[str]:
    if median is None:
        return [f"{name} is not there any more"]
    # The middle 90 % of a normal distribution are 3.29 standard deviations wide.
    allowed = tolerance * (row.high - row.low) / 3.29
    if abs(median - row.median) <= allowed:
        return []
    return [f"{name} is {median:.6g}, accepted is {row.median:.6g} within {allowed:.3g}"]
