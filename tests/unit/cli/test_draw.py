"""``sdmodels draw``: a file a view, and errors of three lines."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from sdmodels.catalogue import load
from sdmodels.figures.fonts import families_for
from sdmodels.report.drawings import file_names
from sdmodels.structure.drawing import View

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(run: Run) -> Run:
    """Run ``sdmodels draw`` alone."""
    return lambda *arguments: run("draw", *arguments)


@pytest.fixture
def two_views(tmp_path: Path) -> Path:
    """The pocket model with its view drawn twice, under two titles."""
    path = tmp_path / "two.mdl"
    shutil.copy(load("hotline_pocket").path, path)
    text = path.read_text(encoding="utf-8")
    equations, mark, sketch = text.partition("\\\\\\---///")
    page, end, settings = sketch.partition("///---")
    first = mark + page.replace("*Busier but ineffective", "*Loops / all")
    path.write_text(equations + first + mark + page + end + settings, encoding="utf-8")
    return path


def test_the_help_has_an_example(run: Run) -> None:
    code, out, _ = run("--help")
    assert code == 0
    assert "sdmodels draw hotline" in out


def test_each_view_is_a_file_and_every_file_is_named(run: Run, tmp_path: Path, two_views: Path) -> None:
    code, out, said = run(str(two_views))
    folder = Path("out", "two", "drawing")
    assert (code, out) == (0, "")
    names = ["loops_all_en.svg", "busier_but_ineffective_en.svg"]
    titles = ["Loops / all", "Busier but ineffective"]
    assert said.splitlines() == [
        f"Written: {folder / name} ({title})" for name, title in zip(names, titles, strict=True)
    ]
    assert sorted(path.name for path in (tmp_path / folder).iterdir()) == sorted(names)


def test_one_view_is_drawn_as_png_too(run: Run, tmp_path: Path, two_views: Path) -> None:
    code, _, said = run(str(two_views), "--view", "loops / ALL", "--png", "--lang", "zh", "--out", "here")
    assert code == 0
    assert sorted(path.name for path in (tmp_path / "here").iterdir()) == [
        "loops_all_zh.png",
        "loops_all_zh.svg",
    ]
    assert said.count("已写入") == 2


@pytest.fixture
def named(tmp_path: Path, two_views: Path) -> Path:
    """The same with a manifest that names one of the views and a note in Chinese."""
    folder = Path(shutil.copytree(load("hotline_pocket").folder, tmp_path / "named"))
    text = two_views.read_text(encoding="utf-8")
    note = "\n12,900,0,300,700,200,20,8,4,0,4,-1,0,0,0\nOrders arrive,|<<NnN>>|and are closed and counted.\n"
    mark = "*Loops / all\n"
    assert text.count(mark) == 1
    head, _, rest = text.partition(mark)
    first, end, more = rest.partition("\n\\\\\\---///")
    (folder / "hotline_pocket.mdl").write_text(f"{head}{mark}{first}{note}{end[1:]}{more}", encoding="utf-8")
    manifest = folder / "model.toml"
    rows = (
        '[[view]]\nname = "loops / all"\nzh = "S1 回路 <全部>"\n'
        '[[note]]\ntext = "Orders arrive, and are closed and counted."\nzh = "工单到来并办结。"\n'
    )
    manifest.write_text(manifest.read_text(encoding="utf-8") + rows, encoding="utf-8")
    return folder


def words_in(svg: Path) -> str:
    """Return what is written in a figure: each line of a text is a comment before its letters."""
    return "".join("".join(re.findall(r"<!-- (.*?) -->", svg.read_text(encoding="utf-8"))).split())


def title_of(svg: Path) -> str:
    """Return what an SVG calls itself."""
    title = ElementTree.parse(svg).getroot().find("{http://www.w3.org/2000/svg}title")
    assert title is not None
    return title.text or ""


@pytest.mark.skipif(bool(families_for("工单")[1]), reason="no Chinese font is installed")
def test_views_and_notes_are_in_the_reader_s_language(run: Run, named: Path) -> None:
    code, _, said = run(str(named), "--lang", "zh", "--out", "zh")
    assert code == 0
    first, second = Path("zh/loops_all_zh.svg"), Path("zh/busier_but_ineffective_zh.svg")
    assert said.splitlines() == [
        f"已写入: {first}（S1 回路 <全部>）",
        f"已写入: {second}（越来越忙、忙而无功）",
    ]
    assert "工单到来并办结。" in words_in(first)
    assert "Ordersarrive" not in words_in(first)
    assert (title_of(first), title_of(second)) == ("S1 回路 <全部>", "越来越忙、忙而无功")


def test_in_english_views_and_notes_are_as_in_the_drawing(run: Run, named: Path) -> None:
    _, _, said = run(str(named), "--out", "en")
    first = Path("en/loops_all_en.svg")
    assert said.splitlines()[0] == f"Written: {first} (Loops / all)"
    assert "Ordersarrive,andareclosedandcounted." in words_in(first)
    assert title_of(first) == "Loops / all"


@pytest.mark.parametrize("title", ["S1 回路 <全部>", "Loops / all"])
def test_a_view_is_chosen_by_its_title_in_either_language(run: Run, named: Path, title: str) -> None:
    code, _, said = run(str(named), "--view", title, "--out", "one")
    assert (code, len(said.splitlines())) == (0, 1)
    assert Path("one/loops_all_en.svg").exists()


def test_a_manifest_that_names_a_view_that_is_not_drawn_is_three_lines(run: Run, named: Path) -> None:
    manifest = named / "model.toml"
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(text.replace('name = "loops / all"', 'name = "Loop / all"'), encoding="utf-8")
    code, _, error = run(str(named))
    assert code == 2
    assert error.splitlines() == [
        f"{manifest}: key 'name' in [[view]] number 1 names no view of the drawing.",
        '    name = "Loop / all"',
        "Did you mean 'Loops / all'?",
    ]


def test_an_unknown_view_is_three_lines(run: Run, two_views: Path) -> None:
    code, _, error = run(str(two_views), "--view", "Loops all")
    assert code == 2
    assert len(error.splitlines()) == 3
    assert "view" in error.splitlines()[0]
    assert "Did you mean 'Loops / all'?" in error


def test_a_model_without_a_drawing_is_three_lines(run: Run, write_model: Callable[..., Path]) -> None:
    code, _, error = run(str(write_model("S = INTEG(a, 1)\na = Time")))
    assert code == 2
    assert len(error.splitlines()) == 3
    assert "has no drawing" in error.splitlines()[0]


def test_no_two_views_share_a_file() -> None:
    titles = ("Orders", "orders!", "S1 Orders / calls", "总览", "***")
    names = file_names([View(title=title) for title in titles])
    assert names == ("orders", "orders_2", "s1_orders_calls", "总览", "view")
