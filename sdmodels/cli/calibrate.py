"""What do the data of a case say about its model?"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sdmodels.calibration.accepting import accept
from sdmodels.calibration.calibrating import Calibration, Stage, Told, calibrate
from sdmodels.calibration.case import cases, load_case
from sdmodels.catalogue import Language
from sdmodels.cli.output import console, progress, rows_of, show, show_json, show_written
from sdmodels.engine.trajectories import Progress
from sdmodels.figures import save
from sdmodels.figures.calibration import plot_calibration
from sdmodels.report.calibration import case_list, write_numbers
from sdmodels.report.calibration_sentences import calibration_sentences
from sdmodels.report.calibration_tables import calibration_tables

# Files that some calibrations have and others have not.
SOMETIMES = (
    "growth.csv",
    "growth.png",
    "pairs.csv",
    "pairs.png",
    "predictions.csv",
    "predictions.png",
    "priors.png",
    "profiles.csv",
    "profiles.png",
)


def command(
    *,
    case: str | None,
    listed: bool,
    until: str | None,
    effort: dict[str, int | None],
    globally: bool,
    profiles: bool,
    accepted: bool,
    out: Path | None,
    lang: Language,
    as_json: bool,
) -> None:
    """List the cases, or calibrate one: print what was found, write numbers and figures."""
    if listed or case is None:
        table = case_list(cases(), lang)
        if as_json:
            show_json({"cases": rows_of(table)})
        else:
            show([table], lang)
        return
    loaded = load_case(case)
    asked = loaded.problem.effort.model_copy(update={k: v for k, v in effort.items() if v is not None})
    folder = out or Path("out") / "calibration" / loaded.id
    with _stages(lang) as told:
        found = calibrate(
            loaded,
            effort=asked,
            globally=globally,
            profiles=profiles,
            until=until,
            store=folder / "work",
            told=told,
        )
    with progress("writing", lang):
        files = [*write_numbers(found, folder), *_figures(found, folder, lang)]
        _remove_others(folder, files)
        files += accept(found) if accepted else ()
    if as_json:
        tables = calibration_tables(found, lang)
        show_json(
            {
                "case": loaded.id,
                "tables": {table.title.en: rows_of(table) for table in tables},
                "sentences": calibration_sentences(found, lang),
                "files": [str(file) for file in files],
            }
        )
        return
    out_console = console()
    out_console.print(loaded.problem.question.in_language(lang), markup=False, soft_wrap=True)
    show(calibration_tables(found, lang), lang)
    for sentence in calibration_sentences(found, lang):
        out_console.print(f"* {sentence}", markup=False)
    show_written(files, lang)


def _remove_others(folder: Path, files: Sequence[Path]) -> None:
    """Remove what an earlier calibration wrote there and this one has not: it would be taken for its result."""
    for name in SOMETIMES:
        path = folder / name
        if path not in files:
            path.unlink(missing_ok=True)


def _figures(found: Calibration, folder: Path, language: Language) -> Iterator[Path]:
    for name, figure in plot_calibration(found, language=language).items():
        yield save(figure, folder / f"{name}.png")


@contextmanager
def _stages(language: Language) -> Iterator[Told]:
    """Yield what is told of each stage; a stage's bar ends when the next one begins."""
    with ExitStack() as stack:

        def told(stage: Stage) -> Progress:
            stack.close()
            return stack.enter_context(progress(stage, language))

        yield told
