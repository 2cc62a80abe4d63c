import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sdmodels.catalogue import load
from sdmodels.experiment import as_entry
from sdmodels.structure.model import Model
from sdmodels.validation import Finding, tables

Break = Callable[..., Path]

LAST = "Usual Backlog = 100"


def haste(points: str, argument: str = "Order Backlog / Usual Backlog") -> tuple[str, str, str, str]:
    """Return the replacements that make the share of the backlog follow a table."""
    return (
        "= Order Backlog / Usual Backlog",
        f"= Effect Of Haste({argument})",
        LAST,
        f"Effect Of Haste({points}) ~ Dmnl ~ Assumption. |\n{LAST}",
    )


def claim(row: str) -> tuple[str, str]:
    return "\n[[reality_check]]", f'\n[[table]]\nname = "Effect Of Haste"\n{row}\n[[reality_check]]'


def judge(folder: Path) -> Finding:
    [finding] = tables(load(folder))
    return finding


RISING = "(0,0),(1,1),(2,1.5)"
FALLING = "(0,2),(1,1),(2,0.5)"
HILL = "(0,0),(1,1),(2,0.5)"


@pytest.mark.parametrize(
    ("points", "row"),
    [
        (RISING, ""),
        (FALLING, ""),
        (RISING, 'shape = "rising"\nthrough = [1, 1]'),
        (FALLING, 'shape = "falling"\nthrough = [0.5, 1.5]'),
        (HILL, 'shape = "rising then falling"'),
        (HILL, 'shape = "any"\nreason = "haste makes waste"'),
    ],
)
def test_a_table_of_the_stated_shape_passes(desk: Break, points: str, row: str) -> None:
    finding = judge(desk(*haste(points), *(claim(row) if row else ())))
    assert (finding.check, finding.status, finding.measured) == ("tables", "passed", 0.0)
    assert re.search(r"^1 tables are shaped as stated, and no base run leaves one\.$", finding.message)


@pytest.mark.parametrize(
    ("points", "row", "evidence"),
    [
        (HILL, "", r"'Effect Of Haste' is not rising or falling: 0, 1, 0\.5"),
        (HILL, 'shape = "rising"', r"'Effect Of Haste' is not rising: 0, 1, 0\.5"),
        (RISING, 'shape = "falling"', r"'Effect Of Haste' is not falling: 0, 1, 1\.5"),
        (FALLING, 'shape = "rising then falling"', r"is not rising then falling: 2, 1, 0\.5"),
        ("(0,1),(1,0),(2,1)", 'shape = "rising then falling"', r"is not rising then falling: 1, 0, 1"),
        ("(0,1),(1,1),(2,1)", 'shape = "rising"', r"is not rising: 1, 1, 1"),
        (RISING, 'shape = "rising"\nthrough = [1, 1.1]', r"'Effect Of Haste' is 1 at 1, not 1\.1"),
        (RISING, 'shape = "rising"\nthrough = [3, 1.5]', r"'Effect Of Haste' is 1\.5 at 3, not 1\.5"),
    ],
)
def test_a_table_of_another_shape_fails(desk: Break, points: str, row: str, evidence: str) -> None:
    finding = judge(desk(*haste(points), *(claim(row) if row else ())))
    assert (finding.status, finding.measured) == ("failed", 1.0)
    assert re.search(
        rf"desk\.mdl: 1 faults of tables\.\n    .*{evidence}\nMend the points; or give", finding.message
    )


def test_a_table_that_the_base_run_leaves_fails_even_where_it_is_flat(desk: Break) -> None:
    finding = judge(desk(*haste("(0,0),(0.5,1),(0.9,1)")))
    assert finding.status == "failed"
    assert re.search(
        r"'Effect Of Haste' is read at 1, beyond its flat end at 0\.9, in the base run", finding.message
    )


def test_a_table_that_only_a_policy_leaves_at_a_flat_end_is_told(desk: Break) -> None:
    # The policy halves the backlog.
    finding = judge(desk(*haste("(0.6,1),(0.8,1),(1,2)")))
    assert finding.status == "passed"
    assert re.search(
        r"'Effect Of Haste' is read at 0\.5\d*, beyond its flat end at 0\.6, "
        r"under policy 'faster', scenario 'normal'\.$",
        finding.message,
    )


def test_a_table_that_a_policy_leaves_at_a_steep_end_fails(desk: Break) -> None:
    finding = judge(desk(*haste("(0.6,1),(1,2)")))
    assert finding.status == "failed"
    assert re.search(r"is read at 0\.5\d*, beyond its end at 0\.6, under policy 'faster'", finding.message)


def test_a_table_inside_an_equation_is_judged_under_the_name_of_the_variable(desk: Break) -> None:
    inside = "= WITH LOOKUP(Order Backlog / Usual Backlog, ((0,0),(1,1),(2,0.5)))"
    finding = judge(desk("= Order Backlog / Usual Backlog", inside))
    assert re.search(r"'Backlog Share' is not rising or falling: 0, 1, 0\.5", finding.message)


def test_a_table_with_subscripts_is_judged_for_every_element(desk: Break) -> None:
    subscripted = (
        LAST,
        "district: A, B ~~|\n"
        "Haste[A]((0,0),(2,1)) ~ Dmnl ~ Assumption. |\n"
        "Haste[B]((0,0),(0.5,1)) ~ Dmnl ~ Assumption. |\n"
        "Effect[district] = Haste[district](Order Backlog / Usual Backlog) ~ Dmnl ~ Assumption. |\n" + LAST,
    )
    finding = judge(desk(*subscripted))
    assert finding.measured == 1.0
    assert re.search(r"'Haste\[B\]' is read at 1, beyond its end at 0\.5, in the base run", finding.message)


def test_a_model_without_tables_has_no_finding(desk: Break) -> None:
    assert tables(load(desk())) == ()


def test_a_model_file_alone_claims_no_shapes(bare: Callable[..., Model]) -> None:
    [finding] = tables(as_entry(bare(*haste(HILL))))
    assert finding.status == "not run"
    assert re.search(r"Only a model with a manifest says which shape", finding.message)
