"""Which runs does an experiment consist of, and with which inputs?"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sdmodels.catalogue import Change, Entry, Policy, Scenario
from sdmodels.errors import InputError, did_you_mean, unknown
from sdmodels.experiment.sampling import draw
from sdmodels.experiment.schedule import Slot, base_name, lasts, schedule, slots_needed
from sdmodels.structure.model import Constant, Model
from sdmodels.structure.names import key_of
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
    """

    model: Model
    inputs: Mapping[str, NDArray[np.float64]]
    policy: NDArray[np.str_]
    scenario: NDArray[np.str_]
    sample: NDArray[np.int64]

    @property
    def members(self) -> int:
        """How many runs there are."""
        return len(self.sample)


def check_settings(entry: Entry, settings: Mapping[str, ArrayLike]) -> dict[str, NDArray[np.float64]]:
    """Return the settings under the model's own names, shape ``(1,)`` or ``(members,)`` each.

    Raises
    ------
    UnknownNameError
        If there is no such constant; levers are suggested first.
    InputError
        If a value is not a finite number or outside the lever's (or the variable's) limits.
    """
    return {_constant(entry, name): _within(entry, name, value) for name, value in settings.items()}


def _constant(entry: Entry, name: str) -> str:
    bare = variable_of(name)
    if bare not in entry.model:
        constants = [constant.name for constant in entry.model.constants]
        near = did_you_mean(name, constants)
        if entry.levers and (not near or near == did_you_mean(name, [v.name for v in entry.levers])):
            entry.lever(name)
        raise unknown("constant", name, constants)
    scalar = find_scalar(entry.model, name)
    if not isinstance(entry.model[bare], Constant):
        variable = entry.model[bare]
        raise InputError(
            f"'{variable.name}' is not a constant: it is computed during the run.\n"
            f"    {entry.model.where(variable.line)}: {variable.name}\n"
            "Set one of the constants it depends on; `sdmodels describe` lists the levers."
        )
    return scalar


def _within(entry: Entry, name: str, given: ArrayLike) -> NDArray[np.float64]:
    values = np.atleast_1d(np.asarray(given, dtype=np.float64))
    if values.ndim != 1 or values.size == 0:
        raise InputError(
            f"'{name}' is set to an array of shape {values.shape}.\n"
            "    A setting is one number, or a list with one number a member.\nGive one of the two."
        )
    for value in values:
        _check_one(entry, name, float(value))
    return values


def _check_one(entry: Entry, name: str, value: float) -> None:
    variable = entry.model[variable_of(name)]
    if not math.isfinite(value):
        raise InputError(
            f"'{variable.name}' is set to {value}.\n    A value must be a finite number.\nGive one."
        )
    low, high = getattr(variable, "minimum", None), getattr(variable, "maximum", None)
    for lever in entry.levers:
        if key_of(lever.name) == key_of(variable.name):
            low, high = lever.minimum, lever.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        least = "no lower limit" if low is None else f"{low:g}"
        most = "no upper limit" if high is None else f"{high:g}"
        raise InputError(
            f"'{variable.name}' is set to {value:g}, which is out of bounds.\n"
            f"    bounds: {least} to {most} {variable.units}".rstrip()
            + "\nChoose a value within the bounds."
        )
    for uncertainty in entry.uncertainties:
        if key_of(uncertainty.name) == key_of(variable.name) and uncertainty.minimum > 0 >= value:
            raise InputError(
                f"'{variable.name}' is set to {value:g}, which is out of bounds.\n"
                f"    plausible: {uncertainty.minimum:g} to {uncertainty.maximum:g} {variable.units}".rstrip()
                + "\nChoose a value above zero."
            )


def _common_length(settings: Mapping[str, NDArray[np.float64]], members: int) -> int:
    """Return how many members there are a policy: as many as the lists among the settings have numbers."""
    lengths = {name: values.size for name, values in settings.items() if values.size > 1}
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
    settings: Mapping[str, ArrayLike],
    members: int,
    seed: int,
) -> Design:
    """Lay out the runs.

    A member starts from the model's own numbers; then come its draw (if there is more than one), the
    settings, the scenario's changes, and the policy's, each on top of what came before.

    Parameters
    ----------
    settings
        By name: a number for every member, or one a member.
    members
        Draws a policy and scenario; 1 is the model's own numbers (but for settings that are lists).
    seed
        Of the draws.
    """
    if members < 1:
        raise InputError(
            f"{members} members are asked for.\n    There must be 1 or more.\nGive a whole number."
        )
    if seed < 0:
        raise InputError(f"The seed is {seed}.\n    A seed is 0 or more.\nGive a whole number.")
    checked = check_settings(entry, settings)
    named = [u.model_copy(update={"name": find_scalar(entry.model, u.name)}) for u in entry.uncertainties]
    uncertain = [uncertainty for uncertainty in named if uncertainty.name not in checked]
    draws = draw(uncertain, members=members, seed=seed) if members > 1 else {}
    members = _common_length(checked, members)
    runs = [(scenario, policy) for scenario in scenarios for policy in policies]
    changes = [(*_named(entry, scenario), *_named(entry, policy)) for scenario, policy in runs]
    slots = slots_needed(changes)
    columns = [_column(entry, draws, checked, each, slots, members) for each in changes]
    names = list(dict.fromkeys(name for column in columns for name in column))
    model = schedule(entry.model, slots)
    inputs = {
        name: np.concatenate([_filled(model, column, name, members) for column in columns]) for name in names
    }
    return Design(
        model=model,
        inputs=inputs,
        policy=np.repeat([policy.id for _, policy in runs], members),
        scenario=np.repeat([scenario.id for scenario, _ in runs], members),
        sample=np.tile(np.arange(members, dtype=np.int64), len(runs)),
    )


def _named(entry: Entry, alternative: Policy | Scenario) -> list[Change]:
    return [
        change.model_copy(update={"name": _constant(entry, change.name)}) for change in alternative.changes
    ]


def _column(
    entry: Entry,
    draws: Mapping[str, NDArray[np.float64]],
    settings: Mapping[str, NDArray[np.float64]],
    changes: Sequence[Change],
    slots: Mapping[str, int],
    members: int,
) -> dict[str, NDArray[np.float64]]:
    """Return the inputs of one policy under one scenario, shape ``(members,)`` each."""
    values = dict(draws)
    values |= {name: np.resize(value, members) for name, value in settings.items()}
    pending: dict[str, list[Change]] = {name: [] for name in slots}
    for change in changes:
        if not lasts(change) or pending.get(change.name):
            # What lasts acts on what a timed change before it has left, so it takes its place behind it.
            pending[change.name].append(_begun(change, entry.model))
            continue
        if change.value is not None:
            values[change.name] = np.full(members, change.value)
        elif change.factor is not None:
            values[change.name] = change.factor * _filled(entry.model, values, change.name, members)
    column = {base_name(name) if name in slots else name: value for name, value in values.items()}
    for name, room in slots.items():
        for number in range(1, room + 1):
            slot = Slot(constant=name, number=number)
            change_or_none = pending[name][number - 1] if number <= len(pending[name]) else None
            filled = slot.filled(change_or_none)
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
    return values[name] if name in values else np.full(members, constant_values(model, name)[name])
