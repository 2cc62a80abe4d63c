"""Do fluctuations rise before a tip, and do they not where none follows?"""

from functools import partial
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sdmodels.catalogue import Language, Text
from sdmodels.exploration.noise import EarlyWarnings
from sdmodels.exploration.noise_tables import GROUPS, MEASURES, Group
from sdmodels.figures.appearance import DASHES, appearance
from sdmodels.figures.fonts import lettered
from sdmodels.figures.frame import SMALL, add_legend, letters, new_figure
from sdmodels.figures.labels import choose, unit_of, with_unit
from sdmodels.figures.members import FEWEST_FOR_BANDS
from sdmodels.figures.notes import notes, with_own
from sdmodels.figures.scales import count_plainly, fit_values, limits
from sdmodels.figures.wrapping import wrap
from sdmodels.structure.subscripts import variable_of

_PANEL: Final = (4.6, 3.5)
"""Width and height of a panel with its labels [inch]."""
_EDGES: Final = ((("p05", "p95"), 0.11), (("p25", "p75"), 0.2))


def noise_figure(
    warnings: EarlyWarnings, language: Language = "en", *, title: Text | None = None, note: Text | None = None
) -> Figure:
    """Draw deviation, autocorrelation and condition over the lever, of members that tip and that do not.

    Parameters
    ----------
    warnings
        As :func:`~sdmodels.exploration.noise.find_warnings` returns them.
    language
        ``"en"`` or ``"zh"``. Chinese needs a font that is installed, see ``fonts``.
    title
        Stands above the panels, in place of the usual one.
    note
        Stands below them, after the usual one.
    """
    return lettered(partial(_draw, warnings, title, note), language)


def _draw(warnings: EarlyWarnings, title: Text | None, note: Text | None, language: Language) -> Figure:
    usual = choose(language, en="Does the system announce its tip?", zh="系统的突变有预兆吗？")
    figure, panels = new_figure(
        panels=3, panel_size=_PANEL, title=usual if title is None else title.in_language(language)
    )
    for panel, measure, name in zip(
        panels,
        ("deviation", "autocorrelation", "condition"),
        _names(warnings, language),
        strict=True,
    ):
        _draw_panel(panel, warnings, measure, language)
        panel.set_title(wrap(name, letters(_PANEL[0] - 0.9)), fontsize=10, loc="left")
    add_legend(
        figure,
        _handles(),
        _labels(warnings, language),
        note=with_own(_note(warnings, language), note, language),
    )
    return figure


def _names(warnings: EarlyWarnings, language: Language) -> tuple[str, str, str]:
    search, entry = warnings.search, warnings.entry
    watched, condition = (entry.title_of(name, language) for name in (search.variable, search.tip.variable))
    lag = f"{search.lag:g}"
    unit = _unit(warnings, entry.model.time.units, language)
    return (
        choose(
            language, en=f"{watched}: standard deviation, relative to the mean", zh=f"{watched}：相对标准差"
        ),
        choose(
            language,
            en=f"{watched}: autocorrelation at a lag of {lag} {unit}",
            zh=f"{watched}：滞后{lag}{unit}的自相关",
        ),
        choose(language, en=f"{condition}: mean", zh=f"{condition}：均值"),
    )


def _unit(warnings: EarlyWarnings, unit: str, language: Language) -> str:
    manifest = warnings.entry.manifest
    return unit if manifest is None else manifest.unit_in(unit, language)


def _look(group: Group) -> dict[str, Any]:
    look = appearance(0 if group == "stays" else 2).line() | {"linestyle": "-"}
    return look if group != "after" else look | {"linestyle": DASHES[2], "linewidth": 1.5}


def _draw_panel(panel: Axes, warnings: EarlyWarnings, measure: str, language: Language) -> None:
    search, entry = warnings.search, warnings.entry
    rows = warnings.numbers[warnings.numbers["measure"] == measure]
    drawn = [np.empty(0)]
    for group in GROUPS if measure == "condition" else GROUPS[:2]:
        drawn += _draw_group(panel, rows[rows["group"] == group], _look(group))
    values = np.concatenate(drawn)
    # What falls to nothing is seen on an axis from zero; what multiplies may need a logarithmic one.
    exponent = 0
    if measure == "autocorrelation" or (measure == "condition" and search.tip.jumps is None):
        panel.set_ylim(*limits(values, from_zero=measure == "condition"))
        count_plainly(panel.yaxis)
    else:
        exponent = fit_values(panel, values)
    panel.set_xlim(search.values[0], search.values[-1])
    count_plainly(panel.xaxis)
    unit = entry.model[variable_of(search.tip.variable)].units if measure == "condition" else "Dmnl"
    panel.set_ylabel(
        unit_of({"units": unit, "units_zh": _unit(warnings, unit, "zh")}, language, exponent), fontsize=SMALL
    )
    lever = entry.model[variable_of(search.lever)].units
    attrs = {"units": lever, "units_zh": entry.unit_of(search.lever, "zh")}
    panel.set_xlabel(with_unit(entry.title_of(search.lever, language), attrs, language), fontsize=SMALL)


def _draw_group(panel: Axes, rows: pd.DataFrame, look: dict[str, Any]) -> list[np.ndarray]:
    """Draw median and bands where enough members are left; a small group without bands."""
    most = int(rows["members"].max()) if len(rows) else 0
    shown = rows[rows["members"] >= min(FEWEST_FOR_BANDS, most)]
    values = shown["value"].to_numpy(dtype=float)
    drawn = [shown["p50"].to_numpy(dtype=float)]
    panel.plot(values, drawn[0], zorder=3, **look)
    if most >= FEWEST_FOR_BANDS:
        for (low, high), alpha in _EDGES:
            lower, upper = (shown[edge].to_numpy(dtype=float) for edge in (low, high))
            panel.fill_between(values, lower, upper, color=look["color"], alpha=alpha, linewidth=0, zorder=1)
            drawn += [lower, upper]
    return drawn


def _handles() -> list[Artist]:
    return [Line2D([], [], **_look(group)) for group in GROUPS]


def _labels(warnings: EarlyWarnings, language: Language) -> list[str]:
    at, fine = warnings.runs["tips_at"].values, ~warnings.runs["failed"].values
    stays, tips = int((fine & (at < 0)).sum()), int((at >= 0).sum())
    return [
        choose(language, en=f"Do not tip ({stays:,} members)", zh=f"不突变（{stays}次运行）"),
        choose(language, en=f"Tip ({tips:,} members): before", zh=f"突变（{tips}次运行）：之前"),
        choose(language, en="Tip: from there on", zh="突变：之后"),
    ]


def _note(warnings: EarlyWarnings, language: Language) -> str:
    search, entry = warnings.search, warnings.entry
    constant, condition = (entry.title_of(name, language) for name in (search.constant, search.tip.variable))
    en, zh = (_unit(warnings, entry.model.time.units, each) for each in ("en", "zh"))
    far_en, far_zh = (
        (f"falls by more than {search.tip.falls:g}", f"下降超过{search.tip.falls:g}")
        if search.tip.falls is not None
        else (f"jumps to more than {search.tip.jumps:g} times", f"跃升至{search.tip.jumps:g}倍以上")
    )
    percent = f"{100 * search.deviation:g}"
    return notes(
        choose(
            language,
            en=f"{constant} varies by {percent} % (pink noise of {search.correlation:g} {en}); measured over the "
            f"last {search.window:g} {en}, without the linear trend. Lines: medians; bands: middle 50 % and 90 %.",
            zh=f"{constant}随机波动{percent}%（粉红噪声，相关时间{search.correlation:g}{zh}）；"
            f"以最后{search.window:g}{zh}去除线性趋势后计算。线：中位数；色带：中间50%和90%。",
        ),
        choose(
            language,
            en=f"Tip: {condition} {far_en} from one value of the lever to the next, or by the noise; who has "
            "tipped is no longer counted before.",
            zh=f"突变：{condition}在相邻两个取值之间或因扰动而{far_zh}；已突变者不再计入“之前”。",
        ),
        _told_apart(warnings, language),
        choose(
            language,
            en=f"{warnings.failed:,} members failed in at least one run and are left out.",
            zh=f"{warnings.failed}个成员至少有一次运行失败，未画出。",
        )
        if warnings.failed
        else "",
        language=language,
    )


def _told_apart(warnings: EarlyWarnings, language: Language) -> str:
    """Say how well rises tell members that tip; nothing where there are none to compare."""
    areas = dict(zip(warnings.comparison["measure"], warnings.comparison["area"], strict=True))
    deviation, autocorrelation = (float(areas[measure]) for measure in MEASURES)
    if np.isnan(deviation) or np.isnan(autocorrelation):
        return ""
    return choose(
        language,
        en="Probability that a member which tips has risen more before, from the first value on, than one which "
        f"does not: deviation {deviation:.2f}, autocorrelation {autocorrelation:.2f}; 0.5 is no warning.",
        zh="突变者在突变之前较首个取值上升更多的概率："
        f"标准差{deviation:.2f}，自相关{autocorrelation:.2f}；0.5即无预警作用。",
    )
