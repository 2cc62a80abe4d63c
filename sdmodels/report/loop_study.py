"""What does the feedback analysis of a model under a policy consist of, and where is it written?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import xarray as xr

from sdmodels.catalogue import Entry, Language, Text
from sdmodels.engine.trajectories import Floats, Progress
from sdmodels.experiment import simulate
from sdmodels.feedback import LoopScores, score_loops
from sdmodels.feedback.knock_outs import KnockOuts, knock_outs
from sdmodels.figures import save
from sdmodels.figures.loop_cuts import loop_cuts
from sdmodels.figures.loop_diagram import loop_diagram
from sdmodels.figures.loop_reach import loop_reach
from sdmodels.figures.loop_shares import loops_over_time
from sdmodels.report.loop_files import write_loops, write_scores
from sdmodels.report.opinions import Opinions, ask_opinions, write_opinions
from sdmodels.report.study import figure_variables
from sdmodels.structure.subscripts import scalars_of

MOST_DRAWN = 2
"""Variables above the loops."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopStudy:
    """The loops of a model under one policy and scenario.

    Attributes
    ----------
    title
        What the policy is called.
    behaviour
        Trajectories of some variables, dims ``(member, time)``.
    cuts
        The same runs without each loop that has a switch; ``None`` if no loop has one, or if it was not asked for.
    opinions
        What other methods say; ``None`` if they were not asked.
    """

    policy: str
    title: Text
    scores: LoopScores
    behaviour: xr.Dataset
    variables: tuple[str, ...]
    cuts: KnockOuts | None
    opinions: Opinions | None


def loop_study(
    entry: Entry,
    settings: Mapping[str, float | Floats],
    *,
    policy: str,
    scenario: str,
    members: int,
    seed: int,
    with_cuts: bool,
    with_opinions: bool,
    progress: Progress | None = None,
) -> LoopStudy:
    """Score the loops of a model, and run it without each that can be cut."""
    variables = scalars_of(entry.model, figure_variables(entry))[:MOST_DRAWN]
    scores = score_loops(
        entry, settings, policy=policy, scenario=scenario, members=members, seed=seed, progress=progress
    )
    can_cut = with_cuts and any(loop.switch is not None for loop in scores.loops)
    return LoopStudy(
        policy=policy,
        title=entry.policy(policy).title,
        scores=scores,
        behaviour=simulate(
            entry,
            settings,
            policy=policy,
            scenario=scenario,
            members=members,
            seed=seed,
            outputs=list(variables),
        ),
        variables=variables,
        cuts=knock_outs(
            entry,
            settings,
            policy=policy,
            scenario=scenario,
            members=members,
            seed=seed,
            variables=variables,
        )
        if can_cut
        else None,
        opinions=ask_opinions(scores, policy=policy, scenario=scenario, variables=variables)
        if with_opinions
        else None,
    )


def write_loop_study(
    studies: Sequence[LoopStudy],
    folder: Path,
    *,
    at: float | None,
    loops: Sequence[str],
    language: Language,
) -> dict[Path, str]:
    """Write tables and figures, those of several policies under the policy's id; return what each file is."""
    found: dict[Path, str] = {}
    for study in studies:
        where = folder / study.policy if len(studies) > 1 else folder
        found |= _written(study, where, at, loops, language)
    named = {study.policy: (study.title, study.scores) for study in studies}
    if studies[0].scores.reaching:
        path = save(loop_reach(named, loops, language=language), folder / "reach.png")
        found[path] = Text(
            en="what runs through the links that switches cut", zh="流经开关所切断连接的份额"
        ).in_language(language)
    return found


def _written(
    study: LoopStudy, folder: Path, at: float | None, loops: Sequence[str], language: Language
) -> dict[Path, str]:
    entry = study.scores.entry
    diagram = loop_diagram(study.scores, at=at, loops=loops, language=language)
    over_time = loops_over_time(
        study.scores, study.behaviour, study.variables, loops=loops, language=language
    )
    files = {
        write_loops(study.scores, study.cuts, folder / "loops.csv"): Text(en="the loops", zh="回路"),
        write_scores(study.scores, folder / "scores.csv"): Text(en="scores over time", zh="各时刻得分"),
        save(over_time, folder / "loops.png"): Text(en="behaviour and loops", zh="行为与回路"),
        save(diagram, folder / "diagram.png"): Text(en="causal loop diagram", zh="因果回路图"),
        save(diagram, folder / "diagram.svg"): Text(en="the same to scale", zh="同上，可缩放"),
    }
    if study.cuts is not None:
        cuts = loop_cuts(entry, study.cuts, study.variables, loops, language=language)
        files[save(cuts, folder / "cuts.png")] = Text(en="with and without loops", zh="接通与切断回路")
    if study.opinions is not None and study.opinions.agreements:
        path = write_opinions(study.opinions, folder / "opinions.csv")
        files[path] = Text(en="three methods, time by time", zh="三种方法逐时结果")
    return {path: text.in_language(language) for path, text in files.items()}
