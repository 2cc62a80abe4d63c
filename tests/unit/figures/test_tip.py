import numpy as np
import pytest

from sdmodels.figures import tip_figure

THRESHOLD = 0.1236
"""d_u of the two-stock model at rho .2298, s .2766, kappa 6."""


@pytest.fixture
def arguments():
    intensity = np.linspace(0.1, 1.5, 29)
    regime = np.select([intensity < 0.4, intensity < 0.8, intensity < 1.0], ["I", "II", "III"], "IV")
    tip = np.where(regime == "II", 0.8 - intensity, np.nan)
    decay = np.linspace(0.0, 0.3, 61)
    return {
        "initial_decay": decay,
        "final_condition": np.where(decay < THRESHOLD, 1.0, 0.56),
        "closed_form_threshold": THRESHOLD,
        "intensity": intensity,
        "closed_form_tip": tip,
        "regime": list(regime),
        "simulated_intensity": [0.5, 0.7],
        "simulated_tip": [0.31, 0.1],
    }


def test_every_axis_has_a_name_and_a_unit(arguments):
    for panel in tip_figure(**arguments).axes:
        assert panel.get_xlabel().endswith("[dimensionless]")
        assert panel.get_ylabel().endswith("[dimensionless]")


def test_the_threshold_of_the_closed_form_is_a_vertical_line(arguments):
    left = tip_figure(**arguments).axes[0]
    assert [THRESHOLD, THRESHOLD] in [list(line.get_xdata()) for line in left.lines]


def test_every_run_is_a_point_on_the_side_where_the_closed_form_puts_it(arguments):
    below, beyond, _ = tip_figure(**arguments).axes[0].lines
    assert below.get_xdata().max() < THRESHOLD <= beyond.get_xdata().min()
    assert len(below.get_xdata()) + len(beyond.get_xdata()) == 61


def test_simulated_tips_are_points_on_the_curve(arguments):
    curve, points = tip_figure(**arguments).axes[1].lines
    assert np.array_equal(curve.get_ydata(), arguments["closed_form_tip"], equal_nan=True)
    assert list(points.get_ydata()) == [0.31, 0.1]
    assert points.get_linestyle() == "None"


def test_regimes_are_shaded_without_a_gap_and_numbered(arguments):
    right = tip_figure(**arguments).axes[1]
    boxes = [patch.get_extents().transformed(right.transData.inverted()) for patch in right.patches]
    ends = [(box.x0, box.x1) for box in boxes]
    assert [text.get_text() for text in right.texts] == ["I", "II", "III", "IV"]
    assert ends[0][0] == pytest.approx(0.1)
    assert ends[-1][1] == pytest.approx(1.5)
    assert [end for _, end in ends[:-1]] == pytest.approx([start for start, _ in ends[1:]])


def test_the_legend_names_the_regimes_that_occur(arguments):
    arguments["regime"] = ["I"] * 20 + ["II"] * 9
    entries = [text.get_text() for text in tip_figure(**arguments).legends[0].get_texts()]
    assert {"I: complement", "II: fragile"} <= set(entries)
    assert not any("trap" in entry for entry in entries)


def test_the_intensity_of_the_runs_can_be_marked(arguments):
    figure = tip_figure(**arguments, intensity_shown=0.46)
    assert any(list(line.get_xdata()) == [0.46, 0.46] for line in figure.axes[1].lines)
    assert "intensity of the runs on the left" in [text.get_text() for text in figure.legends[0].get_texts()]


def test_a_tip_beyond_complete_decay_does_not_stretch_the_axis(arguments):
    arguments["closed_form_tip"] = np.linspace(400, 0, 29)
    assert tip_figure(**arguments).axes[1].get_ylim()[1] < 1.3


def test_no_text_is_cut_off_or_lies_on_another(arguments, faults_of):
    assert faults_of(tip_figure(**arguments, intensity_shown=0.46)) == []


def test_arrays_that_belong_together_must_be_equally_long(arguments):
    arguments["simulated_tip"] = [0.3]
    with pytest.raises(ValueError, match="simulated_intensity and simulated_tip must be equally long"):
        tip_figure(**arguments)


def test_every_point_of_the_curve_needs_a_regime(arguments):
    arguments["regime"] = ["I"]
    with pytest.raises(ValueError, match="regime names 1 points, but intensity has 29"):
        tip_figure(**arguments)


def test_an_unknown_regime_is_refused(arguments):
    arguments["regime"][3] = "V"
    with pytest.raises(ValueError, match="A regime is one of I, II, III, IV, not 'V'"):
        tip_figure(**arguments)


def test_the_title_can_be_replaced(arguments):
    assert tip_figure(**arguments).get_suptitle() == "Simulated tip against closed form"
    assert tip_figure(**arguments, title="Mine").get_suptitle() == "Mine"
