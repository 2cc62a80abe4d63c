import re
from collections.abc import Callable
from pathlib import Path

import numpy as np

from sdmodels.catalogue import load
from sdmodels.experiment import as_entry, simulate
from sdmodels.structure.model import Model
from sdmodels.validation import Finding, random_members

Break = Callable[..., Path]

DEMAND = """
[[uncertainty]]
name = "Usual Demand"
minimum = 40
maximum = 60
source = "assumption"

[[reality_check]]"""


def judge(folder: Path, members: int = 500) -> Finding:
    [finding] = random_members(load(folder), members)
    return finding


def inputs(message: str) -> dict[str, float]:
    found = re.search(r"Inputs: \{(.*)\}", message)
    assert found is not None
    return {name: float(value) for name, value in re.findall(r'"([^"]+)": ([^,]+)', found[1])}


def test_a_model_that_bears_all_inputs_passes(desk: Break) -> None:
    finding = judge(desk("\n[[reality_check]]", DEMAND), 10_000)
    assert (finding.check, finding.status, finding.measured) == ("random_members", "passed", 0.0)
    assert re.search(r"^All 10,000 members stay finite", finding.message)


def test_a_member_that_leaves_the_finite_numbers_is_named_with_its_inputs(desk: Break) -> None:
    # A handling time above 3.9 makes the root of a negative number.
    folder = desk("Order Backlog / Usual Backlog", "SQRT(3.9 - Handling Time)", "\n[[reality_check]]", DEMAND)
    finding = judge(folder)
    assert finding.status == "failed"
    # The upper thirtieth of the lever's range: 16 slices of the Latin hypercube, and a part of one.
    assert finding.measured == 16.0
    assert re.search(
        r"desk\.mdl: 16 of 500 random members break\.\n"
        r"    Member \d+: 'Backlog Share' left the finite numbers at 0 Week\.\n    Inputs: .*\nLook for",
        finding.message,
    )
    drawn = inputs(finding.message)
    assert set(drawn) == {"Handling Time", "Usual Demand"}
    assert drawn["Handling Time"] > 3.9


def test_a_number_that_is_lost_only_in_between_is_seen(desk: Break) -> None:
    folder = desk("Order Backlog / Usual Backlog", "SQRT(3.9 - Handling Time * PULSE(30, 4))")
    assert re.search(r"'Backlog Share' left the finite numbers at 30 Week", judge(folder).message)


def test_a_stock_that_falls_below_zero_is_named_with_time_and_inputs(desk: Break) -> None:
    # An outflow that an empty stock keeps; it outgrows the inflow for a handling time below 1.5.
    folder = desk("= Order Backlog / Handling Time", "= 75 / Handling Time + 0 * Order Backlog")
    finding = judge(folder)
    assert finding.status == "failed"
    assert re.search(
        r"    Member \d+: 'Order Backlog' falls to -\d[\d.]* order at 104 Week\.\n    Inputs: ",
        finding.message,
    )
    again = simulate(load(folder), inputs(finding.message))
    assert float(again["Order Backlog"].values[0, -1]) < 0


def test_a_fall_between_two_saved_times_is_seen(desk: Break) -> None:
    dip = "Backlog Share = 1 - PULSE(10.5, 0.0625) * Handling Time"
    texts = ("Backlog Share = Order Backlog / Usual Backlog", dip)
    asked = 'source = "made for a test"'
    assert judge(desk(*texts)).status == "passed"
    finding = judge(desk(*texts, asked, asked + '\nnon_negative = ["Backlog Share"]'))
    assert re.search(r"'Backlog Share' falls to -\d\.\d+ Dmnl at 10\.5 Week", finding.message)


def test_a_manifest_may_free_all_stocks(desk: Break) -> None:
    asked = 'source = "made for a test"'
    texts = ("= Order Backlog / Handling Time", "= 75 / Handling Time + 0 * Order Backlog")
    assert judge(desk(*texts, asked, asked + "\nnon_negative = []")).status == "passed"


def test_no_member_that_stays_finite_is_a_failure(desk: Break) -> None:
    broken = "SQRT(IF THEN ELSE(Handling Time = 2, 1, -1))"
    finding = judge(desk("Order Backlog / Usual Backlog", broken))
    assert finding.status == "failed"
    assert re.search(r"desk\.mdl: no random member stays finite\.\n    ", finding.message)


def test_the_draws_fill_the_bounds_of_the_levers(desk: Break) -> None:
    finding = judge(desk("Order Backlog / Usual Backlog", "SQRT(1.01 - Handling Time)"))
    assert finding.measured is not None
    np.testing.assert_allclose(finding.measured, 500 * (1 - 0.01 / 3), atol=1)


def test_a_model_without_bounds_has_no_random_members(bare: Callable[..., Model]) -> None:
    assert random_members(as_entry(bare())) == ()
