"""Does a model deserve trust?"""

import typer

from sdmodels.catalogue import Language, Text, load
from sdmodels.cli.output import progress, rows_of, show, show_json
from sdmodels.report import words
from sdmodels.report.table import Cell, Table, readable
from sdmodels.validation import Finding, check
from sdmodels.validation.groups import TITLES, group_of

FOUND_FAULTS = 1


def command(*, model: str, stop_at_first: bool, lang: Language, as_json: bool) -> None:
    """Print what every check found; end with exit code 1 if one failed."""
    entry = load(model)
    with progress("checking", lang) as report:
        findings = check(entry, stop_at_first=stop_at_first, progress=report)
    table = _table(findings, lang)
    if as_json:
        show_json({"model": entry.id, "findings": rows_of(table)})
    else:
        show([table], lang)
    if any(finding.status == "failed" for finding in findings):
        raise typer.Exit(FOUND_FAULTS)


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
