"""What does the whole study of a model say?"""

from pathlib import Path

from sdmodels.catalogue import Language, load
from sdmodels.cli.output import progress, rows_of, show, show_json, show_written
from sdmodels.cli.simulate import warn_of_failures
from sdmodels.report.outcomes import outcome_table
from sdmodels.report.study import study


def command(*, model: str, members: int, seed: int, out: Path | None, lang: Language, as_json: bool) -> None:
    """Run the baseline and every policy, print the outcomes, and say what was written."""
    with progress("running", lang) as report:
        result = study(load(model), out=out, members=members, seed=seed, language=lang, progress=report)
    warn_of_failures(result.behaviour)
    table = outcome_table(result.entry, result.summary, lang)
    if as_json:
        files = [str(file) for file in result.files]
        show_json({"model": result.entry.id, "outcomes": rows_of(table), "files": files})
        return
    show([table], lang)
    show_written(result.files, lang)
