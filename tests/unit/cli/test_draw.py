"""``sdmodels draw``: a file a view, and errors of three lines."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sdmodels.catalogue import load
from sdmodels.cli import main
from sdmodels.report.drawings import file_names
from sdmodels.structure.drawing import View

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as stop:
            main(["draw", *arguments])
        captured = capsys.readouterr()
        assert isinstance(stop.value.code, int)
        return stop.value.code, captured.out, captured.err

    return call


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
    assert said.splitlines() == [f"Written: {folder / name}" for name in names]
    assert sorted(path.name for path in (tmp_path / folder).iterdir()) == sorted(names)


def test_one_view_is_drawn_as_png_too(run: Run, tmp_path: Path, two_views: Path) -> None:
    code, _, said = run(str(two_views), "--view", "loops / ALL", "--png", "--lang", "zh", "--out", "here")
    assert code == 0
    assert sorted(path.name for path in (tmp_path / "here").iterdir()) == [
        "loops_all_zh.png",
        "loops_all_zh.svg",
    ]
    assert said.count("已写入") == 2


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
