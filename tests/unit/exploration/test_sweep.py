"""Where along a lever is the best, and where does it tip?"""

from collections.abc import Callable

import numpy as np
import pytest
from relay import EXPERIMENTS

from sdmodels.catalogue import Entry, Sweep
from sdmodels.errors import ManifestError, UnknownNameError
from sdmodels.exploration import run_experiment

GRID = np.linspace(0, 2, 21)
EACH = 'variable = "Condition"\nfalls = 0.5'


def test_data_have_a_number_for_every_variant_value_and_member(relay: Entry) -> None:
    result = run_experiment(relay, "best", seed=3)
    assert dict(result.data.sizes) == {"variant": 2, "value": 21, "member": 20}
    assert result.data["burden"].sel(variant="far").values[:, 0] == pytest.approx((GRID - 3) ** 2)
    # What the arms differ in is no draw of a member; what all share stands beside the data.
    assert "Best" not in result.data.coords
    assert result.data["Turn"].values.min() >= 5
    assert result.data["burden"].attrs["units"] == "order"
    assert (result.runs, result.failed, result.members) == (840, 0, 20)


def test_the_optimum_is_the_grid_value_next_to_the_best_of_each_member(relay: Entry) -> None:
    result = run_experiment(relay, "best", seed=3)
    optimum = result.finding("optimum", "base")
    assert optimum is not None
    burden = result.data["burden"].sel(variant="base").values
    # (x - best)^2 at two neighbours gives the best: the draw of that member.
    best = GRID[0] + np.sqrt(burden[0])
    assert np.abs(optimum.values - best).max() <= 0.05 + 1e-9
    assert (best.min() > 0.5, best.max() < 1.5) == (True, True)
    assert (optimum.share, optimum.members, optimum.units) == (1.0, 20, "Dmnl")


def test_an_optimum_at_an_end_of_the_grid_is_not_inside_it(relay: Entry) -> None:
    result = run_experiment(relay, "best")
    far, inside = (result.finding(id, "far") for id in ("optimum", "interior_optimum"))
    assert far is not None
    assert inside is not None
    assert set(far.values) == {2.0}
    assert inside.share == 0
    assert np.isnan(inside.median)
    assert result.finding("interior_optimum", "base").share == 1  # type: ignore[union-attr]


def test_onset_and_tip_lie_where_the_condition_is_lost(relay: Entry) -> None:
    result = run_experiment(relay, "best")
    onset, tip = result.finding("onset"), result.finding("tip")
    assert onset is not None
    assert tip is not None
    # The condition is lost above 1.25: the first grid value beyond is 1.3, the interval is 1.2 to 1.3.
    assert onset.values == pytest.approx(np.full(20, 1.3))
    assert tip.values == pytest.approx(np.full(20, 1.25))


def test_a_jump_by_a_factor_counts_too(make_relay: Callable[..., Entry]) -> None:
    entry = make_relay(EACH, 'variable = "Burden"\njumps = 1.9')
    tip = run_experiment(entry, "best", members=1).finding("tip")
    assert tip is not None
    # From the best at 1 on: the first step away from 0.01, to 0.04.
    assert tip.values == pytest.approx([1.15])


def test_what_is_not_there_is_not_invented(make_relay: Callable[..., Entry]) -> None:
    entry = make_relay("below = 0.5", "below = -1", "falls = 0.5", "falls = 5")
    result = run_experiment(entry, "best")
    for id in ("onset", "tip"):
        finding = result.finding(id)
        assert finding is not None
        assert (finding.share, np.isnan(finding.median)) == (0, True)


def test_an_outcome_that_is_neither_better_nor_worse_has_no_optimum(make_relay: Callable[..., Entry]) -> None:
    entry = make_relay('better = "lower"', 'better = "neither"', 'better = "higher"', 'better = "neither"')
    assert run_experiment(entry, "best", members=1).finding("optimum") is None


def test_before_it_begins_the_lever_has_the_model_s_own_value(make_relay: Callable[..., Entry]) -> None:
    read = 'variable = "Burden"\nstatistic = "final"'
    entry = make_relay(
        "steps = 21", "steps = 21\nbegins = 10", read, read.replace("final", "mean") + "\nends = 9"
    )
    burden = run_experiment(entry, "best", members=1).data["burden"].values[0, :, 0]
    assert burden == pytest.approx(np.full(21, 0.25))


def test_a_change_may_leave_the_bounds_of_a_lever(make_relay: Callable[..., Entry]) -> None:
    entry = make_relay('name = "Best"\nvalue = 3', 'name = "Effort"\nvalue = 5')
    assert run_experiment(entry, "best", members=1).failed == 0


def test_members_that_fail_are_left_out_and_counted(make_relay: Callable[..., Entry]) -> None:
    entry = make_relay(
        'variable = "Burden"\nstatistic',
        'variable = "Strain"\nstatistic',
        'name = "Best"\nvalue = 3',
        'name = "Headroom"\nvalue = 1',
    )
    result = run_experiment(entry, "best")
    assert result.failed == 20
    assert result.finding("optimum", "far").members == 0  # type: ignore[union-attr]
    assert result.finding("optimum", "base").members == 20  # type: ignore[union-attr]
    rows = result.numbers[(result.numbers["variant"] == "far") & (result.numbers["read"] == "burden")]
    assert set(rows["members"]) == {0}


def test_a_run_that_fails_at_one_value_only_leaves_the_others(make_relay: Callable[..., Entry]) -> None:
    everywhere = '[[experiment.change]]\nname = "Headroom"\nvalue = 0\n[[experiment.variant]]'
    entry = make_relay(
        "[[experiment.variant]]",
        everywhere,
        "maximum = 2\nsteps = 21",
        "maximum = 1e-12\nsteps = 2",
        "minimum = 0",
        "minimum = -0.0",
        'variable = "Burden"\nstatistic',
        'variable = "Strain"\nstatistic',
    )
    result = run_experiment(entry, "best", members=1)
    assert result.failed == 2
    with pytest.raises(UnknownNameError, match="No experiment is named 'bets'"):
        run_experiment(entry, "bets")


BACK = """id = "far"
title = { en = "Back from 2", zh = "自 2 回落" }
before = { value = 2, ends = 10, beside = "base" }
[[experiment.variant.change]]
name = "Extra"
value = 0
[[experiment.read]]
id = "burden\""""
FAR = EXPERIMENTS[EXPERIMENTS.index('id = "far"') : EXPERIMENTS.index('id = "burden"') + 13]


def test_coming_from_elsewhere_shows_where_a_system_has_two_states(make_relay: Callable[..., Entry]) -> None:
    result = run_experiment(make_relay(FAR, BACK), "best", members=3)
    low, high = result.finding("two_states_from", "far"), result.finding("two_states_to", "far")
    assert low is not None
    assert high is not None
    # Lost above 1.25 and regained below 0.6: in between it stays what it was. It starts at 1, and 2 loses it.
    assert low.values == pytest.approx(np.full(3, 0.6))
    assert high.values == pytest.approx(np.full(3, 1.2))
    assert low.title.en == "'Condition' ends elsewhere than in 'As it is': from"
    assert result.finding("two_states_from", "base") is None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('beside = "base"', 'beside = "far"', "names no variant without a 'before'"),
        ("value = 2, ends", "value = 3, ends", "leaves the bounds of its lever"),
        ("ends = 10", "ends = 99", "outside the run"),
    ],
)
def test_a_way_back_that_makes_no_sense_is_refused(
    make_relay: Callable[..., Entry], old: str, new: str, message: str
) -> None:
    with pytest.raises(ManifestError, match=message):
        make_relay(FAR, BACK.replace(old, new))


def test_the_numbers_are_the_quantiles_of_every_outcome_at_every_value(relay: Entry) -> None:
    result = run_experiment(relay, "best", members=11)
    numbers = result.numbers
    assert list(numbers.columns)[:4] == ["variant", "read", "unit", "Effort"]
    assert len(numbers) == 2 * 2 * 21
    first = numbers.iloc[4]
    runs = result.data["burden"].values[0, 4]
    assert first["p50"] == np.median(runs)
    assert (first["Effort"], first["members"]) == (pytest.approx(0.4), 11)


def test_the_same_seed_gives_the_same_numbers(relay: Entry) -> None:
    one, other, third = (run_experiment(relay, "best", members=5, seed=seed) for seed in (1, 1, 2))
    assert one.data.identical(other.data)
    assert not one.data.identical(third.data)


def test_the_data_say_what_was_asked(relay: Entry) -> None:
    attrs = run_experiment(relay, "best", members=2, seed=7).data.attrs
    assert (attrs["model"], attrs["members"], attrs["seed"], attrs["lever"]) == ("relay", 2, 7, "Effort")
    assert attrs["model_hash"] == relay.model.content_hash
    assert Sweep.model_validate_json(attrs["experiment"]) == relay.experiments[0]


def test_the_summary_has_a_row_a_finding_and_variant(relay: Entry) -> None:
    summary = run_experiment(relay, "best").summary
    assert len(summary) == 2 * 4
    assert list(summary["finding"])[:4] == ["optimum", "interior_optimum", "onset", "tip"]
    far = summary[summary["arm"] == "far"].iloc[0]
    assert (far["median"], far["low"], far["high"], far["share"]) == (2, 2, 2, 1)
