"""How do prepared runs run: in native code or interpreted, and which of their times are kept?"""

from collections.abc import Callable
from typing import get_args

from sdmodels.engine import interpreter
from sdmodels.engine.ensemble import run
from sdmodels.engine.native.compilation import Kernel
from sdmodels.engine.program import Program
from sdmodels.engine.trajectories import Progress, Steps, Trajectories, final_step, periodic_steps
from sdmodels.experiment.preparation import Prepared
from sdmodels.experiment.request import Request, Times


def trajectories_of(
    asked: Request,
    prepared: Prepared,
    program: Program,
    kernel: Callable[[], Kernel],
    times: Times,
    progress: Progress | None,
) -> Trajectories:
    """Run every member and keep the program's outputs.

    Parameters
    ----------
    program
        That of ``prepared``, or one made from it that takes the same inputs.
    kernel
        Makes its machine code, which the interpreter has no use for.

    Raises
    ------
    ValueError
        If ``times`` is neither ``saved`` nor ``final``.
    """
    steps = _steps(program, times)
    if asked.how.engine == "interpreter":
        return interpreter.integrate(
            program, prepared.inputs, steps=steps, method=asked.method, given=prepared.given
        )
    return run(
        kernel(),
        prepared.inputs,
        steps=steps,
        given=prepared.given,
        threads=asked.how.threads,
        progress=progress,
    )


def _steps(program: Program, times: Times) -> Steps:
    if times not in get_args(Times):
        raise ValueError(f"times is {times!r}; it must be one of {', '.join(map(repr, get_args(Times)))}.")
    return periodic_steps(program) if times == "saved" else final_step(program)
