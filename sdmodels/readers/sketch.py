"""What has been drawn in a Vensim file?

A view begins with a line of its own, an asterisk and its title; each object is a line whose first number is its
kind.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn

from sdmodels.errors import ModelFileError
from sdmodels.readers.sketch_lines import ARROW, CLOUD, KINDS, VALVE, VARIABLE, Fields
from sdmodels.readers.text import SKETCH_MARK, decode
from sdmodels.structure.drawing import Arrow, Cloud, Comment, DrawnVariable, Object, Pipe, Valve, View

_END: Final = "///---"
# Of a file; one with more is broken, or malice.
_MOST_OBJECTS: Final = 50_000
_OBJECT: Final = re.compile(r"\s*(\d+)\s*,")
_TITLE: Final = "*"


def read_views(path: str | os.PathLike[str]) -> tuple[View, ...]:
    """Read the drawing of a Vensim model, view by view, in the order of the file.

    What Vensim hides is left out, with the arrows from and to it.

    Parameters
    ----------
    path
        A file that ends in ``.mdl``; any other model has no drawing that is read.

    Returns
    -------
    tuple
        Empty if nothing has been drawn.

    Raises
    ------
    ModelFileError
        If the file is missing or its drawing is broken; names the line.
    """
    path = Path(path)
    if path.suffix.lower() != ".mdl":
        return ()
    equations, mark, sketch = decode(path).partition(SKETCH_MARK)
    if not mark:
        return ()
    first = equations.count("\n") + 1
    reading = _Reading(path, [_Line(number=first + i, text=t) for i, t in enumerate(sketch.split("\n"))])
    return tuple(reading.views())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    number: int
    text: str


class _Reading:
    """The lines of one drawing on their way to views."""

    def __init__(self, path: Path, lines: list[_Line]) -> None:
        self.path = path
        # The first is the rest of the mark's own line.
        self.lines = iter(lines[1:])
        self.left = _MOST_OBJECTS

    def views(self) -> Iterator[View]:
        """Yield the views; what stands behind the end of the last is no drawing."""
        page: _Page | None = None
        for line in self.lines:
            if line.text.startswith(_END):
                break
            if line.text.startswith(_TITLE):
                yield from _finished(page)
                page = _Page(self, line.text[1:].strip())
            elif page is not None and (kind := _OBJECT.match(line.text)) and int(kind[1][:9]) in KINDS:
                page.add(int(kind[1]), line)
        yield from _finished(page)

    def fail(self, line: _Line, problem: str, remedy: str) -> NoReturn:
        """Raise the error for a line."""
        raise ModelFileError(f"{self.path}:{line.number}: {problem}\n    {line.text[:100]}\n{remedy}")


def _finished(page: "_Page | None") -> Iterator[View]:
    if page is not None:
        yield page.view()


class _Page:
    """A view that is being read."""

    def __init__(self, reading: _Reading, title: str) -> None:
        self.reading = reading
        self.title = title
        self.objects: dict[int, Object] = {}
        self.hidden: set[int] = set()
        self.links: list[Arrow | Pipe] = []

    def add(self, kind: int, line: _Line) -> None:
        """Take in one line of the file, and the next where that is the object's text."""
        self.reading.left -= 1
        if self.reading.left < 0:
            self.reading.fail(
                line, f"the drawing has more than {_MOST_OBJECTS:,} objects.", "Divide the model."
            )
        try:
            fields = Fields(line.text)
            id = fields.whole(1)
            if kind == ARROW:
                if not fields.hidden:
                    self.links.append(fields.link())
                return
            text = self._text(fields)
            item = _object(kind, fields, text)
        except ValueError as error:
            self.reading.fail(
                line,
                f"the line of the drawing is broken: {error}.",
                "Open the model in Vensim and save it again.",
            )
        if id in self.objects:
            self.reading.fail(
                line,
                f"two objects of the view '{self.title}' have the number {id}.",
                "Remove one of the two.",
            )
        self.objects[id] = item
        if fields.hidden:
            self.hidden.add(id)

    def _text(self, fields: Fields) -> str:
        if not fields.text_follows:
            return fields.name
        following = next(self.reading.lines, None)
        if following is None:
            raise ValueError("its text should be on the next line, but the file ends")
        return fields.bounded(following.text)

    def view(self) -> View:
        """Return the view as it is shown."""
        links = [link for link in self.links if self._connects(link)]
        objects = [item for id, item in self.objects.items() if id not in self.hidden]
        return View(
            title=self.title,
            variables=tuple(item for item in objects if isinstance(item, DrawnVariable)),
            valves=tuple(item for item in objects if isinstance(item, Valve)),
            clouds=tuple(item for item in objects if isinstance(item, Cloud)),
            comments=tuple(item for item in objects if isinstance(item, Comment)),
            arrows=tuple(link for link in links if isinstance(link, Arrow)),
            pipes=tuple(link for link in links if isinstance(link, Pipe)),
        )

    def _connects(self, link: Arrow | Pipe) -> bool:
        """Return whether both ends of an arrow are shown; Vensim leaves arrows behind whose ends are gone."""
        start = link.start if isinstance(link, Arrow) else link.valve
        return {start, link.end} <= self.objects.keys() - self.hidden


def _object(kind: int, fields: Fields, text: str) -> Object:
    id, place = fields.whole(1), fields.place()
    if kind == VARIABLE:
        return DrawnVariable(id=id, name=text, place=place, boxed=fields.boxed, shadow=fields.shadow)
    if kind == VALVE:
        return Valve(id=id, place=place)
    if fields.name == CLOUD:
        return Cloud(id=id, place=place)
    return Comment(id=id, text=text, place=place, lettering=fields.lettering(), turn=fields.turn)
