"""How does a constant change during a run?

A constant that some policy or scenario changes over time becomes an auxiliary; the constants that describe
each change (how far, from when, until when, how gradually) differ between members. One model then holds every
policy, and all of them run as one ensemble.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from sdmodels.catalogue import Change
from sdmodels.errors import InputError
from sdmodels.structure.expression import (
    Arithmetic,
    Call,
    Comparison,
    Conditional,
    Expression,
    Logical,
    Number,
    Reference,
)
from sdmodels.structure.model import Auxiliary, Constant, Equation, Model, Variable
from sdmodels.structure.subscripts import variable_of

NEVER = 1e30
PARTS = ("factor", "addend", "begins", "ends", "over")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """Room for one change over time of one constant; every member fills it with its own numbers."""

    constant: str
    number: int

    def name(self, part: str) -> str:
        """Return the name of the constant that holds ``part`` of the change."""
        return f"{self.constant} (change {self.number}: {part})"

    def filled(self, change: Change | None) -> dict[str, float]:
        """Return the slot's constants for ``change``, or for no change."""
        numbers = (1.0, 0.0, NEVER, NEVER, 0.0) if change is None else _numbers(change)
        return {self.name(part): number for part, number in zip(PARTS, numbers, strict=True)}


def _numbers(change: Change) -> tuple[float, ...]:
    factor = 0.0 if change.factor is None else change.factor
    addend = 0.0 if change.value is None else change.value
    begins = -NEVER if change.begins is None else change.begins
    ends = NEVER if change.ends is None else change.ends
    return factor, addend, begins, ends, change.over or 0.0


def lasts(change: Change) -> bool:
    """Return whether a change holds from before the run to its end: it needs no schedule."""
    return change.begins is None and change.ends is None and change.over is None


def base_name(constant: str) -> str:
    """Return the name of what a scheduled constant is before any change."""
    return f"{constant} (before changes)"


def schedule(model: Model, slots: Mapping[str, int]) -> Model:
    """Return the model with room for changes over time.

    Parameters
    ----------
    slots
        How many changes each constant must have room for, by its name.

    Raises
    ------
    InputError
        If a constant has subscripts.
    """
    for scalar in slots:
        if "[" in scalar:
            constant = model[variable_of(scalar)]
            raise InputError(
                f"'{constant.name}' has subscripts and cannot change during a run.\n"
                f"    {model.where(constant.line)}: {scalar}\nSet it for the whole run instead."
            )
    variables: dict[str, Variable] = {}
    for name, variable in model.variables.items():
        if name in slots and isinstance(variable, Constant):
            variables.update(_scheduled(model, variable, slots[name]))
        else:
            variables[name] = variable
    return replace(model, variables=variables)


def _scheduled(model: Model, constant: Constant, slots: int) -> dict[str, Variable]:
    base = replace(constant, name=base_name(constant.name))
    added: dict[str, Variable] = {base.name: base}
    value: Expression = Reference(base.name)
    for number in range(1, slots + 1):
        slot = Slot(constant=constant.name, number=number)
        for name, default in slot.filled(None).items():
            added[name] = Constant(name=name, equations=(Equation(expression=Number(default)),))
        value = _changed(value, slot, model.time.time_step)
    equation = Equation(expression=value, line=constant.line, text=constant.equations[0].text)
    added[constant.name] = Auxiliary(
        name=constant.name,
        equations=(equation,),
        units=constant.units,
        documentation=constant.documentation,
    )
    return added


def _changed(before: Expression, slot: Slot, time_step: float) -> Expression:
    """Write: before + share * (factor * before + addend - before) while the change holds, else before."""
    factor, addend, begins, ends, over = (Reference(slot.name(part)) for part in PARTS)
    time = Reference("Time")
    # A thousandth of a step on, so that rounding of Time never shifts a change by one step.
    now = Arithmetic("+", time, Number(time_step / 1000))
    holds = Logical("and", Comparison(">=", now, begins), Comparison("<", now, ends))
    target = Arithmetic("+", Arithmetic("*", factor, before), addend)
    reached = Call("MIN", (Number(1.0), Arithmetic("/", Arithmetic("-", time, begins), over)))
    share = Conditional(Comparison(">", over, Number(0.0)), reached, Number(1.0))
    gain = Arithmetic("*", share, Arithmetic("-", target, before))
    # At once and for good the target itself, so that no rounding is left of what was before.
    arrived = Conditional(Comparison(">=", share, Number(1.0)), target, Arithmetic("+", before, gain))
    return Conditional(holds, arrived, before)


def places(changes: Sequence[Change], *, over_time: Collection[str] = ()) -> list[Slot | None]:
    """Return the slot of each change of one alternative; ``None`` for what lasts from before the run.

    What lasts acts on what a timed change before it has left, so it takes its place behind it. Whatever acts on
    the constants in ``over_time`` acts over time: they follow given values during the run.
    """
    found: list[Slot | None] = []
    for change in changes:
        before = sum(slot is not None and slot.constant == change.name for slot in found)
        timed = not lasts(change) or before > 0 or change.name in over_time
        found.append(Slot(constant=change.name, number=before + 1) if timed else None)
    return found


def slots_needed(
    alternatives: Sequence[Sequence[Change]], *, over_time: Collection[str] = ()
) -> dict[str, int]:
    """Return how many changes over time each constant must have room for, to hold any one alternative."""
    needed: dict[str, int] = {}
    for changes in alternatives:
        for slot in places(changes, over_time=over_time):
            if slot is not None:
                needed[slot.constant] = max(needed.get(slot.constant, 0), slot.number)
    return needed
