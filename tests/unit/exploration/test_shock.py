import numpy as np
import pytest

from sdmodels.errors import InputError, UnknownNameError
from sdmodels.exploration.shock import ShockSearch, find_shocks

SIZES = tuple(round(1.0 + 0.25 * number, 2) for number in range(1, 13))


def search(**changed):
    usual = {
        "lever": "Lever",
        "values": (0.05, 0.1, 0.15, 0.2),
        "constant": "Demand",
        "sizes": SIZES,
        "shock_begins": 40.0,
        "burden": "Burden",
        "condition": "Condition",
        "members": 1,
    }
    return ShockSearch(**(usual | changed))


def survived(load, slack=0.25, response=8.0, weeks=8.0, time=5.0):
    """Return which sizes a street survives: decay at the end of the shock against the unstable balance."""
    threshold = (slack - load) / (load * response - 1) if load * response > 1 else np.inf
    decays = []
    for size in SIZES:
        rho, gain = size * load, size * load * response - 1
        decays.append((rho - slack) / gain * np.expm1(gain * weeks / time) if rho > slack else 0.0)
    return np.minimum(decays, 1.0) < threshold


def test_the_largest_shock_survived_is_that_of_the_closed_form(make_street):
    shocks = find_shocks(make_street(Load=1, Damage=50), search())
    for value in shocks.runs["value"].values:
        expected = survived(load=value)
        np.testing.assert_array_equal(shocks.runs["recovers"].sel(value=value).values[0], expected)
        largest = shocks.largest.set_index("value").loc[value, "median"]
        assert largest == max([1.0, *np.array(SIZES)[expected]])
    # Below a load of 1/8 the street comes back from anything; near the fold from almost nothing.
    assert shocks.largest["median"].tolist()[:2] == [4, 4]
    assert shocks.largest["median"].is_monotonic_decreasing


def test_what_is_lost_without_a_shock_stands_none(make_street):
    shocks = find_shocks(make_street(Load=1), search(values=(0.1, 0.4)))
    lost = shocks.shares[shocks.shares["value"] == 0.4]
    assert (lost["share"] == 0).all()
    assert lost["size"].tolist() == [1, *SIZES]
    assert shocks.largest.set_index("value").loc[0.4, "median"] == 1
    assert shocks.times[shocks.times["value"] == 0.4]["members"].tolist() == [0] * len(SIZES)


def test_recovery_is_exponential_at_the_rate_of_the_loop(make_street):
    # After the shock d' = (rho Response - 1) d / Time as long as orders exceed the slack, else d' = -d / Time;
    # without Response decay fades with the adjustment time alone, from (rho - Slack)(1 - exp(-weeks / Time)).
    street = make_street(Load=1, Response=0, Damage=1000, Curvature=0)
    times = find_shocks(street, search(values=(0.1, 0.2), sizes=(3.0,))).times.set_index("value")
    decay = (3 * 0.2 - 0.25) * -np.expm1(-8 / 5)
    # The burden is 10 + 1000 d, and back below 10.5; a week between saved times, an eighth between steps.
    assert times.loc[0.2, "median"] == pytest.approx(5 * np.log(1000 * decay / 0.5), abs=1.5)
    assert times.loc[0.2, "unit"] == "Week"


def test_who_never_recovers_takes_for_ever(make_street):
    times = find_shocks(make_street(Load=1, Damage=50), search(values=(0.2, 0.24), sizes=(4.0,))).times
    assert times["median"].tolist() == [np.inf, np.inf]
    assert times["back"].tolist() == [0, 0]


def test_failed_runs_are_counted_and_decide_nothing(make_street):
    # Beyond the headroom the burden is not a number, whatever the shock.
    street = make_street(ranges={"Headroom": (0.05, 0.35)})
    shocks = find_shocks(street, search(members=32, values=(0.01, 0.2)))
    lost = shocks.runs["Headroom"].values < 0.2
    assert shocks.failed == lost.sum() > 0
    assert shocks.shares.groupby("value")["failed"].max().tolist() == [0, lost.sum()]
    np.testing.assert_array_equal(np.isnan(shocks.runs["largest"].sel(value=0.2)), lost)


def test_portions_do_not_change_a_number(make_street, monkeypatch):
    street = make_street(ranges={"Slack": (0.2, 0.3)}, Load=1, Damage=50)
    whole = find_shocks(street, search(members=16))
    monkeypatch.setattr("sdmodels.exploration.shock._MOST_NUMBERS", 1)
    seen = []
    cut = find_shocks(street, search(members=16), progress=lambda done, total: seen.append((done, total)))
    assert whole.runs.identical(cut.runs)
    assert whole.shares.equals(cut.shares)
    assert seen[-1] == (16 * 4 * 13, 16 * 4 * 13)


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        ({"sizes": (1.0, 2.0)}, InputError, "do not rise from above 1.\n    1, 2"),
        ({"sizes": ()}, InputError, "do not rise from above 1"),
        ({"constant": "lever"}, InputError, "both the lever and what the shock multiplies"),
        ({"begins": 50.0}, InputError, "shock at 40 comes before the lever's jump at 50"),
        ({"horizon": 48.0}, InputError, "shock from 40 to 48 is not over by the end of the run"),
        ({"constant": "Demnd"}, UnknownNameError, "No constant is named 'Demnd'"),
        ({"condition": "Conditions"}, UnknownNameError, "'Conditions'"),
    ],
)
def test_what_cannot_be_asked_is_refused(make_street, changed, error, message):
    with pytest.raises(error, match=message):
        find_shocks(make_street(), search(**changed))


def test_a_tolerance_of_nothing_is_refused():
    with pytest.raises(
        ValueError, match=r"tolerance \(0\), near \(0.05\) and shock_lasts \(8\) must be above 0"
    ):
        search(tolerance=0.0)
