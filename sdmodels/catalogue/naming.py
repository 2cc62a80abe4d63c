"""What is a unit called in the reader's language?"""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Literal, TypeAlias

from sdmodels.structure.names import key_of

Language: TypeAlias = Literal["en", "zh"]

# A manifest's own [[unit]] rows come before these.
UNITS_IN_CHINESE: Mapping[str, str] = MappingProxyType(
    {
        "second": "秒",
        "minute": "分钟",
        "hour": "小时",
        "day": "天",
        "week": "周",
        "month": "月",
        "quarter": "季度",
        "year": "年",
        "person": "人",
        "people": "人",
    }
)
TIME_IN_CHINESE = "时间"
_DIMENSIONLESS = ("dmnl", "dimensionless")
_OPERATORS = re.compile(r"(\s*[*/()^]\s*)")


def unit_in(unit: str, language: Language, names: Iterable[tuple[str, str]] = ()) -> str:
    """Return how a label writes ``unit``, such as ``order/Week`` or ``件/周``.

    Parameters
    ----------
    unit
        As the model file writes it, compound or not. Without dimension (``Dmnl``) it is nothing in
        English and 无量纲 in Chinese; an empty unit stays empty.
    names
        Pairs of an elementary unit and its Chinese name. A unit without a name stays as it is.
    """
    if key_of(unit) in _DIMENSIONLESS:
        return "无量纲" if language == "zh" else ""
    known = {**UNITS_IN_CHINESE, **{key_of(name): zh for name, zh in names}} if language == "zh" else {}
    return "".join(_piece(piece, known) for piece in _OPERATORS.split(unit.strip()))


def _piece(piece: str, known: Mapping[str, str]) -> str:
    key = key_of(piece)
    if key in _DIMENSIONLESS:
        return "1"
    return known.get(key) or known.get(key.removesuffix("s")) or piece
