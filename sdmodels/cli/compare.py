"""How do policies compare?"""

from pathlib import Path

from sdmodels.catalogue import Language, load
from sdmodels.cli.output import parse_settings, progress, rows_of, show, show_json, show_written
from sdmodels.cli.simulate import warn_of_failures
from sdmodels.errors import InputError
from sdmodels.experiment import evaluate
from sdmodels.figures import outcome_bars, save
from sdmodels.report.files import write_summary
from sdmodels.report.outcomes import figure_table, outcome_summary, outcome_table


def command(
    *,
    model: str,
    policies: list[str],
    scenarios: list[str],
    settings: list[str],
    members: int,
    seed: int,
    out: Path | None,
    lang: Language,
    as_json: bool,
) -> None:
    """Print the outcomes of policies side by side; with ``out`` write them as CSV and figure."""
    entry = load(model)
    if not entry.outcomes:
        raise InputError(
            f"{entry.path} has no outcomes to compare.\n    Outcomes are named in a model.toml beside the file.\n"
            f"Write one (docs/manifest.md), or run `sdmodels simulate {model}`."
        )
    with progress("running", lang) as report:
        found = evaluate(
            entry,
            parse_settings(settings),
            policy=policies or list(entry.policies),
            scenario=scenarios,
            members=members,
            seed=seed,
            progress=report,
        )
    warn_of_failures(found)
    summary = outcome_summary(entry.outcomes, found)
    files = []
    if out is not None:
        files.append(write_summary(summary, out / "outcomes.csv"))
        one = summary[summary["scenario"] == summary["scenario"].iloc[0]]
        bars = outcome_bars(figure_table(entry, one), interval="90 %", language=lang)
        files.append(save(bars, out / "outcomes.png"))
    table = outcome_table(entry, summary, lang)
    if as_json:
        show_json({"model": entry.id, "outcomes": rows_of(table), "files": [str(file) for file in files]})
        return
    show([table], lang)
    show_written(files, lang)
