"""When do Loops That Matter, eigenvalue elasticity and pathway participation agree?"""

from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

from sdmodels.errors import InputError
from sdmodels.feedback import (
    Agreement,
    Opinion,
    compare_opinions,
    find_elasticities,
    follow_pathways,
    score_loops,
)
from sdmodels.feedback.feedback_loop import Polarity
from sdmodels.feedback.verdicts import Moment, Source, Verdict, verdict_of

WriteModel = Callable[..., Path]

LOGISTIC = """
Population = INTEG(Births - Deaths, 5)
Births = 0.12 * Population
Deaths = 0.00012 * Population ^ 2
"""
METHODS = get_args(Source)


def says(number: int, *loops: str, polarity: Polarity | None = "reinforcing") -> Opinion:
    return Opinion(method=METHODS[number], loops=loops, variables=loops, polarity=polarity, strength=0.5)


@pytest.mark.parametrize(
    ("opinions", "correlation", "verdict"),
    [
        ([says(0, "R1"), says(1, "R1"), says(2, "R1")], None, "agree"),
        ([says(0, "R1"), says(1, "R1")], None, "agree"),
        ([says(0, "R1"), says(1, "R1"), says(2, "B2", polarity="balancing")], None, "partly"),
        ([says(0, "R1"), says(1, "R2"), says(2, "R3")], None, "partly"),
        ([says(0, "R1"), says(1, "B1", polarity="balancing")], None, "disagree"),
        ([says(0, "R1")], None, "no opinion"),
        ([], None, "no opinion"),
        # A pathway without a cut link names no loop, one with two of them names both.
        ([says(0, "R1"), says(1, "R1"), says(2)], 0.9, "agree"),
        ([says(0, "R1"), says(1, "R1"), says(2, "B1", "R1")], 0.9, "agree"),
        ([says(0, "R1"), says(2)], None, "no opinion"),
        # The same loop on top, but the order of all others is another; and the other way round.
        ([says(0, "R1"), says(1, "R1", polarity=None)], 0.1, "partly"),
        ([says(0, "R1"), says(1, "R2", polarity=None)], 0.8, "partly"),
        ([says(0, "R1"), says(1, "R2", polarity=None)], 0.1, "disagree"),
        ([says(0, "R1"), says(1, "R2", polarity=None)], None, "disagree"),
    ],
)
def test_a_verdict_follows_from_who_names_what(
    opinions: list[Opinion], correlation: float | None, verdict: Verdict
) -> None:
    assert verdict_of(opinions, correlation) == verdict


def compared(path: Path, times: int = 20) -> Agreement:
    return compare_opinions(
        score_loops(path),
        find_elasticities(path, times=times),
        follow_pathways(path, stock="Population", times=times),
    )


def test_all_three_say_that_logistic_growth_turns(write_model: WriteModel) -> None:
    # With one stock all three are the same numbers; a score is that of a step, the others that of its end.
    found = compared(write_model(LOGISTIC, final=110))
    assert {moment.verdict for moment in found.moments} == {"agree"}
    first, last = found.moments[0], found.moments[-1]
    assert [opinion.method for opinion in first.opinions] == list(METHODS)
    assert {opinion.polarity for opinion in first.opinions} == {"reinforcing"}
    assert {opinion.polarity for opinion in last.opinions} == {"balancing"}
    assert {opinion.loops for opinion in first.opinions} == {("R1",)}
    assert [phase.phase for phase in found.phases] == ["accelerating growth", "decelerating growth"]
    assert all(phase.verdict == "agree" for phase in found.phases)
    assert found.phases[0].first_time == found.moments[0].time
    assert found.phases[-1].last_time == 110


def test_nobody_has_an_opinion_on_what_rests(write_model: WriteModel) -> None:
    found = compared(write_model("Population = INTEG(3 - 0.3 * Population, 10)"))
    assert {(moment.verdict, moment.opinions) for moment in found.moments} == {("no opinion", ())}


def test_a_phase_has_the_verdict_of_most_of_its_moments() -> None:
    verdicts: tuple[Verdict, ...] = ("agree", "agree", "partly", "agree", "disagree", "disagree", "agree")
    phases = ("accelerating growth",) * 3 + ("at rest",) + ("steady growth",) * 3
    moments = tuple(
        Moment(
            time=float(time),
            phase=phase,
            compared="loops",
            opinions=(),
            rank_correlation=None,
            verdict=verdict,
        )
        for time, (phase, verdict) in enumerate(zip(phases, verdicts, strict=True))
    )
    first, rest, last = Agreement(moments=moments).phases
    assert (first.verdict, rest.verdict, last.verdict) == ("agree", "agree", "disagree")
    assert first.verdicts == (("partly", 1), ("agree", 2))
    assert (first.first_time, first.last_time) == (0, 2)


def test_the_core_of_the_hotline_collapses_by_one_loop() -> None:
    # Theory, section 3.7, V11: R1 has 0.786 of the score; the growing mode is its work, and so is the pathway.
    settings = {"Initial Routine Work Condition": 0.85, "Routine Condition Adjustment Time": 52.0}
    found = compare_opinions(
        score_loops("hotline_pocket", settings),
        find_elasticities("hotline_pocket", settings, times=[52]),
        follow_pathways("hotline_pocket", settings, stock="Order Backlog", times=[52]),
    )
    (moment,) = found.moments
    assert moment.verdict == "agree"
    assert {opinion.loops for opinion in moment.opinions} == {("R1",)}
    assert moment.opinions[0].strength == pytest.approx(0.7862, abs=1e-4)


def test_where_loops_cannot_be_counted_switches_are_compared() -> None:
    found = compare_opinions(
        score_loops("hotline", policy="high_intensity"),
        find_elasticities("hotline", policy="high_intensity", times=6),
        follow_pathways("hotline", policy="high_intensity", stock="Order Backlog", times=6),
    )
    assert {moment.compared for moment in found.moments} == {"switches"}
    assert all(-1 <= moment.rank_correlation <= 1 for moment in found.moments if moment.rank_correlation)
    assert any(moment.rank_correlation is not None for moment in found.moments)


def test_results_of_different_runs_are_not_compared(write_model: WriteModel) -> None:
    path = write_model(LOGISTIC + "Rate = 1", final=110)
    scores = score_loops(path)
    modes, pathways = find_elasticities(path), follow_pathways(path, stock="Population")
    other = find_elasticities(path, {"Rate": 2.0}, within_bounds=False)
    with pytest.raises(InputError, match="not of the same run: their settings differ"):
        compare_opinions(scores, other, pathways)
    with pytest.raises(InputError, match="scores are of 2 runs"):
        compare_opinions(score_loops(path, {"Rate": [1.0, 2.0]}, within_bounds=False), modes, pathways)
    later = follow_pathways(path, stock="Population", times=[1])
    with pytest.raises(InputError, match="no time in common"):
        compare_opinions(scores, find_elasticities(path, times=[7]), later)


def test_another_policy_is_another_run() -> None:
    pathways = follow_pathways("hotline_pocket", stock="Order Backlog")
    with pytest.raises(InputError, match="their policy differs"):
        compare_opinions(
            score_loops("hotline_pocket"),
            find_elasticities("hotline_pocket", policy="low_intensity"),
            pathways,
        )
