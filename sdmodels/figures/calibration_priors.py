"""What have the data added to what was believed of each parameter?"""

from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sdmodels.catalogue import Language
from sdmodels.figures.calibration_marks import band_patch, draw_across
from sdmodels.figures.calibration_words import VERDICTS
from sdmodels.figures.fonts import lettered
from sdmodels.figures.frame import SMALL, add_legend, new_figure
from sdmodels.figures.labels import choose
from sdmodels.figures.notes import notes
from sdmodels.figures.scales import count_plainly
from sdmodels.figures.wrapping import wrap

if TYPE_CHECKING:
    from sdmodels.calibration.calibrating import Calibration
    from sdmodels.calibration.verdicts import Judgement

_WIDTH: Final = 5.2
"""Of the panel with its labels [inch]; a lone one gets half as much again."""
_ROW: Final = 0.22
"""Height of a parameter [inch]."""
_LONGEST: Final = 44
"""A longer name of a parameter is wrapped [letters]."""
MOST: Final = 24
"""Parameters that are shown."""
QUANTILES: Final = (0.05, 0.25, 0.5, 0.75, 0.95)
_PRIOR: Final = ((1.6449, 0.09), (0.6745, 0.14))
"""Where the middle 90 and 50 % of a standard normal distribution end, and how opaque they are."""


def priors_figure(calibration: "Calibration", language: Language = "en") -> Figure:
    """Draw the posterior of every parameter that the data tell something of, against its prior.

    Parameters
    ----------
    language
        ``"en"`` or ``"zh"``. Chinese needs a font that is installed, see ``fonts``.
    """
    return lettered(partial(_draw, calibration), language)


def told(calibration: "Calibration") -> tuple["Judgement", ...]:
    """Return the parameters that are not decided by the prior, the most informed first."""
    some = (judgement for judgement in calibration.judgements if judgement.verdict != "prior")
    return tuple(sorted(some, key=lambda judgement: -judgement.contraction))


def _draw(calibration: "Calibration", language: Language) -> Figure:
    case = calibration.case
    shown = told(calibration)[:MOST]
    names = [wrap(case.title_of(case.parameter(each.id), language), _LONGEST) for each in shown]
    lines = sum(1 + name.count("\n") for name in names)
    title = case.problem.title.in_language(language)
    figure, (panel,) = new_figure(
        panels=1,
        panel_size=(_WIDTH, 0.8 + _ROW * lines),
        title=choose(language, en=f"Before and after the data: {title}", zh=f"数据前后的参数：{title}"),
    )
    for reach, alpha in _PRIOR:
        panel.axvspan(-reach, reach, color="black", alpha=alpha, linewidth=0, zorder=0)
    _draw_rows(panel, calibration, shown)
    panel.set_yticks(range(len(shown)), names)
    panel.set_ylim(len(shown) - 0.4, -0.6)
    panel.grid(visible=False, axis="y")
    panel.set_xlabel(
        choose(language, en="Score [standard deviations of the prior]", zh="得分 [先验标准差]"),
        fontsize=SMALL,
    )
    handles = _legend(shown, language)
    add_legend(figure, list(handles.values()), list(handles), note=_note(calibration, language))
    return figure


def _draw_rows(panel: Axes, calibration: "Calibration", shown: tuple["Judgement", ...]) -> None:
    scores = calibration.sample.flat
    reach = 2.0
    for place, judgement in enumerate(shown):
        row = calibration.case.space.names.index(judgement.id)
        quantiles = np.quantile(scores[row], QUANTILES)
        look = VERDICTS[judgement.verdict]
        draw_across(panel, place, quantiles, colour=look.colour, marker=look.marker)
        reach = max(reach, float(np.abs(quantiles).max()) + 0.2)
    panel.set_xlim(-reach, reach)
    count_plainly(panel.xaxis)


def _legend(shown: tuple["Judgement", ...], language: Language) -> dict[str, Artist]:
    handles: dict[str, Artist] = {}
    used = {judgement.verdict for judgement in shown}
    for verdict, look in VERDICTS.items():
        if verdict in used:
            line = Line2D([], [], color=look.colour, marker=look.marker, linewidth=1.5)
            handles[look.text.in_language(language)] = line
    outer, inner = (alpha for _, alpha in _PRIOR)
    handles[choose(language, en="prior, middle 50 %", zh="先验，中间50%")] = band_patch(
        "black", outer + inner
    )
    handles[choose(language, en="prior, middle 90 %", zh="先验，中间90%")] = band_patch("black", outer)
    return handles


def _note(calibration: "Calibration", language: Language) -> str:
    every = told(calibration)
    prior, more = len(calibration.judgements) - len(every), max(len(every) - MOST, 0)
    return notes(
        choose(
            language,
            en="Mark: median of the posterior; thick: its middle 50 %; thin: 90 %.",
            zh="标记：后验中位数；粗线：中间50%；细线：中间90%。",
        ),
        choose(
            language,
            en=f"Left out: {prior} that the prior decides.",
            zh=f"{prior}个参数由先验决定，未画出。",
        )
        if prior
        else "",
        choose(
            language,
            en=f"Left out, too: {more} less informed.",
            zh=f"另有{more}个信息较少的参数未画出。",
        )
        if more
        else "",
        language=language,
    )
