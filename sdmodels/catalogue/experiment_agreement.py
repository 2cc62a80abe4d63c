"""Does the model have what its experiments speak of?"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import assert_never

from sdmodels.catalogue.agreement import bounds_of
from sdmodels.catalogue.early_warning import NoiseTest
from sdmodels.catalogue.experiment_names import names_missing, place_of
from sdmodels.catalogue.experiment_times import times_outside
from sdmodels.catalogue.experiments import Course, Experiment, Ramp, Sweep
from sdmodels.catalogue.faults import Fault, refusal
from sdmodels.catalogue.manifest import Manifest
from sdmodels.catalogue.policy_ranking import PolicyRanking
from sdmodels.catalogue.searches import ModeMap, ShockTest
from sdmodels.structure.model import Model
from sdmodels.structure.names import key_of
from sdmodels.structure.subscripts import variable_of


def validate_experiments(
    experiments: Sequence[Experiment], manifest: Manifest, model: Model, *, path: Path
) -> None:
    """Do nothing if the experiments fit the model and its manifest.

    Every name must exist; levers and changes name constants; a grid or a ramp stays within the bounds of its lever;
    a run ends on a time step, and every time lies in it; the variables of a panel have one unit, and policies are
    ranked by what is better low or high.

    Raises
    ------
    ManifestError
        With the first disagreement, and how many more there are.
    """
    faults: list[Fault] = []
    for experiment in experiments:
        wrong = list(names_missing(experiment, manifest, model))
        if not wrong:
            wrong = [
                *_out_of_bounds(experiment, manifest),
                *times_outside(experiment, model.time, manifest),
                *_mixed_units(experiment, model),
                *_without_direction(experiment, manifest),
            ]
        faults += wrong
    if faults:
        raise refusal(path, faults)


def _out_of_bounds(experiment: Experiment, manifest: Manifest) -> Iterator[Fault]:
    ends: tuple[tuple[str, float], ...]
    match experiment:
        case Sweep():
            before = [each.before.value for each in experiment.variants if each.before is not None]
            ends = (
                ("minimum", experiment.minimum),
                ("maximum", experiment.maximum),
                *(("value", value) for value in before),
            )
        case Ramp():
            ends = (("start", experiment.start), ("peak", experiment.peak))
        case ModeMap() | ShockTest() | NoiseTest():
            low, high = ("values", "values") if experiment.values else ("minimum", "maximum")
            ends = ((low, experiment.grid[0]), (high, experiment.grid[-1]))
        case Course() | PolicyRanking():
            return
        case _:
            assert_never(experiment)
    for lever in manifest.levers:
        for key, value in ends:
            if key_of(lever.name) == key_of(experiment.lever) and not lever.minimum <= value <= lever.maximum:
                yield Fault(
                    what=f"key '{key}' in {place_of('', experiment)} leaves the bounds of its lever",
                    evidence=f"{key} = {value:g}; {lever.name}: {bounds_of(lever)}",
                    remedy="Choose a value within the bounds, or widen them in [[lever]] of model.toml.",
                )


def _mixed_units(experiment: Experiment, model: Model) -> Iterator[Fault]:
    if not isinstance(experiment, Course):
        return
    for panel in experiment.panels:
        units = {name: model[variable_of(name)].units for name in panel.variables}
        if len(set(units.values())) > 1:
            yield Fault(
                what=f"the variables of [[experiment.panel]] of '{experiment.id}' differ in their units",
                evidence=", ".join(f"{name} [{unit}]" for name, unit in units.items()),
                remedy="Give each unit its own panel.",
            )


def _without_direction(experiment: Experiment, manifest: Manifest) -> Iterator[Fault]:
    if not isinstance(experiment, PolicyRanking):
        return
    asked = {key_of(id) for id in experiment.outcomes}
    for outcome in manifest.outcomes:
        if key_of(outcome.id) in asked and outcome.better == "neither":
            yield Fault(
                what=f"policies cannot be ranked by '{outcome.id}' in {place_of('', experiment)}",
                evidence=f"better = \"neither\" in [[outcome]] '{outcome.id}'",
                remedy="Name an outcome that is better lower or higher.",
            )
