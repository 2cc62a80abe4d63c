"""Loops of a model with names and switches, in one run and in ensembles."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from office import DRAWING, MANIFEST, write_office

from sdmodels.catalogue import Entry
from sdmodels.errors import InputError, UnknownNameError
from sdmodels.experiment import Integration
from sdmodels.feedback import LoopScores, score_loops

WriteModel = Callable[..., Path]


def shares(found: LoopScores, loop: str) -> np.ndarray:
    return np.asarray(found.scores["relative_score"].sel(loop=loop).values)


def test_loops_come_in_order_of_importance_with_the_names_of_the_manifest(office: Entry) -> None:
    found = score_loops(office)
    importance = found.importance.values
    assert (np.diff(importance) <= 0).all()
    assert {loop.id: loop.title.zh for loop in found.named} == {
        "B1": "招人",
        "R1": "投诉生投诉",
        "R2": "越累越慢",
    }
    unnamed = {loop.id: loop.variables for loop in found.loops if not loop.named}
    assert unnamed == {
        "B2": ("Staff",),
        "B3": ("Fatigue",),
        "B4": ("Backlog", "Fatigue", "Speed", "Wanted Staff", "Staff", "Closing"),
    }
    assert found.loop("B2").title.en == "Staff by itself"
    assert found.loop("B4").title.en == "Backlog – Fatigue – Staff"


def test_a_loop_works_as_it_is_named(office: Entry) -> None:
    found = score_loops(office)
    assert {loop.id: loop.polarity for loop in found.named} == {
        "R1": "reinforcing",
        "B1": "balancing",
        "R2": "reinforcing",
    }


def test_every_member_has_the_scores_that_it_has_alone(office: Entry) -> None:
    complaints = [0.2, 0.5, 0.9]
    together = score_loops(office, {"Complaints": complaints}, most_times=60)
    for member, value in enumerate(complaints):
        alone = score_loops(office, {"Complaints": value})
        for loop in together.loops:
            # Loops without a name are numbered by their importance, which is another in each member.
            (same,) = (each.id for each in alone.loops if each.circuits == loop.circuits)
            np.testing.assert_array_equal(shares(together, loop.id)[member], shares(alone, same)[0])


@pytest.mark.parametrize("how", [Integration(threads=1), Integration(threads=2)])
def test_threads_change_no_number(office: Entry, how: Integration) -> None:
    # Enough members for several blocks.
    found = score_loops(office, members=80, seed=1, integration=how)
    same = score_loops(office, members=80, seed=1)
    assert found.scores.equals(same.scores)


def test_the_interpreter_comes_to_the_same_scores(office: Entry) -> None:
    native = score_loops(office)
    plain = score_loops(office, integration=Integration(engine="interpreter"))
    for loop in native.loops:
        # Values differ in their last bit; a score is a quotient of small differences of them.
        np.testing.assert_allclose(shares(plain, loop.id), shares(native, loop.id), atol=1e-6)


def test_loops_that_are_added_up_have_the_shares_of_loops_that_are_listed(office: Entry) -> None:
    listed = score_loops(office)
    added = score_loops(office, most_counted=2)
    assert listed.partitions[0].complete
    assert not added.partitions[0].complete
    assert added.partitions[0].loops == listed.partitions[0].loops
    for loop in added.loops:
        (same,) = (each for each in listed.loops if each.circuits == loop.circuits)
        np.testing.assert_allclose(shares(added, loop.id), shares(listed, same.id), rtol=1e-9, atol=1e-12)
    for name in ("total_score", "reinforcing_share", "switched_share"):
        np.testing.assert_allclose(added.scores[name], listed.scores[name], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(added.scores["link_share"], listed.scores["link_share"], rtol=1e-9, atol=1e-12)


def test_what_runs_through_a_cut_is_every_loop_through_that_link(office: Entry) -> None:
    found = score_loops(office)
    assert found.cuts["R1"] == (("Backlog", "Arriving"),)
    np.testing.assert_allclose(found.scores["cut_share"].sel(loop="R1"), np.abs(shares(found, "R1")))
    assert np.isnan(found.scores["cut_share"].sel(loop="R2")).all()


def test_two_switched_loops_share_no_score_and_together_have_less_than_all(office: Entry) -> None:
    found = score_loops(office)
    both = np.abs(shares(found, "R1")) + np.abs(shares(found, "B1"))
    np.testing.assert_allclose(found.scores["switched_share"].isel(partition=0), both, atol=1e-12)
    assert both.max() <= 1 + 1e-12


def test_a_loop_that_is_switched_off_is_still_reported(office: Entry) -> None:
    found = score_loops(office, {"Switch Complaints": 0})
    assert found.loop("R1").polarity == "at rest"
    assert not shares(found, "R1").any()


def test_a_model_at_rest_has_no_scores(tmp_path: Path) -> None:
    resting = write_office(tmp_path, drawing=DRAWING.replace("Closing, 90)", "Closing, 60)"))
    found = score_loops(resting)
    assert not found.scores["total_score"].any()
    assert {loop.polarity for loop in found.loops} == {"at rest"}


def test_a_failed_member_has_no_scores_from_then_on(write_model: WriteModel) -> None:
    model = """
        Level = INTEG(Growth, 1)
        Growth = Rate * Level * Level
        Rate = 0.1
    """
    path = write_model(model, final=400, step=0.5)
    found = score_loops(path, {"Rate": [0.0001, 0.1]})
    assert found.scores["status"].values[0] == "ok"
    assert "left the finite numbers" in str(found.scores["status"].values[1])
    assert np.isfinite(shares(found, "R1")[0]).all()
    assert np.isnan(shares(found, "R1")[1, -1])
    assert np.isfinite(shares(found, "R1")[1, 0])


def write_vessels(parent: Path, further: str = "") -> Entry:
    """Write two vessels that drain by one loop with a name; ``further`` is more of their flow."""
    drawing = f"""{{UTF-8}}
Place: north, south ~ ~ |
Level[Place] = INTEG(Draining[Place], Start[Place]) ~ litre ~ Assumption. |
Draining[Place] = -0.1 * Level[Place]{further} ~ litre/Week ~ Assumption. |
Start[north] = 1 ~ litre ~ Assumption. |
Start[south] = 2 ~ litre ~ Assumption. |
INITIAL TIME = 0 ~ Week ~ |
FINAL TIME = 10 ~ Week ~ |
TIME STEP = 1 ~ Week ~ |
SAVEPER = 1 ~ Week ~ |
"""
    manifest = (
        MANIFEST[: MANIFEST.index("[[uncertainty]]")]
        + """
[[loop]]
id = "B1"
title = { en = "Drain", zh = "排空" }
polarity = "balancing"
variables = ["Level", "Draining"]
"""
    )
    return write_office(parent, manifest, drawing)


def test_elements_that_have_nothing_to_do_with_one_another_are_a_loop_each(tmp_path: Path) -> None:
    found = score_loops(write_vessels(tmp_path))
    assert len(found.partitions) == 2
    # Each element drains by itself: it is a partition, and has a share of its own.
    assert {loop.id: loop.variables for loop in found.named} == {
        "B1.1": ("Draining[north]", "Level[north]"),
        "B1.2": ("Draining[south]", "Level[south]"),
    }
    assert (np.abs(found.scores["relative_score"]) == 1).all()


def test_elements_that_act_on_one_another_are_one_loop(tmp_path: Path) -> None:
    (loop,) = score_loops(write_vessels(tmp_path, " + 0.01 * SUM(Level[Place!])")).named
    assert loop.variables == ("Level", "Draining")
    assert len(loop.circuits) == 2


def test_a_model_without_a_loop_is_an_error_that_says_so(write_model: WriteModel) -> None:
    path = write_model("Level = INTEG(Inflow, 1)\nInflow = 2\n")
    with pytest.raises(InputError, match="the model has no feedback loop"):
        score_loops(path)


def test_an_unknown_loop_is_named_with_the_nearest(office: Entry) -> None:
    with pytest.raises(UnknownNameError, match="R11"):
        score_loops(office).loop("R11")


def test_the_first_time_of_half_is_infinite_where_it_never_comes(office: Entry) -> None:
    found = score_loops(office, {"Complaints": [0.01, 1.2]}, most_times=60)
    first = found.first_time(found.share("R1"))
    assert np.isinf(first[0])
    assert first[1] == 1


def test_the_probability_of_dominance_is_the_share_of_members(office: Entry) -> None:
    found = score_loops(office, {"Complaints": [0.01, 1.2]}, most_times=60)
    assert found.dominance("R1").sel(time=1).item() == 0.5


def test_progress_reaches_the_end(office: Entry) -> None:
    seen: list[tuple[int, int]] = []
    score_loops(office, members=80, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (160, 160)
    assert seen == sorted(seen)


def test_a_member_is_scored_at_the_times_that_are_asked_for(office: Entry) -> None:
    assert score_loops(office, every_step=True).scores.sizes["time"] == 240
    assert score_loops(office).scores.sizes["time"] == 60
    few = score_loops(office, most_times=6).scores["time"].values
    assert few.tolist() == [10, 20, 30, 39, 49, 60] or len(few) == 6
    assert few[-1] == 60
