"""Does a system come back where it left, when a lever goes slowly up and down again?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from sdmodels.catalogue import Arm, Bound, Change, Entry, Ramp, Text, begin_of
from sdmodels.engine.trajectories import Progress
from sdmodels.experiment import simulate
from sdmodels.exploration.arms import policy_of, span_of
from sdmodels.exploration.findings import Finding, Floats
from sdmodels.exploration.result import COLUMNS, ExperimentResult, Truths, draws_of, is_past, quantile_rows
from sdmodels.structure.model import TimeSpec
from sdmodels.structure.subscripts import find_scalar, variable_of

Members: TypeAlias = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """The way of the lever: its values and the branch at each time, shape ``(time,)``."""

    levers: Floats
    down: Truths
    rises: bool


def run_ramp(
    entry: Entry, ramp: Ramp, *, members: int, seed: int, progress: Progress | None = None
) -> ExperimentResult:
    """Run a lever up and down.

    Returns
    -------
    ExperimentResult
        Its data have the dimensions ``(member, time)``, from when the lever starts to move until it is back; along
        ``time`` the coordinates ``lever`` and ``branch`` (``up``, which holds the time at the peak, and ``down``).
    """
    arm = Arm(id=ramp.id, title=Text(en="Ramp", zh="升降"))
    lever = find_scalar(entry.model, ramp.lever)
    names = [find_scalar(entry.model, name) for name in _names(ramp)]
    behaviour = simulate(
        entry,
        policy=policy_of(entry, ramp, arm, _changes(ramp, entry.model.time)),
        members=members,
        seed=seed,
        outputs=list(dict.fromkeys([*names, lever])),
        integration=span_of(entry, ramp),
        within_bounds=False,
        progress=progress,
    )
    ok = behaviour["status"].values == "ok"
    data = _moving(behaviour, ramp, names, lever, entry.model.time)
    findings = _findings(entry, ramp, arm, data.isel(member=np.flatnonzero(ok)))
    return ExperimentResult(
        entry=entry,
        experiment=ramp,
        members=members,
        seed=seed,
        data=data.assign_coords(draws_of(entry, behaviour, members)),
        numbers=_numbers(data, lever, np.flatnonzero(ok)[tipping_members(findings)]),
        findings=findings,
        runs=ok.size,
        failed=int((~ok).sum()),
    )


def _names(ramp: Ramp) -> list[str]:
    return [*ramp.variables, *([] if ramp.tip is None else [ramp.tip.variable])]


def _changes(ramp: Ramp, time: TimeSpec) -> list[Change]:
    begins = begin_of(ramp, time)
    turns = begins + ramp.up + ramp.hold
    return [
        Change(name=ramp.lever, value=ramp.start),
        Change(name=ramp.lever, value=ramp.peak, begins=begins, over=ramp.up),
        Change(name=ramp.lever, value=ramp.start, begins=turns, over=ramp.down),
    ]


def _moving(behaviour: xr.Dataset, ramp: Ramp, names: list[str], lever: str, time: TimeSpec) -> xr.Dataset:
    """Return the runs while the lever moves, with lever and branch at each time."""
    begins = begin_of(ramp, time)
    turns = begins + ramp.up + ramp.hold
    times = behaviour["time"].values
    near = 1e-6 * time.time_step
    moving = behaviour.isel(
        time=np.flatnonzero((times >= begins - near) & (times <= turns + ramp.down + near))
    )
    branch = np.where(moving["time"].values <= turns + near, "up", "down")
    ok = (moving["status"].values == "ok")[:, None]
    # The lever is the same in every member: the changes set it to numbers, not to multiples.
    values = moving[lever].transpose("time", "member").values[:, int(ok.argmax())]
    columns = {
        name: (("member", "time"), np.where(ok, moving[name].values, np.nan), moving[name].attrs)
        for name in dict.fromkeys(names)
    }
    coordinates = {
        "time": moving["time"],
        "lever": ("time", values, {"units": moving[lever].attrs["units"]}),
        "branch": ("time", branch),
    }
    return xr.Dataset(columns, coordinates, {"lever": lever})


def _findings(entry: Entry, ramp: Ramp, arm: Arm, data: xr.Dataset) -> tuple[Finding, ...]:
    if ramp.tip is None:
        return ()
    past = is_past(ramp.tip, data[find_scalar(entry.model, ramp.tip.variable)].values)
    way = _Way(
        levers=data["lever"].values,
        down=np.asarray(data["branch"].values == "down"),
        rises=ramp.peak > ramp.start,
    )
    tips, late, recovers = _crossings(way, past)
    tipped = _tipped(past)
    back = np.where(way.rises, tips - recovers, recovers - tips)
    found = {"tips": tips, "recovers": recovers[tipped], "hysteresis": back[tipped]}
    if np.isfinite(late).any():
        found = {"tips": tips, "tips_late": late, **found}
    units = entry.model[variable_of(ramp.lever)].units
    lever = entry.named(ramp.lever)
    titles = _titles(entry, ramp.tip, way)
    return tuple(
        Finding(
            id=id,
            arm=arm.id,
            title=titles[id],
            arm_title=arm.title,
            quantity=lever,
            units=units,
            values=values,
        )
        for id, values in found.items()
    )


def _crossings(way: _Way, past: Truths) -> tuple[Floats, Floats, Floats]:
    """Return where each member tips on the way there, only on the way back, and where it recovers for good.

    Parameters
    ----------
    past
        Shape ``(members, time)``: whether it is past the bound.

    Returns
    -------
    tuple
        Values of the lever, shape ``(members,)``; NaN where it does not.
    """
    first = past.argmax(axis=1)
    tipped = _tipped(past)
    at = np.where(tipped, way.levers[first], np.nan)
    late = way.down[first]
    steps = past.shape[1]
    last = steps - 1 - past[:, ::-1].argmax(axis=1)
    turned = int(way.down.argmax()) - 1
    # What recovers before the lever turns has recovered at the peak.
    after = np.maximum(last + 1, turned)
    recovered = tipped & (last < steps - 1)
    recovers = np.where(recovered, way.levers[np.minimum(after, steps - 1)], np.nan)
    return np.where(late, np.nan, at), np.where(late, at, np.nan), recovers


def _tipped(past: Truths) -> Truths:
    """Return which members tip, shape ``(members,)``: what is past the bound from the start does not."""
    return np.asarray(past.any(axis=1) & ~past[:, 0])


def _titles(entry: Entry, tip: Bound, way: _Way) -> dict[str, Text]:
    name = find_scalar(entry.model, tip.variable)
    zh = entry.title_of(name, "zh")
    below = tip.below is not None
    number = tip.below if tip.below is not None else tip.above
    there, back = ("up", "down") if way.rises else ("down", "up")
    zh_there, zh_back = ("上升", "下降") if way.rises else ("下降", "上升")
    past = f"{'below' if below else 'above'} {number:g}"
    zh_past = f"{'低于' if below else '高于'} {number:g}"
    return {
        "tips": Text(en=f"'{name}' goes {past} on the way {there}", zh=f"{zh_there}途中“{zh}”{zh_past}"),
        "tips_late": Text(
            en=f"'{name}' goes {past} only on the way {back}", zh=f"“{zh}”直到{zh_back}途中才{zh_past}"
        ),
        "recovers": Text(
            en=f"'{name}' is back for good on the way {back}, where it had gone {past}",
            zh=f"“{zh}”{zh_past} 之后在{zh_back}途中恢复",
        ),
        "hysteresis": Text(
            en="The lever must go back below where it tipped, by"
            if way.rises
            else "The lever must go back above where it tipped, by",
            zh="恢复点比临界点多退回",
        ),
    }


def tipping_members(findings: Sequence[Finding]) -> Members:
    """Return the positions of the members that tip, among those that stayed finite; none if all or none tip.

    The median of all may hide them, so that they are shown apart.
    """
    sought = [np.isfinite(finding.values) for finding in findings if finding.id in ("tips", "tips_late")]
    tips = np.any(sought, axis=0) if sought else np.zeros(0, dtype=np.bool_)
    return np.flatnonzero(tips & ~tips.all())


def _numbers(data: xr.Dataset, lever: str, tipping: Members) -> pd.DataFrame:
    rows: list[tuple[object, ...]] = []
    for name, column in data.data_vars.items():
        for group, runs in (("all", column.values), ("tip", column.values[tipping])):
            labels = [
                (str(branch), float(time), float(value), str(name), column.attrs["units"], group)
                for branch, time, value in zip(
                    data["branch"].values, data["time"].values, data["lever"].values, strict=True
                )
            ]
            if len(runs):
                rows += quantile_rows(labels, runs.T)
    return pd.DataFrame(rows, columns=["branch", "Time", lever, "variable", "unit", "group", *COLUMNS])
