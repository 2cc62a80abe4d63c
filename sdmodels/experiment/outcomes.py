"""How do runs turn out: which one number answers the question?"""

from collections.abc import Sequence
from typing import assert_never

import numpy as np
import pandas as pd
import xarray as xr

from sdmodels.catalogue import ExpectedStatistic, Outcome
from sdmodels.engine.trajectories import Floats
from sdmodels.errors import InputError, unknown
from sdmodels.structure.names import key_of


def statistic_of(
    behaviour: xr.Dataset,
    variable: str,
    statistic: ExpectedStatistic,
    *,
    begins: float | None = None,
    ends: float | None = None,
) -> Floats:
    """Return a statistic of a variable over a window of time for every member.

    Parameters
    ----------
    begins, ends
        The window, both ends included; the whole run if not given [the model's unit of time].

    Returns
    -------
    numpy.ndarray
        Shape ``(members,)`` [unit of the variable; times the unit of time for ``total``; the unit of time for
        ``time of ...``]. Means and totals join the saved values with straight lines.

    Raises
    ------
    InputError
        If no saved time lies in the window.
    """
    window = _course(behaviour, variable)
    every = window["time"].values
    # Times are sums of steps: an end of the window counts though rounding has moved it a little.
    near = 1e-6 * (every[1] - every[0]) if every.size > 1 else 0.0
    first = -np.inf if begins is None else begins - near
    last = np.inf if ends is None else ends + near
    window = window.isel(time=np.flatnonzero((every >= first) & (every <= last)))
    times = window["time"].values
    values = window.transpose("member", "time").values
    if times.size == 0:
        raise InputError(
            f"No time of the run lies between {begins} and {ends}.\n"
            f"    The run lasts from {behaviour['time'].values[0]:g} to {behaviour['time'].values[-1]:g}.\n"
            "Move the window of the outcome, or lengthen the run."
        )
    match statistic:
        case "initial":
            return np.asarray(values[:, 0])
        case "final":
            return np.asarray(values[:, -1])
        case "minimum":
            return np.asarray(values.min(axis=1))
        case "maximum":
            return np.asarray(values.max(axis=1))
        case "total":
            return np.asarray(np.trapezoid(values, times, axis=1))
        case "mean":
            if times.size == 1:
                return np.asarray(values[:, 0])
            return np.asarray(np.trapezoid(values, times, axis=1) / (times[-1] - times[0]))
        case "time of minimum":
            return np.asarray(times[values.argmin(axis=1)])
        case "time of maximum":
            return np.asarray(times[values.argmax(axis=1)])
        case _:
            assert_never(statistic)


def _course(behaviour: xr.Dataset, variable: str) -> xr.DataArray:
    known = {key_of(str(name)): behaviour[name] for name in behaviour.data_vars}
    if key_of(variable) not in known:
        raise unknown("variable of this behaviour", variable, [str(name) for name in behaviour.data_vars])
    return known[key_of(variable)]


def unit_of(behaviour: xr.Dataset, outcome: Outcome) -> str:
    """Return the unit that an outcome is measured in."""
    time = str(behaviour["time"].attrs.get("units", ""))
    units = str(_course(behaviour, outcome.variable).attrs.get("units", ""))
    match outcome.statistic:
        case "total":
            numerator, slash, denominator = units.rpartition("/")
            return numerator if slash and denominator == time else f"{units}*{time}"
        case "time of minimum" | "time of maximum":
            return time
        case _:
            return units


def measure(behaviour: xr.Dataset, outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """Measure outcomes of every member that stayed finite.

    Returns
    -------
    pandas.DataFrame
        Columns ``scenario, policy, sample, outcome, unit, value``; one row a member and outcome.
    """
    fine = behaviour.isel(member=np.flatnonzero(behaviour["status"].values == "ok"))
    frames = [
        pd.DataFrame(
            {
                "scenario": fine["scenario"].values,
                "policy": fine["policy"].values,
                "sample": fine["sample"].values,
                "outcome": outcome.id,
                "unit": unit_of(behaviour, outcome),
                "value": statistic_of(
                    fine, outcome.variable, outcome.statistic, begins=outcome.begins, ends=outcome.ends
                ),
            }
        )
        for outcome in outcomes
    ]
    columns = ["scenario", "policy", "sample", "outcome", "unit", "value"]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)


def summarise(measured: pd.DataFrame) -> pd.DataFrame:
    """Summarise outcomes over the members of each policy.

    Returns
    -------
    pandas.DataFrame
        Columns ``scenario, policy, outcome, unit, median, low, high, members``; ``low`` and ``high`` hold the
        middle 90 % of the members. Policies and outcomes stay in their order.
    """
    groups = measured.groupby(["scenario", "policy", "outcome", "unit"], sort=False)["value"]
    summary = groups.agg(
        median="median",
        low=lambda values: values.quantile(0.05),
        high=lambda values: values.quantile(0.95),
        members="size",
    )
    return summary.reset_index()
