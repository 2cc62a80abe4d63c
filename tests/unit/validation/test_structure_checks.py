import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sdmodels.catalogue import load
from sdmodels.experiment import as_entry
from sdmodels.structure.model import Model
from sdmodels.validation import documentation, rule_of_three, unused

Break = Callable[..., Path]


def test_a_documented_model_passes(desk: Break) -> None:
    finding = documentation(load(desk()))
    assert (finding.check, finding.status, finding.measured) == ("documentation", "passed", 0.0)
    assert re.search(r"All 10 variables have a unit and a documentation", finding.message)


@pytest.mark.parametrize(
    ("old", "new", "line", "lack"),
    [
        ("~ order\n    ~ Orders that wait.", "~\n    ~ Orders that wait.", 2, "'Order Backlog' has no unit"),
        ("~ Orders that wait.", "~", 2, "'Order Backlog' has no documentation"),
        ("~ Source: Zhang 2021, table 3.", "~ Weeks.", 26, "'Handling Time' has no source"),
        (
            "~ Week\n    ~ Source: Zhang 2021, table 3.",
            "~\n    ~ Weeks.",
            26,
            "'Handling Time' has no unit, no source",
        ),
    ],
)
def test_what_is_not_documented_is_found(desk: Break, old: str, new: str, line: int, lack: str) -> None:
    finding = documentation(load(desk(old, new)))
    assert (finding.status, finding.measured) == ("failed", 1.0)
    assert re.search(
        rf"1 variables are not documented\.\n    .*desk\.mdl:{line}: {lack}\nWrite the unit", finding.message
    )


@pytest.mark.parametrize(
    "origin", ["Li et al. 2022b", "https://example.org", "假设:约两周", "By definition."]
)
def test_a_number_may_cite_in_many_ways(desk: Break, origin: str) -> None:
    assert documentation(load(desk("Source: Zhang 2021, table 3.", origin))).status == "passed"


def test_a_switch_that_the_manifest_does_not_name_needs_a_source(desk: Break) -> None:
    finding = documentation(load(desk('switch = "Switch Repeats"\n', "")))
    assert re.search(r"'Switch Repeats' has no source", finding.message)


def test_a_model_file_alone_promises_no_documentation(bare: Callable[..., Model]) -> None:
    finding = documentation(as_entry(bare()))
    assert finding.status == "not run"
    assert re.search(r"Only a model with a manifest promises documentation", finding.message)


def test_variables_that_nothing_uses_are_named_without_blame(desk: Break) -> None:
    finding = unused(load(desk()))
    assert (finding.check, finding.status, finding.measured) == ("unused", "passed", 2.0)
    assert re.search(r"Nothing uses 'Orders Done', 'Backlog Share'; remove", finding.message)


def test_outcomes_and_figures_count_as_used(desk: Break) -> None:
    figures = '\n[figures]\ntrajectories = ["Orders Done"]\n[[reality_check]]'
    finding = unused(
        load(
            desk(
                'variable = "Order Backlog"\nstatistic = "mean"',
                'variable = "Backlog Share"\nstatistic = "mean"',
                "\n[[reality_check]]",
                figures,
            )
        )
    )
    assert re.search(r"Every variable acts on another one or is an outcome", finding.message)


def test_variables_in_a_balance_count_as_used(desk: Break) -> None:
    balance = """
[[conservation]]
id = "done"
title = { en = "Done", zh = "办结" }
stocks = ["Orders Done"]
inflows = ["Order Completion"]

[[reality_check]]"""
    assert re.search(
        r"Nothing uses 'Backlog Share'; remove", unused(load(desk("\n[[reality_check]]", balance))).message
    )


def test_equations_with_many_causes_are_named_without_blame(desk: Break) -> None:
    finding = rule_of_three(load(desk()))
    assert (finding.check, finding.status, finding.measured) == ("rule_of_three", "passed", 0.0)
    four = "= Order Backlog / Handling Time * (2 - Usual Demand / Order Arrival)"
    finding = rule_of_three(load(desk("= Order Backlog / Handling Time", four)))
    assert (finding.status, finding.measured) == ("passed", 1.0)
    assert re.search(
        r"1 of 10 equations have more than 3 causes: 'Order Completion' \(4\)\.", finding.message
    )
