"""Which feedback loop drives a model when, in one run or in an ensemble?

Loops That Matter (see :mod:`.link_scores`): the score of a loop is the product of the scores along it, its relative
score the share of that in the sum of the sizes of all loop scores of its cycle partition. The sum runs over all
loops even where nobody can list them, see :mod:`.totals`.
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from sdmodels.catalogue import Policy, Scenario
from sdmodels.engine.native.compilation import Kernel, cores
from sdmodels.engine.trajectories import Floats, Progress
from sdmodels.experiment.request import Integration, ModelLike, OneOrMore, as_entry
from sdmodels.experiment.settings import Setting
from sdmodels.experiment.step_ends import StepRuns, step_runs
from sdmodels.feedback.arrays import Arrays
from sdmodels.feedback.causal import CausalGraph
from sdmodels.feedback.circuits import MOST_CIRCUITS
from sdmodels.feedback.feedback_loop import numbered, polarity_of
from sdmodels.feedback.link_scores import link_scores
from sdmodels.feedback.loop_search import FoundLoops, closed_graph, find_loops
from sdmodels.feedback.part_scores import part_scores
from sdmodels.feedback.scores import LoopScores, Partition

T = TypeVar("T")
COLUMNS = 2_000
"""Times of members that are scored at once: what fits into the memory next to a processor."""
STEPS_OF_ENSEMBLE = 104
STEPS_OF_LARGE = 130
"""Of one run of a model whose loops are added up unlisted, which takes some two milliseconds a step."""
KEPT_OF_ENSEMBLE = 40


def score_loops(
    model: ModelLike,
    settings: Mapping[str, Setting] | None = None,
    *,
    policy: OneOrMore[Policy] = "baseline",
    scenario: OneOrMore[Scenario] = "normal",
    members: int = 1,
    seed: int = 0,
    every_step: bool = False,
    most_times: int | None = None,
    most_loops: int | None = None,
    most_counted: int = MOST_CIRCUITS,
    integration: Integration | None = None,
    within_bounds: bool = True,
    progress: Progress | None = None,
) -> LoopScores:
    """Find the feedback loops of a model and score them along its runs.

    Parameters are those of :func:`.simulate`, and

    every_step
        Whether every time step is scored, and not only those that end at a saved time.
    most_times
        So many times at most, evenly spaced. If not given, all for one run, or 130 if the model has more loops than
        can be counted; 104 for an ensemble.
    most_loops
        How many loops are kept beside those that the manifest names; if not given, all for one run and the 40 most
        important of an ensemble.
    most_counted
        A partition with more loops than these is searched for the strong ones, and its loops are added up without
        listing them.

    Returns
    -------
    LoopScores
        The loops in order of importance, those of the largest partition first, and their scores. A score at a time
        is that of the step that ends there;
        Stella prints it at the beginning of the step.

    Raises
    ------
    UnknownNameError, InputError, SimulationError
        As :func:`.simulate`; InputError too if the model has no feedback loop.

    Notes
    -----
    Random noise and forced seasons move variables without any feedback: score runs without them.

    Examples
    --------
    >>> found = score_loops("hotline", policy="high_intensity")
    >>> found.loops[0].title.en
    """
    entry = as_entry(model)
    runs = step_runs(
        entry,
        settings,
        policy=policy,
        scenario=scenario,
        members=members,
        seed=seed,
        every_step=every_step,
        keep=dict.fromkeys(loop.switch for loop in entry.loops if loop.switch is not None),
        integration=integration,
        within_bounds=within_bounds,
    )
    if most_times is None and runs.members > 1:
        most_times = STEPS_OF_ENSEMBLE
    if most_loops is None and runs.members > 1:
        most_loops = KEPT_OF_ENSEMBLE
    runs = runs.thinned(most_times)
    graph = closed_graph(runs)
    kernel = runs.kernel()
    # Two rounds through the members: first which links do anything at all, then what they do.
    active = np.zeros(len(graph.links), dtype=bool)
    for part in _each_block(runs, partial(_active, runs, kernel, graph), progress, 0):
        active |= part
    found = find_loops(runs, kernel, graph, active, most_counted=most_counted, most_loops=most_loops)
    if most_times is None and any(part.sums is not None for part in found.parts):
        runs = runs.thinned(STEPS_OF_LARGE)
    arrays = Arrays.empty(runs, len(found.ranked), len(found.parts), len(graph.links))
    # In order, whoever is done first: the sums over members come to the same last bit.
    for sums in _each_block(runs, partial(_score, runs, kernel, found, arrays), progress, runs.members):
        for name, values in sums.items():
            arrays.by_link[name] += values
    return _result(runs, found, arrays)


def _each_block(
    runs: StepRuns, work: Callable[[int, int], T], progress: Progress | None, done: int
) -> Iterator[T]:
    """Yield what comes of each block of members, in order; the work is done on all cores."""
    each = max(1, COLUMNS // runs.steps.size)
    blocks = [(first, min(first + each, runs.members)) for first in range(0, runs.members, each)]
    with ThreadPoolExecutor(runs.asked.how.threads or cores()) as pool:
        waiting = [pool.submit(work, *block) for block in blocks]
        try:
            for future, (_, last) in zip(waiting, blocks, strict=True):
                yield future.result()
                if progress is not None:
                    progress(done + last, 2 * runs.members)
        finally:
            for future in waiting:
                future.cancel()


def _active(
    runs: StepRuns, kernel: Kernel | None, graph: CausalGraph, first: int, last: int
) -> NDArray[np.bool_]:
    """Return which links have a score in some step of some member."""
    scores = link_scores(graph, graph.links, runs.ends(first, last, kernel))
    return np.asarray(scores.any(axis=(1, 2)))


def _score(
    runs: StepRuns, kernel: Kernel | None, found: FoundLoops, arrays: Arrays, first: int, last: int
) -> dict[str, Floats]:
    """Score the members from ``first`` up to ``last``; return sums over them, by link and step."""
    ends = runs.ends(first, last, kernel)
    scores = found.link_scores(ends)
    shares = np.zeros_like(scores)
    arrays.take_runs(first, last, ends.trajectories)
    for number, (part, rows) in enumerate(zip(found.parts, found.rows, strict=True)):
        place = {link: row for row, link in enumerate(part.links)}
        cuts = {id: [place[link] for link in links if link in place] for id, links in found.cuts.items()}
        scored = part_scores(part, scores[list(rows)], [row for cut in cuts.values() for row in cut])
        arrays.take_partition(number, first, last, scored)
        shares[list(rows)] = scored.shares(scored.through)
        for row, each in enumerate(found.ranked):
            if each.loop.partition == number:
                cut = cuts.get(each.loop.id, [])
                arrays.take_loop(row, first, last, scored, each.places, cut)
    shape = len(scores), -1, last - first
    return {
        "link_share": shares.reshape(shape).sum(axis=2),
        "link_sign": np.sign(scores).reshape(shape).sum(axis=2),
    }


def _result(runs: StepRuns, found: FoundLoops, arrays: Arrays) -> LoopScores:
    """Sort and number the loops by what came of all members, and label the scores."""
    graph = found.graph
    relative = np.nan_to_num(arrays.by_loop["relative_score"])
    # Shares are of a partition: that of the only loop of a small one is always all of it.
    stocks = [len(names & graph.stocks) for names in graph.partitions]
    size = [stocks[each.loop.partition] if each.loop.circuits else 0 for each in found.ranked]
    order = np.lexsort((-np.abs(relative).mean(axis=(1, 2)), -np.array(size)))
    rising, falling = (np.maximum(sign * relative, 0.0).sum(axis=(1, 2)) for sign in (1.0, -1.0))
    loops = numbered(
        [found.ranked[row].loop for row in order],
        [polarity_of(float(rising[row]), float(falling[row])) for row in order],
    )
    scores = arrays.in_order(order).labelled(loops, graph)
    without = [not found.cuts.get(loop.id) for loop in loops]
    scores["cut_share"] = scores["cut_share"].where(~xr.DataArray(without, dims="loop"))
    return LoopScores(
        entry=runs.asked.entry,
        graph=graph,
        loops=loops,
        partitions=tuple(
            Partition(
                variables=tuple(name for name in graph.equations if name in names),
                stocks=tuple(name for name in graph.equations if name in names & graph.stocks),
                loops=part.count,
                found=len(part.circuits),
                complete=part.complete,
            )
            for names, part in zip(graph.partitions, found.parts, strict=True)
        ),
        scores=scores,
        cuts=found.cuts,
        samples=found.samples,
    )
