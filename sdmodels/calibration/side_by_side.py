"""How do searches, or populations, go side by side, each told of as it ends, and all of them stopped by Ctrl-C?"""

import copy
import logging
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any, TypeVar

import pypesto.engine
from threadpoolctl import threadpool_limits

from sdmodels.calibration.gathering import GatheredRuns

T = TypeVar("T")
# Searches that share their runs at a time.
AT_ONCE = 32
# How long Ctrl-C may go unheard [second]: on Windows a wait without end hears nothing.
PATIENCE = 0.2


class SideBySide(pypesto.engine.Engine):  # type: ignore[misc]
    """An engine of pyPESTO whose tasks share their runs.

    Parameters
    ----------
    ended
        Called with the number of a task and its result, as each ends.
    """

    def __init__(self, runs: GatheredRuns, ended: Callable[[int, Any], None]) -> None:
        super().__init__()
        self.runs = runs
        self.ended = ended

    def execute(self, tasks: Sequence[Any], progress_bar: bool | None = None) -> list[Any]:  # noqa: ARG002
        """Run all tasks; return their results in order."""
        # Each task has a history of its own.
        return together([copy.deepcopy(task).execute for task in tasks], self.runs, self.ended)


def together(
    work: Sequence[Callable[[], T]],
    runs: GatheredRuns,
    ended: Callable[[int, T], None] | None = None,
    *,
    meanwhile: Callable[[], None] | None = None,
    at_once: int = AT_ONCE,
) -> list[T]:
    """Do all pieces of work that share runs, some at a time; return their results in order.

    Parameters
    ----------
    ended
        Called with the number of a piece and its result, as each ends; in this thread.
    meanwhile
        Called in this thread now and then.
    """
    results: dict[int, T] = {}
    # Threads of a matrix product wait for each other by spinning, in the time of whoever works beside them.
    with threadpool_limits(limits=1, user_api="blas"), ThreadPoolExecutor(at_once) as pool:
        waiting: dict[Future[T], int] = {pool.submit(piece): number for number, piece in enumerate(work)}
        try:
            while waiting:
                done, _ = wait(waiting, timeout=PATIENCE, return_when=FIRST_COMPLETED)
                for future in done:
                    number = waiting.pop(future)
                    results[number] = future.result()
                    if ended is not None:
                        ended(number, results[number])
                if meanwhile is not None:
                    meanwhile()
        except BaseException:
            # Whatever still works fails at its next run, so that nobody waits for it.
            runs.stop()
            for future in waiting:
                future.cancel()
            raise
    return [results[number] for number in range(len(work))]


@contextmanager
def quiet() -> Iterator[None]:
    """Keep pyPESTO from telling of single searches: what matters is in their results."""
    logger = logging.getLogger("pypesto")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            # How many steps a profile could take if each were the least.
            warnings.filterwarnings("ignore", message="Profiling parameter", category=UserWarning)
            yield
    finally:
        logger.setLevel(before)
