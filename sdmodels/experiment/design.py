"""Which runs does an experiment consist of, and with which inputs?"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from numbers import Integral

import numpy as np
from numpy.typing import NDArray

from sdmodels.catalogue import Change, Entry, Policy, Scenario
from sdmodels.engine.missing import without_number
from sdmodels.errors import InputError
from sdmodels.experiment.points import with_points
from sdmodels.experiment.sampling import draw
from sdmodels.experiment.schedule import Slot, base_name, places, schedule, slots_needed
from sdmodels.experiment.settings import Points, Setting, Settings, check_settings, find_input
from sdmodels.structure.model import Constant, Model, slope_name
from sdmodels.structure.stretching import taken_up
from sdmodels.structure.subscripts import constant_values, find_scalar, variable_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """Every run of an experiment: scenarios times policies times samples, one member each.

    Attributes
    ----------
    model
        With room for the changes over time.
    inputs
        By name, the constants that the experiment touches, shape ``(members,)`` [unit of each].
    policy, scenario
        Ids, shape ``(members,)``.
    sample
        Number of the draw, shape ``(members,)``; the same draw has the same numbers under every policy.
    tables, series
        Heights of lookups, and values over time, that the caller gave; for one member or for all.
    """

    model: Model
    inputs: Mapping[str, NDArray[np.float64]]
    policy: NDArray[np.str_]
    scenario: NDArray[np.str_]
    sample: NDArray[np.int64]
    tables: Mapping[str, Points]
    series: Mapping[str, Points]

    @property
    def members(self) -> int:
        """How many runs there are."""
        return len(self.sample)


def _whole(number: object) -> bool:
    return isinstance(number, Integral)


def _common_length(settings: Settings, members: int) -> int:
    """Return how many members there are a policy: as many as the lists among the settings have numbers."""
    lengths = settings.lengths()
    if members > 1:
        lengths["members"] = members
    if len(set(lengths.values())) > 1:
        shown = ", ".join(f"{name}: {length}" for name, length in lengths.items())
        raise InputError(
            f"The settings do not agree on the number of members.\n    {shown}\n"
            "Give every list the same length; leave members out or set it to that length."
        )
    return next(iter(lengths.values()), 1)


def design(
    entry: Entry,
    *,
    policies: Sequence[Policy],
    scenarios: Sequence[Scenario],
    settings: Mapping[str, Setting],
    members: int,
    seed: int,
    within_bounds: bool = True,
) -> Design:
    """Lay out the runs.

    A member starts from the model's own numbers; then come its draw (if there is more than one), the
    settings, the scenario's changes, and the policy's, each on top of what came before. The slope of a table
    whose heights are set is not drawn.

    Parameters
    ----------
    settings
        By name: a number for every member, or one a member; heights of a table; values over time.
    members
        Draws a policy and scenario; 1 is the model's own numbers (but for settings that are lists).
    seed
        Of the draws.
    within_bounds
        Whether policies must keep levers within their bounds.
    """
    if not _whole(members) or members < 1:
        raise InputError(
            f"{members} members are asked for.\n    There must be 1 or more.\nGive a whole number."
        )
    if not _whole(seed) or seed < 0:
        raise InputError(f"The seed is {seed}.\n    A seed is 0 or more.\nGive a whole number.")
    checked = check_settings(entry, settings)
    named = [u.model_copy(update={"name": find_scalar(entry.model, u.name)}) for u in entry.uncertainties]
    # Who gives the heights of a table means these and no others.
    given = {*checked.numbers, *checked.series, *map(slope_name, checked.tables)}
    uncertain = [uncertainty for uncertainty in named if uncertainty.name not in given]
    draws = draw(uncertain, members=members, seed=seed) if members > 1 else {}
    members = _common_length(checked, members)
    runs = [(scenario, policy) for scenario in scenarios for policy in policies]
    changes = [(*_named(entry, scenario), *_named(entry, policy)) for scenario, policy in runs]
    slots = slots_needed(changes, over_time=checked.series)
    columns = [
        _column(entry, draws, checked.numbers, each, slots, members, checked.series) for each in changes
    ]
    if within_bounds:
        for (_, policy), column in zip(runs, columns, strict=True):
            _require_bounds(entry, policy, column, slots)
    names = list(dict.fromkeys(name for column in columns for name in column))
    series = {base_name(name) if name in slots else name: points for name, points in checked.series.items()}
    engaged = taken_up(entry.model, [*names, *slots, *series])
    model = with_points(schedule(engaged, slots), checked.tables, series)
    inputs = {
        name: np.concatenate([_filled(model, column, name, members) for column in columns]) for name in names
    }
    return Design(
        model=model,
        inputs=inputs,
        policy=np.repeat([policy.id for _, policy in runs], members),
        scenario=np.repeat([scenario.id for scenario, _ in runs], members),
        sample=np.tile(np.arange(members, dtype=np.int64), len(runs)),
        tables={name: _repeated(points, len(runs)) for name, points in checked.tables.items()},
        series={name: _repeated(points, len(runs)) for name, points in series.items()},
    )


def _repeated(points: Points, runs: int) -> Points:
    """Return the points for every policy and scenario: the same members in each."""
    return points if points.members == 1 else replace(points, ys=np.tile(points.ys, runs))


def _require_bounds(
    entry: Entry, policy: Policy, column: Mapping[str, NDArray[np.float64]], slots: Mapping[str, int]
) -> None:
    """Raise InputError if a policy brings a lever out of its bounds in any member, at once or over time."""
    levers = {find_input(entry, lever.name): lever for lever in entry.levers}
    for change in _named(entry, policy):
        if (lever := levers.get(change.name)) is None:
            continue
        own = np.full(1, constant_values(entry.model, change.name)[change.name])
        before = column.get(base_name(change.name) if change.name in slots else change.name, own)
        reached = before
        if change.name in slots:
            reached = np.asarray((change.factor or 0.0) * before + (change.value or 0.0))
        worst = reached[np.argmax(np.maximum(lever.minimum - reached, reached - lever.maximum))]
        if not lever.minimum <= worst <= lever.maximum:
            units = entry.model[variable_of(change.name)].units
            raise InputError(
                f"Policy '{policy.id}' brings '{change.name}' to {worst:g}, which is out of bounds.\n"
                f"    bounds of the lever: {lever.minimum:g} to {lever.maximum:g} {units}".rstrip()
                + "\nChange the policy, or what it starts from."
            )


def _named(entry: Entry, alternative: Policy | Scenario) -> list[Change]:
    """Return the changes under the model's own names."""
    for change in alternative.changes:
        variable = entry.model[variable_of(find_input(entry, change.name))]
        if not isinstance(variable, Constant):
            raise InputError(
                f"'{alternative.id}' changes '{variable.name}', which is not a constant.\n"
                f"    {entry.model.where(variable.line)}: {variable.name}\n"
                "Change a constant; initial values, tables and data are set for all policies alike."
            )
    return [
        change.model_copy(update={"name": find_input(entry, change.name)}) for change in alternative.changes
    ]


def _column(
    entry: Entry,
    draws: Mapping[str, NDArray[np.float64]],
    settings: Mapping[str, NDArray[np.float64]],
    changes: Sequence[Change],
    slots: Mapping[str, int],
    members: int,
    over_time: Collection[str],
) -> dict[str, NDArray[np.float64]]:
    """Return the inputs of one policy under one scenario, shape ``(members,)`` each."""
    values = dict(draws)
    values |= {name: np.resize(value, members) for name, value in settings.items()}
    timed: dict[Slot, Change] = {}
    for change, slot in zip(changes, places(changes, over_time=over_time), strict=True):
        if slot is not None:
            timed[slot] = _begun(change, entry.model)
        elif change.value is not None:
            values[change.name] = np.full(members, change.value)
        elif change.factor is not None:
            values[change.name] = change.factor * _filled(entry.model, values, change.name, members)
    column = {base_name(name) if name in slots else name: value for name, value in values.items()}
    for name, room in slots.items():
        for number in range(1, room + 1):
            slot = Slot(constant=name, number=number)
            filled = slot.filled(timed.get(slot))
            column |= {part: np.full(members, value) for part, value in filled.items()}
    return column


def _begun(change: Change, model: Model) -> Change:
    """Return the change with the time from which its ramp counts."""
    if change.begins is None and change.over is not None:
        return change.model_copy(update={"begins": model.time.initial_time})
    return change


def _filled(
    model: Model, values: Mapping[str, NDArray[np.float64]], name: str, members: int
) -> NDArray[np.float64]:
    """Return the values of ``name``, or as many times the model's own number."""
    if name in values:
        return values[name]
    own = constant_values(model, name)[name]
    if math.isnan(own):
        raise without_number(model, name)
    return np.full(members, own)
