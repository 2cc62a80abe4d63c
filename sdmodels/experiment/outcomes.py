"""How do runs turn out: which one number answers the question?"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import xarray as xr

from sdmodels.catalogue import Entry, ExpectedStatistic, Outcome
from sdmodels.engine.reductions import Reduction, reduce, weights_of
from sdmodels.engine.trajectories import Floats
from sdmodels.errors import InputError, unknown
from sdmodels.structure.model import Model
from sdmodels.structure.names import key_of
from sdmodels.structure.subscripts import find_scalar, variable_of


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
    # The bare variable: a data array carries every input of the run as a coordinate, through every step.
    course = behaviour.variables[_course(behaviour, variable)]
    reduction = Reduction(variable=variable, statistic=statistic, begins=begins, ends=ends)
    times = behaviour["time"].values
    weights = weights_of(reduction, times)
    values = course.transpose("time", "member").values
    return np.asarray(reduce([reduction.kind], weights[None], values[None], times)[0])


def _course(behaviour: xr.Dataset, variable: str) -> str:
    """Return the name that ``variable`` has in the behaviour."""
    names = [str(name) for name in behaviour.data_vars]
    known = {key_of(name): name for name in names}
    if key_of(variable) not in known:
        raise unknown("variable of this behaviour", variable, names)
    return known[key_of(variable)]


def unit_of(behaviour: xr.Dataset, outcome: Outcome) -> str:
    """Return the unit that an outcome is measured in."""
    if _is_evaluated(behaviour, outcome):
        return str(behaviour[outcome.id].attrs["units"])
    time = str(behaviour["time"].attrs.get("units", ""))
    units = str(behaviour.variables[_course(behaviour, outcome.variable)].attrs.get("units", ""))
    return _unit(outcome.statistic, units, time)


def _unit(statistic: ExpectedStatistic, units: str, time: str) -> str:
    match statistic:
        case "total":
            numerator, slash, denominator = units.rpartition("/")
            return numerator if slash and denominator == time else f"{units}*{time}"
        case "time of minimum" | "time of maximum":
            return time
        case _:
            return units


def reduction_unit(model: Model, reduction: Reduction) -> str:
    """Return the unit that a reduction is measured in."""
    return _unit(reduction.statistic, model[variable_of(reduction.variable)].units, model.time.units)


def named_reductions(entry: Entry, wanted: Sequence[Outcome | Reduction]) -> dict[str, Reduction]:
    """Return the reduction of each outcome, by its id; a bare reduction is called after what it does.

    Raises
    ------
    UnknownNameError
        If an outcome's variable is not in the model.
    InputError
        If there are none, or two have one name.
    """
    found: dict[str, Reduction] = {}
    for each in wanted:
        reduction = Reduction(
            variable=find_scalar(entry.model, each.variable),
            statistic=each.statistic,
            begins=each.begins,
            ends=each.ends,
        )
        name = each.id if isinstance(each, Outcome) else _name_of(reduction)
        if name in found:
            raise InputError(
                f"Two outcomes are called '{name}'.\n    {found[name]} and {reduction}\n"
                "Give one another id, or leave it out."
            )
        found[name] = reduction
    if not found:
        raise InputError(
            f"There are no outcomes to evaluate for '{entry.id}'.\n    None is given, and no manifest names any."
            "\nGive some: outcomes=[Reduction(variable=..., statistic='final')]."
        )
    return found


def _name_of(reduction: Reduction) -> str:
    ends = [("from", reduction.begins), ("to", reduction.ends)]
    window = "".join(f" {word} {time:g}" for word, time in ends if time is not None)
    return f"{reduction.statistic} of {reduction.variable}{window}"


def _is_evaluated(behaviour: xr.Dataset, outcome: Outcome) -> bool:
    return "time" not in behaviour.dims and outcome.id in behaviour.data_vars


def measure(behaviour: xr.Dataset, outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """Measure outcomes of every member that stayed finite.

    Parameters
    ----------
    behaviour
        Trajectories from :func:`simulate`, or the outcomes themselves from :func:`evaluate`.

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
                "value": fine[outcome.id].values
                if _is_evaluated(fine, outcome)
                else statistic_of(
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
