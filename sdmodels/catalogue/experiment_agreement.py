"""Does the model have what its experiments speak of?"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import assert_never

from sdmodels.catalogue.agreement import bounds_of
from sdmodels.catalogue.experiments import Arm, Course, Experiment, Ramp, Sweep
from sdmodels.catalogue.faults import Fault, refusal
from sdmodels.catalogue.manifest import BASELINE, NORMAL, Manifest
from sdmodels.catalogue.mentions import CONSTANT, COURSE, Mention, wrong_names
from sdmodels.catalogue.tables import Change
from sdmodels.errors import did_you_mean
from sdmodels.structure.model import SLACK, Model, TimeSpec
from sdmodels.structure.names import key_of
from sdmodels.structure.subscripts import variable_of


def validate_experiments(
    experiments: Sequence[Experiment], manifest: Manifest, model: Model, *, path: Path
) -> None:
    """Do nothing if the experiments fit the model and its manifest.

    Every name must exist; levers and changes name constants; a grid or a ramp stays within the bounds of its lever;
    a run ends on a time step, and every time lies in it; the variables of a panel have one unit.

    Raises
    ------
    ManifestError
        With the first disagreement, and how many more there are.
    """
    faults: list[Fault] = []
    for experiment in experiments:
        wrong = [*wrong_names(_mentions(experiment), model), *_wrong_ids(experiment, manifest)]
        if not wrong:
            wrong = [
                *_out_of_bounds(experiment, manifest),
                *_times_outside(experiment, model.time),
                *_mixed_units(experiment, model),
            ]
        faults += wrong
    if faults:
        raise refusal(path, faults)


def final_time_of(experiment: Experiment, time: TimeSpec) -> float:
    """Return when the runs of an experiment end: a ramp ends with itself unless the file says otherwise."""
    if experiment.final_time is not None:
        return experiment.final_time
    if isinstance(experiment, Ramp):
        return begin_of(experiment, time) + experiment.up + experiment.hold + experiment.down
    return time.final_time


def begin_of(ramp: Ramp, time: TimeSpec) -> float:
    """Return when the lever starts to move."""
    return time.initial_time if ramp.begins is None else ramp.begins


def _in(table: str, experiment: Experiment) -> str:
    return f"[[experiment{table}]] of '{experiment.id}'" if table else f"[[experiment]] '{experiment.id}'"


def _arms(experiment: Experiment) -> tuple[tuple[str, Sequence[Arm]], ...]:
    match experiment:
        case Sweep():
            return ((".variant", experiment.variants),)
        case Course():
            return ((".arm", experiment.arms),)
        case Ramp():
            return ()
        case _:
            assert_never(experiment)


def _changes(experiment: Experiment) -> Iterator[tuple[str, Change]]:
    for change in experiment.changes:
        yield _in(".change", experiment), change
    for table, arms in _arms(experiment):
        for arm in arms:
            for change in arm.changes:
                yield f"[[experiment{table}.change]] '{arm.id}' of '{experiment.id}'", change


def _mentions(experiment: Experiment) -> Iterator[Mention]:
    for place, change in _changes(experiment):
        yield Mention(place=place, key="name", name=change.name, kinds=CONSTANT)
    for table, key, name in _variables(experiment):
        kinds = CONSTANT if key == "lever" else COURSE
        yield Mention(place=_in(table, experiment), key=key, name=name, kinds=kinds)


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
        case _:
            assert_never(experiment)


def _wrong_ids(experiment: Experiment, manifest: Manifest) -> Iterator[Fault]:
    policies = [BASELINE.id, *(policy.id for policy in manifest.policies)]
    scenarios = [NORMAL.id, *(scenario.id for scenario in manifest.scenarios)]
    for table, arms in _arms(experiment):
        for arm in arms:
            for key, named, known in (
                ("policy", arm.policy, policies),
                ("scenario", arm.scenario, scenarios),
            ):
                if named is not None and key_of(named) not in map(key_of, known):
                    yield Fault(
                        what=f"key '{key}' in {_in(table, experiment)} names no {key} of the manifest",
                        evidence=f'{key} = "{named}"',
                        remedy=did_you_mean(named, known, otherwise=f"Known: {', '.join(known)}."),
                    )


def _out_of_bounds(experiment: Experiment, manifest: Manifest) -> Iterator[Fault]:
    match experiment:
        case Sweep():
            ends = {"minimum": experiment.minimum, "maximum": experiment.maximum}
        case Ramp():
            ends = {"start": experiment.start, "peak": experiment.peak}
        case Course():
            return
        case _:
            assert_never(experiment)
    for lever in manifest.levers:
        for key, value in ends.items():
            if key_of(lever.name) == key_of(experiment.lever) and not lever.minimum <= value <= lever.maximum:
                yield Fault(
                    what=f"key '{key}' in {_in('', experiment)} leaves the bounds of its lever",
                    evidence=f"{key} = {value:g}; {lever.name}: {bounds_of(lever)}",
                    remedy="Choose a value within the bounds, or widen them in [[lever]] of model.toml.",
                )


def _times_outside(experiment: Experiment, time: TimeSpec) -> Iterator[Fault]:
    start, end = time.initial_time, final_time_of(experiment, time)
    steps = (end - start) / time.time_step
    if steps < 1 or abs(steps - round(steps)) > SLACK:
        yield Fault(
            what=f"the runs of {_in('', experiment)} do not end on a time step after the start",
            evidence=f"from {start:g} to {end:g}, TIME STEP = {time.time_step:g}",
            remedy="Write a 'final_time', or spans of the ramp, that the time step divides.",
        )
        return
    for table, key, given in _times(experiment):
        if not start <= given <= end:
            yield Fault(
                what=f"key '{key}' in {_in(table, experiment)} is outside the run",
                evidence=f"{key} = {given:g}, run from {start:g} to {end:g}",
                remedy="Write a time within the run, in the model's unit of time.",
            )
    for place, change in _changes(experiment):
        if (change.begins is not None and change.begins >= end) or (
            change.ends is not None and change.ends <= start
        ):
            yield Fault(
                what=f"the change in {place} never holds during the run",
                evidence=f"{change.name} from {change.begins} to {change.ends}, run from {start:g} to {end:g}",
                remedy="Write times within the run, or leave them out.",
            )
    if isinstance(experiment, Ramp):
        needed = begin_of(experiment, time) + experiment.up + experiment.hold + experiment.down
        if needed > end:
            yield Fault(
                what=f"the ramp of {_in('', experiment)} does not end within the run",
                evidence=f"it ends at {needed:g}, the run at {end:g}",
                remedy="Leave out 'final_time', or shorten the ramp.",
            )


def _times(experiment: Experiment) -> Iterator[tuple[str, str, float]]:
    """Return the table, the key and the value of each time that is given."""
    given: list[tuple[str, str, float | None]] = []
    match experiment:
        case Sweep():
            given = [("", "begins", experiment.begins)]
            for outcome in experiment.reads:
                given += [(".read", "begins", outcome.begins), (".read", "ends", outcome.ends)]
        case Ramp():
            given = [("", "begins", experiment.begins)]
        case Course():
            for date in experiment.dates:
                given += [(".date", "begins", date.begins), (".date", "ends", date.ends)]
                given += [(".date", "value_at", date.value_at)]
        case _:
            assert_never(experiment)
    return ((table, key, value) for table, key, value in given if value is not None)


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
