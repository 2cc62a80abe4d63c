"""What is known of a stock that speeds up and slows down, and of the pathways that make it?"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import xarray as xr

from sdmodels.catalogue import Entry
from sdmodels.feedback.causal import CausalGraph
from sdmodels.feedback.circuits import Circuit
from sdmodels.feedback.feedback_loop import Polarity

Phase: TypeAlias = Literal[
    "accelerating growth",
    "steady growth",
    "decelerating growth",
    "accelerating decline",
    "steady decline",
    "decelerating decline",
    "at rest",
    "no number",
]
Kind: TypeAlias = Literal["loop", "loop upstream", "path"]
"""A loop through the stock of interest; one that drives it from outside; or no loop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pathway:
    """The dominant pathway of a stock at a time.

    Attributes
    ----------
    variables
        The model's variables on the way, in causal order, the stock of interest last; a loop upstream is gone round
        once before the way leaves it.
    circuit
        The loop with its hidden stocks, as it was found; empty if no loop is closed.
    loop
        The model's variables of the loop.
    polarity
        The sign of the gains along the loop at that time; ``at rest`` if there is none.
    """

    kind: Kind
    variables: tuple[str, ...]
    circuit: Circuit
    loop: tuple[str, ...]
    polarity: Polarity


@dataclass(frozen=True, slots=True, kw_only=True)
class PathwayParticipation:
    """How a stock behaves over time, and by which pathway.

    Attributes
    ----------
    phases
        What the stock does, by time.
    pathways
        What dominates it, by time; ``None`` where nothing speeds it up or slows it down.
    values
        Dimensions among ``(link, time)``, the links into the net flow of the stock. ``net_flow``; ``metric``, and
        ``participation`` of each link in it; ``pathway_participation``, that of the dominant pathway, and
        ``pathway_share``, its share in the sizes of all paths, with its sign.
    """

    entry: Entry
    graph: CausalGraph
    stock: str
    phases: tuple[Phase, ...]
    pathways: tuple[Pathway | None, ...]
    values: xr.Dataset
