"""Which policy is best, as tables and in words?"""

from collections.abc import Iterator, Mapping

import pandas as pd

from sdmodels.catalogue import Language, Text
from sdmodels.exploration.deciding import FEWEST
from sdmodels.exploration.ranking import Ranking
from sdmodels.figures.labels import choose, unit_of
from sdmodels.report import words
from sdmodels.report.phrases import direction, joined, share
from sdmodels.report.table import Cell, Table, readable

_MOST = 3
"""Parameters that are told of each pair of policies."""
_VERDICTS: Mapping[str, Text] = {
    "holds": Text(en="holds", zh="成立"),
    "holds weakly": Text(en="holds or alike", zh="成立或相同"),
    "alike": Text(en="alike", zh="相同"),
    "conditional": Text(en="conditional", zh="有条件"),
}
_WHOLE: Mapping[str, Text] = {
    "ranking holds": Text(en="the order holds", zh="次序成立"),
    "ranking holds weakly": Text(
        en="the order holds, or neighbours are alike", zh="次序成立，或相邻政策相同"
    ),
    "conditional": Text(en="the order is conditional", zh="次序有条件"),
}


def ranking_tables(ranking: Ranking, language: Language) -> list[Table]:
    """Return, for each outcome, the policies in order, whether the order holds, and what it depends on."""
    tables = []
    for outcome in map(str, ranking.draws.data_vars):
        tables += [
            _order_table(ranking, outcome, language),
            _verdict_table(ranking, outcome, language),
            _deciding_table(ranking, outcome, language),
        ]
    return [table for table in tables if table.rows]


def _title(ranking: Ranking, outcome: str, *, en: str, zh: str) -> Text:
    attrs = ranking.draws[outcome].attrs
    return Text(en=f"{attrs['title']}: {en}", zh=f"{attrs['title_zh']}：{zh}")


def _policy(ranking: Ranking, id: str, language: Language) -> str:
    return next(policy for policy in ranking.policies if policy.id == id).title.in_language(language)


def _of(table: pd.DataFrame, outcome: str) -> list[dict[str, object]]:
    return [
        {str(key): value for key, value in row.items()}
        for row in table[table["outcome"] == outcome].to_dict("records")
    ]


def _unit(ranking: Ranking, unit: str, language: Language) -> str:
    manifest = ranking.entry.manifest
    chinese = None if manifest is None else manifest.unit_in(unit, "zh")
    return unit_of({"units": unit, "units_zh": chinese}, language)


def _order_table(ranking: Ranking, outcome: str, language: Language) -> Table:
    found = ranking.table[ranking.table["outcome"] == outcome]
    relative, own = str(found["relative_unit"].iloc[0]), str(found["unit"].iloc[0])
    rows: list[Mapping[str, Cell]] = [
        {
            "policy": _policy(ranking, str(row["policy"]), language),
            **{key: _change(row[f"relative_{key}"], relative) for key in ("median", "low", "high")},
            "best": share(_number(row["share_best"]), language),
            "regret": readable(_number(row["regret_median"])),
        }
        for row in _of(ranking.table, outcome)
    ]
    change, regret = (_unit(ranking, unit, "en") for unit in (relative, own))
    change_zh, regret_zh = (_unit(ranking, unit, "zh") for unit in (relative, own))
    columns = (
        words.POLICY,
        words.MEDIAN,
        words.LOW,
        words.HIGH,
        words.column("best", "best in", "最优占比", numeric=True),
        words.column("regret", "regret", "遗憾", numeric=True),
    )
    against = _policy(ranking, ranking.search.baseline, language)
    title = _title(
        ranking,
        outcome,
        en=f"change against '{against}' [{change}], median regret [{regret}]",
        zh=f"相对“{against}”的变化[{change_zh}]，遗憾中位数[{regret_zh}]",
    )
    return Table(title=title, columns=columns, rows=tuple(rows))


def _number(value: object) -> float:
    assert isinstance(value, float | int)
    return float(value)


def _change(value: object, unit: str) -> str:
    """Return a change with its sign; in per cent one digit behind the point is enough."""
    number = _number(value)
    if unit == "%":
        text = f"{number:+.1f}" if abs(number) < 100 else f"{number:+,.0f}"
        return "0" if float(text.replace(",", "")) == 0 else text
    return f"+{readable(number)}" if number > 0 else readable(number)


def _verdict_table(ranking: Ranking, outcome: str, language: Language) -> Table:
    rows: tuple[Mapping[str, Cell], ...] = tuple(
        {
            "policy": _policy(ranking, str(row["policy"]), language),
            "other": _policy(ranking, str(row["other"]), language),
            "better": share(_number(row["better"]), language),
            "equal": share(_number(row["equal"]), language),
            "verdict": _VERDICTS[str(row["verdict"])].in_language(language),
        }
        for row in _of(ranking.verdicts, outcome)
    )
    columns = (
        words.POLICY,
        words.column("other", "before", "先于"),
        words.column("better", "better in", "较优占比", numeric=True),
        words.column("equal", "alike in", "相同占比", numeric=True),
        words.column("verdict", "order", "次序"),
    )
    title = _title(ranking, outcome, en="does the order hold?", zh="次序是否成立？")
    return Table(title=title, columns=columns, rows=rows)


def _deciding_table(ranking: Ranking, outcome: str, language: Language) -> Table:
    rows: list[Mapping[str, Cell]] = []
    for pair in _of(ranking.verdicts, outcome):
        parts = [f"{where} ({distance:.2f})" for where, distance in _parameters(ranking, pair, language)]
        if parts:
            rows.append(
                {
                    "policy": _policy(ranking, str(pair["policy"]), language),
                    "other": _policy(ranking, str(pair["other"]), language),
                    "where": "\n".join(parts),
                }
            )
    columns = (
        words.POLICY,
        words.column("other", "is better than", "优于"),
        words.column("where", "rather where (KS distance)", "较多见于（KS 距离）"),
    )
    title = _title(ranking, outcome, en="what the order depends on", zh="次序取决于什么")
    return Table(title=title, columns=columns, rows=tuple(rows))


def _parameters(ranking: Ranking, pair: Mapping[str, object], language: Language) -> list[tuple[str, float]]:
    """Return where the first of a pair is better, most decisive first, with the distance of each parameter."""
    table = ranking.deciding
    its = table[
        (table["outcome"] == pair["outcome"])
        & (table["policy"] == pair["policy"])
        & (table["other"] == pair["other"])
    ].head(_MOST)
    form = choose(language, en="{} is {}", zh="{}{}")
    return [
        (
            form.format(
                ranking.entry.title_of(str(row["parameter"]), language),
                direction(str(row["direction"]), language),
            ),
            float(row["distance"]),
        )
        for row in its.to_dict("records")
    ]


def ranking_sentences(ranking: Ranking, language: Language) -> Iterator[str]:
    """Yield, for each outcome, the verdict, the best policy, and what conditional orders depend on."""
    for outcome in map(str, ranking.draws.data_vars):
        title = _title(ranking, outcome, en="", zh="").in_language(language).rstrip(" :：")
        whole = _WHOLE[ranking.verdict(outcome)].in_language(language)
        yield choose(language, en=f"{title}: {whole}.", zh=f"{title}：{whole}。")
        if ranking.failed(outcome):
            failed = ranking.failed(outcome)
            yield choose(
                language,
                en=f"{failed:,} draws in which a policy failed are left out.",
                zh=f"{failed}次抽样中有政策运行失败，未计入。",
            )
        yield _best(ranking, outcome, language)
        for row in _of(ranking.verdicts, outcome):
            if row["verdict"] == "conditional":
                yield _depends(ranking, row, language)
        yield from _groups(ranking, outcome, language)


def _best(ranking: Ranking, outcome: str, language: Language) -> str:
    row = _of(ranking.table, outcome)[0]
    name, unit = _policy(ranking, str(row["policy"]), language), str(row["relative_unit"])
    median, low, high = (_change(row[f"relative_{key}"], unit) for key in ("median", "low", "high"))
    best, shown = share(_number(row["share_best"]), language), _unit(ranking, unit, language)
    draws, against = int(_number(row["members"])), _policy(ranking, ranking.search.baseline, language)
    return choose(
        language,
        en=f"'{name}' has the best median: {median} {shown} against '{against}' (middle 90 %: {low} to {high}); "
        f"it is best in {best} of {draws:,} draws.",
        zh=f"“{name}”的中位数最优：相对“{against}”{median}{shown}（中间90%：{low}至{high}）；"
        f"在{draws}次抽样的{best}中最优。",
    )


def _depends(ranking: Ranking, pair: Mapping[str, object], language: Language) -> str:
    one, other = (_policy(ranking, str(pair[key]), language) for key in ("policy", "other"))
    better, equal = (share(_number(pair[key]), language) for key in ("better", "equal"))
    parts = [where for where, _ in _parameters(ranking, pair, language)]
    where = choose(
        language,
        en=f"rather where {joined(parts, 'en')}"
        if parts
        else f"too few draws to say where, fewer than {FEWEST} on one side",
        zh=f"较多见于{joined(parts, 'zh')}时"
        if parts
        else f"抽样太少，一侧不足{FEWEST}次，无法判断取决于什么",
    )
    return choose(
        language,
        en=f"'{one}' is better than '{other}' in {better} of draws, alike in {equal}; {where}.",
        zh=f"“{one}”在{better}的抽样中优于“{other}”，{equal}相同；{where}。",
    )


def _groups(ranking: Ranking, outcome: str, language: Language) -> Iterator[str]:
    """Yield each pair of groups once, the one that wins more often first."""
    rows = {(row["group"], row["other"]): _number(row["best"]) for row in _of(ranking.groups, outcome)}
    for (one, other), wins in rows.items():
        back = rows[other, one]
        if wins > back or (wins == back and str(one) < str(other)):
            first, second = (ranking.search.groups[str(id)].in_language(language) for id in (one, other))
            yield choose(
                language,
                en=f"The best of '{first}' is better than the best of '{second}' in {share(wins, 'en')} of draws, "
                f"the other way round in {share(back, 'en')}.",
                zh=f"“{first}”中的最优政策在{share(wins, 'zh')}的抽样中优于“{second}”中的最优政策，"
                f"反之为{share(back, 'zh')}。",
            )
