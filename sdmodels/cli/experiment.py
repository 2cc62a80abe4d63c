"""What do the experiments of a model find?"""

from pathlib import Path
from typing import Any

from rich.console import Console

from sdmodels.catalogue import EVERY, Entry, Language, load
from sdmodels.cli.output import Report, console, progress, rows_of, show, show_json, show_written
from sdmodels.errors import InputError
from sdmodels.exploration import ExperimentResult, run_experiment
from sdmodels.figures import plot_experiment, save
from sdmodels.report.experiments import (
    experiment_list,
    finding_table,
    records_of,
    sentences_of,
    tables_of,
    write_numbers,
)


def command(
    *,
    model: str,
    id: str | None,
    members: int | None,
    seed: int,
    out: Path | None,
    lang: Language,
    as_json: bool,
) -> None:
    """List the experiments, or run one or all: print what was found, write a figure and its numbers."""
    entry = load(model)
    if not entry.experiments:
        raise InputError(
            f"{entry.path} has no experiments.\n    There is no experiments.toml with one beside it.\n"
            "Write one (docs/experiments.md); it needs a model.toml in the same folder."
        )
    if id is None:
        table = experiment_list(entry, lang)
        if as_json:
            show_json({"model": entry.id, "experiments": rows_of(table)})
        else:
            show([table], lang)
        return
    chosen = entry.experiments if id == EVERY else (entry.experiment(id),)
    folder = out or Path("out") / entry.id / "experiments"
    documents = []
    for experiment in chosen:
        with progress("running", lang) as report:
            result = _run(entry, experiment.id, members, seed, report)
        files = _written(result, folder, lang)
        if as_json:
            documents.append(_document(result, files, lang))
        else:
            _print(result, lang)
            show_written(files, lang)
    if as_json:
        show_json({"model": entry.id, "experiments": documents})


def _run(entry: Entry, id: str, members: int | None, seed: int, report: Report) -> ExperimentResult:
    result = run_experiment(entry, id, members=members, seed=seed, progress=report)
    if result.failed:
        text = f"{id}: {result.failed} of {result.runs} runs failed and are left out."
        Console(stderr=True, soft_wrap=True).print(text, markup=False)
    return result


def _written(result: ExperimentResult, folder: Path, language: Language) -> list[Path]:
    id = result.experiment.id
    with progress("writing", language):
        return [
            *write_numbers(result, folder),
            save(plot_experiment(result, language=language), folder / f"{id}.png"),
        ]


def _print(result: ExperimentResult, language: Language) -> None:
    experiment, out = result.experiment, console()
    out.print(experiment.question.in_language(language), markup=False, soft_wrap=True)
    show(tables_of(result, language), language)
    for sentence in sentences_of(result, language):
        out.print(sentence, markup=False, soft_wrap=True)
    if experiment.note is not None:
        out.print(experiment.note.in_language(language), markup=False, soft_wrap=True)
    out.print()


def _document(result: ExperimentResult, files: list[Path], language: Language) -> dict[str, Any]:
    return {
        "id": result.experiment.id,
        "title": result.experiment.title.in_language(language),
        "question": result.experiment.question.in_language(language),
        "members": result.members,
        "seed": result.seed,
        "runs": result.runs,
        "failed": result.failed,
        "findings": rows_of(finding_table(result, language)),
        "words": sentences_of(result, language),
        **({} if result.details is None else {"tables": records_of(result)}),
        "files": [str(file) for file in files],
    }
