"""How long does one member of an ensemble take, beside one run of another tool and on more cores?"""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from benchmarks.c import LOOKUPS, c_source
from benchmarks.cases import Case
from benchmarks.gcc import compile_c, gcc_version
from benchmarks.peers import pysd_beside, simlin_run
from benchmarks.rows import Row, Target
from benchmarks.timing import Figure, Seconds, fastest, interleave
from sdmodels.engine.native.compilation import cores
from sdmodels.engine.trajectories import Floats

OURS = "sdmodels, one member"


class DisagreementError(Exception):
    """Two ways to run the same model do not come to the same numbers: their speeds mean nothing."""


def beside_c(case: Case, *, at_most: float, tries: int) -> Row:
    """Compare one core to C that does one run after another, in its fastest way to read tables.

    Raises
    ------
    DisagreementError
        If the two do not come to the same numbers.
    """
    peers = _in_c(case)
    found = _in_turns(case, peers, tries)
    figure = None
    if peers:
        quickest = fastest({name: found[name] for name in peers})
        figure = Figure.of_ratio(found[OURS], found[quickest])
    return Row(
        id=f"{case.name.lower()}_c",
        name=f"{case.name}: one member of {case.members:,} on one core / one run in C",
        figure=figure,
        unit="times",
        target=Target(bound="at most", value=at_most),
        note="" if peers else "gcc not found",
        seconds=_a_run(found, case.members),
    )


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


def _in_turns(case: Case, others: Mapping[str, Callable[[], object]], tries: int) -> dict[str, Seconds]:
    return interleave({OURS: case.final, **others}, tries=tries)


def _a_run(found: Mapping[str, Seconds], members: int) -> dict[str, float]:
    return {name: min(seconds) / members for name, seconds in found.items()}


def on_all_cores(case: Case, *, tries: int) -> Row:
    """Compare one core to all."""
    is_single = cores() == 1
    everywhere = f"sdmodels, one member, {cores()} cores"
    found = _in_turns(case, {everywhere: partial(case.final, threads=cores())}, tries)
    return Row(
        id=f"{case.name.lower()}_cores",
        name=f"{case.name}: {case.members:,} members on one core / on all {cores()}",
        figure=None if is_single else Figure.of_ratio(found[OURS], found[everywhere]),
        unit="times",
        target=Target(bound="at least", value=1.6),
        note="this process may use one core only" if is_single else "",
        seconds=_a_run(found, case.members),
    )


def beside_simlin(case: Case, *, tries: int) -> Row:
    """Compare one core to Simlin, which keeps all variables at all saved times."""
    run_simlin = simlin_run(case.entry.path)
    found = _in_turns(case, {"Simlin": run_simlin} if run_simlin else {}, tries)
    seconds = _a_run({OURS: found[OURS]}, case.members)
    figure = None
    if run_simlin:
        figure = Figure.of_ratio(found["Simlin"], found[OURS], scale=case.members)
        seconds["Simlin, one run"] = min(found["Simlin"])
    return Row(
        id=f"{case.name.lower()}_simlin",
        name=f"{case.name}: one run in Simlin (Rust) / one member of {case.members:,} on one core",
        figure=figure,
        unit="times",
        target=Target(bound="at least", value=30),
        note="which keeps all variables" if run_simlin else "pysimlin not found",
        seconds=seconds,
    )


def beside_pysd(case: Case, *, tries: int) -> Row:
    """Compare one core to PySD, which keeps the same variables at the final time alone."""
    found = pysd_beside(case.final, case.entry, case.program.outputs, tries=tries)
    figure, seconds = None, {}
    if found is not None:
        theirs, ours = found
        figure = Figure.of_ratio(theirs, ours, scale=case.members)
        seconds = {OURS: min(ours) / case.members, "PySD, one run": min(theirs)}
    return Row(
        id=f"{case.name.lower()}_pysd",
        name=f"{case.name}: one run in PySD / one member of {case.members:,} on one core",
        figure=figure,
        unit="times",
        target=Target(bound="at least", value=10_000),
        note="" if found else "PySD not found",
        seconds=seconds,
    )
