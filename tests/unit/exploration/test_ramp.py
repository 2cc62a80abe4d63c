"""Does a system come back where it left, when a lever goes slowly up and down again?"""

from collections.abc import Callable

import numpy as np
import pytest

from sdmodels.catalogue import Entry
from sdmodels.exploration import run_experiment

# The lever moves by 0.01 a week; the relay needs a step or two more to be half way.
LAG = 0.021
TIP = '[experiment.tip]\nvariable = "Condition"\nbelow = 0.5\n\n[[experiment]]'


def test_the_lever_goes_up_stays_and_comes_down(relay: Entry) -> None:
    data = run_experiment(relay, "back").data
    levers = data["lever"].values
    assert (levers[0], levers.max(), levers[-1]) == pytest.approx((0.2, 1.8, 0.2))
    assert (data["time"].values[0], data["time"].values[-1]) == (8, 8 + 160 + 4 + 160)
    assert list(np.unique(data["branch"].values, return_counts=True)[1]) == [160, 165]
    assert dict(data.sizes) == {"member": 12, "time": 325}


def test_a_relay_tips_at_one_value_and_recovers_at_another(relay: Entry) -> None:
    result = run_experiment(relay, "back")
    tips, recovers, width = (result.finding(id) for id in ("tips", "recovers", "hysteresis"))
    assert tips is not None
    assert recovers is not None
    assert width is not None
    assert tips.median == pytest.approx(1.25, abs=LAG)
    assert recovers.median == pytest.approx(0.6, abs=LAG)
    assert width.values == pytest.approx(tips.values - recovers.values)
    assert (tips.share, recovers.share, recovers.members) == (1, 1, 12)
    assert result.finding("tips_late") is None


def test_what_never_tips_has_no_recovery(make_relay: Callable[..., Entry]) -> None:
    result = run_experiment(make_relay("peak = 1.8", "peak = 1.1"), "back")
    tips, recovers = result.finding("tips"), result.finding("recovers")
    assert tips is not None
    assert recovers is not None
    assert (tips.share, recovers.members) == (0, 0)
    assert np.isnan(recovers.share)


def test_what_is_past_the_bound_from_the_start_does_not_tip(make_relay: Callable[..., Entry]) -> None:
    result = run_experiment(make_relay(TIP, TIP.replace("below = 0.5", "below = 2")), "back")
    tips, recovers = result.finding("tips"), result.finding("recovers")
    assert tips is not None
    assert recovers is not None
    assert (tips.share, recovers.members) == (0, 0)


def test_what_never_recovers_says_so(make_relay: Callable[..., Entry]) -> None:
    result = run_experiment(make_relay("start = 0.2", "start = 0.7"), "back")
    recovers, width = result.finding("recovers"), result.finding("hysteresis")
    assert recovers is not None
    assert width is not None
    assert (recovers.share, recovers.members) == (0, 12)
    assert np.isnan(width.median)


def test_what_tips_late_is_not_taken_for_a_tip_on_the_way_there(make_relay: Callable[..., Entry]) -> None:
    # A stock that empties over 120 weeks is half empty only when the lever has long turned.
    slow = '[[experiment.change]]\nname = "Delay"\nvalue = 120\n[experiment.tip]\nvariable = "Condition"'
    result = run_experiment(
        make_relay('[experiment.tip]\nvariable = "Condition"\nbelow = 0.5', slow + "\nbelow = 0.5"), "back"
    )
    late, tips = result.finding("tips_late"), result.finding("tips")
    assert late is not None
    assert tips is not None
    assert (tips.share, late.share) == (0, 1)


def test_a_lever_may_go_down_first(make_relay: Callable[..., Entry]) -> None:
    entry = make_relay(
        "start = 0.2\npeak = 1.8", "start = 1.8\npeak = 0.2", TIP, TIP.replace("below", "above")
    )
    result = run_experiment(entry, "back")
    tips, recovers, width = (result.finding(id) for id in ("tips", "recovers", "hysteresis"))
    assert tips is not None
    assert recovers is not None
    assert width is not None
    # It starts full at 1.8, so it is past the bound at first, empties, and is regained below 0.6.
    assert result.data["Condition"].values[0, 0] == pytest.approx(0, abs=1e-6)
    assert tips.median == pytest.approx(0.6, abs=LAG)
    assert recovers.median == pytest.approx(1.25, abs=LAG)
    assert width.median == pytest.approx(0.65, abs=2 * LAG)


def test_a_ramp_without_a_tip_has_data_and_no_findings(make_relay: Callable[..., Entry]) -> None:
    bare = make_relay('[experiment.tip]\nvariable = "Condition"\nbelow = 0.5\n', "")
    result = run_experiment(bare, "back", members=1)
    assert result.findings == ()
    assert list(result.numbers.columns)[:6] == ["branch", "Time", "Effort", "variable", "unit", "group"]
    assert len(result.numbers) == 2 * 325


def test_members_that_tip_have_numbers_of_their_own_where_others_do_not(
    make_relay: Callable[..., Entry],
) -> None:
    entry = make_relay(TIP, TIP.replace("Condition", "Burden").replace("below = 0.5", "above = 0.9"))
    result = run_experiment(entry, "back")
    tips = result.finding("tips")
    assert tips is not None
    counts = result.numbers.groupby("group")["members"].unique()
    assert list(counts["all"]) == [12]
    assert list(counts["tip"]) == [np.isfinite(tips.values).sum()]


def test_where_all_members_tip_they_are_not_shown_twice(relay: Entry) -> None:
    assert set(run_experiment(relay, "back").numbers["group"]) == {"all"}
