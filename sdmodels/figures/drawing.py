"""What does the drawing of a model look like as a figure?"""

from collections.abc import Callable
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sdmodels.catalogue.naming import Language
from sdmodels.figures.drawing_marks import (
    BLUE,
    HEAD,
    INK,
    PALE,
    add_arrow,
    add_cloud,
    add_pipe,
    add_sign,
    add_stock,
    add_text,
    add_turn,
    add_valve,
    place_of_sign,
    safe,
)
from sdmodels.figures.fitting import LINE_HEIGHT, Fitted, fit
from sdmodels.figures.fonts import lettered
from sdmodels.figures.routes import arrow_route, outside, pipe_route
from sdmodels.structure.drawing import Comment, DrawnVariable, Place, Point, View

Names = Callable[[str, Language], str]

_PIXELS_PER_INCH: Final = 96
_MARGIN: Final = 16.0
"""Around all objects [pixel]."""
_LETTERS_PER_POINT: Final = 0.96
"""Size of the letters [pixel] for one point in the file: the places are made for Times, which is narrower."""
_PADDING: Final = 5.0
"""Between the name of a stock and its box [pixel]."""
_GAP: Final = 2.0
"""Between a name and an arrow [pixel]."""


def drawing(view: View, *, language: Language = "en", names: Names | None = None) -> Figure:
    """Draw one view of a model as Vensim shows it, in colours for every kind of colour vision.

    Parameters
    ----------
    view
        What is drawn, and where.
    language
        ``"en"`` or ``"zh"``.
    names
        How a variable, or the name of a loop, is called in a language; as in the file if not given.

    Raises
    ------
    ValueError
        If the language is neither.

    Warns
    -----
    MissingFontWarning
        If no installed font has the characters; the texts are in English then.
    """
    return lettered(lambda chosen: _figure(view, chosen, names or _as_in_the_file), language)


def _as_in_the_file(name: str, _language: Language) -> str:
    return name


def _figure(view: View, language: Language, names: Names) -> Figure:
    labels = {item.id: _label(item, names(item.name, language)) for item in view.variables}
    labels |= {item.id: _comment(item, names(item.text, language)) for item in view.comments}
    texts: list[DrawnVariable | Comment] = [*(v for v in view.variables if not v.boxed), *view.comments]
    taken = view.places() | {item.id: _text_place(item.place, labels[item.id]) for item in texts}
    figure, panel = _canvas(view, list(taken.values()))
    _add_links(panel, view, taken)
    for variable in view.variables:
        ink = PALE if variable.shadow else INK
        if variable.boxed:
            add_stock(panel, variable.place, ink)
        add_text(panel, variable.place, labels[variable.id], colour=ink, backed=not variable.boxed)
    for valve in view.valves:
        add_valve(panel, valve.place)
    for cloud in view.clouds:
        add_cloud(panel, cloud.place)
    for comment in view.comments:
        letters, colour = comment.lettering, safe(comment.lettering.colour)
        if comment.turn is not None:
            add_turn(panel, comment.place, labels[comment.id], comment.turn, colour)
        if comment.text:
            label = labels[comment.id]
            add_text(panel, comment.place, label, colour=colour, bold=letters.bold, italic=letters.italic)
    return figure


def _label(variable: DrawnVariable, name: str) -> Fitted:
    """Return the name of a variable, set so that it fits; that of a shadow variable is in angle brackets."""
    place, size = variable.place, 12 * _LETTERS_PER_POINT
    padding = _PADDING if variable.boxed else 0.0
    # There is room around a name without a box: a second line is better than small letters.
    least = 0.0 if variable.boxed else 2 * size * LINE_HEIGHT
    return fit(
        f"<{name}>" if variable.shadow else name,
        width=2 * (place.half_width - padding),
        height=max(2 * place.half_height, least),
        size=size,
    )


def _comment(comment: Comment, text: str) -> Fitted:
    place, letters = comment.place, comment.lettering
    return fit(
        text or " ",
        width=2 * place.half_width,
        height=2 * place.half_height,
        size=letters.points * _LETTERS_PER_POINT,
        bold=letters.bold,
    )


def _text_place(place: Place, label: Fitted) -> Place:
    """Return what a text without a box takes; arrows lead to it and not to the box around it."""
    return Place(
        x=place.x, y=place.y, half_width=label.width / 2 + _GAP, half_height=label.height / 2 + _GAP / 2
    )


def _canvas(view: View, places: list[Place]) -> tuple[Figure, Axes]:
    """Return an empty figure of the size of the drawing, in its coordinates."""
    via = [point for arrow in view.arrows for point in arrow.via]
    via += [point for pipe in view.pipes for point in pipe.via]
    xs = [p.x + sign * p.half_width for p in places for sign in (-1, 1)] + [x for x, _ in via]
    ys = [p.y + sign * p.half_height for p in places for sign in (-1, 1)] + [y for _, y in via]
    left, right = min(xs, default=0) - _MARGIN, max(xs, default=0) + _MARGIN
    top, bottom = min(ys, default=0) - _MARGIN, max(ys, default=0) + _MARGIN
    figure = Figure(figsize=((right - left) / _PIXELS_PER_INCH, (bottom - top) / _PIXELS_PER_INCH))
    panel = figure.add_axes((0, 0, 1, 1))
    panel.set_xlim(left, right)
    panel.set_ylim(bottom, top)
    panel.set_axis_off()
    return figure, panel


def _add_links(panel: Axes, view: View, taken: dict[int, Place]) -> None:
    """Draw pipes and arrows from object to object."""
    for pipe in view.pipes:
        route = pipe_route(pipe, taken[pipe.valve], taken[pipe.end])
        shown = outside(route, None, None, length=HEAD)
        if shown is not None:
            add_pipe(panel, shown, headed=pipe.headed)
    signs: list[Point] = []
    for arrow in view.arrows:
        start, end = taken[arrow.start], taken[arrow.end]
        shown = outside(arrow_route(arrow, start, end), start, end, length=HEAD)
        if shown is None:
            continue
        colour = BLUE if arrow.colour is None else safe(arrow.colour)
        add_arrow(panel, shown, colour)
        if arrow.polarity:
            signs.append(place_of_sign(shown, end, signs))
            add_sign(panel, signs[-1], arrow.polarity, colour)
