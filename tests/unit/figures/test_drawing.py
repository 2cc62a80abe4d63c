"""A drawing shows every object of its view, in both languages, cut nowhere; colours say nothing alone."""

import itertools
import re
import subprocess
import sys
import warnings
from collections.abc import Callable

import matplotlib.colors
import pytest
from conformance.cases import CASES
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, fontManager, get_font
from matplotlib.patches import PathPatch, Polygon

from sdmodels.catalogue import identifiers, load
from sdmodels.figures import MissingFontWarning, drawing, save
from sdmodels.figures.drawing_marks import safe
from sdmodels.readers import read_views
from sdmodels.structure.drawing import (
    Arrow,
    Cloud,
    Comment,
    DrawnVariable,
    Lettering,
    Pipe,
    Place,
    Valve,
    View,
)

Texts = Callable[[Figure], list[str]]
BIG = Place(x=100, y=100, half_width=50, half_height=25)


def variable(
    id: int, name: str, x: float, y: float, *, boxed: bool = False, shadow: bool = False
) -> DrawnVariable:
    place = Place(x=x, y=y, half_width=50, half_height=25 if boxed else 11)
    return DrawnVariable(id=id, name=name, place=place, boxed=boxed, shadow=shadow)


SMALL = View(
    title="Small",
    variables=(
        variable(1, "Order Backlog", 400, 100, boxed=True),
        variable(2, "New Orders", 250, 130),
        variable(3, "Routine Work Condition", 400, 300, shadow=True),
    ),
    valves=(Valve(id=4, place=Place(x=250, y=100, half_width=6, half_height=8)),),
    clouds=(Cloud(id=5, place=Place(x=100, y=100, half_width=10, half_height=8)),),
    comments=(
        Comment(
            id=6, text="R1", place=BIG, lettering=Lettering(colour=(192, 0, 0), bold=True), turn="clockwise"
        ),
    ),
    arrows=(
        Arrow(start=3, end=2, via=((300, 250),), polarity="+", colour=None),
        Arrow(start=1, end=3, via=(), polarity="-", colour=(255, 0, 0)),
    ),
    pipes=(
        Pipe(valve=4, end=1, via=((300, 100),), headed=True),
        Pipe(valve=4, end=5, via=((150, 100),), headed=False),
    ),
)


def joined(texts: list[str]) -> set[str]:
    """Return texts as they were before they were wrapped."""
    return {re.sub(r"\s", "", text) for text in texts}


def entries() -> list[str]:
    return [id for id in identifiers() if read_views(load(id).path)]


def test_every_object_has_its_mark(texts_of: Texts) -> None:
    figure = drawing(SMALL)
    assert joined(texts_of(figure)) == {"OrderBacklog", "NewOrders", "<RoutineWorkCondition>", "R1", "+", "−"}
    (panel,) = figure.axes
    # Heads of two arrows, one pipe and one turn, and the valve.
    assert len([patch for patch in panel.patches if isinstance(patch, Polygon)]) == 5
    # Two arrows, a turn, a cloud, and two pipes of a dark and a white line each.
    assert len([patch for patch in panel.patches if isinstance(patch, PathPatch)]) == 8


def test_the_figure_is_as_large_as_the_drawing() -> None:
    width, height = drawing(SMALL).get_size_inches() * 96
    # From the cloud to the stock, with a margin of 16 on either side; the mark R1 is a little wider than the cloud.
    assert width == pytest.approx(450 - 90 + 2 * 16, abs=2)
    assert 250 < height < 300


def test_an_empty_view_is_an_empty_figure(texts_of: Texts) -> None:
    assert texts_of(drawing(View(title="Empty"))) == []


def test_names_are_those_of_the_language(texts_of: Texts) -> None:
    chinese = {
        "Order Backlog": "工单积压",
        "New Orders": "新增工单",
        "Routine Work Condition": "常规工作状况",
    }
    figure = drawing(SMALL, language="zh", names=lambda name, language: chinese.get(name, name))
    assert {"工单积压", "新增工单", "<常规工作状况>", "R1"} <= joined(texts_of(figure))


def test_another_language_is_refused() -> None:
    with pytest.raises(ValueError, match="must be 'en' or 'zh', not 'fr'"):
        drawing(SMALL, language="fr")  # type: ignore[arg-type]


def test_a_loop_is_told_by_its_letter_and_a_link_by_its_sign_not_by_colour_alone() -> None:
    colours = [matplotlib.colors.to_rgb(safe(c)) for c in ((255, 0, 0), (0, 0, 255), (0, 96, 0), (0, 0, 0))]
    for one, other in itertools.combinations(colours, 2):
        # Of grey by brightness or of the amount of blue, which every common kind of colour vision sees.
        assert abs(luminance(one) - luminance(other)) > 0.02 or abs(one[2] - other[2]) > 0.3
    assert all(1.05 / (luminance(colour) + 0.05) > 4.5 for colour in colours)  # WCAG 2.1, level AA


def luminance(colour: tuple[float, float, float]) -> float:
    """WCAG 2.1, relative luminance."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_two_processes_write_the_same_bytes(tmp_path) -> None:
    program = (
        "import sys\nfrom sdmodels import drawing, load, read_views, save\nentry = load('hotline_pocket')\n"
        "save(drawing(read_views(entry.path)[0], names=entry.words_of), sys.argv[1])"
    )
    paths = [tmp_path / f"{number}.svg" for number in (1, 2)]
    for path in paths:
        subprocess.run([sys.executable, "-c", program, str(path)], check=True)
    assert paths[0].read_bytes() == paths[1].read_bytes()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("id", entries())
def test_every_variable_of_a_model_is_in_its_drawing(id: str, language, texts_of: Texts) -> None:
    entry = load(id)
    for view in read_views(entry.path):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", MissingFontWarning)
            shown = joined(texts_of(drawing(view, language=language, names=entry.words_of)))
        for item in view.variables:
            names = {re.sub(r"\s", "", entry.words_of(item.name, chosen)) for chosen in ("en", language)}
            assert {f"<{name}>" if item.shadow else name for name in names} & shown, item.name


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_label_of_the_pocket_model_is_cut_or_lies_on_another(language, faults_of: Texts) -> None:
    entry = load("hotline_pocket")
    (view,) = read_views(entry.path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MissingFontWarning)
        figure = drawing(view, language=language, names=entry.words_of)
    assert faults_of(figure) == []


def test_chinese_has_a_glyph_for_every_character(texts_of: Texts) -> None:
    entry = load("hotline_pocket")
    with warnings.catch_warnings():
        warnings.simplefilter("error", MissingFontWarning)
        try:
            figure = drawing(read_views(entry.path)[0], language="zh", names=entry.words_of)
        except MissingFontWarning:
            pytest.skip("no Chinese font is installed")
    for text in figure.axes[0].texts:
        fonts = [
            get_font(fontManager.findfont(FontProperties(family=[family]), fallback_to_default=False))
            for family in text.get_fontfamily()
        ]
        for character in text.get_text().replace("\n", ""):
            assert any(font.get_char_index(ord(character)) for font in fonts), character


@pytest.mark.skipif(not CASES.is_dir(), reason="the public models do not lie beside the repository")
def test_the_drawings_of_public_models_are_drawn(tmp_path, texts_of: Texts) -> None:
    views = [view for path in sorted(CASES.rglob("*.mdl")) for view in read_views(path)]
    largest = sorted(views, key=lambda view: -len(view.variables))[:6]
    for view in [*largest, *views[::8]]:
        figure = drawing(view)
        shown = joined(texts_of(figure))
        assert {re.sub(r"\s", "", item.name) for item in view.variables} <= {
            name.strip("<>") for name in shown
        }
        assert save(figure, tmp_path / "view.svg").stat().st_size > 0
