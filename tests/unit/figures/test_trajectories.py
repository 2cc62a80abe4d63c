import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from sdmodels.errors import SimulationError, UnknownNameError
from sdmodels.figures import plot, trajectories


def note_of(figure):
    return figure.legends[0].get_title().get_text().replace("\n", " ")


def entries_of(figure):
    return [text.get_text().replace("\n", " ") for text in figure.legends[0].get_texts()]


def bands_of(panel):
    return [artist for artist in panel.collections if isinstance(artist, PolyCollection)]


def test_every_variable_has_a_panel_with_its_name_and_unit(make_behaviour):
    figure = trajectories(make_behaviour(variables=3))
    titles = [panel.get_title(loc="left") for panel in figure.axes]
    assert titles == ["Order Backlog", "Orders", "Routine Condition"]
    assert [panel.get_ylabel() for panel in figure.axes] == ["order", "order/Week", "dimensionless"]


@pytest.mark.parametrize("variables", range(1, 14))
def test_every_axis_has_a_unit(variables, make_behaviour):
    figure = trajectories(make_behaviour(variables=variables))
    assert len(figure.axes) == variables
    assert all(panel.get_ylabel() for panel in figure.axes)
    lowest = {panel.get_subplotspec().colspan.start: panel for panel in figure.axes}
    assert all(panel.get_xlabel() == "Time [Week]" for panel in lowest.values())


@pytest.mark.parametrize("variables", [1, 4, 5, 12])
@pytest.mark.parametrize("policies", [1, 2, 5, 8])
def test_no_text_is_cut_off_or_lies_on_another(variables, policies, make_behaviour, faults_of):
    behaviour = make_behaviour(variables=variables, policies=policies, members=20, failed=1)
    assert faults_of(trajectories(behaviour)) == []


def test_a_text_that_is_cut_off_or_covered_would_be_noticed(faults_of):
    figure = Figure()
    figure.text(0.9, 0.5, "far too long to fit on what is left of the figure")
    figure.text(0.9, 0.5, "here")
    assert [fault.split(":")[0] for fault in faults_of(figure)] == ["cut", "overlap"]


def test_the_named_variables_are_drawn_in_the_order_of_the_names(make_behaviour):
    figure = trajectories(make_behaviour(variables=3), ["Orders", "Order Backlog"])
    assert [panel.get_title(loc="left") for panel in figure.axes] == ["Orders", "Order Backlog"]


def test_one_name_may_stand_alone(make_behaviour):
    assert len(trajectories(make_behaviour(variables=3), "Orders").axes) == 1


def test_plot_is_the_short_way(make_behaviour):
    behaviour = make_behaviour(variables=3)
    assert len(plot(behaviour).axes) == 3
    assert len(plot(behaviour, "Orders", "Order Backlog").axes) == 2


def test_an_unknown_variable_is_refused(make_behaviour):
    with pytest.raises(UnknownNameError, match="Did you mean 'Orders'"):
        plot(make_behaviour(variables=3), "Order")


def test_a_single_member_is_a_line_through_its_values(make_behaviour):
    behaviour = make_behaviour()
    (panel,) = trajectories(behaviour).axes
    (line,) = panel.lines
    assert np.array_equal(line.get_ydata(), behaviour["Order Backlog"].values[0])
    assert not bands_of(panel)


def test_an_ensemble_is_a_median_and_two_bands(make_behaviour):
    behaviour = make_behaviour(members=101)
    (panel,) = trajectories(behaviour).axes
    (line,) = panel.lines
    assert np.array_equal(line.get_ydata(), np.median(behaviour["Order Backlog"].values, axis=0))
    outer, inner = (band.get_paths()[0].get_extents() for band in bands_of(panel))
    # The noise runs evenly from -1 to 1 round a constant of 10.
    assert (outer.y0, inner.y0, inner.y1, outer.y1) == pytest.approx((9.1, 9.5, 10.5, 10.9), abs=1e-12)


def test_the_note_says_what_line_and_bands_are(make_behaviour):
    note = note_of(trajectories(make_behaviour(policies=2, members=30)))
    assert "median of 30 members a policy; bands: middle 50 % and 90 %" in note


def test_a_few_members_are_drawn_thin_and_the_note_says_so(make_behaviour):
    figure = trajectories(make_behaviour(members=4))
    assert len(figure.axes[0].lines) == 5
    assert note_of(figure) == "Thick: median of 4 members; thin: the members."


def test_many_and_few_members_may_stand_together(make_behaviour):
    behaviour = make_behaviour(policies=2, members=20).isel(member=range(25))
    assert "median of 5 to 20 members a policy" in note_of(trajectories(behaviour))
    assert "thin: members of a few" in note_of(trajectories(behaviour))


def test_a_single_member_needs_no_note(make_behaviour):
    assert note_of(trajectories(make_behaviour())) == ""


def test_failed_members_are_left_out_and_counted(make_behaviour):
    behaviour = make_behaviour(members=30, failed=2)
    figure = trajectories(behaviour)
    assert "2 of 30 members failed and are left out." in note_of(figure)
    drawn = figure.axes[0].lines[0].get_ydata()
    assert np.array_equal(drawn, np.median(behaviour["Order Backlog"].values[2:], axis=0))
    assert "1 of 30 members failed and is left out." in note_of(
        trajectories(make_behaviour(members=30, failed=1))
    )


def test_a_policy_of_which_every_member_failed_is_named_as_such(make_behaviour):
    figure = trajectories(make_behaviour(policies=2, members=3, failed=3))
    assert entries_of(figure)[0] == "Regular intensity (every member failed)"


def test_all_members_failed_is_an_error(make_behaviour):
    with pytest.raises(SimulationError, match="all 3 members failed"):
        trajectories(make_behaviour(members=3, failed=3))


def test_scenarios_drawn_together_are_mentioned(make_behaviour):
    behaviour = make_behaviour(members=20)
    behaviour["scenario"] = ("member", ["low", "high"] * 10)
    assert "2 scenarios together." in note_of(trajectories(behaviour))


def test_the_legend_names_each_policy_once(make_behaviour):
    figure = trajectories(make_behaviour(policies=3, variables=4))
    high = "High intensity with a protected floor for the routine work of the street"
    assert entries_of(figure) == ["Regular intensity", high, "policy 3"]
    assert len(figure.legends) == 1
    assert all(panel.get_legend() is None for panel in figure.axes)


def test_the_legend_lies_outside_the_panels(make_behaviour, texts_of):
    figure = trajectories(make_behaviour(policies=8, variables=2))
    texts_of(figure)
    legend = figure.legends[0].get_window_extent()
    assert all(legend.y1 < panel.get_window_extent().y0 for panel in figure.axes)


def test_each_policy_has_the_colour_of_its_entry_in_the_legend(make_behaviour):
    figure = trajectories(make_behaviour(policies=2))
    drawn = [line.get_color() for line in figure.axes[0].lines[:2]]
    assert drawn == [handle.get_color() for handle in figure.legends[0].legend_handles]


def test_a_faint_line_marks_when_a_policy_begins(make_behaviour):
    behaviour = make_behaviour(policies=2)
    figure = trajectories(behaviour)
    (moment,) = [line for line in figure.axes[0].lines if len(line.get_xdata()) == 2]
    assert list(moment.get_xdata()) == [10.0, 10.0]
    assert moment.get_alpha() < 1
    assert "Vertical line: a policy begins." in note_of(figure)


def test_a_policy_that_is_not_drawn_or_begins_at_the_start_is_not_marked(make_behaviour):
    behaviour = make_behaviour(policies=1)
    behaviour.attrs["policy_begins"] = json.dumps({"high": [10.0], "baseline": [0.0]})
    assert len(trajectories(behaviour).axes[0].lines) == 1


def test_policies_that_begin_together_share_a_grey_line(make_behaviour):
    behaviour = make_behaviour(policies=2)
    behaviour.attrs["policy_begins"] = json.dumps({"high": [10.0], "baseline": [10.0]})
    figure = trajectories(behaviour)
    assert len(figure.axes[0].lines) == 3
    assert figure.axes[0].lines[-1].get_color() == "#595959"


def test_a_behaviour_without_optional_attributes_can_be_drawn(make_behaviour, texts_of):
    behaviour = make_behaviour(policies=2)
    behaviour.attrs = {}
    assert "baseline" in texts_of(trajectories(behaviour))


@pytest.mark.parametrize("size", [1e-30, 2e-7, 1e-3, 1.0, 1e5, 3.2e9, 1e30])
def test_numbers_of_any_size_are_short(size, make_behaviour, texts_of):
    behaviour = make_behaviour(policies=2)
    behaviour["Order Backlog"] = behaviour["Order Backlog"] * size
    behaviour["Order Backlog"].attrs["units"] = "order"
    figure = trajectories(behaviour)
    texts_of(figure)
    ticks = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert all(len(tick) <= 9 for tick in ticks)
    assert figure.axes[0].get_ylabel().endswith("order")


def test_one_time_is_drawn_as_a_point(make_behaviour, faults_of):
    figure = trajectories(make_behaviour().isel(time=[0]))
    assert figure.axes[0].lines[0].get_marker() == "o"
    assert faults_of(figure) == []


def test_the_title_is_the_behaviours_own_or_the_given_one(make_behaviour):
    assert trajectories(make_behaviour(), title="Mine").get_suptitle() == "Mine"
    assert trajectories(make_behaviour(), title="").get_suptitle() == ""
    own = trajectories(make_behaviour(variables=2)).get_suptitle()
    assert own == "What higher intensity does to one street"


def test_drawing_does_not_change_the_behaviour(make_behaviour):
    behaviour = make_behaviour(policies=2, members=20, variables=2)
    before = behaviour.copy(deep=True)
    trajectories(behaviour)
    assert behaviour.identical(before)


def test_figures_can_be_drawn_in_threads(make_behaviour, texts_of):
    behaviours = [make_behaviour(variables=n) for n in (1, 2, 3, 4)]
    with ThreadPoolExecutor(4) as threads:
        figures = list(threads.map(trajectories, behaviours))
    assert [len(figure.axes) for figure in figures] == [1, 2, 3, 4]
