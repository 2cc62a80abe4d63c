"""Can the model be trusted? Units, documentation, conservation, integration, equilibrium, loops, extremes."""

from sdmodels.validation.balance import equilibrium, stocks
from sdmodels.validation.battery import check
from sdmodels.validation.conservation import conservation
from sdmodels.validation.finding import Finding
from sdmodels.validation.knock_outs import knock_outs
from sdmodels.validation.lookups import tables
from sdmodels.validation.loops import loops
from sdmodels.validation.mutants import Mutant, MutationRun, mutate
from sdmodels.validation.numerics import euler_rk4, time_step
from sdmodels.validation.random_members import random_members
from sdmodels.validation.reality import reality
from sdmodels.validation.runs import Runs, shared_runs
from sdmodels.validation.structure_checks import documentation, rule_of_three, unused
from sdmodels.validation.time_constants import time_constants
from sdmodels.validation.units import UnitIssue, check_units, units

__all__ = [
    "Finding",
    "Mutant",
    "MutationRun",
    "Runs",
    "UnitIssue",
    "check",
    "check_units",
    "conservation",
    "documentation",
    "equilibrium",
    "euler_rk4",
    "knock_outs",
    "loops",
    "mutate",
    "random_members",
    "reality",
    "rule_of_three",
    "shared_runs",
    "stocks",
    "tables",
    "time_constants",
    "time_step",
    "units",
    "unused",
]
