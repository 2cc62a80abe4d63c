"""What do the tests share: Vensim files made on the spot, and both evaluators behind one call."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from relay import write_relay

from sdmodels.catalogue import Entry, load
from sdmodels.engine import interpreter
from sdmodels.engine.ensemble import run
from sdmodels.engine.lowering import lower
from sdmodels.engine.native.compilation import compile_program
from sdmodels.engine.program import Program
from sdmodels.engine.trajectories import Trajectories, periodic_steps
from sdmodels.readers import read
from sdmodels.structure.model import Model

CONTROLS = """
INITIAL TIME = {initial}
    ~ Week
    ~ |
FINAL TIME = {final}
    ~ Week
    ~ |
TIME STEP = {step}
    ~ Week
    ~ |
SAVEPER = {save}
    ~ Week
    ~ |
"""

# Tests of readers must read, and no test leaves anything in the user's folders.
os.environ["SDMODELS_CACHE"] = ""

# The same examples every time: a change is judged by what it does. Others: --hypothesis-profile=others.
settings.register_profile("same", derandomize=True)
settings.register_profile("others", print_blob=True)
settings.load_profile("same")

WriteModel = Callable[..., Path]
ReadModel = Callable[..., Model]
Evaluate = Callable[..., Trajectories]


@pytest.fixture
def write_model(tmp_path: Path) -> WriteModel:
    """Write a Vensim file: one entry a line (``name = equation``), or text with ``~`` and ``|``."""

    def write(
        equations: str,
        *,
        initial: float = 0,
        final: float = 10,
        step: float = 1,
        save: float | str = "TIME STEP",
        name: str = "model.mdl",
        encoding: str = "utf-8",
        controls: str = CONTROLS,
    ) -> Path:
        entries = equations if "|" in equations else _entries(equations)
        path = tmp_path / name
        text = entries + controls.format(initial=initial, final=final, step=step, save=save)
        path.write_bytes(text.encode(encoding))
        return path

    return write


def _entries(equations: str) -> str:
    return "\n".join(f"{line.strip()} ~ ~ |" for line in equations.splitlines() if line.strip()) + "\n"


@pytest.fixture
def read_model(write_model: WriteModel) -> ReadModel:
    """Write a Vensim file and read it."""

    def read_written(equations: str, **settings: object) -> Model:
        return read(write_model(equations, **settings))

    return read_written


@pytest.fixture
def program_of(read_model: ReadModel) -> Callable[..., Program]:
    """Write, read and lower a model."""

    def make(
        equations: str,
        *,
        inputs: Sequence[str] = (),
        outputs: Sequence[str] | None = None,
        **settings: object,
    ) -> Program:
        return lower(read_model(equations, **settings), inputs=inputs, outputs=outputs)

    return make


@pytest.fixture(params=["interpreter", "native"])
def evaluate(request: pytest.FixtureRequest) -> Evaluate:
    """Run a Program with each of the two evaluators; inputs by name, one value a member."""

    def run_program(
        program: Program,
        inputs: Mapping[str, Sequence[float]] | None = None,
        *,
        method: str = "euler",
        steps: np.ndarray | None = None,
    ) -> Trajectories:
        columns = [np.asarray(inputs[name], float) for name in program.inputs] if inputs else []
        values = np.array(columns) if columns else np.empty((0, 1))
        wanted = periodic_steps(program) if steps is None else steps
        if request.param == "interpreter":
            return interpreter.integrate(program, values, steps=wanted, method=method)
        return run(compile_program(program, method=method), values, steps=wanted)

    return run_program


@pytest.fixture
def series(evaluate: Evaluate, program_of: Callable[..., Program]) -> Callable[..., np.ndarray]:
    """Return the course of one variable of a model over all saved times (one member)."""

    def course(equations: str, variable: str, *, method: str = "euler", **settings: object) -> np.ndarray:
        program = program_of(equations, outputs=[variable], **settings)
        return evaluate(program, method=method).values[0, :, 0]

    return course


@pytest.fixture
def make_relay(tmp_path: Path) -> Callable[..., Entry]:
    """Write and load a model whose experiments have exact answers, with texts of them replaced."""
    return lambda *replaced: load(write_relay(tmp_path, *replaced))


@pytest.fixture
def relay(make_relay: Callable[..., Entry]) -> Entry:
    """The model whose experiments have exact answers."""
    return make_relay()
