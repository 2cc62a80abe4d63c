"""Which policy is best, by how much, and how surely?"""

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sdmodels.catalogue import Language, Text
from sdmodels.errors import unknown
from sdmodels.exploration.ranking import Ranking
from sdmodels.figures.appearance import GREY, appearance
from sdmodels.figures.fonts import lettered
from sdmodels.figures.frame import SMALL, add_legend, letters, new_figure
from sdmodels.figures.labels import choose, unit_of
from sdmodels.figures.members import Floats
from sdmodels.figures.notes import notes, with_own
from sdmodels.figures.percent import percent
from sdmodels.figures.scales import count_plainly, limits
from sdmodels.figures.wrapping import wrap

_WIDTH: Final = 5.4
"""Of a panel with its labels [inch]."""
_LONGEST: Final = 34
"""A longer name of a policy is wrapped [letters]."""
_MARKERS: Final = ("o", "s", "^", "D", "v", "P")
_WIDE: Final = 150.0
"""Beyond this an axis of changes counts in multiples: halved is as far as doubled [%]."""
_TICKS: Final = (
    *(0.0, -50.0, 100.0, 300.0, -75.0, 700.0, 1500.0, 3100.0, -90.0, 9900.0),
    *(-99.0, 99900.0, 999900.0, -25.0, 50.0),
)
"""In the order in which they are wanted [%]."""
_FEW: Final = 9.0
"""As many ticks, evenly spaced, would touch each other."""
_LINES: Final[Mapping[str, Any]] = MappingProxyType({"holds": "-", "holds weakly": "--", "conditional": ":"})
"""Between two policies, by the verdict on their order; where they are alike there is none."""


def ranking_figure(
    ranking: Ranking,
    language: Language = "en",
    *,
    outcome: str | None = None,
    title: Text | None = None,
    note: Text | None = None,
) -> Figure:
    """Draw each policy against the baseline of the same draw, and how often it is the best.

    Parameters
    ----------
    ranking
        As :func:`~sdmodels.exploration.ranking.rank_policies` returns it.
    language
        ``"en"`` or ``"zh"``. Chinese needs a font that is installed, see ``fonts``.
    outcome
        Id of the outcome; the first one if ``None``.
    title
        Stands above the panels, in place of the usual one.
    note
        Stands below them, after the usual one.

    Raises
    ------
    UnknownNameError
        If the ranking has no such outcome.
    """
    names = [str(name) for name in ranking.draws.data_vars]
    shown = names[0] if outcome is None else outcome
    if shown not in names:
        raise unknown("outcome of the ranking", shown, names)
    return lettered(partial(_draw, ranking, shown, title, note), language)


def _draw(
    ranking: Ranking, outcome: str, title: Text | None, note: Text | None, language: Language
) -> Figure:
    rows = ranking.table[ranking.table["outcome"] == outcome].reset_index(drop=True)
    attrs = ranking.draws[outcome].attrs
    usual = choose(language, en=attrs["title"], zh=attrs["title_zh"])
    titles = {policy.id: policy.title.in_language(language) for policy in ranking.policies}
    names = [wrap(titles[policy], _LONGEST) for policy in rows["policy"]]
    lines = max(name.count("\n") + 1 for name in names)
    figure, (left, right) = new_figure(
        panels=2,
        panel_size=(_WIDTH, 1.0 + (0.2 + 0.18 * lines) * len(rows)),
        title=usual if title is None else title.in_language(language),
    )
    _draw_intervals(left, rows, ranking, language)
    _draw_best(right, rows, ranking, language)
    verdicts = ranking.verdicts[ranking.verdicts["outcome"] == outcome]["verdict"]
    for panel in (left, right):
        panel.set_ylim(len(rows) - 0.5, -0.5)
        panel.grid(visible=False, axis="y")
        for place, verdict in enumerate(verdicts):
            if verdict in _LINES:
                panel.axhline(place + 0.5, color=GREY, linestyle=_LINES[verdict], linewidth=1)
    left.set_yticks(range(len(rows)), names)
    right.set_yticks(range(len(rows)), [""] * len(rows))
    handles = _legend(ranking, set(verdicts), language)
    add_legend(
        figure,
        list(handles.values()),
        list(handles),
        note=with_own(_note(ranking, outcome, rows, language), note, language),
    )
    return figure


def _groups(ranking: Ranking) -> list[str]:
    return ["", *ranking.search.groups]


def _look(ranking: Ranking, group: str) -> tuple[str, str]:
    """Return colour and marker of a group."""
    number = _groups(ranking).index(group)
    return appearance(number).colour, _MARKERS[number % len(_MARKERS)]


def _is_wide(rows: pd.DataFrame) -> bool:
    """Tell whether changes count in multiples; one of more than -100 % leaves none."""
    numbers = rows[["relative_low", "relative_high"]].to_numpy(dtype=float)
    return rows["relative_unit"].iloc[0] == "%" and bool(numbers.max() > _WIDE and numbers.min() > -100)


def _draw_intervals(panel: Axes, rows: pd.DataFrame, ranking: Ranking, language: Language) -> None:
    numbers = rows[["relative_low", "relative_median", "relative_high"]].to_numpy(dtype=float)
    unit = str(rows["relative_unit"].iloc[0])
    wide = _is_wide(rows)
    placed = np.log1p(numbers / 100) if wide else numbers
    for place, (low, median, high) in enumerate(placed):
        colour, marker = _look(ranking, str(rows["group"].iloc[place]))
        panel.plot([low, high], [place, place], "|-", color=colour, linewidth=2, markersize=8)
        panel.plot([median], [place], marker, color=colour, markersize=8)
    panel.axvline(0, color="black", linewidth=1)
    if wide:
        _count_in_multiples(panel, placed)
    else:
        low, high = limits(np.append(placed, 0.0))
        # A mark at zero is not cut in half.
        panel.set_xlim(low - 0.03 * (high - low), high + 0.03 * (high - low))
        count_plainly(panel.xaxis)
    shown = unit if unit == "%" else unit_of({"units": unit}, language)
    against = next(each for each in ranking.policies if each.id == ranking.search.baseline).title
    panel.set_xlabel(
        choose(
            language, en=f"Change against '{against.en}' [{shown}]", zh=f"相对“{against.zh}”的变化 [{shown}]"
        ),
        fontsize=SMALL,
    )
    attrs = ranking.draws[str(rows["outcome"].iloc[0])].attrs
    heading = choose(language, en=attrs["title"], zh=attrs["title_zh"])
    panel.set_title(wrap(heading, letters(_WIDTH / 2)), fontsize=10, loc="left")


def _count_in_multiples(panel: Axes, placed: Floats) -> None:
    """Give the axis ticks in per cent where its places are logarithms."""
    margin = 0.05 * float(np.ptp(placed))
    low, high = float(placed.min()) - margin, float(placed.max()) + margin
    apart = (high - low) / _FEW
    ticks: list[float] = []
    for tick in _TICKS:
        place = np.log1p(tick / 100)
        if low <= place <= high and all(abs(place - np.log1p(other / 100)) >= apart for other in ticks):
            ticks.append(tick)
    panel.set_xlim(low, high)
    labels = [f"{tick:+,.0f}".replace("-", "\N{MINUS SIGN}") if tick else "0" for tick in ticks]
    panel.set_xticks([np.log1p(tick / 100) for tick in ticks], labels)


def _draw_best(panel: Axes, rows: pd.DataFrame, ranking: Ranking, language: Language) -> None:
    room = 118 * max(float(rows["share_best"].max()), 0.1)
    for place, (group, share) in enumerate(zip(rows["group"], rows["share_best"], strict=True)):
        panel.barh([place], [100 * share], 0.55, color=_look(ranking, str(group))[0])
        panel.text(100 * share + 0.015 * room, place, percent(float(share)), va="center", fontsize=SMALL)
    panel.set_xlim(0, room)
    count_plainly(panel.xaxis, ticks=5)
    panel.set_xlabel(choose(language, en="Share of draws [%]", zh="抽样占比 [%]"), fontsize=SMALL)
    panel.set_title(
        choose(language, en="How often it is the best", zh="成为最优政策的频率"), fontsize=10, loc="left"
    )


def _legend(ranking: Ranking, verdicts: set[str], language: Language) -> dict[str, Artist]:
    handles: dict[str, Artist] = {}
    used = {candidate.group for candidate in ranking.search.candidates}
    for group, text in ranking.search.groups.items():
        if group in used:
            colour, marker = _look(ranking, group)
            handles[text.in_language(language)] = Line2D([], [], color=colour, marker=marker)
    named = {
        "holds": choose(language, en="order holds", zh="次序成立"),
        "holds weakly": choose(language, en="order holds or alike", zh="次序成立或相同"),
        "conditional": choose(language, en="order is conditional", zh="次序有条件"),
    }
    for verdict, label in named.items():
        if verdict in verdicts:
            handles[label] = Line2D([], [], color=GREY, linestyle=_LINES[verdict])
    return handles


def _note(ranking: Ranking, outcome: str, rows: pd.DataFrame, language: Language) -> str:
    draws, failed = int(rows["members"].iloc[0]), ranking.failed(outcome)
    share = 100 * ranking.search.holds
    scenarios = len(ranking.search.scenarios)
    better = ranking.draws[outcome].attrs["better"]
    return notes(
        choose(
            language,
            en=f"Mark: median of {draws:,} draws; whisker: middle 90 %; {better} is better.",
            zh=f"标记：{draws}次抽样的中位数；线段：中间90%；{'越低越好' if better == 'lower' else '越高越好'}。",
        ),
        choose(language, en="Left, halved is as far from 0 as doubled.", zh="左图中减半与加倍到0的距离相等。")
        if _is_wide(rows)
        else "",
        choose(language, en=f"{scenarios} scenarios together.", zh=f"{scenarios}种情景合并。")
        if scenarios > 1
        else "",
        choose(
            language,
            en=f"Lines between policies: whether their order holds in {share:g} % of draws; none: alike.",
            zh=f"政策之间的线：其次序是否在{share:g}%的抽样中成立；无线：二者相同。",
        ),
        choose(
            language,
            en=f"{failed:,} draws in which a policy failed are left out.",
            zh=f"{failed}次抽样中有政策运行失败，未计入。",
        )
        if failed
        else "",
        language=language,
    )
