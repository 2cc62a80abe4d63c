"""Which few loops account for all that happens along the links?

The influences of the links on an eigenvalue flow through the graph as a current does: what enters a variable leaves
it again. So they are a sum of loops, each with one influence along all its links [1]_, and as many loops suffice as
the graph has links, less its variables, plus one for each part that hangs together. The shortest such set is the
easiest to read [2]_. Which loops are taken is a choice, and other sets have other influences.

References
----------
.. [1] C. E. Kampmann, "Feedback loop gains and system behavior (1996)", System Dynamics Review 28(4), 2012.
.. [2] R. Oliva, "Model structure analysis through graph theory: partition heuristics and feedback structure
   decomposition", System Dynamics Review 20(4), 2004. There a loop is taken if it has a link that no other has,
   which can stop too early; here if it is independent of those before (linear algebra over the links), which
   cannot.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from sdmodels.feedback.causal import Link
from sdmodels.feedback.circuits import Circuit, links_of

PRIME: Final = 2_147_483_647
"""Independent modulo a prime is independent, without rounding."""
CLOSE: Final = 1e-8
"""What loops leave unexplained of the influences of links, as a share of the largest, is rounding."""


def independent_loops(circuits: Sequence[Circuit], links: Sequence[Link]) -> tuple[Circuit, ...]:
    """Return the shortest circuits each of which is independent of those before.

    Parameters
    ----------
    circuits
        All circuits of the links, shortest first.
    """
    row = {link: number for number, link in enumerate(links)}
    basis: dict[int, NDArray[np.int64]] = {}
    found = []
    for circuit in circuits:
        vector = np.zeros(len(links), dtype=np.int64)
        vector[[row[link] for link in links_of(circuit)]] = 1
        for pivot, known in basis.items():
            if vector[pivot] != 0:
                vector = (vector - vector[pivot] * known) % PRIME
        if vector.any():
            pivot = int(vector.argmax())
            basis[pivot] = vector * pow(int(vector[pivot]), -1, PRIME) % PRIME
            found.append(circuit)
    return tuple(found)


def loop_influences(
    loops: Sequence[Circuit], links: Sequence[Link], influences: NDArray[np.complex128]
) -> NDArray[np.complex128]:
    """Return the influence of each loop, so that those of each link's loops add up to that of the link.

    Parameters
    ----------
    influences
        Of the links, shape ``(links, columns)``.

    Returns
    -------
    NDArray
        Shape ``(loops, columns)``; not numbers where the loops do not account for the links.
    """
    row = {link: number for number, link in enumerate(links)}
    passes = np.zeros((len(links), len(loops)))
    for column, circuit in enumerate(loops):
        passes[[row[link] for link in links_of(circuit)], column] = 1.0
    known = np.nan_to_num(influences)
    found = np.zeros((len(loops), influences.shape[1]), dtype=np.complex128)
    # Loops that share no link, nor over others, are solved for by themselves.
    sparse = csr_array(passes)
    count, places = connected_components(sparse.T @ sparse, directed=False)
    for place in range(count if loops else 0):
        columns = np.flatnonzero(places == place)
        rows = np.flatnonzero(passes[:, columns].any(axis=1))
        found[columns] = np.linalg.lstsq(passes[np.ix_(rows, columns)], known[rows], rcond=None)[0]
    left = np.abs(np.asarray(sparse @ found) - known).max(axis=0, initial=0.0)
    wrong = np.isnan(influences).any(axis=0) | (left > CLOSE * np.abs(known).max(axis=0, initial=0.0))
    return np.where(wrong, np.nan, found)
