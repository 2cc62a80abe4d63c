"""What do the tests of functions share: a model from its equations, run by the interpreter."""

import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sdmodels.engine import interpreter
from sdmodels.engine.lowering import lower
from sdmodels.engine.trajectories import Given, periodic_steps
from sdmodels.structure.model import Model

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what PySD warns about is not this project's
    import pysd

Courses = Callable[..., list[np.ndarray]]


@pytest.fixture
def courses(read_model: Callable[..., Model]) -> Courses:
    """Return the course of each variable asked for, shape (times,), or (times, members) for several."""

    def run(
        equations: str,
        *variables: str,
        members: int = 0,
        seed: int = 0,
        method: str = "euler",
        **settings: object,
    ) -> list[np.ndarray]:
        program = lower(read_model(equations, **settings), outputs=variables)
        found = interpreter.integrate(
            program,
            np.empty((0, members or 1)),
            steps=periodic_steps(program),
            method=method,
            given=Given(seed=seed),
        )
        return [values if members else values[:, 0] for values in found.values]

    return run


@pytest.fixture
def oracle(write_model: Callable[..., Path]) -> Courses:
    """Return the courses that PySD's own run comes to."""

    def run(equations: str, *variables: str, **settings: object) -> list[np.ndarray]:
        path = write_model(equations, name="oracle.mdl", **settings)
        path.write_text("{UTF-8}\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            table = pysd.read_vensim(str(path)).run(flatten_output=True)
        return [table[name].to_numpy(float) for name in variables]

    return run
