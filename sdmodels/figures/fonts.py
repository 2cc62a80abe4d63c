"""Which installed fonts can draw every character of a figure?"""

import warnings
from collections.abc import Callable, Iterable
from typing import Final, get_args

from matplotlib import font_manager
from matplotlib.figure import Figure
from matplotlib.text import Text

from sdmodels.catalogue.naming import Language

LATIN_FAMILY: Final = "DejaVu Sans"
"""Comes with matplotlib, so it is always there."""

CHINESE_FAMILIES: Final[tuple[str, ...]] = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Source Han Sans",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "SimHei",
    "DengXian",
    "HarmonyOS Sans SC",
    "MiSans",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Sarasa Gothic SC",
    "LXGW WenKai",
    "Heiti SC",
    "STHeiti",
    "STXihei",
    "Songti SC",
    "SimSun",
    "NSimSun",
    "FangSong",
    "KaiTi",
    "STSong",
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "AR PL UMing CN",
    "AR PL UKai CN",
    "Droid Sans Fallback",
    "Arial Unicode MS",
    # Before 3.11 matplotlib sees only the first face of a collection (.ttc), often not the Chinese one.
    "Noto Sans CJK JP",
    "Noto Serif CJK JP",
    "PingFang HK",
    "Heiti TC",
    "Microsoft JhengHei",
)
"""Known families with simplified Chinese glyphs, the better ones first."""

HOW_TO_INSTALL: Final = (
    "To install one: on Windows, Settings > Optional features > Add a feature > "
    "'Chinese (Simplified) Supplemental Fonts'; "
    "on macOS, download 'Noto Sans SC' from fonts.google.com and open it with Font Book; "
    "on Debian or Ubuntu, run 'sudo apt install fonts-noto-cjk'. Then draw the figure again."
)


class MissingFontWarning(UserWarning):
    """A figure has characters that no installed font can draw."""


def lettered(draw: Callable[[Language], Figure], language: Language) -> Figure:
    """Draw a figure in a language, or in English where no installed font has its characters.

    Parameters
    ----------
    draw
        Makes a new figure with its texts in the language it is given.
    language
        ``"en"`` or ``"zh"``.

    Raises
    ------
    ValueError
        If the language is neither.

    Warns
    -----
    MissingFontWarning
        Once, if the figure had to be drawn in English, or if a name in it cannot be drawn at all.
    """
    if language not in get_args(Language):
        raise ValueError(f"language must be 'en' or 'zh', not {language!r}.")
    figure = draw(language)
    families, missing = families_for(_characters(figure))
    if missing:
        _warn(missing, language)
        figure = draw("en") if language != "en" else figure
        families, missing = families_for(_characters(figure))
        _leave_out(figure, missing)
    for text in figure.findobj(Text):
        assert isinstance(text, Text)
        text.set_fontfamily(list(families))
        text.set_parse_math(False)  # a unit such as $/Year is no formula
    return figure


def families_for(characters: Iterable[str]) -> tuple[tuple[str, ...], frozenset[str]]:
    """Choose the fonts for some characters.

    Returns
    -------
    tuple
        The families, in the order in which matplotlib is to try them, and the characters that none has.
    """
    wanted = frozenset(characters) - _drawable(LATIN_FAMILY)
    if not wanted:
        return (LATIN_FAMILY,), wanted
    families, missing = _with_chinese(wanted)
    if missing and _add_newly_installed_fonts():
        families, missing = _with_chinese(wanted)
    return families, missing


def _with_chinese(wanted: frozenset[str]) -> tuple[tuple[str, ...], frozenset[str]]:
    """Choose the first known family that has every character, else the one that lacks the fewest."""
    installed = {entry.name for entry in font_manager.fontManager.ttflist}
    families: tuple[str, ...] = (LATIN_FAMILY,)
    missing = wanted
    for family in CHINESE_FAMILIES:
        if family in installed and len(lacking := wanted - _drawable(family)) < len(missing):
            families, missing = (LATIN_FAMILY, family), lacking
        if not missing:
            break
    return families, missing


def _drawable(family: str) -> frozenset[str]:
    properties = font_manager.FontProperties(family=[family])
    path = font_manager.fontManager.findfont(properties, fallback_to_default=False)
    return frozenset(map(chr, font_manager.get_font(path).get_charmap()))


def _add_newly_installed_fonts() -> bool:
    """Tell matplotlib of the fonts that were installed after it stored its list of fonts."""
    known = {str(entry.fname) for entry in font_manager.fontManager.ttflist}
    added = False
    for path in sorted(set(font_manager.findSystemFonts()) - known):
        try:
            font_manager.fontManager.addfont(path)
        except (OSError, RuntimeError):  # a broken font file is not this figure's concern
            continue
        added = True
    return added


def _characters(figure: Figure) -> frozenset[str]:
    texts = (text.get_text() for text in figure.findobj(Text) if isinstance(text, Text))
    return frozenset(character for text in texts for character in text if not character.isspace())


def _warn(missing: frozenset[str], language: Language) -> None:
    some = "".join(sorted(missing)[:12])
    consequence = "its labels are in English" if language != "en" else "they are shown as '?'"
    warnings.warn(
        f"No installed font has {len(missing)} characters of this figure ({some}), so {consequence}. "
        f"{HOW_TO_INSTALL}",
        MissingFontWarning,
        stacklevel=4,
    )


def _leave_out(figure: Figure, missing: frozenset[str]) -> None:
    """Write '?' for each character that cannot be drawn."""
    table = {ord(character): "?" for character in missing}
    for text in figure.findobj(Text):
        assert isinstance(text, Text)
        text.set_text(text.get_text().translate(table))
    for panel in figure.axes:
        ticks = [label.get_text() for label in panel.get_yticklabels()]
        if not missing.isdisjoint("".join(ticks)):
            panel.set_yticks(panel.get_yticks(), [label.translate(table) for label in ticks])
