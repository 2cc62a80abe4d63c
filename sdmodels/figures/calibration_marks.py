"""How are a distribution, an axis of dates and an axis of a parameter drawn in the figures of a calibration?"""

import math
from typing import Any, Final, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import LogLocator, NullLocator

from sdmodels.figures.members import Floats
from sdmodels.figures.scales import PlainNumbers, count_plainly, exponent_of

WIDE, NARROW = 0.25, 0.55
"""How opaque the middle 90 % and the middle 50 % are."""
_NARROWEST: Final = 0.025
"""A shorter window is drawn so wide that it can be seen [share of the axis]."""
_FEW: Final = 8.0
"""Years on an axis that can each have a tick."""


def draw_window(
    panel: Axes, window: tuple[float, float], quantiles: Floats, colour: str, hatch: str | None = None
) -> None:
    """Draw the middle 90 and 50 % and the median over the width of a window.

    Parameters
    ----------
    quantiles
        At 5, 25, 50, 75 and 95 %.
    hatch
        Tells more without colour.
    """
    begins, ends = window
    for low, high, alpha in ((0, 4, WIDE), (1, 3, NARROW)):
        corner, height = (begins, quantiles[low]), quantiles[high] - quantiles[low]
        panel.add_patch(
            Rectangle(corner, ends - begins, height, facecolor=colour, alpha=alpha, linewidth=0, zorder=2)
        )
    if hatch is not None:
        corner, height = (begins, quantiles[0]), quantiles[4] - quantiles[0]
        look: dict[str, Any] = {"facecolor": "none", "edgecolor": colour, "hatch": hatch, "linewidth": 0}
        panel.add_patch(Rectangle(corner, ends - begins, height, zorder=2.1, **look))
    panel.hlines(quantiles[2], begins, ends, color=colour, linewidth=1.8, zorder=3)


def draw_across(panel: Axes, place: float, quantiles: Floats, **look: Any) -> None:
    """Draw the middle 90 % thin, the middle 50 % thick, and the median as a mark, along a row."""
    colour, marker = look["colour"], look["marker"]
    panel.plot(quantiles[[0, 4]], [place, place], color=colour, linewidth=1.5, zorder=3)
    panel.plot(quantiles[[1, 3]], [place, place], color=colour, linewidth=5, alpha=0.6, zorder=3)
    face = look.get("face", colour)
    panel.plot([quantiles[2]], [place], marker, color=colour, markerfacecolor=face, markersize=7, zorder=4)


def band_patch(colour: str, alpha: float, hatch: str | None = None) -> Patch:
    """Return what stands for a band in a legend."""
    face = Patch(facecolor=colour, alpha=alpha, linewidth=0)
    return (
        face
        if hatch is None
        else Patch(facecolor=(colour, alpha), edgecolor=colour, hatch=hatch, linewidth=0)
    )


def seen(window: tuple[float, float], ends: tuple[float, float]) -> tuple[float, float]:
    """Return a window that is wide enough to be seen on an axis with these ends."""
    middle, half = sum(window) / 2, max(window[1] - window[0], _NARROWEST * (ends[1] - ends[0])) / 2
    return middle - half, middle + half


def count_dates(panel: Axes, ends: tuple[float, float]) -> None:
    """Give an axis of calendar years ticks at whole years, or at months where there are few years."""
    years = ends[1] - ends[0]
    step = 1.0 if years > 2.5 else 0.5 if years > 1.2 else 0.25
    step = max(step, math.ceil(years / _FEW))
    ticks = [step * number for number in range(math.ceil(ends[0] / step), math.floor(ends[1] / step) + 1)]
    panel.set_xlim(*ends)
    panel.set_xticks(ticks, [_date(tick, step) for tick in ticks])


def _date(tick: float, step: float) -> str:
    year = math.floor(tick + 1e-9)
    return f"{year}" if step >= 1 else f"{year}-{1 + round(12 * (tick - year)):02d}"


def scale_axis(
    panel: Axes, which: Literal["x", "y"], ends: tuple[float, float], *, log: bool, ticks: int = 4
) -> int:
    """Let an axis run over the values of a parameter; return the power of ten that it counts in."""
    exponent = exponent_of(ends)
    axis = panel.xaxis if which == "x" else panel.yaxis
    if log:
        (panel.set_xscale if which == "x" else panel.set_yscale)("log")
    (panel.set_xlim if which == "x" else panel.set_ylim)(*ends)
    if log and ends[1] > 12 * ends[0]:
        wide = ends[1] > 300 * ends[0]
        axis.set_major_locator(LogLocator(subs=(1.0,) if wide else (1.0, 3.0), numticks=ticks + 2))
        axis.set_major_formatter(PlainNumbers(exponent=exponent))
    else:
        count_plainly(axis, exponent=exponent, ticks=ticks)
    axis.set_minor_locator(NullLocator())
    return exponent


def spread_ends(values: Floats, *, log: bool, margin: float = 0.06) -> tuple[float, float]:
    """Return ends that hold all values with some room, on the scale of the axis."""
    scaled = np.log(values) if log else np.asarray(values)
    low, high = float(scaled.min()), float(scaled.max())
    room = margin * (high - low) or margin * (abs(high) or 1.0)
    ends = low - room, high + room
    return (math.exp(ends[0]), math.exp(ends[1])) if log else ends
