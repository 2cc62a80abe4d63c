"""Which circuits are a loop that a model's manifest names?"""

from collections.abc import Iterator, Sequence
from itertools import islice, product

from sdmodels.catalogue import Loop
from sdmodels.feedback.causal import CausalGraph
from sdmodels.feedback.circuits import Circuit, turned
from sdmodels.structure.model import Model
from sdmodels.structure.subscripts import rounds

MOST_WAYS = 100
"""Ways through hidden stocks between the variables of one loop. Assumption: a delay has a handful."""


def circuits_of(model: Model, graph: CausalGraph, loop: Loop) -> tuple[Circuit, ...]:
    """Return the circuits that visit the variables of a loop in turn, and between them hidden ones alone.

    None if the loop is not closed in these runs. With subscripts there is one, or more, for each element.
    """
    found: list[Circuit] = []
    targets = _targets(graph)
    for names in rounds(model, loop.variables):
        following = (*names[1:], names[0])
        ways = [list(_ways(graph, targets, a, b)) for a, b in zip(names, following, strict=True)]
        for chosen in islice(product(*ways), MOST_WAYS):
            path = [part for name, way in zip(names, chosen, strict=True) for part in (name, *way)]
            if len(set(path)) == len(path):
                found.append(turned(path))
    return tuple(dict.fromkeys(found))


def _targets(graph: CausalGraph) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for source, target in graph.links:
        found.setdefault(source, []).append(target)
    return found


def _ways(
    graph: CausalGraph, targets: dict[str, list[str]], start: str, end: str, before: Sequence[str] = ()
) -> Iterator[tuple[str, ...]]:
    """Yield the hidden variables between two visible ones, way by way."""
    for name in targets.get(before[-1] if before else start, ()):
        if name == end:
            yield tuple(before)
        elif name not in graph.visible and name not in before:
            yield from _ways(graph, targets, start, end, (*before, name))
