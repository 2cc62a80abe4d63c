"""Is the way back of a variable its way there, when a lever goes up and down?"""

from functools import partial
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sdmodels.catalogue import Bound, Ramp
from sdmodels.catalogue.naming import Language
from sdmodels.exploration import ExperimentResult
from sdmodels.exploration.ramp import tipping_members
from sdmodels.figures.appearance import GREY, appearance
from sdmodels.figures.bands import BANDS, draw_band, units
from sdmodels.figures.experiment_notes import experiment_note
from sdmodels.figures.fonts import lettered
from sdmodels.figures.frame import SMALL, add_legend, letters, new_figure
from sdmodels.figures.labels import choose, unit_of, with_unit
from sdmodels.figures.marks import Mark, draw_marks, mark_handles, marks_of
from sdmodels.figures.members import Floats, Members
from sdmodels.figures.notes import notes
from sdmodels.figures.scales import count_plainly, fit_values
from sdmodels.figures.wrapping import wrap
from sdmodels.structure.names import key_of
from sdmodels.structure.subscripts import find_scalar

_PANEL: Final = (4.6, 3.6)
"""Width and height of a panel with its labels [inch]."""
_MARKED: Final = ("tips", "recovers")
_BRANCHES: Final = (("up", 1, (0.3, 0.65)), ("down", 2, (0.2, 0.55)))
"""Each branch with the place of its colour and dashes, and of its arrows [share of its way]."""


def ramp_figure(result: ExperimentResult, ramp: Ramp, *, language: Language = "en") -> Figure:
    """Draw a panel a variable, against the lever: the way there and the way back, each with its bands."""
    return lettered(partial(_draw, result, ramp), language)


def _draw(result: ExperimentResult, ramp: Ramp, language: Language) -> Figure:
    title = ramp.title.in_language(language)
    figure, panels = new_figure(panels=len(ramp.variables), panel_size=_PANEL, title=title)
    marks = marks_of(result, [each for each in result.findings if each.id in _MARKED])
    for panel, name in zip(panels, ramp.variables, strict=True):
        _draw_panel(panel, result, ramp, name, marks, language)
    handles = [Line2D([], [], **appearance(place).line()) for _, place, _ in _BRANCHES]
    add_legend(
        figure,
        [*handles, *mark_handles(marks)],
        [*_branch_titles(ramp, language), *(mark.label(language) for mark in marks)],
        note=notes(
            experiment_note(result, BANDS, language), _tipped_note(result, language), language=language
        ),
    )
    return figure


def _branch_titles(ramp: Ramp, language: Language) -> tuple[str, str]:
    rises = ramp.peak > ramp.start
    there = choose(language, en="the lever rises", zh="杠杆上升")
    back = choose(language, en="the lever falls", zh="杠杆下降")
    return (there, back) if rises else (back, there)


def _draw_panel(
    panel: Axes,
    result: ExperimentResult,
    ramp: Ramp,
    name: str,
    marks: tuple[Mark, ...],
    language: Language,
) -> None:
    column = result.data[find_scalar(result.entry.model, name)]
    lever = column["lever"]
    drawn = []
    for branch, place, arrows in _BRANCHES:
        here = np.asarray(column["branch"].values == branch)
        if branch == "down":
            here[here.argmax() - 1] = True  # from where the other ends
        runs = column.values.T[here]
        drawn.append(draw_band(panel, lever.values[here], runs, place))
        drawn.append(_draw_tipped(panel, lever.values[here], runs, place, tipping_members(result.findings)))
        _draw_arrows(panel, lever.values[here], runs, arrows, appearance(place).colour)
    exponent = fit_values(panel, np.concatenate(drawn))
    panel.set_xlim(float(lever.values.min()), float(lever.values.max()))
    count_plainly(panel.xaxis)
    title = result.entry.title_of(str(column.name), language)
    panel.set_title(wrap(title, letters(_PANEL[0] - 0.9)), fontsize=10, loc="left")
    panel.set_ylabel(unit_of(units(result, column.attrs), language, exponent), fontsize=SMALL)
    along = result.entry.title_of(result.data.attrs["lever"], language)
    panel.set_xlabel(with_unit(along, units(result, lever.attrs), language), fontsize=SMALL)
    if ramp.tip is not None and key_of(ramp.tip.variable) == key_of(name):
        _draw_bound(panel, ramp.tip)
    draw_marks(panel, marks, every=marks)


def _draw_tipped(panel: Axes, levers: Floats, runs: Floats, place: int, tipped: Members) -> Floats:
    """Draw the median of the members that tip, which that of all may hide; return its values."""
    if not tipped.size:
        return np.empty(0)
    fine = runs[:, np.isfinite(runs).all(axis=0)]
    median = np.asarray(np.median(fine[:, tipped], axis=1))
    panel.plot(levers, median, zorder=2.8, **{**appearance(place).line(), "linewidth": 1.0})
    return median


def _tipped_note(result: ExperimentResult, language: Language) -> str:
    count = tipping_members(result.findings).size
    if not count:
        return ""
    return choose(
        language,
        en=f"Thinner: median of the {count:,} members that tip.",
        zh=f"较细的线：发生突变的{count}次运行的中位数。",
    )


def _draw_arrows(panel: Axes, levers: Floats, runs: Floats, shares: tuple[float, ...], colour: str) -> None:
    """Draw which way the median goes."""
    fine = runs[:, np.isfinite(runs).all(axis=0)]
    if not fine.size or len(levers) < 4:
        return
    median = np.median(fine, axis=1)
    span = levers[-1] - levers[0]
    for share in shares:
        at = int(np.abs(levers - (levers[0] + share * span)).argmin())
        to = min(at + max(1, len(levers) // 50), len(levers) - 1)
        panel.annotate(
            "",
            xy=(levers[to], median[to]),
            xytext=(levers[at], median[at]),
            arrowprops={
                "arrowstyle": "-|>",
                "color": colour,
                "mutation_scale": 16,
                "linewidth": 0,
                "shrinkA": 0,
                "shrinkB": 0,
            },
            zorder=5,
        )


def _draw_bound(panel: Axes, tip: Bound) -> None:
    number = tip.below if tip.below is not None else tip.above
    if number is not None:
        panel.axhline(number, color=GREY, linewidth=0.9, linestyle=":", zorder=0.8)
