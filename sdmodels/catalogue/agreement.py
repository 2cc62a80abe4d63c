"""Does the model have what its manifest speaks of?"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from sdmodels.catalogue.faults import Fault, refusal
from sdmodels.catalogue.manifest import Manifest
from sdmodels.catalogue.mentions import ANY, CONSTANT, COURSE, Mention, wrong_names
from sdmodels.catalogue.tables import Change, Expectation, Lever, Loop, Outcome, Uncertainty
from sdmodels.structure.graph import influences
from sdmodels.structure.model import Model, TimeSpec
from sdmodels.structure.names import key_of
from sdmodels.structure.subscripts import constant_values, variable_of


def validate(manifest: Manifest, model: Model, *, path: Path = Path("model.toml")) -> None:
    """Do nothing if the manifest fits the model.

    Every name must exist; levers, uncertainties, changes and switches name constants; bounds hold the
    model's own value, and policies stay within those of the levers; spans of time touch the run; each
    variable of a loop acts on the next.

    Parameters
    ----------
    path
        The manifest's file, for messages.

    Raises
    ------
    ManifestError
        With the first disagreement, and how many more there are.
    """
    faults = [*wrong_names(_mentions(manifest), model)]
    if not faults:
        faults = [
            *_values_out_of_bounds(manifest, model),
            *_changes_out_of_bounds(manifest, model),
            *_windows_outside_the_run(manifest, model.time),
            *_broken_loops(manifest.loops, model),
        ]
    if faults:
        raise refusal(path, faults)


def _changes(manifest: Manifest) -> Iterator[tuple[str, Change]]:
    for table, alternatives in (
        ("policy", manifest.policies),
        ("scenario", manifest.scenarios),
        ("reality_check", manifest.reality_checks),
    ):
        for alternative in alternatives:
            for change in alternative.changes:
                yield f"[[{table}.change]] of '{alternative.id}'", change


def _expectations(manifest: Manifest) -> Iterator[tuple[str, Expectation]]:
    for check in manifest.reality_checks:
        for expectation in check.expectations:
            yield f"[[reality_check.expect]] of '{check.id}'", expectation


def _ranges(manifest: Manifest) -> Iterator[tuple[str, Lever | Uncertainty]]:
    for number, lever in enumerate(manifest.levers, start=1):
        yield f"[[lever]] number {number}", lever
    for number, uncertainty in enumerate(manifest.uncertainties, start=1):
        yield f"[[uncertainty]] number {number}", uncertainty


def _mentions(manifest: Manifest) -> Iterator[Mention]:
    for place, value in (*_ranges(manifest), *_changes(manifest)):
        yield Mention(place=place, key="name", name=value.name, kinds=CONSTANT)
    for outcome in manifest.outcomes:
        place = f"[[outcome]] '{outcome.id}'"
        yield Mention(place=place, key="variable", name=outcome.variable, kinds=COURSE)
    for loop in manifest.loops:
        place = f"[[loop]] '{loop.id}'"
        for name in loop.variables:
            yield Mention(place=place, key="variables", name=name, kinds=COURSE)
        if loop.switch is not None:
            yield Mention(place=place, key="switch", name=loop.switch, kinds=CONSTANT)
    for number, row in enumerate(manifest.variables, start=1):
        yield Mention(place=f"[[variable]] number {number}", key="name", name=row.name, kinds=ANY)
    for key, names in (
        ("trajectories", manifest.figures.trajectories),
        ("phase", manifest.figures.phase or ()),
    ):
        for name in names:
            yield Mention(place="[figures]", key=key, name=name, kinds=COURSE)
    for place, expectation in _expectations(manifest):
        yield Mention(place=place, key="variable", name=expectation.variable, kinds=COURSE)


def _values_out_of_bounds(manifest: Manifest, model: Model) -> Iterator[Fault]:
    for place, bounds in _ranges(manifest):
        for value in constant_values(model, bounds.name).values():
            if not bounds.minimum <= value <= bounds.maximum:
                yield Fault(
                    what=f"the bounds in {place} leave out the model's own value",
                    evidence=f"{bounds.name} = {value:g}, {bounds_of(bounds)}",
                    remedy=f"Widen the bounds, or change the value in {model.source or model.name}.",
                )


def bounds_of(bounds: Lever | Uncertainty) -> str:
    """Return the bounds as the manifest writes them."""
    return f"minimum = {bounds.minimum:g}, maximum = {bounds.maximum:g}"


def _changes_out_of_bounds(manifest: Manifest, model: Model) -> Iterator[Fault]:
    levers = {key_of(lever.name): lever for lever in manifest.levers}
    for policy in manifest.policies:
        for change in policy.changes:
            lever = levers.get(key_of(change.name))
            if lever is None:
                continue
            for value in _reached(change, model):
                if lever.minimum <= value <= lever.maximum:
                    continue
                yield Fault(
                    what=f"[[policy.change]] of '{policy.id}' leaves the bounds of its lever",
                    evidence=f"{change.name} = {value:g}, {bounds_of(lever)}",
                    remedy="Choose a value within the bounds, or widen them in [[lever]].",
                )


def _reached(change: Change, model: Model) -> tuple[float, ...]:
    """Return the values that the change leads to, from the model's own."""
    if change.value is not None:
        return (change.value,)
    factor = 1.0 if change.factor is None else change.factor
    return tuple(value * factor for value in constant_values(model, change.name).values())


def _windows_outside_the_run(manifest: Manifest, time: TimeSpec) -> Iterator[Fault]:
    outcomes = ((f"[[outcome]] '{outcome.id}'", outcome) for outcome in manifest.outcomes)
    windows: Iterable[tuple[str, Change | Outcome | Expectation]] = (
        *_changes(manifest),
        *outcomes,
        *_expectations(manifest),
    )
    for place, window in windows:
        for key, given, outside in (
            ("begins", window.begins, window.begins is not None and window.begins >= time.final_time),
            ("ends", window.ends, window.ends is not None and window.ends <= time.initial_time),
        ):
            if outside:
                yield Fault(
                    what=f"key '{key}' in {place} is outside the run",
                    evidence=f"{key} = {given:g}, run from {time.initial_time:g} to {time.final_time:g}",
                    remedy="Write a time within the run, in the model's unit of time.",
                )


def _broken_loops(loops: Iterable[Loop], model: Model) -> Iterator[Fault]:
    sources = influences(model)
    for loop in loops:
        names = [model[variable_of(name)].name for name in loop.variables]
        for source, target in zip(names, [*names[1:], names[0]], strict=True):
            if source not in sources.get(target, ()):
                acting = ", ".join(f"'{name}'" for name in sources.get(target, ())) or "nothing"
                yield Fault(
                    what=f"in key 'variables' of [[loop]] '{loop.id}', '{source}' does not act on '{target}'",
                    evidence=f"'{target}' is acted on by {acting}.",
                    remedy="List the variables in causal order, and leave none of the chain out.",
                )
