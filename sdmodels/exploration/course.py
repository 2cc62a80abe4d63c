"""What comes first under each arm, and when does it turn?"""

import numpy as np
import pandas as pd
import xarray as xr

from sdmodels.catalogue import Course, Date, Entry, Text
from sdmodels.engine.trajectories import Progress
from sdmodels.experiment import simulate
from sdmodels.exploration.arms import policy_of, span_of
from sdmodels.exploration.findings import Finding, Floats
from sdmodels.exploration.result import COLUMNS, ExperimentResult, draws_of, quantile_rows
from sdmodels.structure.subscripts import find_scalar

NEAR = 1e-6
"""Differences smaller than this, relative to the size of the numbers, are rounding."""


def run_course(
    entry: Entry, course: Course, *, members: int, seed: int, progress: Progress | None = None
) -> ExperimentResult:
    """Run every arm.

    Returns
    -------
    ExperimentResult
        Its data have the dimensions ``(arm, member, time)``: the variables of panels and dates.
    """
    named = [name for panel in course.panels for name in panel.variables]
    named += [date.variable for date in course.dates]
    names = list(dict.fromkeys(find_scalar(entry.model, name) for name in named))
    behaviour = simulate(
        entry,
        policy=[policy_of(entry, course, arm) for arm in course.arms],
        members=members,
        seed=seed,
        outputs=names,
        integration=span_of(entry, course),
        within_bounds=False,
        progress=progress,
    )
    ok = behaviour["status"].values == "ok"
    shape = (len(course.arms), members, behaviour.sizes["time"])
    data = xr.Dataset(
        {
            name: (
                ("arm", "member", "time"),
                np.where(ok[:, None], behaviour[name].values, np.nan).reshape(shape),
                behaviour[name].attrs,
            )
            for name in names
        },
        {
            **draws_of(entry, behaviour, members),
            "arm": [arm.id for arm in course.arms],
            "time": behaviour["time"],
        },
    )
    return ExperimentResult(
        entry=entry,
        experiment=course,
        members=members,
        seed=seed,
        data=data,
        numbers=_numbers(data),
        findings=_findings(entry, course, data),
        runs=ok.size,
        failed=int((~ok).sum()),
    )


def _findings(entry: Entry, course: Course, data: xr.Dataset) -> tuple[Finding, ...]:
    found = []
    for arm in course.arms:
        for date in course.dates:
            runs = data[find_scalar(entry.model, date.variable)].sel(arm=arm.id).values
            fine = runs[np.isfinite(runs).all(axis=1)]
            found.append(
                Finding(
                    id=date.id,
                    arm=arm.id,
                    title=date.title,
                    arm_title=arm.title,
                    quantity=Text(en="time", zh="时间"),
                    units=entry.model.time.units,
                    values=date_in(date, data["time"].values, fine),
                )
            )
    return (*found, *_ends(entry, course, data))


def _ends(entry: Entry, course: Course, data: xr.Dataset) -> list[Finding]:
    """Return where every variable of a panel ends, under each arm."""
    names = dict.fromkeys(
        find_scalar(entry.model, name) for panel in course.panels for name in panel.variables
    )
    found = []
    for name in names:
        title = entry.named(name)
        for arm in course.arms:
            last = data[name].sel(arm=arm.id).values[:, -1]
            found.append(
                Finding(
                    id=f"final of {name}",
                    arm=arm.id,
                    title=Text(en=f"'{title.en}' at the end", zh=f"期末“{title.zh}”"),
                    arm_title=arm.title,
                    quantity=Text(en="value", zh="值"),
                    units=str(data[name].attrs.get("units", "")),
                    values=last[np.isfinite(last)],
                    always=True,
                )
            )
    return found


def date_in(date: Date, times: Floats, runs: Floats) -> Floats:
    """Return when it happens in each run.

    Parameters
    ----------
    times
        Shape ``(time,)``.
    runs
        The variable of the date, shape ``(members, time)``.

    Returns
    -------
    numpy.ndarray
        Shape ``(members,)`` [unit of time]; NaN where it does not happen inside the window. An extreme at an end of
        the window is none; a crossing is on the straight line between two saved times.
    """
    sign = -1.0 if date.of in ("maximum", "falls below") else 1.0
    inside = _window(date, times)
    within, values = times[inside], sign * runs[:, inside]
    if date.of in ("minimum", "maximum"):
        return _least(within, values)
    if date.value_at is not None:
        number = np.array([np.interp(date.value_at, times, run) for run in runs])
    else:
        number = np.full(len(runs), date.value, dtype=float)
    return _rise(within, values, sign * number[:, None])


def _window(date: Date, times: Floats) -> "np.ndarray[tuple[int, ...], np.dtype[np.intp]]":
    near = NEAR * float(times[1] - times[0])
    begins = times[0] if date.begins is None else date.begins
    ends = times[-1] if date.ends is None else date.ends
    return np.flatnonzero((times >= begins - near) & (times <= ends + near))


def _least(times: Floats, values: Floats) -> Floats:
    """Return when values are least, if that is less than at both ends of the window."""
    least = values.min(axis=1)
    ends = np.minimum(values[:, 0], values[:, -1])
    real = ends - least > NEAR * np.abs(values).max(axis=1)
    return np.where(real, times[values.argmin(axis=1)], np.nan)


def _rise(times: Floats, values: Floats, number: Floats) -> Floats:
    """Return when values first rise above a number below which they have been, on a straight line."""
    distance = values - number
    rounding = NEAR * np.maximum(np.abs(number), np.finfo(float).tiny)
    was_below = np.logical_or.accumulate(distance < -rounding, axis=1)
    above = was_below & (distance > rounding)
    after = np.maximum(above.argmax(axis=1), 1)
    rows = np.arange(len(values))
    low, high = distance[rows, after - 1], distance[rows, after]
    rise = np.where(high > low, high - low, 1.0)
    share = np.clip(-low / rise, 0.0, 1.0)
    crossed = times[after - 1] + share * (times[after] - times[after - 1])
    return np.where(above.any(axis=1), crossed, np.nan)


def _numbers(data: xr.Dataset) -> pd.DataFrame:
    rows: list[tuple[object, ...]] = []
    for arm in data["arm"].values:
        for name, column in data.data_vars.items():
            unit = column.attrs["units"]
            labels = [(str(arm), str(name), unit, float(time)) for time in data["time"].values]
            rows += quantile_rows(labels, column.sel(arm=arm).values.T)
    return pd.DataFrame(rows, columns=["arm", "variable", "unit", "Time", *COLUMNS])
