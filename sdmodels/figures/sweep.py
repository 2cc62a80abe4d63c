"""How do outcomes depend on a lever?"""

from functools import partial
from typing import Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sdmodels.catalogue import Outcome, Sweep
from sdmodels.catalogue.naming import Language
from sdmodels.exploration import ExperimentResult
from sdmodels.figures.appearance import appearance
from sdmodels.figures.bands import BANDS, draw_band, units
from sdmodels.figures.experiment_notes import experiment_note
from sdmodels.figures.fonts import lettered
from sdmodels.figures.frame import SMALL, add_legend, letters, new_figure
from sdmodels.figures.labels import unit_of, with_unit
from sdmodels.figures.marks import Mark, draw_marks, mark_handles, marks_of
from sdmodels.figures.scales import count_plainly, fit_values
from sdmodels.figures.wrapping import wrap

_PANEL: Final = (4.3, 3.3)
"""Width and height of a panel with its labels [inch]."""
_MARKED: Final = ("interior_optimum", "onset", "tip")


def sweep_figure(result: ExperimentResult, sweep: Sweep, *, language: Language = "en") -> Figure:
    """Draw a panel for each outcome that a sweep reads: its median and bands over the lever, a colour a variant.

    Findings of one variant are marked at their medians: an optimum where it is no end of the grid.
    """
    return lettered(partial(_draw, result, sweep), language)


def _draw(result: ExperimentResult, sweep: Sweep, language: Language) -> Figure:
    title = sweep.title.in_language(language)
    figure, panels = new_figure(panels=len(sweep.reads), panel_size=_PANEL, title=title)
    shown = next((each for each in sweep.variants if each.id == sweep.marked), sweep.variants[0])
    marks = marks_of(
        result, [each for each in result.findings if each.arm == shown.id and each.id in _MARKED]
    )
    for panel, read in zip(panels, sweep.reads, strict=True):
        _draw_panel(panel, result, read, marks, language)
    handles: list[Artist] = [
        Line2D([], [], **appearance(place).line()) for place in range(len(sweep.variants))
    ]
    labels = [variant.title.in_language(language) for variant in sweep.variants]
    add_legend(
        figure,
        [*handles, *mark_handles(marks)],
        [*labels, *(mark.label(language) for mark in marks)],
        note=experiment_note(result, BANDS, language, marked=shown.title if marks else None),
    )
    return figure


def _draw_panel(
    panel: Axes,
    result: ExperimentResult,
    read: Outcome,
    marks: tuple[Mark, ...],
    language: Language,
) -> None:
    column = result.data[read.id]
    lever = column["value"]
    drawn = [draw_band(panel, lever.values, runs, place) for place, runs in enumerate(column.values)]
    exponent = fit_values(panel, np.concatenate(drawn))
    panel.set_xlim(float(lever.values[0]), float(lever.values[-1]))
    count_plainly(panel.xaxis)
    panel.set_title(wrap(read.title.in_language(language), letters(_PANEL[0] - 0.9)), fontsize=10, loc="left")
    panel.set_ylabel(unit_of(units(result, column.attrs), language, exponent), fontsize=SMALL)
    title = result.entry.title_of(result.data.attrs["lever"], language)
    panel.set_xlabel(with_unit(title, units(result, lever.attrs), language), fontsize=SMALL)
    draw_marks(panel, marks, every=marks)
