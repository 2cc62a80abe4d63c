"""A causal loop diagram shows every variable, link and loop, in both languages, and can be read."""

import functools
import itertools
import re
import warnings
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from causal_street import street
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, fontManager, get_font
from matplotlib.patches import PathPatch, Polygon
from matplotlib.text import Text

from sdmodels.catalogue import load
from sdmodels.catalogue.naming import Language
from sdmodels.errors import UnknownNameError
from sdmodels.figures import MissingFontWarning, causal_loop_diagram, save
from sdmodels.figures.causal_parts import CausalDiagram, DiagramLink, DiagramLoop, DiagramVariable

Texts = Callable[[Figure], list[str]]
Make = Callable[[Language], CausalDiagram]
MOST_OVERLAP = 0.01
"""Of the area of the names: what the eye does not see."""


def hotline(language: Language) -> CausalDiagram:
    """Return the loops of a real model, with sixty variables; their polarities are made up."""
    manifest = load("hotline").manifest
    steps = [
        step
        for loop in manifest.loops
        for step in zip(loop.variables, (*loop.variables[1:], loop.variables[0]), strict=True)
    ]
    return CausalDiagram(
        variables=tuple(
            DiagramVariable(name=name, label=manifest.title_of(name, language), stock=name.endswith("k"))
            for name in dict.fromkeys(name for loop in manifest.loops for name in loop.variables)
        ),
        links=tuple(link(*step, weight=len(step[0]) % 10 / 10) for step in dict.fromkeys(steps)),
        loops=tuple(
            DiagramLoop(
                id=loop.id,
                title=loop.title.in_language(language),
                reinforcing=loop.polarity == "reinforcing",
                variables=loop.variables,
                weight=1 - number / len(manifest.loops),
            )
            for number, loop in enumerate(manifest.loops)
        ),
        title="",
    )


MODELS: dict[str, Make] = {"thirty variables": street, "the hotline": hotline}


@functools.cache
def drawn(model: str, language: Language) -> Figure:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MissingFontWarning)
        return causal_loop_diagram(MODELS[model], language=language)


def link(source: str, target: str, *, weight: float = 0.5, **changes) -> DiagramLink:
    return DiagramLink(
        **{"source": source, "target": target, "polarity": "+", "weight": weight, "delayed": False} | changes
    )


def loop(*variables: str, id: str = "R1", weight: float = 1.0) -> DiagramLoop:
    return DiagramLoop(id=id, title=f"The loop {id}", reinforcing=True, variables=variables, weight=weight)


def small(
    names: str, links: Sequence[DiagramLink] = (), loops: Sequence[DiagramLoop] = (), title: str = ""
) -> Figure:
    """Return the figure of variables with names of one letter."""
    variables = tuple(DiagramVariable(name=name, label=name, stock=False) for name in names)
    diagram = CausalDiagram(variables=variables, links=tuple(links), loops=tuple(loops), title=title)
    return causal_loop_diagram(lambda _language: diagram)


def joined(text: str) -> str:
    """Return a text as it was before it was wrapped."""
    return re.sub(r"\s", "", text)


def overlap(figure: Figure, labels: Sequence[str]) -> float:
    """Return the area that names and marks share with one another, in areas of all names."""
    FigureCanvasAgg(figure).draw()
    wanted = {joined(label) for label in labels}
    boxes = [text.get_window_extent() for text in figure.axes[0].texts if joined(text.get_text()) in wanted]
    shared = 0.0
    for one, other in itertools.combinations(boxes, 2):
        across = min(one.x1, other.x1) - max(one.x0, other.x0)
        up = min(one.y1, other.y1) - max(one.y0, other.y0)
        shared += max(across, 0) * max(up, 0)
    return shared / sum(box.width * box.height for box in boxes)


def names_and_marks(model: str, language: Language) -> list[str]:
    diagram = MODELS[model](language)
    return [*(variable.label for variable in diagram.variables), *(loop.id for loop in diagram.loops)]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("model", MODELS)
def test_names_and_marks_do_not_overlap(model: str, language: Language) -> None:
    labels = names_and_marks(model, language) + names_and_marks(model, "en")
    assert overlap(drawn(model, language), labels) <= MOST_OVERLAP


def test_names_that_lie_on_each_other_are_noticed() -> None:
    figure = small("ab", [link("a", "b")])
    assert overlap(figure, ["a", "b"]) == 0
    for text in figure.axes[0].texts:
        text.set_position((0, 0))
    assert overlap(figure, ["a", "b"]) > 0.1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_text_at_thirty_variables_is_cut_or_lies_on_another(language: Language, faults_of: Texts) -> None:
    assert faults_of(drawn("thirty variables", language)) == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_text_of_the_hotline_is_cut(language: Language, faults_of: Texts) -> None:
    assert [fault for fault in faults_of(drawn("the hotline", language)) if fault.startswith("cut")] == []


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("model", MODELS)
def test_every_variable_and_loop_is_named(model: str, language: Language, texts_of: Texts) -> None:
    shown = [joined(text) for text in texts_of(drawn(model, language))]
    diagrams = [MODELS[model](language), MODELS[model]("en")]  # English where no font is installed
    assert any({joined(item.label) for item in diagram.variables} <= set(shown) for diagram in diagrams)
    for item in diagrams[0].loops:
        (other,) = (one for one in diagrams[1].loops if one.id == item.id)
        assert any(text.startswith((joined(item.title), joined(other.title))) for text in shown)
    for item in diagrams[0].loops:
        assert shown.count(item.id) == 2, "in the diagram and in the list"


def test_chinese_has_no_empty_boxes() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", MissingFontWarning)
        try:
            figure = causal_loop_diagram(street, language="zh")
        except MissingFontWarning:
            pytest.skip("no Chinese font is installed")
    texts = [text for text in figure.findobj(Text) if isinstance(text, Text)]
    assert any("工单积压" in text.get_text() for text in texts)
    for text in texts:
        fonts = [
            get_font(fontManager.findfont(FontProperties(family=[family]), fallback_to_default=False))
            for family in text.get_fontfamily()
        ]
        for character in text.get_text().replace("\n", ""):
            assert any(font.get_char_index(ord(character)) for font in fonts), character


def test_without_a_chinese_font_every_text_is_english(monkeypatch, texts_of: Texts) -> None:
    monkeypatch.setattr("sdmodels.figures.fonts.CHINESE_FAMILIES", ())
    with pytest.warns(MissingFontWarning):
        figure = causal_loop_diagram(street, language="zh")
    assert all(text.isascii() or text in "−±" or text.startswith("+ ") for text in texts_of(figure))


def test_the_same_diagram_is_drawn_twice(tmp_path) -> None:
    paths = [save(causal_loop_diagram(street), tmp_path / f"{number}.svg") for number in (1, 2)]
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_colour_sign_and_width_tell_what_a_link_does(texts_of: Texts) -> None:
    figure = small(
        "abcd",
        [
            link("a", "b", weight=0),
            link("b", "c", polarity="-", weight=1),
            link("c", "d", polarity="depends", weight=0.5),
        ],
    )
    lines = [patch for patch in figure.axes[0].patches if isinstance(patch, PathPatch)]
    assert sorted(line.get_linewidth() for line in lines) == pytest.approx([0.6, 2.3, 4.0])
    assert len({line.get_edgecolor() for line in lines}) == 3
    assert {"+", "−", "±"} <= set(texts_of(figure))
    assert any("±dependsonthestate" in joined(text) for text in texts_of(figure))


def test_a_delayed_link_has_two_strokes_across(texts_of: Texts) -> None:
    plain, delayed = (small("ab", [link("a", "b", delayed=delayed)]) for delayed in (False, True))
    assert len(delayed.axes[0].patches) == len(plain.axes[0].patches) + 2
    assert any("//delayed" in joined(text) for text in texts_of(delayed))
    assert not any("delayed" in text for text in texts_of(plain))


def test_a_stock_stands_in_a_box() -> None:
    variables = [DiagramVariable(name="a", label="a", stock=stock) for stock in (False, True)]
    edges = []
    for variable in variables:
        diagram = CausalDiagram(variables=(variable,), links=(), loops=(), title="")
        figure = causal_loop_diagram(lambda _language, diagram=diagram: diagram)
        edges.append([patch.get_edgecolor()[3] for patch in figure.axes[0].patches])
    assert edges == [[0.0], [1.0]]


def test_the_mark_of_a_loop_has_an_arrow_round_it() -> None:
    links = [link("a", "b"), link("b", "c"), link("c", "a")]
    without, having = small("abc", links), small("abc", links, [loop("a", "b", "c")])
    added = len(having.axes[0].patches) - len(without.axes[0].patches)
    assert added == 2
    assert isinstance(having.axes[0].patches[-1], Polygon)


def test_a_list_of_loops_has_as_many_columns_as_fit() -> None:
    figure = small("ab", [link("a", "b")], [loop("a", "b", id=f"R{number}") for number in range(1, 8)])
    lefts = {
        round(text.get_position()[0])
        for text in figure.axes[0].texts
        if text.get_text().startswith("The loop")
    }
    assert 1 < len(lefts) < 7


def test_a_loop_that_changes_its_polarity_says_so(texts_of: Texts) -> None:
    texts = [joined(text) for text in texts_of(drawn("thirty variables", "en"))]
    assert [text for text in texts if "changespolarity" in text] == [
        "Solvedproblemsdonotcall(changespolarity)"
    ]


@pytest.mark.parametrize("title", ["", "A title that is far wider than two variables are " * 3])
def test_a_long_title_is_not_cut(title: str, faults_of: Texts) -> None:
    assert faults_of(small("ab", [link("a", "b")], title=title)) == []


def test_parts_that_nothing_joins_stand_apart(faults_of: Texts) -> None:
    links = [link("a", "b"), link("b", "c"), link("c", "a"), link("d", "e"), link("e", "d")]
    assert faults_of(small("abcdefgh", links, [loop("a", "b", "c"), loop("d", "e", id="R2")])) == []


def test_an_empty_diagram_is_an_empty_figure(texts_of: Texts) -> None:
    assert texts_of(small("")) == []


def test_another_language_is_refused() -> None:
    with pytest.raises(ValueError, match="must be 'en' or 'zh', not 'fr'"):
        causal_loop_diagram(street, language="fr")  # type: ignore[arg-type]


def test_a_link_or_loop_of_an_unknown_variable_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="No variable of the diagram is named 'x'"):
        small("ab", [link("a", "x")])
    with pytest.raises(UnknownNameError, match="No variable of the diagram is named 'y'"):
        small("ab", [], [loop("a", "y")])


def test_two_variables_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="2 variables of the diagram are named 'a'"):
        small("aab")


@pytest.mark.parametrize("weight", [-0.1, 1.5, float("nan")])
def test_a_weight_beyond_its_range_is_refused(weight: float) -> None:
    with pytest.raises(ValueError, match="must be from 0 to 1"):
        small("ab", [link("a", "b", weight=weight)])


def test_lines_and_names_stay_on_the_page() -> None:
    for model in MODELS:
        (panel,) = drawn(model, "en").axes
        (left, right), (bottom, top) = panel.get_xlim(), panel.get_ylim()
        for patch in panel.patches:
            vertices = np.asarray(patch.get_path().vertices)
            if isinstance(patch, PathPatch | Polygon):
                assert vertices[:, 0].min() > left
                assert vertices[:, 0].max() < right
                assert vertices[:, 1].min() > top
                assert vertices[:, 1].max() < bottom
