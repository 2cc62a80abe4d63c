"""How do many members run: in blocks, on threads, and always to the same numbers?"""

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

import numpy as np

from sdmodels.engine.native.compilation import Kernel, aligned, cores, padded
from sdmodels.engine.native.frame import Frame
from sdmodels.engine.reductions import weights_of
from sdmodels.engine.trajectories import (
    Floats,
    Given,
    Progress,
    Reduced,
    Steps,
    Trajectories,
    grid_times,
    times_of,
    watched_names,
)

# A block is at most this many equations x steps x members: a fraction of a second, so that progress
# shows and an interruption is heard.
BLOCK = 200_000_000
# Four blocks a thread, so that no thread waits long for another; but none of less than some milliseconds.
BLOCKS_A_THREAD = 4
LEAST_BLOCK = 30_000_000


def run(
    kernel: Kernel,
    inputs: Floats,
    *,
    steps: Steps,
    given: Given | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Trajectories:
    """Run every member in native code and keep values.

    Parameters
    ----------
    inputs
        Values of the program's inputs, shape ``(inputs, members)`` [unit of each].
    steps
        The steps to save, ascending.
    given
        Data over time and random seed, where the program has use for them.
    threads
        All cores if not given. It never changes a number.
    progress
        Called with the members done and the members in all, after each block.

    Returns
    -------
    Trajectories
        Bit for bit the same for any number of threads and lanes.
    """
    program = kernel.program
    members = inputs.shape[1]
    frame = _frame(kernel, inputs, steps, np.empty((0, steps.size)), given or Given())
    _run_all(kernel, frame, members, threads, progress)
    return Trajectories(
        values=frame.outputs[:, :, :members],
        times=times_of(program, steps),
        failed_step=frame.failed_step[:members],
        failed_variable=frame.failed_variable[:members],
        names=watched_names(program),
    )


def weights_at(kernel: Kernel, steps: Steps) -> Floats:
    """Return how much the values at each step count for the kernel's reductions, shape ``(reductions, steps)``."""
    times = times_of(kernel.program, steps)
    return np.array([weights_of(reduction, times) for reduction in kernel.reductions])


def run_reduced(
    kernel: Kernel,
    inputs: Floats,
    *,
    steps: Steps,
    weights: Floats | None = None,
    given: Given | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Reduced:
    """Run every member in native code and keep the kernel's reductions alone.

    Parameters are those of :func:`run`; ``steps`` are those whose values count, and ``weights`` what
    :func:`weights_at` says of them: who runs a kernel often asks once.

    Returns
    -------
    Reduced
        Bit for bit the same for any number of threads and lanes.
    """
    members = inputs.shape[1]
    weights = weights_at(kernel, steps) if weights is None else weights
    counted = np.flatnonzero(weights.any(axis=0))
    frame = _frame(kernel, inputs, steps[counted], weights[:, counted], given or Given())
    _run_all(kernel, frame, members, threads, progress)
    return Reduced(
        values=frame.outputs[:, :members],
        failed_step=frame.failed_step[:members],
        failed_variable=frame.failed_variable[:members],
        names=watched_names(kernel.program),
    )


def _frame(kernel: Kernel, inputs: Floats, steps: Steps, weights: Floats, given: Given) -> Frame:
    program, lanes = kernel.program, kernel.lanes
    members = inputs.shape[1]
    total = members + -members % lanes
    shape = (len(weights), total) if kernel.reductions else (len(program.outputs), steps.size, total)
    rows = grid_times(program.time, kernel.method).size
    shared = [given.series[s.name].reshape(rows) for s in program.series if not s.by_member]
    own = [padded(given.series[s.name], lanes) for s in program.series if s.by_member]
    streams = given.streams_of(members)
    return Frame(
        inputs=padded(np.asarray(inputs, dtype=np.float64), lanes),
        series=np.array(shared, dtype=np.float64),
        own_series=np.array(own, dtype=np.float64),
        streams=np.ascontiguousarray(np.pad(streams, (0, total - members), mode="edge")),
        steps=np.append(steps, -1).astype(np.int64),
        weights=np.ascontiguousarray(weights),
        outputs=aligned(shape),
        failed_step=np.empty(total, dtype=np.int64),
        failed_variable=np.empty(total, dtype=np.int64),
        seed=given.seed,
    )


def _run_all(
    kernel: Kernel, frame: Frame, members: int, threads: int | None, progress: Progress | None
) -> None:
    groups = frame.failed_step.size // kernel.lanes
    threads = cores() if threads is None else threads
    each = _groups_a_block(kernel, groups, threads)

    def run_block(first: int) -> int:
        last = min(first + each, groups)
        kernel.run(frame, first=first, last=last)
        return int(last - first) * kernel.lanes

    if each >= groups:
        # One block needs no pool: a single run would spend most of its time on it.
        run_block(0)
        if progress is not None:
            progress(members, members)
        return
    with ThreadPoolExecutor(threads) as pool:
        waiting = {pool.submit(run_block, first) for first in range(0, groups, each)}
        _collect(waiting, members, progress)


def _groups_a_block(kernel: Kernel, groups: int, threads: int) -> int:
    program = kernel.program
    stages = 4 if kernel.method == "rk4" else 1
    work = max(1, len(program.step) + len(program.states)) * max(1, program.time.steps) * stages
    most, least = (max(1, size // (work * kernel.lanes)) for size in (BLOCK, LEAST_BLOCK))
    balanced = -(-groups // (BLOCKS_A_THREAD * threads)) if threads > 1 else groups
    blocks = max(1, -(-groups // min(most, max(least, balanced))))
    # As many blocks for one thread as for another: three blocks keep two threads as long as four.
    return -(-groups // (-(-blocks // threads) * threads))


def _collect(waiting: set[Future[int]], members: int, progress: Progress | None) -> None:
    done = 0
    try:
        while waiting:
            finished, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            done += sum(future.result() for future in finished)
            if progress is not None:
                progress(min(done, members), members)
    finally:
        for future in waiting:
            future.cancel()
