"""Which circuits of a cycle partition are scored, and what do all of them add up to?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sdmodels.engine.trajectories import Floats
from sdmodels.feedback.causal import CausalGraph, Link
from sdmodels.feedback.circuits import MOST_CIRCUITS, Circuit, every_circuit, links_of
from sdmodels.feedback.discovery import outgoing, strongest_circuits
from sdmodels.feedback.totals import CircuitSums, circuit_sums

LEAST_SHARE = 0.001
"""Of the discovered score, at some time: what is weaker all the time is left out (Eberlein & Schoenberg 2020)."""
MOST_DISCOVERED = 2_000
"""The strongest are kept. Assumption: more slow an ensemble down and tell nobody anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartCircuits:
    """The circuits of one cycle partition.

    Attributes
    ----------
    links
        The links of the partition that are active.
    circuits
        All circuits of these, or those that were discovered or named.
    complete
        Whether these are all there are, at rest or not.
    sums
        What all of them add up to, listed or not; ``None`` where all that move are listed, or beyond summing up.
    count
        How many there are in all that move; ``None`` if nobody can say.
    """

    links: tuple[Link, ...]
    circuits: tuple[Circuit, ...]
    complete: bool
    sums: CircuitSums | None
    count: int | None

    def scores(self, link_scores: Floats) -> Floats:
        """Return the loop score of each circuit, shape ``(circuits, columns)``.

        Parameters
        ----------
        link_scores
            Shape ``(links of the partition, columns)``.
        """
        return products(link_scores, self.links, self.circuits)


def products(link_scores: Floats, links: Sequence[Link], circuits: Sequence[Circuit]) -> Floats:
    """Return the product of the link scores along each circuit, shape ``(circuits, columns)``."""
    row = {link: number for number, link in enumerate(links)}
    found = np.empty((len(circuits), link_scores.shape[1]))
    with np.errstate(all="ignore"):
        for number, circuit in enumerate(circuits):
            rows = [row[link] for link in links_of(circuit)]
            np.multiply.reduce(link_scores[rows], axis=0, out=found[number])
    return found


def find_circuits(
    graph: CausalGraph,
    links: Sequence[Link],
    listed: tuple[Circuit, ...] | None,
    named: Sequence[Circuit],
    sample: Floats,
    most: int = MOST_CIRCUITS,
) -> PartCircuits:
    """Return the circuits of a partition: all of them, all that move, or the strong ones.

    Parameters
    ----------
    links
        Those of the partition; where its circuits are too many to list, those that are active.
    listed
        All circuits of the partition; ``None`` if they are too many.
    named
        Circuits that are always among those that are found, if their links are active.
    sample
        Link scores at some times of some members, shape ``(links, columns)``.
    most
        How many are counted out.
    """
    links, complete = tuple(links), listed is not None
    sums = None if complete else circuit_sums(links)
    # Of what is known to be too much to list, adding up says sooner how much of it moves.
    if not complete and (sums is None or sums.count <= most):
        listed = every_circuit(links, most)
    if listed is not None:
        return PartCircuits(links=links, circuits=listed, complete=complete, sums=None, count=len(listed))
    known = frozenset(links)
    here = [circuit for circuit in named if known.issuperset(links_of(circuit))]
    return PartCircuits(
        links=links,
        circuits=tuple(dict.fromkeys([*here, *_discovered(graph, links, sample)])),
        complete=False,
        sums=sums,
        count=None if sums is None else sums.count,
    )


def _discovered(graph: CausalGraph, links: Sequence[Link], sample: Floats) -> list[Circuit]:
    """Return what the strongest path method finds in the sample, the strongest first."""
    sources = {source for source, _ in links}
    starts = [name for name in graph.equations if name in sources and name in graph.stocks]
    found: dict[Circuit, None] = {}
    for column in sample.T:
        strengths = dict(zip(links, column.tolist(), strict=True))
        found |= dict.fromkeys(sorted(strongest_circuits(outgoing(strengths), starts)))
    circuits = list(found)
    scores = np.abs(products(sample, links, circuits))
    totals = scores.sum(axis=0)
    shares = np.divide(scores, totals, out=np.zeros_like(scores), where=totals > 0).max(axis=1, initial=0.0)
    kept = [number for number in np.argsort(-shares, kind="stable") if shares[number] >= LEAST_SHARE]
    return [circuits[number] for number in kept[:MOST_DISCOVERED]]
