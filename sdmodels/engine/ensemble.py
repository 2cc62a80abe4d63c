"""How do many members run: in blocks, on threads, and always to the same numbers?"""

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

import numpy as np

from sdmodels.engine.native.compilation import Kernel, cores, padded
from sdmodels.engine.trajectories import Floats, Progress, Steps, Trajectories, watched_names

# A block is at most this many equations x steps x members: a fraction of a second, so that progress
# shows and an interruption is heard.
BLOCK = 200_000_000


def run(
    kernel: Kernel,
    inputs: Floats,
    *,
    steps: Steps,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Trajectories:
    """Run every member in native code.

    Parameters
    ----------
    inputs
        Values of the program's inputs, shape ``(inputs, members)`` [unit of each].
    steps
        The steps to save, ascending.
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
    filled = padded(np.asarray(inputs, dtype=np.float64), kernel.lanes)
    total = filled.shape[1]
    values = np.empty((len(program.outputs), len(steps), total))
    failed_step = np.empty(total, dtype=np.int64)
    failed_variable = np.empty(total, dtype=np.int64)
    wanted = np.append(steps, -1).astype(np.int64)
    groups = total // kernel.lanes
    threads = cores() if threads is None else threads
    each = _groups_a_block(kernel, groups, threads)

    def run_block(first: int) -> int:
        last = min(first + each, groups)
        kernel.run(filled, wanted, values, failed_step, failed_variable, first=first, last=last)
        return int(last - first) * kernel.lanes

    with ThreadPoolExecutor(threads) as pool:
        waiting = {pool.submit(run_block, first) for first in range(0, groups, each)}
        _collect(waiting, members, progress)
    return Trajectories(
        values=values[:, :, :members],
        times=np.array([program.time.time_at(int(step)) for step in steps]),
        failed_step=failed_step[:members],
        failed_variable=failed_variable[:members],
        names=watched_names(program),
    )


def _groups_a_block(kernel: Kernel, groups: int, threads: int) -> int:
    program = kernel.program
    stages = 4 if kernel.method == "rk4" else 1
    work = max(1, len(program.step) + len(program.states)) * max(1, program.time.steps) * stages
    most = max(1, BLOCK // (work * kernel.lanes))
    return max(1, min(most, -(-groups // threads)))


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
