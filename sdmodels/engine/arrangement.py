"""How often must each of a Program's further equations be computed: once a member, every step, when saved?"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeAlias

from sdmodels.engine.program import Assignment, Memory, Pipeline, Program, State
from sdmodels.errors import StructureError
from sdmodels.structure.expression import Expression, references

Changing: TypeAlias = State | Memory | Pipeline


def arranged(
    program: Program,
    *,
    initial: Sequence[Assignment],
    later: Sequence[Assignment],
    held: Sequence[str] = (),
    changing: Sequence[Changing],
    outputs: Sequence[str],
) -> Program:
    """Return ``program`` with more equations, each computed as seldom as can be, or not at all.

    Parameters
    ----------
    initial, later
        All equations of the initial time, and of the steps whether observed or not, in order.
    held
        What the later equations read of the initial ones beside ``program.held``.
    changing
        All states, memories and pipelines.
    outputs
        Those that are new.

    Raises
    ------
    StructureError
        If a variable of the model has the name of a new equation.
    """
    saved = (*program.outputs, *outputs)
    flows = [reference.name for part in changing for reference in references(flow_of(part))]
    own = {assignment.name for assignment in (*program.step, *program.observed)}
    fixed = {*program.inputs, *program.held, *held} - {part.name for part in changing}
    for_flows = _needed(later, flows)
    for_saved = _needed(later, saved) - for_flows
    once = _once_a_member((a for a in later if a.name not in own), fixed) & (for_flows | for_saved)
    step = tuple(a for a in later if a.name in for_flows - once)
    observed = tuple(a for a in later if a.name in for_saved - once)
    at_first = [*initial, *(a for a in later if a.name in once)]
    read = {r.name for a in (*step, *observed) for r in references(a.expression)} | {*flows, *saved}
    kept = [*program.held, *(name for name in (*held, *sorted(once)) if name in read)]
    delay_times = [part.delay_time for part in changing if isinstance(part, Pipeline)]
    first = _needed(at_first, [*(part.name for part in changing), *kept, *delay_times])
    result = replace(
        program,
        initial=tuple(a for a in at_first if a.name in first),
        held=tuple(kept),
        states=tuple(part for part in changing if isinstance(part, State)),
        step=step,
        observed=observed,
        outputs=saved,
        memories=tuple(part for part in changing if isinstance(part, Memory)),
        pipelines=tuple(part for part in changing if isinstance(part, Pipeline)),
    )
    _refuse_twice(result)
    return result


def flow_of(part: Changing) -> Expression:
    """Return what drives a state, memory or pipeline."""
    match part:
        case State():
            return part.rate
        case Memory():
            return part.following
        case Pipeline():
            return part.input


def _needed(assignments: Iterable[Assignment], wanted: Iterable[str]) -> set[str]:
    """Return the names that must be computed for ``wanted``, out of ``assignments``."""
    reads = {a.name: [reference.name for reference in references(a.expression)] for a in assignments}
    found: set[str] = set()
    waiting = list(wanted)
    while waiting:
        name = waiting.pop()
        if name not in found and name in reads:
            found.add(name)
            waiting.extend(reads[name])
    return found


def _once_a_member(assignments: Iterable[Assignment], fixed: Iterable[str]) -> set[str]:
    """Return the names that need nothing but ``fixed`` ones, out of ``assignments`` in order."""
    known = set(fixed)
    found: set[str] = set()
    for assignment in assignments:
        if all(reference.name in known for reference in references(assignment.expression)):
            known.add(assignment.name)
            found.add(assignment.name)
    return found


def _refuse_twice(program: Program) -> None:
    during = [a.name for a in (*program.step, *program.observed)]
    during += [part.name for part in changing_in(program)]
    for names in (during, [a.name for a in program.initial], list(program.outputs)):
        twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
        if twice:
            raise StructureError(
                f"'{twice[0]}' is the name of a variable and of a derivative.\n"
                f"    Derivatives are named d(Output)/d(Input).\n"
                "Rename the variable."
            )


def changing_in(program: Program) -> tuple[Changing, ...]:
    """Return the states, memories and pipelines of a Program."""
    return (*program.states, *program.memories, *program.pipelines)
