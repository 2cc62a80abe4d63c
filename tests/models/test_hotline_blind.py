"""Do two authors who share only the documentation page get the same numbers?

`hotline_blind.py` was written in plain SciPy from docs/models/hotline.md and its equations alone, by somebody who
had not seen the model file or this package.
"""

import hotline_blind as blind
import numpy as np
import pytest

from sdmodels import Change, Integration, Policy, Text, load, simulate
from sdmodels.catalogue import Entry

# Both compute in double precision, in another order; the model's fast parts forget rounding, slow ones add it up.
CLOSE = 1e-6
TEXT = Text(en="blind", zh="盲")

RUNS: dict[str, list[blind.Change]] = {
    "balance": [],
    "high intensity": [("Application Intensity", 0.8, 52.0)],
    "collapse": [("Application Intensity", 1.4, 52.0), ("Establishment", 250.0, 52.0)],
    "from the start": [("Standard Time Per Order", 16.0, None), ("Application Intensity", 0.6, None)],
    "assessment": [
        ("Application Intensity", 1.0, 26.0),
        ("Relative Assessment", 1.5, 26.0),
        ("Exclusion By Unreasonableness", 0.6, 60.0),
        ("Scored By Repeats", 0.3, 80.0),
    ],
    "prevention": [
        ("Application Intensity", 0.8, 52.0),
        ("Systemic Fixing Share", 0.06, 52.0),
        ("Proactive Share", 0.05, 60.0),
        ("Intake Filter", 0.8, 60.0),
        ("First Order Promotion", 0.7, 70.0),
        ("Temporary Posts", 30.0, 70.0),
    ],
    "rules": [
        ("Application Intensity", 0.4, 52.0),
        ("Adaptive Gain", 3.0, 52.0),
        ("Leadership Ambition", 2.0, 60.0),
    ],
    "outside": [
        ("Epidemic Problems", 150.0, 40.0),
        ("Epidemic Consultations", 90.0, 50.0),
        ("Demand Multiplier", 1.3, 60.0),
        ("Access Driver", 1.7, 80.0),
        ("Deadline", 2.5, 90.0),
    ],
    "all loops cut": [
        ("Application Intensity", 1.2, 52.0),
        *((name, 0.0, None) for name in blind.CONSTANTS if name.startswith("Switch")),
    ],
}


@pytest.fixture(scope="module")
def hotline() -> Entry:
    return load("hotline")


def policy(changes: list[blind.Change]) -> Policy:
    made = [Change(name=name, value=value, begins=begins) for name, value, begins in changes]
    return Policy(id="blind", title=TEXT, meaning=TEXT, changes=made)


def test_they_share_every_name(hotline: Entry) -> None:
    constants = {constant.name for constant in hotline.model.constants}
    tables = {name for name in hotline.model.variables if name.startswith("Table For")}
    assert set(blind.CONSTANTS) == constants
    assert set(blind.TABLES) == tables


@pytest.mark.parametrize("run", RUNS)
def test_every_variable_agrees_by_eulers_method(hotline: Entry, run: str) -> None:
    theirs = blind.run_euler(RUNS[run], final_time=520.0)
    how = Integration(method="euler")
    ours = simulate(hotline, policy=policy(RUNS[run]), integration=how, within_bounds=False)
    for name in ours.data_vars:
        expected = np.broadcast_to(theirs[str(name)], ours[name].values[0].shape)
        size = np.abs(expected).max()
        np.testing.assert_allclose(
            ours[name].values[0], expected, rtol=CLOSE, atol=CLOSE * size, err_msg=str(name)
        )


def test_every_stock_agrees_with_an_integrator_of_scipy(hotline: Entry) -> None:
    """From the start, and where no MIN or table kinks on the way: there every fixed-step method loses its order."""
    changes: list[blind.Change] = [("Application Intensity", 0.05, None)]
    theirs = blind.run_scipy(changes, final_time=52.0)
    how = Integration(method="rk4", time_step=1 / 64, final_time=52, save_period=1)
    ours = simulate(hotline, policy=policy(changes), integration=how)
    for name, expected in theirs.items():
        size = np.abs(expected).max()
        np.testing.assert_allclose(
            ours[name].values[0], expected, rtol=CLOSE, atol=CLOSE * size, err_msg=name
        )
