"""Does a model deserve trust?"""

import time
from collections.abc import Sequence
from typing import get_args

import typer

from sdmodels.catalogue import Language, Text, load
from sdmodels.cli.output import progress, rows_of, show, show_json, show_line
from sdmodels.report import words
from sdmodels.report.table import Cell, Table, readable
from sdmodels.validation import Finding, check
from sdmodels.validation.finding import Status
from sdmodels.validation.groups import TITLES, group_of

FOUND_FAULTS = 1


def command(*, model: str, stop_at_first: bool, lang: Language, as_json: bool) -> None:
    """Print what every check found, and how many of each status; end with exit code 1 if one failed."""
    entry = load(model)
    began = time.monotonic()
    with progress("checking", lang) as report:
        findings = check(entry, stop_at_first=stop_at_first, progress=report)
    seconds = time.monotonic() - began
    table, tally = _table(findings, lang), _tally(findings)
    stopped = stop_at_first and tally["failed"] > 0
    if as_json:
        counts = {status.replace(" ", "_"): count for status, count in tally.items()}
        summary = {**counts, "seconds": round(seconds, 3), "stopped_at_first": stopped}
        show_json({"model": entry.id, "tally": summary, "findings": rows_of(table)})
    else:
        show([table], lang)
        show_line(_last_line(tally, seconds, stopped=stopped), lang)
    if tally["failed"] > 0:
        raise typer.Exit(FOUND_FAULTS)


def _tally(findings: Sequence[Finding]) -> dict[Status, int]:
    """Return how many findings have each status, none of them left out."""
    return {status: sum(finding.status == status for finding in findings) for status in get_args(Status)}


def _last_line(tally: dict[Status, int], seconds: float, *, stopped: bool) -> Text:
    chinese = words.WORDS_IN_CHINESE
    en = ", ".join(f"{count} {status}" for status, count in tally.items())
    zh = "，".join(f"{chinese[status]} {count} 项" for status, count in tally.items())
    return Text(
        en=f"{en}; {seconds:.1f} s" + ("; stopped at the first that failed" if stopped else ""),
        zh=f"{zh}；用时 {seconds:.1f} 秒" + ("；在首个未通过处停止" if stopped else ""),
    )


def _table(findings: tuple[Finding, ...], language: Language) -> Table:
    rows: list[dict[str, Cell]] = [
        {
            "group": group_of(finding),
            "check": finding.check,
            "title": finding.title.in_language(language),
            "status": finding.status,
            "measured": finding.measured,
            "bound": finding.bound,
            "unit": finding.unit,
            "message": finding.message,
            **({} if finding.first_predicted is None else {"first_predicted": finding.first_predicted}),
        }
        for finding in findings
    ]
    columns = (
        words.column("title", "check", "检验"),
        words.STATUS,
        words.column("measured", "measured", "测得", numeric=True),
        words.column("bound", "bound", "界限", numeric=True),
        words.MESSAGE,
    )
    return Table(
        title=Text(en="Checks", zh="检验"),
        columns=columns,
        rows=tuple(rows),
        shown=tuple(_shown(finding, language) for finding in findings),
        headings=tuple(TITLES[group_of(finding)] for finding in findings),
    )


def _shown(finding: Finding, language: Language) -> dict[str, str]:
    unit = "" if finding.unit == "Dmnl" or finding.measured is None else finding.unit
    return {
        "status": words.WORDS_IN_CHINESE[finding.status] if language == "zh" else finding.status,
        "measured": f"{readable(finding.measured)} {unit}".rstrip(),
        "bound": readable(finding.bound),
        # What passed is said in a line; what failed is said in full.
        "message": finding.message if finding.status == "failed" else finding.message.split("\n")[0],
    }
