"""What does a small change of some stocks do along the links, and whence comes that of a net flow?

With the auxiliaries ``z = A z + B x`` and the net flows ``dx/dt = C z + D x``, the Jacobian of the stocks is
``D + C (I - A)^-1 B``. The auxiliaries stand in causal order, so that the inverse is never formed: one way forward
along the links gives ``(I - A)^-1 B`` times a vector, one way back gives a vector times ``C (I - A)^-1``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from sdmodels.engine.trajectories import Floats
from sdmodels.feedback.causal import Link

Numbers = NDArray[Any]
"""Real or complex."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Propagation:
    """Links between stocks, in an order in which changes can be followed.

    Attributes
    ----------
    links
        Neither into nor out of what counts as fixed.
    states
        The stocks that change with time, hidden ones too.
    row
        The place of each variable in arrays over variables: first the states, then the auxiliaries in causal order.
    sources, targets
        By link, the place of its source and of its target.
    order
        The links into auxiliaries, in causal order.
    """

    links: tuple[Link, ...]
    states: tuple[str, ...]
    row: dict[str, int]
    sources: tuple[int, ...]
    targets: tuple[int, ...]
    order: tuple[int, ...]

    def forward(self, gains: Floats, moved: Numbers) -> Numbers:
        """Return how far each variable moves when the states do.

        Parameters
        ----------
        gains
            Shape ``(links, times)``.
        moved
            Shape ``(states, times, columns)``.

        Returns
        -------
        Numbers
            Shape ``(variables, times, columns)``.
        """
        found = self._empty(moved)
        found[: len(self.states)] = moved
        for link in self.order:
            found[self.targets[link]] += gains[link][:, None] * found[self.sources[link]]
        return found

    def backward(self, gains: Floats, valued: Numbers) -> Numbers:
        """Return what a unit of each variable is worth, given what a unit of each net flow is worth.

        Parameters
        ----------
        valued
            Shape ``(states, times, columns)``.

        Returns
        -------
        Numbers
            Shape ``(variables, times, columns)``; that of a state is the worth of its net flow.
        """
        found = self._empty(valued)
        found[: len(self.states)] = valued
        auxiliary = len(self.states)
        into_states = [link for link, target in enumerate(self.targets) if target < auxiliary]
        for link in (*into_states, *reversed(self.order)):
            if self.sources[link] >= auxiliary:
                found[self.sources[link]] += gains[link][:, None] * found[self.targets[link]]
        return found

    def accelerations(self, gains: Floats, moved: Numbers) -> Numbers:
        """Return how far each net flow moves, given how far each variable does (of :meth:`forward`)."""
        found = np.zeros((len(self.states), *moved.shape[1:]), dtype=moved.dtype)
        for link, (source, target) in enumerate(zip(self.sources, self.targets, strict=True)):
            if target < len(self.states):
                found[target] += gains[link][:, None] * moved[source]
        return found

    def jacobian(self, gains: Floats) -> Floats:
        """Return how each net flow answers to each state, shape ``(times, states, states)``."""
        states, times = len(self.states), gains.shape[1]
        each = np.broadcast_to(np.eye(states)[:, None, :], (states, times, states))
        return np.moveaxis(self.accelerations(gains, self.forward(gains, each)), 0, 1)

    def _empty(self, like: Numbers) -> Numbers:
        return np.zeros((len(self.row), *like.shape[1:]), dtype=like.dtype)


def propagation(links: Sequence[Link], states: Sequence[str], fixed: frozenset[str]) -> Propagation:
    """Order the links of a graph.

    Parameters
    ----------
    states
        The stocks that change with time.
    fixed
        Memories and pipelines: they change at the end of a step only, and count as fixed within it.
    """
    kept = tuple(link for link in links if fixed.isdisjoint(link))
    among = frozenset(states)
    graph = nx.DiGraph((source, target) for source, target in kept if target not in among)
    graph.remove_nodes_from(among & frozenset(graph))
    graph.add_nodes_from(name for link in kept for name in link if name not in among)
    row = {name: place for place, name in enumerate([*states, *nx.topological_sort(graph)])}
    into = [number for number, (_, target) in enumerate(kept) if target not in among]
    return Propagation(
        links=kept,
        states=tuple(states),
        row=row,
        sources=tuple(row[source] for source, _ in kept),
        targets=tuple(row[target] for _, target in kept),
        order=tuple(sorted(into, key=lambda number: row[kept[number][1]])),
    )
