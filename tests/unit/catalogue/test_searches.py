"""Modes, shocks and rankings as data: what a file may say, and what is wrong with it in three lines."""

import re
from pathlib import Path
from typing import get_args

import pytest
from street import write_searches

from sdmodels.catalogue import Mechanism, ModeMap, PolicyRanking, Shape, ShockTest
from sdmodels.errors import ManifestError


def test_every_kind_is_read_with_its_defaults(tmp_path: Path) -> None:
    entry = write_searches(tmp_path, "members = 64\n", "", "members = 64\n", "", "members = 64\n", "")
    modes, shock, ranking = entry.experiments
    assert isinstance(modes, ModeMap)
    assert isinstance(shock, ShockTest)
    assert isinstance(ranking, PolicyRanking)
    assert [each.members for each in entry.experiments] == [16_384, 256, 1024]
    assert (modes.interest, modes.closer, modes.window) == (("inverted U", "tip"), 8, 52)
    assert (shock.shock.lasts, ranking.scenarios, ranking.holds) == (8, ("normal",), 0.8)
    assert ranking.candidates[1].group == "middle"


def test_a_grid_has_both_ends_and_round_numbers(tmp_path: Path) -> None:
    modes, shock, _ = write_searches(tmp_path).experiments
    assert modes.grid == (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)  # type: ignore[union-attr]
    assert shock.grid == (0.1, 1.0)  # type: ignore[union-attr]


def test_a_class_is_a_shape_or_a_mechanism() -> None:
    interest = ModeMap.model_fields["interest"].annotation
    assert set(get_args(get_args(interest)[0])) == {*get_args(Shape), *get_args(Mechanism)}


CASES = {
    "a misspelt key": (
        ("steps = 10", "step = 10"),
        "key 'step' is not known in [[experiment]] number 1.\n    step = 10\nDid you mean 'steps'?",
    ),
    "half a grid": (
        ("steps = 10\n", ""),
        "neither 'values' nor all of 'minimum', 'maximum' and 'steps' are given in [[experiment]] number 1.",
    ),
    "two grids": (
        ("values = [0.1, 1]", "values = [0.1, 1]\nsteps = 3"),
        "both 'values' and 'minimum', 'maximum' or 'steps' are given in [[experiment]] number 2.",
    ),
    "a grid without extent": (
        ("maximum = 1\n", "maximum = 0.1\n"),
        "'maximum' is not above 'minimum' in [[experiment]] number 1.",
    ),
    "values that fall": (
        ("values = [0.1, 1]", "values = [1, 0.1]"),
        "'values' are not two or more that rise in [[experiment]] number 2.",
    ),
    "values that are texts": (
        ("values = [0.1, 1]", 'values = ["0.1", 1]'),
        "item 1 of key 'values' is wrong in [[experiment]] number 2.\n"
        '    values = ["0.1", 1]\nWrite a list, values = [0.5, 1.5, ...].',
    ),
    "a class that is none": (
        ("steps = 10", 'steps = 10\ninterest = ["tipp"]'),
        "item 1 of key 'interest' is wrong in [[experiment]] number 1.\n"
        "    interest = [\"tipp\"]\nDid you mean 'tip'?",
    ),
    "a tolerance of nothing": (
        ('condition = "Condition"\n', 'condition = "Condition"\n[experiment.tolerance]\neffect = 0\n'),
        "key 'effect' is wrong in [experiment.tolerance] of [[experiment]] number 1.\n    effect = 0\n",
    ),
    "a lever that is drawn": (
        (
            'condition = "Condition"\n',
            'condition = "Condition"\n[[experiment.uncertainty]]\nname = "Lever"\nminimum = 0\nmaximum = 1\n'
            'source = "assumption"\n',
        ),
        "'lever' is both the lever and an [[uncertainty]] in [[experiment]] number 1.",
    ),
    "a condition that is not there": (
        ('condition = "Condition"', 'condition = "Conditions"'),
        "key 'condition' in [[experiment]] 'where' names no variable of street.\n"
        "    condition = \"Conditions\"\nDid you mean 'Condition'?",
    ),
    "a condition without bounds": (
        (
            'condition = "Condition"\n',
            'condition = "Condition"\n[[experiment.given]]\nvariable = "Unused"\n'
            ""
            'title = { en = "a", zh = "甲" }\n',
        ),
        "neither 'minimum' nor 'maximum' is given in [[experiment.given]] number 1 of [[experiment]] number 1.",
    ),
    "a condition that nothing meets": (
        (
            'condition = "Condition"\n',
            'condition = "Condition"\n[[experiment.given]]\nvariable = "Unused"\n'
            "minimum = 2\nmaximum = 1\n"
            'title = { en = "a", zh = "甲" }\n',
        ),
        "'maximum' is not above 'minimum' in [[experiment.given]] number 1 of [[experiment]] number 1.",
    ),
    "a condition on what is not there": (
        (
            'condition = "Condition"\n',
            'condition = "Condition"\n[[experiment.given]]\nvariable = "Unusd"\nminimum = 1\n'
            'title = { en = "a", zh = "甲" }\n',
        ),
        "key 'variable' in [[experiment.given]] of 'where' names no variable of street.\n"
        "    variable = \"Unusd\"\nDid you mean 'Unused'?",
    ),
    "a condition without a title": (
        (
            'condition = "Condition"\n',
            'condition = "Condition"\n[[experiment.given]]\nvariable = "Unused"\nminimum = 1\n',
        ),
        "key 'title' is missing in [[experiment.given]] number 1 of [[experiment]] number 1.",
    ),
    "two conditions on one variable": (
        (
            'condition = "Condition"\n',
            'condition = "Condition"\n[[experiment.given]]\nvariable = "Unused"\nminimum = 1\n'
            'title = { en = "a", zh = "甲" }\n'
            '[[experiment.given]]\nvariable = "unused"\nmaximum = 2\ntitle = { en = "b", zh = "乙" }\n',
        ),
        "[[given]] 'unused' stands twice in [[experiment]] number 1.",
    ),
    "a feature that is not there": (
        ("steps = 10", 'steps = 10\nfeatures = ["Unusd"]'),
        "key 'features' in [[experiment]] 'where' names no variable of street.",
    ),
    "a scenario that is not there": (
        ("steps = 10", 'steps = 10\nscenario = "rize"'),
        "key 'scenario' in [[experiment]] 'where' names no scenario of the manifest.\n"
        "    scenario = \"rize\"\nDid you mean 'rise'?",
    ),
    "a window that is longer than the run": (
        ("steps = 10", "steps = 10\nwindow = 400"),
        "key 'window' in [[experiment]] 'where' is longer than the run.\n    window = 400, run from 0 to 300",
    ),
    "a grid out of the bounds": (
        ("maximum = 1\n", "maximum = 3\n"),
        "key 'maximum' in [[experiment]] 'where' leaves the bounds of its lever.\n    maximum = 3; Lever:",
    ),
    "values out of the bounds": (
        ("values = [0.1, 1]", "values = [0.1, 3]"),
        "key 'values' in [[experiment]] 'stand' leaves the bounds of its lever.\n    values = 3; Lever:",
    ),
    "a jump after the run": (
        ("begins = 20", "begins = 301"),
        "key 'begins' in [[experiment]] 'where' is outside the run.",
    ),
    "a shock of what is no constant": (
        ('constant = "Demand"', 'constant = "Needed"'),
        "key 'constant' in [[experiment.shock]] of 'stand' does not name a constant.",
    ),
    "a shock of the lever": (
        ('constant = "Demand"', 'constant = "Lever"'),
        "'Lever' is both the lever and what the shock multiplies in [[experiment]] number 2.",
    ),
    "a shock that is none": (
        ("sizes = [1.5, 3]", "sizes = [1, 3]"),
        "'sizes' do not rise from above 1 in [experiment.shock] of [[experiment]] number 2.",
    ),
    "a shock before the jump": (
        ("values = [0.1, 1]", "values = [0.1, 1]\nbegins = 50"),
        "the shock comes before the lever's jump in [[experiment]] number 2.\n    begins = 50, the shock at 40",
    ),
    "a shock without time to recover": (
        ("begins = 40", "begins = 40\nlasts = 260"),
        "the shock of [[experiment]] 'stand' is not over by the end of the run.\n    it ends at 300,",
    ),
    "a policy that is not there": (
        ('policies = ["far"]', 'policies = ["fare"]'),
        "key 'policies' in [[experiment.candidate]] of 'which' names no policy of the manifest.\n"
        "    policies = \"fare\"\nDid you mean 'far'?",
    ),
    "a candidate twice": (
        ('policies = ["far"]', 'policies = ["near"]'),
        "id 'near' stands twice in [[candidate]]",
    ),
    "no baseline": (
        ('outcomes = ["burden"]', 'outcomes = ["burden"]\nbaseline = "base"'),
        "no [[candidate]] is the baseline 'base' in [[experiment]] number 3.\n"
        "    candidates: baseline, far, near, beyond",
    ),
    "a group without a title": (
        ('group = "edge"', 'group = "edgy"'),
        "group 'edgy' has no [[group]] in [[experiment]] number 3.",
    ),
    "an outcome that is not there": (
        ('outcomes = ["burden"]', 'outcomes = ["burdn"]'),
        "key 'outcomes' in [[experiment]] 'which' names no outcome of the manifest.",
    ),
    "an outcome without a direction": (
        ('outcomes = ["burden"]', 'outcomes = ["burden", "needed"]'),
        "policies cannot be ranked by 'needed' in [[experiment]] 'which'.",
    ),
    "a scenario twice": (
        ('outcomes = ["burden"]', 'outcomes = ["burden"]\nscenarios = ["rise", "Rise"]'),
        "'Rise' stands twice in 'scenarios' in [[experiment]] number 3.",
    ),
    "an order that holds in less than half": (
        ('outcomes = ["burden"]', 'outcomes = ["burden"]\nholds = 0.5'),
        "key 'holds' is wrong in [[experiment]] number 3.\n    holds = 0.5\n",
    ),
    "a run that the step does not divide": (
        ('outcomes = ["burden"]', 'outcomes = ["burden"]\nfinal_time = 100.1'),
        "the runs of [[experiment]] 'which' do not end on a time step after the start.",
    ),
}


@pytest.mark.parametrize(("replaced", "message"), CASES.values(), ids=CASES)
def test_a_fault_has_file_place_and_remedy(tmp_path: Path, replaced: tuple[str, str], message: str) -> None:
    path = tmp_path / "street" / "experiments.toml"
    with pytest.raises(ManifestError, match=f"^{re.escape(f'{path}: {message}')}") as caught:
        write_searches(tmp_path, *replaced)
    assert len(str(caught.value).splitlines()) == 3
