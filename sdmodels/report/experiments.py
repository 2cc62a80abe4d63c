"""What did an experiment find, as a table and in words?"""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from sdmodels.catalogue import Entry, Experiment, Language, Text
from sdmodels.exploration import ExperimentResult, Finding
from sdmodels.exploration.modes import Modes
from sdmodels.exploration.noise import EarlyWarnings
from sdmodels.exploration.ranking import Ranking
from sdmodels.exploration.shock import Shocks
from sdmodels.report import words
from sdmodels.report.files import write_summary
from sdmodels.report.mode_report import mode_sentences, mode_tables
from sdmodels.report.noise_report import noise_sentences, noise_table
from sdmodels.report.ranking_report import ranking_sentences, ranking_tables
from sdmodels.report.shock_report import shock_sentences, shock_tables
from sdmodels.report.table import Cell, Table, readable


def experiment_list(entry: Entry, language: Language) -> Table:
    """Return the experiments of a model: id, kind, title and question."""
    rows: list[Mapping[str, Cell]] = [
        {
            "id": each.id,
            "kind": each.kind,
            "title": each.title.in_language(language),
            "question": each.question.in_language(language),
        }
        for each in entry.experiments
    ]
    shown = [{"kind": _kind(each, language)} for each in entry.experiments]
    columns = (
        words.ID,
        words.column("kind", "kind", "类型"),
        words.TITLE,
        words.column("question", "question", "问题"),
    )
    return Table(
        title=Text(en="Experiments", zh="实验"), columns=columns, rows=tuple(rows), shown=tuple(shown)
    )


def _kind(experiment: Experiment, language: Language) -> str:
    return words.WORDS_IN_CHINESE[experiment.kind] if language == "zh" else experiment.kind


def finding_table(result: ExperimentResult, language: Language) -> Table:
    """Return the findings of an experiment over its members; one block of rows a finding."""
    ordered = sorted(result.findings, key=lambda each: _order(result.findings, each))
    rows: list[Mapping[str, Cell]] = []
    shown: list[Mapping[str, str]] = []
    for each in ordered:
        low, high = each.middle
        rows.append(
            {
                "finding": each.id,
                "arm": each.arm,
                "median": _cell(each.median),
                "low": _cell(low),
                "high": _cell(high),
                "unit": each.units,
                "share": _cell(each.share),
                "members": each.members,
            }
        )
        again = len(rows) > 1 and rows[-2]["finding"] == each.id
        shown.append(
            {
                "finding": "" if again else each.title.in_language(language),
                "arm": each.arm_title.in_language(language),
                "unit": _unit(result, each, language),
                "share": "" if each.always or math.isnan(each.share) else f"{each.share:.0%}",
            }
        )
    columns = [words.column("finding", "finding", "发现")]
    columns += [words.column("arm", "variant", "变体")] if _has_arms(result) else []
    columns += [words.MEDIAN if result.members > 1 else words.VALUE]
    columns += [words.LOW, words.HIGH] if result.members > 1 else []
    columns += [words.UNIT, words.column("share", "share", "占比", numeric=True)]
    columns += [words.column("members", "of members", "运行数", numeric=True)]
    if result.members == 1:
        rows = [{**row, "value": row["median"]} for row in rows]
    return Table(title=result.experiment.title, columns=tuple(columns), rows=tuple(rows), shown=tuple(shown))


def _has_arms(result: ExperimentResult) -> bool:
    return len({each.arm for each in result.findings}) > 1


def _order(findings: Sequence[Finding], finding: Finding) -> int:
    return list(dict.fromkeys(each.id for each in findings)).index(finding.id)


def _cell(number: float) -> float | None:
    return None if math.isnan(number) else number


def _unit(result: ExperimentResult, finding: Finding, language: Language) -> str:
    manifest = result.entry.manifest
    return manifest.unit_in(finding.units, language) if manifest else finding.units


def in_words(result: ExperimentResult, finding: Finding, language: Language) -> str:
    """Return a finding as a sentence."""
    chinese = language == "zh"
    title = finding.title.in_language(language)
    if _has_arms(result):
        title = f"{finding.arm_title.in_language(language)}{'：' if chinese else '. '}{title}"
    if math.isnan(finding.median):
        share = readable(finding.members, language)
        if chinese:
            return f"{title}：{share}次运行中均未出现。"
        return f"{title}: in none of {share} members."
    quantity, unit = finding.quantity.in_language(language), _unit(result, finding, language)
    number = f"{quantity} {readable(finding.median)} {unit}".rstrip()
    if result.members == 1:
        return f"{title}：{number}。" if chinese else f"{title}: {number}."
    low, high = map(readable, finding.middle)
    share = f"{100 * finding.share:.0f}"
    if chinese:
        return f"{title}：{number}（中间90%：{low}至{high}）；{finding.members}次运行中的{share}%。"
    return f"{title}: {number} (middle 90 %: {low} to {high}), in {share} % of {finding.members} members."


def tables_of(result: ExperimentResult, language: Language) -> list[Table]:
    """Return the tables that say what an experiment came to."""
    match result.details:
        case Modes():
            shares, *others = mode_tables(result.details, language)
            return [shares, finding_table(result, language), *others]
        case Shocks():
            return shock_tables(result.details, language)
        case EarlyWarnings():
            return [noise_table(result.details, language), finding_table(result, language)]
        case Ranking():
            return ranking_tables(result.details, language)
    return [finding_table(result, language)]


def sentences_of(result: ExperimentResult, language: Language) -> list[str]:
    """Return what was found as sentences."""
    match result.details:
        case Modes():
            places = [in_words(result, finding, language) for finding in result.findings]
            return [*places, *mode_sentences(result.details, language)]
        case Shocks():
            return list(shock_sentences(result.details, language))
        case EarlyWarnings():
            tip = [in_words(result, finding, language) for finding in result.findings if finding.id == "tip"]
            return [*tip, *noise_sentences(result.details, language)]
        case Ranking():
            return list(ranking_sentences(result.details, language))
    return [in_words(result, finding, language) for finding in result.findings if not finding.always]


def records_of(result: ExperimentResult) -> dict[str, list[dict[str, Cell]]]:
    """Return the numbers and the further tables for machines; what is missing or infinite is ``None``."""
    frames = {"numbers": result.numbers, **result.further}
    return {
        name: [{str(key): _plain(cell) for key, cell in row.items()} for row in frame.to_dict("records")]
        for name, frame in frames.items()
    }


def _plain(cell: Cell) -> Cell:
    return None if isinstance(cell, float) and not math.isfinite(cell) else cell


def write_numbers(result: ExperimentResult, folder: Path) -> list[Path]:
    """Write the numbers that the figure shows as ``ID.csv``, further tables as ``ID_NAME.csv``."""
    id = result.experiment.id
    further = [write_summary(table, folder / f"{id}_{name}.csv") for name, table in result.further.items()]
    return [write_summary(result.numbers, folder / f"{id}.csv"), *further]
