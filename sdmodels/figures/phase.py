"""How do two variables move together, and where do they end?"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure

from sdmodels.catalogue.naming import Language
from sdmodels.figures.appearance import appearance
from sdmodels.figures.fonts import lettered
from sdmodels.figures.frame import SMALL, add_policy_legend, letters, new_figure
from sdmodels.figures.labels import choose, heading_of, name_of, with_unit
from sdmodels.figures.members import Floats, Members, PolicyMembers, members_by_policy, variables_named
from sdmodels.figures.notes import notes, scenarios_together, what_is_left_out
from sdmodels.figures.scales import count_plainly, exponent_of, limits
from sdmodels.figures.wrapping import wrap

Point = tuple[float, float]

_MOST_MEMBERS: Final = 50
"""More thin lines than this hide the paths in front of them."""
_SHORTEST: Final = 0.03
"""A path shorter than this stands still [side of the panel]."""
_PANEL: Final = (4.2, 3.4)
"""Width and height of the panel before a lone panel is enlarged [inch]."""


def phase_portrait(
    behaviour: xr.Dataset, x: str, y: str, *, language: Language = "en", title: str | None = None
) -> Figure:
    """Draw one variable against another: where each policy starts, which way it goes, where it ends.

    The path of a policy with several members is the median of each variable at each time; members run thin
    behind it, at most 50 in all.

    Parameters
    ----------
    behaviour
        Dimensions ``(member, time)``, as an experiment returns it.
    x, y
        Names of the variables along the two axes.
    language
        ``"en"`` or ``"zh"``. Chinese needs a font that is installed, see ``fonts``.
    title
        Stands above the panel, in place of the behaviour's own title.

    Raises
    ------
    UnknownNameError
        If a variable is not in the behaviour.
    SimulationError
        If every member failed.
    """
    drawn = variables_named(behaviour, (x, y))
    return lettered(partial(_draw, behaviour, drawn, title), language)


def _draw(
    behaviour: xr.Dataset, variables: Sequence[xr.DataArray], title: str | None, language: Language
) -> Figure:
    policies = members_by_policy(behaviour, language)
    heading = heading_of(behaviour.attrs, language) if title is None else title
    figure, (panel,) = new_figure(panels=1, panel_size=_PANEL, title=heading)
    x, y = (np.asarray(variable.values, dtype=float) for variable in variables)
    behind = [_evenly_chosen(policy.index, _MOST_MEMBERS // len(policies)) for policy in policies]
    for position, (policy, chosen) in enumerate(zip(policies, behind, strict=True)):
        if len(policy.index):
            _draw_members(panel, x[chosen], y[chosen], position)
    paths = [_median_path(x, y, policy) for policy in policies]
    members = np.concatenate(behind)
    for side, (values, variable) in enumerate(zip((x, y), variables, strict=True)):
        drawn = np.concatenate([values[members].ravel(), *(path[side] for path in paths)])
        _label(panel, side, drawn, variable, language)
    for position, path in enumerate(paths):
        if path.size:
            _draw_path(panel, path, position)
    note = notes(
        _how_paths_are_drawn(policies, behind, language),
        scenarios_together(behaviour, language),
        what_is_left_out(policies, language),
        choose(language, en="Hollow: start; filled: end.", zh="空心：起点；实心：终点。"),
        language=language,
    )
    add_policy_legend(figure, policies, note=note, language=language)
    return figure


def _evenly_chosen(index: Members, most: int) -> Members:
    """Return at most so many of the members of a policy, and none where one member is the path itself."""
    if len(index) < 2:
        return index[:0]
    chosen: Members = np.unique(np.linspace(0, len(index) - 1, num=max(most, 1)).round().astype(np.intp))
    return index[chosen]


def _median_path(x: Floats, y: Floats, policy: PolicyMembers) -> Floats:
    """Return the path of a policy, shape ``(2, time)``, or ``(2, 0)`` where every member failed."""
    if not len(policy.index):
        return np.empty((2, 0))
    return np.stack([np.median(x[policy.index], axis=0), np.median(y[policy.index], axis=0)])


def _draw_members(panel: Axes, x: Floats, y: Floats, position: int) -> None:
    colour = appearance(position).colour
    for along, up in zip(x, y, strict=True):
        panel.plot(along, up, color=colour, linewidth=0.6, alpha=0.25, zorder=2)


def _draw_path(panel: Axes, path: Floats, position: int) -> None:
    look = appearance(position)
    panel.plot(path[0], path[1], zorder=3, **look.line())
    arrow = {"arrowstyle": "-|>", "color": look.colour, "linewidth": 0, "mutation_scale": 16}
    for tail, head in _arrows(panel, path):
        panel.annotate("", xy=head, xytext=tail, arrowprops={**arrow, "shrinkA": 0, "shrinkB": 0}, zorder=4)
    panel.plot(path[0, -1:], path[1, -1:], "o", color=look.colour, markersize=7, clip_on=False, zorder=5)
    # The ring is larger: it stays visible where a path ends at its start.
    (ring,) = panel.plot(path[0, :1], path[1, :1], "o", color=look.colour, clip_on=False, zorder=6)
    ring.set(markersize=10, markerfacecolor="none", markeredgewidth=1.6)


def _arrows(panel: Axes, path: Floats) -> Iterator[tuple[Point, Point]]:
    """Return tail and head of the arrows along a path, at equal distances on the paper."""
    paper = panel.transLimits.transform(path.T)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(paper, axis=0).T))])
    length = along[-1]
    count = 0 if length < _SHORTEST else min(max(round(length / 0.5), 1), 6)
    for number in range(count):
        head = length * (number + 0.6) / count
        tail = head - 0.01 * min(length, 1.0)
        yield _at(tail, along, path), _at(head, along, path)


def _at(distance: float, along: Floats, path: Floats) -> Point:
    return float(np.interp(distance, along, path[0])), float(np.interp(distance, along, path[1]))


def _label(panel: Axes, side: int, values: Floats, variable: xr.DataArray, language: Language) -> None:
    """Set the ends, the numbers and the label of the x axis, side 0, or the y axis, side 1."""
    ends = limits(values, from_zero=False)
    exponent = exponent_of(ends)
    (panel.set_xlim, panel.set_ylim)[side](*ends)
    axis: Axis = (panel.xaxis, panel.yaxis)[side]
    count_plainly(axis, exponent=exponent)
    text = with_unit(name_of(variable, language), variable.attrs, language, exponent)
    axis.set_label_text(wrap(text, letters(1.2 * _PANEL[side])), fontsize=SMALL + 1)


def _how_paths_are_drawn(
    policies: Sequence[PolicyMembers], behind: Sequence[Members], language: Language
) -> str:
    shown = sum(len(members) for members in behind)
    if not shown:
        return ""
    several = sum(len(policy.index) for policy in policies if len(policy.index) > 1)
    return choose(
        language,
        en=f"Thick: medians at each time; thin: {shown} of {several:,} members.",
        zh=f"粗线：各时刻的中位数；细线：{several}次运行中的{shown}次。",
    )
