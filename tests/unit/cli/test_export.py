"""``sdmodels export``: to standard output or to a whole file, and errors of three lines."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sdmodels.readers import read
from sdmodels.writers import to_xmile

Run = Callable[..., tuple[int, str, str]]


def test_the_help_has_an_example(run: Run) -> None:
    code, out, _ = run("export", "--help")
    assert code == 0
    assert "sdmodels export hotline --to xmile" in out


def test_a_model_is_printed_or_written(run: Run, write_model: Callable[..., Path], tmp_path: Path) -> None:
    path = write_model("S = INTEG(a, 1)\na = Time")
    expected = to_xmile(read(path))
    assert run("export", str(path), "--to", "xmile") == (0, expected, "")
    code, out, said = run("export", str(path), "--to", "xmile", "--out", "new/model.xmile")
    assert (code, out) == (0, "")
    assert "Written" in said
    assert (tmp_path / "new" / "model.xmile").read_text(encoding="utf-8") == expected
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["model.xmile"]


def test_equations_come_in_chinese_with_the_manifest_s_names(run: Run, tmp_path: Path) -> None:
    code, _, _ = run("export", "hotline_pocket", "--to", "markdown", "--lang", "zh", "--out", "equations.md")
    text = (tmp_path / "equations.md").read_text(encoding="utf-8")
    assert code == 0
    assert text.startswith("# 热线的两存量模型：方程")
    assert "### Order Backlog · 工单积压" in text
    assert "单位：件" in text


def test_what_cannot_be_exported_is_three_lines_and_leaves_no_file(
    run: Run, write_model: Callable[..., Path], tmp_path: Path
) -> None:
    path = write_model("D: a, b\nE: a, b, c\nx[E] = 1\ny[a,c] = Time\ny[b,a] = 1 * Time")
    code, out, error = run("export", str(path), "--to", "xmile", "--out", "m.xmile")
    assert code == 2
    assert out == ""
    assert len(error.splitlines()) == 3
    assert "'y' is defined for some combinations of its elements only" in error
    assert not (tmp_path / "m.xmile").exists()


@pytest.mark.parametrize("arguments", [("export", "hotline"), ("export", "hotline", "--to", "pdf")])
def test_a_missing_or_unknown_format_is_an_error(run: Run, arguments: tuple[str, ...]) -> None:
    code, _, error = run(*arguments)
    assert code == 2
    assert "--to" in error
    assert len(error.splitlines()) == 3
