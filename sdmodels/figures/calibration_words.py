"""How are the parameters, the observables and the verdicts of a case written in a figure?"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from sdmodels.catalogue import Language, Text
from sdmodels.figures.appearance import GREY
from sdmodels.figures.labels import unit_of
from sdmodels.figures.wrapping import wrap

if TYPE_CHECKING:
    from sdmodels.calibration.case import Case
    from sdmodels.calibration.tables import Parameter

MODEL: Final = "#0072B2"
"""Colour of what the model says."""
MEASURED: Final = "#D55E00"
"""Colour of what was measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a verdict, or a side of a profile, is told from others, with colour and without."""

    colour: str
    marker: str
    text: Text


VERDICTS: Final[Mapping[str, Look]] = MappingProxyType(
    {
        "identified": Look(
            colour="#0072B2",
            marker="o",
            text=Text(
                en="identified: 75 % of the prior's variance is gone", zh="可识别：先验方差减少75%以上"
            ),
        ),
        "informed": Look(
            colour="#009E73",
            marker="s",
            text=Text(en="informed: 25 to 75 % is gone", zh="部分可知：减少25%至75%"),
        ),
        "bound": Look(
            colour="#D55E00",
            marker="^",
            text=Text(en="at a bound: a quarter lies in an outer 5 %", zh="触及边界：四分之一落在先验外侧5%"),
        ),
        "prior": Look(
            colour=GREY,
            marker="D",
            text=Text(en="decided by the prior: less is gone", zh="由先验决定：减少不足25%"),
        ),
    }
)
"""By verdict, the surest first."""


def unit_in(case: "Case", unit: str, language: Language, exponent: int = 0) -> str:
    """Return a unit in the words of the case's model."""
    manifest = case.model.manifest
    chinese = "" if manifest is None else manifest.unit_in(unit, "zh")
    return unit_of({"units": unit, "units_zh": chinese}, language, exponent)


def parameter_label(
    case: "Case", parameter: "Parameter", language: Language, *, width: int, exponent: int = 0
) -> str:
    """Return ``title [unit]`` in lines of at most ``width`` letters."""
    title = case.title_of(parameter, language)
    unit = f"[{unit_in(case, case.unit_of(parameter), language, exponent)}]"
    # A short unit is not torn apart.
    label = wrap(f"{title} {unit}", width)
    return label if unit in label else f"{wrap(title, width)}\n{wrap(unit, width)}"


def time_label(case: "Case", language: Language) -> str:
    """Return what the axis of time is called: years with a calendar, else the model's unit."""
    if case.calendar.starts is not None:
        return {"en": "Time [calendar year]", "zh": "时间 [公历年]"}[language]
    unit = unit_in(case, case.calendar.time.units, language)
    return {"en": f"Time [{unit}]", "zh": f"时间 [{unit}]"}[language]
