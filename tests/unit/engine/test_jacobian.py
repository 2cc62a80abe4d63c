"""The Jacobian against matrices that can be written down, and against differences of net flows."""

from collections.abc import Callable

import numpy as np
import pytest

import sdmodels
from sdmodels.engine import interpreter
from sdmodels.engine.ensemble import run
from sdmodels.engine.jacobian import jacobian_name, jacobian_names, jacobian_of, with_jacobian
from sdmodels.engine.lowering import lower
from sdmodels.engine.native.compilation import compile_program
from sdmodels.engine.program import Program
from sdmodels.engine.trajectories import Trajectories, periodic_steps

ProgramOf = Callable[..., Program]
Evaluate = Callable[..., Trajectories]

LINEAR = """
Prey = INTEG(gain - a * Predator, 2)
Predator = INTEG(b * Prey - c * Predator, 1)
gain = a * 3
a = 0.4
b = 0.5
c = 0.2
"""


def test_the_eigenvalues_of_a_linear_model_are_those_of_its_matrix(
    evaluate: Evaluate, program_of: ProgramOf
) -> None:
    program = program_of(LINEAR, inputs=["a", "c"], outputs=["Prey"])
    found = evaluate(with_jacobian(program), {"a": [0.4, 0.1], "c": [0.2, 1.2]})
    jacobian = jacobian_of(program, found)
    assert jacobian.shape == (2, 2, 11, 2)
    for member, (a, c) in enumerate([(0.4, 0.2), (0.1, 1.2)]):
        # x^2 + c x + a b = 0
        root = np.sqrt(complex(c * c / 4 - a * 0.5))
        expected = sorted([-c / 2 - root, -c / 2 + root], key=lambda x: (x.real, x.imag))
        for time in range(11):
            values = np.linalg.eigvals(jacobian[:, :, time, member])
            values = sorted(values, key=lambda x: (x.real, x.imag))
            np.testing.assert_allclose(values, expected, rtol=1e-12)


def test_a_jacobian_follows_the_state(evaluate: Evaluate, program_of: ProgramOf) -> None:
    program = program_of("P = INTEG(0.3 * P * (1 - P / 50), 2)", outputs=["P"])
    found = evaluate(with_jacobian(program))
    np.testing.assert_allclose(
        jacobian_of(program, found)[0, 0], 0.3 - 0.6 * found.values[0] / 50, rtol=1e-12
    )


def test_zeros_of_the_structure_are_not_computed(program_of: ProgramOf) -> None:
    program = program_of(LINEAR, outputs=["Prey"])
    assert jacobian_names(program) == (
        (None, "d(rate of Prey)/d(Predator)"),
        ("d(rate of Predator)/d(Prey)", "d(rate of Predator)/d(Predator)"),
    )


def test_the_stocks_of_delays_and_smooths_have_their_place(program_of: ProgramOf) -> None:
    program = program_of("A = INTEG(-y, 4)\ny = SMOOTH(A, 2)", outputs=["A"])
    hidden = program.states[1].name
    assert jacobian_names(program) == (
        (None, jacobian_name("A", hidden)),
        (jacobian_name(hidden, "A"), jacobian_name(hidden, hidden)),
    )


def test_a_step_that_is_not_saved_computes_nothing_for_the_jacobian() -> None:
    model = sdmodels.load("hotline").model
    program = lower(model, outputs=["Order Backlog"])
    found = with_jacobian(program)
    assert found.step == program.step
    assert found.states == program.states
    assert len(found.observed) > len(program.observed)


def test_the_jacobian_of_the_hotline_is_what_differences_of_net_flows_show() -> None:
    model = sdmodels.load("hotline").model
    inputs = ["Application Intensity", "Establishment", "Demand Multiplier"]
    program = lower(model, inputs=inputs)
    # So much demand that routine work decays: in balance the model stands on points of its tables, where there
    # are two slopes; the first saved time is such a point.
    members = np.array([[0.63, 0.77, 0.71], [295.0, 287.0, 271.0], [1.37, 1.43, 1.51]])
    steps = periodic_steps(program)[40::40]
    found = run(compile_program(with_jacobian(program)), members, steps=steps)
    plain = run(compile_program(program), members, steps=steps)
    np.testing.assert_array_equal(found.values[: len(program.outputs)], plain.values)
    jacobian = jacobian_of(program, found)
    states = [state.name for state in program.states]
    # A SMOOTH shows the state that it is made of.
    rows = [program.outputs.index(name.split(" (smooth")[0]) for name in states]

    fixed = dict(zip(inputs, members, strict=True))
    initial = _values(program, program.initial, fixed, 0.0)
    fixed |= {name: initial[name] for name in program.held}

    def rates(at: dict[str, np.ndarray], time: float) -> np.ndarray:
        now = _values(program, program.step, {**fixed, **at}, time)
        return np.array([interpreter.value_of(state.rate, now, time) for state in program.states])

    def difference(at: dict[str, np.ndarray], name: str, time: float, share: float) -> np.ndarray:
        width = share * np.abs(at[name]) + share * 1e-3
        moved = [rates({**at, name: at[name] + by * width}, time) for by in (-2, -1, 1, 2)]
        return (moved[0] - 8 * moved[1] + 8 * moved[2] - moved[3]) / (12 * width)

    agreeing = 0
    for place, time in enumerate(found.times):
        at = dict(zip(states, plain.values[rows, place], strict=True))
        for column, name in enumerate(states):
            wide, narrow = difference(at, name, time, 1e-5), difference(at, name, time, 3e-6)
            # Roundings of flows of hundreds (1e-13) over the narrowest widths, some 1e-8. Where two widths show
            # different slopes there is a point of a table between them.
            smooth = np.isclose(wide, narrow, rtol=1e-6, atol=1e-5)
            agreeing += int(smooth.sum())
            exact = jacobian[:, column, place]
            np.testing.assert_allclose(exact[smooth], narrow[smooth], rtol=1e-5, atol=1e-5, err_msg=name)
    assert agreeing > 0.99 * jacobian.size


def _values(program: Program, assignments: tuple, known: dict, time: float) -> dict[str, np.ndarray]:
    values = dict(known)
    with np.errstate(all="ignore"):
        for assignment in assignments:
            values[assignment.name] = interpreter.value_of(assignment.expression, values, time)
    return values


@pytest.mark.parametrize("method", ["euler", "rk4"])
def test_the_jacobian_is_that_of_the_saved_time_whatever_the_method(
    evaluate: Evaluate, program_of: ProgramOf, method: str
) -> None:
    program = program_of("P = INTEG(P * Time, 1)", outputs=["P"], final=2, step=0.5)
    found = evaluate(with_jacobian(program), method=method)
    np.testing.assert_array_equal(jacobian_of(program, found)[0, 0, :, 0], [0, 0.5, 1, 1.5, 2])
