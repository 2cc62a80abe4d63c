"""Would the checks of a model notice if it were wrong?"""

import typer

from sdmodels.catalogue import Language, Mutation, Text, load
from sdmodels.cli.check import FOUND_FAULTS
from sdmodels.cli.output import progress, rows_of, show, show_json, show_line
from sdmodels.report import words
from sdmodels.report.table import Cell, Table, readable
from sdmodels.validation import MutationRun, mutate


def command(*, model: str, stop_at_first: bool, lang: Language, as_json: bool) -> None:
    """Print which checks notice each mistake, and what none does; end with exit code 1 if too few are noticed."""
    entry = load(model)
    with progress("checking", lang) as report:
        run = mutate(entry, stop_at_first=stop_at_first, workers=None, progress=report)
    table = _table(run, lang)
    missed = [_described(mutant.mutation) for mutant in run.mutants if not mutant.caught]
    if as_json:
        show_json(
            {
                "model": entry.id,
                "caught": run.caught,
                "least": run.least,
                "missed": [mistake.in_language(lang) for mistake in missed],
                "mutations": rows_of(table),
            }
        )
    else:
        show([table], lang)
        if missed:
            show_line(Text(en="Nothing noticed:", zh="未被发现的错误："), lang)
            for mistake in missed:
                show_line(Text(en=f"- {mistake.en}", zh=f"- {mistake.zh}"), lang)
        show_line(_verdict(run), lang)
    if not run.passed:
        raise typer.Exit(FOUND_FAULTS)


def _described(mutation: Mutation) -> Text:
    """Return a mistake in words, and where and how it was made."""
    title, where = mutation.title, mutation.variable
    old, new = (" ".join(piece.split()) for piece in (mutation.find, mutation.replace))
    if not new:
        return Text(en=f"{title.en} ({where}: without '{old}')", zh=f"{title.zh}（{where}：去掉“{old}”）")
    return Text(
        en=f"{title.en} ({where}: '{old}' became '{new}')", zh=f"{title.zh}（{where}：“{old}”改为“{new}”）"
    )


def _verdict(run: MutationRun) -> Text:
    caught, count, least = run.caught, len(run.mutants), run.least
    return Text(
        en=f"caught {caught} of {count}; at least {least} must be",
        zh=f"{count} 处错误中发现 {caught} 处；至少须发现 {least} 处",
    )


def _table(run: MutationRun, language: Language) -> Table:
    rows: list[dict[str, Cell]] = [
        {
            "mutation": mutant.mutation.id,
            "title": mutant.mutation.title.in_language(language),
            "caught": mutant.caught,
            "by": ", ".join(mutant.caught_by),
            "message": "\n".join(mutant.messages),
        }
        for mutant in run.mutants
    ]
    columns = (
        words.column("mutation", "mutation", "错误"),
        words.TITLE,
        words.column("caught", "caught", "是否发现"),
        words.column("by", "by", "由何检验发现"),
    )
    shown = tuple({"caught": readable(mutant.caught, language)} for mutant in run.mutants)
    return Table(title=Text(en="Mutations", zh="变异检验"), columns=columns, rows=tuple(rows), shown=shown)
