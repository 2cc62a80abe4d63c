"""Scores of the papers on Loops That Matter, to the digits that they print.

Schoenberg, Davidsen & Eberlein 2020 (System Dynamics Review 36), Schoenberg, Hayward & Eberlein 2023 (39). A score
at a time is that of the step that ends there; Stella and the papers print it where the step begins.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from sdmodels.engine.trajectories import Trajectories
from sdmodels.experiment.step_ends import StepEnds
from sdmodels.feedback import LoopScores, score_loops
from sdmodels.feedback.causal import CausalGraph
from sdmodels.feedback.link_scores import link_scores
from sdmodels.structure.expression import Arithmetic, Expression, Number, Reference

WriteModel = Callable[..., Path]

W, X, Y, Z, IN, OUT = map(Reference, ("w", "x", "y", "z", "in", "out"))


def scores_of_one_step(
    equation: Expression, before: Mapping[str, float], after: Mapping[str, float]
) -> dict[str, float]:
    """Return the score of each link into a variable in one step."""
    graph = CausalGraph(
        equations={"target": equation},
        sources={"target": tuple(before)},
        stocks=frozenset(),
        visible=frozenset(before),
        partitions=(),
    )
    ends = StepEnds(
        before={name: np.full((1, 1), value) for name, value in before.items()} | {"Time": np.zeros((1, 1))},
        after={name: np.full((1, 1), value) for name, value in after.items()} | {"Time": np.ones((1, 1))},
        trajectories=Trajectories(
            values=np.empty((0, 1, 1)),
            times=np.ones(1),
            failed_step=np.full(1, -1),
            failed_variable=np.full(1, -1),
            names=(),
        ),
    )
    found = link_scores(graph, [(name, "target") for name in before], ends)
    return dict(zip(before, found[:, 0, 0].tolist(), strict=True))


def relative(found: LoopScores, time: float, *variables: str) -> float:
    """Return the relative score of the loop that visits some variables and no others."""
    (loop,) = (loop for loop in found.loops if set(loop.variables) == set(variables))
    return float(found.scores["relative_score"].sel(loop=loop.id, time=time).item())


def test_a_sum_shares_out_its_change() -> None:
    equation = Arithmetic("+", Arithmetic("*", Number(2.0), X), Y)
    assert scores_of_one_step(equation, {"x": 5, "y": 4}, {"x": 7, "y": 5}) == pytest.approx(
        {"x": 0.8, "y": 0.2}
    )


def test_inputs_of_a_quotient_need_not_sum_to_one() -> None:
    equation = Arithmetic("/", Arithmetic("+", W, X), Y)
    found = scores_of_one_step(equation, {"w": 7, "x": 2, "y": 3}, {"w": 10, "x": 4, "y": 5})
    assert found == pytest.approx({"w": 5.0, "x": 10 / 3, "y": -6.0})


def test_flows_count_by_their_change_and_not_by_their_size() -> None:
    net_flow = Arithmetic("-", IN, OUT)
    found = scores_of_one_step(net_flow, {"in": 5, "out": 4}, {"in": 10, "out": 5})
    assert found == pytest.approx({"in": 1.25, "out": -0.25})


def test_a_source_that_stays_and_a_target_that_stays_score_nothing() -> None:
    difference = Arithmetic("-", X, Y)
    assert scores_of_one_step(difference, {"x": 5, "y": 4}, {"x": 5, "y": 5})["x"] == 0
    assert scores_of_one_step(difference, {"x": 5, "y": 4}, {"x": 6, "y": 5}) == {"x": 0, "y": 0}


BASS = """
Potential = INTEG(-Adopting, 999999)
Adopters = INTEG(Adopting, 1)
Adopting = Contacts * Adoption Fraction * Potential * Adopters / (Potential + Adopters)
Contacts = 100
Adoption Fraction = 0.015
"""


def test_the_bass_model_turns_where_the_paper_says(write_model: WriteModel) -> None:
    # The paper writes the total population as a constant, so that neither loop runs through it.
    text = BASS.replace("(Potential + Adopters)", "1000000")
    found = score_loops(write_model(text, final=20, step=0.0625), every_step=True)
    balancing, reinforcing = ("Potential", "Adopting"), ("Adopters", "Adopting")
    for printed, loop, share in (
        (9.5, balancing, -0.465),
        (9.5, reinforcing, 0.535),
        (9.5625, balancing, -0.488),
        (9.5625, reinforcing, 0.512),
        (9.625, balancing, -0.512),
        (9.625, reinforcing, 0.488),
        (1, balancing, 0),
        (1, reinforcing, 1),
        (15, balancing, -1),
        (15, reinforcing, 0),
    ):
        assert relative(found, printed + 0.0625, *loop) == pytest.approx(share, abs=5e-4), (printed, loop)
    scores = {loop.variables: found.scores["loop_score"].sel(loop=loop.id) for loop in found.loops}
    for variables, numbers in ((balancing, (-9.958, -9358, -10.91)), (reinforcing, (11.46, 9806, 10.41))):
        (own,) = (score for names, score in scores.items() if set(names) == set(variables))
        for printed, number in zip((9.5, 9.5625, 9.625), numbers, strict=True):
            assert f"{own.sel(time=printed + 0.0625).item():.4g}" == f"{number:.4g}"


def test_logistic_growth_turns_where_stella_says(write_model: WriteModel) -> None:
    model = """
        Population = INTEG(Growth, 5)
        Growth = 0.12 * Population * Room
        Room = 1 - Population / 1000
    """
    found = score_loops(write_model(model, final=110), every_step=True)
    printed = ((1, 0.56, 99.4), (45, 46.9, 53.1), (46, 49.9, 50.1), (47, 52.9, 47.1), (100, 99.9, 0.11))
    for step, balancing, reinforcing in printed:
        share = relative(found, step + 1, "Population", "Growth")
        assert 100 * share == pytest.approx(reinforcing, abs=0.05)
        share = relative(found, step + 1, "Population", "Growth", "Room")
        assert 100 * share == pytest.approx(-balancing, abs=0.05)


@pytest.mark.parametrize("step", [1, 0.25, 0.0625])
def test_an_isolated_loop_scores_one_whatever_the_time_step(write_model: WriteModel, step: float) -> None:
    model = """
        Balance = INTEG(Interest, 100)
        Interest = Rate * Balance
        Rate = 0.1
    """
    found = score_loops(write_model(model, step=step), every_step=True)
    np.testing.assert_allclose(found.scores["relative_score"], 1.0)
    np.testing.assert_allclose(found.scores["loop_score"], 1.0, rtol=1e-9)


def test_a_net_flow_and_its_flows_come_to_the_same(write_model: WriteModel) -> None:
    apart = """
        Population = INTEG(Births - Deaths, 5)
        Births = 0.12 * Population
        Deaths = 0.12 * Population * Population / 1000
    """
    net = apart.replace("Births - Deaths", "Net Births") + "Net Births = Births - Deaths\n"
    two, one = (
        score_loops(write_model(text, final=80, name=name), every_step=True)
        for text, name in ((apart, "apart.mdl"), (net, "net.mdl"))
    )
    for flow in ("Births", "Deaths"):
        ours, theirs = (
            found.scores["relative_score"].sel(
                loop=next(loop.id for loop in found.loops if flow in loop.variables)
            )
            for found in (two, one)
        )
        np.testing.assert_allclose(ours, theirs, rtol=1e-9)


def test_shares_of_a_partition_sum_to_one(write_model: WriteModel) -> None:
    found = score_loops(write_model(BASS, final=20, step=0.125))
    assert len(found.loops) == 2
    np.testing.assert_allclose(np.abs(found.scores["relative_score"]).sum("loop"), 1.0)


def test_a_switch_hands_over_from_one_stock_to_the_other(write_model: WriteModel) -> None:
    model = """
        First = INTEG(Filling, 1)
        Second = INTEG(Other Filling, 1)
        Filling = IF THEN ELSE(Time < 5, First, Second)
        Other Filling = 0.1 * First
        """
    found = score_loops(write_model(model, final=10), every_step=True)
    links = found.link_scores.isel(member=0)
    first, second = (
        links.isel(link=found.graph.links.index((stock, "Filling"))) for stock in ("First", "Second")
    )
    # The step from 4 to 5 is that of the switch.
    assert first.sel(time=[1, 4, 6, 10]).values.tolist() == [1, 1, 0, 0]
    assert second.sel(time=[1, 4, 6, 10]).values.tolist() == [0, 0, 1, 1]


def test_the_pocket_model_has_the_scores_of_simlin() -> None:
    settings = {"Initial Routine Work Condition": 0.85, "Routine Condition Adjustment Time": 52}
    found = score_loops("hotline_pocket", settings, every_step=True)
    shares = {
        loop: found.scores["relative_score"].sel(loop=loop, time=52).item() for loop in ("R1", "B1", "B2")
    }
    assert shares == pytest.approx({"R1": 0.7862, "B1": -0.2078, "B2": -0.0060}, abs=5e-5)
