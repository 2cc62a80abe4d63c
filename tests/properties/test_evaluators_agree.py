"""Whatever the model: native code, interpreter and folding come to the same numbers and the same status."""

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_models import INPUTS, expressions, growing, models

from sdmodels.engine import interpreter
from sdmodels.engine.ensemble import run
from sdmodels.engine.lowering import lower
from sdmodels.engine.native import emission
from sdmodels.engine.native.compilation import compile_program
from sdmodels.engine.program import Program
from sdmodels.engine.trajectories import Trajectories, periodic_steps
from sdmodels.structure.evaluation import evaluate
from sdmodels.structure.expression import (
    Arithmetic,
    Expression,
    Number,
    Reference,
)
from sdmodels.structure.model import Auxiliary, Constant, Equation, Model, Stock, TimeSpec

# The members: ordinary, at the edges of the functions, huge, and not finite.
MEMBERS = np.array(
    [
        [0.7, -1.3, 0.0, 2.5, 1e160, math.inf, math.nan, -0.4, 3.1],
        [1.9, 0.6, 0.0, -2.2, -1e200, 1.0, 1.0, 12.7, 0.05],
    ]
)


def both(program: Program, inputs: np.ndarray, method: str) -> tuple[Trajectories, Trajectories]:
    steps = periodic_steps(program)
    slow = interpreter.integrate(program, inputs, steps=steps, method=method)
    fast = run(compile_program(program, method=method, lanes=4), inputs, steps=steps)
    return slow, fast


def well_conditioned(program: Program, method: str) -> np.ndarray:
    """Tell which members stand on no edge: a nudge of the inputs by a few roundings changes them little.

    ``x = y``, INTEGER and the like turn the last bit of a library function into a jump of any size: there is
    no right answer there to agree upon. Only members whose numbers and status survive the nudge are compared.
    """
    steps = periodic_steps(program)
    base, *nudged = (
        interpreter.integrate(program, MEMBERS * (1 + nudge), steps=steps, method=method)
        for nudge in (0, 3e-15, -3e-15)
    )
    steady = np.ones(MEMBERS.shape[1], dtype=bool)
    for other in nudged:
        steady &= (other.failed_step == base.failed_step) & (other.failed_variable == base.failed_variable)
        close = np.isclose(other.values, base.values, rtol=1e-10, atol=1e-10, equal_nan=True)
        steady &= close.all(axis=(0, 1))
    return steady


def agree(model: Model, method: str) -> int:
    program = lower(model, inputs=INPUTS)
    slow, fast = both(program, MEMBERS, method)
    steady = well_conditioned(program, method)
    np.testing.assert_array_equal(fast.failed_step[steady], slow.failed_step[steady])
    np.testing.assert_array_equal(fast.failed_variable[steady], slow.failed_variable[steady])
    finite = steady & (slow.failed_step < 0)
    # 1e-9: what a few last bits of library functions grow to where the nudge above grows to 1e-10.
    np.testing.assert_allclose(fast.values[:, :, finite], slow.values[:, :, finite], rtol=1e-9, atol=1e-9)
    return int(finite.sum())


slowly = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True, database=None
)


@given(model=models().map(growing), method=st.sampled_from(["euler", "rk4"]))
@settings(slowly, max_examples=60)
def test_a_stock_that_is_given_its_own_initial_value_changes_nothing(model: Model, method: str) -> None:
    given_too = [stock.equations[0].initial for stock in model.stocks]
    values = [number.value for number in given_too if isinstance(number, Number)]
    own = np.repeat(np.array(values)[:, None], MEMBERS.shape[1], axis=1)
    plain = lower(model, inputs=INPUTS)
    same = lower(model, inputs=(*INPUTS, *(stock.name for stock in model.stocks)), outputs=plain.outputs)
    steps = periodic_steps(plain)
    for evaluate_all in (
        lambda program, inputs: interpreter.integrate(program, inputs, steps=steps, method=method),
        lambda program, inputs: run(compile_program(program, method=method), inputs, steps=steps),
    ):
        expected, found = evaluate_all(plain, MEMBERS), evaluate_all(same, np.concatenate([MEMBERS, own]))
        # What is known before the run is a lone number, a power of which may differ in its last bit from that of
        # a vector.
        np.testing.assert_allclose(found.values, expected.values, rtol=1e-12)
        np.testing.assert_array_equal(found.failed_step, expected.failed_step)


@given(model=models(), method=st.sampled_from(["euler", "rk4"]))
@settings(slowly, max_examples=60)
def test_native_code_agrees_with_the_interpreter_on_any_model(model: Model, method: str) -> None:
    agree(model, method)


@pytest.mark.slow
@given(model=models(), method=st.sampled_from(["euler", "rk4"]))
@settings(slowly, max_examples=1500, derandomize=False)
def test_native_code_agrees_with_the_interpreter_on_very_many_models(model: Model, method: str) -> None:
    agree(model, method)


def test_the_models_above_have_members_of_every_fate() -> None:
    """The comparison would be empty if no member were both steady and finite, or none failed."""
    fates = {"finite": 0, "failed": 0, "steady": 0}

    @given(model=models())
    @settings(slowly, max_examples=30)
    def count(model: Model) -> None:
        program = lower(model, inputs=INPUTS)
        slow = interpreter.integrate(program, MEMBERS, steps=periodic_steps(program))
        fates["finite"] += int((slow.failed_step < 0).sum())
        fates["failed"] += int((slow.failed_step >= 0).sum())
        fates["steady"] += int(well_conditioned(program, "euler").sum())

    count()
    assert min(fates.values()) > 20, fates


def test_a_wrong_instruction_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exchange plus and minus in the emitted code: the comparison must fail."""
    monkeypatch.setattr(emission, "_ARITHMETIC", {**emission._ARITHMETIC, "+": "fsub"})
    rate = Arithmetic("+", Reference("P"), Reference("Q"))
    variables = {
        "P": Constant(name="P", equations=(Equation(expression=Number(1.0)),)),
        "Q": Constant(name="Q", equations=(Equation(expression=Number(1.0)),)),
        "S": Stock(name="S", equations=(Equation(expression=rate, initial=Number(0.0)),)),
    }
    time = TimeSpec(initial_time=0, final_time=3, time_step=0.5, save_period=1)
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        agree(Model(name="wrong", variables=variables, time=time), "euler")


@given(expression=expressions(INPUTS, memory=False, depth=10))
@settings(slowly, max_examples=60)
def test_a_folded_constant_has_the_value_that_a_run_computes(expression: Expression) -> None:
    """The same expression once of numbers (folded by ``structure.evaluation``) and once of inputs."""
    variables = {name: Constant(name=name, equations=(Equation(expression=Number(0.0)),)) for name in INPUTS}
    variables["A"] = Auxiliary(name="A", equations=(Equation(expression=expression),))
    time = TimeSpec(initial_time=0, final_time=0, time_step=1, save_period=1)
    model = Model(name="random", variables=variables, time=time)
    program = lower(model, inputs=INPUTS, outputs=["A"])
    steady = well_conditioned(program, "euler")
    slow, _ = both(program, MEMBERS, "euler")
    # A constant that is not a number has none: its file is missing, and a run that needs it is refused.
    for member in np.flatnonzero(steady & ~np.isnan(MEMBERS).any(axis=0)):
        values = dict(zip(INPUTS, MEMBERS[:, member], strict=True))
        if np.isnan(MEMBERS[:, member]).any():
            continue  # a constant without a number is refused
        folded = lower(_with(model, values), outputs=["A"])
        (assignment,) = folded.observed
        if not isinstance(assignment.expression, Number):
            continue  # it reads Time
        expected = slow.values[0, 0, member]
        found = evaluate(assignment.expression, {})
        if math.isfinite(expected) or math.isfinite(found):
            np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


def _with(model: Model, values: dict[str, float]) -> Model:
    constants = {
        name: Constant(name=name, equations=(Equation(expression=Number(float(value))),))
        for name, value in values.items()
    }
    return Model(name=model.name, variables={**model.variables, **constants}, time=model.time)


@given(model=models(), seed=st.integers(0, 10))
@settings(slowly, max_examples=15)
def test_lanes_threads_and_order_never_change_a_bit_of_any_model(model: Model, seed: int) -> None:
    program = lower(model, inputs=INPUTS)
    steps = periodic_steps(program)
    shuffle = np.random.default_rng(seed).permutation(MEMBERS.shape[1])
    narrow = run(compile_program(program, lanes=2), MEMBERS, steps=steps, threads=1)
    wide = run(compile_program(program, lanes=8), MEMBERS[:, shuffle], steps=steps, threads=3)
    np.testing.assert_array_equal(narrow.failed_step[shuffle], wide.failed_step)
    np.testing.assert_array_equal(narrow.failed_variable[shuffle], wide.failed_variable)
    left, right = narrow.values[:, :, shuffle], wide.values
    # The sign bit of not-a-number has no meaning; every other bit counts.
    same = (left.view(np.int64) == right.view(np.int64)) | (np.isnan(left) & np.isnan(right))
    assert same.all()
