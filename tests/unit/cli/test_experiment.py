"""The command for experiments: a list, one, all; in both languages, as JSON, and its errors."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from relay import write_relay
from rich.cells import cell_len
from street import write_searches

from sdmodels.figures.percent import bounds

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(run: Run, tmp_path: Path) -> Run:
    """Run ``sdmodels experiment`` alone, beside the relay."""
    write_relay(tmp_path)
    return lambda *arguments: run("experiment", *arguments)


def test_help_has_an_example(run: Run) -> None:
    code, out, _ = run("--help")
    assert code == 0
    assert "Example: sdmodels experiment hotline all" in " ".join(out.split())


def test_without_an_id_the_experiments_are_listed(run: Run) -> None:
    code, out, _ = run("relay")
    assert code == 0
    assert [word in out for word in ("best", "sweep", "back", "ramp", "turn", "course", "Q?")] == [True] * 7
    _, out, _ = run("relay", "--json")
    assert [each["id"] for each in json.loads(out)["experiments"]] == ["best", "back", "turn"]


def test_one_prints_findings_and_writes_figure_and_numbers(run: Run) -> None:
    code, out, err = run("relay", "best", "--members", "12", "--out", "results")
    assert code == 0
    assert "As it is. 'Condition' ends below 0.5: Effort 1.3" in out
    assert "A note." in out
    assert sorted(path.name for path in Path("results").iterdir()) == ["best.csv", "best.png"]
    assert Path("results/best.png").read_bytes().startswith(b"\x89PNG")
    with Path("results/best.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2 * 2 * 21
    assert rows[0]["members"] == "12"
    assert "best.csv" in err


def test_all_run_in_chinese_into_a_folder_of_their_own(run: Run) -> None:
    code, out, err = run("relay", "all", "--lang", "zh", "--members", "2")
    assert code == 0
    assert "现状：“状况”期末低于 0.5：力度 1.3 无量纲" in out
    assert "已写入" in err
    assert len(list(Path("out/relay/experiments").iterdir())) == 6


def test_json_has_numbers_and_words(run: Run) -> None:
    code, out, _ = run("relay", "turn", "--json", "--seed", "4")
    assert code == 0
    (document,) = json.loads(out)["experiments"]
    assert (document["id"], document["members"], document["seed"], document["runs"]) == ("turn", 15, 4, 30)
    late = document["findings"][3]
    assert (late["finding"], late["arm"], late["median"], late["share"]) == ("back", "late", None, 0)
    assert document["words"][3] == "Late. The level is back: in none of 15 members."


def test_failed_runs_are_told(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "relay" / "experiments.toml"
    text = path.read_text(encoding="utf-8").replace('"Burden"\nstatistic', '"Strain"\nstatistic')
    path.write_text(text.replace('"Best"\nvalue = 3', '"Headroom"\nvalue = 1'), encoding="utf-8")
    code, _, err = run("relay", "best")
    assert code == 0
    assert "best: 20 of 840 runs failed and are left out." in err


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        (
            ("relay", "bets"),
            ["No experiment is named 'bets'.", "    Known: best, back, turn.", "Did you mean 'best'?"],
        ),
        (
            ("hotline_pocket", "best"),
            ["has no experiments.", "There is no experiments.toml", "Write one (docs/experiments.md)"],
        ),
    ],
)
def test_an_error_has_three_lines_and_exit_code_2(
    run: Run, arguments: tuple[str, ...], lines: list[str]
) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 3
    assert all(expected in line for expected, line in zip(lines, err.splitlines(), strict=True))


def test_a_wrong_file_is_three_lines_too(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "relay" / "experiments.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("steps", "step"), encoding="utf-8")
    code, _, err = run("relay")
    assert code == 2
    assert "key 'step' is not known in [[experiment]] number 1." in err
    assert len(err.splitlines()) == 3


def test_searches_print_their_tables_and_write_them(run: Run, tmp_path: Path) -> None:
    write_searches(tmp_path)
    code, out, err = run("street", "all", "--members", "64", "--seed", "2", "--out", "results")
    assert code == 0
    for heading in ("Rules that tell a class", "Largest shock that is survived", "does the order hold?"):
        assert heading in out
    assert "Shape of 64 members: " in out
    names = {path.name for path in Path("results").iterdir()}
    assert {"where.csv", "where_rules.csv", "stand_times.csv", "which_deciding.csv", "which.png"} <= names
    assert "where_places.csv" in err


def test_searches_speak_chinese(run: Run, tmp_path: Path) -> None:
    write_searches(tmp_path)
    code, out, _ = run("street", "all", "--members", "2", "--lang", "zh")
    assert code == 0
    assert [words in out for words in ("判别规则", "运行占比", "能承受的最大冲击", "期末负担：次序")] == [
        False,
        True,
        True,
        True,
    ]
    assert "运行太少" in out


def test_searches_tell_machines_every_table(run: Run, tmp_path: Path) -> None:
    write_searches(tmp_path)
    code, out, _ = run("street", "all", "--members", "16", "--json")
    assert code == 0
    modes, shock, ranking = json.loads(out)["experiments"]
    assert len(modes["tables"]["numbers"]) == 24
    assert shock["tables"]["largest"][0]["median"] == 3
    assert {row["policy"] for row in ranking["tables"]["numbers"]} == {"baseline", "far", "near", "beyond"}
    assert (modes["findings"][0]["finding"], modes["members"]) == ("optimum", 16)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [80, 120])
def test_no_number_is_broken_on_a_narrow_terminal(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, width: int
) -> None:
    write_searches(tmp_path)
    monkeypatch.setattr("sdmodels.cli.output.WIDTH_OF_A_PIPE", width)
    shown = "".join(run("street", id, "--members", "64", "--lang", language)[1] for id in ("where", "which"))
    assert all(cell_len(line.rstrip()) <= width for line in shown.splitlines() if "─" in line)
    documents = json.loads(run("street", "all", "--members", "64", "--json")[1])["experiments"]
    shares = documents[0]["tables"]["numbers"]
    for row in shares[:4]:
        percent = f"{100 * row['share']:.0f} (" if row["share"] >= 0.1 else "("
        assert percent in shown
        assert f"{bounds(row['low'], row['high'])})" in shown
    for row in documents[2]["tables"]["numbers"]:
        assert f"{100 * row['share_best']:.0f}" in shown
