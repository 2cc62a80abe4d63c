import re
from collections.abc import Callable
from pathlib import Path

from sdmodels.catalogue import load
from sdmodels.experiment import as_entry
from sdmodels.structure.model import Model
from sdmodels.validation import Finding, conservation

Break = Callable[..., Path]

BALANCE = """
[[conservation]]
id = "orders"
title = { en = "Orders are neither made nor lost", zh = "工单守恒" }
stocks = ["Order Backlog", "Orders Done"]
inflows = ["Order Arrival"]

[[reality_check]]"""


def judge(desk: Break, *texts: str, balance: str = BALANCE) -> Finding:
    [finding] = conservation(load(desk("\n[[reality_check]]", balance, *texts)))
    return finding


def test_stocks_that_pass_on_all_they_lose_pass(desk: Break) -> None:
    finding = judge(desk)
    assert (finding.check, finding.status, finding.bound) == ("conservation:orders", "passed", 1e-9)
    assert finding.title.zh == "工单守恒"
    # The base run and the one policy; the model names no uncertain constant to draw.
    assert re.search(
        r"^In 2 runs, at every step, the gap is at most .* of the largest size\.$", finding.message
    )


def test_what_is_lost_on_the_way_is_found_with_run_and_time(desk: Break) -> None:
    # Half of what is done after the 60th week is never counted.
    leak = ("INTEG(Order Completion, 0)", "INTEG(Order Completion * (1 - STEP(0.5, 60)), 0)")
    finding = judge(desk, *leak)
    assert finding.status == "failed"
    assert re.search(
        r"desk\.mdl: 'orders' is not conserved\.\n"
        r"    The stocks \('Order Backlog', 'Orders Done'\) and their inflows \('Order Arrival'\) and outflows "
        r"\(none\) differ by 0\.\d+ of their largest size at 104 Week; policy '\w+', scenario 'normal', draw 0; "
        r"the gap opens at 60\.0625\.\nLook through what changes 'Order Backlog'",
        finding.message,
    )


def test_a_leak_of_a_millionth_is_found(desk: Break) -> None:
    leak = ("INTEG(Order Completion, 0)", "INTEG(Order Completion * 0.999999, 0)")
    assert judge(desk, *leak).status == "failed"


FLOWS = BALANCE.replace('stocks = ["Order Backlog", "Orders Done"]\n', 'outflows = ["Order Completion"]\n')


def test_without_stocks_inflows_equal_outflows_at_every_time(desk: Break) -> None:
    finding = judge(desk, balance=FLOWS)
    # The policy works faster from the 52nd week on.
    assert finding.status == "failed"
    assert re.search(
        r"    The inflows \('Order Arrival'\) and outflows \('Order Completion'\) differ by 0\.3\d* .*"
        r"policy 'faster', scenario 'normal', draw 0; the gap opens at 52\.\n"
        r"Look through all that takes from what flows in",
        finding.message,
    )


def test_flows_that_are_equal_pass(desk: Break) -> None:
    same = FLOWS.replace('outflows = ["Order Completion"]', 'outflows = ["Order Arrival"]')
    assert judge(desk, balance=same).status == "passed"


def test_a_variable_with_subscripts_stands_for_all_its_elements(desk: Break) -> None:
    piles = (
        "Order Backlog = INTEG(Order Arrival - Order Completion, 100)",
        "district: A, B ~~|\nPile[district] = INTEG(Inflow[district] - Pile[district], 5) ~ order ~ Waits. |\n"
        "Inflow[district] = 2, 3 ~ order/Week ~ Assumption. |\n"
        "Order Backlog = INTEG(Order Arrival - Order Completion, 100)",
    )
    balance = BALANCE.replace('["Order Backlog", "Orders Done"]', '["Pile"]').replace(
        '"Order Arrival"', '"Inflow"'
    )
    assert judge(desk, *piles, balance=balance).status == "failed"
    names = (piles[1].replace("- Pile[district]", "- Gone[district]"),)
    gone = "Gone[district] = Pile[district] ~ order/Week ~ Gone. |\nOrder Backlog = INTEG("
    text = names[0].replace("Order Backlog = INTEG(", gone)
    whole = balance.replace('["Inflow"]', '["Inflow"]\noutflows = ["Gone"]')
    assert judge(desk, piles[0], text, balance=whole).status == "passed"


def test_uncertain_constants_are_drawn(desk: Break) -> None:
    drawn = """
[[uncertainty]]
name = "Usual Demand"
minimum = 40
maximum = 60
source = "assumption"
"""
    assert re.search(r"^In 40 runs", judge(desk, balance=drawn + BALANCE).message)


def test_draws_that_a_policy_brings_out_of_bounds_are_a_failure_and_no_crash(desk: Break) -> None:
    drawn = """
[[uncertainty]]
name = "Handling Time"
minimum = 1.5
maximum = 4
source = "assumption"
"""
    finding = judge(desk, balance=drawn + BALANCE)
    assert finding.status == "failed"
    assert re.search(
        r"desk\.mdl: the runs cannot be made\.\n    Policy 'faster' brings 'Handling Time' to",
        finding.message,
    )


def test_a_manifest_that_conserves_nothing_has_no_finding(desk: Break, bare: Callable[..., Model]) -> None:
    assert conservation(load(desk())) == ()
    assert conservation(as_entry(bare())) == ()
