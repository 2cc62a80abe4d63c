"""What do the loops of a model come to, in words?"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from sdmodels.catalogue import Language
from sdmodels.feedback import LoopScores
from sdmodels.feedback.dominance import Phase, phases
from sdmodels.feedback.knock_outs import KnockOuts
from sdmodels.feedback.polarity import LinkPolarity
from sdmodels.feedback.scores import HALF
from sdmodels.figures.labels import choose
from sdmodels.report.phrases import joined, share
from sdmodels.report.table import readable

MOST_PHASES = 6
MOST_SETS = 4
MOST_CHANGING = 5
AGREEING, CONTRARY = 0.7, 0.3
"""Rank correlations from which two orders of the loops agree, and below which they do not. Assumption."""
MOST_NAMED = 3


def loop_sentences(found: LoopScores, cuts: KnockOuts | None, language: Language) -> list[str]:
    """Return what was found, as sentences: of each of the main partitions, and of the loops in all."""
    sentences = []
    for number in found.main_partitions:
        sentences += _of_partition(found, number, language)
    if not (found.scores["total_score"] > 0).any():
        return [*sentences, _resting(found, language)]
    sentences += _changing_links(found, language)
    if cuts is not None:
        sentences += _agreement(found, cuts, language)
    return sentences


def _of_partition(found: LoopScores, number: int, language: Language) -> list[str]:
    moving = found.scores["total_score"].isel(partition=number).values > 0
    sentences = [_count(found, number, language)]
    if not moving.any():
        return sentences
    if not found.partitions[number].complete:
        sentences += _beyond_counting(found, number, moving, language)
    sentences += _phases(found, number, language)
    if not found.partitions[number].complete:
        sentences += _through(found, language)
    return sentences


def _through(found: LoopScores, language: Language) -> list[str]:
    """Return from when on more than half of the scores run through the links of which loops."""
    told = []
    for id in found.reaching:
        share = found.scores["cut_share"].sel(loop=id).median("member")
        above = share["time"].values[(share > HALF).values]
        if above.size:
            told.append((float(above[0]), f"{id} {found.loop(id).title.in_language(language)}"))
    if not told:
        return []
    parts = [
        choose(language, en=f"{name} from {time:g}", zh=f"{name}（自{time:g}起）")
        for time, name in sorted(told)
    ]
    return [
        choose(
            language,
            en=f"More than half of all scores, in the median, run through the link of {joined(parts, language)}.",
            zh=f"按中位数，过半得分流经以下回路的连接：{joined(parts, language)}。",
        )
    ]


def _changing_links(found: LoopScores, language: Language) -> list[str]:
    """Return which links change their sign, and where."""
    changing = [link for link in found.polarities if link.sign == "depends"]
    told = [_where(found, link, language) for link in changing[:MOST_CHANGING]]
    more = len(changing) - len(told)
    if not told:
        return []
    rest = choose(language, en=f"; and {more} more" * (more > 0), zh=f"；另有{more}个" * (more > 0))
    return [
        choose(
            language,
            en=f"Links whose sign depends on the state: {'; '.join(told)}{rest}.",
            zh=f"符号随状态而变的连接：{'；'.join(told)}{rest}。",
        )
    ]


def _where(found: LoopScores, link: LinkPolarity, language: Language) -> str:
    assert link.rising is not None  # it depends: both are there
    assert link.falling is not None
    source, target = (
        found.entry.title_of(name, language) if name in found.graph.visible else name
        for name in (link.source, link.target)
    )
    (low, high), (under, over) = link.rising, link.falling
    return choose(
        language,
        en=f"{source} → {target}, + at {low:.3g} to {high:.3g}, - at {under:.3g} to {over:.3g}",
        zh=f"{source} → {target}，源变量在{low:.3g}至{high:.3g}为+，在{under:.3g}至{over:.3g}为-",
    )


def _count(found: LoopScores, number: int, language: Language) -> str:
    partition = found.partitions[number]
    stocks = len(partition.stocks)
    variables = len(
        {*(name for name in partition.variables if name in found.graph.visible), *partition.stocks}
    )
    main = found.main_partitions
    others = len(found.partitions) - len(main) if number == main[-1] else 0
    further = choose(
        language,
        en=f", and {others} smaller" * (others > 0),
        zh=f"，另有{others}个较小的分区" * (others > 0),
    )
    if partition.complete:
        loops = choose(
            language,
            en=f"{partition.found:,} loop{'s' * (partition.found > 1)}, all scored",
            zh=f"{partition.found:,}个回路，全部评分",
        )
    elif partition.loops is None:
        loops = choose(
            language,
            en=f"more loops than can be counted; {partition.found:,} were discovered and scored",
            zh=f"回路多得无法计数；发现并评分{partition.found:,}个",
        )
    else:
        loops = choose(
            language,
            en=f"{partition.loops:,} loops move; {partition.found:,} of them are scored one by one",
            zh=f"{partition.loops:,}个回路在活动；其中{partition.found:,}个逐一评分",
        )
    return choose(
        language,
        en=f"One cycle partition of {variables} variables, {stocks} of them stocks{further}: {loops}.",
        zh=f"一个含{variables}个变量（其中{stocks}个存量）的循环分区{further}：{loops}。",
    )


def _resting(found: LoopScores, language: Language) -> str:
    scenarios = [scenario.id for scenario in found.entry.scenarios if scenario.changes]
    hint = f" --scenario {scenarios[0]}" if scenarios else ""
    return choose(
        language,
        en="Nothing moves: the runs stay where they begin, and no loop has a score. Disturb them"
        + (f", for example with{hint}." if hint else " with --set."),
        zh="没有变量变化：运行停在均衡，回路没有得分。请加以扰动"
        + (f"，例如{hint}。" if hint else "（--set）。"),
    )


def _beyond_counting(
    found: LoopScores, number: int, moving: NDArray[np.bool_], language: Language
) -> list[str]:
    def mean(name: str) -> float:
        return float(found.scores[name].isel(partition=number).values[moving].mean())

    if not found.partitions[number].summed:
        covered = mean("covered_share")
        return [
            choose(
                language,
                en="Shares are of the discovered loops; links on them make "
                f"{share(covered, language)} of the changes in the partition.",
                zh=f"份额仅就所发现的回路而言；其上的连接占分区内变化的{share(covered, language)}。",
            )
        ]
    explained, switched, rising = map(mean, ("explained_share", "switched_share", "reinforcing_share"))
    sentences = [
        choose(
            language,
            en=f"Shares are of all of them; those scored one by one make {share(explained, language)}, "
            f"all reinforcing ones together {share(rising, language)}.",
            zh=f"份额以全部回路为基数；逐一评分的占{share(explained, language)}，"
            f"全部增强回路合计{share(rising, language)}。",
        )
    ]
    if found.cuts:
        sentences.append(
            choose(
                language,
                en=f"{share(switched, language)} of all scores run through a link that the switch of a named loop "
                "cuts.",
                zh=f"全部得分的{share(switched, language)}流经某个命名回路开关所切断的连接。",
            )
        )
    return sentences


def _phases(found: LoopScores, number: int, language: Language) -> list[str]:
    """Return who is in charge from when to when; for how long in all, where that changes often."""
    stretches = [phase for phase in phases(found, number) if phase.moves]
    told = [_phase(found, phase, language) for phase in stretches]
    if len(stretches) > MOST_PHASES:
        told = _in_all(found, stretches, language)
    start, end = choose(language, en="In charge: ", zh="主导："), choose(language, en=".", zh="。")
    return [start + choose(language, en="; ", zh="；").join(told) + end]


def _in_all(found: LoopScores, stretches: Sequence[Phase], language: Language) -> list[str]:
    """Return the loops that are in charge for longest, with the share of the time."""
    times = found.scores["time"].values
    steps: Counter[tuple[str, ...]] = Counter()
    for phase in stretches:
        steps[phase.loops] += int(((times >= phase.begins) & (times <= phase.ends)).sum())
    told = [
        f"{_names(found, loops, language)} {share(count / steps.total(), language)}"
        for loops, count in steps.most_common(MOST_SETS)
    ]
    told[0] += choose(language, en=" of the time", zh="的时间")
    return told


def _names(found: LoopScores, loops: Sequence[str], language: Language) -> str:
    if not loops:
        return choose(language, en="no three loops together", zh="没有三个以内的回路过半")
    titles = [f"{id} {found.loop(id).title.in_language(language)}" for id in loops]
    return choose(language, en=" and ", zh="、").join(titles)


def _phase(found: LoopScores, phase: Phase, language: Language) -> str:
    when = choose(language, en=f"{phase.begins:g} to {phase.ends:g}", zh=f"{phase.begins:g}至{phase.ends:g}")
    names = _names(found, phase.loops, language)
    return f"{when} {names} ({share(phase.share, language)})" if phase.loops else f"{when} {names}"


def _agreement(found: LoopScores, cuts: KnockOuts, language: Language) -> list[str]:
    """Return whether the loops with the largest scores are those whose cut parts the runs most."""
    complete = all(partition.complete for partition in found.partitions)
    measure = found.importance if complete else found.reach
    known = [(id, float(measure.sel(loop=id)), effect) for id, effect in cuts.medians.items()]
    compared = [
        (id, score, effect) for id, score, effect in known if np.isfinite(score) and np.isfinite(effect)
    ]
    if len(compared) < MOST_NAMED:
        return []
    scores, effects = (np.array([row[place] for row in compared]) for place in (1, 2))
    if np.ptp(scores) == 0 or np.ptp(effects) == 0:
        return []
    rank = float(spearmanr(scores, effects).statistic)
    by_score, by_effect = (
        [compared[row][0] for row in np.argsort(-values)[:MOST_NAMED]] for values in (scores, effects)
    )
    verdict = _verdict(rank, language)
    what = choose(
        language,
        en="score" if complete else "share through their links",
        zh="得分" if complete else "流经连接的份额",
    )
    return [
        choose(
            language,
            en=f"Knock-outs {verdict} with the scores: rank correlation {readable(rank)} over {len(compared)} "
            f"loops. Largest {what}: {joined(by_score, language)}; largest effect of a cut: "
            f"{joined(by_effect, language)}.",
            zh=f"切断实验与得分{verdict}：{len(compared)}个回路的秩相关{readable(rank)}。"
            f"{what}最大：{joined(by_score, language)}；切断影响最大：{joined(by_effect, language)}。",
        )
    ]


def _verdict(rank: float, language: Language) -> str:
    if rank >= AGREEING:
        return choose(language, en="agree", zh="一致")
    if rank > CONTRARY:
        return choose(language, en="partly agree", zh="部分一致")
    return choose(language, en="do not agree", zh="不一致")
