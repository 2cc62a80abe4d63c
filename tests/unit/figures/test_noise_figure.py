import numpy as np
import pytest
from fold import write_meadow

from sdmodels.exploration import run_experiment
from sdmodels.exploration.noise import EarlyWarnings
from sdmodels.figures import plot_experiment


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    entry = write_meadow(
        tmp_path_factory.mktemp("noise"),
        "Headroom = 10",
        "Headroom = 0.5",
        '[[scenario]]\nid = "crowded"',
        '[[uncertainty]]\nname = "Headroom"\nminimum = 0.4\nmaximum = 0.6\nsource = "assumption"\n'
        '[[scenario]]\nid = "crowded"',
        'variable = "Grass"\nfalls',
        'variable = "Fence"\nfalls',
    )
    return run_experiment(entry, "announced", seed=1, members=96)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("members", [1, 6, 96])
def test_nothing_is_cut_off_or_covered(result, faults_of, language, members):
    shown = result if members == 96 else run_experiment(result.entry, "announced", members=members)
    assert faults_of(plot_experiment(shown, language=language)) == []


def test_lines_are_medians_and_end_where_few_members_are_left(result):
    numbers = result.numbers.set_index(["measure", "group"])
    panels = plot_experiment(result).axes
    assert [len(panel.lines) for panel in panels] == [2, 2, 3]
    for panel, measure in zip(panels, ("deviation", "autocorrelation", "condition"), strict=True):
        for line, group in zip(panel.lines, ("stays", "before", "after"), strict=False):
            rows = numbers.loc[(measure, group)]
            enough = rows[rows["members"] >= 10]
            np.testing.assert_array_equal(line.get_xdata(), enough["value"])
            np.testing.assert_array_equal(line.get_ydata(), enough["p50"])
    left = numbers.loc[("deviation", "before")]["members"]
    assert left.is_monotonic_decreasing
    assert left.max() > 10 > left.min()


def test_every_axis_has_its_unit_and_every_panel_its_name(result):
    panels = plot_experiment(result).axes
    assert [panel.get_ylabel() for panel in panels] == ["dimensionless"] * 3
    assert {panel.get_xlabel() for panel in panels} == {"Grazing [dimensionless]"}
    names = [panel.get_title(loc="left").replace("\n", " ") for panel in panels]
    assert names == [
        "Grass: standard deviation, relative to the mean",
        "Grass: autocorrelation at a lag of 2 Week",
        "Fence: mean",
    ]


def test_the_reader_is_told_what_is_disturbed_who_failed_and_what_a_rise_tells(result, texts_of):
    said = " ".join(texts_of(plot_experiment(result))).replace("\n", " ")
    assert "Demand varies by 1 % (pink noise of 4 Week); measured over the last 250 Week" in said
    assert "Tip: Fence falls by more than 0.2" in said
    failed = result.detail(EarlyWarnings).failed
    assert failed > 0
    assert f"{failed} members failed in at least one run and are left out. A note." in said
    area = result.further["comparison"]["area"]
    assert f"deviation {area[0]:.2f}, autocorrelation {area[1]:.2f}; 0.5 is no warning." in said


def test_without_a_tip_nothing_is_said_of_what_a_rise_tells(result, texts_of):
    said = " ".join(texts_of(plot_experiment(run_experiment(result.entry, "announced", members=1))))
    assert "Probability" not in said
