"""Which loops of some runs are worth scoring?

Loops are looked for in a sample of members and times; all members are scored for the loops that were found there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sdmodels.engine.native.compilation import Kernel
from sdmodels.engine.trajectories import Floats
from sdmodels.errors import InputError
from sdmodels.experiment.step_ends import StepEnds, StepRuns
from sdmodels.feedback.causal import CausalGraph, Link, causal_graph
from sdmodels.feedback.circuits import every_circuit
from sdmodels.feedback.cuts import cut_links
from sdmodels.feedback.finding_circuits import PartCircuits, find_circuits
from sdmodels.feedback.link_scores import link_scores
from sdmodels.feedback.named import circuits_of
from sdmodels.feedback.ranking import Ranked, ranked

SAMPLE_MEMBERS = 8
SAMPLE_COLUMNS = 26
"""Times, of all members of the sample, at which circuits are looked for. Assumption: strong ones change slowly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLoops:
    """What is scored.

    Attributes
    ----------
    rows
        Of each partition, the rows of its links among those of the graph; where the loops are too many to count,
        of its active links: those whose score is not 0 in all steps of all members.
    parts
        The circuits of each partition.
    ranked
        The loops, the most important of the sample first.
    cuts
        By the id of a loop that has a switch, the links that it cuts.
    samples
        The steps of some members, in which the loops were looked for.
    """

    graph: CausalGraph
    rows: tuple[tuple[int, ...], ...]
    parts: tuple[PartCircuits, ...]
    ranked: tuple[Ranked, ...]
    cuts: Mapping[str, tuple[Link, ...]]
    samples: tuple[StepEnds, ...]

    def link_scores(self, ends: StepEnds) -> Floats:
        """Return the score of every link of the graph, shape ``(links, steps times members)``."""
        return columns(link_scores(self.graph, self.graph.links, ends))


def columns(scores: Floats) -> Floats:
    """Turn shape ``(links, steps, members)`` into ``(links, columns)``."""
    return scores.reshape(len(scores), -1)


def find_loops(
    runs: StepRuns,
    kernel: Kernel | None,
    graph: CausalGraph,
    active: NDArray[np.bool_],
    *,
    most_counted: int,
    most_loops: int | None,
) -> FoundLoops:
    """Find the loops of some runs, those of the manifest among them, and rank them.

    Parameters
    ----------
    active
        Which links of the graph do anything, shape ``(links,)``. A loop through another one is at rest in all runs
        and would add nothing to any sum; of the 203 million loops of the hotline model, 151 thousand move in a run.
    most_counted, most_loops
        As of :func:`.score_loops`.
    """
    entry, model = runs.asked.entry, runs.layout.model
    samples = _samples(runs, kernel)
    scores = np.concatenate([columns(link_scores(graph, graph.links, ends)) for ends in samples], axis=1)
    pinned = {loop.id: circuits_of(model, graph, loop) for loop in entry.loops}
    every = [circuit for circuits in pinned.values() for circuit in circuits]
    # Where all loops can be counted, those at rest are listed, too.
    listed = [every_circuit(links, most_counted) for links in _links(graph)]
    rows = _rows(graph, active, [circuits is not None for circuits in listed])
    spread = [_spread(scores[list(chosen)]) for chosen in rows]
    parts = [
        find_circuits(graph, [graph.links[row] for row in chosen], circuits, every, some, most_counted)
        for chosen, circuits, some in zip(rows, listed, spread, strict=True)
    ]
    found = ranked(entry, graph, pinned, parts, spread, most_loops)
    return FoundLoops(
        graph=graph,
        rows=rows,
        parts=tuple(parts),
        ranked=found,
        cuts={
            each.loop.id: cut_links(graph, each.loop.circuits, each.loop.switch, samples)
            for each in found
            if each.loop.switch is not None and each.loop.circuits
        },
        samples=tuple(samples),
    )


def closed_graph(runs: StepRuns) -> CausalGraph:
    """Return the causal graph of some runs; raise InputError if no loop closes in it."""
    graph = causal_graph(runs.layout.model, runs.equations)
    if not graph.links:
        raise InputError(
            f"{runs.asked.entry.path}: the model has no feedback loop.\n"
            "    no variable acts on itself, directly or over others\n"
            "Loops close through stocks: let a flow depend on what it fills or empties."
        )
    return graph


def _samples(runs: StepRuns, kernel: Kernel | None) -> list[StepEnds]:
    count = min(SAMPLE_MEMBERS, runs.members)
    chosen = np.unique(np.linspace(0, runs.members - 1, count).astype(int)).tolist()
    return [runs.ends(member, member + 1, kernel) for member in chosen]


def _links(graph: CausalGraph) -> list[list[Link]]:
    """Return the links of each partition."""
    place = graph.partition_of
    return [
        [link for link in graph.links if place[link[0]] == number] for number in range(len(graph.partitions))
    ]


def _rows(
    graph: CausalGraph, active: NDArray[np.bool_], every: Sequence[bool]
) -> tuple[tuple[int, ...], ...]:
    """Return the rows of the links of each partition: of every link, or of the active ones."""
    row = {link: number for number, link in enumerate(graph.links)}
    return tuple(
        tuple(row[link] for link in links if all_ or active[row[link]])
        for links, all_ in zip(_links(graph), every, strict=True)
    )


def _spread(scores: Floats) -> Floats:
    """Return some columns, evenly spaced among those in which something moves."""
    moving = np.flatnonzero(scores.any(axis=0))
    places = np.linspace(0, max(moving.size - 1, 0), min(SAMPLE_COLUMNS, moving.size))
    return scores[:, moving[np.unique(places.astype(int))]]
