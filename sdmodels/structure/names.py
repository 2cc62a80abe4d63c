"""When are two names the same?

Names stay verbatim everywhere; this is the one place that compares them. Vensim takes
``Order Backlog``, ``order_backlog`` and ``"Order Backlog"`` for the same variable
(Vensim reference manual, "Variable names").
"""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from sdmodels.errors import unknown

T = TypeVar("T")


def key_of(name: str) -> str:
    """Return what is compared: letter case, runs of blanks or underscores, and outer quotes do not count."""
    bare = name.strip()
    if len(bare) > 1 and bare[0] == bare[-1] == '"':
        bare = bare[1:-1]
    return " ".join(bare.replace("_", " ").split()).casefold()


def by_key(names: Iterable[str]) -> dict[str, str]:
    """Return a mapping from what is compared to the verbatim name."""
    return {key_of(name): name for name in names}


def find(name: str, known: Mapping[str, T], *, what: str, verbatim: Iterable[str] = ()) -> T:
    """Return the entry of ``known`` (by :func:`key_of`) that ``name`` means.

    Raises
    ------
    UnknownNameError
        If there is none; the message says ``what`` was looked for, and which of the ``verbatim`` names (the
        keys, if not given) comes nearest.
    """
    key = key_of(name)
    if key not in known:
        raise unknown(what, name, verbatim or known)
    return known[key]
