"""What do the loops of a model come to, as tables?"""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from sdmodels.catalogue import Language, Text
from sdmodels.feedback import FeedbackLoop, LoopScores
from sdmodels.feedback.knock_outs import KnockOuts
from sdmodels.report import words
from sdmodels.report.phrases import share as share_text
from sdmodels.report.table import Cell, Column, Table

MOST_UNNAMED = 10
ARROW = " → "

_LOOP = words.column("loop", "loop", "回路")
_NAME = words.column("title", "name", "名称")
_SHARE = words.column("share", "mean share", "平均份额", numeric=True)
_PEAK = words.column("peak", "largest", "最大", numeric=True)
_PEAK_TIME = words.column("peak_time", "at", "时间", numeric=True)
_THROUGH = words.column("through", "through its link", "流经其连接", numeric=True)
_HALF = words.column("half", "half at", "首次过半", numeric=True)
_HALF_SHARE = words.column("half_share", "in members", "占运行", numeric=True)
_EFFECT = words.column("effect", "effect of cut", "切断影响", numeric=True)


def loop_tables(found: LoopScores, cuts: KnockOuts | None, language: Language) -> list[Table]:
    """Return the named loops, then the most important ones that nobody has named, and the variables of both."""
    named = list(found.named)
    reached = found.reaching
    if not all(partition.complete for partition in found.partitions):
        # One loop of thousands has next to no share of its own: what runs through its link says more.
        named.sort(key=lambda loop: reached.index(loop.id) if loop.id in reached else len(reached))
    unnamed = [loop for loop in found.loops if not loop.named]
    tables = (
        [_table(found, cuts, named, language, Text(en="Named loops", zh="有名称的回路"))] if named else []
    )
    if unnamed:
        title = Text(en="Further loops", zh="其他回路") if named else Text(en="Feedback loops", zh="反馈回路")
        tables.append(_table(found, None, unnamed[:MOST_UNNAMED], language, title))
    return [*tables, _visited(found, [*named, *unnamed[:MOST_UNNAMED]], language)]


def _visited(found: LoopScores, loops: Sequence[FeedbackLoop], language: Language) -> Table:
    """Return which variables each loop visits, in causal order."""
    rows = [
        {
            "loop": loop.id,
            "variables": ARROW.join(found.entry.title_of(name, language) for name in loop.variables),
        }
        for loop in loops
    ]
    title = Text(en="Their variables", zh="各回路的变量")
    return Table(title=title, columns=(_LOOP, words.VARIABLES), rows=tuple(rows))


def _table(
    found: LoopScores, cuts: KnockOuts | None, loops: Sequence[FeedbackLoop], language: Language, title: Text
) -> Table:
    effects = {} if cuts is None else cuts.medians
    rows = [_row(found, loop, effects, language) for loop in loops]
    columns = [_LOOP, _NAME, words.POLARITY, _SHARE, _PEAK, _PEAK_TIME]
    optional: tuple[Column, ...] = (_THROUGH, _HALF, _EFFECT)
    columns += [column for column in optional if any(row[column.key] is not None for row in rows)]
    if found.scores.sizes["member"] > 1 and _HALF in columns:
        columns.insert(columns.index(_HALF) + 1, _HALF_SHARE)
    return Table(
        title=title,
        columns=tuple(columns),
        rows=tuple(rows),
        shown=tuple(_shown(row, loop, language) for row, loop in zip(rows, loops, strict=True)),
    )


def _row(
    found: LoopScores, loop: FeedbackLoop, effects: Mapping[str, float], language: Language
) -> dict[str, Cell]:
    mean = found.share(loop.id).mean("member")
    through = found.scores["cut_share"].sel(loop=loop.id)
    reached = found.first_time(through) if bool(np.isfinite(through).any()) else np.empty(0)
    half = float(np.median(reached)) if reached.size else math.nan
    return {
        "loop": loop.id,
        "title": loop.title.in_language(language),
        "polarity": loop.polarity,
        "share": float(found.importance.sel(loop=loop.id)),
        "peak": float(mean.max()),
        "peak_time": float(mean["time"].values[mean.values.argmax()]) if float(mean.max()) > 0 else None,
        "through": _known(float(found.reach.sel(loop=loop.id))),
        "half": half if math.isfinite(half) else None,
        "half_share": float(np.isfinite(reached).mean()) if reached.size else None,
        "effect": _known(effects.get(loop.id, math.nan)),
    }


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _shown(row: Mapping[str, Cell], loop: FeedbackLoop, language: Language) -> dict[str, str]:
    shown = {
        key: share_text(value, language)
        for key in ("share", "peak", "through", "half_share", "effect")
        if isinstance(value := row[key], float)
    }
    if row["through"] is not None and row["half"] is None:
        shown["half"] = {"en": "never", "zh": "从未"}[language]
    if language == "zh":
        shown["polarity"] = words.WORDS_IN_CHINESE[loop.polarity]
    return shown
