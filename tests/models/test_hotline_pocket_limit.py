"""Where the large model is reduced to its core, does it tip where the closed form of the pocket model says?

In the limit all loops are cut but "busier but ineffective" and "all hands to the hotline"; orders come first,
tables are straight, first-order capacity never binds, and routine work moves so slowly that everything else is
in balance with it. Then load, slack and the response of orders to decay decide alone: `models/hotline_pocket`.
"""

from typing import Any

import numpy as np
import pytest
import xarray as xr

from sdmodels import Change, Integration, Policy, Text, jacobian, load, simulate
from sdmodels.catalogue import Entry

KAPPA = 6.0  # relative rise of problems, and so of orders, per unit of decay
KEPT = {"Switch Busier But Ineffective", "Switch All Hands", "Switch Solved Problems Do Not Call"}
CONDITION = "Routine Work Condition"
SLOW = 800.0  # weeks, against some forty of the slowest other stock
LONG = Integration(final_time=12_000, save_period=100)
STRAIGHT = (0.0, 0.25, 0.5, 0.75, 1.0)


@pytest.fixture(scope="module")
def hotline() -> Entry:
    return load("hotline")


def limit(
    entry: Entry,
    intensity: float,
    hours: float,
    *,
    kappa: float = KAPPA,
    spare: float = 0.12,
    slow: float = SLOW,
    **run: Any,
) -> Any:
    """Run the model in the pocket limit at an application intensity and hours per order.

    Returns
    -------
    xarray.Dataset or xarray.DataArray
        The run, or, with ``how=jacobian``, its Jacobian.
    """
    assert entry.manifest is not None
    switches = {loop.switch for loop in entry.manifest.loops} - KEPT
    numbers = {
        **{switch: 0.0 for switch in switches if switch is not None},
        "Application Intensity": intensity,
        "Standard Time Per Order": hours,
        "Spare Hours Share": spare,
        "Priority Per Intensity": 1e6,
        "Protected Routine Share": 0.1,
        "First Order Margin": 1e6,
        "Regular Unreasonable Demands": 0.0,
        "Time To Erode Routine Work": slow,
        "Time To Build Routine Work": slow,
    }
    tables = {
        "Table For Routine Condition": list(STRAIGHT),
        "Table For Problems From Decay": [1 + kappa * (1 - x) for x in STRAIGHT],
        "Table For Mobilisation": [1.0] * 7,
    }
    text = Text(en="limit", zh="极限")
    changes = [Change(name=name, value=value) for name, value in numbers.items()]
    policy = Policy(id="limit", title=text, meaning=text, changes=changes)
    settings = tables | run.pop("settings", {})
    how = run.pop("how", simulate)
    return how(entry, settings, policy=policy, within_bounds=False, **run)


def load_and_slack(entry: Entry, intensity: float, hours: float, **given: float) -> tuple[float, float]:
    """Return load and slack while routine work is held sound, the rest settled."""
    how = Integration(final_time=300)
    run = limit(entry, intensity, hours, slow=1e9, outputs=["Load", "Slack"], integration=how, **given)
    return float(run["Load"].values[0, -1]), float(run["Slack"].values[0, -1])


@pytest.mark.parametrize(
    ("intensity", "hours"), [(0.3, 26), (0.5, 24), (0.8, 22), (1.0, 20), (1.2, 18), (1.5, 17)]
)
def test_a_fragile_street_tips_at_the_decay_of_the_closed_form(
    hotline: Entry, intensity: float, hours: float
) -> None:
    """Regime II: sound only for decay below (slack - load) / (gain - 1), to within ten per cent."""
    rho, slack = load_and_slack(hotline, intensity, hours)
    gain = rho * KAPPA
    assert rho < slack, "the case is not fragile"
    assert gain > 1, "the case is not fragile"
    tip = (slack - rho) / (gain - 1)
    starts = 1 - tip * np.array([0.9, 1.1])
    run = limit(
        hotline, intensity, hours, settings={CONDITION: starts}, outputs=[CONDITION], integration=LONG
    )
    course = run[CONDITION].values
    assert (course[:, -1] > course[:, 0]).tolist() == [True, False]


def test_a_street_leaves_soundness_at_the_intensity_where_load_meets_slack(hotline: Entry) -> None:
    """The onset A* of the closed form, within ten per cent; beyond it a strong loop runs to the corner."""
    given = {"spare": 0.05}
    hours = 21.0
    grid = np.linspace(0.12, 1.2, 28)
    room = [float(np.subtract(*load_and_slack(hotline, a, hours, **given))) for a in grid]
    onset = float(np.interp(0.0, room, grid))
    assert grid[0] < onset < grid[-1]
    ends = []
    for intensity in (0.9 * onset, 1.1 * onset):
        run = limit(hotline, intensity, hours, outputs=[CONDITION], integration=LONG, **given)
        ends.append(float(run[CONDITION].values[0, -1]))
    assert ends[0] > 0.999
    assert ends[1] < 0.6


def test_with_a_weak_loop_a_loaded_street_decays_by_the_graded_amount(hotline: Entry) -> None:
    """Regime III: d = (load - slack) / (1 - gain), within ten per cent."""
    rho, slack = load_and_slack(hotline, 1.2, 18, spare=0.02, kappa=1.5)
    gain = rho * 1.5
    assert rho > slack
    assert gain < 1
    run = limit(hotline, 1.2, 18, spare=0.02, kappa=1.5, outputs=[CONDITION], integration=LONG)
    decay = 1 - run[CONDITION].values[0, -1]
    assert decay == pytest.approx((rho - slack) / (1 - gain), rel=0.1)


def test_with_slack_and_a_weak_loop_every_start_recovers(hotline: Entry) -> None:
    """Regime I: complement."""
    rho, slack = load_and_slack(hotline, 0.5, 11, kappa=1.5)
    assert rho < slack
    assert rho * 1.5 < 1
    starts = np.array([0.3, 0.6, 0.9])
    run = limit(
        hotline,
        0.5,
        11,
        kappa=1.5,
        settings={CONDITION: starts},
        outputs=[CONDITION],
        integration=LONG,
    )
    assert (run[CONDITION].values[:, -1] > 0.999).all()


def leading_eigenvalue(matrix: xr.DataArray) -> float:
    """Return the largest one that is not zero: a target without its ratchet stands still."""
    found = np.linalg.eigvals(matrix.isel(member=0, time=-1).values).real
    return float(found[np.abs(found) > 1e-9].max())


@pytest.mark.parametrize("gain", [0.3, 0.6, 0.9])
def test_a_loaded_street_forgets_ever_more_slowly_as_its_loop_gain_nears_one(
    hotline: Entry, gain: float
) -> None:
    """Regime III ends in a fold: the leading eigenvalue is -(1 - gain) / time, and zero at a gain of one."""
    rho, slack = load_and_slack(hotline, 1.2, 18, spare=0.02)
    assert rho > slack
    given = {"kappa": gain / rho, "spare": 0.02, "integration": LONG}
    matrix = limit(hotline, 1.2, 18, how=jacobian, times="final", **given)
    assert leading_eigenvalue(matrix) * SLOW == pytest.approx(-(1 - gain), rel=0.1)


def test_between_two_states_a_fragile_street_is_pushed_away(hotline: Entry) -> None:
    """Regime II: the state in between has the eigenvalue (gain - 1) / time, above zero."""
    rho, slack = load_and_slack(hotline, 1.2, 18)
    gain = rho * KAPPA
    between = {CONDITION: 1 - (slack - rho) / (gain - 1)}
    how = Integration(final_time=300)
    matrix = limit(hotline, 1.2, 18, settings=between, how=jacobian, times="final", integration=how)
    assert leading_eigenvalue(matrix) * SLOW == pytest.approx(gain - 1, rel=0.1)
