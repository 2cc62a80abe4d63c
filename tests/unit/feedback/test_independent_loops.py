"""Does a shortest independent set of loops account for everything?"""

import networkx as nx
import numpy as np
import pytest

from sdmodels.feedback.circuits import every_circuit, links_of
from sdmodels.feedback.independent_loops import independent_loops, loop_influences


@pytest.mark.parametrize("seed", range(8))
def test_there_are_as_many_as_links_less_variables_plus_one(seed: int) -> None:
    random = np.random.default_rng(seed)
    chosen = {(f"v{a}", f"v{b}") for a, b in random.integers(0, 7, (14, 2)).tolist()}
    graph = nx.DiGraph([*chosen, *((f"v{n}", f"v{(n + 1) % 7}") for n in range(7))])
    links = sorted(graph.edges)
    every = every_circuit(links)
    assert every is not None
    loops = independent_loops(every, links)
    assert len(loops) == len(links) - 7 + 1
    # Shortest first: no loop that was left out is shorter than the last and independent of those before.
    assert [len(loop) for loop in loops] == sorted(len(loop) for loop in loops)
    # What flows along all circuits, each with a share of its own, is accounted for.
    flows = np.zeros((len(links), 2), dtype=complex)
    for circuit in every:
        flows[[links.index(link) for link in links_of(circuit)]] += random.normal(size=2) + 1j
    again = np.zeros_like(flows)
    for loop, influence in zip(loops, loop_influences(loops, links, flows), strict=True):
        again[[links.index(link) for link in links_of(loop)]] += influence
    assert again == pytest.approx(flows)


def test_what_does_not_flow_in_loops_is_not_made_up() -> None:
    links = [("a", "b"), ("b", "a")]
    broken = np.array([[1.0, 1.0], [2.0, 1.0]], dtype=complex)
    found = loop_influences([("a", "b")], links, broken)
    assert np.isnan(found[0, 0])
    assert found[0, 1] == pytest.approx(1)


def test_without_loops_there_is_nothing_to_share_out() -> None:
    assert loop_influences([], [], np.zeros((0, 3), dtype=complex)).shape == (0, 3)
