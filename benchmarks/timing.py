"""How long do things take that are compared, on a machine that does other work too?"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self, TypeAlias

Seconds: TypeAlias = tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What was measured: from the fastest tries, and the least and the most that single tries came to."""

    value: float
    low: float
    high: float

    @classmethod
    def of_times(cls, seconds: Sequence[float], *, scale: float = 1.0) -> Self:
        """Return the shortest of several times; ``scale`` turns seconds into the unit of the figure."""
        return cls(value=min(seconds) * scale, low=min(seconds) * scale, high=max(seconds) * scale)

    @classmethod
    def of_ratio(cls, above: Sequence[float], below: Sequence[float], *, scale: float = 1.0) -> Self:
        """Return the ratio of the shortest times, and its spread over the tries made one after the other."""
        each = [scale * a / b for a, b in zip(above, below, strict=True)]
        value = scale * min(above) / min(below)
        # Noise may hit the one in one try and the other in another: the figure belongs to its spread.
        return cls(value=value, low=min(value, *each), high=max(value, *each))


def interleave(
    actions: Mapping[str, Callable[[], object]],
    *,
    tries: int,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, Seconds]:
    """Time each action several times, in turns (A B A B), so that noise hits all of them.

    Returns
    -------
    dict
        By name, one time a try [second].
    """
    found: dict[str, list[float]] = {name: [] for name in actions}
    for _ in range(tries):
        for name, action in actions.items():
            began = clock()
            action()
            found[name].append(clock() - began)
    return {name: tuple(seconds) for name, seconds in found.items()}


def fastest(found: Mapping[str, Seconds]) -> str:
    """Return the name of what took the shortest time in its best try."""
    return min(found, key=lambda name: min(found[name]))
