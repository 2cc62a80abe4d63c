"""How are findings marked in a figure: with a letter on a line, and what the letter stands for?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sdmodels.catalogue.naming import Language
from sdmodels.exploration import ExperimentResult, Finding
from sdmodels.figures.appearance import GREY
from sdmodels.figures.bands import units
from sdmodels.figures.frame import SMALL
from sdmodels.figures.labels import choose, unit_of

_LINE: Final[Any] = {"color": GREY, "linewidth": 0.9, "linestyle": (0, (4, 2))}
_ROW: Final = 0.085
"""How much lower the letter of each further mark stands, so that neighbours do not touch [share of the panel]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """The median of a finding, under a letter."""

    letter: str
    finding: Finding
    units: Mapping[str, str]

    def label(self, language: Language) -> str:
        """Return what the legend says."""
        title = self.finding.title.in_language(language)
        # The axis says it where there is none.
        unit = unit_of(self.units, language) if unit_of(self.units, "en") != "dimensionless" else ""
        members = f"{self.finding.members:,}"
        if np.isnan(self.finding.median):
            return choose(
                language,
                en=f"{self.letter}: {title}: in none of {members} members",
                zh=f"{self.letter}：{title}：{members}次运行中均未出现",
            )
        share, number = f"{100 * self.finding.share:.0f}", f"{self.finding.median:.3g} {unit}".rstrip()
        return choose(
            language,
            en=f"{self.letter}: {title}: {number} ({share} % of {members} members)",
            zh=f"{self.letter}：{title}：{number}（{members}次运行中的{share}%）",
        )


def marks_of(result: ExperimentResult, findings: Sequence[Finding]) -> tuple[Mark, ...]:
    """Give each finding a letter, in order."""
    return tuple(
        Mark(letter=chr(ord("A") + place), finding=each, units=units(result, {"units": each.units}))
        for place, each in enumerate(findings)
    )


def draw_marks(panel: Axes, marks: Sequence[Mark], *, every: Sequence[Mark]) -> None:
    """Draw a vertical line with a letter at the median of each finding that some member has.

    Parameters
    ----------
    every
        All marks of the figure: a letter has its own height in all panels.
    """
    across = panel.get_xaxis_transform()
    for mark in marks:
        if np.isnan(mark.finding.median):
            continue
        height = 0.97 - _ROW * every.index(mark)
        panel.axvline(mark.finding.median, zorder=2.4, **_LINE)
        panel.text(
            mark.finding.median,
            height,
            mark.letter,
            transform=across,
            fontsize=SMALL,
            ha="center",
            va="top",
            zorder=4,
            bbox={"facecolor": "white", "edgecolor": GREY, "linewidth": 0.6, "pad": 1.2},
        )


def mark_handles(marks: Sequence[Mark]) -> list[Artist]:
    """Return what stands for the marks in a legend."""
    return [Line2D([], [], **_LINE) for _ in marks]
