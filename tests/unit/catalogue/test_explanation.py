import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sdmodels.catalogue import read_manifest
from sdmodels.errors import ManifestError

Edit = Callable[..., Path]

HIGH = '[[policy]]\nid = "high_intensity"'
CHANGE = "[[policy.change]] number 1 of [[policy]] number 2"
LOOP = 'variables = ["Order Backlog", "Order Completion"]'
LOW_TITLE = 'title = { en = "Low", zh = "低" }'
EXPECT = "[[reality_check.expect]] number 1 of [[reality_check]] number 1"


def refused(edit: Edit, texts: tuple[str, ...], where: str, evidence: str, remedy: str) -> None:
    """Assert that reading the edited manifest fails with these three lines and no other."""
    path = edit(*texts)
    with pytest.raises(ManifestError) as caught:
        read_manifest(path)
    assert str(caught.value).splitlines() == [f"{path}: {where}", f"    {evidence}", remedy]


def test_a_misspelt_key_is_named_with_file_key_and_remedy(edit: Edit) -> None:
    path = edit("over = 4", "ovr = 4")
    message = f"{path}: key 'ovr' is not known in {CHANGE}.\n    ovr = 4\nDid you mean 'over'?"
    with pytest.raises(ManifestError, match=f"^{re.escape(message)}$"):
        read_manifest(path)


def test_a_misspelt_table_is_named(edit: Edit) -> None:
    path = edit(
        HIGH,
        HIGH.replace("policy", "polic"),
        '[[policy.change]]\nname = "appl',
        '[[polic.change]]\nname = "appl',
    )
    with pytest.raises(ManifestError, match=r"key 'polic' is not known at the top level\.\n") as caught:
        read_manifest(path)
    assert str(caught.value).endswith("…\nDid you mean 'policy'?")


@pytest.mark.parametrize(
    ("texts", "where", "evidence", "remedy"),
    [
        pytest.param(
            ("maximum = 1.5", "maximu = 1.5"),
            "key 'maximu' is not known in [[lever]] number 1.",
            "maximu = 1.5",
            "Did you mean 'maximum'?",
            id="the missing key that a misspelt key explains is no second fault",
        ),
        pytest.param(
            ('zh = "低"', 'cn = "低"'),
            "key 'cn' is not known in 'title' of [[policy]] number 1.",
            'cn = "低"',
            "Known: en, zh. One more fault follows.",
            id="a key that is like no other",
        ),
        pytest.param(
            ('zh = "件"\n', ""),
            "key 'zh' is missing in [[unit]] number 1.",
            '{ name = "order" }',
            'Write zh = "...", a text in quotes.',
            id="a missing text",
        ),
        pytest.param(
            (LOW_TITLE + "\n", ""),
            "key 'title' is missing in [[policy]] number 1.",
            '{ id = "low_intensity", meaning = { en = "less", zh = "少" }, '
            'change = [{ name = "Application Intens…',
            'Write title = { en = "...", zh = "..." }.',
            id="a missing pair of texts",
        ),
        pytest.param(
            ("maximum = 4", 'maximum = "4"'),
            "key 'maximum' is wrong in [[uncertainty]] number 1.",
            'maximum = "4"',
            "Write maximum = a number.",
            id="a text for a number",
        ),
        pytest.param(
            ("maximum = 4", "maximum = true"),
            "key 'maximum' is wrong in [[uncertainty]] number 1.",
            "maximum = true",
            "Write maximum = a number.",
            id="a logical value for a number",
        ),
        pytest.param(
            ("maximum = 4", "maximum = inf"),
            "key 'maximum' is wrong in [[uncertainty]] number 1.",
            "maximum = inf",
            "'maximum' should be a finite number.",
            id="a number that is not finite",
        ),
        pytest.param(
            ("over = 4", "over = 0"),
            f"key 'over' is wrong in {CHANGE}.",
            "over = 0",
            "'over' should be greater than 0.",
            id="a ramp that takes no time",
        ),
        pytest.param(
            ('statistic = "final"', 'statistic = "finel"'),
            "key 'statistic' is wrong in [[outcome]] number 1.",
            'statistic = "finel"',
            "Did you mean 'final'?",
            id="a misspelt choice",
        ),
        pytest.param(
            ('better = "lower"', "better = 3"),
            "key 'better' is wrong in [[outcome]] number 1.",
            "better = 3",
            'Write better = one of "lower", "higher", "neither".',
            id="no choice at all",
        ),
        pytest.param(
            ('id = "B1"', 'id = "B 1"'),
            "key 'id' is wrong in [[loop]] number 1.",
            'id = "B 1"',
            "Write letters a to z, digits, '_' and '-' only.",
            id="an id with a blank",
        ),
        pytest.param(
            ('en = "Hotline"', 'en = " "'),
            "key 'en' is empty in 'title'.",
            'en = " "',
            'Write en = "...", a text in quotes.',
            id="an empty text",
        ),
        pytest.param(
            (LOW_TITLE, 'title = "Low"'),
            "key 'title' is wrong in [[policy]] number 1.",
            'title = "Low"',
            'Write title = { en = "...", zh = "..." }.',
            id="a text in one language",
        ),
        pytest.param(
            ("[[unit]]", "[unit]"),
            "key 'unit' is wrong at the top level.",
            'unit = { name = "order", zh = "件" }',
            "Write a table [[unit]], in two brackets.",
            id="one bracket for two",
        ),
        pytest.param(
            ("[[reality_check.expect]]", "[reality_check.expect]", "baseline = 1.0\ntolerance = 1e-6\n", ""),
            "key 'expect' is wrong in [[reality_check]] number 1.",
            'expect = { variable = "Order Backlog", statistic = "initial", relation = "equals" }',
            "Write a table [[reality_check.expect]], in two brackets.",
            id="one bracket for two in a table inside",
        ),
        pytest.param(
            ("[figures]", "[[figures]]", 'phase = ["Order Completion", "Order Backlog"]\n', ""),
            "key 'figures' is wrong at the top level.",
            'figures = [{ trajectories = ["Order Backlog", "Order Arrival"] }]',
            "Write a table [figures], in one bracket.",
            id="two brackets for one",
        ),
        pytest.param(
            (LOOP, 'variables = "Order Backlog"'),
            "key 'variables' is wrong in [[loop]] number 1.",
            'variables = "Order Backlog"',
            'Write a list, variables = ["...", "..."].',
            id="a text for a list",
        ),
        pytest.param(
            (LOOP, "variables = []"),
            "key 'variables' is empty in [[loop]] number 1.",
            "variables = []",
            'Write a list, variables = ["...", "..."].',
            id="an empty list",
        ),
        pytest.param(
            (LOOP, 'variables = ["Order Backlog", 3]'),
            "item 2 of key 'variables' is wrong in [[loop]] number 1.",
            'variables = ["Order Backlog", 3]',
            'Write a list, variables = ["...", "..."].',
            id="a number among texts",
        ),
        pytest.param(
            ('phase = ["Order Completion", "Order Backlog"]', 'phase = ["Order Backlog"]'),
            "item 2 of key 'phase' is missing in [figures].",
            'phase = ["Order Backlog"]',
            'Write a list, phase = ["...", "..."].',
            id="a phase portrait of one variable",
        ),
        pytest.param(
            ('phase = ["Order Completion", "Order Backlog"]', 'phase = ["A", "B", "C"]'),
            "key 'phase' is too long in [figures].",
            'phase = ["A", "B", "C"]',
            'Write a list, phase = ["...", "..."].',
            id="a phase portrait of three variables",
        ),
        pytest.param(
            ("value = 0.8", "value = 0.8\nfactor = 2"),
            f"both 'value' and 'factor' are given in {CHANGE}.",
            '{ name = "application_intensity", value = 0.8, factor = 2, begins = 52, ends = 60, over = 4 }',
            "Write one of the two.",
            id="two kinds of value",
        ),
        pytest.param(
            ("baseline = 1.0\n", ""),
            f"neither 'value' nor 'baseline' is given in {EXPECT}.",
            '{ variable = "Order Backlog", statistic = "initial", relation = "equals", tolerance = 1e-06 }',
            "Write one of the two.",
            id="an expectation without a bound",
        ),
        pytest.param(
            ('id = "high_intensity"', 'id = "Low_Intensity"'),
            "id 'Low_Intensity' stands twice in [[policy]].",
            'id = "Low_Intensity"',
            "Give each [[policy]] its own id.",
            id="one id for two policies",
        ),
        pytest.param(
            ('id = "demand_pulse"', 'id = "normal"'),
            "id 'normal' stands twice in [[scenario]].",
            'id = "normal"',
            "Give each [[scenario]] its own id; 'normal' exists always.",
            id="an id that exists always",
        ),
        pytest.param(
            ('[[scenario.change]]\nname = "Demand Multiplier"\nvalue = 3\nbegins = 20\n', ""),
            "[[scenario]] 'demand_pulse' changes nothing.",
            'id = "demand_pulse"',
            "Write a [[scenario.change]] below it, or remove it.",
            id="a scenario without a change",
        ),
    ],
)
def test_a_fault_has_place_evidence_and_remedy(
    edit: Edit, texts: tuple[str, ...], where: str, evidence: str, remedy: str
) -> None:
    refused(edit, texts, where, evidence, remedy)


def test_the_plural_of_python_is_not_a_key_of_the_file(edit: Edit) -> None:
    refused(
        edit,
        ("[[unit]]", "[[units]]"),
        "key 'units' is not known at the top level.",
        'units = [{ name = "order", zh = "件" }]',
        "Did you mean 'unit'?",
    )


def test_the_first_of_several_faults_is_told_and_the_others_are_counted(edit: Edit) -> None:
    refused(
        edit,
        ("over = 4", "over = -4", "maximum = 4", 'maximum = "4"', 'better = "lower"', "better = 3"),
        "key 'maximum' is wrong in [[uncertainty]] number 1.",
        'maximum = "4"',
        "Write maximum = a number. 2 more faults follow.",
    )
