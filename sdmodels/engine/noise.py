"""Which random numbers does a member draw, at which step, in which place of the model?

Philox 4x32-10 [1]_: a random number is a function of its place alone, so that any number of threads, any
block of members and either evaluator come to the same bits.

References
----------
.. [1] J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3",
   Proceedings of SC11, 2011.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

ROUNDS: Final = 10
MULTIPLIERS: Final = (0xD2511F53, 0xCD9E8D57)
KEY_STEPS: Final = (0x9E3779B9, 0xBB67AE85)
WORD: Final = 0xFFFFFFFF


def even(seed: int, streams: NDArray[np.int64], step: int, site: int) -> NDArray[np.float64]:
    """Return one number above 0 and below 1 for each stream, shape ``(streams,)``.

    Parameters
    ----------
    seed
        Of the run, below 2^64.
    streams
        Shape ``(streams,)``, not negative; members with the same stream draw the same numbers.
    site
        Which of the places where the model draws.
    """
    word = np.uint64(WORD)
    half = np.uint64(32)
    stream = streams.astype(np.uint64)
    counter = [
        np.full(stream.shape, step, dtype=np.uint64),
        np.full(stream.shape, site, dtype=np.uint64),
        stream & word,
        stream >> half,
    ]
    for key in keys(seed):
        first = np.uint64(MULTIPLIERS[0]) * counter[0]
        second = np.uint64(MULTIPLIERS[1]) * counter[2]
        counter = [
            (second >> half) ^ counter[1] ^ np.uint64(key[0]),
            second & word,
            (first >> half) ^ counter[3] ^ np.uint64(key[1]),
            first & word,
        ]
    # 52 bits and a half: never 0 and never 1.
    bits = ((counter[0] << half) | counter[1]) >> np.uint64(12)
    return (bits.astype(np.float64) + 0.5) * 2.0**-52


def keys(seed: int) -> list[tuple[int, int]]:
    """Return the two key words of each round."""
    low, high = seed & WORD, seed >> 32 & WORD
    return [
        ((low + number * KEY_STEPS[0]) & WORD, (high + number * KEY_STEPS[1]) & WORD)
        for number in range(ROUNDS)
    ]
