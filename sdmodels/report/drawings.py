"""How does the drawing of a model become files?"""

import re
from collections.abc import Sequence
from pathlib import Path

from sdmodels.catalogue import Entry, Language
from sdmodels.errors import InputError, unknown
from sdmodels.figures import drawing, save
from sdmodels.readers import read_views
from sdmodels.structure.drawing import View
from sdmodels.structure.names import key_of


def views_of(entry: Entry) -> tuple[View, ...]:
    """Return the views of a model.

    Raises
    ------
    InputError
        If nothing has been drawn in the model's file.
    """
    views = read_views(entry.path)
    if not views:
        raise InputError(
            f"{entry.path} has no drawing.\n    Only a Vensim file (.mdl) with a sketch has one.\n"
            "Draw the model in Vensim, and save it as text."
        )
    return views


def _titled(entry: Entry, views: Sequence[View], title: str | None) -> Sequence[View]:
    """Return the views, or the one of that title in either language."""
    if title is None:
        return views
    chosen = tuple(
        view
        for view in views
        if key_of(title) in (key_of(view.title), key_of(entry.view_title(view.title, "zh")))
    )
    if not chosen:
        raise unknown("view", title, [view.title for view in views])
    return chosen


def file_names(views: Sequence[View]) -> tuple[str, ...]:
    """Return what the file of each view is called: its title in small letters; no two are the same."""
    names: list[str] = []
    for view in views:
        bare = re.sub(r"\W+", "_", view.title.casefold()).strip("_")[:80] or "view"
        name, number = bare, 1
        while name in names:
            number += 1
            name = f"{bare}_{number}"
        names.append(name)
    return tuple(names)


def write_drawing(
    entry: Entry, folder: Path, language: Language, *, title: str | None = None, png: bool = False
) -> dict[Path, str]:
    """Write each view of a model, or the one of that title, as ``folder/<view>_<language>.svg``.

    Parameters
    ----------
    entry
        Its manifest gives the Chinese names, of views and notes too.
    folder
        Made where it is missing.
    language
        ``"en"`` or ``"zh"``.
    title
        Of the only view that is written, in either language.
    png
        Whether each is written as PNG, too.

    Returns
    -------
    dict
        The title of the view by each file, in the order of the views.

    Raises
    ------
    InputError
        If nothing has been drawn in the model's file.
    UnknownNameError
        If there is no such view.
    """
    everything = views_of(entry)
    chosen = _titled(entry, everything, title)
    files: dict[Path, str] = {}
    for view, name in zip(everything, file_names(everything), strict=True):
        if view in chosen:
            figure = drawing(view, language=language, names=entry.words_of)
            endings = ("svg", "png") if png else ("svg",)
            shown = entry.view_title(view.title, language)
            for ending in endings:
                files[save(figure, folder / f"{name}_{language}.{ending}", title=shown)] = shown
    return files
