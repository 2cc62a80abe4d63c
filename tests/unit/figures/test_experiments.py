"""The figures of experiments: what is drawn, in both languages, with nothing cut off."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import same_color
from matplotlib.figure import Figure
from street import write_searches

from sdmodels.catalogue import Entry
from sdmodels.exploration import run_experiment
from sdmodels.figures import plot_experiment

KINDS = ("best", "back", "turn")
Reader = Callable[[Figure], list[str]]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("id", KINDS)
@pytest.mark.parametrize("members", [1, 4, 12])
def test_no_text_is_cut_off_or_lies_on_another(
    relay: Entry, id: str, language: str, members: int, faults_of: Reader
) -> None:
    figure = plot_experiment(run_experiment(relay, id, members=members), language=language)  # type: ignore[arg-type]
    assert faults_of(figure) == []


@pytest.mark.parametrize(
    ("id", "language", "labels"),
    [
        ("best", "en", ["Effort [dimensionless]", "order", "dimensionless"]),
        ("best", "zh", ["力度 [无量纲]", "件", "无量纲"]),
        ("back", "en", ["Effort [dimensionless]", "dimensionless", "order"]),
        ("back", "zh", ["力度 [无量纲]", "无量纲", "件"]),
        ("turn", "en", ["Time [Week]", "order"]),
        ("turn", "zh", ["时间 [周]", "件"]),
    ],
)
def test_every_axis_has_its_unit(
    relay: Entry, id: str, language: str, labels: list[str], texts_of: Reader
) -> None:
    figure = plot_experiment(run_experiment(relay, id, members=1), language=language)  # type: ignore[arg-type]
    assert set(labels) <= set(texts_of(figure))
    assert all(panel.get_xlabel() and panel.get_ylabel() for panel in figure.axes)


def test_a_sweep_marks_the_findings_of_its_first_variant_at_their_medians(relay: Entry) -> None:
    result = run_experiment(relay, "best")
    figure = plot_experiment(result)
    letters = {text.get_text(): text.get_position()[0] for text in figure.axes[0].texts}
    expected = {
        letter: result.finding(id).median  # type: ignore[union-attr]
        for letter, id in (("A", "optimum"), ("B", "onset"), ("C", "tip"))
    }
    assert letters == pytest.approx(expected)
    legend = " ".join(" ".join(text.get_text().split()) for text in figure.legends[0].get_texts())
    assert "B: 'Condition' ends below 0.5: 1.3 (100 % of 20 members)" in legend
    assert "As it is" in legend


def test_what_no_member_has_is_said_and_not_marked(make_relay: Callable[..., Entry]) -> None:
    figure = plot_experiment(run_experiment(make_relay("below = 0.5", "below = -1"), "best"))
    assert "B" not in [text.get_text() for text in figure.axes[0].texts]
    legend = " ".join(" ".join(text.get_text().split()) for text in figure.legends[0].get_texts())
    assert "B: 'Condition' ends below -1: in none of 20 members" in legend


def test_a_ramp_is_drawn_in_two_colours_against_the_lever(relay: Entry) -> None:
    result = run_experiment(relay, "back", members=1)
    panel = plot_experiment(result).axes[0]
    up, down = (line for line in panel.lines if len(line.get_xdata()) > 100)  # type: ignore[arg-type]
    assert not same_color(up.get_color(), down.get_color())
    assert np.asarray(up.get_xdata())[0] == pytest.approx(0.2)
    assert np.asarray(down.get_xdata())[-1] == pytest.approx(0.2)


def test_members_that_tip_are_drawn_apart_where_others_do_not(
    make_relay: Callable[..., Entry], texts_of: Reader
) -> None:
    tip = 'variable = "Condition"\nbelow = 0.5\n\n[[experiment]]'
    entry = make_relay(tip, tip.replace("Condition", "Burden").replace("below = 0.5", "above = 0.9"))
    result = run_experiment(entry, "back")
    tips = result.finding("tips")
    assert tips is not None
    count = int(np.isfinite(tips.values).sum())
    assert 0 < count < 12
    figure = plot_experiment(result)
    assert f"Thinner: median of the {count} members that tip." in " ".join(" ".join(texts_of(figure)).split())
    thin = [line for line in figure.axes[1].lines if line.get_linewidth() == 1.0]
    assert len(thin) == 2


def test_a_panel_with_two_variables_names_them_by_their_dashes(relay: Entry) -> None:
    panel = plot_experiment(run_experiment(relay, "turn", members=1)).axes[0]
    assert panel.get_title(loc="left") == "Burden and level"
    legend = panel.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["Burden", "Level"]
    assert len({line.get_linestyle() for line in panel.lines[:4]}) == 2


def test_the_note_says_how_many_runs_failed(make_relay: Callable[..., Entry], texts_of: Reader) -> None:
    entry = make_relay(
        'variable = "Burden"\nstatistic', 'variable = "Strain"\nstatistic',
        'name = "Best"\nvalue = 3', 'name = "Headroom"\nvalue = 1',
    )  # fmt: skip
    figure = plot_experiment(run_experiment(entry, "best"))
    shown = " ".join(" ".join(texts_of(figure)).split())
    assert "20 of 840 runs failed and are left out." in shown
    assert "A note." in shown


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("id", ["where", "stand", "which"])
@pytest.mark.parametrize("members", [1, 3, 64])
def test_searches_are_drawn_with_title_and_note(
    tmp_path: Path, id: str, language: str, members: int, faults_of: Reader, texts_of: Reader
) -> None:
    entry = write_searches(tmp_path)
    figure = plot_experiment(run_experiment(entry, id, members=members), language=language)  # type: ignore[arg-type]
    assert faults_of(figure) == []
    title, note = {"en": ("T", "A note."), "zh": ("题", "说明。")}[language]
    texts = texts_of(figure)
    assert title in texts
    assert (note in " ".join(" ".join(texts).split())) == (id == "where")
