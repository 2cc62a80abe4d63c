"""Does the simulated tip lie where the closed form says it does?"""

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import groupby
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import ArrayLike

from sdmodels.catalogue.naming import Language
from sdmodels.figures.appearance import GREY
from sdmodels.figures.fonts import lettered
from sdmodels.figures.frame import SMALL, add_legend, new_figure
from sdmodels.figures.labels import choose, with_unit
from sdmodels.figures.members import Floats
from sdmodels.figures.scales import count_plainly, limits

_RECOVERS: Final = "#0072B2"
_COLLAPSES: Final = "#D55E00"
_SHADE: Final = 0.18
_SHOWN: Final[Mapping[str, Any]] = MappingProxyType({"color": GREY, "linestyle": ":", "linewidth": 1.4})
_PANEL: Final = (4.6, 3.6)
"""Width and height of a panel with its labels [inch]."""

_REGIMES: Final[Mapping[str, tuple[str, str, str]]] = MappingProxyType(
    {
        "I": ("complement", "互补", "#009E73"),
        "II": ("fragile", "脆弱", "#E69F00"),
        "III": ("graded substitution", "渐进替代", "#56B4E9"),
        "IV": ("trap", "陷阱", "#D55E00"),
    }
)
"""Name in English and Chinese and colour of each regime of the two-stock model of the hotline."""


def tip_figure(
    *,
    initial_decay: ArrayLike,
    final_condition: ArrayLike,
    closed_form_threshold: float,
    intensity: ArrayLike,
    closed_form_tip: ArrayLike,
    regime: Sequence[str],
    simulated_intensity: ArrayLike,
    simulated_tip: ArrayLike,
    intensity_shown: float | None = None,
    language: Language = "en",
    title: str | None = None,
) -> Figure:
    """Draw simulated tips beside the tips that the closed form gives.

    Left: where runs end that start from more and more decay, and the decay at which the closed form says that
    they no longer recover. Right: that decay for each application intensity, over the regimes of the model.

    Parameters
    ----------
    initial_decay, final_condition
        Start and end of each run, shape ``(members,)`` [dimensionless]. Decay is 1 - condition.
    closed_form_threshold
        Decay beyond which a run collapses at the intensity of these runs [dimensionless].
    intensity, closed_form_tip, regime
        Along the curve: application intensity, rising, and tip by the closed form (NaN where there is none),
        shape ``(points,)`` [dimensionless], and the regime: ``"I"``, ``"II"``, ``"III"`` or ``"IV"``.
    simulated_intensity, simulated_tip
        Tips found by simulation, shape ``(tips,)`` [dimensionless].
    intensity_shown
        Application intensity of the runs on the left, marked on the right [dimensionless].
    language
        ``"en"`` or ``"zh"``. Chinese needs a font that is installed, see ``fonts``.
    title
        Stands above both panels, in place of the usual one.

    Raises
    ------
    ValueError
        If arrays that belong together differ in shape, or a regime has another name.
    """
    runs = _pair("initial_decay", initial_decay, "final_condition", final_condition)
    curve = _pair("intensity", intensity, "closed_form_tip", closed_form_tip)
    points = _pair("simulated_intensity", simulated_intensity, "simulated_tip", simulated_tip)
    regimes = _checked_regimes(regime, len(curve[0]))
    draw = partial(_draw, runs, closed_form_threshold, curve, regimes, points, intensity_shown, title)
    return lettered(draw, language)


def _pair(name: str, values: ArrayLike, other: str, others: ArrayLike) -> tuple[Floats, Floats]:
    first, second = np.asarray(values, dtype=float), np.asarray(others, dtype=float)
    if first.ndim != 1 or first.shape != second.shape:
        raise ValueError(f"{name} and {other} must be equally long, not {first.shape} and {second.shape}.")
    return first, second


def _checked_regimes(regime: Sequence[str], points: int) -> tuple[str, ...]:
    names = tuple(str(name) for name in regime)
    unknown = sorted(set(names) - set(_REGIMES))
    if unknown:
        raise ValueError(f"A regime is one of {', '.join(_REGIMES)}, not '{unknown[0]}'.")
    if len(names) != points:
        raise ValueError(f"regime names {len(names)} points, but intensity has {points}.")
    return names


def _draw(
    runs: tuple[Floats, Floats],
    threshold: float,
    curve: tuple[Floats, Floats],
    regimes: tuple[str, ...],
    points: tuple[Floats, Floats],
    intensity_shown: float | None,
    title: str | None,
    language: Language,
) -> Figure:
    usual = choose(language, en="Simulated tip against closed form", zh="模拟临界点与解析解的比较")
    heading = usual if title is None else title
    figure, (left, right) = new_figure(panels=2, panel_size=_PANEL, title=heading)
    _draw_runs(left, runs, threshold, language)
    _shade_regimes(right, curve[0], regimes)
    _draw_tips(right, curve, points, intensity_shown, language)
    handles = _legend(language, intensity_shown is not None) | _regime_legend(regimes, language)
    add_legend(figure, list(handles.values()), list(handles), note="")
    return figure


def _draw_runs(panel: Axes, runs: tuple[Floats, Floats], threshold: float, language: Language) -> None:
    decay, condition = runs
    recovers = decay < threshold
    for where, marker, colour in ((recovers, "o", _RECOVERS), (~recovers, "s", _COLLAPSES)):
        panel.plot(decay[where], condition[where], marker, color=colour, markersize=4, alpha=0.6)
    panel.axvline(threshold, color="black", linewidth=1.5, zorder=1)
    panel.set_ylim(*limits(condition))
    _finish(
        panel,
        panel_title=choose(language, en="Where runs end", zh="各次运行的终点"),
        x=choose(language, en="Initial decay of routine condition", zh="常规治理状况的初始衰减"),
        y=choose(language, en="Final routine condition", zh="常规治理状况的最终值"),
        language=language,
    )


def _draw_tips(
    panel: Axes,
    curve: tuple[Floats, Floats],
    points: tuple[Floats, Floats],
    intensity_shown: float | None,
    language: Language,
) -> None:
    panel.plot(*curve, color="black", linewidth=1.5)
    panel.plot(*points, "o", color="black", markerfacecolor="white", markersize=6)
    if intensity_shown is not None:
        panel.axvline(intensity_shown, ymax=0.9, zorder=1, **_SHOWN)
    # No decay exceeds 1, and the regimes' numbers stand above the curve.
    low, high = limits(np.clip(np.concatenate([curve[1], points[1]]), 0.0, 1.0))
    panel.set_ylim(low, high + 0.12 * (high - low))
    _finish(
        panel,
        panel_title=choose(language, en="The tip at each intensity", zh="各应用强度下的临界点"),
        x=choose(language, en="Application intensity", zh="应用强度"),
        y=choose(language, en="Decay beyond which it tips", zh="临界衰减"),
        language=language,
    )


def _shade_regimes(panel: Axes, intensity: Floats, regimes: tuple[str, ...]) -> None:
    """Shade each run of equal regimes, from half way to the regime before to half way to the one after."""
    borders = np.concatenate([intensity[:1], (intensity[1:] + intensity[:-1]) / 2, intensity[-1:]])
    panel.set_xlim(borders[0], borders[-1])
    start = 0
    for name, group in groupby(regimes):
        end = start + len(list(group))
        low, high = borders[start], borders[end]
        panel.axvspan(low, high, color=_REGIMES[name][2], alpha=_SHADE, linewidth=0, zorder=0)
        across = panel.get_xaxis_transform()
        panel.text((low + high) / 2, 0.98, name, fontsize=SMALL + 1, ha="center", va="top", transform=across)
        start = end


def _finish(panel: Axes, *, panel_title: str, x: str, y: str, language: Language) -> None:
    panel.set_title(panel_title, fontsize=10, loc="left")
    panel.set_xlabel(with_unit(x, {}, language), fontsize=SMALL)
    panel.set_ylabel(with_unit(y, {}, language), fontsize=SMALL)
    count_plainly(panel.xaxis)
    count_plainly(panel.yaxis)


def _legend(language: Language, shown: bool) -> dict[str, Artist]:
    handles: dict[str, Artist] = {
        choose(language, en="run, starts below the tip", zh="起点低于临界点的运行"): _dot("o", _RECOVERS),
        choose(language, en="run, starts beyond the tip", zh="起点超过临界点的运行"): _dot("s", _COLLAPSES),
        choose(language, en="tip, closed form", zh="临界点（解析解）"): Line2D([], [], color="black"),
        choose(language, en="tip, simulated", zh="临界点（模拟）"): _dot("o", "black", face="white"),
    }
    if shown:
        label = choose(language, en="intensity of the runs on the left", zh="左图运行的应用强度")
        handles[label] = Line2D([], [], **_SHOWN)
    return handles


def _regime_legend(regimes: tuple[str, ...], language: Language) -> dict[str, Artist]:
    present = [(name, *_REGIMES[name]) for name in _REGIMES if name in regimes]
    return {
        f"{name}: {choose(language, en=en, zh=zh)}": Patch(color=colour, alpha=_SHADE, linewidth=0)
        for name, en, zh, colour in present
    }


def _dot(marker: str, colour: str, face: str | None = None) -> Line2D:
    return Line2D([], [], color=colour, marker=marker, linestyle="none", markerfacecolor=face or colour)
