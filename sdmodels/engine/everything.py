"""What does a Program save when nothing is to be left out?"""

from dataclasses import replace

from sdmodels.engine.arrangement import changing_in
from sdmodels.engine.program import Program


def with_everything(program: Program) -> Program:
    """Return a Program that saves every value it has at a time, those of delays and smooths too.

    Returns
    -------
    Program
        With further outputs: states, memories, pipelines, what is computed once a member, data, random numbers, and
        all that the steps compute, each under its own name. Its inputs stay what the caller knows.
    """
    later = [assignment.name for assignment in (*program.step, *program.observed)]
    changing = [part.name for part in changing_in(program)]
    again = {*later, *changing}
    held = [assignment.name for assignment in program.initial if assignment.name not in again]
    series = [part.name for part in program.series]
    names = [*program.outputs, *changing, *held, *later, *series, *program.draws]
    known = frozenset(program.inputs) - frozenset(changing)
    return replace(
        program,
        held=tuple(dict.fromkeys([*program.held, *held])),
        outputs=tuple(name for name in dict.fromkeys(names) if name not in known),
    )
