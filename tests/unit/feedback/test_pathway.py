"""The pathway participation of small models, computed by hand."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sdmodels.errors import UnknownNameError
from sdmodels.feedback import score_loops
from sdmodels.feedback.pathway import follow_pathways

WriteModel = Callable[..., Path]

LOGISTIC = """
Population = INTEG(Births - Deaths, 5)
Births = 0.12 * Population
Deaths = 0.00012 * Population ^ 2
"""


def test_the_metric_of_logistic_growth_is_a_sum_of_two_links(write_model: WriteModel) -> None:
    found = follow_pathways(write_model(LOGISTIC, final=110), stock="Population")
    values = found.values
    by_source = dict(zip(values["source"].values, values["participation"].values, strict=True))
    assert by_source["Births"] == pytest.approx(0.12)
    # d(Deaths)/d(Population) = 2 * 0.00012 * Population, and the net flow says how large that is.
    flow = values["net_flow"].values
    population = 500 * (1 + np.sign(by_source["Deaths"] + 0.12) * -np.sqrt(1 - flow / 30))
    assert by_source["Deaths"] == pytest.approx(-0.00024 * population)
    assert values["metric"].values == pytest.approx(0.12 + by_source["Deaths"])
    assert values["metric"].attrs["units"] == "1/Week"


def test_logistic_growth_turns_at_half_its_room(write_model: WriteModel) -> None:
    found = follow_pathways(write_model(LOGISTIC, final=110), stock="Population", times=110)
    turn = found.phases.index("decelerating growth")
    assert set(found.phases[:turn]) == {"accelerating growth"}
    assert set(found.phases[turn:]) == {"decelerating growth"}
    # From 5 to 500 at 12 % takes some ln(199) / 0.12 = 44 weeks, and Euler's method a little more.
    assert 44 <= found.values["time"].values[turn] <= 48
    first, last = found.pathways[0], found.pathways[-1]
    assert first is not None
    assert last is not None
    assert (first.kind, first.polarity, set(first.loop)) == ("loop", "reinforcing", {"Population", "Births"})
    assert (last.kind, last.polarity, set(last.loop)) == ("loop", "balancing", {"Population", "Deaths"})


@pytest.mark.parametrize(
    "text",
    [
        LOGISTIC,
        """
        Population = INTEG(Growth, 5)
        Growth = 0.12 * Population * Room
        Room = 1 - Population / 1000
        """,
    ],
    ids=["two flows", "one flow"],
)
def test_with_one_stock_the_relative_loop_score_is_the_share_of_the_pathway(
    write_model: WriteModel, text: str
) -> None:
    path = write_model(text, final=110, step=1 / 64, save=1)
    found = follow_pathways(path, stock="Population", times=110)
    scores = score_loops(path).scores["relative_score"].isel(member=0)
    strongest = scores.isel(loop=abs(scores).argmax("loop"))
    # A score is that of a step, 1/64 week long, the share that of its end.
    assert found.values["pathway_share"].values == pytest.approx(strongest.values, abs=1.5e-3)


def test_two_stocks_that_feed_each_other_are_a_loop(write_model: WriteModel) -> None:
    text = "x = INTEG(0.1 * Push, 1)\nPush = 2 * y\ny = INTEG(0.4 * x, 3)"
    found = follow_pathways(write_model(text, final=4, step=0.5), stock="x", times=[0.5])
    # x' = 0.2 y, so that x'' / x' = y' / y; after one step x = 1.3 and y = 3.2.
    assert found.values["metric"].values == pytest.approx(0.4 * 1.3 / 3.2)
    (pathway,) = found.pathways
    assert pathway is not None
    assert (pathway.kind, pathway.polarity) == ("loop", "reinforcing")
    assert pathway.variables == ("y", "Push", "x")
    assert found.values["pathway_share"].values == pytest.approx(1)


def test_a_loop_upstream_drives_what_has_no_loop(write_model: WriteModel) -> None:
    text = "Savings = INTEG(Interest, 100)\nInterest = 0.05 * Savings\nSpent = INTEG(Interest, 0)"
    found = follow_pathways(write_model(text), stock="Spent")
    assert found.values["metric"].values == pytest.approx(0.05)
    (pathway,) = set(found.pathways)
    assert pathway is not None
    assert pathway.kind == "loop upstream"
    assert pathway.polarity == "reinforcing"
    assert set(pathway.loop) == {"Savings", "Interest"}
    assert pathway.variables[-1] == "Spent"


def test_a_pathway_may_come_from_no_loop(write_model: WriteModel) -> None:
    text = "Speed = INTEG(2, 1)\nWay = INTEG(Speed, 0)\nLeak = INTEG(-0.1 * Leak, 1)"
    found = follow_pathways(write_model(text), stock="Way", times=[1])
    (pathway,) = found.pathways
    assert pathway is not None
    assert (pathway.kind, pathway.variables, pathway.loop) == ("path", ("Speed", "Way"), ())
    assert found.phases == ("accelerating growth",)
    # Way'' / Way' = 2 / 3 when Speed is 3.
    assert found.values["metric"].values == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("net_flow", "phase"),
    [
        ("2", "steady growth"),
        ("-2", "steady decline"),
        ("0.1 * x", "accelerating growth"),
        ("0.1 * (20 - x)", "decelerating growth"),
        ("-0.1 * x", "decelerating decline"),
        ("0.01 * (x - 20)", "accelerating decline"),
        ("0.5 * (10 - x)", "at rest"),
    ],
)
def test_phases_go_by_the_net_flow_and_by_what_becomes_of_it(
    write_model: WriteModel, net_flow: str, phase: str
) -> None:
    path = write_model(f"x = INTEG({net_flow}, 10)\nLeak = INTEG(-0.1 * Leak, 1)")
    found = follow_pathways(path, stock="x", times=[1])
    assert found.phases == (phase,)
    if phase in ("at rest", "steady growth", "steady decline"):
        assert found.pathways == (None,)


def test_a_balancing_path_of_two_negative_links_is_followed_by_its_sign(write_model: WriteModel) -> None:
    # x'' = 0.3 x' - 0.5 y' with y' = -0.1 y: the path over y raises x though both of its links lower.
    text = "x = INTEG(0.01 * x - Drain, 100)\nDrain = 0.5 * y\ny = INTEG(-0.4 * y, 1)"
    found = follow_pathways(write_model(text, step=0.125), stock="x", times=[0.125])
    (pathway,) = found.pathways
    assert pathway is not None
    # What arrives: 0.01 (1 - 0.475) from x, 0.5 * 0.38 from y.
    y = 0.95
    x = 100 + 0.125 * (1 - 0.5)
    flow = 0.01 * x - 0.5 * y
    assert found.values["metric"].values == pytest.approx((0.01 * flow + 0.2 * y) / flow)
    assert found.values["pathway_participation"].values == pytest.approx(0.2 * y / flow)
    assert (pathway.kind, pathway.loop, pathway.polarity) == ("loop upstream", ("y",), "balancing")


def test_a_loop_is_closed_at_an_auxiliary_and_has_each_variable_once(write_model: WriteModel) -> None:
    text = "x = INTEG(Mix, 1)\ny = INTEG(Mix, 1)\nMix = 0.1 * x + 0.3 * y"
    found = follow_pathways(write_model(text), stock="x", times=[1])
    (pathway,) = found.pathways
    assert pathway is not None
    assert pathway.kind == "loop upstream"
    assert set(pathway.circuit) == {"Mix", "y"}
    assert pathway.variables == ("Mix", "y", "Mix", "x")


def test_the_hidden_stocks_of_a_smooth_are_stocks_on_the_way(write_model: WriteModel) -> None:
    text = "x = INTEG(0.2 * Seen, 1)\nSeen = SMOOTH(x, 4)"
    found = follow_pathways(write_model(text), stock="x", times=[2])
    (pathway,) = found.pathways
    assert pathway is not None
    assert set(pathway.circuit) == {"x", "Seen", "Seen (smooth 1)"}
    assert set(pathway.loop) == {"x", "Seen"}


def test_a_run_that_fails_has_no_phase_from_then_on(write_model: WriteModel) -> None:
    found = follow_pathways(write_model("x = INTEG(x ^ 3, 3)", final=20), stock="x", times=[1, 20])
    assert found.phases == ("accelerating growth", "no number")
    assert found.pathways[1] is None
    assert np.isnan(found.values["metric"].values[1])


def test_a_stock_that_is_not_there_is_named(write_model: WriteModel) -> None:
    with pytest.raises(UnknownNameError, match=r"No stock is named 'Populaton'"):
        follow_pathways(write_model(LOGISTIC), stock="Populaton")
