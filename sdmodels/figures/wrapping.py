"""Where does a long label break into lines?"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

_WIDE: Final = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uff60"
_OPENING: Final = "（《「『【“"
_CLOSING: Final = "，。、；：！？）》」』】”"
_PIECE: Final = re.compile(
    rf"\s+"
    rf"|[{_OPENING}]*[{_WIDE}][{_CLOSING}]*"  # one Chinese character with the punctuation that clings to it
    rf"|[^\s{_WIDE}]*[0-9][{_WIDE}][{_CLOSING}]*"  # a number and what it counts
    rf"|[^\s{_WIDE}]+[{_CLOSING}]*"  # one Latin word
)
_PART_OF_WORD: Final = re.compile(r"[^_/]*[_/]|[^_/]+")


def width_of(text: str) -> int:
    """Return the width of a text in Latin letters; a Chinese character is as wide as two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def wrap(text: str, width: int) -> str:
    """Break a text into lines, so that nothing of it is cut off.

    Lines break at spaces and between Chinese characters; a word longer than a line breaks after ``_`` or
    ``/``, else anywhere. There are as few lines as possible, about as long as each other.

    Parameters
    ----------
    text
        One paragraph, in any language.
    width
        The longest line [Latin letters].
    """
    pieces = _pieces(text, width)
    fewest = len(_fill(pieces, width))
    even = next(shorter for shorter in range(1, width + 1) if len(_fill(pieces, shorter)) == fewest)
    return "\n".join(line.strip() for line in _fill(pieces, even))


def _fill(pieces: Sequence[str], width: int) -> list[str]:
    lines = [""]
    for piece in pieces:
        if not lines[-1] or width_of(lines[-1] + piece.rstrip()) <= width:
            lines[-1] += piece
        else:
            lines.append(piece)
    return lines


def _pieces(text: str, width: int) -> list[str]:
    """Divide a text wherever a line may end; a space stays with the piece before it."""
    pieces = [""]
    for piece in _PIECE.findall(text):
        if piece.isspace():
            pieces[-1] += " "
        elif width_of(piece) <= width:
            pieces.append(piece)
        else:
            for part in _PART_OF_WORD.findall(piece):
                pieces.extend(part[start : start + width] for start in range(0, len(part), width))
    return pieces
