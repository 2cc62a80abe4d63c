import re
from collections.abc import Callable
from pathlib import Path

import numpy as np

from sdmodels.catalogue import load
from sdmodels.experiment import as_entry
from sdmodels.structure.model import Model
from sdmodels.validation import equilibrium, shared_runs, stocks

Break = Callable[..., Path]


def test_stocks_that_follow_their_flows_pass(desk: Break) -> None:
    runs = shared_runs(
        load(
            desk(
                "INTEG(Order Arrival - Order Completion, 100)",
                "INTEG(Order Arrival - Order Completion + Time, 7)",
            )
        )
    )
    finding = stocks(runs.entry, runs.moving)
    assert (finding.check, finding.status, finding.bound) == ("stocks", "passed", 1e-9)
    assert re.search(r"All 2 stocks follow their flows", finding.message)


def test_a_stock_that_leaks_is_found(desk: Break) -> None:
    runs = shared_runs(load(desk()))
    leaking = runs.moving.copy(deep=True)
    leaking["Order Backlog"].values[0, 30:] += 1e-6
    finding = stocks(runs.entry, leaking)
    assert finding.status == "failed"
    assert finding.measured is not None
    assert np.isclose(finding.measured, 1e-8, rtol=1e-3)  # 1e-6 of 100 orders
    assert re.search(
        r"desk\.mdl: a stock does not follow its flows\.\n    'Order Backlog' differs from its flows by 1e-08",
        finding.message,
    )


def test_stocks_without_saved_flows_are_not_checked(bare: Callable[..., Model]) -> None:
    smoothed = "INTEG(SMOOTH(Order Arrival, 2), 100)"
    model = bare("INTEG(Order Arrival - Order Completion, 100)", smoothed, "INTEG(Order Completion, 0)", "1")
    runs = shared_runs(as_entry(model))
    finding = stocks(runs.entry, runs.moving)
    assert finding.status == "not run"
    assert re.search(r"No stock has a net flow of saved variables", finding.message)


def test_a_balanced_start_passes_though_a_total_grows(desk: Break) -> None:
    runs = shared_runs(load(desk()))
    finding = equilibrium(runs.entry, runs.close)
    assert (finding.check, finding.status, finding.bound) == ("equilibrium", "passed", 1e-6)
    assert finding.unit == "1/Week"
    assert re.search(r"'Order Backlog' changes fastest", finding.message)


def test_an_unbalanced_start_fails(desk: Break) -> None:
    runs = shared_runs(load(desk("- Order Completion, 100)", "- Order Completion, 80)")))
    finding = equilibrium(runs.entry, runs.close)
    assert finding.status == "failed"
    # At first 50 come in, 40 go out, 80 are there.
    assert finding.measured == 10 / 80
    assert re.search(
        r"desk\.mdl: the base run does not begin in equilibrium\.\n"
        r"    'Order Backlog' changes fastest: by 0\.12 of itself per Week at 0\.\nSet the initial values",
        finding.message,
    )


def test_a_change_after_the_first_year_does_not_count(desk: Break) -> None:
    runs = shared_runs(load(desk("* Switch Repeats", "* Switch Repeats + STEP(5, 60)")))
    assert equilibrium(runs.entry, runs.close).status == "passed"


def test_a_model_file_alone_claims_no_equilibrium(bare: Callable[..., Model]) -> None:
    runs = shared_runs(as_entry(bare("- Order Completion, 100)", "- Order Completion, 80)")))
    finding = equilibrium(runs.entry, runs.close)
    assert (finding.status, finding.measured) == ("not run", 10 / 80)
    assert re.search(r"A model without a manifest may begin anywhere", finding.message)


def test_totals_alone_have_no_equilibrium(bare: Callable[..., Model]) -> None:
    runs = shared_runs(as_entry(bare("INTEG(Order Arrival - Order Completion, 100)", "100")))
    finding = equilibrium(runs.entry, runs.close)
    assert finding.status == "not run"
    assert re.search(r"No stock acts on a stock", finding.message)
