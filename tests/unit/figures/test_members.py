import numpy as np
import pytest

from sdmodels.errors import SimulationError, UnknownNameError
from sdmodels.figures.members import FEWEST_FOR_BANDS, members_by_policy, spread, variables_named

BANDS = (90, 50)


def test_members_go_to_their_policies_in_order_of_appearance(make_behaviour):
    behaviour = make_behaviour(policies=3, members=2).isel(member=[4, 0, 2, 1, 3, 5])
    found = {policy.policy: policy.index.tolist() for policy in members_by_policy(behaviour, "en")}
    assert found == {"policy 3": [0, 5], "baseline": [1, 3], "high": [2, 4]}
    assert list(found) == ["policy 3", "baseline", "high"]


def test_failed_members_are_counted_and_left_out(make_behaviour):
    first, second = members_by_policy(make_behaviour(policies=2, members=3, failed=2), "en")
    assert (first.index.tolist(), first.failed) == ([2], 2)
    assert (second.index.tolist(), second.failed) == ([3, 4, 5], 0)


def test_nothing_to_draw_is_an_error(make_behaviour):
    with pytest.raises(SimulationError, match=r"all 2 members failed\. See behaviour\.status"):
        members_by_policy(make_behaviour(members=2, failed=2), "en")


def test_an_unknown_variable_is_refused_with_advice(make_behaviour):
    behaviour = make_behaviour(variables=2)
    with pytest.raises(UnknownNameError, match=r"'Ordr Backlog'\. Did you mean 'Order Backlog'\?"):
        variables_named(behaviour, ["Ordr Backlog"])
    with pytest.raises(UnknownNameError, match=r"'xyz'\. There are: Order Backlog, Orders\."):
        variables_named(behaviour, ["xyz"])


def test_no_variable_at_all_is_an_error(make_behaviour):
    with pytest.raises(ValueError, match="There is no variable to draw"):
        variables_named(make_behaviour(), [])


def test_only_variables_over_members_and_time_are_drawn(make_behaviour):
    behaviour = make_behaviour(variables=2)
    behaviour = behaviour.assign(Final=behaviour["Orders"].isel(time=-1, drop=True)).transpose(
        "time", "member"
    )
    found = variables_named(behaviour, None)
    assert [variable.name for variable in found] == ["Order Backlog", "Orders"]
    assert all(variable.dims == ("member", "time") for variable in found)


def test_one_member_is_its_own_median_without_bands():
    values = np.array([[1.0, 2.0, 4.0]])
    drawn = spread(values, BANDS)
    assert np.array_equal(drawn.median, values[0])
    assert not drawn.bands
    assert drawn.members.shape == (0, 3)


def test_a_few_members_are_drawn_themselves():
    values = np.arange(6.0).reshape(3, 2)
    drawn = spread(values, BANDS)
    assert np.array_equal(drawn.median, [2.0, 3.0])
    assert np.array_equal(drawn.members, values)
    assert not drawn.bands


def test_bands_hold_the_middle_90_and_50_percent_of_the_members():
    values = np.arange(101.0)[:, None] * np.ones((1, 2))
    (low, high), (lower, upper) = spread(values, BANDS).bands
    assert (low[0], lower[0], upper[0], high[0]) == (5.0, 25.0, 75.0, 95.0)
    assert not spread(values, BANDS).members.size


def test_bands_begin_at_ten_members():
    assert not spread(np.zeros((FEWEST_FOR_BANDS - 1, 2)), BANDS).bands
    assert len(spread(np.zeros((FEWEST_FOR_BANDS, 2)), BANDS).bands) == 2


def test_a_band_holds_what_is_asked_for():
    values = np.arange(101.0)[:, None] * np.ones((1, 2))
    ((low, high),) = spread(values, (80,)).bands
    assert (low[0], high[0]) == (10.0, 90.0)
