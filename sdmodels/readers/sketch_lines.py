"""What do the fields of a line of a Vensim drawing mean?

Found from drawings that Vensim wrote (SDXorg's test-models), not from a manual: an object is ``kind, id, name,
x, y, half width, half height, shape, bits, hidden, ...``, an arrow ``1, id, from, to, shape, hidden, polarity,
thickness, ..., points``. A field that is not listed here changes nothing that is drawn.
"""

import re
from types import MappingProxyType
from typing import Final

from sdmodels.structure.drawing import BLACK, Arrow, Colour, Lettering, Pipe, Place, Point, Polarity, Turn

ARROW: Final = 1
VARIABLE: Final = 10
VALVE: Final = 11
COMMENT: Final = 12
KINDS: Final = frozenset({ARROW, VARIABLE, VALVE, COMMENT})
CLOUD: Final = "48"
"""The picture of a comment that is the end of a pipe."""

_FIELD: Final = re.compile(r'"(?:\\"|[^"])*"|[^,]*')
_COLOUR: Final = re.compile(r"(\d{1,3})-(\d{1,3})-(\d{1,3})")
_POINT: Final = re.compile(r"\(([^,()]*),([^,()]*)\)")
_POINTS: Final = re.compile(r"(\d+)\|(.*)")
# A drawing is some thousands of pixels wide; the figure of a much wider one fits into no memory.
_FARTHEST: Final = 10_000
_LONGEST: Final = 5_000
_NEW_LINE: Final = "|<<NnN>>|"

# Of the bits of an object: arrows may come in (a shadow variable takes none), its text is on the next line.
_TAKES_ARROWS: Final = 1
_TEXT_FOLLOWS: Final = 4
# Of the shape: what is left below the bits that say how the text lies.
_SHAPE: Final = 7
_BOX: Final = 3
_TURNS: Final = MappingProxyType[int, Turn]({4: "clockwise", 5: "anticlockwise"})
# Of an arrow: a curve, and both kinds of pipe.
_PIPE_WITH_HEAD: Final = 4
_PIPE: Final = 100
_CURVED: Final = 1
# By the code of the letter; some modellers write s(ame) and o(pposite).
_POLARITIES: Final = MappingProxyType[str, Polarity](
    {**dict.fromkeys("+sS", "+"), **dict.fromkeys("-oO", "-")}
)


class Fields:
    """The fields of one line.

    Raises
    ------
    ValueError
        Any method, if a field is missing, is no number, or is out of all bounds.
    """

    def __init__(self, line: str) -> None:
        self._fields = [field.strip() for field in _split(line)]

    def whole(self, position: int) -> int:
        """Return a field that is a whole number."""
        text = self._text(position)
        if not re.fullmatch(r"[+-]?\d{1,9}", text):
            raise ValueError(f"field {position + 1} is '{text[:40]}', not a whole number")
        return int(text)

    @property
    def name(self) -> str:
        """What an object is called, without quotes."""
        text = self.bounded(self._text(2))
        quoted = len(text) > 1 and text[0] == text[-1] == '"'
        return text[1:-1].replace('\\"', '"') if quoted else text

    @staticmethod
    def bounded(text: str) -> str:
        """Return a text as it is to be shown."""
        if len(text) > _LONGEST:
            raise ValueError(f"a text is longer than {_LONGEST:,} letters")
        return text.replace(_NEW_LINE, "\n").strip()

    @property
    def hidden(self) -> bool:
        """Whether the object is on a level that Vensim does not show."""
        return self.whole(5 if self.whole(0) == ARROW else 9) != 0

    @property
    def text_follows(self) -> bool:
        """Whether the text of a comment is on the next line."""
        return self.whole(0) == COMMENT and bool(self.whole(8) & _TEXT_FOLLOWS)

    @property
    def boxed(self) -> bool:
        """Whether a variable is drawn as a box."""
        return self.whole(7) & _SHAPE == _BOX

    @property
    def shadow(self) -> bool:
        """Whether a variable is drawn in full elsewhere."""
        return not self.whole(8) & _TAKES_ARROWS

    @property
    def turn(self) -> Turn | None:
        """Which way the arrow round a comment turns, if there is one."""
        return _TURNS.get(self.whole(7) & _SHAPE)

    def place(self) -> Place:
        """Return where the object is."""
        x, y, half_width, half_height = (self._length(self.whole(position)) for position in (3, 4, 5, 6))
        return Place(x=x, y=y, half_width=abs(half_width), half_height=abs(half_height))

    def lettering(self) -> Lettering:
        """Return the font of an object; most files give none."""
        fonts = [field.split("|") for field in self._fields[9:] if field.count("|") >= 3]
        if not fonts:
            return Lettering()
        _, points, style, colour, *_ = fonts[0]
        return Lettering(
            colour=_colour(colour) or BLACK,
            points=min(float(points), 72) if re.fullmatch(r"[1-9]\d{0,2}", points) else 12,
            bold="B" in style,
            italic="I" in style,
        )

    def link(self) -> Arrow | Pipe:
        """Return an arrow or a pipe."""
        start, end, shape = (self.whole(position) for position in (2, 3, 4))
        via = self._points()
        if shape in (_PIPE_WITH_HEAD, _PIPE):
            return Pipe(valve=start, end=end, via=via, headed=shape == _PIPE_WITH_HEAD)
        straight = shape != _CURVED and len(via) == 1
        code = self.whole(6)
        polarity = _POLARITIES.get(chr(code) if 0 < code < 128 else "", "")
        colours = (_colour(field) for field in self._fields[9:])
        colour = next((found for found in colours if found is not None), None)
        return Arrow(start=start, end=end, via=() if straight else via, polarity=polarity, colour=colour)

    def _points(self) -> tuple[Point, ...]:
        found = _POINTS.fullmatch(",".join(self._fields[13:]))
        if found is None:
            raise ValueError("the points of an arrow are missing")
        points = _POINT.findall(found[2])
        if len(points) != int(found[1][:9]):
            raise ValueError(f"{len(points)} points can be read, but there should be {found[1][:9]}")
        return tuple((self._number(x), self._number(y)) for x, y in points)

    def _number(self, text: str) -> float:
        if not re.fullmatch(r"\s*[+-]?\d{1,9}\s*", text):
            raise ValueError(f"a point has '{text[:40]}', which is no whole number")
        return self._length(int(text))

    @staticmethod
    def _length(number: int) -> float:
        if abs(number) > _FARTHEST:
            raise ValueError(f"{number} is more than {_FARTHEST:,} pixels from the origin")
        return float(number)

    def _text(self, position: int) -> str:
        if position >= len(self._fields):
            raise ValueError(f"field {position + 1} is missing")
        return self._fields[position]


def _split(line: str) -> list[str]:
    """Return the fields between commas; a name in quotes may hold some."""
    fields = []
    position = 0
    while position <= len(line):
        found = _FIELD.match(line, position)
        assert found is not None
        rest = line.find(",", found.end())
        end = len(line) if rest < 0 else rest
        fields.append(line[position:end])
        position = end + 1
    return fields


def _colour(text: str) -> Colour | None:
    """Return a colour written ``192-0-0``; ``-1--1--1`` is none."""
    found = _COLOUR.fullmatch(text)
    if found is None:
        return None
    red, green, blue = (min(int(part), 255) for part in found.groups())
    return red, green, blue
