"""Counting circuits, discovering them, and adding them up unlisted."""

import random
from itertools import pairwise

import networkx as nx
import numpy as np
import pytest

from sdmodels.engine.trajectories import Floats
from sdmodels.feedback.causal import Link
from sdmodels.feedback.circuits import Circuit, every_circuit, links_of, turned
from sdmodels.feedback.discovery import outgoing, strongest_circuits
from sdmodels.feedback.totals import circuit_sums


def some_graph(seed: int, most: int = 7) -> tuple[Link, ...]:
    """Return links among up to seven variables, of any density, some of them from a variable to itself."""
    some = random.Random(seed)
    names = [str(number) for number in range(some.randint(1, most))]
    density = some.random()
    return tuple((a, b) for a in names for b in names if some.random() < density)


def listed_sums(links: tuple[Link, ...], weights: Floats) -> tuple[Floats, Floats]:
    """Return the sum over circuits, and what of it runs through each link, one circuit at a time."""
    row = {link: number for number, link in enumerate(links)}
    total, through = np.zeros(weights.shape[1]), np.zeros_like(weights)
    for circuit in nx.simple_cycles(nx.DiGraph(links)):
        rows = [row[link] for link in pairwise([*circuit, circuit[0]])]
        product = np.prod(weights[rows], axis=0)
        total += product
        through[rows] += product
    return total, through


@pytest.mark.parametrize("seed", range(200))
def test_circuits_add_up_to_what_listing_them_gives(seed: int) -> None:
    links = some_graph(seed)
    weights = np.random.default_rng(seed).normal(size=(len(links), 3))
    sums = circuit_sums(links)
    assert sums is not None
    total, through = listed_sums(links, weights)
    np.testing.assert_allclose(sums.of(weights), total, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(sums.through(weights)[0], total, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(sums.through(weights)[1], through, rtol=1e-10, atol=1e-12)
    assert sums.count == len(list(nx.simple_cycles(nx.DiGraph(links))))


def test_more_circuits_than_anybody_can_list_are_counted() -> None:
    # A ladder of 100 rungs whose every step can be made in two ways: 2 ** 100 circuits, and none else.
    links = [(f"{step}{way}", f"{step + 1}{other}") for step in range(100) for way in "ab" for other in "ab"]
    links = [(a, b) for a, b in links if int(b[:-1]) < 100] + [(f"99{way}", "0a") for way in "ab"]
    links = [(a, b) for a, b in links if a != "0b"]
    sums = circuit_sums(tuple(links))
    assert sums is not None
    assert sums.of(np.ones((len(links), 1)))[0] == 2.0**99


def test_a_graph_without_order_is_given_up_and_not_run_forever() -> None:
    names = [str(number) for number in range(40)]
    links = tuple((a, b) for a in names for b in names if a != b)
    assert circuit_sums(links) is None
    assert every_circuit(links, most=1000) is None


def test_all_circuits_are_listed_as_long_as_they_can_be_counted() -> None:
    links = [("a", "b"), ("b", "a"), ("b", "c"), ("c", "a"), ("c", "c")]
    assert every_circuit(links) == (("c",), ("a", "b"), ("a", "b", "c"))
    assert every_circuit(links, most=2) is None


def test_a_circuit_is_the_same_wherever_it_begins() -> None:
    assert turned(["c", "a", "b"]) == turned(["b", "c", "a"]) == ("a", "b", "c")
    assert links_of(("a", "b", "c")) == (("a", "b"), ("b", "c"), ("c", "a"))


PUBLISHED = {("a", "d"): 100, ("d", "c"): 0.1, ("c", "b"): 10, ("a", "b"): 10, ("b", "c"): 10, ("c", "a"): 10}
STRONG: Circuit = ("a", "b", "c")
WEAK: Circuit = ("a", "d", "c")


@pytest.mark.parametrize(
    ("start", "found", "missed"), [("a", WEAK, STRONG), ("b", STRONG, None), ("c", STRONG, None)]
)
def test_the_strongest_path_misses_what_the_paper_says_it_misses(
    start: str, found: Circuit, missed: Circuit | None
) -> None:
    # Eberlein & Schoenberg 2020, figure 7.
    circuits = strongest_circuits(outgoing(PUBLISHED), [start])
    assert found in circuits
    assert missed not in circuits


def test_discovery_ends_on_a_graph_where_everything_is_linked() -> None:
    strengths = np.random.default_rng(0).lognormal(size=(30, 30))
    links = {(str(a), str(b)): strengths[a, b] for a in range(30) for b in range(30) if a != b}
    circuits = strongest_circuits(outgoing(links), [str(number) for number in range(30)])
    assert circuits
    assert all(len(set(circuit)) == len(circuit) for circuit in circuits)


def test_links_without_strength_are_not_followed() -> None:
    assert strongest_circuits(outgoing({("a", "b"): 1.0, ("b", "a"): 0.0}), ["a"]) == set()
