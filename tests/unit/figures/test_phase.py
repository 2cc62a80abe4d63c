import numpy as np
import pytest
from matplotlib.text import Annotation

from sdmodels.errors import UnknownNameError
from sdmodels.figures import phase_portrait


def paths_of(figure):
    return [line for line in figure.axes[0].lines if line.get_linewidth() > 1.5 and len(line.get_xdata()) > 1]


def thin_lines_of(figure):
    return [line for line in figure.axes[0].lines if line.get_linewidth() < 1 and len(line.get_xdata()) > 1]


def arrows_of(figure):
    return [text for text in figure.axes[0].texts if isinstance(text, Annotation)]


def note_of(figure):
    return figure.legends[0].get_title().get_text().replace("\n", " ")


def test_both_axes_have_a_name_and_a_unit(make_behaviour):
    (panel,) = phase_portrait(make_behaviour(variables=2), "Orders", "Order Backlog").axes
    assert panel.get_xlabel() == "Orders [order/Week]"
    assert panel.get_ylabel() == "Order Backlog [order]"


def test_the_path_goes_through_the_values_of_a_single_member(make_behaviour):
    behaviour = make_behaviour(policies=2, variables=2)
    path = paths_of(phase_portrait(behaviour, "Orders", "Order Backlog"))[1]
    assert np.array_equal(path.get_xdata(), behaviour["Orders"].values[1])
    assert np.array_equal(path.get_ydata(), behaviour["Order Backlog"].values[1])


def test_the_path_of_many_members_is_their_median_at_each_time(make_behaviour):
    behaviour = make_behaviour(members=30, variables=2, failed=3)
    (path,) = paths_of(phase_portrait(behaviour, "Orders", "Order Backlog"))
    assert np.array_equal(path.get_xdata(), np.median(behaviour["Orders"].values[3:], axis=0))


@pytest.mark.parametrize(
    ("policies", "members", "thin"), [(1, 1, 0), (1, 20, 20), (1, 200, 50), (4, 200, 48)]
)
def test_at_most_fifty_members_run_behind_the_paths(policies, members, thin, make_behaviour):
    figure = phase_portrait(
        make_behaviour(policies=policies, members=members, variables=2), "Orders", "Order Backlog"
    )
    assert len(thin_lines_of(figure)) == thin
    assert (f"thin: {thin} of {policies * members} members" in note_of(figure)) == (members > 1)


def test_the_start_is_hollow_and_the_end_is_filled(make_behaviour):
    behaviour = make_behaviour(policies=2, variables=2)
    panel = phase_portrait(behaviour, "Orders", "Order Backlog").axes[0]
    end, start = [line for line in panel.lines if len(line.get_xdata()) == 1][-2:]
    assert start.get_markerfacecolor() == "none"
    assert start.get_xdata()[0] == behaviour["Orders"].values[1, 0]
    assert end.get_markerfacecolor() == end.get_color()
    assert end.get_xdata()[0] == behaviour["Orders"].values[1, -1]


def test_arrows_point_along_the_direction_of_time(make_behaviour):
    behaviour = make_behaviour(policies=2, variables=2)
    forwards = arrows_of(phase_portrait(behaviour, "Orders", "Order Backlog"))
    backwards = arrows_of(
        phase_portrait(behaviour.isel(time=slice(None, None, -1)), "Orders", "Order Backlog")
    )
    assert forwards
    assert backwards
    assert all(arrow.xy[0] > arrow.xyann[0] for arrow in forwards)  # both variables rise
    assert all(arrow.xy[0] < arrow.xyann[0] for arrow in backwards)


def test_a_path_that_stands_still_has_no_arrow(make_behaviour):
    assert not arrows_of(phase_portrait(make_behaviour(variables=2), "Orders", "Order Backlog"))


def test_everything_drawn_is_inside_the_axes(make_behaviour):
    panel = phase_portrait(
        make_behaviour(policies=2, members=20, variables=2), "Orders", "Order Backlog"
    ).axes[0]
    left, right = panel.get_xlim()
    drawn = np.concatenate([np.asarray(line.get_xdata()) for line in panel.lines])
    assert left <= drawn.min()
    assert drawn.max() <= right


@pytest.mark.parametrize("policies", [1, 2, 8])
def test_no_text_is_cut_off_or_lies_on_another(policies, make_behaviour, faults_of):
    behaviour = make_behaviour(policies=policies, members=20, variables=5, failed=1)
    long, longer = list(behaviour.data_vars)[3:]
    assert faults_of(phase_portrait(behaviour, long, longer)) == []


def test_failed_members_are_counted(make_behaviour):
    figure = phase_portrait(make_behaviour(members=20, variables=2, failed=2), "Orders", "Order Backlog")
    assert "2 of 20 members failed and are left out." in note_of(figure)


def test_a_policy_of_which_every_member_failed_has_no_path(make_behaviour):
    behaviour = make_behaviour(policies=2, members=3, variables=2, failed=3)
    assert len(paths_of(phase_portrait(behaviour, "Orders", "Order Backlog"))) == 1


def test_an_unknown_variable_is_refused(make_behaviour):
    with pytest.raises(UnknownNameError, match="No variable of this behaviour is named 'x'"):
        phase_portrait(make_behaviour(), "x", "Order Backlog")
