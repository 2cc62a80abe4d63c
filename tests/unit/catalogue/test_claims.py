import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sdmodels.catalogue import load, read_manifest
from sdmodels.errors import ManifestError
from sdmodels.structure.model import Slope

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


def through_and(more: str) -> str:
    return f"through = [0, 1]\n{more}"


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
            ("through = [0, 1]", 'slope = { minimum = 0.5, maximum = 1.5, source = "assumption" }'),
            "'slope' stands without 'through' in [[table]] number 1.\n",
        ),
        (
            (
                "through = [0, 1]",
                through_and("slope = { minimum = 1.1, maximum = 1.5, source = 'assumption' }"),
            ),
            "the bounds leave out the model's own value, 1 in [table.slope] of [[table]] number 1.\n"
            '    { minimum = 1.1, maximum = 1.5, source = "assumption" }\nWiden the bounds to hold 1.',
        ),
        (
            (
                "through = [0, 1]",
                through_and("slope = { minimum = -1, maximum = 1.5, source = 'assumption' }"),
            ),
            "'minimum' is below zero, which turns the table over in [table.slope] of [[table]] number 1.\n",
        ),
        (
            ("through = [0, 1]", through_and("slope = { minimum = 0, maximum = 2 }")),
            "key 'source' is missing in [table.slope] of [[table]] number 1.\n",
        ),
        (
            ("through = [0, 1]", "within = [2, 1]"),
            "the limits in 'within' do not rise in [[table]] number 1.\n",
        ),
        (
            ("through = [0, 1]", "within = [0, 1.5]"),
            "the model's own heights leave 'within' in [[table]] 'Effect Of Haste'.\n"
            "    heights 1 to 2, within = [0, 1.5]\nWiden the limits, or change the table (",
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


SLOPE = "through = [0, 1]\nwithin = [0, 3]\nslope = { minimum = 0.5, maximum = 2, source = 'assumption' }"


def test_a_slope_is_an_uncertain_quantity_of_the_entry(claim: Edit) -> None:
    entry = load(claim("through = [0, 1]", SLOPE).parent)
    handling, slope = entry.uncertainties
    assert handling.name == "Handling Time"
    assert (slope.name, slope.minimum, slope.maximum) == ("Effect Of Haste (slope)", 0.5, 2.0)
    assert (slope.distribution, slope.source) == ("uniform", "assumption")
    assert entry.model.slopes[slope.name] == Slope(table="Effect Of Haste", reference=1.0, within=(0.0, 3.0))
    assert entry.model[slope.name].units == "Dmnl"


def test_a_slope_is_named_in_both_languages(claim: Edit, edit: Edit) -> None:
    path = claim("through = [0, 1]", SLOPE)
    assert load(path.parent).title_of("Effect Of Haste (slope)", "zh") == "Effect Of Haste（斜率）"
    edit("[[unit]]", '[[variable]]\nname = "Effect Of Haste"\nzh = "忙乱影响"\n\n[[unit]]')
    assert load(path.parent).named("effect of haste (slope)").zh == "忙乱影响（斜率）"
    assert load(path.parent).named("effect of haste (slope)").en == "Effect Of Haste (slope)"


def test_a_slope_that_a_policy_changes_is_found(claim: Edit, edit: Edit) -> None:
    claim("through = [0, 1]", SLOPE)
    lower = 'name = "Application Intensity"\nfactor = 0.5'
    path = edit(lower, 'name = "Effect Of Haste (slope)"\nvalue = 0.5')
    load(path.parent)
    edit("Haste (slope)", "Hast (slope)")
    with pytest.raises(ManifestError, match=r"\nDid you mean 'Effect Of Haste \(slope\)'\?"):
        load(path.parent)


def test_a_slope_has_one_range(claim: Edit, edit: Edit) -> None:
    claim("through = [0, 1]", SLOPE)
    path = edit('name = "Handling Time"\nmin', 'name = "Effect Of Haste (slope)"\nmin')
    with pytest.raises(
        ManifestError, match=r"name 'Effect Of Haste \(slope\)' stands twice in \[\[uncertainty"
    ):
        load(path.parent)


def test_a_variable_must_not_have_the_name_of_a_slope(claim: Edit, folder: Path) -> None:
    drawing = folder / "hotline.mdl"
    more = '"Effect Of Haste (slope)" = 3\n    ~ Dmnl\n    ~ Of something else.\n    |\nUsual Demand = 25\n'
    text = drawing.read_text(encoding="utf-8").replace("Usual Demand = 25\n", more)
    drawing.write_text(text, encoding="utf-8")
    path = claim("through = [0, 1]", SLOPE)
    message = r"the slope of \[\[table\]\] 'Effect Of Haste' has the name of a variable\.\n.*\nRename the "
    with pytest.raises(ManifestError, match=message):
        load(path.parent)


def test_a_table_that_is_read_backwards_has_no_slope(claim: Edit, folder: Path) -> None:
    drawing = folder / "hotline.mdl"
    text = drawing.read_text(encoding="utf-8")
    inverse = "Usual Demand + 0 * LOOKUP INVERT(Effect Of Haste, 1.5)"
    drawing.write_text(
        text.replace("Multiplier * Usual Demand", f"Multiplier * ({inverse})"), encoding="utf-8"
    )
    path = claim("through = [0, 1]", SLOPE)
    message = (
        r"\[\[table\]\] 'Effect Of Haste' has a 'slope', but its table cannot be stretched\.\n"
        r"    'Order Arrival' reads it with LOOKUP INVERT, line 6\nRemove 'slope'"
    )
    with pytest.raises(ManifestError, match=message):
        load(path.parent)
