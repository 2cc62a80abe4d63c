"""How does a model leave as a file for other programs or for readers?"""

import sys
from pathlib import Path
from typing import Literal

from sdmodels.catalogue import Entry, Language, load, unit_in
from sdmodels.cli.output import show_written
from sdmodels.whole import whole
from sdmodels.writers import to_markdown, to_xmile

Format = Literal["xmile", "markdown"]


def command(*, model: str, to: Format, out: Path | None, lang: Language) -> None:
    """Print a model in another format, or write it to a file that is whole or not there at all."""
    entry = load(model)
    text = to_xmile(entry.model) if to == "xmile" else _equations(entry, lang)
    if out is None:
        sys.stdout.write(text)
        return
    with whole(out) as file:
        file.write(text)
    show_written([out], lang)


def _equations(entry: Entry, language: Language) -> str:
    time = entry.model.time.units
    return to_markdown(
        entry.model,
        language=language,
        heading=entry.title(language),
        title_of=lambda name: entry.title_of(name, language),
        unit_of=lambda name: entry.unit_of(name, language),
        time_unit=entry.manifest.unit_in(time, language) if entry.manifest else unit_in(time, language),
    )
