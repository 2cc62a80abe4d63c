"""How do variables run under each arm, and when do they turn?"""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sdmodels.catalogue import Course, Panel
from sdmodels.catalogue.naming import Language
from sdmodels.exploration import ExperimentResult
from sdmodels.figures.appearance import DASHES, GREY, appearance
from sdmodels.figures.bands import BANDS, draw_band, units
from sdmodels.figures.experiment_notes import experiment_note
from sdmodels.figures.fonts import lettered
from sdmodels.figures.frame import SMALL, add_legend, columns_for, letters, new_figure
from sdmodels.figures.labels import choose, unit_of, with_unit
from sdmodels.figures.marks import Mark, draw_marks, mark_handles, marks_of
from sdmodels.figures.scales import count_plainly, fit_values
from sdmodels.figures.wrapping import wrap
from sdmodels.structure.names import key_of
from sdmodels.structure.subscripts import find_scalar

_PANEL: Final = (4.3, 3.0)
"""Width and height of a panel with its labels [inch]."""


def course_figure(result: ExperimentResult, course: Course, *, language: Language = "en") -> Figure:
    """Draw every panel over time: a colour an arm and, where a panel holds several variables, dashes a variable.

    Dates of the first arm are marked, in the panels of their variables.
    """
    return lettered(partial(_draw, result, course), language)


def _draw(result: ExperimentResult, course: Course, language: Language) -> Figure:
    title = course.title.in_language(language)
    figure, panels = new_figure(panels=len(course.panels), panel_size=_PANEL, title=title)
    first = course.arms[0]
    dates = {date.id for date in course.dates}
    marks = marks_of(result, [each for each in result.findings if each.arm == first.id and each.id in dates])
    for panel, shown in zip(panels, course.panels, strict=True):
        _draw_panel(panel, result, course, shown, language)
        draw_marks(panel, _marks_in(shown, course, marks), every=marks)
    for panel in panels[-columns_for(len(panels)) :]:
        time = {"units": result.entry.model.time.units}
        label = choose(language, en="Time", zh="时间")
        panel.set_xlabel(with_unit(label, units(result, time), language), fontsize=SMALL)
    handles = [Line2D([], [], **_look(course, place)) for place in range(len(course.arms))]
    add_legend(
        figure,
        [*handles, *mark_handles(marks)],
        [
            *(arm.title.in_language(language) for arm in course.arms),
            *(mark.label(language) for mark in marks),
        ],
        note=experiment_note(
            result, BANDS, language, marked=first.title if marks and len(course.arms) > 1 else None
        ),
    )
    return figure


def _look(course: Course, place: int) -> dict[str, Any]:
    """Return how an arm is drawn: by colour alone where dashes tell variables apart."""
    look = appearance(place).line()
    several = any(len(panel.variables) > 1 for panel in course.panels)
    return {**look, "linestyle": "-"} if several else look


def _marks_in(shown: Panel, course: Course, marks: Sequence[Mark]) -> list[Mark]:
    names = {key_of(name) for name in shown.variables}
    here = {date.id for date in course.dates if key_of(date.variable) in names}
    return [mark for mark in marks if mark.finding.id in here]


def _draw_panel(
    panel: Axes, result: ExperimentResult, course: Course, shown: Panel, language: Language
) -> None:
    names = [find_scalar(result.entry.model, name) for name in shown.variables]
    times = result.data["time"].values
    drawn = []
    for number, name in enumerate(names):
        for place, arm in enumerate(course.arms):
            runs = result.data[name].sel(arm=arm.id).values.T
            look = _look(course, place)
            if len(names) > 1:
                look["linestyle"] = _dashes(number)
            drawn.append(draw_band(panel, times, runs, place, **look))
    exponent = fit_values(panel, np.concatenate(drawn))
    panel.set_xlim(float(times[0]), float(times[-1]))
    count_plainly(panel.xaxis, separator="")
    unit = units(result, result.data[names[0]].attrs)
    panel.set_ylabel(unit_of(unit, language, exponent), fontsize=SMALL)
    title = shown.title.in_language(language) if shown.title else result.entry.title_of(names[0], language)
    panel.set_title(wrap(title, letters(_PANEL[0] - 0.9)), fontsize=10, loc="left")
    if len(names) > 1:
        _name_variables(panel, [result.entry.title_of(name, language) for name in names])


def _dashes(number: int) -> Any:
    dashes = DASHES[number % len(DASHES)]
    return dashes if dashes[1] else "-"


def _name_variables(panel: Axes, titles: Sequence[str]) -> None:
    """Say in the panel which dashes are which variable."""
    handles = [
        Line2D([], [], color=GREY, linewidth=1.8, linestyle=_dashes(number)) for number in range(len(titles))
    ]
    panel.legend(
        handles,
        [wrap(title, letters(_PANEL[0] / 2)) for title in titles],
        fontsize=SMALL - 1,
        loc="best",
        framealpha=0.85,
        edgecolor="0.8",
        handlelength=2.6,
    )
