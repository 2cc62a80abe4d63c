"""What do all circuits of a graph add up to, without listing them?

A graph of fifty variables can have millions of circuits, but the sum over them needs none of them one by one. Links
are taken up or left out in an order in which few variables are open at a time; what matters of all that was decided
before is which open paths there are, and where each begins and ends. Sums of equal such states are added up [1]_.
The states depend on the graph alone; their sums are arrays, with a column for each time and member.

References
----------
.. [1] D. E. Knuth, The Art of Computer Programming 4A, 2011, section 7.1.4 ("Simpath"): the same states, for paths.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import sparse

from sdmodels.engine.trajectories import Floats
from sdmodels.feedback.causal import Link
from sdmodels.feedback.frontier import narrow_order
from sdmodels.feedback.reduction import Reduction, reduction

MOST_STATES = 600_000
"""In all; more would take seconds to find, and to sum over. Assumption."""
KEPT = 8

State = tuple[tuple[int, int], ...]
"""Of each variable that is not untouched: its place and what it is, see below."""
_INNER = -1
_END = 1 << 20
# A variable on the frontier is inner (a path goes through it), the beginning of an open path (the number is the
# place of its end), or the end of one (the number is _END and the place of its beginning).


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A link and what becomes of each state when it is left out or taken.

    Attributes
    ----------
    link
        Its row in the reduced graph.
    left_out, taken
        Shape ``(states after, states before)``, of ones.
    closing
        The states in which the link closes a circuit and nothing else is open.
    """

    link: int
    left_out: sparse.csr_array
    taken: sparse.csr_array
    closing: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitSums:
    """Sums over all circuits of a graph, for any weights of its links."""

    reduced: Reduction
    levels: tuple[Level, ...]

    def of(self, weights: Floats) -> Floats:
        """Return the sum over circuits of the product of their links' weights, shape ``(columns,)``.

        Parameters
        ----------
        weights
            Shape ``(links, columns)``, in the order in which the links were given.
        """
        every, total = self.reduced.weights(weights)
        sums = np.ones((1, weights.shape[1]))
        for level in self.levels:
            weighted = sums * every[level.link]
            if level.closing:
                total += weighted[list(level.closing)].sum(axis=0)
            sums = level.left_out @ sums + level.taken @ weighted
        return total

    def through(self, weights: Floats) -> tuple[Floats, Floats]:
        """Return the sum, and the part of it that runs through each link, shape ``(links, columns)``.

        A circuit takes a link once or not at all, so that the part of a link is its weight times the derivative of
        the sum: one way back through the states finds it for all links.
        """
        every, total = self.reduced.weights(weights)
        sums = [np.ones((1, weights.shape[1]))]
        for level in self.levels:
            weighted = sums[-1] * every[level.link]
            if level.closing:
                total += weighted[list(level.closing)].sum(axis=0)
            sums.append(level.left_out @ sums[-1] + level.taken @ weighted)
        slopes = np.zeros_like(every)
        answer = np.zeros_like(sums[-1])
        for level, before in zip(reversed(self.levels), reversed(sums[:-1]), strict=True):
            taken = level.taken.T @ answer
            taken[list(level.closing)] += 1.0
            slopes[level.link] += np.einsum("ij,ij->j", taken, before)
            answer = level.left_out.T @ answer + taken * every[level.link]
        return total, self.reduced.through(weights, every, slopes)

    @property
    def count(self) -> int:
        """How many circuits there are, as far as a float can count."""
        return int(self.of(np.ones((self.reduced.given, 1)))[0])


@lru_cache(maxsize=KEPT)
def circuit_sums(links: tuple[Link, ...], most: int = MOST_STATES) -> CircuitSums | None:
    """Prepare the sums of a graph; ``None`` if it has too many states."""
    reduced = reduction(links)
    order = narrow_order(reduced.links)
    if order is None:
        return None
    place = {name: number for number, name in enumerate(order)}
    rows = {(place[source], place[target]): row for (source, target), row in reduced.links.items()}
    ordered = sorted(rows, key=lambda link: (max(link), -min(link)))
    levels = _Diagram(ordered).levels([rows[link] for link in ordered], most)
    return None if levels is None else CircuitSums(reduced=reduced, levels=levels)


class _Diagram:
    """The states of a graph, level by level."""

    def __init__(self, links: Sequence[tuple[int, int]]) -> None:
        self.links = links
        last_out = {source: number for number, (source, _) in enumerate(links)}
        last_in = {target: number for number, (_, target) in enumerate(links)}
        self.retiring = [
            [
                (name, last_out.get(name, -1) <= number, last_in.get(name, -1) <= number)
                for name in link
                if number in (last_out.get(name), last_in.get(name))
            ]
            for number, link in enumerate(links)
        ]

    def levels(self, rows: Sequence[int], most: int) -> tuple[Level, ...] | None:
        """Return a level for each link, whose rows are given; ``None`` if there are more than ``most`` states."""
        states: dict[State, int] = {(): 0}
        found, seen = [], 0
        for number, row in enumerate(rows):
            after: dict[State, int] = {}
            left_out: list[tuple[int, int]] = []
            taken: list[tuple[int, int]] = []
            closing = []
            for state, before in states.items():
                known = dict(state)
                self._keep(number, state, before, after, left_out)
                if self._closes(number, known):
                    closing.append(before)
                elif (joined := self._joined(number, known)) is not None:
                    self._keep(number, joined, before, after, taken)
            seen += len(after)
            if seen > most:
                return None
            shape = len(after), len(states)
            found.append(
                Level(
                    link=row,
                    left_out=_ones(left_out, shape),
                    taken=_ones(taken, shape),
                    closing=tuple(closing),
                )
            )
            states = after
        return tuple(found)

    def _closes(self, number: int, known: dict[int, int]) -> bool:
        """Return whether a link closes the only path that is open."""
        source, target = self.links[number]
        if known.get(source) != _END + target:
            return False
        return all(what == _INNER or name in (source, target) for name, what in known.items())

    def _joined(self, number: int, known: dict[int, int]) -> State | None:
        """Return the state with the link taken; ``None`` if it cannot be. ``known`` is changed."""
        source, target = self.links[number]
        leaving, entering = known.get(source), known.get(target)
        if leaving is not None and (leaving < _END or leaving == _END + target):
            return None
        if entering is not None and not 0 <= entering < _END:
            return None
        if leaving is not None:
            known[source] = _INNER
        if entering is not None:
            known[target] = _INNER
        begin = source if leaving is None else leaving - _END
        end = target if entering is None else entering
        known[begin], known[end] = end, _END + begin
        return tuple(sorted(known.items()))

    def _keep(
        self, number: int, state: State, before: int, after: dict[State, int], pairs: list[tuple[int, int]]
    ) -> None:
        """Add a state to those after a link, unless a path in it can no longer be closed."""
        retiring = self.retiring[number]
        if retiring:
            known = dict(state)
            for name, no_more_out, no_more_in in retiring:
                what = known.get(name)
                if what == _INNER:
                    # It can be used no more, and neither can one that is untouched: the same from here on.
                    del known[name]
                elif what is not None and (no_more_out if what >= _END else no_more_in):
                    return
            state = tuple(sorted(known.items()))
        pairs.append((after.setdefault(state, len(after)), before))


def _ones(pairs: Sequence[tuple[int, int]], shape: tuple[int, int]) -> sparse.csr_array:
    rows, columns = zip(*pairs, strict=True) if pairs else ((), ())
    places = np.array(rows, dtype=np.int32), np.array(columns, dtype=np.int32)
    return sparse.csr_array(sparse.coo_array((np.ones(len(rows)), places), shape=shape))
