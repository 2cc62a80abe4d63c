"""Does the system announce its tip, as a table and in words?"""

import math
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from sdmodels.catalogue import Language, Text
from sdmodels.exploration.noise import EarlyWarnings
from sdmodels.exploration.noise_tables import MEASURES, Measure
from sdmodels.figures.labels import choose
from sdmodels.report import words
from sdmodels.report.phrases import share
from sdmodels.report.table import Cell, Table, readable

_ACCEPTABLE: Final = 0.7
_OUTSTANDING: Final = 0.9
"""Areas under a ROC curve from which on it discriminates acceptably, and outstandingly: D. W. Hosmer, S. Lemeshow,
R. X. Sturdivant, Applied Logistic Regression, 3rd edition, 2013, section 5.2.4."""


_SHORT: Final[Mapping[Measure, Text]] = MappingProxyType(
    {
        "deviation": Text(en="deviation", zh="相对标准差"),
        "autocorrelation": Text(en="autocorrelation", zh="自相关"),
    }
)


def noise_table(warnings: EarlyWarnings, language: Language) -> Table:
    """Return how fluctuations rise before a tip, beside members that do not tip, at the same values.

    The last column is the probability that a member that tips has risen more, with its 95 % interval.
    """
    rows: list[Mapping[str, Cell]] = []
    for measure in MEASURES:
        found = _compared(warnings, measure)
        for group, name in (
            ("tips", Text(en="tip", zh="突变")),
            ("stays", Text(en="do not", zh="不突变")),
        ):
            rows.append(
                {
                    "measure": _SHORT[measure].in_language(language) if group == "tips" else "",
                    "group": name.in_language(language),
                    "members": found[group],
                    "rise": _share(found[f"{group}_rise"], language),
                    "median": _rise(measure, found[f"{group}_median"]),
                    "area": _area(found, language) if group == "tips" else "",
                }
            )
    columns = (
        words.column("measure", "fluctuation", "波动指标"),
        words.column("group", "members that", "运行"),
        words.column("members", "number", "数目", numeric=True),
        words.column("rise", "risen in", "上升占比", numeric=True),
        words.column("median", "median rise", "上升中位数", numeric=True),
        words.column("area", "tips rise more", "突变者升幅更大", numeric=True),
    )
    watched = warnings.search.variable
    title = Text(
        en=f"Fluctuations of {watched} from the first value to the last before the tip",
        zh=f"{warnings.entry.title_of(watched, 'zh')}的波动：自首个取值至突变前最后一个取值",
    )
    return Table(title=title, columns=columns, rows=tuple(rows))


def _compared(warnings: EarlyWarnings, measure: Measure) -> Mapping[str, Any]:
    table = warnings.comparison
    return {str(key): cell for key, cell in table[table["measure"] == measure].iloc[0].items()}


def _name(measure: Measure) -> Text:
    if measure == "deviation":
        return Text(en="standard deviation, relative to the mean", zh="相对标准差")
    return Text(en="autocorrelation", zh="自相关")


def _share(value: float, language: Language) -> str:
    return "–" if math.isnan(value) else share(value, language)


def _rise(measure: Measure, value: float) -> str:
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞"
    return f"×{readable(value)}" if measure == "deviation" else f"{value:+.3f}".replace("-", "\N{MINUS SIGN}")


def _area(found: Mapping[str, Any], language: Language) -> str:
    if math.isnan(found["area"]):
        return "–"
    low, high = f"{found['low']:.2f}", f"{found['high']:.2f}"
    return choose(
        language,
        en=f"{found['area']:.2f} ({low} to {high})",
        zh=f"{found['area']:.2f}（{low}至{high}）",
    )


def noise_sentences(warnings: EarlyWarnings, language: Language) -> Iterator[str]:
    """Yield how many members tip by the noise or too early to compare, what rises, and whether it is of use."""
    runs = warnings.runs
    by_noise = int(runs["by_noise"].sum())
    if by_noise:
        yield choose(
            language,
            en=f"{by_noise} of these tip by the noise, at a value at which they do not without it.",
            zh=f"其中{by_noise}次由扰动引起：同一取值下无扰动时不突变。",
        )
    early = int(((runs["tips_at"] >= 0) & (runs["tips_at"] <= 1)).sum())
    if early:
        yield choose(
            language,
            en=f"{early} tip by the second value of the grid: too early for a rise before it.",
            zh=f"{early}次在第二个取值之前即已突变，此前无从比较。",
        )
    for measure in MEASURES:
        yield _risen(warnings, measure, language)


def _risen(warnings: EarlyWarnings, measure: Measure, language: Language) -> str:
    found, name = _compared(warnings, measure), _name(measure)
    if not found["tips"] or not found["stays"]:
        missing_en, missing_zh = (
            ("that tips late enough", "足够晚的突变")
            if not found["tips"]
            else ("that does not tip", "不突变")
        )
        return choose(
            language,
            en=f"{name.en.capitalize()}: there is no member {missing_en}, so nothing can be compared.",
            zh=f"{name.zh}：没有{missing_zh}的运行，无从比较。",
        )
    tips, stays = (
        (_share(found[f"{group}_rise"], language), _rise(measure, found[f"{group}_median"]))
        for group in ("tips", "stays")
    )
    area, verdict = _area(found, language), _verdict(found, language)
    return choose(
        language,
        en=f"{name.en.capitalize()}: at the last value before the tip higher than at the first in {tips[0]} of "
        f"{found['tips']} members that tip, in the median {tips[1]}; at the same values in {stays[0]} of "
        f"{found['stays']} members that do not tip, {stays[1]}. A member that tips has risen more than one that "
        f"does not with a probability of {area}: {verdict}.",
        zh=f"{name.zh}：{found['tips']}次突变的运行中，{tips[0]}在突变前最后一个取值处高于首个取值处，中位数{tips[1]}；"
        f"{found['stays']}次不突变的运行在相同取值处为{stays[0]}，{stays[1]}。突变者比不突变者上升更多的概率为"
        f"{area}：{verdict}。",
    )


def _verdict(found: Mapping[str, Any], language: Language) -> str:
    """Say of what use a rise is to somebody who sees one member and asks whether it will tip."""
    if found["low"] <= 0.5 <= found["high"]:
        return choose(
            language,
            en="no warning, it cannot be told from tossing a coin",
            zh="没有预警作用，与掷硬币无异",
        )
    if found["high"] < 0.5:
        return choose(
            language,
            en="no warning, it rises less before a tip than where none follows",
            zh="没有预警作用，突变之前反而上升更少",
        )
    if found["area"] < _ACCEPTABLE:
        return choose(
            language,
            en="a weak warning, of little use for a single member",
            zh="预警作用微弱，对单个对象用处不大",
        )
    if found["area"] < _OUTSTANDING:
        return choose(
            language,
            en="a warning of some use, with false alarms and tips that it misses",
            zh="有一定预警作用，但仍有误报和漏报",
        )
    return choose(language, en="a good warning", zh="预警作用良好")
