"""How are shares and lists written in a sentence or a cell?"""

from collections.abc import Sequence

from sdmodels.catalogue import Language
from sdmodels.figures.labels import choose
from sdmodels.figures.percent import percent


def share(value: float, language: Language) -> str:
    """Return a share as ``61 %``, ``4.5 %`` or ``<0.1 %``; in Chinese without the space."""
    text = "0 %" if value == 0 else percent(value)
    return choose(language, en=text, zh=text.replace(" ", ""))


def direction(name: str, language: Language) -> str:
    """Return ``higher`` or ``lower``."""
    return choose(language, en=name, zh={"higher": "较高", "lower": "较低"}[name])


def joined(parts: Sequence[str], language: Language) -> str:
    """Return a list as people read it."""
    return choose(language, en=", ", zh="、").join(parts)
