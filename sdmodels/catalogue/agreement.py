"""Does the model have what its manifest speaks of?"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from sdmodels.catalogue.faults import Fault, refusal
from sdmodels.catalogue.manifest import BASELINE, NORMAL, Manifest
from sdmodels.catalogue.manifest_mentions import changes_of, expectations_of, mentions_of, ranges_of
from sdmodels.catalogue.mentions import wrong_names
from sdmodels.catalogue.table_agreement import stretchable, wrong_tables
from sdmodels.catalogue.tables import Change, Lever, Loop, Uncertainty, Window
from sdmodels.errors import did_you_mean
from sdmodels.structure.graph import influences
from sdmodels.structure.model import Model, TimeSpec
from sdmodels.structure.names import key_of
from sdmodels.structure.subscripts import constant_values, variable_of


def fitted(manifest: Manifest, model: Model, *, path: Path = Path("model.toml")) -> Model:
    """Return the model with the slopes that its manifest gives to tables, if the two fit: see :func:`validate`.

    Raises
    ------
    ManifestError
        With the first disagreement, and how many more there are.
    """
    model = stretchable(model, manifest)
    validate(manifest, model, path=path)
    return model


def validate(manifest: Manifest, model: Model, *, path: Path = Path("model.toml")) -> None:
    """Do nothing if the manifest fits the model.

    Every name must exist; levers, uncertainties, changes and switches name constants; bounds hold the
    model's own value, and policies stay within those of the levers; spans of time touch the run; each
    variable of a loop acts on the next; knock-outs speak of loops with a switch; tables lie within their
    limits, and those with a slope can be stretched.

    Parameters
    ----------
    path
        The manifest's file, for messages.

    Raises
    ------
    ManifestError
        With the first disagreement, and how many more there are.
    """
    faults = [*wrong_names(mentions_of(manifest), model), *_wrong_ids(manifest)]
    if not faults:
        faults = [
            *_values_out_of_bounds(manifest, model),
            *_changes_out_of_bounds(manifest, model),
            *_windows_outside_the_run(manifest, model.time),
            *_broken_loops(manifest.loops, model),
            *wrong_tables(manifest.tables, model),
        ]
    if faults:
        raise refusal(path, faults)


def _wrong_ids(manifest: Manifest) -> Iterator[Fault]:
    """Yield where a study or a knock-out speaks of what the manifest does not have."""
    cut = [loop.id for loop in manifest.loops if loop.switch is not None]
    policies = [BASELINE.id, *(policy.id for policy in manifest.policies)]
    scenarios = [NORMAL.id, *(scenario.id for scenario in manifest.scenarios)]
    outcomes = [outcome.id for outcome in manifest.outcomes]
    for key, what, names, known in (
        ("policies", "policy", manifest.figures.policies, policies),
        ("outcomes", "outcome", manifest.figures.outcomes, outcomes),
    ):
        yield from (_unknown_id(key, "[figures]", what, name, known) for name in names if name not in known)
    for number, row in enumerate(manifest.knock_outs, start=1):
        for key, what, name, known in (
            ("loop", "loop with a switch", row.loop, cut),
            ("policy", "policy", row.policy, policies),
            ("scenario", "scenario", row.scenario, scenarios),
            ("outcome", "outcome", row.outcome, outcomes),
        ):
            if name is not None and name not in known:
                yield _unknown_id(key, f"[[knock_out]] number {number}", what, name, known)


def _unknown_id(key: str, place: str, what: str, name: str, known: list[str]) -> Fault:
    return Fault(
        what=f"key '{key}' in {place} names no {what}",
        evidence=f'{key} = "{name}"',
        remedy=did_you_mean(name, known, otherwise=f"There are: {', '.join(known) or 'none'}."),
    )


def _values_out_of_bounds(manifest: Manifest, model: Model) -> Iterator[Fault]:
    for place, bounds in ranges_of(manifest):
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
    knock_outs = ((f"[[knock_out]] of '{row.loop}'", row) for row in manifest.knock_outs)
    windows: Iterable[tuple[str, Window]] = (
        *changes_of(manifest),
        *outcomes,
        *knock_outs,
        *expectations_of(manifest),
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
