"""What is a table before it is shown: columns with keys and titles, rows of plain values?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sdmodels.catalogue import Language, Text

Cell: TypeAlias = str | float | int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: ``key`` names it for machines (JSON, CSV), ``title`` for people."""

    key: str
    title: Text
    align: Literal["left", "right"] = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of values under columns.

    Attributes
    ----------
    rows
        One mapping a row, from a column's key to its value in full precision.
    shown
        The same rows as people read them, where that differs (rounded, translated).
    headings
        What each row is under, where rows are grouped: shown where it changes.
    """

    title: Text
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, Cell], ...]
    shown: tuple[Mapping[str, str], ...] = ()
    headings: tuple[Text, ...] = ()

    def cells(self, language: Language) -> list[list[str]]:
        """Return the texts of every row, in the order of the columns."""
        shown: Sequence[Mapping[str, str]] = self.shown or ({},) * len(self.rows)
        return [
            [texts.get(column.key, readable(row.get(column.key), language)) for column in self.columns]
            for row, texts in zip(self.rows, shown, strict=True)
        ]


def readable(value: Cell, language: Language = "en") -> str:
    """Return a value as people read it: four significant digits, thousands apart."""
    match value:
        case None:
            return ""
        case bool():
            return {True: {"en": "yes", "zh": "是"}, False: {"en": "no", "zh": "否"}}[value][language]
        case str():
            return value
        case int():
            return f"{value:,}"
        case float() if value == 0 or 1e-3 <= abs(value) < 1e9:
            digits = f"{value:.4g}"
            return f"{float(digits):,.0f}" if abs(value) >= 1000 else digits
        case _:
            return f"{value:.3g}"
