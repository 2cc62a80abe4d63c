"""Which feedback loops does a causal graph have, where they can be counted?"""

from collections.abc import Iterable
from itertools import islice

import networkx as nx

from sdmodels.feedback.causal import Link

Circuit = tuple[str, ...]
"""A closed path: variables by their scalar names, each once, in causal order; the last acts on the first."""

MOST_CIRCUITS = 10_000
"""More are not counted out. Assumption: a loop in ten thousand is nothing that anybody will read."""


def every_circuit(links: Iterable[Link], most: int = MOST_CIRCUITS) -> tuple[Circuit, ...] | None:
    """Return all circuits of the links, shortest first; ``None`` if there are more than ``most``.

    Notes
    -----
    D. B. Johnson, "Finding all the elementary circuits of a directed graph", SIAM Journal on Computing 4(1), 1975,
    as networkx has it: from one circuit to the next it takes time in proportion to the graph, so that a graph
    with more of them than can be counted is given up soon.
    """
    graph = nx.DiGraph(links)
    found = list(islice(nx.simple_cycles(graph), most + 1))
    if len(found) > most:
        return None
    return tuple(sorted((turned(circuit) for circuit in found), key=lambda circuit: (len(circuit), circuit)))


def turned(names: Iterable[str]) -> Circuit:
    """Return the circuit as it is read from the first of its names on: however it was found, it is the same."""
    circuit = tuple(names)
    first = circuit.index(min(circuit))
    return circuit[first:] + circuit[:first]


def links_of(circuit: Circuit) -> tuple[Link, ...]:
    """Return the links of a circuit, the closing one last."""
    return tuple(zip(circuit, circuit[1:] + circuit[:1], strict=True))
