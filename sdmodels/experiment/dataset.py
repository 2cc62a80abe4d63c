"""How do the engine's arrays become a labelled result that can be saved and replayed?"""

import importlib.metadata
import json
import sys
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from sdmodels.catalogue import Entry, Policy, Scenario
from sdmodels.engine.reductions import Reduction
from sdmodels.engine.trajectories import Floats, Reduced, Trajectories
from sdmodels.errors import SimulationError
from sdmodels.experiment.design import Design
from sdmodels.experiment.outcomes import reduction_unit
from sdmodels.experiment.schedule import lasts
from sdmodels.experiment.settings import Setting
from sdmodels.structure.model import Model
from sdmodels.structure.subscripts import variable_of


def dataset(
    entry: Entry,
    layout: Design,
    names: Sequence[str],
    trajectories: Trajectories,
    steady: Mapping[str, Floats],
    policies: Sequence[Policy],
    scenarios: Sequence[Scenario],
) -> xr.Dataset:
    """Label the values: this is where ``(variable, time, member)`` turns into ``(member, time)``.

    Parameters
    ----------
    names
        The scalars in order; those in ``steady``, shape ``(members,)``, keep their value all the time.
    """
    saved = iter(trajectories.values)
    shape = (layout.members, trajectories.times.size)
    variables = {}
    for name in names:
        values = np.broadcast_to(steady[name][:, None], shape) if name in steady else next(saved).T
        variables[name] = (("member", "time"), values, _described(entry, name))
    coordinates: dict[str, Any] = {
        # Of a plain array xarray would ask whether it is one of pint's, and import pint for that.
        "time": ("time", pd.Index(trajectories.times), {"units": entry.model.time.units}),
        **member_coordinates(entry, layout, trajectories, variables),
    }
    return xr.Dataset(variables, coordinates, titles(entry, policies, scenarios))


def outcome_dataset(
    entry: Entry,
    layout: Design,
    found: Reduced,
    reductions: Mapping[str, Reduction],
    policies: Sequence[Policy],
    scenarios: Sequence[Scenario],
) -> xr.Dataset:
    """Label outcomes, one number for each member."""
    variables = {
        name: (
            "member",
            values,
            {
                "units": reduction_unit(entry.model, reduction),
                "variable": reduction.variable,
                "statistic": reduction.statistic,
            },
        )
        for (name, reduction), values in zip(reductions.items(), found.values, strict=True)
    }
    coordinates = member_coordinates(entry, layout, found, variables)
    return xr.Dataset(variables, coordinates, titles(entry, policies, scenarios))


def member_coordinates(
    entry: Entry, layout: Design, found: Trajectories | Reduced, variables: Collection[str]
) -> dict[str, Any]:
    """Return what is known of each member: policy, scenario, sample, status, and every input."""
    coordinates: dict[str, Any] = {
        "policy": ("member", layout.policy),
        "scenario": ("member", layout.scenario),
        "sample": ("member", layout.sample),
        "status": ("member", _status(layout.model, found)),
    }
    for name, values in layout.inputs.items():
        # A variable that is saved keeps its name; what it was given stands beside it.
        label = f"{name} (input)" if name in variables else name
        coordinates[label] = ("member", values, {"units": _units(entry.model, name)})
    return coordinates


def _units(model: Model, name: str) -> str:
    """Return the unit of an input; a part of a change over time has none of its own."""
    bare = variable_of(name.removesuffix(" (before changes)"))
    return model[bare].units if bare in model else ""


def _described(entry: Entry, name: str) -> dict[str, str]:
    variable = entry.model[variable_of(name)]
    described = {"units": variable.units, "documentation": variable.documentation}
    if entry.manifest is not None:
        described["title_zh"] = entry.manifest.title_of(name, "zh")
        described["units_zh"] = entry.manifest.unit_in(variable.units, "zh")
    return described


def titles(entry: Entry, policies: Sequence[Policy], scenarios: Sequence[Scenario]) -> dict[str, str]:
    """Return what figures and tables call the model, its policies and scenarios."""

    def by_id(alternatives: Sequence[Policy | Scenario]) -> str:
        return json.dumps({a.id: {"en": a.title.en, "zh": a.title.zh} for a in alternatives})

    begins = {
        policy.id: sorted({c.begins for c in policy.changes if not lasts(c) and c.begins is not None})
        for policy in policies
    }
    manifest = entry.manifest
    return {
        "model": entry.id,
        "title": manifest.title.en if manifest else entry.id,
        "title_zh": manifest.title.zh if manifest else entry.id,
        "time_units_zh": manifest.unit_in(entry.model.time.units, "zh") if manifest else "",
        "policy_titles": by_id(policies),
        "scenario_titles": by_id(scenarios),
        "policies": _as_json(policies),
        "scenarios": _as_json(scenarios),
        "policy_begins": json.dumps({name: times for name, times in begins.items() if times}),
    }


def _as_json(alternatives: Sequence[Policy | Scenario]) -> str:
    """Return policies or scenarios in full, so that those made by hand can be run again too."""
    return json.dumps(
        [a.model_dump(mode="json", exclude_none=True) for a in alternatives], ensure_ascii=False
    )


def _status(model: Model, found: Trajectories | Reduced) -> NDArray[np.str_]:
    failed = np.flatnonzero(found.failed_step >= 0)
    texts = [_failure(model, found, int(member)) for member in failed]
    status = np.full(found.failed_step.size, "ok", dtype=f"<U{max([2, *map(len, texts)])}")
    status[failed] = texts
    return status


def _failure(model: Model, found: Trajectories | Reduced, member: int) -> str:
    when = model.time.time_at(int(found.failed_step[member]))
    unit = f" {model.time.units}" if model.time.units else ""
    return f"'{found.names[found.failed_variable[member]]}' left the finite numbers at {when:g}{unit}"


def provenance(
    layout: Design, method: str, members: int, seed: int, settings: Mapping[str, Setting]
) -> dict[str, Any]:
    """Return what is needed to run the same again."""
    model = layout.model
    return {
        "model_hash": model.content_hash,
        "method": method,
        "time_step": model.time.time_step,
        "final_time": model.time.final_time,
        "save_period": model.time.save_period,
        "members": members,
        "seed": seed,
        "settings": json.dumps({name: _plain(value) for name, value in settings.items()}),
        "versions": json.dumps(
            {
                "sdmodels": _installed_version("sdmodels"),
                "numpy": np.__version__,
                "python": sys.version.split()[0],
            }
        ),
    }


def _plain(value: Setting) -> Any:
    """Return a setting as JSON has it: values over an index as that index and the columns."""
    if isinstance(value, pd.Series | pd.DataFrame):
        return {"index": np.asarray(value.index).tolist(), "values": np.asarray(value).tolist()}
    return np.asarray(value).tolist()


@cache
def _installed_version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def require_one_finite(behaviour: xr.Dataset) -> None:
    """Do nothing if at least one member stayed finite.

    Raises
    ------
    SimulationError
        Otherwise; the message names time, variable and inputs of the first member.
    """
    status = behaviour["status"].values
    if (status == "ok").any():
        return
    inputs = {
        str(name): round(float(coordinate.values[0]), 6)
        for name, coordinate in behaviour.coords.items()
        if coordinate.dims == ("member",) and coordinate.dtype.kind == "f" and "(change" not in str(name)
    }
    which = "The run" if status.size == 1 else f"Every one of {status.size} members"
    raise SimulationError(
        f"{which} failed: {status[0]}.\n"
        f"    inputs: {inputs or 'the numbers of the model'}\n"
        "Look for a division by zero or a stock that grows without bound near that time."
    )
