"""Which runs do the checks share?"""

from dataclasses import dataclass

import numpy as np
import xarray as xr

from sdmodels.catalogue import Entry, Text
from sdmodels.experiment import Integration, simulate, visible
from sdmodels.structure.model import Stock
from sdmodels.structure.subscripts import variable_of
from sdmodels.validation.finding import Finding

FINITE = Text(en="Every run stays finite", zh="每次运行的数值始终有限")

HORIZON = 52.0  # units of time over which every step is looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """What the model does by itself, under its policies, and in its scenarios.

    Attributes
    ----------
    courses
        Every policy in every scenario, the base run first; all variables at the saved times.
    close
        The base run over its first 52 units of time; all variables at every time step.
    moving
        The last policy in the last scenario that stays finite; all variables at every time step. A base run
        in equilibrium has no changes on which to check anything.
    """

    entry: Entry
    courses: xr.Dataset
    close: xr.Dataset
    moving: xr.Dataset


def every_step(entry: Entry) -> Integration:
    """Return the model's own integration, with every time step saved."""
    return Integration(save_period=entry.model.time.time_step)


def shared_runs(entry: Entry) -> Runs:
    """Run what several checks look at.

    Raises
    ------
    SimulationError
        If the base run does not stay finite.
    """
    time = entry.model.time
    near = Integration(
        final_time=min(time.final_time, time.initial_time + HORIZON), save_period=time.time_step
    )
    close = simulate(entry, integration=near)
    courses = simulate(entry, policy=entry.policies, scenario=entry.scenarios)
    if courses["status"].values[0] != "ok":
        # Policies mended the run; by itself it fails, and says so.
        courses = simulate(entry)
    last = int(np.flatnonzero(courses["status"].values == "ok")[-1])
    moving = simulate(
        entry,
        policy=str(courses["policy"].values[last]),
        scenario=str(courses["scenario"].values[last]),
        integration=every_step(entry),
    )
    return Runs(entry=entry, courses=courses, close=close, moving=moving)


def finite(runs: Runs) -> Finding:
    """Look for policies and scenarios under which a run leaves the finite numbers."""
    courses = runs.courses
    lost = np.flatnonzero(courses["status"].values != "ok")
    listed = "\n    ".join(
        f"{run_of(courses, int(member))}: {courses['status'].values[member]}." for member in lost
    )
    return Finding(
        check="finite",
        title=FINITE,
        status="failed" if lost.size else "passed",
        message=f"{runs.entry.path}: {lost.size} of {courses.sizes['member']} runs do not stay finite.\n"
        f"    {listed}\nLook for a division by zero or a stock that grows without bound."
        if lost.size
        else f"All {courses.sizes['member']} runs (policies and scenarios) stay finite.",
        measured=float(lost.size),
        bound=0.0,
    )


def run_of(courses: xr.Dataset, member: int) -> str:
    """Return which run a member is, for messages."""
    policy, scenario = (str(courses[name].values[member]) for name in ("policy", "scenario"))
    return f"policy '{policy}', scenario '{scenario}'"


def stock_names(entry: Entry) -> tuple[str, ...]:
    """Return the stocks, subscripts written out."""
    model = entry.model
    return tuple(name for name in visible(model) if isinstance(model[variable_of(name)], Stock))
