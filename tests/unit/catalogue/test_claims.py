import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sdmodels.catalogue import load, read_manifest
from sdmodels.errors import ManifestError

Edit = Callable[..., Path]

CLAIMS = """
[[conservation]]
id = "orders"
title = { en = "Orders", zh = "工单" }
stocks = ["Order Backlog"]
inflows = ["Order Arrival"]
outflows = ["Order Completion"]

[[table]]
name = "Effect Of Haste"
shape = "rising"
through = [0, 1]

[[knock_out]]
loop = "B1"
policy = "low_intensity"
outcome = "burden"
expect = "higher"

[[knock_out]]
loop = "B1"
variable = "Order Arrival"
statistic = "mean"
begins = 10
expect = "same"

[[reality_check]]"""


@pytest.fixture
def claim(edit: Edit) -> Edit:
    """Add the claims to the manifest, with texts replaced: ``claim(old, new, ...)``."""

    def write(*texts: str) -> Path:
        claims = CLAIMS
        for old, new in zip(texts[::2], texts[1::2], strict=True):
            assert claims.count(old) == 1, f"{old!r} does not stand once"
            claims = claims.replace(old, new)
        return edit("\n[[reality_check]]", claims)

    return write


def test_claims_are_read(claim: Edit) -> None:
    manifest = load(claim().parent).manifest
    assert manifest is not None
    assert manifest.non_negative is None
    [conservation] = manifest.conservations
    assert (conservation.stocks, conservation.inflows) == (("Order Backlog",), ("Order Arrival",))
    [table] = manifest.tables
    assert (table.shape, table.through) == ("rising", (0.0, 1.0))
    first, second = manifest.knock_outs
    assert (first.policy, first.scenario, first.outcome) == ("low_intensity", "normal", "burden")
    assert (second.policy, second.statistic, second.begins) == ("baseline", "mean", 10.0)


def test_variables_that_never_fall_below_zero_are_read(edit: Edit) -> None:
    path = edit('source = "made for a test"', 'source = "made for a test"\nnon_negative = ["Order Arrival"]')
    assert read_manifest(path).non_negative == ("Order Arrival",)


def test_a_variable_that_is_called_non_negative_must_be_there(edit: Edit) -> None:
    path = edit('source = "made for a test"', 'source = "made for a test"\nnon_negative = ["Order Arrivall"]')
    message = r"key 'non_negative' in the list at the top names no variable of hotline\.\n"
    with pytest.raises(ManifestError, match=message):
        load(path.parent)


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (
            ('stocks = ["Order Backlog"]', 'stocks = ["Order Arrival"]'),
            "key 'stocks' in [[conservation]] 'orders' does not name a stock.\n"
            '    stocks = "Order Arrival" is an auxiliary\n',
        ),
        (
            ('inflows = ["Order Arrival"]', 'inflows = ["Order Arrivall"]'),
            "key 'inflows' in [[conservation]] 'orders' names no variable of hotline.\n"
            "    inflows = \"Order Arrivall\"\nDid you mean 'Order Arrival'?",
        ),
        (
            ('stocks = ["Order Backlog"]\ninflows = ["Order Arrival"]\n', ""),
            "there is nothing to balance in [[conservation]] number 1.\n",
        ),
        (
            ('name = "Effect Of Haste"', 'name = "Order Arrival"'),
            "key 'name' in [[table]] 'Order Arrival' names an equation that holds no table.\n",
        ),
        (
            ('name = "Effect Of Haste"', 'name = "Usual Demand"'),
            "key 'name' in [[table]] 'Usual Demand' does not name a table.\n",
        ),
        (('shape = "rising"', 'shape = "any"'), "shape \"any\" has no 'reason' in [[table]] number 1.\n"),
        (
            ('shape = "rising"', 'shape = "risin"'),
            "key 'shape' is wrong in [[table]] number 1.\n    shape = \"risin\"\nDid you mean 'rising'?",
        ),
        (
            ("through = [0, 1]", "through = [0]"),
            "item 2 of key 'through' is missing in [[table]] number 1.\n"
            "    through = [0]\nWrite through = [0, 1], a list of 2 numbers.",
        ),
        (
            ('loop = "B1"\npolicy', 'loop = "B7"\npolicy'),
            "key 'loop' in [[knock_out]] number 1 names no loop with a switch.\n"
            '    loop = "B7"\nThere are: B1.',
        ),
        (
            ('policy = "low_intensity"', 'policy = "low_intensty"'),
            "key 'policy' in [[knock_out]] number 1 names no policy.\n"
            "    policy = \"low_intensty\"\nDid you mean 'low_intensity'?",
        ),
        (
            ('outcome = "burden"', 'outcome = "ghost"'),
            "key 'outcome' in [[knock_out]] number 1 names no outcome.\n"
            '    outcome = "ghost"\nThere are: burden.',
        ),
        (('outcome = "burden"\n', ""), "no outcome is given in [[knock_out]] number 1.\n"),
        (
            ('outcome = "burden"', 'outcome = "burden"\nbegins = 2'),
            "'outcome' stands beside 'variable', 'statistic', 'begins' or 'ends' in [[knock_out]] number 1.\n",
        ),
        (
            ('expect = "higher"', 'expect = "higher"\nfirst = "higher"'),
            "'first' says the same as 'expect' in [[knock_out]] number 1.\n"
            '    expect = "higher", first = "higher"\n'
            "Remove 'first': it is for a prediction that was changed after the run.",
        ),
        (
            ('expect = "higher"', 'expect = "higher"\nfirst = "lowr"'),
            "key 'first' is wrong in [[knock_out]] number 1.\n    first = \"lowr\"\nDid you mean 'lower'?",
        ),
        (
            ("begins = 10", "begins = 1000"),
            "key 'begins' in [[knock_out]] of 'B1' is outside the run.\n"
            "    begins = 1000, run from 0 to 104\n",
        ),
        (
            ('variable = "Order Arrival"', 'variable = "Order Arrivall"'),
            "key 'variable' in [[knock_out]] of 'B1' names no variable of hotline.\n",
        ),
    ],
)
def test_a_claim_that_does_not_fit_is_refused(claim: Edit, texts: tuple[str, ...], message: str) -> None:
    path = claim(*texts)
    with pytest.raises(ManifestError, match=re.escape(f"{path}: {message}")):
        load(path.parent)


def test_a_loop_without_switch_cannot_be_knocked_out(claim: Edit, edit: Edit) -> None:
    claim()
    path = edit('switch = "Demand Multiplier"\n', "")
    with pytest.raises(ManifestError, match=r"names no loop with a switch\.\n.*\nThere are: none\."):
        load(path.parent)


def test_a_table_inside_an_equation_may_be_named(claim: Edit, folder: Path) -> None:
    drawing = folder / "hotline.mdl"
    text = drawing.read_text(encoding="utf-8")
    inside = "WITH LOOKUP(Demand Multiplier, ((0,0),(1,25)))"
    drawing.write_text(text.replace("Demand Multiplier * Usual Demand", inside), encoding="utf-8")
    path = claim('name = "Effect Of Haste"', 'name = "Order Arrival"')
    manifest = load(path.parent).manifest
    assert manifest is not None
    assert manifest.tables[0].name == "Order Arrival"
