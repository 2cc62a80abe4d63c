"""What do the modes of a model come to, as tables and in words?"""

from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import pandas as pd

from sdmodels.catalogue import Language, Text
from sdmodels.exploration.class_titles import class_title
from sdmodels.exploration.classes import MECHANISMS, SHAPES
from sdmodels.exploration.deciding import FEWEST
from sdmodels.exploration.mode_given import given_title
from sdmodels.exploration.mode_tables import ALL, CLOSER
from sdmodels.exploration.modes import Modes
from sdmodels.figures.labels import choose
from sdmodels.figures.percent import bounds, percent
from sdmodels.report import words
from sdmodels.report.given_report import given_sentences, given_table, listed, with_share
from sdmodels.report.phrases import direction, joined, share
from sdmodels.report.table import Cell, Table, readable

_MOST = 5
"""Parameters that are told of each class."""
_VARIANTS: Mapping[str, str] = {
    "as asked": "原设定",
    "first half of the sample": "样本前一半",
    "tolerances halved": "容差减半",
    "tolerances doubled": "容差加倍",
    "every second value of the lever": "杠杆取值减半",
    CLOSER: "临界突变加密检验",
}


def mode_tables(modes: Modes, language: Language) -> list[Table]:
    """Return the shares, what is given, what decides, the rules, and whether other choices say the same."""
    tables = [
        _share_table(modes, language),
        given_table(modes, language),
        _decisive_table(modes, language),
        _rule_table(modes, language),
        _robustness_table(modes, language),
    ]
    return [table for table in tables if table.rows]


def _share_table(modes: Modes, language: Language) -> Table:
    cells = {(row["shape"], row["mechanism"]): row for row in modes.shares.to_dict("records")}
    rows = tuple(
        {
            "shape": class_title(shape, language),
            **{mechanism: _with_bounds(cells[shape, mechanism]) for mechanism in (*MECHANISMS, ALL)},
        }
        for shape in (*SHAPES, ALL)
    )
    columns = [words.column("shape", "shape", "形状")]
    columns += [
        words.column(name, name, class_title(name, "zh"), numeric=True) for name in (*MECHANISMS, ALL)
    ]
    title = Text(en="Share of members, with its 95 % interval [%]", zh="运行占比及其95%区间 [%]")
    return Table(title=title, columns=tuple(columns), rows=rows)


def _with_bounds(row: Mapping[Hashable, Any]) -> str:
    """Return a share and its interval, without the unit, which the heading has."""
    found = percent(float(row["share"])).removesuffix(" %")
    if row["shape"] == row["mechanism"] == ALL:
        return found
    return f"{found} ({bounds(float(row['low']), float(row['high']))})"


def _decisive_table(modes: Modes, language: Language) -> Table:
    rows: list[Mapping[str, Cell]] = []
    for name in modes.search.interest:
        its = modes.decisive[modes.decisive["class"] == name].head(_MOST)
        for number, row in enumerate(its.to_dict("records")):
            rows.append(
                {
                    "class": class_title(name, language) if number == 0 else "",
                    "parameter": modes.entry.title_of(str(row["parameter"]), language),
                    "direction": direction(str(row["direction"]), language),
                    "distance": f"{row['distance']:.2f}",
                }
            )
    columns = (
        words.column("class", "class", "类"),
        words.column("parameter", "parameter", "参数"),
        words.column("direction", "in the class it is", "该类中取值"),
        words.column("distance", "distance (KS)", "KS 距离", numeric=True),
    )
    return Table(
        title=Text(en="What decides the class", zh="决定类别的参数"), columns=columns, rows=tuple(rows)
    )


def _rule_table(modes: Modes, language: Language) -> Table:
    rows: list[Mapping[str, Cell]] = []
    for (name, _), terms in modes.rules.groupby(["class", "rule"], sort=False):
        first = terms.iloc[0]
        rows.append(
            {
                "class": class_title(str(name), language),
                "rule": _rule(modes, terms, language),
                "precision": share(float(first["precision"]), language),
                "base": share(float(first["base"]), language),
                "coverage": share(float(first["coverage"]), language),
            }
        )
    columns = (
        words.column("class", "class", "类"),
        words.column("rule", "rule", "规则"),
        words.column("precision", "right in", "准确率", numeric=True),
        words.column("base", "without it", "无规则时", numeric=True),
        words.column("coverage", "finds of the class", "覆盖率", numeric=True),
    )
    return Table(title=Text(en="Rules that tell a class", zh="判别规则"), columns=columns, rows=tuple(rows))


def _rule(modes: Modes, terms: pd.DataFrame, language: Language) -> str:
    parts = []
    for row in terms.to_dict("records"):
        name, number = (
            modes.entry.title_of(str(row["parameter"]), language),
            readable(float(row["threshold"])),
        )
        above = row["relation"] == "at least"
        parts.append(
            choose(
                language,
                en=f"{name} {'at least' if above else 'below'} {number}",
                zh=f"{name}{'不低于' if above else '低于'} {number}",
            )
        )
    return choose(language, en=" and ", zh="，且").join(parts)


def _robustness_table(modes: Modes, language: Language) -> Table:
    rows: list[Mapping[str, Cell]] = []
    given = given_title(modes.search.given).en if modes.search.given else None
    for name, every in modes.robustness.groupby("class", sort=False):
        # What is given is more than another choice of the author: it stands for itself.
        its, of_given = every[every["variant"] != given], every[every["variant"] == given]
        asked = float(its.loc[its["variant"] == "as asked", "share"].iloc[0])
        furthest = its.iloc[int((its["share"] - asked).abs().to_numpy().argmax())]
        moved = abs(float(furthest["share"]) - asked) >= 0.0005
        variant = str(furthest["variant"])
        rows.append(
            {
                "class": class_title(str(name), language),
                "asked": share(asked, language),
                "given": with_share(of_given, language),
                "low": share(float(its["share"].min()), language),
                "high": share(float(its["share"].max()), language),
                "variant": choose(language, en=variant, zh=_VARIANTS[variant]) if moved else "",
            }
        )
    columns = [
        words.column("class", "class", "类"),
        words.column("asked", "as asked", "原设定", numeric=True),
        words.column("low", "lowest", "最低", numeric=True),
        words.column("high", "highest", "最高", numeric=True),
        words.column("variant", "differs most with", "差异最大的设定"),
    ]
    columns[2:2] = [words.column("given", "given", "给定条件下", numeric=True)] if given is not None else []
    title = Text(en="Would other choices say the same?", zh="换一种设定，结论是否相同？")
    return Table(title=title, columns=tuple(columns), rows=tuple(rows))


def mode_sentences(modes: Modes, language: Language) -> Iterator[str]:
    """Yield what was found about the classes."""
    members = int(modes.shares["members"].iloc[-1])
    if modes.failed:
        yield choose(
            language,
            en=f"{modes.failed:,} of {members + modes.failed:,} members failed, or had no burden at the reference, "
            "and are in no class.",
            zh=f"{members + modes.failed}次运行中有{modes.failed}次失败或基准处无负担，未归类。",
        )
    yield choose(
        language, en=f"Shape of {members:,} member{'s' * (members != 1)}: ", zh=f"{members}次运行的形状："
    ) + listed(modes.shares, "shape", language)
    condition = modes.entry.title_of(modes.search.condition, language)
    yield choose(language, en=f"Mechanism ({condition}): ", zh=f"机制（{condition}）：") + listed(
        modes.shares, "mechanism", language
    )
    yield from given_sentences(modes, language)
    yield from _sharp(modes, language)
    for name in modes.search.interest:
        yield _decided(modes, name, language)


def _sharp(modes: Modes, language: Language) -> Iterator[str]:
    tips, sharp = int((modes.curves["mechanism"] == "tip").sum()), int(modes.curves["sharp"].sum())
    if tips and modes.search.closer > 1:
        yield choose(
            language,
            en=f"{sharp:,} of {tips:,} tips are jumps at values {modes.search.closer} times as close, too.",
            zh=f"取值加密{modes.search.closer}倍后，{tips}次临界突变中仍有{sharp}次为突变。",
        )


def _decided(modes: Modes, name: str, language: Language) -> str:
    its = modes.decisive[modes.decisive["class"] == name].head(3)
    title = class_title(name, language)
    if its.empty:
        return choose(
            language,
            en=f"What decides '{title}': too few members, fewer than {FEWEST} are in the class, or outside of it.",
            zh=f"决定“{title}”的参数：运行太少，属于或不属于该类的不足{FEWEST}次。",
        )
    parts = [
        _named(
            modes.entry.title_of(str(row["parameter"]), language),
            direction(str(row["direction"]), language),
            f"{row['distance']:.2f}",
            language,
        )
        for row in its.to_dict("records")
    ]
    return choose(
        language,
        en=f"What decides '{title}' most: {joined(parts, 'en')}.",
        zh=f"决定“{title}”的主要参数：{joined(parts, 'zh')}。",
    )


def _named(name: str, where: str, distance: str, language: Language) -> str:
    return choose(language, en=f"{name} ({where}, {distance})", zh=f"{name}（{where}，{distance}）")
