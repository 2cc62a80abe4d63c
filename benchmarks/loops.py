"""How long does it take to score the feedback loops of the hotline model?"""

import time
from collections.abc import Callable, Iterator

from benchmarks.rows import Row, Target
from benchmarks.timing import Figure
from sdmodels import load, score_loops
from sdmodels.calibration.accepted import posterior_settings
from sdmodels.engine.kernels import kernel_of, program_of
from sdmodels.feedback.totals import circuit_sums

MODEL, POLICY, SCENARIO, CASE = "hotline", "high_intensity", "scarce_staff", "city_2019_2021"
MEMBERS = 1_000


def measure(*, tries: int, members: int, announce: Callable[[str], None]) -> Iterator[Row]:
    """Yield how long one run takes, first with nothing known of the graph, and an ensemble of the posterior."""
    entry = load(MODEL)
    announce("one run")
    first, again = [], []
    for _ in range(tries):
        for kept in (circuit_sums, program_of, kernel_of):
            kept.cache_clear()
        first.append(_seconds(lambda: score_loops(entry, policy=POLICY, scenario=SCENARIO)))
        again.append(_seconds(lambda: score_loops(entry, policy=POLICY, scenario=SCENARIO)))
    yield Row(
        id="loops_one_run",
        name=f"{MODEL}: all loops of one run, found and scored",
        figure=Figure.of_times(first),
        unit="seconds",
        target=Target(bound="at most", value=1),
        seconds={"first": min(first), "again": min(again)},
    )
    announce(f"{members:,} members")
    settings = posterior_settings(entry, CASE, members=members, seed=0)
    ensemble = [
        _seconds(lambda: score_loops(entry, settings, policy=POLICY, scenario=SCENARIO, members=members))
        for _ in range(tries)
    ]
    yield Row(
        id="loops_posterior",
        name=f"{MODEL}: all loops of {members:,} members of the posterior",
        figure=Figure.of_times(ensemble),
        unit="seconds",
        target=Target(bound="at most", value=120),
    )


def _seconds(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began
