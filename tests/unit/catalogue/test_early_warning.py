"""A test for early warnings as data: what a file may say, and what is wrong with it in three lines."""

import re
from pathlib import Path

import pytest
from fold import write_meadow

from sdmodels.catalogue import NoiseTest
from sdmodels.errors import ManifestError


def test_it_is_read_with_its_defaults(tmp_path: Path) -> None:
    (asked,) = write_meadow(tmp_path, "members = 64\n", "", "lag = 2\n", "").experiments
    assert isinstance(asked, NoiseTest)
    assert (asked.members, asked.lag, asked.scenario) == (256, 4, "normal")
    assert (asked.noise.settle, asked.tip.falls, asked.grid[-1]) == (100, 0.2, 0.45)


CASES = {
    "no deviation": (
        ("deviation = 0.01", "deviation = 0"),
        "key 'deviation' is wrong in [experiment.noise] of [[experiment]] number 1.\n    deviation = 0\n",
    ),
    "a misspelt key": (
        ("settle = 100", "settles = 100"),
        "key 'settles' is not known in [experiment.noise] of [[experiment]] number 1.\n"
        "    settles = 100\nDid you mean 'settle'?",
    ),
    "what is disturbed is watched": (
        ('variable = "Grass"\nwindow', 'variable = "demand"\nwindow'),
        "'demand' is both watched and disturbed in [[experiment]] number 1.",
    ),
    "a window of a few lags": (
        ("window = 250", "window = 7"),
        "'window' is shorter than four times 'lag' in [[experiment]] number 1.\n    window = 7, lag = 2",
    ),
    "noise on what is no constant": (
        ('constant = "demand"', 'constant = "Visitors"'),
        "key 'constant' in [[experiment.noise]] of 'announced' does not name a constant.",
    ),
    "a variable that is not there": (
        ('variable = "Grass"\nwindow', 'variable = "Gras"\nwindow'),
        "key 'variable' in [[experiment]] 'announced' names no variable of meadow.\n"
        "    variable = \"Gras\"\nDid you mean 'Grass'?",
    ),
    "a tip of what is not there": (
        ('variable = "Grass"\nfalls', 'variable = "Gras"\nfalls'),
        "key 'variable' in [[experiment.tip]] of 'announced' names no variable of meadow.",
    ),
    "a scenario that is not there": (
        ("window = 250", 'window = 250\nscenario = "crowd"'),
        "key 'scenario' in [[experiment]] 'announced' names no scenario of the manifest.\n"
        "    scenario = \"crowd\"\nDid you mean 'crowded'?",
    ),
    "values out of the bounds": (
        ("0.45]", "2.5]"),
        "key 'values' in [[experiment]] 'announced' leaves the bounds of its lever.\n    values = 2.5; Grazing:",
    ),
    "a jump after the run": (
        ("begins = 10\nvariable", "begins = 501\nvariable"),
        "key 'begins' in [[experiment]] 'announced' is outside the run.",
    ),
    "noise before the jump": (
        ("begins = 10\nvariable", "begins = 200\nvariable"),
        "the disturbance of [[experiment]] 'announced' does not begin after the start of the run and the lever's "
        "jump.\n    'settle' and 'window' before the end at 500 are 150; the later of start and jump is 200",
    ),
    "noise before the run": (
        ("settle = 100", "settle = 250"),
        "the disturbance of [[experiment]] 'announced' does not begin after the start of the run",
    ),
    "noise without memory": (
        ("correlation = 4", "correlation = 0.1"),
        "key 'correlation' in [[experiment.noise]] of 'announced' is shorter than a time step.\n"
        "    correlation = 0.1, TIME STEP = 0.25",
    ),
    "a lag between saved times": (
        ("lag = 2", "lag = 1.5"),
        "key 'lag' in [[experiment]] 'announced' is no whole number of times that are saved.\n"
        "    lag = 1.5, a value is saved every 1",
    ),
}


@pytest.mark.parametrize(("replaced", "message"), CASES.values(), ids=CASES)
def test_a_fault_has_file_place_and_remedy(tmp_path: Path, replaced: tuple[str, str], message: str) -> None:
    path = tmp_path / "meadow" / "experiments.toml"
    with pytest.raises(ManifestError, match=f"^{re.escape(f'{path}: {message}')}") as caught:
        write_meadow(tmp_path, *replaced)
    assert len(str(caught.value).splitlines()) == 3
