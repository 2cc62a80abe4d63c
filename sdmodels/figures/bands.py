"""How are the members of an arm drawn: as a median with bands, or one by one?"""

from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes

from sdmodels.exploration import ExperimentResult
from sdmodels.figures.appearance import appearance
from sdmodels.figures.members import Floats, spread

BANDS: Final = (90, 50)
"""Shares of the members that bands hold [percent]."""


def draw_band(panel: Axes, xs: Floats, runs: Floats, place: int, **line: Any) -> Floats:
    """Draw the median and the bands of runs over ``xs``; return every value drawn, shape ``(values,)``.

    Parameters
    ----------
    runs
        Shape ``(points, members)``; a member with NaN anywhere has failed and is left out.
    place
        Of the arm or variant: it has its own colour and dashes.
    line
        In place of the line's usual colour, dashes or width.
    """
    fine = runs[:, np.isfinite(runs).all(axis=0)]
    if not fine.size:
        return np.empty(0)
    shown = spread(fine.T, BANDS)
    look = {**appearance(place).line(), **line}
    for (low, high), alpha in zip(shown.bands, (0.13, 0.22), strict=False):
        panel.fill_between(xs, low, high, color=look["color"], alpha=alpha, linewidth=0, zorder=1)
    for member in shown.members:
        panel.plot(xs, member, color=look["color"], linewidth=0.7, alpha=0.45, zorder=2)
    panel.plot(xs, shown.median, zorder=3, **look)
    return shown.values()


def units(result: ExperimentResult, attrs: Any) -> dict[str, str]:
    """Return the unit of a column in the form that labels take."""
    unit = str(attrs.get("units", ""))
    manifest = result.entry.manifest
    return {"units": unit, "units_zh": manifest.unit_in(unit, "zh") if manifest else ""}
