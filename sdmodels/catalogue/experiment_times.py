"""When does an experiment begin and end, and do its times lie within its run?"""

from collections.abc import Iterator
from typing import assert_never

from sdmodels.catalogue.early_warning import NoiseTest
from sdmodels.catalogue.experiment_names import changes_of, place_of
from sdmodels.catalogue.experiments import Course, Experiment, Ramp, Sweep
from sdmodels.catalogue.faults import Fault
from sdmodels.catalogue.manifest import Manifest
from sdmodels.catalogue.policy_ranking import PolicyRanking
from sdmodels.catalogue.searches import ModeMap, ShockTest
from sdmodels.structure.model import SLACK, TimeSpec
from sdmodels.structure.names import key_of


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


def times_outside(experiment: Experiment, time: TimeSpec, manifest: Manifest) -> Iterator[Fault]:
    """Return the times of an experiment that do not lie in its run, or on its time steps."""
    start, end = time.initial_time, final_time_of(experiment, time)
    steps = (end - start) / time.time_step
    if steps < 1 or abs(steps - round(steps)) > SLACK:
        yield Fault(
            what=f"the runs of {place_of('', experiment)} do not end on a time step after the start",
            evidence=f"from {start:g} to {end:g}, TIME STEP = {time.time_step:g}",
            remedy="Write a 'final_time', or spans of the ramp, that the time step divides.",
        )
        return
    for table, key, given in _times(experiment, manifest):
        if not start <= given <= end:
            yield Fault(
                what=f"key '{key}' in {place_of(table, experiment)} is outside the run",
                evidence=f"{key} = {given:g}, run from {start:g} to {end:g}",
                remedy="Write a time within the run, in the model's unit of time.",
            )
    for place, change in changes_of(experiment):
        if (change.begins is not None and change.begins >= end) or (
            change.ends is not None and change.ends <= start
        ):
            yield Fault(
                what=f"the change in {place} never holds during the run",
                evidence=f"{change.name} from {change.begins} to {change.ends}, run from {start:g} to {end:g}",
                remedy="Write times within the run, or leave them out.",
            )
    yield from _too_long(experiment, time, end)


def _too_long(experiment: Experiment, time: TimeSpec, end: float) -> Iterator[Fault]:
    """Return what an experiment does that takes longer than its run."""
    if isinstance(experiment, Ramp):
        needed = begin_of(experiment, time) + experiment.up + experiment.hold + experiment.down
        if needed > end:
            yield Fault(
                what=f"the ramp of {place_of('', experiment)} does not end within the run",
                evidence=f"it ends at {needed:g}, the run at {end:g}",
                remedy="Leave out 'final_time', or shorten the ramp.",
            )
    if isinstance(experiment, ModeMap) and experiment.window > end - time.initial_time:
        yield Fault(
            what=f"key 'window' in {place_of('', experiment)} is longer than the run",
            evidence=f"window = {experiment.window:g}, run from {time.initial_time:g} to {end:g}",
            remedy="Write a shorter 'window', or a later 'final_time'.",
        )
    if isinstance(experiment, NoiseTest):
        yield from _noise_faults(experiment, time, end)
    if isinstance(experiment, ShockTest):
        over = experiment.shock.begins + experiment.shock.lasts
        if over >= end:
            yield Fault(
                what=f"the shock of {place_of('', experiment)} is not over by the end of the run",
                evidence=f"it ends at {over:g}, the run at {end:g}",
                remedy="Write a later 'final_time', so that there is time to recover, or an earlier shock.",
            )


def _noise_faults(experiment: NoiseTest, time: TimeSpec, end: float) -> Iterator[Fault]:
    place, noise = place_of("", experiment), experiment.noise
    disturbed = end - experiment.window - noise.settle
    first = time.initial_time if experiment.begins is None else experiment.begins
    if disturbed <= time.initial_time or disturbed < first:
        yield Fault(
            what=f"the disturbance of {place} does not begin after the start of the run and the lever's jump",
            evidence=f"'settle' and 'window' before the end at {end:g} are {disturbed:g}; the later of start and "
            f"jump is {first:g}",
            remedy="Write a later 'final_time', or a shorter 'settle' or 'window'.",
        )
    if noise.correlation < time.time_step:
        yield Fault(
            what=f"key 'correlation' in {place_of('.noise', experiment)} is shorter than a time step",
            evidence=f"correlation = {noise.correlation:g}, TIME STEP = {time.time_step:g}",
            remedy="Write a time step or more; noise without memory depends on the time step.",
        )
    lags = experiment.lag / time.saved_every
    if round(lags) < 1 or abs(lags - round(lags)) > SLACK:
        yield Fault(
            what=f"key 'lag' in {place} is no whole number of times that are saved",
            evidence=f"lag = {experiment.lag:g}, a value is saved every {time.saved_every:g}",
            remedy="Write a multiple of the save period.",
        )


def _times(experiment: Experiment, manifest: Manifest) -> Iterator[tuple[str, str, float]]:
    """Return the table, the key and the value of each time that is given."""
    given: list[tuple[str, str, float | None]] = []
    match experiment:
        case Sweep():
            given = [("", "begins", experiment.begins)]
            for outcome in experiment.reads:
                given += [(".read", "begins", outcome.begins), (".read", "ends", outcome.ends)]
            for variant in experiment.variants:
                if variant.before is not None:
                    given += [(".variant.before", "ends", variant.before.ends)]
        case Ramp():
            given = [("", "begins", experiment.begins)]
        case Course():
            for date in experiment.dates:
                given += [(".date", "begins", date.begins), (".date", "ends", date.ends)]
                given += [(".date", "value_at", date.value_at)]
        case ModeMap() | NoiseTest():
            given = [("", "begins", experiment.begins)]
        case ShockTest():
            given = [("", "begins", experiment.begins), (".shock", "begins", experiment.shock.begins)]
        case PolicyRanking():
            asked = {key_of(id) for id in experiment.outcomes}
            for outcome in (each for each in manifest.outcomes if key_of(each.id) in asked):
                given += [("", f"begins' of outcome '{outcome.id}", outcome.begins)]
                given += [("", f"ends' of outcome '{outcome.id}", outcome.ends)]
        case _:
            assert_never(experiment)
    return ((table, key, value) for table, key, value in given if value is not None)
