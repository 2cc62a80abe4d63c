"""What does the system stand, as tables and in words?"""

import math
from collections.abc import Hashable, Iterator, Mapping
from typing import Any

from sdmodels.catalogue import Language, Text
from sdmodels.exploration.shock import Shocks
from sdmodels.figures.labels import choose
from sdmodels.report import words
from sdmodels.report.phrases import share
from sdmodels.report.table import Cell, Column, Table, readable

_MOST = 6
"""Sizes beside each other: more would not fit on a terminal of 80 columns."""


def shock_tables(shocks: Shocks, language: Language) -> list[Table]:
    """Return the share that recovers by lever and size, and the largest shock that is survived."""
    sizes = (1.0, *shocks.search.sizes)
    parts = [sizes[start : start + _MOST] for start in range(0, len(sizes), _MOST)]
    return [*(_share_table(shocks, part, language) for part in parts), _largest_table(shocks, language)]


def _lever(shocks: Shocks) -> Column:
    lever = shocks.search.lever
    return words.column("value", lever, shocks.entry.title_of(lever, "zh"), numeric=True)


def _times(size: float, language: Language) -> str:
    if math.isnan(size):
        return "–"
    return choose(language, en="none", zh="无") if size == 1 else f"×{size:g}"


def _share_table(shocks: Shocks, sizes: tuple[float, ...], language: Language) -> Table:
    cells = shocks.shares.set_index(["value", "size"])["share"]
    rows: tuple[Mapping[str, Cell], ...] = tuple(
        {
            "value": readable(value),
            **{f"{size:g}": share(float(cells.loc[(value, size)]), language) for size in sizes},
        }
        for value in shocks.search.values
    )
    columns = [_lever(shocks)]
    columns += [
        words.column(f"{size:g}", _times(size, "en"), _times(size, "zh"), numeric=True) for size in sizes
    ]
    constant = shocks.search.constant
    title = Text(
        en=f"Share that recovers after a shock of {constant}",
        zh=f"{shocks.entry.title_of(constant, 'zh')}受冲击后的恢复占比",
    )
    return Table(title=title, columns=tuple(columns), rows=rows)


def _largest_table(shocks: Shocks, language: Language) -> Table:
    rows: tuple[Mapping[str, Cell], ...] = tuple(
        {
            "value": readable(float(row["value"])),
            **{key: _times(float(row[key]), language) for key in ("median", "low", "high")},
            "members": int(row["members"]),
        }
        for row in shocks.largest.to_dict("records")
    )
    members = words.column("members", "members", "运行数", numeric=True)
    return Table(
        title=Text(en="Largest shock that is survived", zh="能承受的最大冲击"),
        columns=(_lever(shocks), words.MEDIAN, words.LOW, words.HIGH, members),
        rows=rows,
    )


def shock_sentences(shocks: Shocks, language: Language) -> Iterator[str]:
    """Yield what was found at the ends of the lever, where it turns, and how long recovery takes."""
    values = shocks.search.values
    for value in (values[0], values[-1]):
        yield _stands(shocks, value, language)
    none = shocks.largest[shocks.largest["median"] == 1]["value"]
    if len(none):
        first = _at(shocks, float(none.min()), language)
        yield choose(
            language,
            en=f"From {first} on, half of the members or more stand no shock of the grid.",
            zh=f"自{first}起，半数以上的运行不能承受任何一档冲击。",
        )
    yield _recovery(shocks, language)


def _at(shocks: Shocks, value: float, language: Language) -> str:
    return f"{shocks.entry.title_of(shocks.search.lever, language)} {value:g}"


def _stands(shocks: Shocks, value: float, language: Language) -> str:
    at = _at(shocks, value, language)
    row = shocks.largest[shocks.largest["value"] == value].iloc[0]
    if not row["members"]:
        return choose(language, en=f"{at}: every member failed.", zh=f"{at}：运行全部失败。")
    median, low, high = (_times(float(row[key]), language) for key in ("median", "low", "high"))
    cells = shocks.shares.set_index(["value", "size"])["share"]
    sound = share(float(cells.loc[(value, 1.0)]), language)
    members = readable(int(row["members"]))
    if len(shocks.runs["member"]) == 1:
        return choose(
            language,
            en=f"{at}: the largest shock survived is {median}.",
            zh=f"{at}：能承受的最大冲击为{median}。",
        )
    return choose(
        language,
        en=f"{at}: the largest shock survived is {median} (middle 90 %: {low} to {high}) of {members} members; "
        f"without a shock {sound} are sound.",
        zh=f"{at}：{members}次运行能承受的最大冲击为{median}（中间90%：{low}至{high}）；无冲击时{sound}完好。",
    )


def _recovery(shocks: Shocks, language: Language) -> str:
    size, values = shocks.search.sizes[0], shocks.search.values
    unit = shocks.entry.model.time.units
    shown = unit if shocks.entry.manifest is None else shocks.entry.manifest.unit_in(unit, language)
    its = shocks.times[shocks.times["size"] == size]
    rows = {row["value"]: row for row in its.to_dict("records")}
    first, last = (_waits(rows[value], shown, language) for value in (values[0], values[-1]))
    return choose(
        language,
        en=f"After a shock of ×{size:g} of members that are sound without it: {first} at {values[0]:g}, "
        f"{last} at {values[-1]:g}.",
        zh=f"无冲击时完好的运行在×{size:g}冲击之后：取{values[0]:g}时{first}，取{values[-1]:g}时{last}。",
    )


def _waits(row: Mapping[Hashable, Any], unit: str, language: Language) -> str:
    if not row["members"]:
        return choose(language, en="none is sound", zh="无完好运行")
    if math.isinf(row["median"]):
        return choose(language, en="most are not back by the end of the run", zh="多数至期末仍未恢复")
    number = readable(float(row["median"]))
    return choose(
        language, en=f"back after a median of {number} {unit}", zh=f"恢复时间中位数为{number}{unit}"
    )
