"""What are the classes of behaviour called?"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from sdmodels.catalogue import Language, Text
from sdmodels.exploration.mode_tables import ALL

_IN_CHINESE: Final = {
    "pure gain": "纯增益",
    "inverted U": "倒 U 形",
    "pure loss": "纯损失",
    "loss before gain": "先损后益",
    "no effect": "无影响",
    "sound": "完好",
    "graded substitution": "渐进替代",
    "tip": "临界突变",
    ALL: "合计",
}
TITLES: Final[Mapping[str, Text]] = MappingProxyType(
    {name: Text(en=name, zh=chinese) for name, chinese in _IN_CHINESE.items()}
)
"""By the name of the class."""


def class_title(name: str, language: Language) -> str:
    """Return what people call a shape, a mechanism, or all of them."""
    return TITLES[name].in_language(language)
