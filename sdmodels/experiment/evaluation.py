"""What do runs come to, when only their outcomes are kept?"""

from collections.abc import Mapping, Sequence

import xarray as xr

from sdmodels.catalogue import Outcome, Policy, Scenario
from sdmodels.engine.ensemble import run_reduced
from sdmodels.engine.reductions import Reduction, reduced
from sdmodels.engine.trajectories import Progress, periodic_steps
from sdmodels.experiment.dataset import outcome_dataset, provenance, require_one_finite
from sdmodels.experiment.outcomes import named_reductions
from sdmodels.experiment.preparation import prepare
from sdmodels.experiment.request import Integration, ModelLike, OneOrMore, request_of
from sdmodels.experiment.running import trajectories_of
from sdmodels.experiment.settings import Setting


def evaluate(
    model: ModelLike,
    settings: Mapping[str, Setting] | None = None,
    *,
    outcomes: Sequence[Outcome | Reduction] | None = None,
    policy: OneOrMore[Policy] = "baseline",
    scenario: OneOrMore[Scenario] = "normal",
    members: int = 1,
    seed: int = 0,
    integration: Integration | None = None,
    within_bounds: bool = True,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Simulate a model and keep outcomes alone: they are computed on the way, so a million members fit in memory.

    Parameters
    ----------
    outcomes
        What to keep: outcomes, or reductions such as ``Reduction(variable="Infected", statistic="maximum")``;
        those of the manifest if not given. All other parameters are those of :func:`simulate`.

    Returns
    -------
    xarray.Dataset
        A variable of dimension ``member`` for each outcome, under its id (a reduction's is
        ``"maximum of Infected"``), with ``units``; coordinates as from :func:`simulate`. The numbers are those
        that the saved values of :func:`simulate` come to.

    Raises
    ------
    InputError
        If there is nothing to keep, or no saved time lies in the window of an outcome.

    Examples
    --------
    >>> found = evaluate("hotline", members=1000, seed=1)
    """
    asked = request_of(model, policy, scenario, integration)
    wanted = named_reductions(asked.entry, asked.entry.outcomes if outcomes is None else outcomes)
    layout = asked.design(settings or {}, members, seed, within_bounds=within_bounds)
    names = tuple(dict.fromkeys(reduction.variable for reduction in wanted.values()))
    prepared = prepare(layout, names, asked.method, seed)
    if asked.how.engine == "interpreter":
        trajectories = trajectories_of(asked, prepared, prepared.program, prepared.kernel, "saved", progress)
        found = reduced(trajectories, tuple(wanted.values()), names)
    else:
        found = run_reduced(
            prepared.kernel(tuple(wanted.values())),
            prepared.inputs,
            steps=periodic_steps(prepared.program),
            given=prepared.given,
            threads=asked.how.threads,
            progress=progress,
        )
    outcome_set = outcome_dataset(asked.entry, layout, found, wanted, asked.policies, asked.scenarios)
    outcome_set.attrs |= provenance(layout, asked.method, members, seed, settings or {})
    require_one_finite(outcome_set)
    return outcome_set
