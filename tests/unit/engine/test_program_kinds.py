"""Both evaluators on Programs with memories, pipelines, data, random draws, roots, and every kind of table."""

from itertools import product

import numpy as np
import pytest

from sdmodels.engine import interpreter
from sdmodels.engine.ensemble import run, run_reduced
from sdmodels.engine.native.compilation import compile_program
from sdmodels.engine.native.kernel import FEW
from sdmodels.engine.noise import even
from sdmodels.engine.program import Assignment, Memory, Pipeline, Program, Series, State
from sdmodels.engine.reductions import STATISTICS, Reduction, reduce, weights_of
from sdmodels.engine.trajectories import Given, grid_times, periodic_steps
from sdmodels.structure.evaluation import read_table
from sdmodels.structure.expression import (
    TIME,
    Arithmetic,
    Call,
    Comparison,
    Conditional,
    LookupCall,
    Number,
    Reference,
    Root,
    Table,
)
from sdmodels.structure.model import TimeSpec

MEMBERS = 19  # no multiple of any number of lanes
METHODS = pytest.mark.parametrize("method", ["euler", "rk4"])
LANES = pytest.mark.parametrize("lanes", [1, 2, 4, 8, 16])


def ref(name: str) -> Reference:
    return Reference(name)


def everything() -> Program:
    """Return a Program with one of each: an inflow that is sampled, piped, disturbed and shared out."""
    drawn = Arithmetic("+", ref("Shared Data"), Arithmetic("*", ref("Noise"), ref("Own Data")))
    sampled = Conditional(Comparison(">", ref("Second Noise"), Number(0.7)), ref("Inflow"), ref("Kept"))
    share = Arithmetic("-", ref("Stock"), Arithmetic("*", ref("x"), Arithmetic("+", ref("x"), Number(1.0))))
    return Program(
        time=TimeSpec(initial_time=3.0, final_time=13.0, time_step=0.25, save_period=0.5),
        inputs=("Rate", "Late", "Start"),
        initial=(
            Assignment(name="Stock", expression=Arithmetic("+", ref("Start"), ref("Shared Data"))),
            Assignment(name="Kept", expression=ref("Noise")),
            Assignment(name="Pipe", expression=Arithmetic("*", Number(2.0), ref("Start"))),
            Assignment(name="Delay Time", expression=ref("Late")),
            Assignment(
                name="Half",
                expression=Root(
                    "y",
                    Arithmetic("-", ref("Start"), Arithmetic("*", ref("y"), Number(2.0))),
                    Number(0.0),
                    Number(1000.0),
                ),
            ),
        ),
        held=("Delay Time", "Half"),
        states=(State(name="Stock", rate=Arithmetic("-", ref("Inflow"), ref("Outflow"))),),
        memories=(Memory(name="Kept", following=sampled),),
        pipelines=(Pipeline(name="Pipe", input=ref("Inflow"), delay_time="Delay Time"),),
        series=(Series(name="Shared Data"), Series(name="Own Data", by_member=True)),
        draws=("Noise", "Second Noise"),
        step=(
            Assignment(name="Inflow", expression=Arithmetic("+", drawn, Call("SIN", (TIME,)))),
            Assignment(name="Root", expression=Root("x", share, Number(0.0), Number(50.0))),
            Assignment(
                name="Outflow",
                expression=Arithmetic("*", ref("Rate"), Arithmetic("+", ref("Pipe"), ref("Root"))),
            ),
        ),
        observed=(Assignment(name="Sum", expression=Arithmetic("+", ref("Kept"), ref("Half"))),),
        outputs=(
            "Stock",
            "Inflow",
            "Outflow",
            "Kept",
            "Pipe",
            "Root",
            "Sum",
            "Shared Data",
            "Own Data",
            "Noise",
        ),
    )


def inputs_of(program: Program) -> np.ndarray:
    random = np.random.default_rng(3)
    late = random.uniform(0.0, 14.0, MEMBERS)
    late[:3] = 0.0, 0.25, 50.0
    return np.array([random.uniform(0.01, 0.1, MEMBERS), late, random.uniform(5, 9, MEMBERS)])


def given_of(program: Program, method: str) -> Given:
    times = grid_times(program.time, method)[:, None]
    own = np.random.default_rng(4).uniform(0, 2, (times.size, MEMBERS))
    return Given(series={"Shared Data": 2 + np.cos(times), "Own Data": own}, seed=2**63 + 7)


@METHODS
@LANES
def test_both_evaluators_agree(method: str, lanes: int) -> None:
    program = everything()
    inputs, given, steps = inputs_of(program), given_of(program, method), periodic_steps(program)
    slow = interpreter.integrate(program, inputs, steps=steps, method=method, given=given)
    fast = run(compile_program(program, method=method, lanes=lanes), inputs, steps=steps, given=given)
    assert (slow.failed_step == -1).all()
    # The sine is the C library's in one and NumPy's in the other: a unit in the last place, added up.
    np.testing.assert_allclose(fast.values, slow.values, rtol=1e-12)


@METHODS
def test_a_member_alone_is_the_same_to_the_bit(method: str) -> None:
    program = everything()
    inputs, given, steps = inputs_of(program), given_of(program, method), periodic_steps(program)
    kernel = compile_program(program, method=method)
    together = run(kernel, inputs, steps=steps, given=given, threads=2)
    for member in (0, 7, 18):
        own = {**given.series, "Own Data": given.series["Own Data"][:, [member]]}
        alone = Given(series=own, seed=given.seed, streams=np.array([member]))
        found = run(kernel, inputs[:, [member]], steps=steps, given=alone)
        assert found.values[:, :, 0].tobytes() == together.values[:, :, member].tobytes()


def test_a_pipeline_gives_back_what_went_in_whole_steps_ago() -> None:
    program = everything()
    inputs, given = inputs_of(program), given_of(program, "euler")
    steps = np.arange(program.time.steps + 1)
    found = run(compile_program(program), inputs, steps=steps, given=given).values
    inflow, pipe = found[1], found[4]
    for member, late in enumerate(inputs[1]):
        delay = max(1, int(np.floor(late / 0.25 + 0.5)))
        before = min(delay, len(steps))
        np.testing.assert_array_equal(pipe[:before, member], 2 * inputs[2, member])
        np.testing.assert_array_equal(pipe[before:, member], inflow[: len(steps) - before, member])


def test_members_of_one_stream_draw_the_same_and_others_do_not() -> None:
    program = everything()
    steps = np.arange(program.time.steps + 1)
    given = given_of(program, "euler")
    given = Given(series=given.series, seed=1, streams=np.arange(MEMBERS) // 2)
    noise = run(compile_program(program), inputs_of(program), steps=steps, given=given).values[-1]
    np.testing.assert_array_equal(noise[:, 0], noise[:, 1])
    assert (noise[:, 0] != noise[:, 2]).all()
    assert 0 < noise.min() < 0.02
    assert 0.98 < noise.max() < 1


def test_the_random_numbers_are_those_of_the_published_generator() -> None:
    """Known answer of Philox 4x32-10 for counter and key 0: 6627e8d5 e169c58d ... (Random123, kat_vectors)."""
    bits = (0x6627E8D5 << 32 | 0xE169C58D) >> 12
    assert even(0, np.array([0]), 0, 0)[0] == (bits + 0.5) * 2.0**-52


@pytest.mark.parametrize("kind", ["interpolate", "extrapolate", "hold", "forward"])
@pytest.mark.parametrize(
    "table", [((1.0,), (5.0,)), ((0.0, 1.0, 4.0), (1.0, 3.0, -2.0))], ids=["one", "three"]
)
def test_every_kind_of_table_is_read_alike(
    kind: str, table: tuple[tuple[float, ...], tuple[float, ...]]
) -> None:
    read = Table(*table, kind)
    program = Program(
        time=TimeSpec(initial_time=0.0, final_time=1.0, time_step=1.0, save_period=1.0),
        inputs=("x",),
        initial=(),
        held=(),
        states=(),
        step=(),
        observed=(Assignment(name="y", expression=LookupCall(read, ref("x"))),),
        outputs=("y",),
    )
    xs = np.array([[-3.0, -0.5, 0.0, 0.4, 1.0, 1.0 + 1e-12, 2.7, 4.0, 4.5, 90.0, np.nan]])
    slow = interpreter.integrate(program, xs, steps=periodic_steps(program)).values[0, 0]
    fast = run(compile_program(program), xs, steps=periodic_steps(program)).values[0, 0]
    scalar = np.array([read_table(read, float(x)) for x in xs[0]])
    np.testing.assert_array_equal(fast, scalar)
    # NumPy's own interpolation rounds otherwise.
    np.testing.assert_allclose(fast, slow, rtol=1e-13, atol=1e-13)


def test_states_in_memory_give_the_same_bits_as_states_in_registers(monkeypatch: pytest.MonkeyPatch) -> None:
    program = everything()
    assert len(program.states) < FEW
    steps = periodic_steps(program)
    for method in ("euler", "rk4"):
        inputs, given = inputs_of(program), given_of(program, method)
        registers = run(compile_program(program, method=method), inputs, steps=steps, given=given)
        monkeypatch.setattr("sdmodels.engine.native.kernel.FEW", 0)
        memory = run(compile_program(program, method=method), inputs, steps=steps, given=given)
        monkeypatch.undo()
        assert memory.values.tobytes() == registers.values.tobytes()


WINDOWS = [(None, None), (5.0, 9.0), (4.0, 4.0), (4.1, 4.1), (12.9, None)]


@METHODS
def test_reductions_in_the_kernel_are_those_of_the_kept_values(method: str) -> None:
    program = everything()
    inputs, given, steps = inputs_of(program), given_of(program, method), periodic_steps(program)
    wanted = [
        Reduction(variable=variable, statistic=statistic, begins=begins, ends=ends)
        for variable, statistic, (begins, ends) in product(("Stock", "Inflow", "Sum"), STATISTICS, WINDOWS)
        if begins != 4.1 or statistic == "mean"
    ]
    kernel = compile_program(program, method=method, reductions=wanted)
    kept = run(compile_program(program, method=method), inputs, steps=steps, given=given)
    weights = np.array([weights_of(reduction, kept.times) for reduction in wanted])
    values = kept.values[[program.outputs.index(reduction.variable) for reduction in wanted]]
    expected = reduce([reduction.kind for reduction in wanted], weights, values, kept.times)
    found = run_reduced(kernel, inputs, steps=steps, given=given)
    assert found.values.tobytes() == expected.tobytes()
    by_name = {
        (r.variable, r.statistic, r.begins, r.ends): row for r, row in zip(wanted, expected, strict=True)
    }
    stock = kept.values[0]
    np.testing.assert_array_equal(by_name["Stock", "maximum", None, None], stock.max(axis=0))
    np.testing.assert_array_equal(by_name["Stock", "final", None, None], stock[-1])
    np.testing.assert_allclose(by_name["Stock", "total", None, None], np.trapezoid(stock, kept.times, axis=0))
    np.testing.assert_allclose(by_name["Stock", "mean", 4.1, 4.1], 0.8 * stock[2] + 0.2 * stock[3])


def test_a_member_that_fails_is_marked_when_only_reductions_are_kept() -> None:
    program = everything()
    inputs, given, steps = inputs_of(program), given_of(program, "euler"), periodic_steps(program)
    inputs[2, 4] = np.inf
    kernel = compile_program(program, reductions=[Reduction(variable="Sum", statistic="final")])
    found = run_reduced(kernel, inputs, steps=steps, given=given)
    assert found.failed_step[4] == 0
    assert (np.delete(found.failed_step, 4) == -1).all()
