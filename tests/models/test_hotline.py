"""What the hotline model shows, over an ensemble, and that it could have shown otherwise."""

import numpy as np
import pytest
import xarray as xr
from numpy.typing import NDArray

from sdmodels import Change, Integration, Policy, Text, load, simulate
from sdmodels.catalogue import Entry

BURDEN = "Unresolved Burden"
HIGH = Change(name="Application Intensity", value=0.8, begins=52)
FEW = Change(name="Staff", value=279, begins=52)
MANY = Change(name="Staff", value=345, begins=52)
CUT = Change(name="Switch Busier But Ineffective", value=0)


@pytest.fixture(scope="module")
def hotline() -> Entry:
    return load("hotline")


def experiment(entry: Entry, *changes: Change, members: int = 200) -> xr.Dataset:
    text = Text(en="experiment", zh="实验")
    policy = Policy(id="experiment", title=text, meaning=text, changes=changes)
    return simulate(entry, policy=policy, members=members, seed=1, outputs=[BURDEN, "New Orders"])


def course(behaviour: xr.Dataset) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    burden = behaviour[BURDEN].values
    return burden[:, 0], burden.min(axis=1), burden[:, -1]


def test_it_stays_in_balance_for_every_draw(hotline: Entry) -> None:
    stocks = [stock.name for stock in hotline.model.stocks]
    behaviour = simulate(hotline, members=300, seed=2, outputs=stocks)
    for name in stocks:
        values = behaviour[name].values[:, :53]
        change = np.abs(np.diff(values, axis=1)) / np.maximum(values[:, :-1], 1e-9)
        assert change.max() < 1e-6, name


def test_with_scarce_hours_a_step_is_better_before_worse(hotline: Entry) -> None:
    start, least, end = course(experiment(hotline, HIGH, FEW))
    assert np.median(least / start) < 0.97
    assert np.median(end / start) > 1.05


def test_with_spare_hours_the_gain_lasts(hotline: Entry) -> None:
    start, least, end = course(experiment(hotline, HIGH, MANY))
    assert np.median(end / start) < 0.92
    assert np.mean(end <= 1.05 * least) > 0.9


def test_with_the_loop_cut_the_worse_is_gone(hotline: Entry) -> None:
    start, _, end = course(experiment(hotline, HIGH, FEW, CUT))
    assert np.mean(end > start) < 0.05


def test_orders_rise_in_every_member_when_intensity_does(hotline: Entry) -> None:
    orders = experiment(hotline, HIGH)["New Orders"].values
    assert (orders[:, -1] > orders[:, 0]).all()


def test_problems_are_neither_made_nor_lost_on_the_way(hotline: Entry) -> None:
    """Problems, orders and paper closings together change by what arises, is solved, expires or is withdrawn."""
    flows = ["Problem Generation", "First Order Solving", "Expiry", "Real Closing", "Withdrawal"]
    stocks = ["Community Problems", "Order Backlog", "Superficially Closed Orders"]
    short = hotline.model.time
    how = Integration(final_time=104, save_period=short.time_step)
    behaviour = simulate(
        hotline, policy="high_intensity", members=20, outputs=[*flows, *stocks], integration=how
    )
    generation, solving, expiry, closing, withdrawal = (behaviour[name].values for name in flows)
    total = sum(behaviour[name].values for name in stocks)
    net = generation - solving - expiry - closing - withdrawal
    expected = total[:, :1] + np.cumsum(net, axis=1)[:, :-1] * short.time_step
    # Rounding of 832 additions of numbers near 3,000.
    np.testing.assert_allclose(total[:, 1:], expected, rtol=1e-9)
