"""What does the whole study of a model say?"""

from pathlib import Path

from sdmodels.catalogue import Language, Text, load
from sdmodels.cli.output import progress, rows_of, show, show_json, show_line, show_written
from sdmodels.cli.simulate import warn_of_failures
from sdmodels.report.outcomes import outcome_table
from sdmodels.report.study import Draws, study


def command(
    *,
    model: str,
    members: int,
    seed: int,
    draws: Draws | None,
    out: Path | None,
    lang: Language,
    as_json: bool,
) -> None:
    """Run the baseline and every policy, print the outcomes, and say what was written."""
    with progress("running", lang) as report:
        result = study(
            load(model), out=out, members=members, seed=seed, draws=draws, language=lang, progress=report
        )
    warn_of_failures(result.behaviour)
    table = outcome_table(result.entry, result.summary, lang)
    if as_json:
        files = [str(file) for file in result.files]
        document = {"model": result.entry.id, "case": result.case, "outcomes": rows_of(table), "files": files}
        show_json(document)
        return
    show([table], lang)
    if result.case is not None:
        text = Text(
            en=f"Members are drawn from the posterior of the case {result.case}; --draws ranges takes the ranges.",
            zh=f"各次运行抽自案例 {result.case} 的后验分布；--draws ranges 则抽自取值范围。",
        )
        show_line(text, lang)
    show_written(result.files, lang)
