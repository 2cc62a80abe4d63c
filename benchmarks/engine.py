"""What is measured of the engine, in which order, and with how much effort?"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

import sdmodels
from benchmarks.cases import Case, hotline, sir
from benchmarks.chain import CONSTANTS, chain
from benchmarks.derivatives import derivatives
from benchmarks.ensembles import beside_c, beside_pysd, beside_simlin, on_all_cores
from benchmarks.memory import memory
from benchmarks.rows import Row, Target
from benchmarks.timing import Figure, interleave
from sdmodels.engine.ensemble import run
from sdmodels.engine.lowering import lower
from sdmodels.engine.native.compilation import compile_program
from sdmodels.engine.trajectories import final_step, periodic_steps
from sdmodels.structure.model import Model


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How much is run.

    Attributes
    ----------
    members
        Of the ensembles whose speed is compared.
    saved_members, memory_members
        Of the ensemble that keeps everything, and of the one that must fit into memory.
    tries
        Of each action.
    """

    members: int = 4096
    saved_members: int = 1000
    memory_members: int = 1_000_000
    tries: int = 7


QUICK = Effort(members=64, saved_members=16, memory_members=1000, tries=2)


def measure(effort: Effort, progress: Callable[[str], None]) -> Iterator[Row]:
    """Measure one thing after the other; yield each figure when it is there.

    Parameters
    ----------
    progress
        Told what is measured next.

    Raises
    ------
    DisagreementError
        If C and the engine do not come to the same numbers.
    """
    tries = effort.tries
    progress("SIR beside C")
    case = sir(effort.members)
    yield beside_c(case, at_most=0.25, tries=tries)
    progress("SIR, one run")
    yield single_run(case, tries=tries)
    case = hotline(effort.members)
    progress("hotline beside C")
    yield beside_c(case, at_most=0.4, tries=tries)
    progress("hotline beside Simlin")
    yield beside_simlin(case, tries=tries)
    progress("hotline beside PySD")
    yield beside_pysd(case, tries=tries)
    progress("hotline on all cores")
    yield on_all_cores(case, tries=tries)
    progress("compiling")
    names = [f"Constant {number}" for number in range(CONSTANTS)]
    yield compilation("chain", chain(250), names, None, tries=tries)
    yield compilation("hotline", case.entry.model, case.program.inputs, case.program.outputs, tries=tries)
    progress("hotline, derivatives")
    yield derivatives(case, tries=tries)
    progress("hotline, everything saved")
    yield saving(hotline(effort.saved_members), tries=tries)
    progress("memory")
    yield memory(effort.memory_members)


def single_run(case: Case, *, tries: int) -> Row:
    """Time one run as a user asks for it: all variables at all saved times, as a Dataset."""
    sdmodels.simulate(case.entry)
    found = interleave({"one": lambda: sdmodels.simulate(case.entry)}, tries=3 * tries)["one"]
    middle = float(np.median(found))
    return Row(
        id=f"{case.name.lower()}_single",
        name=f"{case.name}: sdmodels.simulate(model), all variables, to the Dataset, median",
        figure=Figure(value=1e3 * middle, low=1e3 * min(found), high=1e3 * max(found)),
        unit="ms",
        target=Target(bound="at most", value=3),
        seconds={"sdmodels.simulate(model)": middle},
    )


def compilation(
    id_: str, model: Model, inputs: Sequence[str], outputs: Sequence[str] | None, *, tries: int
) -> Row:
    """Time the way from a model to machine code."""
    found = interleave(
        {
            "lowering": lambda: lower(model, inputs=inputs, outputs=outputs),
            "both": lambda: compile_program(lower(model, inputs=inputs, outputs=outputs)),
        },
        tries=tries,
    )
    return Row(
        id=f"{id_}_compilation",
        name=f"{model.name}: lowering and compiling",
        figure=Figure.of_times(found["both"]),
        unit="s",
        target=Target(bound="at most", value=1),
        seconds={"lowering": min(found["lowering"]), "lowering and compiling": min(found["both"])},
    )


def saving(case: Case, *, tries: int) -> Row:
    """Compare a run that keeps all variables at all saved times to one that keeps their last values."""
    program = lower(case.entry.model, inputs=case.program.inputs)
    kernel = compile_program(program)
    found = interleave(
        {
            name: partial(run, kernel, case.inputs, steps=steps, threads=1)
            for name, steps in (("all times", periodic_steps(program)), ("last time", final_step(program)))
        },
        tries=tries,
    )
    return Row(
        id=f"{case.name.lower()}_saving",
        name=f"{case.name}: all variables of {case.members:,} members at all times / at the last",
        figure=Figure.of_ratio(found["all times"], found["last time"]),
        unit="times",
        target=Target(bound="at most", value=3),
        note=f"{len(program.outputs)} variables at {len(periodic_steps(program))} times",
        seconds={name: min(times) / case.members for name, times in found.items()},
    )
