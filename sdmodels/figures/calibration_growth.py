"""What made the growth, and how surely?"""

from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sdmodels.catalogue import Language
from sdmodels.figures.calibration_marks import draw_across
from sdmodels.figures.calibration_words import MEASURED, MODEL
from sdmodels.figures.fonts import lettered
from sdmodels.figures.frame import SMALL, add_legend, new_figure
from sdmodels.figures.labels import choose
from sdmodels.figures.notes import notes
from sdmodels.figures.scales import count_plainly
from sdmodels.figures.wrapping import wrap

if TYPE_CHECKING:
    from sdmodels.calibration.calibrating import Calibration
    from sdmodels.calibration.growth import GrowthShares

_WIDTH: Final = 5.0
"""Of the panel with its labels [inch]; a lone one gets half as much again."""
_ROW: Final = 0.36
"""Height of a cause [inch]."""
_LONGEST: Final = 34
"""A longer name of a cause is wrapped [letters]."""
_APART: Final = 0.17
"""Of the share of a cause and its loss, from the middle of the row."""
_QUANTILES: Final = (0.05, 0.25, 0.5, 0.75, 0.95)


def growth_figure(calibration: "Calibration", language: Language = "en") -> Figure:
    """Draw the share of each cause in the growth, beside what is lost when it alone is cut.

    Parameters
    ----------
    language
        ``"en"`` or ``"zh"``. Chinese needs a font that is installed, see ``fonts``.

    Raises
    ------
    ValueError
        If the calibration took no growth apart.
    """
    growth = calibration.growth
    if growth is None:
        raise ValueError(f"The case '{calibration.case.id}' takes no growth apart: it has no [growth].")
    return lettered(partial(_draw, calibration, growth), language)


def _draw(calibration: "Calibration", growth: "GrowthShares", language: Language) -> Figure:
    names = [wrap(cause.title.in_language(language), _LONGEST) for cause in growth.causes]
    names.append(
        wrap(choose(language, en="the rest: without any of them", zh="其余：无上述任何原因"), _LONGEST)
    )
    title = calibration.case.problem.title.in_language(language)
    figure, (panel,) = new_figure(
        panels=1,
        panel_size=(_WIDTH, 0.8 + _ROW * len(names)),
        title=choose(language, en=f"What made the growth: {title}", zh=f"增长的来源：{title}"),
    )
    drawn = []
    for place, share in enumerate([*growth.shares, growth.rest]):
        drawn.append(100 * np.quantile(share, _QUANTILES))
        offset = _APART if place < len(growth.causes) else 0.0
        draw_across(panel, place - offset, drawn[-1], colour=MODEL, marker="o")
    for place, lost in enumerate(growth.cut_alone):
        drawn.append(100 * np.quantile(lost, _QUANTILES))
        draw_across(panel, place + _APART, drawn[-1], colour=MEASURED, marker="s", face="white")
    panel.axvline(0, color="black", linewidth=1)
    numbers = np.append(np.concatenate(drawn), 0.0)
    room = 0.04 * float(np.ptp(numbers))
    panel.set_xlim(float(numbers.min()) - room, float(numbers.max()) + room)
    count_plainly(panel.xaxis)
    panel.set_yticks(range(len(names)), names)
    panel.set_ylim(len(names) - 0.5, -0.5)
    panel.grid(visible=False, axis="y")
    for place in range(len(names) - 1):
        panel.axhline(place + 0.5, color="0.9", linewidth=0.8)
    panel.set_xlabel(choose(language, en="Share of the growth [%]", zh="占增长的份额 [%]"), fontsize=SMALL)
    _add_legend(figure, calibration, growth, language)
    return figure


def _add_legend(
    figure: Figure, calibration: "Calibration", growth: "GrowthShares", language: Language
) -> None:
    handles = [
        Line2D([], [], color=MODEL, marker="o"),
        Line2D([], [], color=MEASURED, marker="s", markerfacecolor="white"),
    ]
    labels = [
        choose(language, en="share (Shapley's value)", zh="份额（沙普利值）"),
        choose(language, en="what is lost when it alone is cut", zh="单独去除时的减少量"),
    ]
    add_legend(figure, handles, labels, note=_note(calibration, growth, language))


def _note(calibration: "Calibration", growth: "GrowthShares", language: Language) -> str:
    low, median, high = (f"{100 * number:.0f}" for number in np.quantile(growth.growth, (0.05, 0.5, 0.95)))
    observable = next(o for o in calibration.case.problem.observables if o.id == growth.table.observable)
    name, window = observable.title.in_language(language), growth.table.window
    return notes(
        choose(
            language,
            en=f"{name}, {window}: growth of {median} % ({low} to {high}). "
            f"Mark: median of {growth.growth.size:,} draws; thick: middle 50 %; thin: 90 %.",
            zh=f"{name}，{window}：增长{median}%（{low}至{high}）。"
            f"标记：{growth.growth.size}次抽样的中位数；粗线：中间50%；细线：中间90%。",
        ),
        _inseparable(growth, language),
        language=language,
    )


def _inseparable(growth: "GrowthShares", language: Language) -> str:
    """Say which causes the data cannot tell apart."""
    pairs = [
        choose(
            language,
            en=f"'{one.title.en}' and '{other.title.en}' (r={correlation:.2f})",
            zh=f"“{one.title.zh}”与“{other.title.zh}”（r={correlation:.2f}）",
        ).replace("=-", "=\N{MINUS SIGN}")
        for one, other, correlation in growth.inseparable
    ]
    if not pairs:
        return ""
    return choose(
        language,
        en=f"The data cannot tell apart {'; '.join(pairs)}.",
        zh=f"数据无法区分{'；'.join(pairs)}。",
    )
