"""How long do other tools take for one run of the same file?"""

import importlib
import importlib.util
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from shutil import copy
from types import ModuleType

from benchmarks.timing import Seconds, interleave
from sdmodels.catalogue import Entry

# Horizons of PySD's runs [the model's unit of time]: the whole would take seconds.
SHORT, LONG = 1.0, 21.0


def peer(name: str) -> ModuleType | None:
    """Return the module of another tool, or ``None`` where it is not installed."""
    return importlib.import_module(name) if importlib.util.find_spec(name) else None


def simlin_run(path: Path) -> Callable[[], object] | None:
    """Return one run in Simlin (Rust), without its analysis of loops; ``None`` where it is not installed."""
    simlin = peer("simlin")
    if simlin is None:
        return None
    model = simlin.load(path)
    return lambda: model.run(analyze_loops=False)


def pysd_beside(
    ours: Callable[[], object], entry: Entry, outputs: tuple[str, ...], *, tries: int
) -> tuple[Seconds, Seconds] | None:
    """Return how long one whole run takes in PySD, and ``ours`` in turn with it; one time a try each [second].

    PySD's translation is not counted. Two short horizons are run. What the longer takes more is for its
    further steps; by that the shorter is scaled up to the model's own steps. ``None`` without PySD.
    """
    pysd = peer("pysd")
    if pysd is None:
        return None
    time = entry.model.time
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = pysd.read_vensim(copy(entry.path, folder))

        def run(horizon: float) -> Callable[[], object]:
            end = time.initial_time + horizon
            return lambda: model.run(final_time=end, return_timestamps=[end], return_columns=list(outputs))

        found = interleave({"short": run(SHORT), "long": run(LONG), "ours": ours}, tries=tries)
    span = time.final_time - time.initial_time
    whole = tuple(
        short + (long - short) * (span - SHORT) / (LONG - SHORT)
        for short, long in zip(found["short"], found["long"], strict=True)
    )
    return whole, found["ours"]
