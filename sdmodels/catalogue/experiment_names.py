"""Are the variables, policies, scenarios and outcomes there that experiments speak of?"""

from collections.abc import Iterator, Sequence
from typing import assert_never

from sdmodels.catalogue.early_warning import NoiseTest
from sdmodels.catalogue.experiments import Course, Experiment, Ramp, Sweep
from sdmodels.catalogue.faults import Fault
from sdmodels.catalogue.manifest import BASELINE, NORMAL, Manifest
from sdmodels.catalogue.mentions import CONSTANT, COURSE, Mention, wrong_names
from sdmodels.catalogue.policy_ranking import PolicyRanking
from sdmodels.catalogue.proposed import Arm
from sdmodels.catalogue.searches import ModeMap, ShockTest
from sdmodels.catalogue.tables import Change
from sdmodels.errors import did_you_mean
from sdmodels.structure.model import Model
from sdmodels.structure.names import key_of

_CONSTANTS = ("lever", "constant", "name")
"""Keys that name a constant; all others name what has a course in time."""


def names_missing(experiment: Experiment, manifest: Manifest, model: Model) -> Iterator[Fault]:
    """Return what an experiment names and neither the model nor its manifest has."""
    yield from wrong_names(_mentions(experiment), model)
    yield from _wrong_ids(experiment, manifest)


def place_of(table: str, experiment: Experiment) -> str:
    """Return how a message calls a table of an experiment, such as ``".arm"``, or the experiment itself."""
    return f"[[experiment{table}]] of '{experiment.id}'" if table else f"[[experiment]] '{experiment.id}'"


def changes_of(experiment: Experiment) -> Iterator[tuple[str, Change]]:
    """Return all changes of an experiment, each with its place."""
    for change in experiment.changes:
        yield place_of(".change", experiment), change
    for table, arms in _arms(experiment):
        for arm in arms:
            for change in arm.changes:
                yield f"[[experiment{table}.change]] '{arm.id}' of '{experiment.id}'", change


def _arms(experiment: Experiment) -> tuple[tuple[str, Sequence[Arm]], ...]:
    match experiment:
        case Sweep():
            return ((".variant", experiment.variants),)
        case Course():
            return ((".arm", experiment.arms),)
        case Ramp() | ModeMap() | ShockTest() | NoiseTest() | PolicyRanking():
            return ()
        case _:
            assert_never(experiment)


def _mentions(experiment: Experiment) -> Iterator[Mention]:
    for place, change in changes_of(experiment):
        yield Mention(place=place, key="name", name=change.name, kinds=CONSTANT)
    for table, key, name in _variables(experiment):
        kinds = CONSTANT if key in _CONSTANTS else COURSE
        yield Mention(place=place_of(table, experiment), key=key, name=name, kinds=kinds)


def _variables(experiment: Experiment) -> Iterator[tuple[str, str, str]]:
    """Return the table, the key and the name of each variable that a kind of experiment speaks of."""
    match experiment:
        case Sweep():
            yield "", "lever", experiment.lever
            for outcome in experiment.reads:
                yield ".read", "variable", outcome.variable
            for table, sought in ((".onset", experiment.onset), (".tip", experiment.tip)):
                if sought is not None:
                    yield table, "variable", sought.variable
        case Ramp():
            yield "", "lever", experiment.lever
            for name in experiment.variables:
                yield "", "variables", name
            if experiment.tip is not None:
                yield ".tip", "variable", experiment.tip.variable
        case Course():
            for panel in experiment.panels:
                for name in panel.variables:
                    yield ".panel", "variables", name
            for date in experiment.dates:
                yield ".date", "variable", date.variable
        case ModeMap() | ShockTest():
            yield from _of_a_grid(experiment)
        case NoiseTest():
            yield "", "lever", experiment.lever
            yield "", "variable", experiment.variable
            yield ".noise", "constant", experiment.noise.constant
            yield ".tip", "variable", experiment.tip.variable
        case PolicyRanking():
            return
        case _:
            assert_never(experiment)


def _of_a_grid(experiment: ModeMap | ShockTest) -> Iterator[tuple[str, str, str]]:
    yield "", "lever", experiment.lever
    yield "", "burden", experiment.burden
    yield "", "condition", experiment.condition
    if isinstance(experiment, ShockTest):
        yield ".shock", "constant", experiment.shock.constant
        return
    for name in experiment.features:
        yield "", "features", name
    for uncertainty in experiment.uncertainties:
        yield ".uncertainty", "name", uncertainty.name
    for condition in experiment.given:
        yield ".given", "variable", condition.variable


def _wrong_ids(experiment: Experiment, manifest: Manifest) -> Iterator[Fault]:
    known = {
        "policy": [BASELINE.id, *(policy.id for policy in manifest.policies)],
        "scenario": [NORMAL.id, *(scenario.id for scenario in manifest.scenarios)],
        "outcome": [outcome.id for outcome in manifest.outcomes],
    }
    for table, key, what, named in _ids(experiment):
        if key_of(named) not in map(key_of, known[what]):
            yield Fault(
                what=f"key '{key}' in {place_of(table, experiment)} names no {what} of the manifest",
                evidence=f'{key} = "{named}"',
                remedy=did_you_mean(
                    named, known[what], otherwise=f"Known: {', '.join(known[what]) or 'none'}."
                ),
            )


def _ids(experiment: Experiment) -> Iterator[tuple[str, str, str, str]]:
    """Return the table, the key, what it is, and each id of the manifest that an experiment speaks of."""
    for table, arms in _arms(experiment):
        for arm in arms:
            if arm.policy is not None:
                yield table, "policy", "policy", arm.policy
            if arm.scenario is not None:
                yield table, "scenario", "scenario", arm.scenario
    if isinstance(experiment, ModeMap | ShockTest | NoiseTest):
        yield "", "scenario", "scenario", experiment.scenario
    if isinstance(experiment, PolicyRanking):
        for choice in experiment.candidates:
            for policy in choice.policies:
                yield ".candidate", "policies", "policy", policy
        for scenario in experiment.scenarios:
            yield "", "scenarios", "scenario", scenario
        for outcome in experiment.outcomes:
            yield "", "outcomes", "outcome", outcome
