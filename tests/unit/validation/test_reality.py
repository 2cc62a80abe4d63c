import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sdmodels.catalogue import load
from sdmodels.experiment import as_entry
from sdmodels.structure.model import Model
from sdmodels.validation import reality

Break = Callable[..., Path]


def test_a_check_that_holds_passes_with_its_numbers(desk: Break) -> None:
    [finding] = reality(load(desk()))
    assert (finding.check, finding.status, finding.bound, finding.unit) == (
        "reality:no_demand",
        "passed",
        1e-3,
        "order",
    )
    assert finding.title.zh == "没有需求就没有积压"
    assert finding.measured == pytest.approx(100 * (1 - 0.0625 / 2) ** (104 * 16))
    assert re.search(
        r"^final of 'Order Backlog' is [\d.e-]+ order; expected: at most 0\.001 order\.\n"
        r"initial of 'Order Backlog' is 100 order; "
        r"expected: equals 100 order within 1e-06 \(1 times the base run\)\.$",
        finding.message,
    )


@pytest.mark.parametrize(("relation", "bound"), [("at least", "200"), ("at most", "99"), ("equals", "100.5")])
def test_an_expectation_that_does_not_hold_fails(desk: Break, relation: str, bound: str) -> None:
    wrong = (
        'variable = "Order Backlog"\nstatistic = "final"\nrelation = "at most"\nvalue = 1e-3',
        f'variable = "Order Backlog"\nstatistic = "maximum"\nrelation = "{relation}"\nvalue = {bound}\nends = 50',
    )
    [finding] = reality(load(desk(*wrong)))
    assert (finding.status, finding.measured, finding.bound) == ("failed", 100.0, float(bound))
    assert re.search(
        r"desk\.mdl: reality check 'no_demand' fails\.\n"
        rf"    maximum of 'Order Backlog' to 50 is 100 order; expected: {relation} {bound} order\.\n"
        r"Mend the equations",
        finding.message,
    )


def test_a_window_is_named(desk: Break) -> None:
    [finding] = reality(load(desk("value = 1e-3", "value = 1e-3\nbegins = 100\nends = 104")))
    assert re.search(r"'Order Backlog' from 100 to 104 is", finding.message)


def test_a_check_may_leave_the_bounds_of_a_lever(desk: Break) -> None:
    [finding] = reality(load(desk('name = "Usual Demand"\nvalue = 0', 'name = "Handling Time"\nvalue = 1e6')))
    assert finding.status == "failed"
    assert finding.measured is not None
    assert finding.measured > 5000


def test_what_happens_between_saved_times_is_seen(desk: Break) -> None:
    # For one step of 1/16 week, between two saved weeks, the arrival is 51.
    pulse = ("* Switch Repeats", "* Switch Repeats + PULSE(10.5, 0.0625)")
    asked = (
        '"Order Backlog"\nstatistic = "final"\nrelation = "at most"\nvalue = 1e-3',
        '"Order Arrival"\nstatistic = "maximum"\nrelation = "at least"\nvalue = 1',
    )
    [finding] = reality(load(desk(*pulse, *asked)))
    assert (finding.status, finding.measured) == ("passed", 1.0)


def test_a_run_that_leaves_the_finite_numbers_fails_and_says_where(desk: Break) -> None:
    division = ("Order Backlog / Usual Backlog", "Order Backlog / Usual Demand")
    [finding] = reality(load(desk(*division)))
    assert finding.status == "failed"
    assert re.search(
        r"reality check 'no_demand' does not stay finite\.\n"
        r"    'Backlog Share' left the finite numbers at 0 Week\.\n"
        r"Look for a division",
        finding.message,
    )


def test_a_check_that_cannot_be_run_does_not_hide_the_others(desk: Break) -> None:
    folder = desk()
    manifest = folder / "model.toml"
    drawing = folder / "desk.mdl"
    drawing.write_text(
        drawing.read_text(encoding="utf-8")
        + "district: A, B ~~|\nStaff[district] = 1, 2 ~ person ~ Assumption. |\n",
        encoding="utf-8",
    )
    manifest.write_text(
        manifest.read_text(encoding="utf-8")
        + '[[reality_check]]\nid = "no_staff"\ntitle = { en = "a", zh = "b" }\n'
        '[[reality_check.change]]\nname = "Staff[A]"\nvalue = 0\nbegins = 5\n'
        '[[reality_check.expect]]\nvariable = "Order Backlog"\nstatistic = "final"\n'
        'relation = "at least"\nvalue = 0\n',
        encoding="utf-8",
    )
    able, unable = reality(load(folder))
    assert able.status == "passed"
    assert unable.status == "failed"
    assert re.search(r"reality check 'no_staff' cannot be run\.\n    .*Staff.*", unable.message)


def test_a_model_file_alone_has_no_reality_checks(bare: Callable[..., Model]) -> None:
    assert reality(as_entry(bare())) == ()
