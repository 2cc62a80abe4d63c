"""How do tables, JSON and progress appear on a terminal?"""

import json
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table as RichTable

from sdmodels.catalogue import Language, Text
from sdmodels.errors import InputError
from sdmodels.report.table import Table

# Called with what is done and what there is in all.
Report: TypeAlias = Callable[[int, int], None]

# What takes longer than this shows that it is alive [second].
PATIENCE: Final = 1.0
WIDTH_OF_A_PIPE: Final = 120

WORDS: Final = MappingProxyType(
    {
        "running": {"en": "simulating", "zh": "正在模拟"},
        "writing": {"en": "writing", "zh": "正在写入"},
        "loops": {"en": "scoring loops", "zh": "正在为回路评分"},
        "drawing": {"en": "drawing", "zh": "正在绘图"},
        "checking": {"en": "checking", "zh": "正在检验"},
        "written": {"en": "Written", "zh": "已写入"},
        "search": {"en": "searching", "zh": "正在搜索"},
        "sample": {"en": "sampling", "zh": "正在抽样"},
        "profiles": {"en": "profiling", "zh": "正在计算剖面"},
        "growth": {"en": "taking growth apart", "zh": "正在分解增长"},
        "prediction": {"en": "predicting", "zh": "正在预测"},
    }
)


def console() -> Console:
    """Return the console for results; in a pipe or a file it is wide enough for a table."""
    return Console(width=None if sys.stdout.isatty() else WIDTH_OF_A_PIPE, highlight=False)


def show(tables: Sequence[Table], language: Language) -> None:
    """Print tables for people."""
    out = console()
    for table in tables:
        drawn = RichTable(
            title=table.title.in_language(language).replace("[", r"\["),
            title_justify="left",
            box=box.SIMPLE_HEAD,
            pad_edge=False,
        )
        rows = table.cells(language)
        for place, column in enumerate(table.columns):
            # A text is broken where the terminal is narrow, a number never.
            numbers = [row[place] for row in rows] if column.align == "right" else []
            drawn.add_column(
                column.title.in_language(language),
                justify=column.align,
                overflow="fold",
                min_width=max(map(cell_len, numbers), default=1),
            )
        headings = [heading.in_language(language) for heading in table.headings]
        for number, cells in enumerate(rows):
            if headings and (number == 0 or headings[number] != headings[number - 1]):
                drawn.add_section()
                drawn.add_row(headings[number], style="bold")
            drawn.add_row(*(cell.replace("[", r"\[") for cell in cells))
        out.print(drawn)


def show_line(text: Text, language: Language) -> None:
    """Print a line below a table."""
    console().print(text.in_language(language), markup=False)


def show_json(document: Any) -> None:
    """Print a document for machines; numbers are in full precision, and never NaN or infinite."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def rows_of(table: Table) -> list[dict[str, Any]]:
    """Return the rows of a table for JSON."""
    return [dict(row) for row in table.rows]


def show_written(
    files: Sequence[Path], language: Language, titles: Mapping[Path, str] = MappingProxyType({})
) -> None:
    """Say which files were written, and what they are where that has a title.

    It is said on standard error: standard output is for results.
    """
    out = Console(stderr=True, highlight=False, soft_wrap=True)
    for file in files:
        title = titles.get(file, "")
        shown = title and (f"（{title}）" if language == "zh" else f" ({title})")
        out.print(f"{WORDS['written'][language]}: {file}{shown}", markup=False)


@contextmanager
def progress(what: str, language: Language) -> Iterator[Report]:
    """Show a bar on standard error once the work has taken a moment; yield what to report progress to.

    Nothing is shown where no person watches: in a pipe or a log.
    """
    terminal = Console(stderr=True)
    if not terminal.is_terminal:
        yield _say_nothing
        return
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=terminal,
        transient=True,
    )
    task = bar.add_task(WORDS[what][language], total=None)

    def report(done: int, total: int) -> None:
        bar.update(task, completed=done, total=total)

    timer = threading.Timer(PATIENCE, bar.start)
    timer.daemon = True
    timer.start()
    try:
        yield report
    finally:
        timer.cancel()
        timer.join()
        if bar.live.is_started:
            bar.stop()


def _say_nothing(_done: int, _total: int) -> None:
    """Take progress that nobody watches."""


def parse_settings(settings: Sequence[str]) -> dict[str, float]:
    """Return the values of ``NAME=VALUE`` texts.

    Raises
    ------
    InputError
        If a text has another form, or names a constant twice.
    """
    values: dict[str, float] = {}
    for text in settings:
        name, equals, value = text.rpartition("=")
        if not equals or not name.strip():
            raise InputError(
                f"--set '{text}' does not have the form NAME=VALUE.\n    {text}\n"
                'Write it like --set "Application Intensity=0.6".'
            )
        try:
            number = float(value)
        except ValueError:
            raise InputError(
                f"--set '{text}': '{value.strip()}' is not a number.\n    {text}\n"
                'Write it like --set "Application Intensity=0.6".'
            ) from None
        if name.strip() in values:
            raise InputError(f"--set names '{name.strip()}' twice.\n    {text}\nKeep one of the two.")
        values[name.strip()] = number
    return values
