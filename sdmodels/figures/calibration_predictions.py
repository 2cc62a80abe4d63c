"""What does a calibrated model expect of the years after the data, under each scenario?"""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sdmodels.catalogue import Language
from sdmodels.figures.calibration_marks import NARROW, band_patch, count_dates, draw_window
from sdmodels.figures.calibration_words import time_label, unit_in
from sdmodels.figures.fonts import lettered
from sdmodels.figures.frame import SMALL, add_legend, letters, new_figure
from sdmodels.figures.labels import choose
from sdmodels.figures.notes import notes
from sdmodels.figures.scales import fit_values
from sdmodels.figures.wrapping import wrap

if TYPE_CHECKING:
    from sdmodels.calibration.calibrating import Calibration
    from sdmodels.calibration.case import Case
    from sdmodels.calibration.observations import Observation
    from sdmodels.calibration.prediction import Forecast

_PANEL: Final = (5.0, 3.5)
"""Width and height of a panel with its labels [inch]."""
_LOOKS: Final = (
    ("#0072B2", None),
    ("#D55E00", "////"),
    ("#009E73", "...."),
    ("#CC79A7", "\\\\\\\\"),
    ("#E69F00", "xxxx"),
    ("#56B4E9", "----"),
)
"""Colour and hatch of each scenario: hatches tell more without colour."""
_MARK: Final[Any] = {
    "marker": "o",
    "color": "black",
    "linestyle": "none",
    "markersize": 6,
    "markeredgecolor": "white",
    "zorder": 5,
}
"""How a measurement is marked."""
_FILLED: Final = 0.8
"""Of a year, what the scenarios fill."""


def predictions_figure(calibration: "Calibration", language: Language = "en") -> Figure:
    """Draw the predictions by period, a panel an observable, with scenarios side by side.

    Parameters
    ----------
    language
        ``"en"`` or ``"zh"``. Chinese needs a font that is installed, see ``fonts``.
    """
    return lettered(partial(_draw, calibration), language)


def _draw(calibration: "Calibration", language: Language) -> Figure:
    case = calibration.case
    groups: dict[str, list[Forecast]] = {}
    for forecast in calibration.forecasts:
        groups.setdefault(forecast.observable.id, []).append(forecast)
    title = case.problem.title.in_language(language)
    figure, panels = new_figure(
        panels=len(groups),
        panel_size=_PANEL,
        title=choose(language, en=f"What may come: {title}", zh=f"预测：{title}"),
    )
    for panel, forecasts in zip(panels, groups.values(), strict=True):
        _draw_panel(panel, case, forecasts, language)
    handles = _legend(next(iter(groups.values())), language)
    add_legend(figure, list(handles.values()), list(handles), note=_note(calibration, language))
    return figure


def _draw_panel(panel: Axes, case: "Case", forecasts: Sequence["Forecast"], language: Language) -> None:
    """Draw scenarios side by side over the width of a year, around the middle of each period."""
    middles = [case.calendar.date((span.begins + span.ends) / 2) for span in forecasts[0].spans]
    width = _FILLED / len(forecasts)
    drawn = []
    for number, forecast in enumerate(forecasts):
        colour, hatch = _LOOKS[number % len(_LOOKS)]
        quantiles = forecast.quantiles
        drawn.append(quantiles.ravel())
        for middle, numbers in zip(middles, quantiles.T, strict=True):
            begins = middle - _FILLED / 2 + number * width
            draw_window(panel, (begins, begins + 0.92 * width), numbers, colour, hatch)
    measured = [(case.calendar.date(sum(_ends(o)) / 2), o.level) for o in _measured(case, forecasts[0])]
    for time, value in measured:
        panel.plot([time], [value], **_MARK)
    drawn.append(np.array([value for _, value in measured]))
    exponent = fit_values(panel, np.concatenate(drawn))
    last = case.calendar.date(max(observation.span.ends for observation in case.observations))
    panel.axvline(last, color="black", linestyle=(0, (4, 2)), linewidth=1.2)
    count_dates(panel, (middles[0] - 0.6, middles[-1] + 0.6))
    observable = forecasts[0].observable
    panel.set_title(wrap(observable.title.in_language(language), letters(4)), fontsize=10, loc="left")
    panel.set_xlabel(time_label(case, language), fontsize=SMALL)
    panel.set_ylabel(_vertical(case, forecasts[0], language, exponent), fontsize=SMALL)


def _vertical(case: "Case", forecast: "Forecast", language: Language, exponent: int) -> str:
    unit = unit_in(case, forecast.observable.unit, language, exponent)
    if forecast.predicted.each == "year":
        return choose(language, en=f"Of each year [{unit}]", zh=f"每年 [{unit}]")
    return choose(language, en=f"In December of each year [{unit}]", zh=f"每年12月 [{unit}]")


def _ends(observation: "Observation") -> tuple[float, float]:
    return observation.span.begins, observation.span.ends


def _measured(case: "Case", forecast: "Forecast") -> list["Observation"]:
    """Return the measurements that compare with the prediction: totals only of windows as long as its periods."""
    length = forecast.spans[0].length
    return [
        observation
        for observation in case.observations
        if observation.observable.id == forecast.observable.id
        and (
            forecast.observable.statistic in ("value", "mean")
            or abs(observation.span.length - length) < 0.05 * length
        )
    ]


def _legend(forecasts: Sequence["Forecast"], language: Language) -> dict[str, Artist]:
    handles: dict[str, Artist] = {}
    for number, forecast in enumerate(forecasts):
        colour, hatch = _LOOKS[number % len(_LOOKS)]
        handles[forecast.scenario.title.in_language(language)] = band_patch(colour, NARROW, hatch)
    handles[choose(language, en="measured", zh="实测")] = Line2D([], [], **_MARK)
    handles[choose(language, en="end of the data", zh="数据截止")] = Line2D(
        [], [], color="black", linestyle=(0, (4, 2)), linewidth=1.2
    )
    return handles


def _note(calibration: "Calibration", language: Language) -> str:
    scenarios = {forecast.scenario.id: forecast.scenario for forecast in calibration.forecasts}
    return notes(
        choose(
            language,
            en="Line: median; dark: middle 50 % of what would be measured; light: 90 %.",
            zh="线：中位数；深色：预期实测值的中间50%；浅色：中间90%。",
        ),
        *(
            choose(
                language,
                en=f"{each.title.en}: {each.meaning.en.rstrip('.')}.",
                zh=f"{each.title.zh}：{each.meaning.zh.rstrip('。')}。",
            )
            for each in scenarios.values()
        ),
        language=language,
    )
