"""What stands above and below a causal loop diagram, and how large is the page?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sdmodels.catalogue.naming import Language
from sdmodels.figures.appearance import GREY
from sdmodels.figures.causal_parts import CausalDiagram, DiagramLoop
from sdmodels.figures.drawing_marks import INK, add_text
from sdmodels.figures.fitting import LINE_HEIGHT, Fitted, fit, width_in_pixels
from sdmodels.figures.geometry import Points
from sdmodels.figures.labels import choose
from sdmodels.structure.drawing import Place

_PIXELS_PER_INCH: Final = 96
_MARGIN: Final = 18.0
_NARROWEST: Final = 420.0
"""So that a title has room above a small diagram [pixel]."""
_TITLE, _LETTERS, _SMALL = 17.0, 12.0, 11.0
_SPACE: Final = 12.0
"""Between two blocks of text [pixel]."""
_AFTER_ID: Final = 8.0
_BETWEEN_COLUMNS: Final = 26.0
_ANY_HEIGHT: Final = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A text and the upper left corner of its place [pixel]."""

    left: float
    top: float
    label: Fitted
    colour: str = INK
    bold: bool = False


def canvas(places: Sequence[Place], lines: Points) -> Place:
    """Return the rectangle that names and links take, with a margin."""
    corners = [(p.x + s * p.half_width, p.y + s * p.half_height) for p in places for s in (-1, 1)]
    every = np.concatenate([np.array(corners).reshape(-1, 2), lines]) if corners else np.zeros((1, 2))
    (left, top), (right, bottom) = every.min(axis=0) - _MARGIN, every.max(axis=0) + _MARGIN
    half_width = max((right - left) / 2, _NARROWEST / 2)
    return Place(
        x=(left + right) / 2, y=(top + bottom) / 2, half_width=half_width, half_height=(bottom - top) / 2
    )


def framed(diagram: CausalDiagram, page: Place, language: Language) -> tuple[Figure, Axes]:
    """Return a figure with the title above the page, and the key, the list of loops and the note below it."""
    left, width = page.x - page.half_width + _MARGIN, 2 * (page.half_width - _MARGIN)
    lines: list[Line] = []
    top = page.y - page.half_height
    if diagram.title:
        title = fit(diagram.title, width=width, height=_ANY_HEIGHT, size=_TITLE, bold=True)
        top -= title.height
        lines.append(Line(left=left, top=top, label=title, bold=True))
        top -= _MARGIN
    bottom = page.y + page.half_height
    for block in _blocks(diagram, left, width, language):
        lines += [replace(line, top=line.top + bottom) for line in block]
        bottom = max(line.top + line.label.height for line in lines) + _SPACE
    figure, panel = _empty(left - _MARGIN, left + width + _MARGIN, top, bottom)
    for line in lines:
        _write(panel, line)
    return figure, panel


def _blocks(diagram: CausalDiagram, left: float, width: float, language: Language) -> Iterator[list[Line]]:
    """Go through what stands below the diagram, each block from the height 0."""
    if diagram.loops:
        yield _list_of_loops(diagram.loops, left, width, language)
    for text in (_key(diagram, language), diagram.note):
        if text:
            label = fit(text, width=width, height=_ANY_HEIGHT, size=_SMALL)
            yield [Line(left=left, top=0, label=label, colour=GREY)]


def _key(diagram: CausalDiagram, language: Language) -> str:
    """Say what the signs and strokes mean that are in the diagram."""
    polarities = {link.polarity for link in diagram.links}
    meanings = [
        ("+" in polarities, "+ same direction", "+ 同向变化"),
        ("-" in polarities, "− opposite direction", "− 反向变化"),
        ("depends" in polarities, "± depends on the state", "± 方向随状态而变"),
        (any(link.delayed for link in diagram.links), "// delayed", "// 有延迟"),
        (len({link.weight for link in diagram.links}) > 1, "thicker: stronger", "线越粗作用越强"),
    ]
    shown = [choose(language, en=en, zh=zh) for holds, en, zh in meanings if holds]
    return choose(language, en="; ", zh="；").join(shown)


def _list_of_loops(loops: Sequence[DiagramLoop], left: float, width: float, language: Language) -> list[Line]:
    """Return the marks and titles of the loops, in as many columns as fit, read downwards."""
    indent = _AFTER_ID + max(width_in_pixels(loop.id, _LETTERS, bold=True) for loop in loops)
    titles = [
        fit(_title_of(loop, language), width=width - indent, height=_ANY_HEIGHT, size=_LETTERS)
        for loop in loops
    ]
    column = indent + max(title.width for title in titles) + _BETWEEN_COLUMNS
    columns = max(1, int((width + _BETWEEN_COLUMNS) // column))
    rows = -(-len(titles) // columns)
    height = max(title.height for title in titles) + 0.25 * _LETTERS
    found = []
    for number, (loop, title) in enumerate(zip(loops, titles, strict=True)):
        x, y = left + number // rows * column, number % rows * height
        mark = fit(loop.id, width=indent, height=LINE_HEIGHT * _LETTERS, size=_LETTERS, bold=True)
        found += [Line(left=x, top=y, label=mark, bold=True), Line(left=x + indent, top=y, label=title)]
    return found


def _title_of(loop: DiagramLoop, language: Language) -> str:
    """Return the title of a loop, which tells of one whose id cannot say what it does."""
    if loop.reinforcing is not None:
        return loop.title or " "
    return loop.title + choose(language, en=" (changes polarity)", zh="（极性会变）")


def _write(panel: Axes, line: Line) -> None:
    label = line.label
    place = Place(
        x=line.left + label.width / 2,
        y=line.top + label.height / 2,
        half_width=label.width / 2,
        half_height=label.height / 2,
    )
    add_text(panel, place, label, colour=line.colour, bold=line.bold, left=True)


def _empty(left: float, right: float, top: float, bottom: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=((right - left) / _PIXELS_PER_INCH, (bottom - top) / _PIXELS_PER_INCH))
    panel = figure.add_axes((0, 0, 1, 1))
    panel.set_xlim(left, right)
    panel.set_ylim(bottom, top)
    panel.set_axis_off()
    return figure, panel
