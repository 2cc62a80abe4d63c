"""How does an arm of an experiment become a policy that can be run?"""

from collections.abc import Iterable

from sdmodels.catalogue import Arm, Change, Entry, Experiment, Policy, Scenario, final_time_of
from sdmodels.experiment import Integration


def policy_of(
    entry: Entry, experiment: Experiment, arm: Arm, changes: Iterable[Change] = (), *, id: str = ""
) -> Policy:
    """Return one policy with all changes of an arm.

    They act in this order: those of the arm's scenario and policy, of the experiment, of the arm itself, and the
    ones given here.

    Parameters
    ----------
    id
        In place of the arm's own.
    """
    named = (
        *(() if arm.scenario is None else entry.scenario(arm.scenario).changes),
        *(() if arm.policy is None else entry.policy(arm.policy).changes),
    )
    own = (*named, *experiment.changes, *arm.changes, *changes)
    return Policy(id=id or arm.id, title=arm.title, meaning=arm.title, changes=own)


def span_of(entry: Entry, experiment: Experiment) -> Integration:
    """Return how long the runs of an experiment last."""
    return Integration(final_time=final_time_of(experiment, entry.model.time))


def scenario_of(entry: Entry, experiment: Experiment, id: str) -> Scenario:
    """Return a scenario with what holds in every run of an experiment; policies act on top of it."""
    scenario = entry.scenario(id)
    return scenario.model_copy(update={"changes": (*scenario.changes, *experiment.changes)})
