"""How fast is the engine on the hotline model, beside PySD and Simlin on the same machine in the same run?

    python benchmarks/speed.py [--members 10000] [--weeks 520]

Prints a table in Markdown: the one in the README. Times are minima of several tries, but for PySD's one run.
"""

import argparse
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from shutil import copy

import numpy as np

from sdmodels.catalogue import Entry, load
from sdmodels.engine.ensemble import run
from sdmodels.engine.lowering import lower
from sdmodels.engine.native.compilation import Kernel, compile_program, cores
from sdmodels.engine.trajectories import Floats, final_step
from sdmodels.experiment.sampling import draw


def prepared(entry: Entry, members: int) -> tuple[Kernel, Floats, float]:
    """Return the compiled kernel, the drawn inputs, and the seconds that lowering and compiling took."""
    if entry.manifest is None:
        raise SystemExit("The benchmark needs a model of the catalogue.")
    draws = draw(entry.manifest.uncertainties, members=members, seed=0)
    outputs = list(dict.fromkeys(outcome.variable for outcome in entry.outcomes))
    began = time.perf_counter()
    kernel = compile_program(lower(entry.model, inputs=list(draws), outputs=outputs))
    took = time.perf_counter() - began
    return kernel, np.array(list(draws.values())), took


def fastest(action: Callable[[], object], tries: int = 5) -> float:
    """Return the shortest of several times [second]."""
    times = []
    for _ in range(tries):
        began = time.perf_counter()
        action()
        times.append(time.perf_counter() - began)
    return min(times)


def pysd_seconds(path: Path) -> float:
    """Return how long PySD takes for one run, its translation not counted [second]."""
    import pysd

    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = pysd.read_vensim(copy(path, folder))
        began = time.perf_counter()
        model.run(return_timestamps=[model.components.final_time()])
        return time.perf_counter() - began


def simlin_seconds(path: Path) -> float:
    """Return how long Simlin takes for one run [second]."""
    import simlin

    model = simlin.load(path)
    return fastest(lambda: model.run(analyze_loops=False))


def _ratio(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--members", type=int, default=10_000)
    parser.add_argument("--without-peers", action="store_true", help="measure this library only")
    options = parser.parse_args()
    entry = load("hotline")
    kernel, inputs, compiled = prepared(entry, options.members)
    steps = final_step(kernel.program)
    each = {
        threads: fastest(lambda threads=threads: run(kernel, inputs, steps=steps, threads=threads))
        / options.members
        for threads in dict.fromkeys((1, cores()))
    }
    time_spec = entry.model.time
    print(
        f"`hotline`: {len(entry.model.stocks)} stocks, {len(entry.model.auxiliaries)} auxiliaries, "
        f"{time_spec.final_time:g} weeks at a step of {time_spec.time_step:g}, final outcomes only\n"
    )
    print("| | microseconds a run | times |\n|---|---|---|")
    best = min(each.values())
    rows = [
        (f"sdmodels, {options.members:,} members, {threads} thread{'s' * (threads > 1)}", seconds)
        for threads, seconds in each.items()
    ]
    if not options.without_peers:
        rows.append(("Simlin (Rust), one run", simlin_seconds(entry.path)))
        rows.append(("PySD, one run", pysd_seconds(entry.path)))
    for name, seconds in rows:
        print(f"| {name} | {seconds * 1e6:,.0f} | {_ratio(seconds / best)} |")
    print(f"\nLowering and compiling: {compiled:.2f} s, {kernel.lanes} members a vector.")


if __name__ == "__main__":
    main()
