"""What is a feedback loop to a reader: its number, its name, the variables that it visits?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from sdmodels.catalogue import Text
from sdmodels.feedback.causal import CausalGraph
from sdmodels.feedback.circuits import Circuit

Polarity: TypeAlias = Literal["reinforcing", "balancing", "changing", "at rest"]
LETTERS: Final[Mapping[Polarity, str]] = {
    "reinforcing": "R",
    "balancing": "B",
    "changing": "U",
    "at rest": "U",
}
CONFIDENT: Final = 0.99
"""A loop has a polarity if this share of its score has that sign (Schoenberg et al. 2023)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackLoop:
    """A feedback loop of a run.

    Attributes
    ----------
    id
        That of the manifest, or ``R``, ``B`` or ``U`` (changing) and a number.
    title
        That of the manifest, or one made of the loop's stocks.
    variables
        The model's variables in causal order; the last acts on the first.
    circuits
        The same through the hidden stocks of delays; several where there are several ways, or elements.
    partition
        The number of the cycle partition.
    named
        Whether the manifest names it.
    polarity
        How it works in these runs: the sign of its score, ``changing`` if less than 99 % of it have one.
    switch
        A constant that cuts the loop, where the manifest names one.
    """

    id: str
    title: Text
    variables: tuple[str, ...]
    circuits: tuple[Circuit, ...]
    partition: int
    named: bool
    polarity: Polarity
    switch: str | None = None


def shown(graph: CausalGraph, circuit: Circuit) -> tuple[str, ...]:
    """Return the variables that a circuit visits as the model knows them, each once in a row.

    A circuit inside a delay visits the variable that the delay belongs to.
    """
    names = [name if name in graph.visible else owner(name) for name in circuit]
    kept = [name for number, name in enumerate(names) if circuit[number] in graph.visible]
    return tuple(kept) if kept else tuple(dict.fromkeys(names))


def owner(hidden: str) -> str:
    """Return the variable in whose equation a hidden stock or value stands."""
    return hidden.partition(" (")[0]


def polarity_of(rising: float, falling: float) -> Polarity:
    """Return the polarity of a loop whose positive and negative scores add up to these (both not negative)."""
    both = rising + falling
    if not both > 0:
        return "at rest"
    if abs(rising - falling) <= CONFIDENT * both:
        return "changing"
    return "reinforcing" if rising > falling else "balancing"


def title_of(called: Callable[[str], Text], graph: CausalGraph, circuit: Circuit) -> Text:
    """Return a name for a loop that nobody has named: its stocks, or three of them.

    Parameters
    ----------
    called
        What a variable is called in both languages.
    """
    stocks = [name if name in graph.visible else owner(name) for name in circuit if name in graph.stocks]
    names = [called(name) for name in dict.fromkeys(stocks or shown(graph, circuit))]
    if len(names) == 1:
        return Text(en=f"{names[0].en} by itself", zh=f"{names[0].zh}自身")
    chosen = names if len(names) <= 3 else [names[0], names[len(names) // 2], names[-1]]
    more = len(names) - len(chosen)
    en, zh = " – ".join(name.en for name in chosen), "—".join(name.zh for name in chosen)
    return Text(en=en + f" and {more} more" * (more > 0), zh=zh + f"等{len(names)}个存量" * (more > 0))


def numbered(loops: Sequence[FeedbackLoop], polarities: Sequence[Polarity]) -> tuple[FeedbackLoop, ...]:
    """Return loops with their polarities; those that nobody has named get ids in turn, beyond those there are."""
    used = {loop.id for loop in loops if loop.named}
    found = []
    for loop, polarity in zip(loops, polarities, strict=True):
        id, number = loop.id, 1
        while not loop.named and (not id or id in used):
            id, number = f"{LETTERS[polarity]}{number}", number + 1
        used.add(id)
        found.append(replace(loop, id=id, polarity=polarity))
    return tuple(found)
