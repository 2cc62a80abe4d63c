"""What does a causal loop diagram show?"""

from collections import Counter
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sdmodels.errors import unknown

# What a rise of the cause does to the effect: raises it, lowers it, or one or the other by the state.
LinkPolarity: TypeAlias = Literal["+", "-", "depends"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagramVariable:
    """A variable; its label is in the language of the figure.

    Attributes
    ----------
    stock
        A stock stands in a box.
    """

    name: str
    label: str
    stock: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagramLink:
    """A cause and its effect, by the names of two variables.

    Attributes
    ----------
    weight
        Strength relative to the strongest link, from 0 to 1.
    delayed
        A delayed link has two short strokes across its arrow.
    """

    source: str
    target: str
    polarity: LinkPolarity
    weight: float
    delayed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagramLoop:
    """A feedback loop.

    Attributes
    ----------
    id
        The mark in the diagram, such as ``R1``; the title stands in the list below.
    reinforcing
        ``None`` for a loop that changes its polarity.
    variables
        Their names, in causal order.
    weight
        Strength relative to the strongest loop, from 0 to 1; the strongest gives the diagram its shape.
    """

    id: str
    title: str
    reinforcing: bool | None
    variables: tuple[str, ...]
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CausalDiagram:
    """Variables, the links between them and the loops that these close.

    Raises
    ------
    UnknownNameError
        If a link or a loop names no variable.
    ValueError
        If two variables share a name, or a weight is not from 0 to 1.
    """

    variables: tuple[DiagramVariable, ...]
    links: tuple[DiagramLink, ...]
    loops: tuple[DiagramLoop, ...]
    title: str
    note: str = ""

    def __post_init__(self) -> None:
        names = Counter(variable.name for variable in self.variables)
        for name, times in names.items():
            if times > 1:
                raise ValueError(f"{times} variables of the diagram are named {name!r}. Leave one of them.")
        named = [name for link in self.links for name in (link.source, link.target)]
        named += [name for loop in self.loops for name in loop.variables]
        for name in named:
            if name not in names:
                raise unknown("variable of the diagram", name, names)
        weights = [link.weight for link in self.links] + [loop.weight for loop in self.loops]
        for weight in weights:
            if not 0 <= weight <= 1:
                raise ValueError(f"The weight of a link or a loop must be from 0 to 1, not {weight}.")
