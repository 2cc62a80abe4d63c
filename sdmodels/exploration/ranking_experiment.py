"""Which policy is best, as an experiment asks it?"""

from collections.abc import Iterator
from types import MappingProxyType

import numpy as np

from sdmodels.catalogue import Entry, PolicyRanking, Text, final_time_of
from sdmodels.engine.trajectories import Progress
from sdmodels.exploration.arms import scenario_of
from sdmodels.exploration.candidates import Candidate, policy_of
from sdmodels.exploration.findings import Finding
from sdmodels.exploration.rank_tables import relative_to
from sdmodels.exploration.ranking import Ranking, RankingSearch, rank_policies
from sdmodels.exploration.result import ExperimentResult
from sdmodels.structure.names import key_of


def run_ranking(
    entry: Entry, asked: PolicyRanking, *, members: int, seed: int, progress: Progress | None = None
) -> ExperimentResult:
    """Run every policy under every scenario on the same draws.

    Returns
    -------
    ExperimentResult
        Its data are the draws of :class:`~sdmodels.exploration.ranking.Ranking`, its numbers the table, with the
        further tables ``ranks``, ``pairs``, ``groups``, ``verdicts`` and ``deciding``.
    """
    ranking = rank_policies(entry, ranking_search(entry, asked, members, seed), progress=progress)
    first = ranking.draws[next(iter(ranking.draws.data_vars))]
    return ExperimentResult(
        entry=entry,
        experiment=asked,
        members=members,
        seed=seed,
        data=ranking.draws,
        numbers=ranking.table,
        findings=tuple(_findings(ranking)),
        runs=first.size,
        failed=int(np.isnan(first.values).sum()),
        further=MappingProxyType(
            {
                "ranks": ranking.ranks,
                "pairs": ranking.pairs,
                "groups": ranking.groups,
                "verdicts": ranking.verdicts,
                "deciding": ranking.deciding,
            }
        ),
        details=ranking,
    )


def ranking_search(entry: Entry, asked: PolicyRanking, members: int, seed: int) -> RankingSearch:
    """Return the search that a table asks for, with the manifest's own ids."""
    candidates = tuple(
        Candidate(policies=choice.policies, id=choice.id, title=choice.title, group=choice.group or "")
        for choice in asked.candidates
    )
    ids = (policy_of(entry, candidate).id for candidate in candidates)
    return RankingSearch(
        candidates=candidates,
        baseline=next(id for id in ids if key_of(id) == key_of(asked.baseline)),
        outcomes=asked.outcomes,
        scenarios=tuple(scenario_of(entry, asked, id) for id in asked.scenarios),
        groups=MappingProxyType({group.id: group.title for group in asked.groups}),
        holds=asked.holds,
        alike=asked.alike,
        horizon=final_time_of(asked, entry.model.time),
        members=members,
        seed=seed,
    )


def _findings(ranking: Ranking) -> Iterator[Finding]:
    """Yield the change of each policy against the baseline of the same draw, over draws that have all policies."""
    baseline = [policy.id for policy in ranking.policies].index(ranking.search.baseline)
    for id, outcome in ranking.draws.data_vars.items():
        fine = outcome.values[~np.isnan(outcome.values).any(axis=1)]
        relative, unit = relative_to(fine, baseline, outcome.attrs["units"])
        for place, policy in enumerate(ranking.policies):
            yield Finding(
                id=str(id),
                arm=policy.id,
                title=Text(en=outcome.attrs["title"], zh=outcome.attrs["title_zh"]),
                arm_title=policy.title,
                quantity=Text(en="change against the baseline", zh="相对基准的变化"),
                units=unit,
                values=relative[:, place],
            )
