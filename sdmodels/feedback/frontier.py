"""In which order is a graph gone through so that few of its variables are open at a time?"""

from collections.abc import Iterable
from typing import NamedTuple

from sdmodels.feedback.causal import Link

WIDEST = 15
"""Open variables at a time; with more the states are too many to begin with. Assumption, from trials."""
BEAM = 400
"""How many beginnings are followed side by side; on the hotline model more find nothing better."""
STATES_EACH = 2.5
"""By how much each open variable multiplies the states. Assumption, from trials."""


def narrow_order(links: Iterable[Link]) -> tuple[str, ...] | None:
    """Return the variables so that the frontier stays narrow; ``None`` if it is wider than ``WIDEST``.

    The frontier is the set of variables gone through that have links to others not yet gone through. It depends on
    the set of those gone through and not on their order, so that of all orders of a set only the best is followed:
    a search with a beam, since the best order of all is as hard to find as the circuits are to count.
    """
    names, near = _neighbours(links)
    everything = (1 << len(names)) - 1
    beginnings = [_Beginning(0.0, 0, 0, -1, None)]
    for _ in names:
        longer: dict[int, _Beginning] = {}
        # The cheapest first: whatever leads to the same set later costs as much or more.
        for beginning in beginnings:
            _, seen, open_, _, _ = beginning
            for place in _bits((_around(near, open_) or everything) & ~seen):
                if seen | 1 << place not in longer:
                    longer[seen | 1 << place] = _extended(near, beginning, place)
        beginnings = sorted(longer.values(), key=lambda beginning: beginning.cost)[:BEAM]
        if beginnings[0].open_.bit_count() > WIDEST:
            return None
    return tuple(names[place] for place in _places(beginnings[0]))


class _Beginning(NamedTuple):
    """The first variables of an order, from the last one back; sets of variables are the bits of whole numbers."""

    cost: float
    seen: int
    open_: int
    place: int
    before: "_Beginning | None"


def _neighbours(links: Iterable[Link]) -> tuple[list[str], list[int]]:
    """Return the variables, and the set of neighbours of each."""
    links = list(links)
    names = list(dict.fromkeys(name for link in links for name in link))
    place = {name: number for number, name in enumerate(names)}
    near = [0] * len(names)
    for source, target in links:
        near[place[source]] |= 1 << place[target]
        near[place[target]] |= 1 << place[source]
    return names, near


def _around(near: list[int], places: int) -> int:
    found = 0
    for place in _bits(places):
        found |= near[place]
    return found


def _extended(near: list[int], beginning: _Beginning, place: int) -> _Beginning:
    seen = beginning.seen | 1 << place
    open_ = beginning.open_ | 1 << place
    # Only the new variable and its neighbours can lose their last link to what is left.
    for other in _bits(open_ & (near[place] | 1 << place)):
        if not near[other] & ~seen:
            open_ ^= 1 << other
    return _Beginning(beginning.cost + STATES_EACH ** open_.bit_count(), seen, open_, place, beginning)


def _places(beginning: _Beginning) -> list[int]:
    found: list[int] = []
    step: _Beginning | None = beginning
    while step is not None and step.before is not None:
        found.append(step.place)
        step = step.before
    return found[::-1]


def _bits(number: int) -> list[int]:
    found = []
    while number:
        lowest = number & -number
        found.append(lowest.bit_length() - 1)
        number ^= lowest
    return found
