"""Which variables act on one another in circles, and by which equations?"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

import networkx as nx

from sdmodels.engine.expansion import Scalars
from sdmodels.structure.expression import Expression, Reference, Root, rebuild, references
from sdmodels.structure.model import Model
from sdmodels.structure.subscripts import scalar_names

PART_OF_A_SUM = "(part of a sum"
Link = tuple[str, str]
"""Source and target, by their scalar names."""


@dataclass(frozen=True, kw_only=True)
class CausalGraph:
    """What acts on what, number by number.

    Attributes
    ----------
    equations
        What decides each variable: its equation; the net flow of a stock; what a memory or a pipeline takes in.
    sources
        Of each variable, the others (or itself) that act on it.
    stocks
        What changes from step to step: stocks, those of delays and smooths, memories and pipelines.
    stepwise
        Those of ``stocks`` that change at the end of a step only: memories and pipelines.
    visible
        The variables of the model; all others are hidden in a delay, a smooth or a long sum.
    partitions
        The cycle partitions: the largest sets in which each variable acts on each, over others or directly.
    """

    equations: Mapping[str, Expression]
    sources: Mapping[str, tuple[str, ...]]
    stocks: frozenset[str]
    visible: frozenset[str]
    partitions: tuple[frozenset[str], ...]
    stepwise: frozenset[str] = frozenset()

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """The links inside partitions: no other can close a loop."""
        place = self.partition_of
        return tuple(
            (source, target)
            for target, sources in self.sources.items()
            for source in sources
            if target in place and place.get(source) == place[target]
        )

    @cached_property
    def partition_of(self) -> dict[str, int]:
        """The number of the partition of each variable that has one."""
        return {name: number for number, names in enumerate(self.partitions) for name in names}


def _written_out(decided: Mapping[str, Expression], kept: Collection[str]) -> dict[str, Expression]:
    """Return equations with the hidden values in them written out, so that they are no variables of their own.

    A table whose slope differs between members reads its argument into such values; were they variables, one link
    would be several. Roots stay, which stand alone, and parts of long sums, which are too deep to write out.
    """
    hidden = {
        name: expression
        for name, expression in decided.items()
        if name not in kept and not isinstance(expression, Root) and PART_OF_A_SUM not in name
    }
    done: dict[str, Expression] = {}

    def written(part: Expression) -> Expression:
        if isinstance(part, Reference) and part.name in hidden:
            if part.name not in done:
                done[part.name] = written(hidden[part.name])
            return done[part.name]
        return rebuild(part, written)

    return {name: written(expression) for name, expression in decided.items() if name not in hidden}


def causal_graph(model: Model, equations: Scalars) -> CausalGraph:
    """Return the graph of a model, which a run's equations close.

    Parameters
    ----------
    equations
        Of :func:`.scalar_equations`: with constants as numbers, a constant condition has but one branch.
    """
    visible = frozenset(scalar_names(model))
    stocks = {
        **equations.rates,
        **equations.memories,
        **{name: input_ for name, (input_, _) in equations.pipelines.items()},
    }
    decided = _written_out({**equations.expressions, **stocks}, visible | stocks.keys())
    sources = {
        name: tuple(
            dict.fromkeys(reference.name for reference in references(expression) if reference.name in decided)
        )
        for name, expression in decided.items()
    }
    graph = nx.DiGraph((source, target) for target, found in sources.items() for source in found)
    order = {name: place for place, name in enumerate(decided)}
    parts = [
        frozenset(part)
        for part in nx.strongly_connected_components(graph)
        if len(part) > 1 or graph.has_edge(*(2 * tuple(part)))
    ]
    return CausalGraph(
        equations=decided,
        sources=sources,
        stocks=frozenset(stocks),
        stepwise=frozenset({*equations.memories, *equations.pipelines}),
        visible=visible,
        partitions=tuple(sorted(parts, key=lambda part: min(order[name] for name in part))),
    )
