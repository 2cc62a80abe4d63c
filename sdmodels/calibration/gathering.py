"""How do many searches at once share their runs: each asks for one point, and all points become one ensemble?

Exact slopes of one run take as long as those of a handful, since members are the lanes of a vector. While one
ensemble runs, the next requests gather.
"""

import queue
import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import numpy as np

from sdmodels.calibration.runs import Runs
from sdmodels.engine.trajectories import Floats, Progress


@dataclass(frozen=True, slots=True)
class _Request:
    values: Floats
    answer: "Future[tuple[Floats, Floats]]" = field(default_factory=Future)


class GatheredRuns:
    """Runs whose slopes many threads may ask for; a context manager, so that the thread behind it ends."""

    def __init__(self, runs: "Runs | GatheredRuns") -> None:
        self.runs = runs
        self.size: int = runs.size
        self._waiting: queue.SimpleQueue[_Request | None] = queue.SimpleQueue()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._waiting.put(None)
        self._thread.join()

    def stop(self) -> None:
        """Refuse whatever is asked for from now on."""
        self._stopped.set()

    def go_on(self) -> None:
        """Do nothing; raise RuntimeError once these runs were stopped."""
        if self._stopped.is_set():
            raise RuntimeError("these runs are shared no more")

    @property
    def threads(self) -> int:
        """On how many threads members run."""
        return self.runs.threads

    def on(self, threads: int) -> "GatheredRuns":
        """Return the same runs on so many threads, not yet asked for anything."""
        return GatheredRuns(self.runs.on(threads))

    def at(self, values: Floats, extras: Floats | None = None, *, progress: Progress | None = None) -> Floats:
        """Return the quantities, as :meth:`.Runs.at` does."""
        return self.runs.at(values, extras, progress=progress)

    def slopes_at(self, values: Floats) -> tuple[Floats, Floats]:
        """Return quantities and derivatives, as :meth:`.Runs.slopes_at` does."""
        if not self._thread.is_alive():
            raise RuntimeError("these runs are shared no more")
        self.go_on()
        request = _Request(values)
        self._waiting.put(request)
        return request.answer.result()

    def _serve(self) -> None:
        while (request := self._waiting.get()) is not None:
            together = [request]
            while not self._waiting.empty():
                following = self._waiting.get()
                if following is None:
                    self._waiting.put(None)
                    break
                together.append(following)
            self._answer(together)

    def _answer(self, together: list[_Request]) -> None:
        ends = np.cumsum([request.values.shape[1] for request in together])[:-1]
        try:
            found, slopes = self.runs.slopes_at(np.concatenate([r.values for r in together], axis=1))
            parts = [*zip(np.split(found, ends, axis=1), np.split(slopes, ends, axis=2), strict=True)]
        except BaseException as error:  # whoever waits must hear of it, whatever it is
            for request in together:
                request.answer.set_exception(error)
            return
        for request, part in zip(together, parts, strict=True):
            request.answer.set_result(part)
