import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sdmodels.catalogue import load
from sdmodels.experiment import as_entry
from sdmodels.structure.model import Model
from sdmodels.validation import Finding, knock_outs

Break = Callable[..., Path]

# The switch stops what comes in, so that no backlog is left.
LOWER = """
[[knock_out]]
loop = "B1"
outcome = "burden"
expect = "lower"
"""
SAME = """
[[knock_out]]
loop = "B1"
policy = "faster"
variable = "Order Backlog"
statistic = "maximum"
begins = 0
ends = 26
expect = "same"
"""
DRAWN = """
[[uncertainty]]
name = "Usual Demand"
minimum = 40
maximum = 60
source = "assumption"
"""


def judge(desk: Break, *rows: str) -> tuple[Finding, ...]:
    return knock_outs(load(desk("\n[[reality_check]]", "".join(rows) + "\n[[reality_check]]")))


def test_a_loop_whose_cut_does_what_was_predicted_passes(desk: Break) -> None:
    switches, first, second = judge(desk, LOWER, SAME)
    assert (switches.check, switches.status) == ("switches", "passed")
    assert (first.check, first.status, first.bound, first.unit) == ("knock_out:B1", "passed", -0.1, "%")
    assert first.title.en == "Without: Working off"
    assert first.measured is not None
    # From 100 orders on they die away with a time of 2 weeks: 200 of 100 * 104.
    assert first.measured == pytest.approx(-98.1, abs=0.1)
    assert (second.check, second.status, second.measured) == ("knock_out:B1:2", "passed", 0.0)
    assert re.search(
        r"^'maximum of Order Backlog from 0 to 26' changes by \+0 % without loop 'B1' \(policy 'faster', "
        r"scenario 'normal'\); expected: same, so in 100 % of 1 members\.$",
        second.message,
    )


@pytest.mark.parametrize("expect", ["higher", "same"])
def test_a_prediction_that_does_not_come_true_fails(desk: Break, expect: str) -> None:
    *_, finding = judge(desk, LOWER.replace("lower", expect))
    assert finding.status == "failed"
    assert re.search(
        r"desk\.mdl: cutting loop 'B1' does not do what was predicted\.\n"
        rf"    'burden' changes by -98\.1 % without loop 'B1' \(.*\); expected: {expect}, so in 0 % of 1 "
        r"members\. A median change below 0\.1 % counts as none\.\nFind out why",
        finding.message,
    )


def test_the_median_of_the_members_decides(desk: Break) -> None:
    *_, finding = judge(desk, DRAWN, LOWER)
    assert finding.status == "passed"
    assert re.search(r"so in 100 % of 100 members", finding.message)


def test_a_prediction_that_was_changed_after_the_run_is_told_and_counted(desk: Break) -> None:
    changed = LOWER + 'first = "higher"\n'
    _, first, second, summary = judge(desk, changed, SAME)
    assert first.title.en == "Without: Working off (prediction changed after the run)"
    assert first.title.zh == "切断：消化积压（运行后改过预测）"
    assert (first.status, first.first_predicted, second.first_predicted) == ("passed", "higher", None)
    assert re.search(
        r"expected: lower \(changed after the run; at first: higher\), so in 100 %", first.message
    )
    assert (summary.check, summary.status, summary.measured) == ("first_predictions", "passed", 1)
    assert summary.title.en == "1 of 2 as first predicted"
    assert summary.title.zh == "2 项预测中 1 项与最初预测一致"
    assert summary.message == "Changed after the run: knock_out:B1 (at first: higher)."


def test_a_prediction_that_was_right_at_first_counts_although_it_was_changed(desk: Break) -> None:
    *_, row, summary = judge(desk, LOWER.replace("lower", "same") + 'first = "lower"\n')
    assert row.status == "failed"
    assert summary.title.en == "1 of 1 as first predicted"


def test_without_a_change_nothing_is_said_of_first_predictions(desk: Break) -> None:
    findings = judge(desk, LOWER, SAME)
    assert {finding.check.partition(":")[0] for finding in findings} == {"switches", "knock_out"}
    assert not any("first" in finding.message for finding in findings)


def test_what_cannot_be_measured_did_not_come_true(desk: Break) -> None:
    share = "Order Arrival / (Usual Demand * Demand Multiplier * Switch Repeats)"
    broken = ("= Order Backlog / Handling Time", f"= Order Backlog / Handling Time * {share}")
    row = LOWER + 'first = "higher"\n'
    *_, summary = knock_outs(load(desk("\n[[reality_check]]", row + "\n[[reality_check]]", *broken)))
    assert summary.title.en == "0 of 1 as first predicted"


def test_a_switch_that_is_off_fails(desk: Break) -> None:
    [finding] = knock_outs(load(desk("Switch Repeats = 1", "Switch Repeats = 0.5")))
    assert (finding.check, finding.status) == ("switches", "failed")
    assert re.search(
        r"desk\.mdl: 1 faults of switches\.\n    'Switch Repeats' is 0\.5 in the model, not 1\nSet a switch to 1",
        finding.message,
    )


def test_a_manifest_with_predictions_has_one_for_every_switch(desk: Break) -> None:
    second = '\n[[loop]]\nid = "B2"\ntitle = { en = "a", zh = "b" }\npolarity = "balancing"\n'
    second += 'variables = ["Order Backlog", "Order Completion"]\nswitch = "Switch Repeats"\n'
    finding = judge(desk, second, LOWER)[0]
    assert finding.status == "failed"
    assert re.search(r"loop 'B2' has a switch and no \[\[knock_out\]\]", finding.message)


def test_a_manifest_without_predictions_is_told_so(desk: Break) -> None:
    [finding] = knock_outs(load(desk()))
    assert finding.status == "passed"
    assert re.search(r"All 1 switches are 1; no \[\[knock_out\]\] predicts", finding.message)


def test_a_scenario_may_leave_the_bounds_of_a_lever(desk: Break) -> None:
    scenario = """
[[scenario]]
id = "strike"
title = { en = "Strike", zh = "罢工" }
meaning = { en = "Nothing is done", zh = "停工" }
[[scenario.change]]
name = "Handling Time"
value = 1000
begins = 10
"""
    row = LOWER.replace("expect", 'scenario = "strike"\nexpect')
    *_, finding = judge(desk, scenario, row)
    assert finding.status == "passed"


def test_a_run_that_does_not_stay_finite_without_the_loop_fails(desk: Break) -> None:
    share = "Order Arrival / (Usual Demand * Demand Multiplier * Switch Repeats)"
    broken = ("= Order Backlog / Handling Time", f"= Order Backlog / Handling Time * {share}")
    *_, finding = knock_outs(load(desk("\n[[reality_check]]", LOWER + "\n[[reality_check]]", *broken)))
    assert finding.status == "failed"
    assert re.search(r"no run without loop 'B1' stays finite", finding.message)


def test_a_model_without_switches_has_no_finding(desk: Break, bare: Callable[..., Model]) -> None:
    assert knock_outs(load(desk('switch = "Switch Repeats"\n', ""))) == ()
    assert knock_outs(as_entry(bare())) == ()
