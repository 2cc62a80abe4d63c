"""Is the time step small beside the quickest thing that the model does?

References
----------
J. D. Sterman, Business Dynamics, 2000, appendix A: a time step of a quarter of the smallest time constant at
most. The time constants are the reciprocals of the sizes of the eigenvalues of the linearised model.
"""

import numpy as np
import xarray as xr

from sdmodels.catalogue import Text
from sdmodels.errors import SimulationError
from sdmodels.experiment import jacobian
from sdmodels.validation.finding import Finding, failed, not_run
from sdmodels.validation.runs import Runs

TITLE = Text(
    en="The time step is a quarter of the smallest time constant", zh="步长不超过最小时间常数的四分之一"
)
STEPS = 4.0
ROUNDING = 1e-9  # of the bound: a time constant of exactly four steps is enough
_CHECK = "time_constants"


def time_constants(runs: Runs) -> Finding:
    """Take the eigenvalues of the exact Jacobian along the base run and along one run that moves.

    Returns
    -------
    Finding
        ``measured`` is the smallest time constant, ``bound`` four time steps [the model's unit of time].
    """
    entry, time = runs.entry, runs.entry.model.time
    if not entry.model.stocks:
        return not_run(_CHECK, TITLE, "The model has no stock.")
    pairs = dict.fromkeys((str(run["policy"].item()), str(run["scenario"].item())) for run in _members(runs))
    try:
        found = [jacobian(entry, policy=policy, scenario=scenario) for policy, scenario in pairs]
    except SimulationError as error:
        return failed(_CHECK, TITLE, f"{entry.path}: the model cannot be linearised.\n    {error}")
    fastest = [_fastest(each) for each in found]
    rate, when = max(fastest)
    if rate <= 0:
        return not_run(_CHECK, TITLE, "No stock acts on a stock at any saved time.")
    smallest, bound = 1 / rate, STEPS * time.time_step
    policy, scenario = list(pairs)[fastest.index((rate, when))]
    fine = smallest >= bound * (1 - ROUNDING)
    evidence = (
        f"The smallest time constant is {smallest:.4g} {time.units} (at {when:g}; policy '{policy}', scenario "
        f"'{scenario}'), {smallest / time.time_step:.3g} time steps"
    )
    return Finding(
        check=_CHECK,
        title=TITLE,
        status="passed" if fine else "failed",
        message=f"{evidence}."
        if fine
        else f"{entry.path}: the time step is too long.\n    {evidence}; at least {STEPS:g} are needed.\n"
        f"Set TIME STEP to {smallest / STEPS:.3g} or less.",
        measured=smallest,
        bound=bound,
        unit=time.units,
    )


def _members(runs: Runs) -> list[xr.Dataset]:
    return [runs.courses.isel(member=0), runs.moving.isel(member=0)]


def _fastest(found: xr.DataArray) -> tuple[float, float]:
    """Return the size of the largest eigenvalue along a run, and when [1 / unit of time, unit of time]."""
    matrices = found.isel(member=0).transpose("time", "net_flow_of", "by").values
    sizes = np.abs(np.linalg.eigvals(matrices)).max(axis=1, initial=0.0)
    index = int(np.argmax(sizes))
    return float(sizes[index]), float(found["time"].values[index])
