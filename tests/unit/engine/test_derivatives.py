"""Derivatives against solutions that can be written down."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pytest

import sdmodels
from sdmodels.engine import interpreter
from sdmodels.engine.derivatives import derivative_name, with_derivatives
from sdmodels.engine.ensemble import run
from sdmodels.engine.lowering import lower
from sdmodels.engine.native.compilation import compile_program
from sdmodels.engine.program import Assignment, Memory, Pipeline, Program, Series, State
from sdmodels.engine.trajectories import Given, Trajectories, final_step, periodic_steps
from sdmodels.errors import StructureError, UnknownNameError
from sdmodels.structure.expression import (
    Arithmetic,
    Negation,
    Number,
    Reference,
    Root,
)
from sdmodels.structure.model import Constant, TimeSpec

Derivatives = Callable[..., dict[str, np.ndarray]]
ProgramOf = Callable[..., Program]
Evaluate = Callable[..., Trajectories]

# A few hundred additions and products, each rounded to 2^-53 of its value.
ROUNDING = 1e-12


@pytest.fixture
def derivatives(evaluate: Evaluate, program_of: ProgramOf) -> Derivatives:
    """Return the course of each output and derivative of a model, by name (one member)."""

    def course(
        equations: str,
        inputs: Mapping[str, float],
        outputs: Sequence[str],
        *,
        method: str = "euler",
        **settings: object,
    ) -> dict[str, np.ndarray]:
        program = program_of(equations, inputs=list(inputs), outputs=outputs, **settings)
        values = {name: [value] for name, value in inputs.items()}
        found = evaluate(with_derivatives(program, list(inputs)), values, method=method)
        assert found.failed_step[0] == -1
        outputs_ = with_derivatives(program, list(inputs)).outputs
        return dict(zip(outputs_, found.values[:, :, 0], strict=True))

    return course


DECAY = "Level = INTEG(-Level / Delay, Start)\nDelay = 4\nStart = 100"


@pytest.mark.parametrize("step", [1, 0.25])
def test_decay_has_the_derivatives_of_its_difference_equation(derivatives: Derivatives, step: float) -> None:
    found = derivatives(DECAY, {"Delay": 4, "Start": 100}, ["Level"], final=20, step=step)
    n = np.arange(found["Level"].size)
    factor = 1 - step / 4
    np.testing.assert_allclose(found["d(Level)/d(Start)"], factor**n, rtol=ROUNDING)
    by_delay = 100 * n * factor ** (n - 1.0) * step / 4**2
    np.testing.assert_allclose(found["d(Level)/d(Delay)"], by_delay, rtol=ROUNDING)


def test_decay_has_the_derivatives_of_its_difference_equation_with_runge_kutta(
    derivatives: Derivatives,
) -> None:
    found = derivatives(DECAY, {"Delay": 4, "Start": 100}, ["Level"], step=0.5, method="rk4")
    n = np.arange(found["Level"].size)
    z = -0.5 / 4
    factor = 1 + z + z**2 / 2 + z**3 / 6 + z**4 / 24
    by_z = 1 + z + z**2 / 2 + z**3 / 6
    np.testing.assert_allclose(found["d(Level)/d(Start)"], factor**n, rtol=ROUNDING)
    by_delay = 100 * n * factor ** (n - 1.0) * by_z * 0.5 / 4**2
    np.testing.assert_allclose(found["d(Level)/d(Delay)"], by_delay, rtol=ROUNDING)


def test_logistic_growth_has_the_derivatives_of_its_closed_form(derivatives: Derivatives) -> None:
    model = "P = INTEG(r * P * (1 - P / K), P0)\nr = 0.4\nK = 50\nP0 = 2"
    inputs = {"r": 0.4, "K": 50.0, "P0": 2.0}
    found = derivatives(model, inputs, ["P"], final=20, step=1 / 16, method="rk4")
    t = np.arange(found["P"].size) / 16

    def closed_form(r: complex, k: complex, p0: complex) -> np.ndarray:
        return k / (1 + (k / p0 - 1) * np.exp(-r * t))

    for index, name in enumerate(inputs):
        # A complex step gives the derivative of the closed form without cancellation.
        point = [value + 1e-30j * (index == place) for place, value in enumerate(inputs.values())]
        exact = closed_form(*point).imag / 1e-30
        # The scheme differs from the differential equation by (r / 16)^4 / 120 a unit of time, 3e-9.
        np.testing.assert_allclose(found[f"d(P)/d({name})"], exact, rtol=1e-7, atol=1e-9)


def test_a_linear_system_has_the_derivatives_of_its_matrix_power(derivatives: Derivatives) -> None:
    model = "A = INTEG(u - k * A, 3)\nB = INTEG(k * A - m * B, 1)\nu = 5\nk = 0.3\nm = 0.2"
    found = derivatives(model, {"u": 5, "k": 0.3, "m": 0.2}, ["A", "B"], final=12, step=0.5)

    def course(u: complex, k: complex, m: complex) -> np.ndarray:
        matrix = np.eye(2) + 0.5 * np.array([[-k, 0], [k, -m]])
        states = [np.array([3, 1], dtype=complex)]
        for _ in range(24):
            states.append(matrix @ states[-1] + 0.5 * np.array([u, 0]))
        return np.array(states).T

    for index, name in enumerate(["u", "k", "m"]):
        point = [value + 1e-30j * (index == place) for place, value in enumerate([5, 0.3, 0.2])]
        exact = course(*point).imag / 1e-30
        for row, stock in enumerate(["A", "B"]):
            # 1e-12 beside: d(A)/d(m) is zero, all others are sums of 24 terms.
            found_here = found[f"d({stock})/d({name})"]
            np.testing.assert_allclose(found_here, exact[row], rtol=ROUNDING, atol=1e-12)


def test_a_smooth_has_the_derivative_of_its_difference_equation(derivatives: Derivatives) -> None:
    found = derivatives("y = SMOOTHI(g, T, 2)\ng = 10\nT = 4", {"g": 10, "T": 4}, ["y"], step=0.5)
    n = np.arange(found["y"].size)
    kept = 1 - 0.5 / 4
    np.testing.assert_allclose(found["d(y)/d(g)"], 1 - kept**n, rtol=ROUNDING, atol=1e-15)
    by_time = -8 * n * kept ** (n - 1.0) * 0.5 / 4**2
    np.testing.assert_allclose(found["d(y)/d(T)"], by_time, rtol=ROUNDING, atol=1e-15)


def test_a_material_delay_passes_on_what_a_constant_adds(derivatives: Derivatives) -> None:
    model = "input = g * STEP(1, 2)\ny = DELAY3(input, 6)\nplain = DELAY3(STEP(1, 2), 6)\ng = 3"
    found = derivatives(model, {"g": 3}, ["y", "plain"], final=40, step=0.25)
    np.testing.assert_allclose(found["d(y)/d(g)"], found["plain"], rtol=ROUNDING, atol=1e-15)
    np.testing.assert_array_equal(found["d(plain)/d(g)"], 0)


def test_a_table_passes_on_its_slope(derivatives: Derivatives) -> None:
    model = "y = WITH LOOKUP(g * Time, ((0,0),(2,6),(6,2)))\ng = 1"
    found = derivatives(model, {"g": 1}, ["y"], final=8)
    slopes = np.array([3, 3, -1, -1, -1, -1, 0, 0, 0])
    np.testing.assert_allclose(found["d(y)/d(g)"], slopes * np.arange(9), rtol=ROUNDING)


def test_initial_values_pass_derivatives_on(derivatives: Derivatives) -> None:
    model = "A = INTEG(0, 2 * B)\nB = INTEG(0, C * C)\nC = 3\ny = INITIAL(C * A) + Time"
    found = derivatives(model, {"C": 3}, ["A", "B", "y"], final=2)
    np.testing.assert_array_equal(found["d(A)/d(C)"], 12)
    np.testing.assert_array_equal(found["d(B)/d(C)"], 6)
    np.testing.assert_array_equal(found["d(y)/d(C)"], 3 * 18 / 2 * 2)  # y = 2 C^3


def test_an_input_has_the_derivative_one_and_another_constant_zero(derivatives: Derivatives) -> None:
    found = derivatives("A = 2\nB = 3\nC = A * 2", {"A": 2}, ["A", "B", "C"], final=1)
    for output, expected in (("A", 1), ("B", 0), ("C", 2)):
        np.testing.assert_array_equal(found[f"d({output})/d(A)"], expected)


def test_an_empty_tank_that_stays_empty_does_not_change(derivatives: Derivatives) -> None:
    """The slope of the square root is infinite there, the change of the level is zero."""
    model = "Level = INTEG(inflow - k * speed, 0)\nspeed = SQRT(MAX(Level, 0))\ninflow = STEP(1, 3)\nk = 0.5"
    found = derivatives(model, {"k": 0.5}, ["Level"], final=6)
    np.testing.assert_array_equal(found["d(Level)/d(k)"][:5], 0)
    # Level is 1 at time 4 and loses k there; at 5 it is 2 - k.
    np.testing.assert_allclose(found["d(Level)/d(k)"][5], -1, rtol=ROUNDING)


def test_what_a_condition_shuts_out_does_not_count_even_if_infinite(derivatives: Derivatives) -> None:
    model = "share = a / Time\nsafe = IF THEN ELSE(Time > 0, share, 0)\na = 2"
    found = derivatives(model, {"a": 2}, ["safe"], final=2)
    np.testing.assert_array_equal(found["d(safe)/d(a)"], [0, 1, 0.5])


def test_a_derivative_that_is_lost_fails_the_member_by_name(
    evaluate: Evaluate, program_of: ProgramOf
) -> None:
    program = with_derivatives(program_of("y = SQRT(a)\na = 1", inputs=["a"], outputs=["y"]), ["a"])
    found = evaluate(program, {"a": [4.0, 0.0]})
    assert found.failed_step.tolist() == [-1, 0]
    assert found.names[found.failed_variable[1]] == "d(y)/d(a)"


def test_outputs_and_their_derivatives_are_saved_output_by_output(program_of: ProgramOf) -> None:
    program = program_of(DECAY, inputs=["Delay", "Start"], outputs=["Level", "Delay"])
    assert with_derivatives(program, ["Start", "Delay"], ["Level"]).outputs == (
        "Level",
        "Delay",
        "d(Level)/d(Start)",
        "d(Level)/d(Delay)",
    )


def test_what_no_input_changes_costs_nothing(program_of: ProgramOf) -> None:
    model = "A = INTEG(B, 1)\nB = A * 2\nC = INTEG(D, 1)\nD = k * C\nk = 1"
    program = with_derivatives(program_of(model, inputs=["k"], outputs=["A", "C"]), ["k"])
    names = [state.name for state in program.states]
    assert names == ["A", "C", "d(C)/d(k)"]
    assert not [a.name for a in program.step if "d(B)" in a.name or "d(A)" in a.name]


def test_what_inputs_alone_decide_is_differentiated_once_a_member(program_of: ProgramOf) -> None:
    model = "A = INTEG(-A * T, 1)\nT = k * k * k\nk = 1"
    program = with_derivatives(program_of(model, inputs=["k"], outputs=["A"]), ["k"])
    assert "d(T)/d(k)" in program.held
    assert not [a for a in program.step if a.name.startswith(("T", "d(T)"))]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((["Delai"],), r"No input of the program is named 'Delai'(.|\n)*Did you mean 'Delay'\?"),
        ((["Delay"], ["Lev"]), r"No output of the program is named 'Lev'(.|\n)*Did you mean 'Level'\?"),
    ],
)
def test_a_name_that_is_not_there_is_refused(program_of: ProgramOf, arguments: tuple, message: str) -> None:
    program = program_of(DECAY, inputs=["Delay"], outputs=["Level"])
    with pytest.raises(UnknownNameError, match=message):
        with_derivatives(program, *arguments)


def test_a_variable_with_the_name_of_a_derivative_is_refused() -> None:
    name = derivative_name("S", "P")
    program = _program(
        states=(State(name="S", rate=Reference("P")),),
        step=(Assignment(name=name, expression=Reference("S")),),
        outputs=("S", name),
    )
    message = r"^'d\(S\)/d\(P\)' is the name of a variable and of a derivative\.\n.*\nRename the variable\.$"
    with pytest.raises(StructureError, match=message):
        with_derivatives(program, ["P"], ["S"])


def _program(*, inputs: tuple[str, ...] = ("P",), **parts: object) -> Program:
    parts = {"initial": (), "held": (), "states": (), "step": (), "observed": (), **parts}
    starts = tuple(
        Assignment(name=part.name, expression=Number(1.0))
        for kind in ("states", "memories", "pipelines")
        for part in parts.get(kind, ())
        if part.name not in {*inputs, *(a.name for a in parts["initial"])}
    )
    parts["initial"] = (*parts["initial"], *starts)
    time = TimeSpec(initial_time=0, final_time=4, time_step=0.5, save_period=0.5)
    return Program(time=time, inputs=inputs, **parts)


def _interpreted(program: Program, inputs: Sequence[float], given: Given | None = None) -> dict:
    found = interpreter.integrate(
        program, np.array(inputs, float)[:, None], steps=periodic_steps(program), given=given
    )
    return dict(zip(program.outputs, found.values[:, :, 0], strict=True))


P, S = Reference("P"), Reference("S")


def test_a_memory_keeps_the_derivative_of_what_it_keeps() -> None:
    doubled = Arithmetic("*", Reference("M"), P)
    program = _program(memories=(Memory(name="M", following=doubled),), outputs=("M",))
    n = np.arange(9)
    found = _interpreted(with_derivatives(program, ["P"]), [1.5])
    np.testing.assert_allclose(found["d(M)/d(P)"], n * 1.5 ** (n - 1.0), rtol=ROUNDING)


def test_a_pipeline_delays_the_derivative_by_the_same_time() -> None:
    squared = Arithmetic("*", Arithmetic("*", P, P), Reference("Time"))
    program = _program(
        inputs=("P", "T"),
        pipelines=(Pipeline(name="L", input=squared, delay_time="T"),),
        outputs=("L",),
    )
    found = _interpreted(with_derivatives(program, ["P", "T"]), [3.0, 1.0])
    times = np.arange(9) * 0.5
    np.testing.assert_allclose(found["d(L)/d(P)"], np.where(times < 1, 0, 6 * (times - 1)), rtol=ROUNDING)
    np.testing.assert_array_equal(found["d(L)/d(T)"], 0)


def test_data_and_random_numbers_do_not_change_with_an_input() -> None:
    added = Arithmetic("+", Arithmetic("*", P, Reference("X")), Reference("U"))
    program = _program(
        states=(State(name="S", rate=added),), series=(Series(name="X"),), draws=("U",), outputs=("S",)
    )
    data = np.arange(9.0)[:, None]
    found = _interpreted(with_derivatives(program, ["P"]), [2.0], Given(series={"X": data}, seed=3))
    integral = 0.5 * np.concatenate([[0], np.cumsum(data[:-1])])
    np.testing.assert_allclose(found["d(S)/d(P)"], integral, rtol=ROUNDING)


def test_the_root_inside_an_equation_passes_derivatives_on() -> None:
    cube = Arithmetic("^", Reference("u"), Number(3.0))
    root = Root("u", Arithmetic("-", Arithmetic("*", P, S), cube), Number(0.0), Number(20.0))
    program = _program(
        states=(State(name="S", rate=Arithmetic("+", root, Number(0.0))),),
        observed=(Assignment(name="O", expression=Arithmetic("*", Number(2.0), root)),),
        outputs=("S", "O"),
    )
    found = _interpreted(with_derivatives(program, ["P"]), [2.0])
    s, ds = 1.0, 0.0
    for step in range(9):
        u = (2.0 * s) ** (1 / 3)
        du = u / 3 * (1 / 2.0 + ds / s)
        # 1e-9: a bracket of 20 after 60 halvings, and the sensitivity of the root to it.
        assert found["d(S)/d(P)"][step] == pytest.approx(ds, rel=1e-9)
        assert found["d(O)/d(P)"][step] == pytest.approx(2 * du, rel=1e-9)
        s, ds = s + 0.5 * u, ds + 0.5 * du


def test_the_initial_value_of_a_stock_can_be_an_input() -> None:
    program = _program(
        inputs=("S", "P"),
        states=(State(name="S", rate=Negation(Arithmetic("*", P, S))),),
        outputs=("S",),
    )
    found = _interpreted(with_derivatives(program, ["S", "P"]), [8.0, 0.2])
    n = np.arange(9)
    np.testing.assert_allclose(found["S"], 8 * 0.9**n, rtol=ROUNDING)
    np.testing.assert_allclose(found["d(S)/d(S)"], 0.9**n, rtol=ROUNDING)
    np.testing.assert_allclose(found["d(S)/d(P)"], -8 * 0.5 * n * 0.9 ** (n - 1.0), rtol=ROUNDING)


def test_a_costly_function_is_computed_once_for_value_and_all_derivatives(program_of: ProgramOf) -> None:
    model = "A = INTEG(EXP(k * m * A) + WITH LOOKUP(k * A, ((0,0),(1,2),(3,9))), 0.1)\nk = 1\nm = 1"
    program = with_derivatives(program_of(model, inputs=["k", "m"], outputs=["A"]), ["k", "m"])
    written = [repr(a.expression) for a in (*program.step, *program.observed)]
    written += [repr(state.rate) for state in program.states]
    assert sum(text.count("'EXP'") for text in written) == 1
    assert sum(text.count("LookupCall(") for text in written) == 2  # the height and the slope


HOTLINE = sdmodels.load("hotline").model
STOCKS = ["Routine Problems", "Order Backlog", "Trust In Hotline"]
CONSTANTS = [
    "Application Intensity",
    "Establishment",
    "Deadline",
    "Demand Multiplier",
    "Base Problem Generation",
    "First Order Solving Time",
    "First Order Margin",
    "Expiry Time",
    "Basic Access",
    "Report Time",
]


def _near(name: str, members: int) -> np.ndarray:
    constant = HOTLINE[name]
    assert isinstance(constant, Constant)
    value = constant.equations[0].expression.value
    # Off the balance in which the model starts: there many derivatives are nearly zero.
    return value * np.random.default_rng(len(name)).uniform(1.02, 1.08, members)


def test_the_hotline_has_the_derivatives_that_differences_show() -> None:
    members = 6
    program = lower(HOTLINE, inputs=CONSTANTS, outputs=STOCKS)
    inputs = np.array([_near(name, members) for name in CONSTANTS])
    # So that hours are scarce, and every constant counts.
    inputs[CONSTANTS.index("Application Intensity")] *= 6
    inputs[CONSTANTS.index("Demand Multiplier")] *= 1.3
    steps = final_step(program)
    found = run(compile_program(with_derivatives(program, CONSTANTS)), inputs, steps=steps)
    assert (found.failed_step == -1).all()
    exact = found.values[len(STOCKS) :, 0].reshape(len(STOCKS), len(CONSTANTS), members)
    kernel = compile_program(program)
    level = run(kernel, inputs, steps=steps).values[:, 0]
    np.testing.assert_array_equal(found.values[: len(STOCKS), 0], level)

    def moved(row: int, by: float) -> np.ndarray:
        there = inputs.copy()
        there[row] += by * inputs[row]
        return run(kernel, there, steps=steps).values[:, 0]

    acting = set()
    for row in range(len(CONSTANTS)):
        near = moved(row, 1e-7) - moved(row, -1e-7)
        far = moved(row, 2e-7) - moved(row, -2e-7)
        # As elasticities: per cent of the output for a per cent of the input.
        expected = (8 * near - far) / 12e-7 / level
        elasticity = exact[:, row] * inputs[row] / level
        # Roundings of 4,160 steps, some 1e-13, over the width of 1e-7. A wider one reaches the points of tables,
        # where two members of the six then differ in the fifth digit.
        np.testing.assert_allclose(elasticity, expected, rtol=1e-5, atol=1e-6, err_msg=CONSTANTS[row])
        acting |= {row} if (np.abs(elasticity) > 1e-4).any() else set()
    assert len(acting) == len(CONSTANTS), acting


def test_a_choice_between_branches_with_different_slopes(derivatives: Derivatives) -> None:
    model = "y = IF THEN ELSE(Time < 2, a * a, 5 * a)\na = 3"
    np.testing.assert_array_equal(derivatives(model, {"a": 3}, ["y"], final=3)["d(y)/d(a)"], [6, 6, 5, 5])
