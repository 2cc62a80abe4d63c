"""How do the outcomes of policies compare, and how certain is that?"""

from functools import partial
from typing import Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sdmodels.catalogue.naming import Language
from sdmodels.figures.appearance import appearance
from sdmodels.figures.fonts import lettered
from sdmodels.figures.frame import SMALL, add_legend, columns_for, letters, new_figure
from sdmodels.figures.labels import choose, unit_of
from sdmodels.figures.scales import count_plainly, exponent_of, limits
from sdmodels.figures.wrapping import wrap

_COLUMNS: Final = ("policy", "outcome", "unit", "median", "low", "high")
_WIDTH: Final = 3.4
"""Of a panel [inch]; its height follows from the number of policies."""
_LONGEST: Final = 28
"""A longer name of a policy is wrapped [letters]."""


def outcome_bars(
    table: pd.DataFrame, *, interval: str = "", language: Language = "en", title: str | None = None
) -> Figure:
    """Draw each outcome of each policy as a dot, the median, with a whisker from low to high.

    Parameters
    ----------
    table
        One row a policy and outcome, with the columns ``policy``, ``outcome``, ``unit`` and, in that unit,
        ``median``, ``low``, ``high``. The columns ``policy_zh``, ``outcome_zh``, ``unit_zh`` are optional.
    interval
        What a whisker holds, such as ``"90 %"``.
    language
        ``"en"`` or ``"zh"``. Chinese needs a font that is installed, see ``fonts``.
    title
        Stands above the panels.

    Raises
    ------
    ValueError
        If a column is missing, the table is empty, or a policy has an outcome twice.
    """
    missing = [column for column in _COLUMNS if column not in table.columns]
    if missing or table.empty:
        what = f"the column '{missing[0]}'" if missing else "a row"
        raise ValueError(f"The table needs {what}. Columns: {', '.join(_COLUMNS)}.")
    twice = table[table.duplicated(["policy", "outcome"])]
    if not twice.empty:
        policy, outcome = twice.iloc[0][["policy", "outcome"]]
        raise ValueError(f"The table has the outcome '{outcome}' of the policy '{policy}' twice.")
    return lettered(partial(_draw, table, interval, title), language)


def _draw(table: pd.DataFrame, interval: str, title: str | None, language: Language) -> Figure:
    policies = list(dict.fromkeys(table["policy"].tolist()))
    outcomes = [rows for _, rows in table.groupby("outcome", sort=False)]
    names = [
        wrap(_name(table[table["policy"] == policy], "policy", language), _LONGEST) for policy in policies
    ]
    lines = max(name.count("\n") + 1 for name in names)
    size = (_WIDTH, 1.0 + (0.2 + 0.17 * lines) * len(policies))
    figure, panels = new_figure(panels=len(outcomes), panel_size=size, title=title or "")
    figure.set_figwidth(float(figure.get_figwidth()) + _LONGEST / letters(1))
    columns = columns_for(len(panels))
    for position, (panel, rows) in enumerate(zip(panels, outcomes, strict=True)):
        _draw_outcome(panel, rows, policies, language)
        panel.set_yticks(range(len(policies)), names if position % columns == 0 else [""] * len(policies))
    add_legend(figure, [], [], note=_note(interval, language))
    return figure


def _draw_outcome(panel: Axes, rows: pd.DataFrame, policies: list[str], language: Language) -> None:
    numbers = rows[["low", "median", "high"]].to_numpy(dtype=float)
    for policy, (low, median, high) in zip(rows["policy"], numbers, strict=True):
        place = policies.index(policy)
        colour = appearance(place).colour
        panel.plot(
            [low, high], [place, place], "|-", color=colour, linewidth=2, markersize=8, markeredgewidth=2
        )
        panel.plot([median], [place], "o", color=colour, markersize=7)
    ends = limits(numbers)
    exponent = exponent_of(ends)
    unit = {"units": rows["unit"].iloc[0], "units_zh": _name(rows, "unit", language)}
    panel.set_xlim(*ends)
    panel.set_ylim(len(policies) - 0.5, -0.5)  # the first policy on top
    count_plainly(panel.xaxis, exponent=exponent, ticks=4)
    panel.set_xlabel(wrap(unit_of(unit, language, exponent), letters(_WIDTH)), fontsize=SMALL)
    panel.set_title(wrap(_name(rows, "outcome", language), letters(_WIDTH - 0.6)), fontsize=10, loc="left")


def _note(interval: str, language: Language) -> str:
    if not interval:
        return choose(
            language, en="Dot: median; whisker: from low to high.", zh="点：中位数；线段：从低到高。"
        )
    return choose(
        language,
        en=f"Dot: median; whisker: {interval} of the members.",
        zh=f"点：中位数；线段：{interval}的运行。",
    )


def _name(rows: pd.DataFrame, column: str, language: Language) -> str:
    """Return what the first row says in a column, in Chinese if the table has that and it is asked for."""
    chinese = rows.iloc[0].get(f"{column}_zh") if language == "zh" else None
    return str(rows.iloc[0][column] if chinese is None or pd.isna(chinese) else chinese)
