import math
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from sdmodels.engine import interpreter
from sdmodels.engine.ensemble import run
from sdmodels.engine.native.compilation import compile_program
from sdmodels.engine.program import Program
from sdmodels.engine.reciprocals import has_exact_reciprocal
from sdmodels.engine.trajectories import final_step
from sdmodels.structure.expression import Arithmetic, Expression, walk

ProgramOf = Callable[..., Program]


def equations(program: Program) -> dict[str, Expression]:
    """Return what is computed at every step."""
    return {
        **{a.name: a.expression for a in (*program.step, *program.observed)},
        **{f"flow of {state.name}": state.rate for state in program.states},
        **{memory.name: memory.following for memory in program.memories},
        **{pipeline.name: pipeline.input for pipeline in program.pipelines},
    }


def divided(program: Program) -> list[str]:
    """Return the equations that divide at every step."""
    return [
        name
        for name, expression in equations(program).items()
        if any(isinstance(part, Arithmetic) and part.operator == "/" for part in walk(expression))
    ]


def final(program: Program, **inputs: Sequence[float]) -> np.ndarray:
    """Return the final outputs, shape (outputs, members), after a look whether both evaluators agree."""
    given = (
        np.array([inputs[name] for name in program.inputs], dtype=float)
        if program.inputs
        else np.empty((0, 1))
    )
    steps = final_step(program)
    native = run(compile_program(program), given, steps=steps).values[:, 0]
    np.testing.assert_array_equal(native, interpreter.integrate(program, given, steps=steps).values[:, 0])
    return native


@pytest.mark.parametrize("divisor", [1, 2, -4, 0.125, 2.0**1000, 2.0**-1000])
def test_an_exact_reciprocal_takes_the_place_of_any_division(program_of: ProgramOf, divisor: float) -> None:
    program = program_of(f"S = INTEG(1, 7)\nA = INTEGER(S / {divisor!r})", outputs=["A"])
    assert divided(program) == []
    assert final(program).item() == math.trunc(17 / divisor)


@pytest.mark.parametrize(
    ("value", "exact"),
    [
        (1.0, True),
        (-0.5, True),
        (2.0**1023, True),  # the reciprocal is subnormal, and exact
        (2.0**-1023, True),
        (2.0**-1024, False),  # the reciprocal is too large
        (3.0, False),
        (0.0, False),
        (math.inf, False),
        (math.nan, False),
    ],
)
def test_reciprocals_of_powers_of_two_are_exact(value: float, exact: bool) -> None:
    assert has_exact_reciprocal(value) is exact
