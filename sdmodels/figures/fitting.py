"""How large is a text that must fit into a rectangle, and where do its lines break?"""

from dataclasses import dataclass
from typing import Final

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from sdmodels.figures.fonts import LATIN_FAMILY
from sdmodels.figures.wrapping import width_of, wrap

LINE_HEIGHT: Final = 1.2
"""From one line to the next, in sizes of the letters."""
SMALLEST: Final = 8.0
"""No letter is smaller [pixel]."""
_STEP: Final = 0.5
_NARROWEST: Final = 0.4
"""Width of a narrow Latin letter, in sizes."""
_MEASURED_AT: Final = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A text in lines, the size of its letters, and the width and height that it takes [pixel]."""

    text: str
    size: float
    width: float
    height: float


def fit(text: str, *, width: float, height: float, size: float, bold: bool = False) -> Fitted:
    """Wrap a text so that it fits, in letters as large as may be; words are not broken.

    Parameters
    ----------
    text
        Paragraphs, in any language.
    width, height
        Of the rectangle [pixel]. A text that does not fit in the smallest letters stands out of it.
    size
        The largest letters [pixel].
    bold
        Bold letters are wider.
    """
    while True:
        fitted = _at_size(text, width, size, bold=bold)
        if size <= SMALLEST or (fitted.width <= width and fitted.height <= height):
            return fitted
        size = max(size - _STEP, SMALLEST)


def width_in_pixels(line: str, size: float, *, bold: bool = False) -> float:
    """Return the width of one line; a Chinese character is as wide as it is high."""
    latin = "".join(character for character in line if width_of(character) == 1)
    # The bold Latin letters come with matplotlib, too.
    font = FontProperties(family=[LATIN_FAMILY], weight="bold" if bold else "normal", size=_MEASURED_AT)
    measured = text_to_path.get_text_width_height_descent(latin, font, ismath=False)[0] if latin else 0.0
    return size * (measured / _MEASURED_AT + len(line) - len(latin))


def _at_size(text: str, width: float, size: float, *, bold: bool) -> Fitted:
    """Return the text in the longest lines that are no wider than the rectangle."""
    longest_word = max((width_of(word) for word in text.split() if word.isascii()), default=1)
    letters = max(int(width / (_NARROWEST * size)), longest_word, 2)
    letters = min(letters, max(width_of(text), 1))
    while True:
        lines = [line for part in text.split("\n") for line in wrap(part, letters).split("\n")]
        widest = max(width_in_pixels(line, size, bold=bold) for line in lines)
        if widest <= width or letters <= max(longest_word, 2):
            break
        # Lines of even length may be much shorter than allowed; go on from the longest there is.
        letters = max(min(letters, max(map(width_of, lines))) - 1, longest_word, 2)
    return Fitted(text="\n".join(lines), size=size, width=widest, height=len(lines) * size * LINE_HEIGHT)
