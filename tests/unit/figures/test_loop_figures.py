"""Figures of loops: shares over time, what runs through a cut, runs without a loop, the diagram."""

from collections.abc import Callable
from pathlib import Path

import pytest
from matplotlib.figure import Figure
from office import write_office

from sdmodels.catalogue import Entry
from sdmodels.errors import UnknownNameError
from sdmodels.experiment import simulate
from sdmodels.feedback import LoopScores, score_loops
from sdmodels.feedback.knock_outs import knock_outs
from sdmodels.figures.loop_cuts import loop_cuts
from sdmodels.figures.loop_diagram import loop_diagram
from sdmodels.figures.loop_reach import loop_reach
from sdmodels.figures.loop_shares import loops_over_time

Texts = Callable[[Figure], list[str]]
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])


@pytest.fixture
def office(tmp_path: Path) -> Entry:
    return write_office(tmp_path)


@pytest.fixture
def found(office: Entry) -> LoopScores:
    return score_loops(office, members=20, seed=1)


@LANGUAGES
def test_behaviour_and_loops_stand_on_one_time_axis(
    office: Entry, found: LoopScores, language: str, faults_of: Texts, texts_of: Texts
) -> None:
    behaviour = simulate(office, members=20, seed=1, outputs=["Backlog", "Fatigue"])
    figure = loops_over_time(found, behaviour, ["Backlog", "Fatigue"], language=language)
    assert faults_of(figure) == []
    assert len(figure.axes) == 3
    assert len({panel.get_xlim() for panel in figure.axes}) == 1
    texts = " ".join(texts_of(figure))
    for loop in found.named:
        assert loop.title.in_language(language) in texts.replace("\n", " " if language == "en" else "")


def test_shares_are_drawn_whole(office: Entry, found: LoopScores) -> None:
    panel = loops_over_time(found).axes[-1]
    top = max(path.vertices[:, 1].max() for area in panel.collections[:-1] for path in area.get_paths())
    assert top <= 101 + 40
    assert panel.get_ylim()[0] <= -100


@LANGUAGES
def test_what_runs_through_a_cut_is_drawn_for_each_policy(
    office: Entry, found: LoopScores, language: str, faults_of: Texts, texts_of: Texts
) -> None:
    busy = score_loops(office, scenario="busy", members=20, seed=1)
    titles = office.policy("baseline").title, office.scenario("busy").title
    figure = loop_reach({"a": (titles[0], found), "b": (titles[1], busy)}, language=language)
    assert faults_of(figure) == []
    assert titles[1].in_language(language) in texts_of(figure)
    assert len(figure.axes) == 4, "two loops have a switch: a share and a probability each"


def test_one_run_has_no_probability(office: Entry) -> None:
    figure = loop_reach({"a": (office.policy("baseline").title, score_loops(office))})
    assert len(figure.axes) == 2


def test_without_switches_there_is_nothing_to_draw(write_model: Callable[..., Path]) -> None:
    found = score_loops(write_model("Level = INTEG(-Draining, 10)\nDraining = Level / 5\n"))
    with pytest.raises(ValueError, match="no loop has a switch"):
        loop_reach({"a": (found.loops[0].title, found)})


@LANGUAGES
def test_runs_without_a_loop_are_drawn_beside_those_with_it(
    office: Entry, language: str, faults_of: Texts, texts_of: Texts
) -> None:
    cuts = knock_outs(office, members=20, seed=1)
    figure = loop_cuts(office, cuts, ["Backlog", "Fatigue"], language=language)
    assert faults_of(figure) == []
    assert len(figure.axes) == 4
    titles = [loop.title.in_language(language) for loop in office.manifest.loops if loop.switch]
    assert all(any(title in text.replace("\n", " ") for text in texts_of(figure)) for title in titles)


@LANGUAGES
def test_every_named_loop_is_in_the_diagram(
    found: LoopScores, language: str, faults_of: Texts, texts_of: Texts
) -> None:
    figure = loop_diagram(found, language=language)
    texts = texts_of(figure)
    for loop in found.named:
        assert loop.id in texts
        assert loop.title.in_language(language) in texts
    assert faults_of(figure) == []


def test_a_diagram_can_be_of_chosen_loops_at_a_time(found: LoopScores, texts_of: Texts) -> None:
    texts = " ".join(texts_of(loop_diagram(found, loops=["R1"], at=30.2)))
    assert "Complaints breed complaints" in texts
    assert "Tired and slow" not in texts
    assert "at Week 30" in texts


def test_a_diagram_of_an_unknown_loop_is_an_error(found: LoopScores) -> None:
    with pytest.raises(UnknownNameError):
        loop_diagram(found, loops=["R7"])


def test_a_model_of_hundreds_of_loops_is_drawn_with_those_that_matter(
    write_model: Callable[..., Path], texts_of: Texts
) -> None:
    stocks = range(9)
    model = "\n".join(
        f"S{a} = INTEG(F{a} - S{a} / 5, {a + 1})\n"
        f"F{a} = 0.02 * ({' + '.join(f'S{b}' for b in stocks if b != a and (a + b) % 3)})"
        for a in stocks
    )
    found = score_loops(write_model(model))
    assert len(found.loops) > 100
    figure = loop_diagram(found)
    assert figure.get_figheight() < 20
    assert any("further loops are not drawn" in text for text in texts_of(figure))


def test_every_part_of_a_model_has_a_panel(write_model: Callable[..., Path], texts_of: Texts) -> None:
    model = """
        Hare = INTEG(0.5 * Hare - 0.02 * Hare * Lynx, 40)
        Lynx = INTEG(0.01 * Hare * Lynx - 0.4 * Lynx, 20)
        Stock = INTEG(Arriving - Stock / 4, 10)
        Arriving = MAX(0, 3 + (12 - Stock) / 2)
    """
    figure = loops_over_time(score_loops(write_model(model, final=20, step=0.125, save=0.5)))
    assert len(figure.axes) == 2
    assert {"Loops around Hare", "Loops around Stock"} <= set(texts_of(figure))
