"""How often do intervals hold the truth, and where does the truth rank among draws from the posterior?"""

from functools import partial
from typing import Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from scipy import stats

from sdmodels.calibration.recovered import Coverage, Recovery
from sdmodels.catalogue import Language
from sdmodels.figures.appearance import GREY, appearance
from sdmodels.figures.fonts import lettered
from sdmodels.figures.frame import SMALL, add_legend, letters, new_figure
from sdmodels.figures.labels import choose
from sdmodels.figures.notes import notes
from sdmodels.figures.wrapping import wrap

_PANEL: Final = (4.2, 2.6)
_MOST: Final = 11
"""Parameters that are drawn, at most: with the panel of coverage they fill the figure."""
_CHANCE: Final = (0.005, 0.995)
_SURE: Final = appearance(1).colour
_NOMINAL: Final = 90


def recovery_figure(recovery: Recovery, language: Language = "en") -> Figure:
    """Draw coverage with its intervals, and a histogram of ranks for each parameter that is mostly identified.

    Parameters
    ----------
    recovery
        As :func:`~sdmodels.calibration.recovery.recover` returns it.
    language
        ``"en"`` or ``"zh"``. Chinese needs a font that is installed, see ``fonts``.
    """
    return lettered(partial(_draw, recovery), language)


def shown(recovery: Recovery) -> tuple[str, ...]:
    """Return the parameters that are drawn: those identified most often, in the order of the case."""
    often = recovery.identified.sum(axis=0)
    most = [int(place) for place in np.argsort(-often, kind="stable")[:_MOST] if often[place] > 0]
    return tuple(recovery.case.space.names[place] for place in sorted(most))


def _draw(recovery: Recovery, language: Language) -> Figure:
    ids = shown(recovery)
    title = recovery.case.problem.title.in_language(language)
    figure, (first, *others) = new_figure(
        panels=1 + len(ids),
        panel_size=_PANEL,
        title=choose(language, en=f"Is the truth recovered? {title}", zh=f"能否还原真值？{title}"),
    )
    _draw_coverage(first, recovery, ids, language)
    for number, (panel, id) in enumerate(zip(others, ids, strict=True), start=1):
        _draw_ranks(panel, recovery, id, number, language)
    add_legend(figure, *_legend(language), note=_note(recovery, language))
    return figure


def _draw_coverage(panel: Axes, recovery: Recovery, ids: tuple[str, ...], language: Language) -> None:
    rows = [recovery.coverage(id, identified=True) for id in ids]
    rows.append(recovery.coverage(identified=True))
    for place, row in enumerate(rows):
        _draw_interval(panel, place, row)
    panel.axvline(_NOMINAL, color="black", linewidth=1)
    every = choose(language, en="all", zh="全部")
    panel.set_yticks(range(len(rows)), [*(str(number + 1) for number in range(len(ids))), every])
    panel.set_ylim(len(rows) - 0.5, -0.5)
    panel.set_xlim(0, 102)
    panel.grid(visible=False, axis="y")
    panel.set_xlabel(choose(language, en="Coverage [%]", zh="覆盖率 [%]"), fontsize=SMALL)
    panel.set_title(
        choose(language, en="Where identified: coverage", zh="已识别时的覆盖率"), fontsize=10, loc="left"
    )


def _draw_interval(panel: Axes, place: int, row: Coverage) -> None:
    if row.count == 0:
        return
    panel.plot([100 * row.low, 100 * row.high], [place, place], "-", color=_SURE, linewidth=2)
    panel.plot([100 * row.share], [place], "o", color=_SURE, markersize=5)


def _draw_ranks(panel: Axes, recovery: Recovery, id: str, number: int, language: Language) -> None:
    counts = recovery.counts(id)
    edges = np.linspace(0, 100, len(counts) + 1)
    panel.bar(edges[:-1], counts, width=np.diff(edges), align="edge", color=_SURE, edgecolor="white")
    low, high = (float(stats.binom.ppf(share, counts.sum(), 1 / len(counts))) for share in _CHANCE)
    panel.axhspan(low, high, color=GREY, alpha=0.25, linewidth=0, zorder=2.5)
    panel.set_xlim(0, 100)
    panel.set_ylim(0, 1.1 * max(float(counts.max()), high))
    title = recovery.case.title_of(recovery.case.parameter(id), language)
    panel.set_title(f"{number} {wrap(title, letters(_PANEL[0] - 1))}", fontsize=10, loc="left")
    panel.set_xlabel(choose(language, en="Rank of the truth", zh="真值的名次"), fontsize=SMALL)
    panel.set_ylabel(choose(language, en="Data sets", zh="数据集数"), fontsize=SMALL)


def _legend(language: Language) -> tuple[list[Artist], list[str]]:
    handles: list[Artist] = [
        Line2D([], [], color=_SURE, marker="o", linewidth=2),
        Line2D([], [], color="black", linewidth=1),
        Patch(color=GREY, alpha=0.25, linewidth=0),
    ]
    labels = [
        choose(language, en="coverage, 95 % interval", zh="覆盖率及95%区间"),
        choose(language, en="wanted: 90 %", zh="应为90%"),
        choose(language, en="99 % of even ranks", zh="均匀名次的99%范围"),
    ]
    return handles, labels


def _note(recovery: Recovery, language: Language) -> str:
    count = len(recovery.rank)
    return notes(
        choose(
            language,
            en=f"{count} data sets drawn from priors and noise; ranks among 99 draws from each posterior.",
            zh=f"由先验和噪声抽取{count}个数据集；名次取自每个后验的99次抽样。",
        ),
        choose(
            language,
            en="Coverage: how often the middle 90 % of the posterior hold the truth.",
            zh="覆盖率：后验中间90%包含真值的频率。",
        ),
        language=language,
    )
