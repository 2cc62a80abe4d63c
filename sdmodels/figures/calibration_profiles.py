"""Which values of a parameter do the data alone exclude?"""

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sdmodels.catalogue import Language, Text
from sdmodels.figures.appearance import GREY
from sdmodels.figures.calibration_marks import scale_axis, spread_ends
from sdmodels.figures.calibration_words import Look, parameter_label
from sdmodels.figures.fonts import lettered
from sdmodels.figures.frame import SMALL, add_legend, letters, new_figure
from sdmodels.figures.labels import choose
from sdmodels.figures.members import Floats
from sdmodels.figures.notes import notes
from sdmodels.figures.scales import count_plainly

if TYPE_CHECKING:
    from sdmodels.calibration.calibrating import Calibration
    from sdmodels.calibration.case import Case
    from sdmodels.calibration.profiling import Profile
    from sdmodels.calibration.tables import Parameter

_PANEL: Final = (3.5, 2.7)
"""Width and height of a panel with its labels [inch]."""
THRESHOLD: Final = 1.9207
"""Beyond it a value is excluded at 95 %, as profiles have it."""
_HIGHEST: Final = 4.2
"""End of the axis of losses."""
_MARKS: Final = 12
"""Of so many points about one is marked."""
_PRIOR: Final = (0, (1.2, 1.2))
"""Dashes of the prior."""
CLOSES: Final[Mapping[tuple[bool, bool], Look]] = MappingProxyType(
    {
        (True, True): Look(
            colour="#0072B2", marker="o", text=Text(en="closes on both sides", zh="两侧均闭合")
        ),
        (True, False): Look(
            colour="#009E73", marker="^", text=Text(en="open towards high values", zh="高值一侧不闭合")
        ),
        (False, True): Look(
            colour="#CC79A7", marker="v", text=Text(en="open towards low values", zh="低值一侧不闭合")
        ),
        (False, False): Look(
            colour="#D55E00", marker="s", text=Text(en="open on both sides", zh="两侧均不闭合")
        ),
    }
)
"""By whether the data exclude low values, and high ones."""


def profiles_figure(calibration: "Calibration", language: Language = "en") -> Figure:
    """Draw the profile likelihoods, a panel a parameter.

    Parameters
    ----------
    language
        ``"en"`` or ``"zh"``. Chinese needs a font that is installed, see ``fonts``.
    """
    return lettered(partial(_draw, calibration), language)


def _draw(calibration: "Calibration", language: Language) -> Figure:
    case, profiles = calibration.case, calibration.profiles
    title = case.problem.title.in_language(language)
    figure, panels = new_figure(
        panels=len(profiles),
        panel_size=_PANEL,
        title=choose(language, en=f"What the data alone exclude: {title}", zh=f"数据本身排除的取值：{title}"),
    )
    for panel, profile in zip(panels, profiles, strict=True):
        _draw_profile(panel, case, profile, language)
        panel.set_ylabel(
            choose(language, en="Loss above the least\n[log likelihood]", zh="高出最小的损失\n[对数似然]"),
            fontsize=SMALL,
        )
    handles = _legend(calibration, language)
    add_legend(figure, list(handles.values()), list(handles), note=_note(calibration, language))
    return figure


def _draw_profile(panel: Axes, case: "Case", profile: "Profile", language: Language) -> None:
    parameter = case.parameter(profile.id)
    log = parameter.scale == "log"
    look = CLOSES[profile.closes]
    ends = _ends(case, profile)
    lowest, highest = profile.interval
    panel.axvspan(lowest, highest, color=look.colour, alpha=0.1, linewidth=0)
    panel.axhline(THRESHOLD, color=GREY, linestyle="--", linewidth=1)
    values, losses = _prior(case, profile)
    panel.plot(values, losses, color="0.45", linestyle=_PRIOR, linewidth=1.2)
    panel.plot(profile.values, profile.losses, color=look.colour, linewidth=1.6)
    some = max(1, profile.values.size // _MARKS)
    panel.plot(profile.values, profile.losses, look.marker, color=look.colour, markersize=4, markevery=some)
    for bound in _bounds(parameter, ends):
        panel.axvline(bound, color="black", linewidth=1.2)
    exponent = scale_axis(panel, "x", ends, log=log)
    panel.set_ylim(0, _HIGHEST)
    count_plainly(panel.yaxis, ticks=4)
    width = letters(0.85 * _PANEL[0])
    panel.set_xlabel(
        parameter_label(case, parameter, language, width=width, exponent=exponent), fontsize=SMALL
    )


def _bounds(parameter: "Parameter", ends: tuple[float, float]) -> list[float]:
    """Return the bounds of a parameter that its axis shows."""
    return [bound for bound in (parameter.minimum, parameter.maximum) if ends[0] <= bound <= ends[1]]


def _ends(case: "Case", profile: "Profile") -> tuple[float, float]:
    return spread_ends(profile.values, log=case.parameter(profile.id).scale == "log")


def _prior(case: "Case", profile: "Profile") -> tuple[Floats, Floats]:
    """Return values of a parameter, and how much its own prior would add to the loss there."""
    place = case.space.names.index(profile.id)
    scores = np.linspace(-3.1, 3.1, 200)
    column = np.zeros((case.space.size, scores.size))
    column[place] = scores
    return np.asarray(case.space.values_of(column)[place]), 0.5 * scores**2


def _legend(calibration: "Calibration", language: Language) -> dict[str, Artist]:
    handles: dict[str, Artist] = {}
    used = {profile.closes for profile in calibration.profiles}
    for closes, look in CLOSES.items():
        if closes in used:
            line = Line2D([], [], color=look.colour, marker=look.marker, markersize=4)
            handles[look.text.in_language(language)] = line
    handles[choose(language, en="excluded above, at 95 %", zh="高于此线即排除（95%）")] = Line2D(
        [], [], color=GREY, linestyle="--", linewidth=1
    )
    handles[choose(language, en="what the prior alone would say", zh="仅凭先验")] = Line2D(
        [], [], color="0.45", linestyle=_PRIOR, linewidth=1.2
    )
    case = calibration.case
    if any(_bounds(case.parameter(each.id), _ends(case, each)) for each in calibration.profiles):
        bound = choose(language, en="bound of the parameter", zh="参数界限")
        handles[bound] = Line2D([], [], color="black", linewidth=1.2)
    return handles


def _note(calibration: "Calibration", language: Language) -> str:
    closed = sum(profile.closes == (True, True) for profile in calibration.profiles)
    count = len(calibration.profiles)
    return notes(
        choose(
            language,
            en="One parameter is set, all others are fitted again; its own prior is left out. Shaded: 95 %.",
            zh="固定一个参数，重新拟合其余参数；不计该参数自身的先验。阴影：95%区间。",
        ),
        choose(
            language,
            en=f"Closed on both sides: {closed} of {count}.",
            zh=f"{count}个中有{closed}个两侧闭合。",
        ),
        language=language,
    )
