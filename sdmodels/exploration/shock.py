"""How big a shock does the system stand, and how long does it take to recover?"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from sdmodels.catalogue import Change, Entry, Scenario, Text
from sdmodels.engine.trajectories import Floats, Progress
from sdmodels.errors import InputError
from sdmodels.experiment import Integration, ModelLike, as_entry, simulate
from sdmodels.experiment.sampling import Sampling
from sdmodels.experiment.settings import find_input
from sdmodels.exploration.sample import lever_policies, portions, sample_of, shifted
from sdmodels.exploration.shock_tables import largest_survived, recovered, recovery_times
from sdmodels.structure.subscripts import find_scalar, variable_of

_MOST_NUMBERS = 2**24
"""Saved values that are held at once: 0.13 GB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShockSearch:
    """A grid of a lever's values and of shocks: a constant is multiplied for a while.

    Attributes
    ----------
    lever, values
        A constant and its values, rising [unit of the lever].
    begins
        When the lever jumps to the value; ``None`` for before the run [the model's unit of time].
    constant, sizes
        What the shock multiplies, and by how much: rising, above 1 [dimensionless].
    shock_begins, shock_lasts
        When the shock comes, after the lever's jump has settled, and for how long [the model's unit of time].
    burden, condition
        What is better low, and what is 1 while sound.
    horizon
        Final time of the runs; the model's own if ``None`` [the model's unit of time].
    tolerance
        A member recovers if its condition at the end is nearer than this to that of its own run without a
        shock [dimensionless]...
    bound
        ... and if that run is sound, which is a condition of at least this: what is lost without a shock stands
        none [dimensionless].
    near
        The burden is back where it stays within this share of the run without a shock [dimensionless].
    scenario
        What holds in every run; the shock acts on top of it.
    """

    lever: str
    values: tuple[float, ...]
    constant: str
    sizes: tuple[float, ...]
    shock_begins: float
    burden: str
    condition: str
    shock_lasts: float = 8.0
    begins: float | None = None
    horizon: float | None = None
    tolerance: float = 0.05
    bound: float = 0.9
    near: float = 0.05
    members: int = 256
    seed: int = 0
    sampling: Sampling = "sobol"
    scenario: str | Scenario = "normal"

    def __post_init__(self) -> None:
        if min(self.tolerance, self.near, self.shock_lasts) <= 0 or not 0 < self.bound <= 1:
            raise ValueError(
                f"tolerance ({self.tolerance:g}), near ({self.near:g}) and shock_lasts ({self.shock_lasts:g}) "
                f"must be above 0, and bound ({self.bound:g}) above 0 and at most 1."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shocks:
    """What each member stands.

    Attributes
    ----------
    runs
        Dimensions ``(member, value)``: ``sound`` and ``failed_without`` (of the run without a shock) and
        ``largest`` (the largest shock that is survived with all smaller ones: 1 if none is, not-a-number if a
        run that decides failed). Dimensions ``(member, value, size)``: ``recovers``, ``failed`` (either the run
        or the one without a shock), and ``recovery_time``, from the end of the shock
        until the burden is back for good [the model's unit of time], infinite if it is not by the horizon,
        not-a-number if the member failed or is lost without a shock.
    shares
        Columns ``value, size, members, recovers, failed, share, low, high``: of the members that did not fail,
        the share that recovers, with Wilson's 95 % interval. A size of 1 has the share that is sound without
        any shock.
    times
        Columns ``value, size, members, back, median, low, high, unit``: recovery times over the members that
        are sound without a shock; those that never recover count as infinite, so a median is infinite where
        most do not. ``back`` is how many do.
    largest
        Columns ``value, members, median, low, high``: the largest shock survived.
    """

    entry: Entry
    search: ShockSearch
    runs: xr.Dataset
    shares: pd.DataFrame
    times: pd.DataFrame
    largest: pd.DataFrame

    @property
    def failed(self) -> int:
        """How many members failed in at least one run."""
        return int(self.runs["failed"].any(("value", "size")).sum())


def find_shocks(model: ModelLike, search: ShockSearch, *, progress: Progress | None = None) -> Shocks:
    """Run every member under every value of the lever and every shock, and without one.

    Parameters
    ----------
    progress
        Called with the runs done and the runs in all.

    Raises
    ------
    UnknownNameError
        If there is no such lever, constant or variable.
    InputError
        If values or sizes do not rise, the constant is the lever, or the shock is over after the horizon.
    SimulationError
        If no member stays finite.
    """
    entry = as_entry(model)
    final = entry.model.time.final_time if search.horizon is None else search.horizon
    _check(entry, search, final)
    sample = sample_of(
        entry, members=search.members, seed=search.seed, sampling=search.sampling, lever=search.lever
    )
    time = entry.model.time
    runs_each = len(search.values) * (len(search.sizes) + 1)
    room = max(_MOST_NUMBERS // int(2 * (final - time.initial_time) / time.saved_every + 2), runs_each)
    found = [
        _run(entry, search, settings, part, progress)
        for part, settings in portions(sample, members=search.members, runs_each=runs_each, most=room)
    ]
    runs = xr.concat(found, "member") if len(found) > 1 else found[0]
    inputs = {
        name: ("member", values, {"units": entry.model[variable_of(name)].units})
        for name, values in sample.items()
    }
    runs = runs.assign_coords(inputs)
    return Shocks(
        entry=entry,
        search=search,
        runs=runs,
        shares=recovered(runs),
        times=recovery_times(runs, time.units),
        largest=largest_survived(runs),
    )


def _check(entry: Entry, search: ShockSearch, final: float) -> None:
    sizes = search.sizes
    if not sizes or sizes[0] <= 1 or (np.diff(sizes) <= 0).any():
        raise InputError(
            f"The sizes of the shock do not rise from above 1.\n    {', '.join(f'{size:g}' for size in sizes)}\n"
            "Give multiples of the constant, the smallest first; no shock is run anyway."
        )
    if find_input(entry, search.lever) == find_input(entry, search.constant):
        raise InputError(
            f"'{search.lever}' is both the lever and what the shock multiplies.\n"
            "    The lever would undo the shock.\nChoose another constant for the shock."
        )
    if search.begins is not None and search.begins > search.shock_begins:
        raise InputError(
            f"The shock at {search.shock_begins:g} comes before the lever's jump at {search.begins:g}.\n"
            "    It is the system after the jump that is tested.\nLet the shock begin later."
        )
    if search.shock_begins + search.shock_lasts >= final:
        raise InputError(
            f"The shock from {search.shock_begins:g} to {search.shock_begins + search.shock_lasts:g} "
            f"is not over by the end of the run.\n    The run ends at {final:g}.\n"
            "Give a later horizon, so that there is time to recover."
        )


def _scenarios(entry: Entry, search: ShockSearch) -> list[Scenario]:
    base = search.scenario if isinstance(search.scenario, Scenario) else entry.scenario(search.scenario)
    shock = partial(Change, name=search.constant, begins=search.shock_begins)
    ends = search.shock_begins + search.shock_lasts
    return [
        base,
        *(
            Scenario(
                id=f"shock_{number}",
                title=Text(en=f"{search.constant} times {size:g}", zh=f"{search.constant} × {size:g}"),
                meaning=Text(en="One shock of a grid", zh="冲击网格中的一个"),
                changes=(*base.changes, shock(factor=size, ends=ends)),
            )
            for number, size in enumerate(search.sizes)
        ),
    ]


def _run(
    entry: Entry, search: ShockSearch, settings: Mapping[str, Floats], part: slice, progress: Progress | None
) -> xr.Dataset:
    """Run a portion of the members, and keep what became of each."""
    policies, scenarios = (
        lever_policies(search.lever, search.values, search.begins),
        _scenarios(entry, search),
    )
    runs_each = len(policies) * len(scenarios)
    behaviour = simulate(
        entry,
        settings,
        policy=policies,
        scenario=scenarios,
        outputs=list(dict.fromkeys((search.burden, search.condition))),
        integration=Integration(final_time=search.horizon),
        progress=shifted(progress, done=part.start * runs_each, total=search.members * runs_each),
    )
    shape = (len(scenarios), len(policies), part.stop - part.start)
    burden, condition = (
        behaviour[find_scalar(entry.model, name)].values.reshape(*shape, -1)
        for name in (search.burden, search.condition)
    )
    failed = (behaviour["status"].values != "ok").reshape(shape)
    return _judged(search, behaviour["time"].values, burden, condition[..., -1], failed)


def _judged(
    search: ShockSearch, times: Floats, burden: Floats, final: Floats, failed: NDArray[np.bool_]
) -> xr.Dataset:
    """Return what became of each run.

    Parameters
    ----------
    burden
        Shape ``(1 + sizes, values, members, times)``; the first is without a shock.
    final, failed
        Condition at the end, and whether the run failed, shape ``(1 + sizes, values, members)``.
    """
    sound = (final[0] >= search.bound) & ~failed[0]
    lost = failed[1:] | failed[0]
    recovers = sound & (np.abs(final[1:] - final[0]) <= search.tolerance) & ~lost
    far = np.abs(burden[1:] - burden[0]) > search.near * np.abs(burden[0])
    ends = search.shock_begins + search.shock_lasts
    # The first saved time after the last one at which the burden was far from the run without a shock.
    last_far = np.where(far.any(axis=-1), times.size - 1 - np.argmax(far[..., ::-1], axis=-1), -1)
    back = np.append(times, np.inf)[last_far + 1]
    waited = np.where(lost | ~sound, np.nan, np.maximum(back - ends, 0.0))
    survived = np.logical_and.accumulate(recovers, axis=0).sum(axis=0)
    # A failed run decides if it is the first that is not survived.
    undecided = failed[0] | lost[np.minimum(survived, len(lost) - 1), *np.indices(sound.shape)]
    largest = np.array([1.0, *search.sizes])[survived]
    return xr.Dataset(
        {
            "sound": (("member", "value"), sound.T),
            "failed_without": (("member", "value"), failed[0].T),
            "largest": (("member", "value"), np.where(undecided, np.nan, largest).T),
            "recovers": (("member", "value", "size"), recovers.transpose(2, 1, 0)),
            "failed": (("member", "value", "size"), lost.transpose(2, 1, 0)),
            "recovery_time": (("member", "value", "size"), waited.transpose(2, 1, 0)),
        },
        coords={"value": ("value", np.array(search.values)), "size": ("size", np.array(search.sizes))},
    )
