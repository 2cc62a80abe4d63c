"""Whatever the model: derivatives are the limits of differences, in both evaluators."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from random_models import INPUTS, growing, models, programs

from sdmodels.engine import interpreter
from sdmodels.engine.derivatives import with_derivatives
from sdmodels.engine.ensemble import run
from sdmodels.engine.jacobian import jacobian_of, with_jacobian
from sdmodels.engine.lowering import lower
from sdmodels.engine.native.compilation import compile_program
from sdmodels.engine.program import Program
from sdmodels.engine.trajectories import Given, Method, grid_times, periodic_steps
from sdmodels.structure import differentiation
from sdmodels.structure.expression import Call, Expression, Reference, walk
from sdmodels.structure.model import Model

Evaluate = Callable[[Program, np.ndarray, Method], np.ndarray]

# Ordinary members, off the round numbers at which random models have their kinks.
MEMBERS = np.array(
    [
        [0.7131, -1.3177, 2.5391, -0.4219, 3.1173, 0.0917, 7.3719, -5.1137],
        [1.9193, 0.6371, -2.2719, 12.7313, 0.0531, -0.8179, 1.1273, 4.3391],
    ]
)
slowly = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
    database=None,
    # A counter-example is not made smaller: each is a run of many members.
    phases=[Phase.explicit, Phase.generate],
)


def interpreted(program: Program, inputs: np.ndarray, method: Method) -> np.ndarray:
    """Return the saved values; data and random numbers are the same in every run."""
    data = {series.name: np.cos(grid_times(program.time, method))[:, None] for series in program.series}
    steps = periodic_steps(program)
    outside = Given(series=data, seed=7)
    return interpreter.integrate(program, inputs, steps=steps, method=method, given=outside).values


def in_native_code() -> Evaluate:
    """Return an evaluator that keeps the machine code of the last programs."""
    compiled = lru_cache(maxsize=4)(compile_program)

    def evaluate(program: Program, inputs: np.ndarray, method: Method) -> np.ndarray:
        kernel = compiled(program, method=method)
        return run(kernel, inputs, steps=periodic_steps(program), threads=1).values

    return evaluate


def differences(at: Callable[[float], np.ndarray], width: float) -> np.ndarray:
    """Return the fourth-order central difference."""
    near, far = at(width) - at(-width), at(2 * width) - at(-2 * width)
    return (8 * near - far) / (12 * width)


def parts_of(program: Program) -> Iterator[Expression]:
    """Return every part of every equation."""
    for assignment in (*program.initial, *program.step, *program.observed):
        yield from walk(assignment.expression)


class Tally:
    """How many derivatives were compared, stood on a kink, or were lost to infinity."""

    def __init__(self) -> None:
        self.compared = self.skipped = self.lost = self.not_zero = 0


def compare(program: Program, method: Method, evaluate: Evaluate, tally: Tally) -> None:
    """Compare all derivatives of all outputs with differences, where two widths of these agree.

    A function with a kink or a jump nearby, or one that is too steep, has differences that depend on the width.
    """
    outputs = len(program.outputs)
    values = evaluate(with_derivatives(program, program.inputs), MEMBERS, method)
    derivatives = values[outputs:].reshape(outputs, len(program.inputs), *values.shape[1:])
    plain = evaluate(program, MEMBERS, method)
    np.testing.assert_array_equal(values[:outputs], plain)
    rounding = any(isinstance(part, Call) and part.function == "INTEGER" for part in parts_of(program))
    for row in range(len(program.inputs)):

        def moved(by: float, row: int = row) -> np.ndarray:
            inputs = MEMBERS.copy()
            inputs[row] += by
            return evaluate(program, inputs, method)

        with np.errstate(all="ignore"):
            wide, narrow = differences(moved, 2e-4), differences(moved, 1e-4)
            forward, backward = moved(1e-4) - plain, plain - moved(-1e-4)
            # Roundings of the values, divided by the width.
            noise = 1e-10 * np.abs(plain) + 1e-9
            bent = np.abs(forward - backward) / 1e-4 > 0.01 * np.abs(narrow) + noise * 100
            smooth = (np.abs(wide - narrow) <= 1e-6 * np.abs(narrow) + noise) & ~bent
            known = np.isfinite(narrow) & np.isfinite(plain)
            found = derivatives[:, row]
            lost = known & smooth & ~np.isfinite(found)
            # What is rounded to whole numbers is level, however much a difference sees it climb by many of them.
            climbing = rounding & (found == 0) & (np.abs(narrow) * 1e-4 > 1)
            counted = known & smooth & np.isfinite(found) & ~climbing
            error = np.abs(found - narrow)
        tally.compared += int(counted.sum())
        tally.skipped += int((known & ~smooth).sum())
        tally.lost += int(lost.sum())
        tally.not_zero += int((counted & (narrow != 0)).sum())
        # Four orders looser than the differences agree with each other; noise as above.
        wrong = counted & (error > 1e-5 * np.abs(narrow) + 30 * noise)
        assert not wrong.any(), (
            [program.outputs[index] for index in np.flatnonzero(wrong.any(axis=(1, 2)))],
            program.inputs[row],
            found[wrong][:5],
            narrow[wrong][:5],
        )


def compare_many(
    evaluate: Evaluate,
    drawn: st.SearchStrategy,
    examples: int,
    *,
    inputs: tuple[str, str] = INPUTS,
    derandomize: bool = True,
) -> None:
    """Compare over many models, and see that the comparison is not empty."""
    tally = Tally()

    @given(model=drawn, method=st.sampled_from(["euler", "rk4"]))
    @settings(slowly, max_examples=examples, derandomize=derandomize)
    def check(model: Model | Program, method: Method) -> None:
        program = model if isinstance(model, Program) else lower(model, inputs=inputs)
        compare(program, method, evaluate, tally)

    check()
    assert tally.not_zero > examples * 10, vars(tally)
    assert tally.skipped < 0.01 * tally.compared, vars(tally)
    assert tally.lost < 0.01 * tally.compared, vars(tally)


def test_derivatives_are_the_limits_of_differences_in_any_model() -> None:
    compare_many(interpreted, models(), 60)


def test_derivatives_are_the_limits_of_differences_in_native_code() -> None:
    compare_many(in_native_code(), models(), 15)


def test_derivatives_pass_through_memories_pipelines_data_and_roots() -> None:
    compare_many(interpreted, programs(), 15)


def test_derivatives_by_initial_values_are_the_limits_of_differences() -> None:
    compare_many(interpreted, models().map(growing), 60, inputs=("S", "R"))


@pytest.mark.slow
@pytest.mark.parametrize("drawn", [models(), programs()], ids=["models", "programs"])
def test_derivatives_are_the_limits_of_differences_in_very_many_models(drawn: st.SearchStrategy) -> None:
    compare_many(interpreted, drawn, 1500, derandomize=False)


def test_a_step_of_euler_moves_with_its_start_as_the_jacobian_says() -> None:
    """The derivative of the states after a step, by the states before it, is 1 + step x Jacobian."""
    tally = Tally()

    @given(program=models().map(lambda model: lower(model, inputs=INPUTS)))
    @settings(slowly, max_examples=60)
    def check(program: Program) -> None:
        states = tuple(state.name for state in program.states)
        every_step = replace(program.time, save_period=program.time.time_step)
        program = replace(program, outputs=states, time=every_step)
        start = interpreted(program, MEMBERS, "euler")[:, 0]
        jacobian = interpreted_jacobian(program)[:, :, 0]
        free = replace(
            program,
            inputs=(*INPUTS, *states),
            initial=tuple(a for a in program.initial if a.name not in states),
        )
        values = interpreted(with_derivatives(free, states), np.vstack([MEMBERS, start]), "euler")[:, 1]
        moved = values[len(states) :].reshape(jacobian.shape)
        expected = np.eye(len(states))[:, :, None] + program.time.time_step * jacobian
        # The initial values of what else begins at the states are no part of the Jacobian.
        others = {name for a in free.initial for name in states if Reference(name) in walk(a.expression)}
        assume(not others)
        finite = np.isfinite(expected) & np.isfinite(moved)
        np.testing.assert_allclose(moved[finite], expected[finite], rtol=1e-9, atol=1e-12)
        tally.compared += int(finite.sum())
        healthy = np.isfinite(start).all(axis=0) & np.isfinite(values[: len(states)]).all(axis=0)
        tally.lost += int((np.isfinite(expected) != np.isfinite(moved))[:, :, healthy].sum())
        tally.not_zero += int((jacobian[finite] != 0).sum())

    check()
    assert tally.not_zero > 100, vars(tally)
    assert tally.lost < 0.01 * tally.compared, vars(tally)


def interpreted_jacobian(program: Program) -> np.ndarray:
    further = with_jacobian(program)
    data = {series.name: np.cos(grid_times(program.time, "euler"))[:, None] for series in program.series}
    outside = Given(series=data, seed=7)
    found = interpreter.integrate(further, MEMBERS, steps=periodic_steps(program), given=outside)
    return jacobian_of(program, found)


def test_a_wrong_rule_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the minus sign of a quotient: the comparison must fail."""
    monkeypatch.setattr(differentiation, "negated", lambda operand: operand)
    with pytest.raises(AssertionError):
        compare_many(interpreted, models(), 60)
