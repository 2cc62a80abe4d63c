"""What happens in a model under policies, scenarios and uncertainty?"""

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr

from sdmodels.catalogue import Policy, Scenario
from sdmodels.engine.trajectories import Floats, Progress
from sdmodels.experiment.dataset import dataset, provenance, require_one_finite
from sdmodels.experiment.design import Design
from sdmodels.experiment.preparation import prepare
from sdmodels.experiment.request import (
    Integration,
    ModelLike,
    OneOrMore,
    Times,
    request_of,
    require_memory,
    visible,
)
from sdmodels.experiment.running import trajectories_of
from sdmodels.experiment.settings import Setting
from sdmodels.structure.expression import MISSING
from sdmodels.structure.model import Constant
from sdmodels.structure.subscripts import constant_values, scalars_of, variable_of


def simulate(
    model: ModelLike,
    settings: Mapping[str, Setting] | None = None,
    *,
    policy: OneOrMore[Policy] = "baseline",
    scenario: OneOrMore[Scenario] = "normal",
    members: int = 1,
    seed: int = 0,
    outputs: Sequence[str] | None = None,
    times: Times = "saved",
    integration: Integration | None = None,
    within_bounds: bool = True,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Simulate a model, as one run or as an ensemble.

    Parameters
    ----------
    model
        A catalogue id such as ``"hotline"``, the path of a model file, or what :func:`load` or
        :func:`sdmodels.readers.read` returned.
    settings
        By name: a number for every run, or a list with one number a member, which then are that many [unit of
        each]; for all elements where subscripts are left out. A stock's name sets its initial value. A lookup
        takes its heights, shape ``(points,)`` or ``(members, points)``. A data variable, or a constant that
        follows given values, takes a pandas Series over time, or a DataFrame with one column a member.
    policy, scenario
        One or several, by id or as values; every policy is run under every scenario.
    members
        Runs a policy and scenario. 1 takes the model's own numbers; more draw the uncertain constants from
        their ranges, the same draws for every policy.
    seed
        Of the draws; the same seed gives the same numbers on any number of threads.
    outputs
        Variables to keep; all if not given, and with them the slopes of tables that are drawn or set; all
        elements of one with subscripts. Fewer are faster.
    times
        ``saved`` (every save period) or ``final``.
    within_bounds
        Whether policies must keep levers within their bounds; not so for a test of extremes.
    progress
        Called with the runs done and the runs in all.

    Returns
    -------
    xarray.Dataset
        A variable of dimensions ``(member, time)`` for each output, with ``units`` and ``documentation``;
        along ``member`` the coordinates ``policy``, ``scenario``, ``sample``, ``status`` (``"ok"``, or when and
        where a member left the finite numbers) and every input that the experiment touched.

    Raises
    ------
    UnknownNameError
        If there is no such model, constant, policy, scenario or output.
    InputError
        If a value is out of bounds.
    SimulationError
        If no member stays finite.

    Examples
    --------
    >>> behaviour = simulate("hotline", {"Application Intensity": 0.4}, members=100, seed=1)
    """
    asked = request_of(model, policy, scenario, integration)
    saved = [outputs] if isinstance(outputs, str) else outputs
    names = visible(asked.entry.model) if saved is None else scalars_of(asked.entry.model, saved)
    runs = members * len(asked.policies) * len(asked.scenarios)
    require_memory(asked.timed.model.time, len(names), times, runs)
    layout = asked.design(settings or {}, members, seed, within_bounds=within_bounds)
    if saved is None:
        names += tuple(name for name in asked.entry.model.slopes if name in layout.inputs)
    steady = _steady(layout, names)
    changing = tuple(name for name in names if name not in steady)
    prepared = prepare(layout, changing, asked.method, seed)
    trajectories = trajectories_of(asked, prepared, prepared.program, prepared.kernel, times, progress)
    if prepared.has_gaps:
        # What is missing (:NA:) is not a number for whoever reads results.
        trajectories.values[trajectories.values == MISSING] = np.nan
    behaviour = dataset(asked.entry, layout, names, trajectories, steady, asked.policies, asked.scenarios)
    behaviour.attrs |= provenance(layout, asked.method, members, seed, settings or {})
    require_one_finite(behaviour)
    return behaviour


def _steady(layout: Design, names: Sequence[str]) -> dict[str, Floats]:
    """Return the values of the constants among scalars, shape ``(members,)``: the kernel need not store them."""
    found: dict[str, Floats] = {}
    for name in names:
        if isinstance(layout.model[variable_of(name)], Constant):
            own = constant_values(layout.model, name)[name]
            found[name] = layout.inputs.get(name, np.broadcast_to(own, layout.members))
    return found
