"""Which loops are strong, where there are too many to count?

The strongest path method [1]_: from each stock the strongest links are followed first, and a variable is entered
again only by a path that is stronger than all before. It is a heuristic: a strong loop can be missed.

References
----------
.. [1] R. Eberlein, W. Schoenberg, "Finding the loops that matter", International System Dynamics Conference, 2020.
   The best scores are forgotten from stock to stock, which finds more loops than forgetting them once a time.
"""

from collections.abc import Iterable, Mapping, Sequence

from sdmodels.feedback.causal import Link
from sdmodels.feedback.circuits import Circuit, turned

MOST_VISITS, LEAST_VISITS = 80_000, 500
"""At one time, shared out among the stocks, each of which has the least of them: then the search goes on from the
next. Assumption; the hotline model needs some 100 from a stock."""

Outgoing = Mapping[str, Sequence[tuple[str, float]]]


def outgoing(strengths: Mapping[Link, float]) -> dict[str, list[tuple[str, float]]]:
    """Return the links that leave each variable, the strongest first; those without strength are left out."""
    found: dict[str, list[tuple[str, float]]] = {}
    for (source, target), strength in strengths.items():
        if strength != 0:
            found.setdefault(source, []).append((target, abs(strength)))
    for links in found.values():
        links.sort(key=lambda link: -link[1])
    return found


def strongest_circuits(links: Outgoing, starts: Iterable[str]) -> set[Circuit]:
    """Return the circuits that the strongest path method finds.

    Parameters
    ----------
    links
        Of :func:`outgoing`.
    starts
        The stocks of the cycle partition; each is followed by itself.
    """
    found: set[Circuit] = set()
    starts = list(starts)
    most = max(LEAST_VISITS, MOST_VISITS // max(1, len(starts)))
    for start in starts:
        _follow(links, start, found, most)
    return found


def _follow(links: Outgoing, start: str, found: set[Circuit], most: int) -> None:
    """Add the circuits through ``start``; without nested calls, which long circuits would exhaust."""
    best: dict[str, float] = {start: 1.0}
    path = [start]
    on_path = {start}
    waiting = [(1.0, iter(links.get(start, ())))]
    visits = 0
    while waiting and visits < most:
        score, following = waiting[-1]
        for name, strength in following:
            if name in on_path:
                if name == start:
                    found.add(turned(path))
                continue
            through = score * strength
            if through < best.get(name, 0.0):
                continue
            best[name] = through
            visits += 1
            path.append(name)
            on_path.add(name)
            waiting.append((through, iter(links.get(name, ()))))
            break
        else:
            waiting.pop()
            on_path.discard(path.pop())
