"""How are variables, units, policies and times written in a figure?"""

import json
from collections.abc import Mapping
from typing import Any, Final

import xarray as xr

from sdmodels.catalogue.naming import Language, unit_in

_DIMENSIONLESS: Final = frozenset({"", "1", "dmnl", "dimensionless", "fraction"})
_SUPERSCRIPTS: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def choose(language: Language, *, en: str, zh: str) -> str:
    """Return the text of the language."""
    return zh if language == "zh" else en


def name_of(variable: xr.DataArray, language: Language) -> str:
    """Return a variable's Chinese title if it is asked for and there is one, else its name."""
    return str(choose(language, en="", zh=variable.attrs.get("title_zh", "")) or variable.name)


def unit_of(attrs: Mapping[Any, Any], language: Language, exponent: int = 0) -> str:
    """Return the unit of an axis.

    Parameters
    ----------
    attrs
        Attributes of a variable: ``units`` and, optionally, ``units_zh``.
    language
        ``"en"`` or ``"zh"``.
    exponent
        The axis counts in powers of ten of the unit, such as 6 for ``10⁶ order/Week``.
    """
    unit = str(attrs.get("units", ""))
    if unit.strip().casefold() in _DIMENSIONLESS:
        unit = choose(language, en="dimensionless", zh="无量纲")
    elif language == "zh":
        unit = str(attrs.get("units_zh") or unit_in(unit, language))
    return f"10{str(exponent).translate(_SUPERSCRIPTS)} {unit}" if exponent else unit


def with_unit(name: str, attrs: Mapping[Any, Any], language: Language, exponent: int = 0) -> str:
    """Return ``name [unit]``."""
    return f"{name} [{unit_of(attrs, language, exponent)}]"


def time_label(behaviour: xr.Dataset, language: Language) -> str:
    """Return ``Time [Week]``."""
    unit = {"units_zh": behaviour.attrs.get("time_units_zh"), **behaviour["time"].attrs}
    return with_unit(choose(language, en="Time", zh="时间"), unit, language)


def heading_of(attrs: Mapping[Any, Any], language: Language) -> str:
    """Return the title that a behaviour carries, or nothing."""
    title = str(attrs.get("title", ""))
    return choose(language, en=title, zh=str(attrs.get("title_zh") or title))


def heading_with(result: xr.Dataset, language: Language, *, policies: bool) -> str:
    """Return the title that a result carries, with its scenarios but the usual one; with its policies if asked."""
    parts = []
    for kind in (*(["policy"] if policies else []), "scenario"):
        known = policy_titles({"policy_titles": result.attrs.get(f"{kind}_titles", "{}")}, language)
        ids = dict.fromkeys(map(str, result[kind].values))
        parts += [known.get(id, id) for id in ids if (kind, id) != ("scenario", "normal")]
    heading = heading_of(result.attrs, language)
    if not parts:
        return heading
    return choose(language, en=": ", zh="：").join([heading, choose(language, en=", ", zh="，").join(parts)])


def policy_titles(attrs: Mapping[Any, Any], language: Language) -> dict[str, str]:
    """Return the title of each policy that has one, by id.

    Parameters
    ----------
    attrs
        Attributes of a behaviour; ``policy_titles`` is a JSON object ``{id: {"en": ..., "zh": ...}}``.
    language
        ``"en"`` or ``"zh"``.
    """
    titles: dict[str, dict[str, str]] = json.loads(attrs.get("policy_titles", "{}"))
    return {policy: title.get(language) or title.get("en") or policy for policy, title in titles.items()}
