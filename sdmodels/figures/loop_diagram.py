"""What does the causal loop diagram of a model show at a time?"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import networkx as nx
from matplotlib.figure import Figure

from sdmodels.catalogue.naming import Language
from sdmodels.feedback.circuits import links_of
from sdmodels.feedback.feedback_loop import FeedbackLoop
from sdmodels.feedback.scores import LoopScores
from sdmodels.figures.causal_diagram import causal_loop_diagram
from sdmodels.figures.causal_parts import (
    CausalDiagram,
    DiagramLink,
    DiagramLoop,
    DiagramVariable,
    LinkPolarity,
)
from sdmodels.figures.labels import choose, heading_of, unit_of

MOST_VARIABLES: Final = 30
MOST_LOOPS: Final = 12
"""What is readable on a page; a model with more named loops or variables in them shows them all the same."""


def loop_diagram(
    found: LoopScores,
    *,
    at: float | None = None,
    loops: Sequence[str] = (),
    most_variables: int = MOST_VARIABLES,
    language: Language = "en",
) -> Figure:
    """Draw the loops of a model, their links as wide as the share of all scores that runs through them.

    Parameters
    ----------
    at
        The time [the model's unit of time]: widths are those of the scored step next to it; means over all times
        if not given.
    loops
        Ids of the loops that are drawn. If none is named, those of the manifest, and then the most important ones
        as long as there are no more than ``most_variables`` variables.

    Raises
    ------
    UnknownNameError
        If there is no such loop.
    ValueError
        If the language is neither.
    """
    chosen = [found.loop(id) for id in loops] or _chosen(found, most_variables)
    return causal_loop_diagram(lambda spoken: _diagram(found, chosen, at, spoken), language=language)


def _chosen(found: LoopScores, most: int) -> list[FeedbackLoop]:
    """Return the named loops, and further ones as long as there is room for them and their variables."""
    chosen = [loop for loop in found.loops if loop.named]
    visited = {name for loop in chosen for name in loop.variables}
    for loop in found.loops:
        room = len(chosen) < MOST_LOOPS and len(visited | set(loop.variables)) <= most
        if not loop.named and room and not _inside_a_delay(found, loop):
            chosen.append(loop)
            visited |= set(loop.variables)
    return chosen or list(found.loops[:1])


def _inside_a_delay(found: LoopScores, loop: FeedbackLoop) -> bool:
    return all(name not in found.graph.visible for circuit in loop.circuits for name in circuit)


def _diagram(
    found: LoopScores, loops: Sequence[FeedbackLoop], at: float | None, language: Language
) -> CausalDiagram:
    names = list(dict.fromkeys(name for loop in loops for name in loop.variables))
    entry = found.entry
    shares = _shares(found, at)
    importance = {loop.id: _weight(found, loop, at) for loop in loops}
    heaviest = max(importance.values(), default=0.0) or 1.0
    return CausalDiagram(
        variables=tuple(
            DiagramVariable(name=name, label=entry.title_of(name, language), stock=name in found.graph.stocks)
            for name in names
        ),
        links=tuple(_links(found, loops, shares)),
        loops=tuple(
            DiagramLoop(
                id=loop.id,
                title=loop.title.in_language(language),
                reinforcing=_reinforcing(found, loop),
                variables=loop.variables,
                weight=importance[loop.id] / heaviest,
            )
            for loop in sorted(loops, key=lambda loop: not loop.named)
        ),
        title=heading_of(found.scores.attrs, language) or entry.title(language),
        note=_note(found, at, len(found.loops) - len(loops), language),
    )


def _weight(found: LoopScores, loop: FeedbackLoop, at: float | None) -> float:
    share = abs(found.scores["relative_score"].sel(loop=loop.id)).mean("member")
    return float(share.mean("time") if at is None else share.sel(time=at, method="nearest"))


def _shares(found: LoopScores, at: float | None) -> dict[tuple[str, str], float]:
    """Return the share of all scores through each link of the graph."""
    share = found.scores["link_share"]
    values = (share.mean("time") if at is None else share.sel(time=at, method="nearest")).values
    return dict(zip(found.graph.links, values.tolist(), strict=True))


def _reinforcing(found: LoopScores, loop: FeedbackLoop) -> bool | None:
    """Return how a loop works in the runs; one at rest, as the manifest says."""
    if loop.polarity in ("reinforcing", "balancing"):
        return loop.polarity == "reinforcing"
    stated = {named.id: named.polarity for named in found.entry.loops}
    if loop.polarity != "at rest":
        return None
    if loop.id in stated:
        return stated[loop.id] == "reinforcing"
    signs = {(link.source, link.target): link.sign for link in found.polarities}
    along = [signs.get(link, "none") for link in links_of(loop.circuits[0])] if loop.circuits else ["none"]
    return None if {"depends", "none"} & set(along) else along.count("-") % 2 == 0


def _links(
    found: LoopScores, loops: Sequence[FeedbackLoop], shares: dict[tuple[str, str], float]
) -> list[DiagramLink]:
    """Return the links along the loops; what is hidden between two variables is one link, delayed."""
    signs = {(link.source, link.target): link.sign for link in found.polarities}
    graph = nx.DiGraph(found.graph.links)
    wanted = dict.fromkeys(
        (source, target)
        for loop in loops
        for source, target in zip(loop.variables, (*loop.variables[1:], loop.variables[0]), strict=True)
    )
    ways = {link: _way(graph, found.graph.visible, *link) for link in wanted}
    weights = {link: min((shares[step] for step in way), default=0.0) for link, way in ways.items()}
    heaviest = max(weights.values(), default=0.0) or 1.0
    return [
        DiagramLink(
            source=link[0],
            target=link[1],
            polarity=_joined([signs[step] for step in way]),
            weight=weights[link] / heaviest,
            delayed=any(step[1] in found.graph.stocks - found.graph.visible for step in way),
        )
        for link, way in ways.items()
    ]


def _way(
    graph: "nx.DiGraph[str]", visible: frozenset[str], source: str, target: str
) -> list[tuple[str, str]]:
    """Return the links from one variable to the next over hidden ones, the fewest there are."""
    if graph.has_edge(source, target):
        return [(source, target)]
    hidden = graph.subgraph({name for name in graph if name not in visible} | {source, target})
    if source not in hidden or target not in hidden or not nx.has_path(hidden, source, target):
        return []
    path = nx.shortest_path(hidden, source, target)
    return list(pairwise(path))


def _joined(signs: Sequence[str]) -> LinkPolarity:
    """Return the polarity of links in a row; one that answers to nothing in these runs counts as rising."""
    if "depends" in signs:
        return "depends"
    return "-" if sum(sign == "-" for sign in signs) % 2 else "+"


def _note(found: LoopScores, at: float | None, left_out: int, language: Language) -> str:
    shown = choose(
        language,
        en=f" {left_out:,} further loops are not drawn." if left_out else "",
        zh=f"另有{left_out:,}个回路未画出。" if left_out else "",
    )
    return _width(found, at, language) + shown


def _width(found: LoopScores, at: float | None, language: Language) -> str:
    unit = unit_of(found.scores["time"].attrs, language) if found.scores["time"].attrs.get("units") else ""
    if at is None:
        return choose(
            language,
            en="Width: share of all loop scores through the link, mean over time.",
            zh="线宽：流经该连接的回路得分份额，各时刻的均值。",
        )
    time = float(found.scores["time"].sel(time=at, method="nearest"))
    return choose(
        language,
        en=f"Width: share of all loop scores through the link at {unit} {time:g}.".replace("  ", " "),
        zh=f"线宽：时刻{time:g}（{unit}）流经该连接的回路得分份额。",
    )
