"""How are the shares of loops stacked, and who is in charge marked above them?"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from matplotlib.axes import Axes

from sdmodels.catalogue.naming import Language
from sdmodels.engine.trajectories import Floats
from sdmodels.feedback.dominance import Phase
from sdmodels.feedback.feedback_loop import FeedbackLoop
from sdmodels.feedback.scores import LoopScores
from sdmodels.figures.appearance import GREY
from sdmodels.figures.frame import SMALL
from sdmodels.figures.labels import choose
from sdmodels.figures.wrapping import width_of

COLOURS: Final = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#E69F00",
    "#56B4E9",
    "#000000",
    "#F0E442",
)
"""Okabe & Ito's palette; areas are bounded by lines, so that the yellow is seen."""
_DARK: Final = frozenset({"#0072B2", "#000000", "#009E73", "#D55E00"})
"""On which white letters are read better."""
OTHERS: Final = "#D9D9D9"
STRIP: Final = 0.16
"""Height of the strip of phases [share of the panel]."""


def draw_shares(
    panel: Axes, found: LoopScores, shown: Sequence[FeedbackLoop], colours: Mapping[str, str], partition: int
) -> None:
    """Stack the shares of loops, reinforcing upwards, balancing downwards; the rest of the partition is grey."""
    scores = found.scores
    times = scores["time"].values
    share = scores["relative_score"].sel(loop=[loop.id for loop in shown])
    moving = (scores["total_score"].isel(partition=partition) > 0).mean("member").values
    reinforcing = scores["reinforcing_share"].isel(partition=partition).mean("member").values
    for sign, whole in ((1.0, reinforcing), (-1.0, moving - reinforcing)):
        parts = np.maximum(sign * share.values, 0.0).mean(axis=1)
        rest = np.maximum(whole - parts.sum(axis=0), 0.0)
        _stack(panel, times, sign, [*parts, rest], [*(colours[loop.id] for loop in shown), OTHERS])
    panel.axhline(0, color="black", linewidth=0.8)
    panel.set_ylim(-102, 102 + 200 * STRIP)
    panel.set_yticks([-100, -50, 0, 50, 100], ["100", "50", "0", "50", "100"])


def _stack(panel: Axes, times: Floats, sign: float, parts: Sequence[Floats], colours: Sequence[str]) -> None:
    """Draw areas from the middle outwards; each is bounded by a white line."""
    lower = np.zeros_like(times)
    for part, colour in zip(parts, colours, strict=True):
        upper = lower + 100 * part
        panel.fill_between(
            times, sign * lower, sign * upper, facecolor=colour, edgecolor="white", linewidth=0.4
        )
        lower = upper


def draw_phases(
    panel: Axes,
    found: Sequence[Phase],
    shown: Sequence[FeedbackLoop],
    colours: Mapping[str, str],
    language: Language,
) -> None:
    """Mark who is in charge in a strip above the shares; a stretch too short for its words has none."""
    begin, end = found[0].begins, found[-1].ends
    titles = {loop.id: loop.title.in_language(language) for loop in shown}
    bottom, height = 106.0, 200 * STRIP - 8
    for number, phase in enumerate(found):
        last = found[number + 1].begins if number + 1 < len(found) else end
        width = last - phase.begins
        colour = colours.get(phase.loops[0], OTHERS) if len(phase.loops) == 1 else "white"
        strip = [(phase.begins, width)], (bottom, height)
        panel.broken_barh(*strip, facecolor=colour, edgecolor=GREY, linewidth=0.6)
        room = 88 * width / max(end - begin, 1e-12)
        label = next((text for text in _words(phase, titles, language) if width_of(text) <= room), "")
        centre = phase.begins + width / 2, bottom + height / 2
        ink = "white" if colour in _DARK else "black"
        panel.text(*centre, label, fontsize=SMALL - 1, color=ink, ha="center", va="center")


def _words(phase: Phase, titles: Mapping[str, str], language: Language) -> list[str]:
    """Return what a phase may be called, the longest first."""
    if not phase.moves:
        return [choose(language, en="at rest", zh="静止")]
    if not phase.loops:
        many = choose(language, en="many loops together", zh="众多回路共同作用")
        return [many, choose(language, en="many", zh="众多")]
    joined = " + ".join(phase.loops)
    whole = " + ".join(f"{id} {titles[id]}" if id in titles else id for id in phase.loops)
    return [whole, joined]
