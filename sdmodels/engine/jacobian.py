"""How does each net flow change with each stock?"""

from typing import TypeAlias

import numpy as np

from sdmodels.engine.arrangement import arranged, changing_in
from sdmodels.engine.linearisation import Linearisation, followed
from sdmodels.engine.program import Assignment, Program
from sdmodels.engine.tangents import Tangents
from sdmodels.engine.trajectories import Floats, Trajectories
from sdmodels.structure.simplification import ONE, is_number

Names: TypeAlias = tuple[tuple[str | None, ...], ...]


def jacobian_name(state: str, other: str) -> str:
    """Return the name under which the derivative of the net flow of ``state`` by ``other`` is saved."""
    return f"d(rate of {state})/d({other})"


def with_jacobian(program: Program) -> Program:
    """Return a Program that also saves how each net flow changes with each stock, at the saved times.

    Returns
    -------
    Program
        With further outputs, named by :func:`jacobian_name`, for all pairs of states (the hidden ones of delays
        and smooths too) but those that are zero by the structure of the model [1 / unit of time, times the units
        of the two]. What changes at the end of a step only (memories, pipelines) counts as fixed. Steps that are
        not saved compute nothing more.

    Raises
    ------
    StructureError
        If a variable of the model has the name of a derivative.
    """
    linear = Linearisation(program)
    states = [state.name for state in program.states]
    tangents = Tangents(states)
    for name in states:
        tangents.set(name, name, ONE)

    def name_of(name: str, state: str) -> str:
        return f"d({name})/d({state}) (at the time)"

    # The equations of the step stay as they are: what is shared with their slopes is computed once more, but
    # only at the saved times.
    own = {assignment.name for assignment in program.step}
    equations = followed([*linear.step, *linear.flows], tangents, name_of)
    further = [equation for equation in equations if equation.name not in own]
    elements = []
    for state in states:
        for other in states:
            tangent = tangents.of(linear.flow_name(state), other)
            if not is_number(tangent, 0.0):
                elements.append(Assignment(name=jacobian_name(state, other), expression=tangent))
    return arranged(
        program,
        initial=program.initial,
        later=[*program.step, *further, *program.observed, *elements],
        changing=changing_in(program),
        outputs=[element.name for element in elements],
    )


def jacobian_names(program: Program) -> Names:
    """Return the outputs of ``with_jacobian(program)`` as a matrix; None where the structure says zero.

    Rows are the states whose net flow changes, columns the states that change it, both in the order of
    ``program.states``.
    """
    saved = frozenset(with_jacobian(program).outputs)
    states = [state.name for state in program.states]
    names = [[jacobian_name(state, other) for other in states] for state in states]
    return tuple(tuple(name if name in saved else None for name in row) for row in names)


def jacobian_of(program: Program, trajectories: Trajectories) -> Floats:
    """Return the Jacobians that a run of ``with_jacobian(program)`` saved.

    Returns
    -------
    Floats
        Shape ``(states, states, times, members)``: first the state whose net flow changes, then the state that
        changes it, in the order of ``program.states``; zero where the structure says so.
    """
    states = [state.name for state in program.states]
    outputs = trajectories.names[len(states) :]
    rows = {name: row for row, name in enumerate(outputs)}
    found = np.zeros((len(states), len(states), *trajectories.values.shape[1:]))
    for i, state in enumerate(states):
        for j, other in enumerate(states):
            name = jacobian_name(state, other)
            if name in rows:
                found[i, j] = trajectories.values[rows[name]]
    return found
