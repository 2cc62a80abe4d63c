"""How surely is the best optimum that searches found the best there is?"""

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullLocator

from sdmodels.catalogue import Language
from sdmodels.figures.appearance import GREY
from sdmodels.figures.calibration_words import MEASURED, MODEL
from sdmodels.figures.fonts import lettered
from sdmodels.figures.frame import SMALL, add_legend, new_figure
from sdmodels.figures.labels import choose
from sdmodels.figures.members import Floats
from sdmodels.figures.notes import notes
from sdmodels.figures.percent import percent
from sdmodels.figures.scales import count_plainly

if TYPE_CHECKING:
    from sdmodels.calibration.calibrating import Calibration

_PANEL: Final = (4.4, 2.6)
"""Width and height of a panel with its labels [inch]; a lone one gets half as much again."""
SAME: Final = 0.1
"""As far above the best, and a start found the same optimum: as the search has it."""
_FOUND: Final[Any] = {"color": MODEL, "marker": "o", "markersize": 5, "linestyle": "none"}
_ELSEWHERE: Final[Any] = {"color": MEASURED, "marker": "^", "markersize": 6, "linestyle": "none"}


def waterfall_figure(calibration: "Calibration", language: Language = "en") -> Figure:
    """Draw the losses of all starts in order, against the best.

    Parameters
    ----------
    language
        ``"en"`` or ``"zh"``. Chinese needs a font that is installed, see ``fonts``.
    """
    return lettered(partial(_draw, calibration), language)


def _draw(calibration: "Calibration", language: Language) -> Figure:
    losses = calibration.search.losses
    title = calibration.case.problem.title.in_language(language)
    figure, (panel,) = new_figure(
        panels=1,
        panel_size=_PANEL,
        title=choose(language, en=f"Where searches ended: {title}", zh=f"各次搜索的终点：{title}"),
    )
    above = losses[np.isfinite(losses)] - losses[0]
    _draw_losses(panel, above)
    count_plainly(panel.xaxis)
    panel.xaxis.set_major_locator(MaxNLocator(nbins=7, integer=True))
    panel.set_xlim(0.5 - 0.02 * above.size, above.size + 0.5 + 0.02 * above.size)
    panel.set_xlabel(
        choose(language, en="Rank of the start [dimensionless]", zh="起点排名 [无量纲]"), fontsize=SMALL
    )
    panel.set_ylabel(
        choose(language, en="Loss above the best [log density]", zh="高出最优的损失 [对数密度]"),
        fontsize=SMALL,
    )
    _add_legend(figure, calibration, above, language)
    return figure


def _add_legend(figure: Figure, calibration: "Calibration", above: Floats, language: Language) -> None:
    handles: dict[str, Artist] = {
        choose(language, en="found the best optimum", zh="找到最优解"): Line2D([], [], **_FOUND),
    }
    if (above > SAME).any():
        handles[choose(language, en="ended elsewhere", zh="终于他处")] = Line2D([], [], **_ELSEWHERE)
    same = choose(language, en=f"{SAME:g} above the best", zh=f"高出最优{SAME:g}")
    handles[same] = Line2D([], [], color=GREY, linestyle="--")
    add_legend(figure, list(handles.values()), list(handles), note=_note(calibration, above, language))


def _draw_losses(panel: Axes, above: Floats) -> None:
    """Draw losses on an axis that is linear up to what counts as the same, logarithmic beyond."""
    ranks = np.arange(1, above.size + 1)
    best = above <= SAME
    panel.plot(ranks, above, color="0.8", linewidth=1, zorder=1)
    panel.plot(ranks[best], above[best], **_FOUND)
    panel.plot(ranks[~best], above[~best], **_ELSEWHERE)
    panel.axhline(SAME, color=GREY, linestyle="--", linewidth=1)
    panel.set_yscale("symlog", linthresh=SAME, linscale=0.5)
    highest = max(float(above.max()), 1.0)
    panel.set_ylim(-0.3 * SAME, 1.6 * highest)
    decades = range(-1, int(np.floor(np.log10(1.6 * highest))) + 1)
    panel.set_yticks([0.0, *(10.0**decade for decade in decades)])
    panel.yaxis.set_major_formatter(
        FuncFormatter(lambda tick, _: f"{tick:,g}" if tick < 1 else f"{tick:,.0f}")
    )
    panel.yaxis.set_minor_locator(NullLocator())


def _note(calibration: "Calibration", above: Floats, language: Language) -> str:
    count, found = calibration.search.losses.size, int((above <= SAME).sum())
    share = percent(calibration.search.share_of_best)
    failed = count - above.size
    return notes(
        choose(
            language,
            en=f"{found:,} of {count:,} starts ({share}) found the best optimum.",
            zh=f"{count}个起点中有{found}个（{share}）找到最优解。",
        ),
        choose(language, en=f"{failed:,} failed and are left out.", zh=f"{failed}个失败，未画出。")
        if failed
        else "",
        language=language,
    )
