"""Which parameters make up for each other after the data?"""

from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sdmodels.catalogue import Language
from sdmodels.figures.calibration_marks import scale_axis, spread_ends
from sdmodels.figures.calibration_words import MEASURED, MODEL, parameter_label
from sdmodels.figures.fonts import lettered
from sdmodels.figures.frame import SMALL, add_legend, letters, new_figure
from sdmodels.figures.labels import choose
from sdmodels.figures.members import Floats
from sdmodels.figures.notes import notes

if TYPE_CHECKING:
    from sdmodels.calibration.calibrating import Calibration
    from sdmodels.calibration.case import Case

_PANEL: Final = (2.1, 1.9)
"""Width and height of a panel [inch]."""
MOST: Final = 6
"""Parameters that are shown."""
_SURE: Final = 3
"""Pairs whose parameters come before the most informed ones."""
_DOTS: Final = 1000
_BINS: Final = 30
_PRIOR_DRAWS: Final = 20_000


def pairs_figure(calibration: "Calibration", language: Language = "en") -> Figure:
    """Draw the posterior of the most informed parameters two by two, with marginals and priors on the diagonal.

    Parameters
    ----------
    language
        ``"en"`` or ``"zh"``. Chinese needs a font that is installed, see ``fonts``.
    """
    return lettered(partial(_draw, calibration), language)


def chosen(calibration: "Calibration") -> tuple[str, ...]:
    """Return the ids of the parameters that are shown: those of the surest pairs, then the most informed.

    What the prior decides is shown only where there would be no pair without it.
    """
    ids = [id for pair in calibration.pairs[:_SURE] for id in (pair.first, pair.second)]
    told = sorted(calibration.judgements, key=lambda judgement: -judgement.contraction)
    least = 2 if not ids else 0
    ids += [each.id for place, each in enumerate(told) if each.verdict != "prior" or place < least]
    found = list(dict.fromkeys(ids))[:MOST]
    order = calibration.case.space.names
    return tuple(sorted(found, key=order.index))


def _draw(calibration: "Calibration", language: Language) -> Figure:
    ids = chosen(calibration)
    count = len(ids)
    title = calibration.case.problem.title.in_language(language)
    figure, panels = new_figure(
        panels=count**2,
        columns=count,
        panel_size=_size(count),
        title=choose(language, en=f"Parameters two by two: {title}", zh=f"参数两两关系：{title}"),
    )
    rows = [calibration.case.space.names.index(id) for id in ids]
    draws = calibration.case.space.values_of(calibration.sample.flat)[rows]
    for number, panel in enumerate(panels):
        row, column = divmod(number, count)
        if column > row:
            panel.set_axis_off()
            continue
        _draw_panel(panel, calibration, ids, draws, (row, column), language)
    handles = _legend(calibration, ids, language)
    add_legend(figure, list(handles.values()), list(handles), note=_note(calibration, ids, language))
    return figure


def _size(count: int) -> tuple[float, float]:
    """Return the size of a panel: fewer are larger [inch]."""
    stretch = 1.6 if count < 3 else 1.3 if count == 3 else 1.0
    return stretch * _PANEL[0], stretch * _PANEL[1]


def _draw_panel(
    panel: Axes,
    calibration: "Calibration",
    ids: tuple[str, ...],
    draws: Floats,
    place: tuple[int, int],
    language: Language,
) -> None:
    row, column = place
    case = calibration.case
    across, up = case.parameter(ids[column]), case.parameter(ids[row])
    exponent = scale_axis(
        panel, "x", _ends(case, ids[column], draws[column]), log=across.scale == "log", ticks=3
    )
    width = letters(0.75 * _size(len(ids))[0])
    if row == len(ids) - 1:
        label = parameter_label(case, across, language, width=width, exponent=exponent)
        panel.set_xlabel(label, fontsize=SMALL)
    else:
        panel.tick_params(labelbottom=False)
    if row == column:
        _draw_marginal(panel, case, ids[column], draws[column])
    else:
        exponent = scale_axis(panel, "y", _ends(case, ids[row], draws[row]), log=up.scale == "log", ticks=3)
        _draw_density(panel, draws[column], draws[row], (across.scale == "log", up.scale == "log"))
        pairs = {frozenset((pair.first, pair.second)) for pair in calibration.pairs}
        if frozenset((ids[row], ids[column])) in pairs:
            panel.spines[:].set(visible=True, color=MEASURED, linewidth=2)
    if column == 0 and row > 0:
        label = parameter_label(case, up, language, width=width, exponent=exponent)
        panel.set_ylabel(label, fontsize=SMALL)
    elif column != 0 or row == 0:
        panel.tick_params(labelleft=False)


def _ends(case: "Case", id: str, draws: Floats) -> tuple[float, float]:
    """Return the ends of an axis: all but the outermost draws, inside of the bounds."""
    parameter = case.parameter(id)
    low, high = spread_ends(np.quantile(draws, (0.002, 0.998)), log=parameter.scale == "log", margin=0.1)
    return max(low, parameter.minimum), min(high, parameter.maximum)


def _draw_marginal(panel: Axes, case: "Case", id: str, draws: Floats) -> None:
    """Draw the posterior as bars and the prior as a line, as densities on the scale of the axis."""
    low, high = panel.get_xlim()
    edges = (
        np.geomspace(low, high, _BINS + 1)
        if panel.get_xscale() == "log"
        else np.linspace(low, high, _BINS + 1)
    )
    place = case.space.names.index(id)
    column = np.zeros((case.space.size, _PRIOR_DRAWS))
    column[place] = np.random.default_rng(0).standard_normal(_PRIOR_DRAWS)
    prior = case.space.values_of(column)[place]
    for values, is_prior in ((draws, False), (prior, True)):
        share = np.histogram(values, edges)[0] / values.size
        if is_prior:
            panel.stairs(share, edges, color="black", linestyle="--", linewidth=1.2)
        else:
            panel.stairs(share, edges, color=MODEL, alpha=0.5, fill=True)
    panel.set_ylim(bottom=0)
    panel.set_yticks([])
    panel.grid(visible=False)


def _draw_density(panel: Axes, xs: Floats, ys: Floats, logs: tuple[bool, bool]) -> None:
    some = slice(None, None, max(1, xs.size // _DOTS))
    panel.plot(
        xs[some], ys[some], ".", color=MODEL, alpha=0.3, markersize=3, markeredgewidth=0, rasterized=True
    )
    scores = np.array([np.log(each) if log else each for each, log in zip((xs, ys), logs, strict=True)])
    correlation = float(np.corrcoef(scores)[0, 1])
    panel.set_title(
        f"r = {correlation:.2f}".replace("-", "\N{MINUS SIGN}"), fontsize=SMALL, loc="right", pad=2
    )


def _legend(calibration: "Calibration", ids: tuple[str, ...], language: Language) -> dict[str, Artist]:
    dots = Line2D([], [], color=MODEL, marker=".", linestyle="none")
    handles: dict[str, Artist] = {
        choose(language, en="draw from the posterior", zh="后验抽样"): dots,
        choose(language, en="posterior", zh="后验"): Patch(facecolor=MODEL, alpha=0.5),
        choose(language, en="prior", zh="先验"): Line2D([], [], color="black", linestyle="--", linewidth=1.2),
    }
    if any({pair.first, pair.second} <= set(ids) for pair in calibration.pairs):
        handles[choose(language, en="only together identified", zh="仅组合可识别")] = Patch(
            facecolor="none", edgecolor=MEASURED, linewidth=2
        )
    return handles


def _note(calibration: "Calibration", ids: tuple[str, ...], language: Language) -> str:
    others = calibration.case.space.size - len(ids)
    return notes(
        choose(
            language,
            en="On the diagonal: draws in equal steps of the axis. r: correlation on the scales of the axes.",
            zh="对角线为坐标轴各等分内的抽样占比；r：按坐标轴尺度计算的相关系数。",
        ),
        choose(
            language,
            en=f"Left out: {others} less informed.",
            zh=f"另有{others}个信息较少的参数未画出。",
        )
        if others
        else "",
        language=language,
    )
