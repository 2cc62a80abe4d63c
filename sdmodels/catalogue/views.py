"""What may a manifest say about the drawing of its model, and does the drawing have it?"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from sdmodels.catalogue.faults import Fault, refusal
from sdmodels.catalogue.tables import Table, Words
from sdmodels.errors import did_you_mean
from sdmodels.structure.drawing import View
from sdmodels.structure.names import key_of


class ViewName(Table):
    """The Chinese title of a view; the English one is the drawing's own."""

    name: Words
    zh: Words


class NoteName(Table):
    """A text of the drawing in Chinese, beside names of variables, loops and views; the English one is its own."""

    text: Words
    zh: Words


def validate_views(
    names: Sequence[ViewName], notes: Sequence[NoteName], views: Sequence[View], *, path: Path
) -> None:
    """Do nothing if the drawing has every view and every note.

    Parameters
    ----------
    path
        The manifest's file, for messages.

    Raises
    ------
    ManifestError
        With the first one that is missing, and how many more there are.
    """
    titles = [view.title for view in views]
    texts = [" ".join(comment.text.split()) for view in views for comment in view.comments if comment.text]
    faults = [
        *_missing("view", "name", "names no view", [row.name for row in names], titles),
        *_missing("note", "text", "stands in no view", [row.text for row in notes], texts),
    ]
    if faults:
        raise refusal(path, faults)


def _missing(
    table: str, key: str, problem: str, names: Sequence[str], known: Sequence[str]
) -> Iterator[Fault]:
    drawn = {key_of(name) for name in known}
    otherwise = (
        "Write it as the drawing has it."
        if known
        else f"Remove [[{table}]], or draw the model in Vensim: a file without a drawing has none."
    )
    for number, name in enumerate(names, start=1):
        if key_of(name) not in drawn:
            yield Fault(
                what=f"key '{key}' in [[{table}]] number {number} {problem} of the drawing",
                evidence=f'{key} = "{name}"',
                remedy=did_you_mean(name, known, otherwise=otherwise),
            )
