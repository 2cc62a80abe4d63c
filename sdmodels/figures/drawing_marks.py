"""How are a stock, a valve, a cloud, an arrow and a name drawn?"""

import math
from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch, PathPatch, Polygon, Rectangle
from matplotlib.path import Path
from numpy.typing import NDArray

from sdmodels.figures.fitting import LINE_HEIGHT, Fitted
from sdmodels.figures.routes import Shown
from sdmodels.structure.drawing import Colour, Place, Point, Polarity, Turn

# Darker than Okabe & Ito's, so that letters in them can be read on white (contrast above 4.5:1).
BLUE: Final = "#0072B2"
VERMILION: Final = "#C24E00"
_GREEN: Final = "#007A5A"
INK: Final = "#000000"
PALE: Final = "#757575"
"""Of shadow variables."""
_PIPE: Final = "#404040"
_POINT: Final = 0.75
"""A pixel in points."""
_BEHIND: Final = 1
_PIPES: Final = 2
_OBJECTS: Final = 3
_TEXTS: Final = 4
HEAD: Final = 9.0
"""Length of an arrow head [pixel]."""
_HEAD_OF_PIPE: Final = 12.0
_RADIUS_OF_TURN: Final = 15.0
_HALF_HEAD: Final = 3.5
_THIN: Final = 0.8
"""Width of an arrow that says nothing by it [point]."""
_SIGN: Final = 14.0
"""Room for a plus or a minus [pixel]."""
_COLOURLESS: Final = 48
"""A colour whose channels differ by less is a grey."""


def safe(colour: Colour) -> str:
    """Return the colour that stands for one of the file: vermilion, blue or green for any red, blue or green."""
    red, green, blue = colour
    if max(colour) - min(colour) < _COLOURLESS:
        return f"#{min(red, 117):02x}{min(green, 117):02x}{min(blue, 117):02x}"
    return {red: VERMILION, green: _GREEN, blue: BLUE}[max(colour)]


def add_text(
    panel: Axes,
    place: Place,
    label: Fitted,
    *,
    colour: str,
    bold: bool = False,
    italic: bool = False,
    backed: bool = False,
    left: bool = False,
) -> None:
    """Write a text in the middle of its place, or from its left; white behind it keeps it clear of arrows."""
    if backed:
        corner = place.x - label.width / 2, place.y - label.height / 2
        paper = Rectangle(corner, label.width, label.height, facecolor="white", alpha=0.75, edgecolor="none")
        _add_patch(panel, paper, _PIPES + 0.5)
    panel.text(
        place.x - place.half_width if left else place.x,
        place.y,
        label.text,
        fontsize=label.size * _POINT,
        linespacing=LINE_HEIGHT,
        color=colour,
        fontweight="bold" if bold else "normal",
        fontstyle="italic" if italic else "normal",
        horizontalalignment="left" if left else "center",
        verticalalignment="center_baseline" if "\n" not in label.text else "center",
        zorder=_TEXTS,
    )


def add_stock(panel: Axes, place: Place, ink: str) -> None:
    """Draw a box."""
    corner = place.x - place.half_width, place.y - place.half_height
    box = Rectangle(
        corner, 2 * place.half_width, 2 * place.half_height, facecolor="white", edgecolor=ink, linewidth=1.1
    )
    _add_patch(panel, box, _OBJECTS)


def add_valve(panel: Axes, place: Place) -> None:
    """Draw an hourglass; it lies on its side in an upright pipe."""
    x, y, a, b = place.x, place.y, max(place.half_width, 4), max(place.half_height, 4)
    corners = [(x - a, y - b), (x + a, y + b), (x - a, y + b), (x + a, y - b)]
    if a <= b:
        corners = [(x - a, y - b), (x + a, y - b), (x - a, y + b), (x + a, y + b)]
    glass = Polygon(corners, closed=True, facecolor="white", edgecolor=_PIPE, linewidth=1.0)
    _add_patch(panel, glass, _OBJECTS)


def add_cloud(panel: Axes, place: Place) -> None:
    """Draw a cloud: bows around an ellipse, larger than its place so that they read as a cloud."""
    width, height = max(place.half_width, 8) + 2, max(place.half_height, 7) + 1
    bows = 7
    angles = [math.tau * (bow + 0.25) / bows for bow in range(bows + 1)]
    rim = [(place.x + 0.8 * width * math.cos(t), place.y + 0.75 * height * math.sin(t)) for t in angles]
    points = [rim[0]]
    for start, end, angle in zip(rim, rim[1:], angles, strict=False):
        middle = angle + math.pi / bows
        out_x, out_y = 0.55 * width * math.cos(middle), 0.6 * height * math.sin(middle)
        points += [(start[0] + out_x, start[1] + out_y), (end[0] + out_x, end[1] + out_y), end]
    path = Path(points, [Path.MOVETO, *[Path.CURVE4] * (3 * bows)])
    _add_patch(panel, PathPatch(path, facecolor="white", edgecolor=_PIPE, linewidth=0.9), _OBJECTS)


def add_arrow(panel: Axes, shown: Shown, colour: str, width: float = _THIN) -> None:
    """Draw an arrow, its line of a width [point] that its head grows with."""
    line = PathPatch(shown.path, facecolor="none", edgecolor=colour, linewidth=width, capstyle="butt")
    _add_patch(panel, line, _BEHIND)
    larger = head_of(width) / HEAD
    _add_head(panel, shown, larger * HEAD, larger * _HALF_HEAD, face=colour, edge=colour, zorder=_BEHIND)


def head_of(width: float) -> float:
    """Return the length of the head of an arrow [pixel] by the width of its line [point]."""
    return HEAD * (1 + 0.22 * (width - _THIN))


def add_strokes(panel: Axes, place: Point, direction: Point, colour: str, length: float) -> None:
    """Draw two short strokes across an arrow: its effect is delayed."""
    (x, y), (across, down) = place, direction
    for along in (-2.5, 2.5):
        foot = x + along * across, y + along * down
        ends = [
            (foot[0] - side * length / 2 * down, foot[1] + side * length / 2 * across) for side in (-1, 1)
        ]
        _add_patch(panel, PathPatch(Path(ends), edgecolor=colour, linewidth=1.3), _BEHIND)


def add_sign(panel: Axes, place: Point, polarity: Polarity | Literal["depends"], colour: str) -> None:
    """Write a polarity; that of a link that raises or lowers, by the state, is ±."""
    panel.text(
        *place,
        {"+": "+", "-": "−", "depends": "±"}.get(polarity, "−"),
        fontsize=13 * _POINT,
        fontweight="bold",
        color=colour,
        horizontalalignment="center",
        verticalalignment="center",
        zorder=_TEXTS,
    )


def place_of_sign(
    shown: Shown,
    end: Place,
    others: Sequence[Point],
    *,
    names: Sequence[Place] = (),
    lines: NDArray[np.float64] | None = None,
    aside: float = 8,
) -> Point:
    """Return where the polarity of an arrow stands: beside its head, clear of its end and of other signs.

    Parameters
    ----------
    shown
        The arrow.
    end
        What it leads to.
    others
        Where other signs stand.
    names
        What else the sign must not lie on.
    lines
        Points on other arrows, which it should not lie on, shape ``(points, 2)``.
    aside
        From the line to the middle of the sign [pixel].
    """
    (x, y), (across, down) = shown.tip, shown.direction
    possible = [
        (x - back * across + side * down, y - back * down - side * across)
        for back in (15, 24, 33)
        for side in (aside, -aside)
    ]

    def crowding(point: Point) -> float:
        near = sum(math.dist(point, other) < _SIGN for other in others)
        covered = any(name.holds(point, _SIGN / 2) for name in names)
        crossed = lines is not None and bool((np.hypot(*(lines - point).T) < _SIGN / 2).any())
        return near + end.holds(point, _SIGN / 3) + 2 * covered + 0.5 * crossed

    return min(possible, key=crowding)


def add_pipe(panel: Axes, shown: Shown, *, headed: bool) -> None:
    """Draw a double line, with an open arrow head where the flow goes."""
    for colour, width in ((_PIPE, 6.0), ("white", 3.6)):
        line = PathPatch(
            shown.path, facecolor="none", edgecolor=colour, linewidth=width * _POINT, joinstyle="miter"
        )
        _add_patch(panel, line, _PIPES)
    if headed:
        _add_head(panel, shown, _HEAD_OF_PIPE, 7, face="white", edge=_PIPE, zorder=_OBJECTS + 0.5)


def add_turn(panel: Axes, place: Place, mark: Fitted, turn: Turn, colour: str) -> None:
    """Draw the arrow round the mark of a loop: open below, its head on the side that it turns to."""
    sign = 1 if turn == "clockwise" else -1
    # The angle grows clockwise, since y points downwards: from the lower left over the top to the lower right.
    begins, ends = math.radians(130), math.radians(410)
    angles = np.linspace(begins, ends, 25)
    radius = max(_RADIUS_OF_TURN, mark.width / 2 + 4)
    points = [(place.x + sign * radius * math.cos(t), place.y + radius * math.sin(t)) for t in angles]
    line = PathPatch(Path(points), facecolor="none", edgecolor=colour, linewidth=1.2)
    _add_patch(panel, line, _OBJECTS)
    tip_angle = ends + HEAD / radius / 2
    tip = place.x + sign * radius * math.cos(tip_angle), place.y + radius * math.sin(tip_angle)
    direction = -sign * math.sin(ends), math.cos(ends)
    head = Shown(path=Path(points), tip=tip, direction=direction)
    _add_head(panel, head, HEAD, 4, face=colour, edge=colour, zorder=_OBJECTS)


def _add_patch(panel: Axes, patch: Patch, zorder: float) -> None:
    patch.set_zorder(zorder)
    panel.add_patch(patch)
    # Nothing reaches over the edge, and an SVG is smaller without.
    patch.set_clip_on(False)


def _add_head(
    panel: Axes, shown: Shown, length: float, half_width: float, *, face: str, edge: str, zorder: float
) -> None:
    (x, y), (across, down) = shown.tip, shown.direction

    def corner(back: float, aside: float) -> Point:
        return x - back * across - aside * down, y - back * down + aside * across

    corners = [(x, y), corner(length, half_width), corner(length, -half_width)]
    head = Polygon(corners, closed=True, facecolor=face, edgecolor=edge, linewidth=0.8, joinstyle="miter")
    _add_patch(panel, head, zorder)
