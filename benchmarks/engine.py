"""How fast is the engine, beside C, Simlin and PySD and beside itself?"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

import sdmodels
from benchmarks.c import LOOKUPS, c_source
from benchmarks.cases import Case, hotline, sir
from benchmarks.chain import CONSTANTS, chain
from benchmarks.derivatives import derivatives
from benchmarks.gcc import compile_c, gcc_version
from benchmarks.memory import memory
from benchmarks.peers import pysd_beside, simlin_run
from benchmarks.rows import Row, Target
from benchmarks.timing import Figure, Seconds, fastest, interleave
from sdmodels.engine.ensemble import run
from sdmodels.engine.lowering import lower
from sdmodels.engine.native.compilation import compile_program, cores
from sdmodels.engine.trajectories import Floats, final_step, periodic_steps
from sdmodels.structure.model import Model

OURS = "sdmodels, one member"


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


class DisagreementError(Exception):
    """Two ways to run the same model do not come to the same numbers: their speeds mean nothing."""


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
    progress("SIR")
    yield from _infection(effort)
    progress("hotline, beside others")
    case = hotline(effort.members)
    yield from _hotline(case, effort)
    progress("compiling")
    names = [f"Constant {number}" for number in range(CONSTANTS)]
    yield compilation("chain", chain(250), names, None, effort)
    yield compilation("hotline", case.entry.model, case.program.inputs, case.program.outputs, effort)
    progress("hotline, derivatives")
    yield derivatives(case, tries=effort.tries)
    progress("hotline, everything saved")
    yield saving(effort)
    progress("memory")
    yield memory(effort.memory_members)


def _in_c(case: Case) -> dict[str, Callable[[], object]]:
    """Return the runs in C, by name, after a look at their numbers; none where there is no gcc."""
    if gcc_version() is None:
        return {}
    expected = case.final()
    # Without tables all ways to read them are the same source.
    distinct = {c_source(case.program, lookups=lookups): lookups for lookups in reversed(LOOKUPS)}
    actions: dict[str, Callable[[], object]] = {}
    for lookups in distinct.values():
        run_in_c = compile_c(case.program, lookups=lookups)
        name = f"C, one run, {lookups}" if len(distinct) > 1 else "C, one run"
        require_agreement(f"{case.name}: {name}", run_in_c(case.inputs), expected)
        actions[name] = partial(run_in_c, case.inputs)
    return actions


def require_agreement(what: str, found: Floats, expected: Floats) -> None:
    """Raise DisagreementError if final values, shape ``(outputs, members)``, differ by more than 1e-6 of them.

    Both sum the same thousands of steps in doubles, but C with -ffast-math in another order.
    """
    differ = ~np.isclose(found, expected, rtol=1e-6, atol=0, equal_nan=True)
    if differ.any():
        output, member = np.argwhere(differ)[0]
        raise DisagreementError(
            f"{what} and the engine do not come to the same numbers.\n"
            f"    Output {output} of member {member} is {found[output, member]} against "
            f"{expected[output, member]}; {int(differ.sum())} of {differ.size} differ.\n"
            "Nothing was timed: find out which of them is wrong."
        )


def _ensemble(case: Case, effort: Effort, others: Mapping[str, Callable[[], object]]) -> dict[str, Seconds]:
    """Time the ensemble on one core in turns with the ``others``, which run all its members too."""
    return interleave({OURS: case.final, **others}, tries=effort.tries)


def _a_run(found: Mapping[str, Seconds], members: int) -> dict[str, float]:
    return {name: min(seconds) / members for name, seconds in found.items()}


def _infection(effort: Effort) -> Iterator[Row]:
    case = sir(effort.members)
    in_c = _in_c(case)
    yield _beside_c(case, _ensemble(case, effort, in_c), list(in_c), at_most=0.25)
    yield single_run(case, effort)


def _hotline(case: Case, effort: Effort) -> Iterator[Row]:
    in_c = _in_c(case)
    several = {f"sdmodels, one member, {cores()} cores": partial(case.final, threads=cores())}
    found = _ensemble(case, effort, {**in_c, **several})
    yield _beside_c(case, found, list(in_c), at_most=0.4)
    yield _all_cores(case, found[OURS], found[next(iter(several))])
    yield _beside_simlin(case, effort)
    yield _beside_pysd(case, effort)


def _beside_c(case: Case, found: Mapping[str, Seconds], in_c: Sequence[str], *, at_most: float) -> Row:
    figure = None
    if in_c:
        quickest = fastest({name: found[name] for name in in_c})
        figure = Figure.of_ratio(found[OURS], found[quickest])
    return Row(
        id=f"{case.name}_c",
        name=f"{case.name}: one member of {case.members:,} on one core / one run in C",
        figure=figure,
        unit="times",
        target=Target(bound="at most", value=at_most),
        note="" if in_c else "gcc not found",
        seconds=_a_run({name: found[name] for name in (OURS, *in_c)}, case.members),
    )


def _all_cores(case: Case, one: Seconds, all_: Seconds) -> Row:
    is_single = cores() == 1
    return Row(
        id=f"{case.name}_cores",
        name=f"{case.name}: {case.members:,} members on one core / on all {cores()}",
        figure=None if is_single else Figure.of_ratio(one, all_),
        unit="times",
        target=Target(bound="at least", value=1.6),
        note="this process may use one core only" if is_single else "",
        seconds=_a_run({"one core": one, f"{cores()} cores": all_}, case.members),
    )


def _beside_simlin(case: Case, effort: Effort) -> Row:
    run_simlin = simlin_run(case.entry.path)
    found = _ensemble(case, effort, {"Simlin": run_simlin} if run_simlin else {})
    seconds = _a_run({OURS: found[OURS]}, case.members)
    figure = None
    if run_simlin:
        figure = Figure.of_ratio(found["Simlin"], found[OURS], scale=case.members)
        seconds["Simlin, one run"] = min(found["Simlin"])
    return Row(
        id=f"{case.name}_simlin",
        name=f"{case.name}: one run in Simlin (Rust) / one member of {case.members:,} on one core",
        figure=figure,
        unit="times",
        target=Target(bound="at least", value=30),
        note="" if run_simlin else "pysimlin not found",
        seconds=seconds,
    )


def _beside_pysd(case: Case, effort: Effort) -> Row:
    found = pysd_beside(case.final, case.entry, case.program.outputs, tries=effort.tries)
    figure, seconds = None, {}
    if found is not None:
        theirs, ours = found
        figure = Figure.of_ratio(theirs, ours, scale=case.members)
        seconds = {OURS: min(ours) / case.members, "PySD, one run": min(theirs)}
    return Row(
        id=f"{case.name}_pysd",
        name=f"{case.name}: one run in PySD / one member of {case.members:,} on one core",
        figure=figure,
        unit="times",
        target=Target(bound="at least", value=10_000),
        note="" if found else "PySD not found",
        seconds=seconds,
    )


def single_run(case: Case, effort: Effort) -> Row:
    """Time one run as a user asks for it: all variables at all saved times, as a Dataset."""
    sdmodels.simulate(case.entry)
    found = interleave({"one": lambda: sdmodels.simulate(case.entry)}, tries=3 * effort.tries)["one"]
    middle = float(np.median(found))
    return Row(
        id=f"{case.name}_single",
        name=f"{case.name}: sdmodels.simulate(model), all variables, to the Dataset, median",
        figure=Figure(value=1e3 * middle, low=1e3 * min(found), high=1e3 * max(found)),
        unit="ms",
        target=Target(bound="at most", value=3),
        seconds={"sdmodels.simulate(model)": middle},
    )


def compilation(
    id_: str, model: Model, inputs: Sequence[str], outputs: Sequence[str] | None, effort: Effort
) -> Row:
    """Time the way from a model to machine code."""
    found = interleave(
        {
            "lowering": lambda: lower(model, inputs=inputs, outputs=outputs),
            "both": lambda: compile_program(lower(model, inputs=inputs, outputs=outputs)),
        },
        tries=effort.tries,
    )
    return Row(
        id=f"{id_}_compilation",
        name=f"{model.name}: lowering and compiling",
        figure=Figure.of_times(found["both"]),
        unit="s",
        target=Target(bound="at most", value=1),
        seconds={"lowering": min(found["lowering"]), "lowering and compiling": min(found["both"])},
    )


def saving(effort: Effort) -> Row:
    """Compare a run that keeps all variables at all saved times to one that keeps their last values."""
    case = hotline(effort.saved_members)
    program = lower(case.entry.model, inputs=case.program.inputs)
    kernel = compile_program(program)
    found = interleave(
        {
            name: partial(run, kernel, case.inputs, steps=steps, threads=1)
            for name, steps in (("all times", periodic_steps(program)), ("last time", final_step(program)))
        },
        tries=effort.tries,
    )
    return Row(
        id=f"{case.name}_saving",
        name=f"{case.name}: all variables of {case.members:,} members at all times / at the last",
        figure=Figure.of_ratio(found["all times"], found["last time"]),
        unit="times",
        target=Target(bound="at most", value=3),
        note=f"{len(program.outputs)} variables at {len(periodic_steps(program))} times",
        seconds=_a_run(found, case.members),
    )
