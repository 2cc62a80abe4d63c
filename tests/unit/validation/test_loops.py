import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sdmodels.catalogue import load
from sdmodels.experiment import as_entry
from sdmodels.structure.model import Model
from sdmodels.validation import Finding, loops, shared_runs

Break = Callable[..., Path]


def judge(folder: Path) -> Finding:
    [finding] = loops(shared_runs(load(folder)))
    return finding


def test_a_loop_of_the_stated_polarity_passes(desk: Break) -> None:
    finding = judge(desk())
    assert (finding.check, finding.status, finding.measured, finding.bound) == ("loop:B1", "passed", 1.0, 1.0)
    # 20 states of the base run and of the one policy
    assert re.search(r"^Loop 'B1' is balancing at 40 of 40 states\.$", finding.message)


def test_a_loop_of_the_other_polarity_fails(desk: Break) -> None:
    finding = judge(desk('polarity = "balancing"', 'polarity = "reinforcing"'))
    assert (finding.status, finding.measured) == ("failed", 0.0)
    assert re.search(
        r"desk\.mdl: loop 'B1' is reinforcing only at 0 of 40 states\.\n"
        r"    'Order Backlog' -> 'Order Completion' \+, 'Order Completion' -> 'Order Backlog' -\nState the other",
        finding.message,
    )


@pytest.mark.parametrize(
    "late",
    [
        "SMOOTH3(Order Backlog, 2) / Handling Time",
        "DELAY1(Order Backlog, 2) / Handling Time",
        "INITIAL(Order Backlog) * Order Backlog / 200",
    ],
)
def test_a_delay_keeps_the_sign_of_its_input(desk: Break, late: str) -> None:
    assert judge(desk("= Order Backlog / Handling Time", f"= {late}")).status == "passed"


def test_a_loop_at_rest_is_not_judged(desk: Break) -> None:
    finding = judge(desk("= Order Backlog / Handling Time", "= MAX(50, Order Backlog / 1000)"))
    assert finding.status == "not run"
    assert re.search(
        r"At none of 40 states is the loop closed: 'Order Completion' does not answer to 'Order Backlog'",
        finding.message,
    )


def test_a_link_that_changes_its_sign_fails(desk: Break) -> None:
    # The policy at 52 brings the backlog below 70, where a larger backlog slows the work.
    finding = judge(
        desk(
            "= Order Backlog / Handling Time",
            "= (50 + 0.1 * ABS(Order Backlog - 70) - 3) * 2 / Handling Time",
        )
    )
    assert finding.status == "failed"
    assert re.search(r"'Order Backlog' -> 'Order Completion' changes its sign", finding.message)


def test_a_loop_that_is_not_closed_fails(desk: Break) -> None:
    entry = load(desk())
    assert entry.manifest is not None
    [loop] = entry.manifest.loops
    broken = loop.model_copy(update={"variables": ("Order Backlog", "Order Arrival")})
    manifest = entry.manifest.model_copy(update={"loops": (broken,)})
    [finding] = loops(shared_runs(replace(entry, manifest=manifest)))
    assert finding.status == "failed"
    assert re.search(
        r"loop 'B1' is not closed\.\n    'Order Backlog' does not act on 'Order Arrival'\.\nList its variables",
        finding.message,
    )


SUBSCRIPTED = (
    "Order Backlog = INTEG(Order Arrival - Order Completion, 100)",
    "district: A, B ~~|\nPile[district] = INTEG(25 - Cleared[district], 50) ~ order ~ Waits. |\n"
    "Cleared[district] = Pile[district] / Handling Time ~ order/Week ~ Done. |\n"
    "Order Backlog = INTEG(Order Arrival - Order Completion, 100)",
)


@pytest.mark.parametrize(("names", "states"), [('"Pile", "Cleared"', 80), ('"Pile[A]", "Cleared[A]"', 40)])
def test_a_loop_with_subscripts_is_judged_for_every_element(desk: Break, names: str, states: int) -> None:
    finding = judge(desk(*SUBSCRIPTED, '"Order Backlog", "Order Completion"', names))
    assert finding.status == "passed"
    assert re.search(rf"at {states} of {states} states", finding.message)


def test_a_model_file_alone_names_no_loops(bare: Callable[..., Model]) -> None:
    assert loops(shared_runs(as_entry(bare()))) == ()
