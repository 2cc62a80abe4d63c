"""What do the classes come to where something is known of the start, as a table and in words?"""

import math
from collections.abc import Iterator, Mapping

import pandas as pd

from sdmodels.catalogue import Given, Language, Text
from sdmodels.exploration.class_titles import class_title
from sdmodels.exploration.mode_given import given_title
from sdmodels.exploration.mode_tables import ALL
from sdmodels.exploration.modes import Modes
from sdmodels.figures.labels import choose
from sdmodels.figures.percent import bounds
from sdmodels.report import words
from sdmodels.report.phrases import share
from sdmodels.report.table import Cell, Table, readable

_QUANTILES = ("p05", "p25", "p50", "p75", "p95")


def given_table(modes: Modes, language: Language) -> Table:
    """Return where the draws lie to what is given, one row a condition; no rows where nothing is."""
    entry = modes.entry
    rows: list[Mapping[str, Cell]] = [
        {
            "variable": entry.title_of(str(row["variable"]), language),
            "given": _range(condition),
            **{quantile: float(row[quantile]) for quantile in _QUANTILES},
            "unit": entry.unit_of(str(row["variable"]), language),
            "met": choose(
                language, en=f"{row['met']:,} of {row['members']:,}", zh=f"{row['met']}/{row['members']}"
            ),
        }
        for condition, row in zip(modes.search.given, modes.given.to_dict("records"), strict=True)
    ]
    columns = [
        words.column("variable", "variable", "变量"),
        words.column("given", "given", "给定", numeric=True),
    ]
    columns += [
        words.column(name, f"{int(name[1:])} %", f"{int(name[1:])} %", numeric=True) for name in _QUANTILES
    ]
    columns += [words.UNIT, words.column("met", "met by", "符合的运行", numeric=True)]
    title = Text(en="What is given, and where the draws lie at the start", zh="给定条件与各次抽样的期初值")
    return Table(title=title, columns=tuple(columns), rows=tuple(rows))


def _range(condition: Given) -> str:
    """Return the numbers between which a variable is given, such as ``1200–1600``, ``≥ 3`` or ``≤ 5``."""
    if condition.minimum is None or condition.maximum is None:
        number = condition.maximum if condition.minimum is None else condition.minimum
        return f"{'≤' if condition.minimum is None else '≥'} {readable(number)}"
    return f"{readable(condition.minimum)}–{readable(condition.maximum)}"


def given_sentences(modes: Modes, language: Language) -> Iterator[str]:
    """Yield the shares over the members that meet what is given, and how many they are; nothing if nothing is."""
    if not modes.search.given:
        return
    members, met = int(modes.shares["members"].iloc[-1]), modes.meeting
    title = given_title(modes.search.given).in_language(language)
    if met == 0:
        yield choose(
            language,
            en=f"{_begun(title)}: none of {members:,} members is so, and there is no share to tell. Compare the "
            "quantiles with what is given.",
            zh=f"{title}：{members}次运行中无一符合，无法给出占比；请将分位数与给定条件相比较。",
        )
        return
    shapes, mechanisms = (listed(modes.given_shares, kind, language) for kind in ("shape", "mechanism"))
    part = share(met / members, language)
    yield choose(
        language,
        en=f"{_begun(title)} ({met:,} of {members:,} members, {part}): {shapes} By mechanism: {mechanisms}",
        zh=f"{title}（{members}次运行中的{met}次，{part}）：{shapes}按机制：{mechanisms}",
    )


def _begun(title: str) -> str:
    return title[:1].upper() + title[1:]


def listed(shares: pd.DataFrame, kind: str, language: Language) -> str:
    """Return the classes of a cross table that members are in, the largest first.

    Parameters
    ----------
    kind
        ``shape`` or ``mechanism``.
    """
    other = "mechanism" if kind == "shape" else "shape"
    its = shares[(shares[other] == ALL) & (shares[kind] != ALL) & (shares["members"] > 0)]
    parts = [
        f"{class_title(str(row[kind]), language)} {share(float(row['share']), language)} "
        f"({bounds(float(row['low']), float(row['high']))})"
        for row in its.sort_values("members", ascending=False, kind="stable").to_dict("records")
    ]
    return choose(language, en=f"{', '.join(parts)}.", zh=f"{'，'.join(parts)}。")


def with_share(rows: pd.DataFrame, language: Language) -> str:
    """Return the share of the one row there is; a dash if it is of no members, nothing if there is no row."""
    if rows.empty:
        return ""
    value = float(rows["share"].iloc[0])
    return "–" if math.isnan(value) else share(value, language)
