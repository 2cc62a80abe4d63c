"""How small can a causal graph become without a change to the sum over its circuits?

A variable with one link in, or one out, is a mere passage: a circuit through it takes that link. Its links are
multiplied into those of its neighbours; links that join the same two are added up.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sdmodels.engine.trajectories import Floats
from sdmodels.feedback.causal import Link


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """Two links in a row, added to the link that they make; ``whole`` is ``None`` where they close a circuit."""

    first: int
    second: int
    whole: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reduction:
    """A smaller graph, and how its links come from those of the larger one.

    Attributes
    ----------
    given
        How many links the larger graph has.
    rows
        How many links there are in all: first those of the larger graph, in its order.
    loops
        Links from a variable to itself: each is a circuit.
    products
        In the order of computation.
    links
        Rows of the links that are left, by source and target.
    """

    given: int
    rows: int
    loops: tuple[int, ...]
    products: tuple[Product, ...]
    links: dict[Link, int]

    def weights(self, weights: Floats) -> tuple[Floats, Floats]:
        """Return the weight of every link, shape ``(rows, columns)``, and the sum over circuits that are gone.

        Parameters
        ----------
        weights
            Shape ``(links of the larger graph, columns)``.
        """
        every = np.zeros((self.rows, weights.shape[1]))
        every[: len(weights)] = weights
        gone = every[list(self.loops)].sum(axis=0)
        for product in self.products:
            weight = every[product.first] * every[product.second]
            if product.whole is None:
                gone += weight
            else:
                every[product.whole] += weight
        return every, gone

    def through(self, weights: Floats, every: Floats, slopes: Floats) -> Floats:
        """Return what of the sum runs through each link of the larger graph, shape ``(links, columns)``.

        Parameters
        ----------
        weights, every
            What was given to :meth:`weights`, and what came of it.
        slopes
            How the sum answers to the weight of each link that is left, shape ``(rows, columns)``; it is changed.
        """
        slopes[list(self.loops)] = 1.0
        for product in reversed(self.products):
            answer = 1.0 if product.whole is None else slopes[product.whole]
            slopes[product.first] += answer * every[product.second]
            slopes[product.second] += answer * every[product.first]
        return np.asarray(slopes[: self.given] * weights)


def reduction(links: Sequence[Link]) -> Reduction:
    """Remove the passages of a graph, one after another."""
    return _Reducing(links).result()


class _Reducing:
    def __init__(self, links: Sequence[Link]) -> None:
        self.out: dict[str, dict[str, int]] = {}
        self.into: dict[str, dict[str, int]] = {}
        self.given = self.rows = len(links)
        self.loops = tuple(row for row, (source, target) in enumerate(links) if source == target)
        self.products: list[Product] = []
        for row, (source, target) in enumerate(links):
            if source != target:
                self._join(source, target, row)

    def _join(self, source: str, target: str, row: int) -> None:
        for name in (source, target):
            self.out.setdefault(name, {})
            self.into.setdefault(name, {})
        self.out[source][target] = row
        self.into[target][source] = row

    def result(self) -> Reduction:
        waiting = list(self.out)
        while waiting:
            name = waiting.pop()
            if name in self.out and min(len(self.out[name]), len(self.into[name])) <= 1:
                waiting += [*self.out[name], *self.into[name]]
                self._remove(name)
        links = {(source, target): row for source, found in self.out.items() for target, row in found.items()}
        return Reduction(
            given=self.given,
            rows=self.rows,
            loops=self.loops,
            products=tuple(self.products),
            links=links,
        )

    def _remove(self, name: str) -> None:
        into, out = self.into.pop(name), self.out.pop(name)
        for source in into:
            del self.out[source][name]
        for target in out:
            del self.into[target][name]
        for source, first in into.items():
            for target, second in out.items():
                self.products.append(Product(first=first, second=second, whole=self._row(source, target)))

    def _row(self, source: str, target: str) -> int | None:
        if source == target:
            return None
        if target not in self.out[source]:
            self._join(source, target, self.rows)
            self.rows += 1
        return self.out[source][target]
