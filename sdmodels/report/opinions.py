"""What do eigenvalue elasticity and pathway participation say beside the loop scores?

Both are of one run; of an ensemble some members are asked.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np

from sdmodels.catalogue import Language, Text
from sdmodels.experiment.schedule import lasts
from sdmodels.feedback import (
    Agreement,
    LoopScores,
    compare_opinions,
    find_elasticities,
    follow_pathways,
    score_loops,
)
from sdmodels.feedback.verdicts import Moment, PhaseVerdict
from sdmodels.figures.labels import choose
from sdmodels.report.files import write_rows
from sdmodels.report.phrases import share

ASKED_MEMBERS = 4
MOST_TOLD = 4
BEFORE_CHANGES = " (before changes)"

_IN_CHINESE: Mapping[str, str] = MappingProxyType(
    {
        "agree": "一致",
        "partly": "部分一致",
        "disagree": "不一致",
        "no opinion": "无意见",
        "at rest": "静止",
        "steady growth": "匀速增长",
        "steady decline": "匀速下降",
        "accelerating growth": "加速增长",
        "decelerating growth": "减速增长",
        "accelerating decline": "加速下降",
        "decelerating decline": "减速下降",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinions:
    """What was said of some members.

    Attributes
    ----------
    unseen
        Whether the loops of the stock run through fixed delays or samples, which the other methods do not see; then
        they are not asked.
    stock, title
        Whose acceleration the pathways follow, and whose movement the modes are weighed by.
    members
        Which members of the ensemble were asked.
    """

    unseen: bool
    stock: str
    title: Text
    members: tuple[int, ...]
    agreements: tuple[Agreement, ...]


def ask_opinions(
    found: LoopScores, *, policy: str, scenario: str, variables: Sequence[str]
) -> Opinions | None:
    """Ask the other methods about some members; return ``None`` where no member stays finite.

    Parameters
    ----------
    variables
        The first stock in a loop among these is the stock of interest; else the first of the largest partition.
    """
    partition = found.partitions[found.largest]
    stocks = [name for name in partition.stocks if name in found.graph.visible]
    stock = next((name for name in variables if name in stocks), next(iter(stocks), None))
    fine = np.flatnonzero(found.scores["status"].values == "ok")
    if stock is None or not fine.size:
        return None
    if set(partition.stocks) & found.graph.stepwise:
        return Opinions(unseen=True, stock=stock, title=found.entry.named(stock), members=(), agreements=())
    chosen = fine[
        np.unique(np.linspace(0, fine.size - 1, min(ASKED_MEMBERS, fine.size)).astype(int))
    ].tolist()
    agreements = [_asked(found, member, stock, policy=policy, scenario=scenario) for member in chosen]
    return Opinions(
        unseen=False,
        stock=stock,
        title=found.entry.named(stock),
        members=tuple(chosen),
        agreements=tuple(agreements),
    )


def _asked(found: LoopScores, member: int, stock: str, *, policy: str, scenario: str) -> Agreement:
    entry = found.entry
    if found.scores.sizes["member"] == 1:
        # The run is scored already.
        settings, scores = json.loads(found.scores.attrs["settings"]), found
    else:
        settings = member_settings(found, member)
        scores = score_loops(entry, settings, policy=policy, scenario=scenario, within_bounds=False)
    return compare_opinions(
        scores,
        find_elasticities(
            entry, settings, policy=policy, scenario=scenario, stock=stock, within_bounds=False
        ),
        follow_pathways(entry, settings, policy=policy, scenario=scenario, stock=stock, within_bounds=False),
    )


def member_settings(found: LoopScores, member: int) -> dict[str, float]:
    """Return settings that make a run of its own of a member, under the same policy and scenario."""
    one = found.scores.isel(member=member)
    entry = found.entry
    changes = [
        *entry.scenario(str(one["scenario"].item())).changes,
        *entry.policy(str(one["policy"].item())).changes,
    ]
    lasting = [change for change in changes if lasts(change)]
    settings = {}
    for name, coordinate in one.coords.items():
        plain = str(name).removesuffix(BEFORE_CHANGES)
        if (
            found.scores[name].dims == ("member",)
            and coordinate.dtype.kind == "f"
            and "(change " not in plain
        ):
            settings[plain] = float(coordinate.item())
    # What a lasting change did to a constant is done again by the run: it is undone here.
    for change in reversed(lasting):
        if change.value is not None:
            settings.pop(change.name, None)
        elif change.factor and change.name in settings:
            settings[change.name] /= change.factor
    return settings


def opinion_sentences(opinions: Opinions, language: Language) -> list[str]:
    """Return how far the three methods agree, as sentences."""
    if opinions.unseen:
        return [
            choose(
                language,
                en="Eigenvalue elasticity and pathway participation are not asked: loops of "
                f"{opinions.title.en} run through fixed delays or samples, which they do not see.",
                zh=f"未采用特征值弹性与路径参与法：{opinions.title.zh}的回路经过固定时滞或采样，两法无法反映。",
            )
        ]
    moments = [m for agreement in opinions.agreements for m in agreement.moments if m.verdict != "no opinion"]
    if not moments:
        return []
    start = choose(
        language,
        en=f"Beside eigenvalue elasticity and pathway participation, for {opinions.title.en}: ",
        zh=f"与特征值弹性、路径参与法相比（{opinions.title.zh}）：",
    )
    if len(opinions.members) > 1:
        return [start + _tally(moments, len(opinions.members), language)]
    (agreement,) = opinions.agreements
    told = [phase for phase in agreement.phases if phase.verdict != "no opinion"]
    longest = sorted(told, key=lambda phase: phase.first_time - phase.last_time)[:MOST_TOLD]
    texts = [
        _phase(agreement, phase, language) for phase in sorted(longest, key=lambda phase: phase.first_time)
    ]
    return [start + choose(language, en="; ", zh="；").join(texts) + choose(language, en=".", zh="。")]


def _tally(moments: Sequence[Moment], members: int, language: Language) -> str:
    counts = Counter(moment.verdict for moment in moments)
    parts = [
        f"{verdict if language == 'en' else _IN_CHINESE[verdict]} {share(count / len(moments), language)}"
        for verdict, count in counts.most_common()
    ]
    joined = choose(language, en=", ", zh="，").join(parts)
    return choose(
        language,
        en=f"{joined} of the moments at which something moves, in {members} members.",
        zh=f"在{members}次运行有变化的时刻中，{joined}。",
    )


def _phase(agreement: Agreement, phase: PhaseVerdict, language: Language) -> str:
    inside = [m for m in agreement.moments if phase.first_time <= m.time <= phase.last_time]
    alike = [moment for moment in inside if moment.verdict == phase.verdict]
    middle = alike[len(alike) // 2]
    named = ", ".join("/".join(opinion.loops) or "-" for opinion in middle.opinions)
    return choose(
        language,
        en=f"{phase.first_time:g} to {phase.last_time:g}, {phase.phase}: {phase.verdict} ({named})",
        zh=f"{phase.first_time:g}至{phase.last_time:g}（{_IN_CHINESE.get(phase.phase, phase.phase)}）："
        f"{_IN_CHINESE[phase.verdict]}（{named}）",
    )


def write_opinions(opinions: Opinions, path: Path) -> Path:
    """Write a row for each member, time and method: which loop it names, how strong, and how far they agree."""
    header = [
        "member",
        "Time",
        "phase",
        "verdict",
        "rank_correlation",
        "method",
        "loops",
        "polarity",
        "strength",
    ]
    rows = [
        [
            member,
            moment.time,
            moment.phase,
            moment.verdict,
            "" if moment.rank_correlation is None else moment.rank_correlation,
            opinion.method,
            " ".join(opinion.loops) or " -> ".join(opinion.variables),
            opinion.polarity or "",
            opinion.strength,
        ]
        for member, agreement in zip(opinions.members, opinions.agreements, strict=True)
        for moment in agreement.moments
        for opinion in moment.opinions
    ]
    return write_rows(path, header, rows)
