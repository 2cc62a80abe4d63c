"""The pocket model against its closed form."""

import numpy as np
import pytest
import xarray as xr
from numpy.typing import NDArray

from sdmodels import Integration, find_threshold, load, simulate
from sdmodels.catalogue import Entry

CONDITION = "Routine Work Condition"
INITIAL = "Initial Routine Work Condition"
NEEDED = 9400.0


@pytest.fixture(scope="module")
def pocket() -> Entry:
    return load("hotline_pocket")


def recovers(behaviour: xr.Dataset) -> NDArray[np.bool_]:
    course = behaviour[CONDITION].values
    return np.asarray(course[:, -1] > course[:, 0])


def closed_form(hours: float, per_order: float, intensity: float, kappa: float) -> tuple[float, float, float]:
    """Return load, slack and loop gain, computed here from the constants alone."""
    load_ = per_order * 360 * intensity / NEEDED
    return load_, (hours - NEEDED) / NEEDED, load_ * kappa


@pytest.mark.parametrize(
    ("hours", "per_order", "intensity", "kappa"),
    [
        (12000, 12, 0.5, 6),
        (12000, 12, 0.45, 6),
        (12000, 12, 0.58, 6),
        (12000, 10, 0.6, 6),
        (12600, 12, 0.6, 5),
        (11500, 12, 0.45, 8),
    ],
)
def test_the_simulated_tip_agrees_with_the_closed_form_to_three_digits(
    pocket: Entry, hours: float, per_order: float, intensity: float, kappa: float
) -> None:
    load_, slack, gain = closed_form(hours, per_order, intensity, kappa)
    expected = (slack - load_) / (gain - 1)
    corner = 1 - 0.4 * hours / NEEDED
    assert load_ < slack, "the case is not fragile"
    assert gain > 1, "the case is not fragile"
    found = find_threshold(
        pocket,
        INITIAL,
        between=(1 - corner + 0.005, 0.9999),
        switched=recovers,
        settings={
            "Weekly Hours": hours,
            "Hours Per Order": per_order,
            "Application Intensity": intensity,
            "Order Response To Decay": kappa,
        },
        outputs=[CONDITION],
    )
    assert 1 - found.value == pytest.approx(expected, rel=5e-4)


def test_the_tip_of_the_theory_is_reproduced(pocket: Entry) -> None:
    """Starting at .877 recovers, at .876 collapses: d = .1236 at load .2298 and slack .2766."""
    behaviour = simulate(pocket, {INITIAL: [0.877, 0.876]}, outputs=[CONDITION, "Tipping Decay"])
    assert recovers(behaviour).tolist() == [True, False]
    assert behaviour["Tipping Decay"].values[0, 0] == pytest.approx(0.1236, abs=5e-5)


def test_below_the_slack_and_with_a_weak_loop_every_start_recovers(pocket: Entry) -> None:
    """Regime I: complement."""
    settings = {INITIAL: np.linspace(0.2, 0.99, 40), "Application Intensity": 0.3}
    behaviour = simulate(pocket, settings, outputs=[CONDITION])
    assert (behaviour[CONDITION].values[:, -1] > 0.999).all()


def test_above_the_slack_a_weak_loop_decays_by_the_graded_amount(pocket: Entry) -> None:
    """Regime III: d = (load - slack) / (1 - gain)."""
    load_, slack, gain = closed_form(12000, 12, 0.7, 2)
    settings = {"Application Intensity": 0.7, "Order Response To Decay": 2}
    # The loop slows the approach to 39 weeks / (1 - gain) = 109 weeks; wait for twenty of these.
    behaviour = simulate(pocket, settings, outputs=[CONDITION], integration=Integration(final_time=2200))
    decay = 1 - behaviour[CONDITION].values[0, -1]
    assert load_ > slack
    assert decay == pytest.approx((load_ - slack) / (1 - gain), rel=1e-3)


def test_above_the_slack_a_strong_loop_runs_to_the_corner(pocket: Entry) -> None:
    """Regime IV: only the work that cannot be dropped is left, 40 % of the hours."""
    behaviour = simulate(pocket, {"Application Intensity": 0.9}, outputs=[CONDITION])
    assert behaviour[CONDITION].values[0, -1] == pytest.approx(0.4 * 12000 / NEEDED, abs=1e-3)


def test_the_tip_disappears_with_the_loop(pocket: Entry) -> None:
    settings = {INITIAL: [0.6, 0.8], "Switch Busier But Ineffective": 0}
    behaviour = simulate(pocket, settings, outputs=[CONDITION])
    assert (behaviour[CONDITION].values[:, -1] > 0.999).all()
