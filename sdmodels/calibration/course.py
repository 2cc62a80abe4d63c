"""How do the changes of a case become a policy whose numbers are parameters?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sdmodels.calibration.calendar import Calendar
from sdmodels.calibration.tables import CourseChange, Known, Parameter
from sdmodels.catalogue import Change, Entry, Policy, Text
from sdmodels.experiment.schedule import places
from sdmodels.experiment.settings import find_input

# Which part of a slot holds which key of a change.
_PARTS: Mapping[str, str] = {"value": "addend", "factor": "factor", "over": "over"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What a case runs: a policy, and where in it parameters stand.

    Attributes
    ----------
    parts
        By part of a slot, the id of the parameter that it takes.
    begins
        For each change of the case, the part of its slot that says when it begins.
    """

    policy: Policy
    parts: Mapping[str, str]
    begins: tuple[str, ...]


def course_of(
    entry: Entry,
    calendar: Calendar,
    changes: Sequence[CourseChange],
    parameters: Mapping[str, Parameter],
    *,
    policy: str,
    scenario: str,
) -> Course:
    """Return the changes behind those of a policy of the manifest.

    Raises
    ------
    CalibrationError
        If a date cannot be read; the message is a clause.
    UnknownNameError
        If there is no such policy, scenario or constant.
    """
    own = entry.policy(policy)
    added = [_change(entry, calendar, change, parameters) for change in changes]
    before = [*entry.scenario(scenario).changes, *own.changes]
    slots = places([_named(entry, change) for change in (*before, *added)])[len(before) :]
    parts, begins = {}, []
    for change, slot in zip(changes, slots, strict=True):
        assert slot is not None  # every change of a case begins at a date
        begins.append(slot.name("begins"))
        for key, part in _PARTS.items():
            if isinstance(getattr(change, key), str):
                parts[slot.name(part)] = getattr(change, key)
    course = Policy(
        id="case",
        title=Text(en="Course of the case", zh="案例过程"),
        meaning=Text(en="As the case tells it", zh="案例所述"),
        changes=(*own.changes, *added),
    )
    return Course(policy=course, parts=parts, begins=tuple(begins))


def _named(entry: Entry, change: Change) -> Change:
    return change.model_copy(update={"name": find_input(entry, change.name)})


def _change(
    entry: Entry, calendar: Calendar, change: CourseChange, parameters: Mapping[str, Parameter]
) -> Change:
    def known(number: Known | None) -> float | None:
        return (
            (parameters[number].minimum + parameters[number].maximum) / 2
            if isinstance(number, str)
            else number
        )

    return Change(
        name=find_input(entry, change.name),
        value=known(change.value),
        factor=known(change.factor),
        begins=calendar.moment(change.begins),
        ends=None if change.ends is None else calendar.moment(change.ends),
        over=known(change.over),
    )
