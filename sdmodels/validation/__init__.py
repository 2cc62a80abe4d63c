"""Can the model be trusted? Units, documentation, integration, equilibrium, loops, extreme conditions."""

from sdmodels.validation.balance import equilibrium, stocks
from sdmodels.validation.battery import check
from sdmodels.validation.finding import Finding
from sdmodels.validation.loops import loops
from sdmodels.validation.numerics import euler_rk4, time_step
from sdmodels.validation.reality import reality
from sdmodels.validation.runs import Runs, shared_runs
from sdmodels.validation.structure_checks import documentation, unused
from sdmodels.validation.units import UnitIssue, check_units, units

__all__ = [
    "Finding",
    "Runs",
    "UnitIssue",
    "check",
    "check_units",
    "documentation",
    "equilibrium",
    "euler_rk4",
    "loops",
    "reality",
    "shared_runs",
    "stocks",
    "time_step",
    "units",
    "unused",
]
