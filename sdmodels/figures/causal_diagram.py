"""What does the causal loop diagram of a model look like as a figure?"""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sdmodels.catalogue.naming import Language
from sdmodels.figures.causal_frame import canvas, framed
from sdmodels.figures.causal_loops import MARK, outline_of, place_of_mark, turn_of
from sdmodels.figures.causal_parts import CausalDiagram
from sdmodels.figures.causal_routes import Way
from sdmodels.figures.causal_settling import PADDING, settled
from sdmodels.figures.drawing_marks import (
    BLUE,
    INK,
    PALE,
    VERMILION,
    add_arrow,
    add_sign,
    add_stock,
    add_strokes,
    add_text,
    add_turn,
    head_of,
    place_of_sign,
)
from sdmodels.figures.fitting import fit
from sdmodels.figures.fonts import lettered
from sdmodels.figures.geometry import Points, within
from sdmodels.figures.routes import outside
from sdmodels.structure.drawing import Place, Point

_LETTERS: Final = 12.0
_WIDEST: Final = 112.0
"""Of a name; a longer one breaks into lines [pixel]."""
_HIGHEST: Final = 48.0
_THINNEST, _THICKEST = 0.6, 4.0
"""Width of the lines of the weakest and of the strongest link [point]."""
_HALF_SIGN: Final = 6.0
_COLOURS: Final = {"+": BLUE, "-": VERMILION, "depends": PALE}


def causal_loop_diagram(make: Callable[[Language], CausalDiagram], *, language: Language = "en") -> Figure:
    """Draw what acts on what, and list the feedback loops below.

    Colour, sign and width of an arrow say what it does and how strongly; a delayed one has two strokes across.

    Parameters
    ----------
    make
        Makes the diagram with its texts in a language: where no font has Chinese characters, that is English.
    language
        ``"en"`` or ``"zh"``.

    Raises
    ------
    ValueError
        If the language is neither.

    Warns
    -----
    MissingFontWarning
        If no installed font has the characters; the texts are in English then.
    """
    return lettered(lambda chosen: _figure(make(chosen), chosen), language)


def _figure(diagram: CausalDiagram, language: Language) -> Figure:
    labels = [
        fit(variable.label or " ", width=_WIDEST, height=_HIGHEST, size=_LETTERS)
        for variable in diagram.variables
    ]
    found = settled(diagram, labels)
    places, ways = found.places, found.ways
    page = canvas(places, _joined(ways))
    figure, panel = framed(diagram, page, language)
    for variable, label, place in zip(diagram.variables, labels, places, strict=True):
        if variable.stock:
            add_stock(panel, place, INK)
        add_text(panel, place, label, colour=INK, backed=not variable.stock)
    signs = _add_links(panel, diagram, ways, places)
    _add_loops(panel, diagram, ways, [*places, *signs], page)
    return figure


def _joined(ways: Sequence[Way]) -> Points:
    return np.concatenate([np.zeros((0, 2)), *(way.points for way in ways)])


def _add_links(
    panel: Axes, diagram: CausalDiagram, ways: Sequence[Way], places: Sequence[Place]
) -> list[Place]:
    """Draw the links, the strongest first so that it hides no other, and return the places of their signs."""
    position = {variable.name: number for number, variable in enumerate(diagram.variables)}
    signs: list[Point] = []
    lines = _joined(ways)
    owners = np.repeat(np.arange(len(ways)), [len(way.points) for way in ways])
    for number in sorted(range(len(ways)), key=lambda number: -diagram.links[number].weight):
        link, way = diagram.links[number], ways[number]
        start, end = places[position[link.source]], places[position[link.target]]
        width = _THINNEST + link.weight * (_THICKEST - _THINNEST)
        shown = outside(way.route, start, end, length=head_of(width), headless=True)
        if shown is None:
            continue
        colour = _COLOURS[link.polarity]
        add_arrow(panel, shown, colour, width)
        if link.delayed:
            _add_delay(panel, way, places, colour, width)
        others = lines[owners != number]
        signs.append(
            place_of_sign(shown, end, signs, names=places, lines=others, aside=7 + head_of(width) / 3)
        )
        add_sign(panel, signs[-1], link.polarity, colour)
    return [Place(x=x, y=y, half_width=_HALF_SIGN, half_height=_HALF_SIGN) for x, y in signs]


def _add_delay(panel: Axes, way: Way, places: Sequence[Place], colour: str, width: float) -> None:
    """Draw the strokes of a delay about the middle of the arrow, where no name hides them."""
    points = way.points
    if len(points) < 3:
        return
    hidden = np.any(within(points, places, PADDING), axis=1).tolist()
    middle = len(points) // 2
    at = min(range(1, len(points) - 1), key=lambda number: (hidden[number], abs(number - middle)))
    along = points[at + 1] - points[at - 1]
    across, down = along / max(float(np.hypot(*along)), 1e-9)
    x, y = points[at]
    add_strokes(panel, (float(x), float(y)), (float(across), float(down)), colour, 9 + 2 * width)


def _add_loops(
    panel: Axes, diagram: CausalDiagram, ways: Sequence[Way], taken: Sequence[Place], page: Place
) -> None:
    """Write the mark of each loop, the strongest first since it has the best claim to the middle."""
    by_ends = {(link.source, link.target): way for link, way in zip(diagram.links, ways, strict=True)}
    by_name = {variable.name: place for variable, place in zip(diagram.variables, taken, strict=False)}
    lines = _joined(ways)
    taken = list(taken)
    for loop in sorted(diagram.loops, key=lambda loop: -loop.weight):
        outline = outline_of(loop, by_ends, by_name)
        x, y = place_of_mark(outline, taken, lines, page)
        mark = fit(loop.id, width=2 * MARK, height=2 * MARK, size=_LETTERS, bold=True)
        place = Place(x=x, y=y, half_width=MARK, half_height=MARK)
        add_turn(panel, place, mark, turn_of(outline), INK)
        add_text(panel, place, mark, colour=INK, bold=True)
        taken.append(place)
