"""The same numbers on every processor, and as many members a vector as each holds best."""

import platform
import time
from collections.abc import Callable

import llvmlite.binding as llvm
import numpy as np
import pytest

from sdmodels.engine.ensemble import run
from sdmodels.engine.native.compilation import compile_program
from sdmodels.engine.native.kernel import kernel_text
from sdmodels.engine.native.processor import LARGE, SMALL, Processor, host
from sdmodels.engine.program import Program
from sdmodels.engine.trajectories import periodic_steps

ProgramOf = Callable[..., Program]

EQUATIONS = """
Share = 0.3
Table((0,1),(2,1.5),(3,0.25),(5,4),(8,-2))
Stock = INTEG(Table(Stock) * Share - DELAY FIXED(Stock, 2, 0) / 9, 2)
Curved = EXP(-Stock) + SIN(Time) ^ 2 + SQRT(ABS(Stock)) + LN(1 + Time)
Drawn = RANDOM NORMAL(-3, 3, 0, 1, 7) + INTEGER(Stock * 10) + MODULO(Time, 3)
Late = SMOOTH3(IF THEN ELSE(Drawn > Curved, Stock, MIN(Time, 4)), 3)
"""


def named(name: str, register: int, triple: str | None = None) -> Processor:
    return Processor(name=name, features="", triple=triple or llvm.get_process_triple(), register=register)


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="processors of the x86-64 family")
@pytest.mark.parametrize(("name", "register", "needs"), [("x86-64", 2, "sse2"), ("x86-64-v3", 4, "avx2")])
@pytest.mark.parametrize("method", ["euler", "rk4"])
def test_an_older_processor_gives_the_same_bits(
    program_of: ProgramOf, name: str, register: int, needs: str, method: str
) -> None:
    if not llvm.get_host_cpu_features().get(needs, False):
        pytest.skip(f"this processor has no {needs}")
    program = program_of(EQUATIONS, inputs=("Share",))
    inputs = np.linspace(-0.5, 1.5, 37)[None, :]
    older = compile_program(program, method=method, processor=named(name, register))
    newest = compile_program(program, method=method)
    assert older.lanes == 4 * register
    steps = periodic_steps(program)
    np.testing.assert_array_equal(
        run(older, inputs, steps=steps).values, run(newest, inputs, steps=steps).values
    )


@pytest.mark.parametrize(
    ("name", "triple", "adding"),
    [
        ("generic", "aarch64-unknown-linux-gnu", ".2d"),
        ("apple-m1", "arm64-apple-macosx14.0.0", ".2d"),
        ("x86-64", "x86_64-pc-windows-msvc", "addpd"),
    ],
)
def test_other_machines_get_code_for_vectors_of_two(
    program_of: ProgramOf, name: str, triple: str, adding: str
) -> None:
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    program = program_of(EQUATIONS, inputs=("Share",))
    other = named(name, 2, triple)
    text = kernel_text(program, lanes=other.lanes(len(program.step)), method="euler")
    module = llvm.parse_assembly(text)
    module.verify()
    assert adding in other.target(len(program.step)).emit_assembly(module)


@pytest.mark.parametrize(
    ("register", "small", "medium", "large"), [(8, 16, 8, 8), (4, 16, 8, 4), (2, 8, 4, 2)]
)
def test_vectors_are_the_narrower_the_larger_the_model(
    register: int, small: int, medium: int, large: int
) -> None:
    lanes = named("any", register).lanes
    assert (lanes(1), lanes(SMALL), lanes(SMALL + 1)) == (small, small, medium)
    assert (lanes(LARGE), lanes(LARGE + 1)) == (medium, large)


def test_this_processor_is_asked_once() -> None:
    assert host() is host()


def test_a_model_of_thousands_of_stocks_is_compiled_in_seconds(program_of: ProgramOf) -> None:
    program = program_of("D: (d1-d3500)\nLevel[D] = INTEG(3 - Level[D] / 9, 2)")
    began = time.perf_counter()
    kernel = compile_program(program)
    # Two seconds on a quiet machine; ten times that with LLVM's best order of instructions.
    assert time.perf_counter() - began < 10
    values = run(kernel, np.empty((0, 3)), steps=periodic_steps(program)).values
    np.testing.assert_allclose(values[:, -1], 27 - 25 * (8 / 9) ** 10, rtol=1e-12)
