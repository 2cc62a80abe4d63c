"""How do variables develop over time under each policy?"""

import json
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Final

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sdmodels.catalogue.naming import Language
from sdmodels.figures.appearance import GREY, appearance
from sdmodels.figures.fonts import lettered
from sdmodels.figures.frame import SMALL, add_policy_legend, columns_for, letters, new_figure
from sdmodels.figures.labels import choose, heading_of, name_of, time_label, unit_of
from sdmodels.figures.members import (
    Floats,
    PolicyMembers,
    Spread,
    members_by_policy,
    spread,
    variables_named,
)
from sdmodels.figures.notes import how_members_are_drawn, notes, scenarios_together, what_is_left_out
from sdmodels.figures.scales import count_plainly, exponent_of, limits
from sdmodels.figures.wrapping import wrap

_PANEL: Final = (3.6, 2.5)
"""Width and height of a panel with its labels [inch]."""
_BANDS: Final = (90, 50)
"""Shares of the members that bands hold [percent]."""
_MOST_WITH_ALL_BANDS: Final = 4
"""Policies whose bands can be told apart."""


def trajectories(
    behaviour: xr.Dataset,
    variables: Iterable[str] | None = None,
    *,
    bands: Sequence[int] | None = None,
    language: Language = "en",
    title: str | None = None,
) -> Figure:
    """Draw variables over time, one panel a variable and one colour a policy.

    A policy with one member is a line. With 10 or more it is the median and the bands that hold the middle
    part of its members at each time; with 2 to 9 it is the median and the members themselves.

    Parameters
    ----------
    behaviour
        Dimensions ``(member, time)``, as an experiment returns it.
    variables
        Names of the variables to draw; all of them if left out.
    bands
        How much of the members each band holds, the widest first [percent]. If left out, 90 and 50 for up to
        four policies; the bands of more would hide one another, and only the 50 is drawn.
    language
        ``"en"`` or ``"zh"``. Chinese needs a font that is installed, see ``fonts``.
    title
        Stands above the panels, in place of the behaviour's own title.

    Raises
    ------
    UnknownNameError
        If a variable is not in the behaviour.
    SimulationError
        If every member failed.
    """
    names = (variables,) if isinstance(variables, str) else variables
    drawn = variables_named(behaviour, names)
    return lettered(partial(_draw, behaviour, drawn, bands, title), language)


def _draw(
    behaviour: xr.Dataset,
    variables: Sequence[xr.DataArray],
    bands: Sequence[int] | None,
    title: str | None,
    language: Language,
) -> Figure:
    policies = members_by_policy(behaviour, language)
    if bands is None:
        bands = _BANDS if len(policies) <= _MOST_WITH_ALL_BANDS else _BANDS[-1:]
    heading = heading_of(behaviour.attrs, language) if title is None else title
    figure, panels = new_figure(panels=len(variables), panel_size=_PANEL, title=heading)
    begins = _begins(behaviour, policies)
    for panel, variable in zip(panels, variables, strict=True):
        _draw_panel(panel, variable, policies, bands, language)
        for moment, colour in begins.items():
            panel.axvline(moment, color=colour, linewidth=1.0, alpha=0.5, zorder=0.6)
    _label_time(panels, behaviour, language)
    note = notes(
        how_members_are_drawn(policies, bands, language),
        scenarios_together(behaviour, language),
        what_is_left_out(policies, language),
        choose(language, en="Vertical line: a policy begins.", zh="竖线：政策开始。") if begins else "",
        language=language,
    )
    add_policy_legend(figure, policies, note=note, language=language)
    return figure


def _draw_panel(
    panel: Axes,
    variable: xr.DataArray,
    policies: Sequence[PolicyMembers],
    bands: Sequence[int],
    language: Language,
) -> None:
    time = np.asarray(variable["time"].values, dtype=float)
    values = np.asarray(variable.values, dtype=float)
    drawn = []
    for position, policy in enumerate(policies):
        if len(policy.index):
            drawn.append(spread(values[policy.index], bands))
            _draw_spread(panel, time, drawn[-1], position)
    ends = limits(np.concatenate([each.values() for each in drawn]))
    exponent = exponent_of(ends)
    panel.set_ylim(*ends)
    count_plainly(panel.yaxis, exponent=exponent)
    panel.set_title(wrap(name_of(variable, language), letters(_PANEL[0] - 0.9)), fontsize=10, loc="left")
    unit = unit_of(variable.attrs, language, exponent)
    panel.set_ylabel(wrap(unit, letters(_PANEL[1] - 0.9)), fontsize=SMALL)


def _draw_spread(panel: Axes, time: Floats, drawn: Spread, position: int) -> None:
    look = appearance(position)
    for (low, high), alpha in zip(drawn.bands, (0.13, 0.22), strict=False):
        panel.fill_between(time, low, high, color=look.colour, alpha=alpha, linewidth=0, zorder=1)
    for member in drawn.members:
        panel.plot(time, member, color=look.colour, linewidth=0.7, alpha=0.45, zorder=2)
    marker = "o" if len(time) == 1 else None
    panel.plot(time, drawn.median, marker=marker, zorder=3, **look.line())


def _label_time(panels: Sequence[Axes], behaviour: xr.Dataset, language: Language) -> None:
    """Give the time axis of the lowest panel of each column its numbers and its unit."""
    start, end = behaviour["time"].values[[0, -1]].astype(float)
    lowest = panels[-columns_for(len(panels)) :]
    for panel in panels:
        panel.set_xlim(start, end if end > start else start + 1)
        count_plainly(panel.xaxis, separator="")
        panel.tick_params(labelbottom=panel in lowest)
        if panel in lowest:
            panel.set_xlabel(time_label(behaviour, language), fontsize=SMALL)


def _begins(behaviour: xr.Dataset, policies: Sequence[PolicyMembers]) -> dict[float, str]:
    """Return when policies begin after the start, and the colour of the only one, or grey for several."""
    moments: dict[str, list[float]] = json.loads(behaviour.attrs.get("policy_begins", "{}"))
    start = float(behaviour["time"].values[0])
    colours: dict[float, str] = {}
    for position, policy in enumerate(policies):
        for moment in moments.get(policy.policy, []):
            if moment > start:
                colours[moment] = GREY if moment in colours else appearance(position).colour
    return colours
