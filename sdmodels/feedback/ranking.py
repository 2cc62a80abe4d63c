"""Which loops matter most, and what are they called?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from sdmodels.catalogue import Entry, Loop, Text
from sdmodels.engine.trajectories import Floats
from sdmodels.feedback.causal import CausalGraph
from sdmodels.feedback.circuits import Circuit
from sdmodels.feedback.feedback_loop import FeedbackLoop, shown, title_of
from sdmodels.feedback.finding_circuits import PartCircuits
from sdmodels.feedback.part_scores import shares_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A loop, and the numbers of its circuits among those of its partition."""

    loop: FeedbackLoop
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    importance: float
    named: Loop | None
    circuits: tuple[Circuit, ...]
    places: tuple[int, ...]
    partition: int


def ranked(
    entry: Entry,
    graph: CausalGraph,
    pinned: Mapping[str, Sequence[Circuit]],
    parts: Sequence[PartCircuits],
    samples: Sequence[Floats],
    most: int | None,
) -> tuple[Ranked, ...]:
    """Return the loops in order of their mean share; those that nobody has named have no id yet.

    Parameters
    ----------
    pinned
        The circuits of each loop that the manifest names, by its id; they are among those of ``parts``.
    samples
        Link scores of each part, shape ``(active links, columns)``: loops are ranked by these times and members.
    most
        How many loops are kept beside those that are named; all if ``None``.
    """
    loops = entry.loops
    owner = {circuit: loop for loop in loops for circuit in pinned[loop.id]}
    candidates = [
        candidate
        for number, (part, sample) in enumerate(zip(parts, samples, strict=True))
        for candidate in _candidates(graph, owner, number, part, sample)
    ]
    seen = {candidate.named for candidate in candidates}
    candidates += [_resting(graph, loop, pinned[loop.id]) for loop in loops if loop not in seen]
    candidates.sort(key=lambda candidate: -candidate.importance)
    unnamed = [candidate for candidate in candidates if candidate.named is None][:most]
    kept = [candidate for candidate in candidates if candidate.named is not None or candidate in unnamed]
    # What a variable is called takes a search; loops share their stocks.
    called = cache(entry.named)
    # A loop with subscripts may have an element in each partition: each is a loop of its own.
    named = [candidate.named.id for candidate in kept if candidate.named is not None]
    found = [
        _loop(called, graph, candidate, candidate.named is not None and named.count(candidate.named.id) > 1)
        for candidate in kept
    ]
    return tuple(
        Ranked(loop=loop, places=candidate.places)
        for loop, candidate in zip(_told_apart(called, found), kept, strict=True)
    )


def _told_apart(called: Callable[[str], Text], loops: Sequence[FeedbackLoop]) -> list[FeedbackLoop]:
    """Return the loops with titles that differ: those of the same stocks by a variable that others lack."""
    alike: dict[str, list[FeedbackLoop]] = {}
    for loop in loops:
        alike.setdefault(loop.title.en, []).append(loop)
    found = []
    for loop in loops:
        others = [set(other.variables) for other in alike[loop.title.en] if other is not loop]
        if loop.named or not others:
            found.append(loop)
            continue
        # The variable that the fewest of them have.
        way = called(min(loop.variables, key=lambda name: sum(name in other for other in others)))
        title = Text(en=f"{loop.title.en}, by {way.en}", zh=f"{loop.title.zh}（经{way.zh}）")
        found.append(replace(loop, title=title))
    return found


def _candidates(
    graph: CausalGraph, owner: Mapping[Circuit, Loop], number: int, part: PartCircuits, sample: Floats
) -> list[_Candidate]:
    """Return the loops of a partition: circuits that differ in hidden stocks alone are one."""
    groups: dict[tuple[str, ...], list[int]] = {}
    for place, circuit in enumerate(part.circuits):
        loop = owner.get(circuit)
        # No variable has the name of a loop in a tuple of two.
        key = shown(graph, circuit) if loop is None else ("named", loop.id)
        groups.setdefault(key, []).append(place)
    scores = part.scores(sample)
    total = np.abs(scores).sum(axis=0) if part.sums is None else part.sums.of(np.abs(sample))
    found = []
    for places in groups.values():
        share = shares_of(scores[places].sum(axis=0), total)
        circuits = tuple(part.circuits[place] for place in places)
        found.append(
            _Candidate(
                importance=float(np.abs(share).sum() / max(share.size, 1)),
                named=owner.get(circuits[0]),
                circuits=circuits,
                places=tuple(places),
                partition=number,
            )
        )
    return found


def _resting(graph: CausalGraph, loop: Loop, circuits: Sequence[Circuit]) -> _Candidate:
    """Return a loop of the manifest that these runs do not close, or in which some link does nothing."""
    return _Candidate(
        importance=0.0,
        named=loop,
        circuits=tuple(circuits),
        places=(),
        partition=graph.partition_of[circuits[0][0]] if circuits else -1,
    )


def _loop(
    called: Callable[[str], Text], graph: CausalGraph, candidate: _Candidate, several: bool
) -> FeedbackLoop:
    named = candidate.named
    circuit = candidate.circuits[0] if candidate.circuits else ()
    return FeedbackLoop(
        id="" if named is None else f"{named.id}.{candidate.partition + 1}" if several else named.id,
        title=title_of(called, graph, circuit) if named is None else named.title,
        variables=shown(graph, circuit) if named is None or several else named.variables,
        circuits=candidate.circuits,
        partition=candidate.partition,
        named=named is not None,
        polarity="at rest",
        switch=None if named is None else named.switch,
    )
