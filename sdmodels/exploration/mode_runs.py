"""What are the curves of members over the values of a lever, and are their jumps sharp?"""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from sdmodels.catalogue import Entry
from sdmodels.engine.reductions import Reduction
from sdmodels.engine.trajectories import Floats, Progress
from sdmodels.errors import SimulationError
from sdmodels.experiment import Integration, evaluate
from sdmodels.exploration.classes import Classes, find_jumps
from sdmodels.exploration.mode_search import ModeSearch
from sdmodels.exploration.sample import MOST_RUNS, lever_policies, portions, shifted


def run_curves(
    entry: Entry,
    search: ModeSearch,
    sample: Mapping[str, Floats],
    *,
    values: Sequence[float],
    members: int,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Run every member at every value of the lever.

    Parameters
    ----------
    sample
        Inputs of the members, shape ``(members,)`` each [unit of each].
    values
        Of the lever, rising [its unit].

    Returns
    -------
    xarray.Dataset
        Dimensions ``(value, member)``: ``burden``, ``condition``, each initial value that is read, and
        ``status``.
    """
    policies = lever_policies(search.lever, values, search.begins)
    total = members * len(policies)
    parts = []
    for part, settings in portions(sample, members=members, runs_each=len(policies), most=MOST_RUNS):
        found = evaluate(
            entry,
            settings,
            outcomes=_reductions(entry, search),
            policy=policies,
            scenario=search.scenario,
            integration=Integration(final_time=search.horizon),
            progress=shifted(progress, done=part.start * len(policies), total=total),
        )
        shape = (len(policies), part.stop - part.start)
        status = found["status"].values.reshape(shape)
        numbers = (found[name].values.reshape(shape) for name in found.data_vars)
        parts.append([*(np.where(status == "ok", each, np.nan) for each in numbers), status])
    names = ("burden", "condition", *search.initial, "status")
    return xr.Dataset(
        {
            name: (("value", "member"), np.concatenate(each, axis=1))
            for name, each in zip(names, zip(*parts, strict=True), strict=True)
        }
    )


def _reductions(entry: Entry, search: ModeSearch) -> list[Reduction]:
    final = entry.model.time.final_time if search.horizon is None else search.horizon
    window = {"begins": final - search.window, "ends": final}
    return [
        Reduction(variable=search.burden, statistic="mean", **window),
        Reduction(variable=search.condition, statistic="mean", **window),
        *(Reduction(variable=name, statistic="initial") for name in search.initial),
    ]


def sharp_tips(
    entry: Entry,
    search: ModeSearch,
    sample: Mapping[str, Floats],
    classes: Classes,
    progress: Progress | None = None,
    before: int = 0,
) -> NDArray[np.bool_]:
    """Look at the step of each tip closer: a jump that is none of the grid remains in one part of it.

    Parameters
    ----------
    sample
        Inputs of the members that are in a class, shape ``(members,)`` each.
    progress
        Called with the runs done and the runs in all.
    before
        Runs that are done already.

    Returns
    -------
    numpy.ndarray
        Shape ``(members,)``; false for members without a tip, and for those that fail between the two values.
    """
    sharp = np.isfinite(classes.tip)
    if search.closer == 1:
        return sharp
    done, total = before, before + int(sharp.sum()) * (search.closer + 1)
    for low, high in pairwise(search.values):
        its = (classes.tip > low) & (classes.tip < high)
        if its.any():
            values = np.linspace(low, high, search.closer + 1)
            sharp[its] = _jumps(
                entry,
                search,
                {name: column[its] for name, column in sample.items()},
                values,
                int(its.sum()),
                shifted(progress, done=done, total=total),
            )
            done += int(its.sum()) * values.size
    return sharp


def _jumps(
    entry: Entry,
    search: ModeSearch,
    sample: Mapping[str, Floats],
    values: Floats,
    members: int,
    progress: Progress | None,
) -> NDArray[np.bool_]:
    try:
        raw = run_curves(entry, search, sample, values=values.tolist(), members=members, progress=progress)
    except SimulationError:  # not one of these members can be run between the two values
        return np.zeros(members, dtype=bool)
    fine = (raw["status"].values == "ok").all(axis=0)
    jumps = find_jumps(raw["burden"].values.T, raw["condition"].values.T, search.tolerances)
    return np.asarray(fine & jumps.any(axis=1))
