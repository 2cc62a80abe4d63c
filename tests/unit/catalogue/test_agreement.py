import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sdmodels.catalogue import load, read_manifest, validate
from sdmodels.errors import ManifestError
from sdmodels.readers import read

Edit = Callable[..., Path]

LOOP = 'variables = ["Order Backlog", "Order Completion"]'


def refused(edit: Edit, texts: tuple[str, ...], where: str, evidence: str, remedy: str) -> None:
    """Assert that loading with the edited manifest fails with these three lines and no other."""
    path = edit(*texts)
    drawing = str(path.parent / "hotline.mdl")
    with pytest.raises(ManifestError) as caught:
        load(path.parent)
    expected = [f"{path}: {where}", f"    {evidence}", remedy]
    assert str(caught.value).replace(drawing, "hotline.mdl").splitlines() == expected


def test_a_manifest_that_fits_its_model_passes(folder: Path) -> None:
    validate(read_manifest(folder / "model.toml"), read(folder / "hotline.mdl"))


def test_a_name_that_the_model_does_not_have_is_an_error_with_the_nearest_name(edit: Edit) -> None:
    path = edit('name = "Application Intensity"\ntitle', 'name = "Application Intensit"\ntitle')
    message = (
        f"{path}: key 'name' in [[lever]] number 1 names no variable of hotline.\n"
        '    name = "Application Intensit"\n'
        "Did you mean 'Application Intensity'?"
    )
    with pytest.raises(ManifestError, match=f"^{re.escape(message)}$"):
        load(path.parent)


@pytest.mark.parametrize(
    ("old", "new", "place", "key", "remedy"),
    [
        ('"Handling Time"', '"Handling Tim"', "[[uncertainty]] number 1", "name", "Handling Time"),
        (
            '"Application Intensity"\nfactor',
            '"Application Intensit"\nfactor',
            "[[policy.change]] of 'low_intensity'",
            "name",
            "Application Intensity",
        ),
        (
            '"Demand Multiplier"\nvalue',
            '"Demand Multiplie"\nvalue',
            "[[scenario.change]] of 'demand_pulse'",
            "name",
            "Demand Multiplier",
        ),
        (
            '"Usual Demand"',
            '"Usual Demnad"',
            "[[reality_check.change]] of 'no_demand'",
            "name",
            "Usual Demand",
        ),
        (
            'variable = "Order Backlog"\nstatistic = "final"',
            'variable = "Order Backlo"\nstatistic = "final"',
            "[[outcome]] 'burden'",
            "variable",
            "Order Backlog",
        ),
        (
            'variable = "Order Backlog"\nstatistic = "initial"',
            'variable = "Order Backlo"\nstatistic = "initial"',
            "[[reality_check.expect]] of 'no_demand'",
            "variable",
            "Order Backlog",
        ),
        (LOOP, LOOP.replace("Completion", "Completon"), "[[loop]] 'B1'", "variables", "Order Completion"),
        ('switch = "Demand Multiplier"', 'switch = "Demand"', "[[loop]] 'B1'", "switch", "Usual Demand"),
        (
            'name = "Order Backlog"',
            'name = "Ordr Backlog"',
            "[[variable]] number 1",
            "name",
            "Order Backlog",
        ),
        (
            'trajectories = ["Order Backlog", "Order Arrival"]',
            'trajectories = ["Order Arriva"]',
            "[figures]",
            "trajectories",
            "Order Arrival",
        ),
        (
            'phase = ["Order Completion", "Order Backlog"]',
            'phase = ["Order Completion", "Order Backlok"]',
            "[figures]",
            "phase",
            "Order Backlog",
        ),
    ],
)
def test_every_table_names_variables_of_the_model(
    edit: Edit, old: str, new: str, place: str, key: str, remedy: str
) -> None:
    path = edit(old, new)
    message = f"{path}: key '{key}' in {place} names no variable of hotline."
    with pytest.raises(ManifestError, match=f"^{re.escape(message)}") as caught:
        load(path.parent)
    assert str(caught.value).splitlines()[2] == f"Did you mean '{remedy}'?"


@pytest.mark.parametrize(
    ("texts", "where", "evidence", "remedy"),
    [
        pytest.param(
            ('name = "Order Backlog"', 'name = "Zzz"'),
            "key 'name' in [[variable]] number 1 names no variable of hotline.",
            'name = "Zzz"',
            "Write a name as the model file has it.",
            id="a name that is like no other",
        ),
        pytest.param(
            ('"Application Intensity"\nfactor', '"Order Backlog"\nfactor'),
            "key 'name' in [[policy.change]] of 'low_intensity' does not name a constant.",
            'name = "Order Backlog" is a stock',
            "Name a constant, or make 'Order Backlog' one (hotline.mdl:2).",
            id="a change of a stock",
        ),
        pytest.param(
            ('switch = "Demand Multiplier"', 'switch = "Order Arrival"'),
            "key 'switch' in [[loop]] 'B1' does not name a constant.",
            'switch = "Order Arrival" is an auxiliary',
            "Name a constant, or make 'Order Arrival' one (hotline.mdl:6).",
            id="a switch that is no constant",
        ),
        pytest.param(
            ("trajectories = [", 'trajectories = ["Effect Of Haste", '),
            "key 'trajectories' in [figures] does not name a variable with a course in time.",
            'trajectories = "Effect Of Haste" is a lookup',
            "Name a variable with a course in time, or make 'Effect Of Haste' one (hotline.mdl:14).",
            id="a lookup over time",
        ),
        pytest.param(
            ('name = "Handling Time"', 'name = "Staff[West]"'),
            "key 'name' in [[uncertainty]] number 1 names no variable of hotline.",
            'name = "Staff[West]"',
            "Did you mean 'Staff'?",
            id="an element that the variable does not have",
        ),
        pytest.param(
            ('name = "Handling Time"', 'name = "Effect Of Haste[North]"'),
            "key 'name' in [[uncertainty]] number 1 names no variable of hotline.",
            'name = "Effect Of Haste[North]"',
            "Write a name as the model file has it.",
            id="an element of a lookup",
        ),
        pytest.param(
            ("minimum = 1\n", "minimum = 3\n"),
            "the bounds in [[uncertainty]] number 1 leave out the model's own value.",
            "Handling Time = 2, minimum = 3, maximum = 4",
            "Widen the bounds, or change the value in hotline.mdl.",
            id="an uncertainty that leaves out the model's value",
        ),
        pytest.param(
            ('name = "Handling Time"', 'name = "staff"'),
            "the bounds in [[uncertainty]] number 1 leave out the model's own value.",
            "staff = 9, minimum = 1, maximum = 4",
            "Widen the bounds, or change the value in hotline.mdl.",
            id="an uncertainty that leaves out the value of one element",
        ),
        pytest.param(
            ("value = 0.8", "value = 1.6"),
            "[[policy.change]] of 'high_intensity' leaves the bounds of its lever.",
            "application_intensity = 1.6, minimum = 0, maximum = 1.5",
            "Choose a value within the bounds, or widen them in [[lever]].",
            id="a policy beyond its lever",
        ),
        pytest.param(
            ("factor = 0.5", "factor = -1"),
            "[[policy.change]] of 'low_intensity' leaves the bounds of its lever.",
            "Application Intensity = -0.5, minimum = 0, maximum = 1.5",
            "Choose a value within the bounds, or widen them in [[lever]].",
            id="a multiple beyond its lever",
        ),
        pytest.param(
            ("begins = 20", "begins = 104"),
            "key 'begins' in [[scenario.change]] of 'demand_pulse' is outside the run.",
            "begins = 104, run from 0 to 104",
            "Write a time within the run, in the model's unit of time.",
            id="a change after the run",
        ),
        pytest.param(
            ('better = "lower"', 'better = "lower"\nends = 0'),
            "key 'ends' in [[outcome]] 'burden' is outside the run.",
            "ends = 0, run from 0 to 104",
            "Write a time within the run, in the model's unit of time.",
            id="an outcome before the run",
        ),
        pytest.param(
            (LOOP, LOOP.replace('"]', '", "Order Arrival"]')),
            "in key 'variables' of [[loop]] 'B1', 'Order Completion' does not act on 'Order Arrival'.",
            "'Order Arrival' is acted on by 'Demand Multiplier', 'Usual Demand'.",
            "List the variables in causal order, and leave none of the chain out.",
            id="a loop that does not close",
        ),
    ],
)
def test_a_disagreement_has_place_evidence_and_remedy(
    edit: Edit, texts: tuple[str, ...], where: str, evidence: str, remedy: str
) -> None:
    refused(edit, texts, where, evidence, remedy)


def test_one_element_of_a_constant_has_its_own_value(edit: Edit) -> None:
    path = edit('name = "Handling Time"', 'name = "Staff[north]"')
    assert load(path.parent).manifest is not None


def test_a_change_to_zero_is_within_bounds_that_begin_at_zero(edit: Edit) -> None:
    path = edit("factor = 0.5", "factor = 0")
    assert load(path.parent).policy("low_intensity").changes[0].factor == 0


def test_a_reality_check_may_leave_the_bounds_of_a_lever(edit: Edit) -> None:
    path = edit('name = "Usual Demand"\nvalue = 0', 'name = "Application Intensity"\nvalue = 9')
    assert load(path.parent).manifest is not None


@pytest.mark.parametrize(
    ("line", "what", "remedy"),
    [
        ('policies = ["low_intensty"]', "key 'policies' in [figures] names no policy.", "low_intensity"),
        ('outcomes = ["burdn"]', "key 'outcomes' in [figures] names no outcome.", "burden"),
    ],
)
def test_a_study_shows_what_the_manifest_has(edit: Edit, line: str, what: str, remedy: str) -> None:
    key, value = line.split(" = ")
    evidence = f"{key} = {value.strip('[]')}"
    refused(edit, ("[figures]\n", f"[figures]\n{line}\n"), what, evidence, f"Did you mean '{remedy}'?")
