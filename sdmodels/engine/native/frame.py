"""What is a kernel handed when it is called?"""

import ctypes
from dataclasses import dataclass
from typing import Final

import numpy as np

from sdmodels.engine.trajectories import Floats, Steps

NAME: Final = "integrate"

# The arguments of the kernel, in order: pointers to numbers, or whole numbers.
_POINTERS: Final = ("inputs", "series", "own_series", "streams", "steps", "weights", "outputs")
_MARKS: Final = ("failed_step", "failed_variable", "scratch")
_NUMBERS: Final = ("members", "saved", "seed", "first", "last")

SIGNATURE: Final = ", ".join(
    [*(f"ptr noalias %{name}" for name in (*_POINTERS, *_MARKS)), *(f"i64 %{name}" for name in _NUMBERS)]
)
PROTOTYPE: Final = ctypes.CFUNCTYPE(
    None,
    *[ctypes.c_void_p] * len((*_POINTERS, *_MARKS)),
    *[ctypes.c_int64] * len(_NUMBERS),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The arrays of one ensemble, C-contiguous; ``members`` is a multiple of the kernel's lanes.

    Attributes
    ----------
    inputs
        Shape ``(inputs, members)``.
    series, own_series
        Shape ``(series, times)`` for what all members share, ``(series, times, members)`` for the others.
    streams
        Shape ``(members,)``.
    steps
        The saved steps, with a -1 behind the last.
    weights
        Shape ``(reductions, saved steps)``.
    outputs
        Filled: shape ``(outputs, saved steps, members)``, or ``(reductions, members)``.
    failed_step, failed_variable
        Filled: shape ``(members,)``.
    """

    inputs: Floats
    series: Floats
    own_series: Floats
    streams: Steps
    steps: Steps
    weights: Floats
    outputs: Floats
    failed_step: Steps
    failed_variable: Steps
    seed: int

    def arguments(self, scratch: Floats, first: int, last: int) -> list[int]:
        """Return the kernel's arguments for the groups of members from ``first`` up to but without ``last``."""
        arrays = [getattr(self, name) for name in (*_POINTERS, *_MARKS[:-1])]
        # A seed of 64 bits as the whole number with the same bits.
        seed = int(np.uint64(self.seed).astype(np.int64))
        return [
            *(array.ctypes.data for array in arrays),
            scratch.ctypes.data,
            self.failed_step.size,
            self.steps.size - 1,
            seed,
            first,
            last,
        ]
