"""What do exact derivatives cost, in plain runs?"""

import importlib
import importlib.util
from collections.abc import Callable, Sequence
from typing import cast

from benchmarks.cases import Case
from benchmarks.rows import Row, Target
from benchmarks.timing import Figure, interleave
from sdmodels.engine.ensemble import run
from sdmodels.engine.native.compilation import compile_program
from sdmodels.engine.program import Program
from sdmodels.engine.trajectories import final_step

MODULE = "sdmodels.engine.derivatives"
CONSTANTS = 10


def derivatives(case: Case, *, tries: int) -> Row:
    """Compare a run with its derivatives by ten constants to a run without."""
    extended = _with_derivatives()
    figure, seconds, note = None, {}, ""
    if extended is None:
        note = f"there is no {MODULE}"
    else:
        program = extended(case.program, case.program.inputs[:CONSTANTS])
        kernel, steps = compile_program(program), final_step(program)
        found = interleave(
            {
                "without": case.final,
                "with": lambda: run(kernel, case.inputs, steps=steps, threads=1),
            },
            tries=tries,
        )
        figure = Figure.of_ratio(found["with"], found["without"])
        seconds = {name: min(times) / case.members for name, times in found.items()}
    return Row(
        id=f"{case.name.lower()}_derivatives",
        name=f"{case.name}: one member with derivatives by {CONSTANTS} constants / without",
        figure=figure,
        unit="times",
        target=Target(bound="at most", value=20),
        note=note,
        seconds=seconds,
    )


def _with_derivatives() -> Callable[[Program, Sequence[str]], Program] | None:
    if importlib.util.find_spec(MODULE) is None:
        return None
    function = importlib.import_module(MODULE).with_derivatives
    return cast("Callable[[Program, Sequence[str]], Program]", function)
