"""What comes first under each arm, and when does it turn?"""

from collections.abc import Callable

import numpy as np
import pytest

from sdmodels.catalogue import Date, Entry, Text
from sdmodels.exploration import run_experiment
from sdmodels.exploration.course import date_in

TIMES = np.arange(0.0, 21.0)
TITLE = Text(en="t", zh="题")


def date(**keys: object) -> Date:
    return Date.model_validate({"id": "d", "title": TITLE, "variable": "Level", **keys})


def test_the_arms_run_with_policy_scenario_and_changes(relay: Entry) -> None:
    data = run_experiment(relay, "turn", members=1).data
    assert dict(data.sizes) == {"arm": 2, "member": 1, "time": 21}
    # Best is 1 and the effort 0.5; the experiment's own change comes after that of the policy.
    assert data["Burden"].values[:, 0, 0] == pytest.approx([2.25, 2.25])
    assert data["Level"].sel(arm="base").values[0] == pytest.approx((TIMES - 10) ** 2)
    assert data["Level"].sel(arm="late").values[0] == pytest.approx((TIMES - 15) ** 2)


def test_dates_are_found_in_every_member(relay: Entry) -> None:
    result = run_experiment(relay, "turn")
    least, back = result.finding("least", "base"), result.finding("back", "base")
    assert least is not None
    assert back is not None
    assert (least.members, least.share, least.units) == (15, 1, "Week")
    turns = np.full(15, np.nan)
    runs = result.data["Level"].sel(arm="base").values
    turns = (runs[:, 0] - runs[:, 1] + 1) / 2  # (t - turn)^2 at 0 and 1
    assert least.values == pytest.approx(np.round(turns))
    # The level is back at 2 turn - 4, on a straight line between saved times.
    assert back.values == pytest.approx(2 * turns - 4, abs=0.1)


def test_a_level_that_does_not_come_back_in_the_run_has_no_date(relay: Entry) -> None:
    result = run_experiment(relay, "turn")
    late = result.finding("back", "late")
    assert late is not None
    assert (late.share, late.members) == (0, 15)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"of": "minimum"}, 10),
        ({"of": "minimum", "ends": 9}, np.nan),
        ({"of": "minimum", "begins": 11}, np.nan),
        ({"of": "maximum"}, np.nan),
        ({"of": "rises above", "value": 25}, 15),
        ({"of": "falls below", "value": 25}, 5),
        ({"of": "rises above", "value": 30}, 15 + 5 / 11),
        ({"of": "rises above", "value_at": 4}, 16),
        ({"of": "rises above", "value": 25, "begins": 16}, np.nan),
        ({"of": "rises above", "value": 200}, np.nan),
        ({"of": "falls below", "value": 200}, np.nan),
    ],
)
def test_dates_of_a_parabola(keys: dict[str, object], expected: float) -> None:
    found = date_in(date(**keys), TIMES, (TIMES[None, :] - 10) ** 2)
    assert found == pytest.approx([expected], nan_ok=True)


def test_a_maximum_is_a_minimum_upside_down() -> None:
    runs = -((TIMES[None, :] - 7) ** 2)
    assert date_in(date(of="maximum"), TIMES, runs) == pytest.approx([7])
    assert date_in(date(of="falls below", value_at=3), TIMES, runs) == pytest.approx([11])


def test_rounding_is_no_turn_and_no_crossing() -> None:
    noise = 1e-12 * np.sin(TIMES)[None, :]
    for of in ("minimum", "maximum"):
        assert np.isnan(date_in(date(of=of), TIMES, 5 + noise)).all()
    for of in ("rises above", "falls below"):
        assert np.isnan(date_in(date(of=of, value_at=0), TIMES, 5 + noise)).all()


def test_the_numbers_are_the_quantiles_over_time(relay: Entry) -> None:
    result = run_experiment(relay, "turn")
    assert list(result.numbers.columns)[:4] == ["arm", "variable", "unit", "Time"]
    assert len(result.numbers) == 2 * 2 * 21


def test_the_run_may_be_longer_than_the_model_s_own(make_relay: Callable[..., Entry]) -> None:
    entry = make_relay("members = 15", "members = 15\nfinal_time = 40")
    result = run_experiment(entry, "turn", members=1)
    assert result.data["time"].values[-1] == 40
    back = result.finding("back", "late")
    assert back is not None
    assert back.values == pytest.approx([26])
