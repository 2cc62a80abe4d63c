"""Which variables close loops, and what is hidden in them?"""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from sdmodels.experiment.step_ends import step_runs
from sdmodels.feedback import score_loops
from sdmodels.feedback.causal import CausalGraph, causal_graph

WriteModel = Callable[..., Path]


def graph_of(path: Path) -> CausalGraph:
    runs = step_runs(path)
    return causal_graph(runs.layout.model, runs.equations)


def test_a_delay_of_third_order_is_three_stocks_between_two_variables(write_model: WriteModel) -> None:
    graph = graph_of(
        write_model("""
        Stock = INTEG(Arriving - Selling, 10)
        Arriving = DELAY3(Ordering, 6)
        Ordering = Selling + (12 - Stock) / 5
        Selling = 2
        """)
    )
    hidden = [name for name in graph.stocks if name not in graph.visible]
    assert len(hidden) == 3
    assert all(name.startswith("Arriving (delay") for name in hidden)


def test_a_fixed_delay_closes_a_loop(write_model: WriteModel) -> None:
    found = score_loops(
        write_model(
            """
        Stock = INTEG(Arriving - Selling, 10)
        Arriving = DELAY FIXED(Ordering, 3, 2)
        Ordering = MAX(0, 2 + (12 - Stock) / 4)
        Selling = 2
        """,
            final=40,
        )
    )
    assert found.graph.stepwise
    assert {frozenset(loop.variables) for loop in found.loops} == {
        frozenset({"Stock", "Ordering", "Arriving"})
    }


def test_what_no_loop_runs_through_is_in_no_partition(write_model: WriteModel) -> None:
    graph = graph_of(
        write_model("""
        Level = INTEG(Inflow - Level / 5, 10)
        Inflow = 3
        Reported = 2 * Level
        Other = INTEG(-Other / 3, 4)
        """)
    )
    assert [set(part) for part in graph.partitions] == [{"Level"}, {"Other"}]


def test_a_table_that_differs_between_members_makes_no_further_links() -> None:
    slopes = {"Table For Overtime (slope)": [0.8, 1.2], "Table For Resolution From Time (slope)": [0.9, 1.1]}
    how = {"policy": "high_intensity", "scenario": "scarce_staff", "most_times": 26}
    together = score_loops("hotline", slopes, **how)
    assert set(together.graph.links) == set(score_loops("hotline", **how).graph.links)
    alone = score_loops("hotline", {name: values[1] for name, values in slopes.items()}, **how)
    for name in ("total_score", "reinforcing_share", "switched_share"):
        np.testing.assert_allclose(
            together.scores[name].values[0, 1], alone.scores[name].values[0, 0], rtol=1e-6, atol=1e-9
        )
