"""What does the drawing of a model show, and where?

Lengths are in pixels of Vensim's screen, 96 to the inch; x grows to the right and y downwards.
"""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Point: TypeAlias = tuple[float, float]
# Red, green and blue, each from 0 to 255.
Colour: TypeAlias = tuple[int, int, int]
Turn: TypeAlias = Literal["clockwise", "anticlockwise"]
Polarity: TypeAlias = Literal["+", "-", ""]

BLACK: Final[Colour] = (0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A rectangle, by its centre and half its sides."""

    x: float
    y: float
    half_width: float
    half_height: float

    def holds(self, point: Point, margin: float = 0) -> bool:
        """Return whether a point lies in the rectangle, or within a margin around it."""
        x, y = point
        return abs(x - self.x) < self.half_width + margin and abs(y - self.y) < self.half_height + margin


@dataclass(frozen=True, slots=True, kw_only=True)
class Lettering:
    """How a text is written: a colour, and weight or slant where they are not plain."""

    colour: Colour = BLACK
    points: float = 12
    bold: bool = False
    italic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnVariable:
    """A variable on the drawing.

    Attributes
    ----------
    boxed
        A stock is drawn as a box with its name inside.
    shadow
        A second picture of a variable that is drawn in full elsewhere.
    """

    id: int
    name: str
    place: Place
    boxed: bool
    shadow: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Valve:
    """What regulates a flow; its name is a variable beside it."""

    id: int
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloud:
    """A source or a sink outside the model."""

    id: int
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A text that is no variable: a title, the name of a loop, or a mark such as R1 with an arrow around it."""

    id: int
    text: str
    place: Place
    lettering: Lettering
    turn: Turn | None = None


Object: TypeAlias = DrawnVariable | Valve | Cloud | Comment


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """A cause and its effect, by the ids of two objects.

    Attributes
    ----------
    via
        One point makes the arrow an arc of a circle, several make it a broken line, none a straight one.
    colour
        ``None`` where the file gives none.
    """

    start: int
    end: int
    via: tuple[Point, ...]
    polarity: Polarity
    colour: Colour | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipe:
    """A pipe from a valve to a stock or a cloud, with an arrow head where the flow goes if it is positive."""

    valve: int
    end: int
    via: tuple[Point, ...]
    headed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One page of a drawing; ids are those of its own objects."""

    title: str
    variables: tuple[DrawnVariable, ...] = ()
    valves: tuple[Valve, ...] = ()
    clouds: tuple[Cloud, ...] = ()
    comments: tuple[Comment, ...] = ()
    arrows: tuple[Arrow, ...] = ()
    pipes: tuple[Pipe, ...] = ()

    def places(self) -> dict[int, Place]:
        """Return where each object is, by its id."""
        objects: tuple[Object, ...] = (*self.variables, *self.valves, *self.clouds, *self.comments)
        return {item.id: item.place for item in objects}
