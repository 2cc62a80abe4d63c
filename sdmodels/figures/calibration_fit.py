"""Does the calibrated model say what was measured?"""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import MaxNLocator

from sdmodels.catalogue import Language
from sdmodels.figures.calibration_marks import NARROW, WIDE, band_patch, count_dates, draw_window, seen
from sdmodels.figures.calibration_words import MEASURED, MODEL, time_label, unit_in
from sdmodels.figures.fonts import lettered
from sdmodels.figures.frame import SMALL, add_legend, letters, new_figure
from sdmodels.figures.labels import choose
from sdmodels.figures.members import Floats
from sdmodels.figures.notes import notes
from sdmodels.figures.scales import count_plainly, fit_values
from sdmodels.figures.wrapping import wrap

if TYPE_CHECKING:
    from sdmodels.calibration.calibrating import Calibration
    from sdmodels.calibration.case import Case
    from sdmodels.calibration.fit import Fit
    from sdmodels.calibration.tables import Observable

_PANEL: Final = (4.6, 3.1)
"""Width and height of a panel with its labels [inch]."""
_MANY: Final = 8
"""From so many moments on, what the model says is drawn as a band over time."""
_EXPECTED: Final = (0, (3, 2))
"""Dashes of the edge of what measurements the model would expect."""


def fit_figure(calibration: "Calibration", language: Language = "en") -> Figure:
    """Draw measurements with what the model says of them, a panel an observable.

    Parameters
    ----------
    language
        ``"en"`` or ``"zh"``. Chinese needs a font that is installed, see ``fonts``.
    """
    return lettered(partial(_draw, calibration), language)


def _draw(calibration: "Calibration", language: Language) -> Figure:
    case = calibration.case
    groups = [
        (observable, [fit for fit in calibration.fits if fit.observation.observable.id == observable.id])
        for observable in case.problem.observables
    ]
    groups = [(observable, fits) for observable, fits in groups if fits]
    title = case.problem.title.in_language(language)
    figure, panels = new_figure(
        panels=len(groups),
        panel_size=_PANEL,
        title=choose(language, en=f"Measurements and model: {title}", zh=f"实测与模型：{title}"),
    )
    windows = _windows(case, calibration.fits)
    ends = _ends(windows)
    for panel, (observable, fits) in zip(panels, groups, strict=True):
        _draw_panel(panel, case, observable, fits, ends, language)
    handles = _legend(calibration, language)
    add_legend(figure, list(handles.values()), list(handles), note=_note(calibration, language))
    return figure


def _windows(case: "Case", fits: Sequence["Fit"]) -> Floats:
    """Return where windows begin and end, shape ``(fits, 2)`` [year, or the model's unit of time]."""
    spans = [fit.observation.span for fit in fits]
    return np.array([[case.calendar.date(span.begins), case.calendar.date(span.ends)] for span in spans])


def _ends(windows: Floats) -> tuple[float, float]:
    low, high = float(windows.min()), float(windows.max())
    room = 0.04 * (high - low) or 0.5
    return low - room, high + room


def _draw_panel(
    panel: Axes,
    case: "Case",
    observable: "Observable",
    fits: Sequence["Fit"],
    ends: tuple[float, float],
    language: Language,
) -> None:
    windows = _windows(case, fits)
    quantiles = np.array([[fit.low, fit.lower, fit.median, fit.upper, fit.high] for fit in fits])
    expected = np.array([[fit.predicted_low, fit.predicted_high] for fit in fits])
    if _is_band(fits):
        _draw_bands(panel, windows.mean(axis=1), quantiles, expected)
    else:
        for window, numbers, edges in zip(windows, quantiles, expected, strict=True):
            _draw_window(panel, seen((window[0], window[1]), ends), numbers, edges)
    measured = np.array([fit.observation.level for fit in fits])
    _draw_measured(panel, windows.mean(axis=1), measured, fits)
    peak = fits[0].is_peak
    if peak:
        panel.axhline(1.0, color="black", linewidth=1)
    drawn = np.concatenate([quantiles.ravel(), expected.ravel(), measured, [1.0] if peak else []])
    exponent = fit_values(panel, drawn)
    if case.calendar.starts is None:
        panel.set_xlim(*ends)
        count_plainly(panel.xaxis)
        panel.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=bool((windows % 1 == 0).all())))
    else:
        count_dates(panel, ends)
    title = observable.title.in_language(language)
    panel.set_title(wrap(title, letters(0.8 * _PANEL[0])), fontsize=10, loc="left")
    panel.set_xlabel(time_label(case, language), fontsize=SMALL)
    panel.set_ylabel(_vertical(case, observable, fits[0], language, exponent), fontsize=SMALL)


def _vertical(case: "Case", observable: "Observable", fit: "Fit", language: Language, exponent: int) -> str:
    if fit.is_peak:
        unit = unit_in(case, "Dmnl", language, exponent)
        when = fit.observation.when
        return choose(language, en=f"{when} against the next [{unit}]", zh=f"{when}与次高者之比 [{unit}]")
    return f"[{unit_in(case, observable.unit, language, exponent)}]"


def _is_band(fits: Sequence["Fit"]) -> bool:
    return len(fits) >= _MANY and not fits[0].is_peak


def _draw_window(panel: Axes, window: tuple[float, float], quantiles: Floats, expected: Floats) -> None:
    corner, size = (window[0], expected[0]), (window[1] - window[0], expected[1] - expected[0])
    panel.add_patch(
        Rectangle(corner, *size, facecolor="none", edgecolor=MODEL, linestyle=_EXPECTED, linewidth=1)
    )
    draw_window(panel, window, quantiles, MODEL)


def _draw_bands(panel: Axes, times: Floats, quantiles: Floats, expected: Floats) -> None:
    for low, high, alpha in ((0, 4, WIDE), (1, 3, NARROW)):
        panel.fill_between(
            times, quantiles[:, low], quantiles[:, high], color=MODEL, alpha=alpha, linewidth=0
        )
    panel.plot(times, quantiles[:, 2], color=MODEL, linewidth=1.8)
    for edge in expected.T:
        panel.plot(times, edge, color=MODEL, linestyle=_EXPECTED, linewidth=1)


def _is_outside(fit: "Fit") -> bool:
    return not fit.is_peak and not fit.predicted_low <= fit.observation.level <= fit.predicted_high


def _draw_measured(panel: Axes, times: Floats, measured: Floats, fits: Sequence["Fit"]) -> None:
    for time, number, fit in zip(times, measured, fits, strict=True):
        panel.plot([time], [number], color="none", **_mark(outside=_is_outside(fit)), zorder=5)


def _mark(*, outside: bool) -> dict[str, Any]:
    """Return how a measurement is marked."""
    marker = "X" if outside else "o"
    return {
        "marker": marker,
        "markersize": 8 if outside else 6,
        "markerfacecolor": MEASURED,
        "markeredgecolor": "white",
        "markeredgewidth": 0.8,
    }


def _legend(calibration: "Calibration", language: Language) -> dict[str, Artist]:
    handles: dict[str, Artist] = {}
    told = [fit for fit in calibration.fits if not fit.is_peak]
    if any(not _is_outside(fit) for fit in told):
        label = choose(language, en="measured", zh="实测")
        handles[label] = Line2D([], [], color="none", **_mark(outside=False))
    if any(_is_outside(fit) for fit in told):
        label = choose(language, en="measured, outside of what the model expects", zh="实测，超出模型预期")
        handles[label] = Line2D([], [], color="none", **_mark(outside=True))
    handles[choose(language, en="model, median", zh="模型中位数")] = Line2D(
        [], [], color=MODEL, linewidth=1.8
    )
    handles[choose(language, en="model, middle 50 %", zh="模型，中间50%")] = band_patch(
        MODEL, NARROW + WIDE * 0.5
    )
    handles[choose(language, en="model, middle 90 %", zh="模型，中间90%")] = band_patch(MODEL, WIDE)
    expected = choose(language, en="measurements it expects, middle 90 %", zh="模型预期的实测值，中间90%")
    handles[expected] = Patch(facecolor="none", edgecolor=MODEL, linestyle=_EXPECTED, linewidth=1)
    if len(told) < len(calibration.fits):
        handles[choose(language, en="as high as the next", zh="与次高者相等")] = Line2D([], [], color="black")
    return handles


def _note(calibration: "Calibration", language: Language) -> str:
    outside = sum(_is_outside(fit) for fit in calibration.fits)
    told = sum(not fit.is_peak for fit in calibration.fits)
    return notes(
        choose(
            language,
            en="The model over the posterior; what it expects has the noise of measuring, too.",
            zh="模型结果取自后验；模型预期的实测值还包含测量噪声。",
        ),
        choose(
            language,
            en=f"Outside of it: {outside} of {told} measurements; 1 in 10 is to be expected.",
            zh=f"{told}个实测值中有{outside}个在其外；预期约十分之一。",
        )
        if told
        else "",
        language=language,
    )
