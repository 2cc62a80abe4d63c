"""How big a shock does the system stand at each value of a lever, and how slowly does it recover?"""

from functools import partial
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from sdmodels.catalogue import Language, Text
from sdmodels.exploration.shock import Shocks
from sdmodels.figures.appearance import appearance
from sdmodels.figures.fonts import lettered
from sdmodels.figures.frame import SMALL, add_legend, letters, new_figure
from sdmodels.figures.labels import choose, with_unit
from sdmodels.figures.notes import notes, with_own
from sdmodels.figures.scales import PlainNumbers, count_plainly, limits
from sdmodels.figures.wrapping import wrap
from sdmodels.structure.subscripts import variable_of

_PANEL: Final = (6.0, 4.2)
"""Width and height of a panel with its labels [inch]."""
_CELL: Final = 0.55
"""Width of a cell of the map, of which more need more room [inch]."""
_MAP: Final = "cividis"
"""Rises in lightness alone, so it reads the same for all kinds of colour vision.

J. R. Nunez, C. R. Anderton, R. S. Renslow, PLoS ONE 13, 2018, e0199239.
"""


def shock_figure(
    shocks: Shocks, language: Language = "en", *, title: Text | None = None, note: Text | None = None
) -> Figure:
    """Draw the share that recovers for each value of the lever and each shock, and how long that takes.

    Parameters
    ----------
    shocks
        As :func:`~sdmodels.exploration.shock.find_shocks` returns them.
    language
        ``"en"`` or ``"zh"``. Chinese needs a font that is installed, see ``fonts``.
    title
        Stands above the panels, in place of the usual one.
    note
        Stands below them, after the usual one.
    """
    return lettered(partial(_draw, shocks, title, note), language)


def _draw(shocks: Shocks, title: Text | None, note: Text | None, language: Language) -> Figure:
    search, entry = shocks.search, shocks.entry
    lever, constant = (entry.title_of(name, language) for name in (search.lever, search.constant))
    usual = choose(
        language,
        en=f"How big a shock the system stands as {lever.lower()} rises",
        zh=f"{lever}提高时系统能承受多大的冲击",
    )
    width = max(_PANEL[0], _CELL * len(search.values) + 1.2)
    figure, (left, right) = new_figure(
        panels=2, panel_size=(width, _PANEL[1]), title=usual if title is None else title.in_language(language)
    )
    attrs = {
        "units": entry.model[variable_of(search.lever)].units,
        "units_zh": entry.unit_of(search.lever, "zh"),
    }
    across = wrap(with_unit(lever, attrs, language), letters(width - 1))
    _draw_map(left, shocks.shares, language)
    lasts = f"{search.shock_lasts:g} {entry.model.time.units}"
    lasts_zh = f"{search.shock_lasts:g}{_time_unit(shocks, 'zh')}"
    up = choose(
        language,
        en=f"{constant}: times normal for {lasts} [dimensionless]",
        zh=f"{constant}：正常值的倍数，持续{lasts_zh} [无量纲]",
    )
    left.set_ylabel(wrap(up, letters(_PANEL[1] - 1.2)), fontsize=SMALL)
    _draw_times(right, shocks, language)
    for panel in (left, right):
        panel.set_xlabel(across, fontsize=SMALL)
    handles = [Line2D([], [], **_line(number)) for number in range(len(search.sizes))]
    add_legend(
        figure,
        handles,
        [f"× {size:g}" for size in search.sizes],
        note=with_own(_note(shocks, language), note, language),
    )
    return figure


def _line(number: int) -> dict[str, Any]:
    return {**appearance(number + 1).line(), "marker": "o", "markersize": 4}


def _time_unit(shocks: Shocks, language: Language) -> str:
    manifest, unit = shocks.entry.manifest, shocks.entry.model.time.units
    return unit if manifest is None else manifest.unit_in(unit, language)


def _draw_map(panel: Axes, shares: pd.DataFrame, language: Language) -> None:
    """Draw a cell for each value and size, with the share in it [%]; no shock is at the bottom."""
    values, sizes = (list(dict.fromkeys(shares[name].tolist())) for name in ("value", "size"))
    panel.grid(visible=False)
    panel.spines[:].set_visible(False)
    for value, size, share in shares[["value", "size", "share"]].itertuples(index=False, name=None):
        x, y = values.index(value), sizes.index(size)
        unknown = np.isnan(share)
        colour = "white" if unknown else colormaps[_MAP](share)
        panel.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor=colour, edgecolor="white"))
        ink = "white" if not unknown and share < 0.55 else "black"
        text = "–" if unknown else f"{100 * share:.0f}"
        panel.text(x, y, text, ha="center", va="center", color=ink, fontsize=SMALL)
    panel.set_xlim(-0.5, len(values) - 0.5)
    panel.set_ylim(-0.5, len(sizes) - 0.5)
    panel.axhline(0.5, color="black", linewidth=1.5)
    none = choose(language, en="none", zh="无冲击")
    panel.set_xticks(range(len(values)), PlainNumbers().format_ticks(values))
    panel.set_yticks(range(len(sizes)), [none, *(f"× {size:g}" for size in sizes[1:])])
    panel.tick_params(length=0)
    panel.set_title(
        choose(language, en="Share that recovers [%]", zh="恢复占比 [%]"), fontsize=10, loc="left"
    )


def _draw_times(panel: Axes, shocks: Shocks, language: Language) -> None:
    """Draw median recovery times; a line ends where most members do not recover within the run."""
    finite = shocks.times["median"].where(np.isfinite(shocks.times["median"]))
    for number, size in enumerate(shocks.search.sizes):
        its = (shocks.times["size"] == size).to_numpy()
        panel.plot(shocks.times["value"][its], finite[its], **_line(number))
    panel.set_ylim(*limits(finite.to_numpy(dtype=float)))
    count_plainly(panel.xaxis)
    count_plainly(panel.yaxis)
    attrs = {"units": shocks.entry.model.time.units, "units_zh": _time_unit(shocks, "zh")}
    name = choose(language, en="Median time from the end of the shock", zh="冲击结束后的恢复时间（中位数）")
    panel.set_ylabel(with_unit(name, attrs, language), fontsize=SMALL)
    panel.set_title(choose(language, en="How long it takes", zh="恢复所需时间"), fontsize=10, loc="left")


def _note(shocks: Shocks, language: Language) -> str:
    search, entry = shocks.search, shocks.entry
    condition, burden = (entry.title_of(name, language) for name in (search.condition, search.burden))
    members, near = shocks.runs.sizes["member"], 100 * search.near
    return notes(
        choose(
            language,
            en=f"Left: {members:,} members; recovers: at the end {condition} is at least {search.bound:g} without "
            f"the shock and within {search.tolerance:g} of that with it.",
            zh=f"左：{members}次运行；恢复：期末{condition}无冲击时不低于{search.bound:g}，有冲击时与之相差不超过"
            f"{search.tolerance:g}。",
        ),
        choose(
            language,
            en=f"Right: until {burden} stays within {near:g} % of the run without a shock; members that are sound "
            "without one; a line ends where most do not recover within the run.",
            zh=f"右：{burden}与无冲击运行相差不超过{near:g}%为止；只计无冲击时完好的运行；"
            "多数运行在期内不能恢复处线段中断。",
        ),
        choose(
            language,
            en=f"{shocks.failed:,} members failed in at least one run, which is left out.",
            zh=f"{shocks.failed}个成员至少有一次运行失败，该次未计入。",
        )
        if shocks.failed
        else "",
        language=language,
    )
