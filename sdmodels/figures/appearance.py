"""How is one policy told from another?"""

from dataclasses import dataclass
from typing import Any, Final

Dashes = tuple[float, tuple[float, ...]]

_COLOURS: Final = ("#000000", "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C8C8C")
"""Okabe & Ito's palette for all kinds of colour vision; grey stands for their yellow, which is lost on white.

M. Okabe, K. Ito, Color Universal Design, 2008, https://jfly.uni-koeln.de/color/.
"""
DASHES: Final[tuple[Dashes, ...]] = (
    (0.0, ()),
    (0.0, (5.0, 1.6)),
    (0.0, (1.2, 1.2)),
    (0.0, (6.0, 1.5, 1.2, 1.5)),
    (0.0, (3.0, 1.2, 1.2, 1.2, 1.2, 1.2)),
)
GREY: Final = "#595959"
"""For everything that belongs to no policy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearance:
    """A line's colour and dashes; no two of the first 40 policies share both."""

    colour: str
    dashes: Dashes

    def line(self) -> dict[str, Any]:
        """Return how matplotlib is to draw the policy's own line."""
        return {"color": self.colour, "linestyle": self.dashes if self.dashes[1] else "-", "linewidth": 1.8}


def appearance(position: int) -> Appearance:
    """Return how the policy at a position, counted from 0, is drawn."""
    return Appearance(colour=_COLOURS[position % len(_COLOURS)], dashes=DASHES[position % len(DASHES)])
