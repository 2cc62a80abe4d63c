"""Which behaviour has the model where, and which parameters decide it?"""

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from sdmodels.catalogue import Language, Text
from sdmodels.exploration.class_titles import class_title
from sdmodels.exploration.classes import MECHANISMS, SHAPES
from sdmodels.exploration.deciding import FEWEST
from sdmodels.exploration.mode_given import given_title
from sdmodels.exploration.mode_tables import ALL
from sdmodels.exploration.modes import Modes
from sdmodels.figures.fonts import lettered
from sdmodels.figures.frame import SMALL, add_legend, new_figure
from sdmodels.figures.labels import choose, unit_of
from sdmodels.figures.notes import notes, with_own
from sdmodels.figures.percent import bounds, percent
from sdmodels.figures.scales import count_plainly
from sdmodels.figures.wrapping import wrap

_PANEL: Final = (4.7, 4.3)
"""Width and height of a panel with its labels [inch]."""
_MOST: Final = 10
"""Parameters that are shown of each class."""
_LONGEST: Final = 30
"""A longer name of a parameter is wrapped [letters]."""
_CELL: Final = ("shape", "mechanism", "members", "share", "low", "high")
_DIRECTIONS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {"higher": ("#D55E00", ""), "lower": ("#0072B2", "///")}
)
"""Colour and hatch, which tell more without colour."""


def modes_figure(
    modes: Modes, language: Language = "en", *, title: Text | None = None, note: Text | None = None
) -> Figure:
    """Draw the shares of the classes, and the parameters that decide the classes of interest.

    Parameters
    ----------
    modes
        As :func:`~sdmodels.exploration.modes.find_modes` returns them.
    language
        ``"en"`` or ``"zh"``. Chinese needs a font that is installed, see ``fonts``.
    title
        Stands above the panels, in place of the usual one.
    note
        Stands below them, after the usual one.
    """
    return lettered(partial(_draw, modes, title, note), language)


def _draw(modes: Modes, title: Text | None, note: Text | None, language: Language) -> Figure:
    search, entry = modes.search, modes.entry
    usual = choose(
        language,
        en=f"What {entry.title_of(search.lever, 'en').lower()} does across the plausible parameter space",
        zh=f"{entry.title_of(search.lever, 'zh')}在合理参数空间中的作用",
    )
    figure, panels = new_figure(
        panels=1 + len(search.interest),
        panel_size=_PANEL,
        title=usual if title is None else title.in_language(language),
    )
    _draw_table(panels[0], modes.shares, entry.title_of(search.condition, language), language)
    longest = modes.decisive["distance"].max() if len(modes.decisive) else 1.0
    for panel, name in zip(panels[1:], search.interest, strict=True):
        _draw_distances(panel, modes, name, float(longest), language)
    handles = [
        Patch(facecolor=colour, hatch=hatch, edgecolor="white") for colour, hatch in _DIRECTIONS.values()
    ]
    labels = [
        choose(language, en="higher in the class", zh="该类中取值较高"),
        choose(language, en="lower in the class", zh="该类中取值较低"),
    ]
    add_legend(figure, handles, labels, note=with_own(_note(modes, language), note, language))
    return figure


def _draw_table(panel: Axes, shares: pd.DataFrame, condition: str, language: Language) -> None:
    """Draw the cross table, darker where more members are; the margins stay white."""
    rows, columns = (*SHAPES, ALL), (*MECHANISMS, ALL)
    panel.grid(visible=False)
    for shape, mechanism, members, share, low, high in shares[list(_CELL)].itertuples(index=False, name=None):
        place = columns.index(mechanism), rows.index(shape)
        _draw_cell(panel, place, float(share), ALL in (shape, mechanism))
        ink = "white" if share > 0.6 and ALL not in (shape, mechanism) else "black"
        text = percent(float(share), members=int(members))
        weight = "bold" if ALL in (shape, mechanism) else "normal"
        put = partial(panel.text, place[0], ha="center", va="center", color=ink)
        put(place[1] - 0.1, text, fontsize=SMALL + 1.5, fontweight=weight)
        if (shape, mechanism) != (ALL, ALL):
            put(place[1] + 0.26, f"({bounds(float(low), float(high))})", fontsize=SMALL - 2)
    panel.set_xlim(-0.5, len(columns) - 0.5)
    panel.set_ylim(len(rows) - 0.5, -0.5)
    panel.set_xticks(range(len(columns)), [wrap(class_title(column, language), 14) for column in columns])
    panel.set_yticks(range(len(rows)), [wrap(class_title(row, language), 10) for row in rows])
    panel.tick_params(length=0)
    panel.set_xlabel(choose(language, en=f"Mechanism: {condition}", zh=f"机制：{condition}"), fontsize=SMALL)
    panel.set_title(choose(language, en="Share of members [%]", zh="运行占比 [%]"), fontsize=10, loc="left")
    panel.spines[:].set_visible(False)


def _draw_cell(panel: Axes, place: tuple[int, int], share: float, margin: bool) -> None:
    colour = "white" if margin else colormaps["Blues"](share)
    corner = (place[0] - 0.5, place[1] - 0.5)
    panel.add_patch(Rectangle(corner, 1, 1, facecolor=colour, edgecolor="0.8"))


def _draw_distances(panel: Axes, modes: Modes, name: str, longest: float, language: Language) -> None:
    rows = modes.decisive[modes.decisive["class"] == name].head(_MOST)
    heading = choose(language, en=f"What decides: {name}", zh=f"决定“{class_title(name, 'zh')}”的参数")
    panel.set_title(heading, fontsize=10, loc="left")
    panel.set_xlim(0, 1.08 * longest)
    count_plainly(panel.xaxis, ticks=5)
    panel.set_xlabel(
        choose(language, en="Kolmogorov-Smirnov distance [dimensionless]", zh="KS 距离 [无量纲]"),
        fontsize=SMALL,
    )
    if rows.empty:
        few = choose(
            language,
            en=f"Fewer than {FEWEST} members are in this class, or outside of it.",
            zh=f"属于或不属于该类的运行不足 {FEWEST} 次。",
        )
        panel.set_yticks([])
        panel.text(0.5, 0.5, wrap(few, 36), ha="center", transform=panel.transAxes, fontsize=SMALL)
        return
    places = np.arange(len(rows))
    for direction, (colour, hatch) in _DIRECTIONS.items():
        its = (rows["direction"] == direction).to_numpy()
        panel.barh(places[its], rows["distance"][its], 0.7, color=colour, hatch=hatch, edgecolor="white")
    names = [wrap(modes.entry.title_of(str(name), language), _LONGEST) for name in rows["parameter"]]
    panel.set_yticks(places, names)
    panel.set_ylim(max(len(rows), 4) - 0.4, -0.6)
    panel.grid(visible=False, axis="y")


def _note(modes: Modes, language: Language) -> str:
    fine = int(modes.shares["members"].iloc[-1])
    failed = modes.failed
    return notes(
        choose(
            language,
            en=f"{fine:,} members drawn over all stated ranges, each run at {len(modes.search.values)} values of "
            "the lever; in brackets the 95 % interval.",
            zh=f"在全部给定范围内抽取{fine}次运行，每次取{len(modes.search.values)}个杠杆值；括号内为95%区间。",
        ),
        choose(
            language,
            en=f"{failed:,} more failed and are in no class.",
            zh=f"另有{failed}次失败，未归类。",
        )
        if failed
        else "",
        _given(modes, language),
        _sharp(modes, language),
        *(_place(modes.places.iloc[row], language) for row in range(len(modes.places))),
        language=language,
    )


def _given(modes: Modes, language: Language) -> str:
    """Say what share of the members that meet what is given is in each class of interest."""
    if not modes.search.given:
        return ""
    fine, met = int(modes.shares["members"].iloc[-1]), modes.meeting
    title = given_title(modes.search.given).in_language(language)
    begun = title[:1].upper() + title[1:]
    if met == 0:
        return choose(
            language, en=f"{begun}: none of {fine:,} members.", zh=f"{title}：{fine}次运行中无一符合。"
        )
    rows = modes.given_shares
    parts = []
    for name in modes.search.interest:
        shape, mechanism = (name, ALL) if name in SHAPES else (ALL, name)
        (row,) = rows[(rows["shape"] == shape) & (rows["mechanism"] == mechanism)].to_dict("records")
        low, high = float(row["low"]), float(row["high"])
        parts.append(f"{class_title(name, language)} {percent(float(row['share']))} ({bounds(low, high)})")
    return choose(
        language,
        en=f"{begun} ({met:,} of {fine:,} members): {', '.join(parts)}.",
        zh=f"{title}（{fine}次运行中的{met}次）：{'，'.join(parts)}。",
    )


def _sharp(modes: Modes, language: Language) -> str:
    """Say how many tips are jumps on a finer grid too."""
    tips, sharp = int((modes.curves["mechanism"] == "tip").sum()), int(modes.curves["sharp"].sum())
    if not tips or modes.search.closer == 1:
        return ""
    return choose(
        language,
        en=f"{sharp:,} of {tips:,} tips are jumps at values {modes.search.closer} times as close, too.",
        zh=f"取值加密{modes.search.closer}倍后，{tips}次临界突变中仍有{sharp}次为突变。",
    )


def _place(row: "pd.Series[Any]", language: Language) -> str:
    """Say where the optimum, the onset or the tip is, of the members that have one."""
    if not row["members"]:
        return ""
    name = str(row["place"])
    unit = unit_of({"units": row["unit"]}, language)
    median, low, high = (f"{row[part]:.2f}" for part in ("median", "low", "high"))
    chinese = {"optimum": "最优值", "onset": "弱化起点", "tip": "临界点"}[name]
    return choose(
        language,
        en=f"{name.capitalize()}: median {median}, middle 90 % {low} to {high} [{unit}], of {row['members']:,}.",
        zh=f"{chinese}：中位数{median}，中间90%为{low}至{high}[{unit}]，{row['members']}次运行。",
    )
