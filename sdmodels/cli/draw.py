"""What has been drawn in a model's file?"""

from pathlib import Path

from sdmodels.catalogue import Language, load
from sdmodels.cli.output import progress, show_written
from sdmodels.report.drawings import write_drawing


def command(*, model: str, view: str | None, png: bool, out: Path | None, lang: Language) -> None:
    """Write each view of a model's drawing as a figure, and say which files were written."""
    entry = load(model)
    folder = out if out is not None else Path("out") / entry.id / "drawing"
    with progress("writing", lang):
        files = write_drawing(entry, folder, lang, title=view, png=png)
    show_written(list(files), lang, files)
