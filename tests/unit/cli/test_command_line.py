"""The command line: tables, JSON, files, and errors of three lines with exit code 2."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sdmodels.catalogue import load

TEACUP = """{UTF-8}
Heat Loss = (Cup - Room) / Cooling Time
	~	degree/Minute
	~	Newton's law of cooling
	|

Room = 70
	~	degree [-50,120]
	~	assumption
	|

Cooling Time = 10
	~	Minute
	~	assumption
	|

Cup = INTEG(-Heat Loss, 180)
	~	degree
	~	assumption
	|

FINAL TIME = 30
	~	Minute
	~		|

INITIAL TIME = 0
	~	Minute
	~		|

SAVEPER = 1
	~	Minute
	~		|

TIME STEP = 0.125
	~	Minute
	~		|
"""

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def teacup(tmp_path: Path) -> Path:
    path = tmp_path / "teacup.mdl"
    path.write_text(TEACUP, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "command", ["list", "describe", "simulate", "compare", "check", "study", "experiment"]
)
def test_every_command_has_help_with_an_example(run: Run, command: str) -> None:
    code, out, _ = run(command, "--help")
    assert code == 0
    assert f"Example: sdmodels {command}" in " ".join(out.split())


def test_simulate_writes_time_first_and_the_variables_by_their_names(run: Run, teacup: Path) -> None:
    code, out, err = run("simulate", str(teacup), "--out", "results")
    assert code == 0
    assert "Cup" in out
    assert "behaviour.csv" in err
    with Path("results/behaviour.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["Time", "Heat Loss", "Room", "Cooling Time", "Cup"]
    assert len(rows) == 1 + 31
    # Euler's own solution: the distance to the room shrinks by 1 - step/time constant at every step.
    exact = 70 + 110 * (1 - 0.125 / 10) ** (30 / 0.125)
    assert float(rows[-1][4]) == pytest.approx(exact, rel=1e-12)
    assert Path("results/behaviour.png").read_bytes().startswith(b"\x89PNG")
    assert sorted(path.name for path in Path("results").iterdir()) == [
        "behaviour.csv",
        "behaviour.png",
        "variables.csv",
    ]


def test_a_file_without_chinese_is_plain_and_one_with_it_opens_in_a_spreadsheet(
    run: Run, teacup: Path
) -> None:
    run("simulate", str(teacup), "--out", "plain")
    assert Path("plain/behaviour.csv").read_bytes().startswith(b"Time,")
    teacup.write_text(TEACUP.replace("Cup", "茶杯"), encoding="utf-8")
    run("simulate", str(teacup), "--out", "marked")
    assert Path("marked/behaviour.csv").read_bytes().startswith(b"\xef\xbb\xbfTime,")


def test_without_a_command_the_help_is_shown_and_nothing_else(run: Run) -> None:
    code, out, err = run()
    assert code == 2
    assert "Commands" in out + err
    assert "Try" not in err


def test_simulate_takes_settings_methods_and_spans_of_time(run: Run, teacup: Path) -> None:
    options = ["--set", "room=20", "--method", "rk4", "--time-step", "0.5", "--final-time", "10", "--json"]
    code, out, _ = run("simulate", str(teacup), *options)
    assert code == 0
    final = {row["name"]: row["value"] for row in json.loads(out)["final"]}
    # 160 exp(-1) above the room; fourth order at a step of 0.5 leaves less than 1e-6.
    assert final["Cup"] == pytest.approx(20 + 160 * 2.718281828459045**-1, rel=1e-6)


def test_an_ensemble_has_a_column_for_the_member_behind_the_variables(run: Run) -> None:
    code, _, _ = run("simulate", "hotline_pocket", "--members", "3", "--seed", "0", "--out", "o")
    assert code == 0
    with Path("o/behaviour.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0][0] == "Time"
    assert rows[0][-1] == "member"
    assert {row[-1] for row in rows[1:]} == {"0", "1", "2"}


ERRORS = [
    (("simulate", "hotlin"), r"No model is named 'hotlin'.", "Did you mean 'hotline'?"),
    (("simulate", "missing.mdl"), "there is no such file", ""),
    (
        ("simulate", "hotline", "--set", "Aplication Intensity=0.5"),
        "No lever is named 'Aplication Intensity'.",
        "Did you mean 'Application Intensity' (0 to 1.5)?",
    ),
    (
        ("simulate", "hotline", "--set", "Application Intensity=3"),
        "'Application Intensity' is set to 3, which is out of bounds.",
        "Choose a value within the bounds.",
    ),
    (("simulate", "hotline", "--set", "Application Intensity=nan"), "is set to nan", "Give one."),
    (("simulate", "hotline", "--set", "Application Intensity"), "does not have the form NAME=VALUE", "--set"),
    (("simulate", "hotline", "--set", "Staff=many"), "'many' is not a number", "--set"),
    (("simulate", "hotline", "--policy", "high_intensty"), "No policy is named", "Did you mean"),
    (("simulate", "hotline", "--scenario", "demand_puls"), "No scenario is named", "Did you mean"),
    (("simulate", "hotline", "--set", "New Orders=3"), "is not a constant", "Set one of the constants"),
    (("simulate", "hotline", "--time-step", "0"), "TIME STEP is 0", "time settings"),
    (("simulate", "hotline", "--time-step", "1000"), "does not fit between 0 and 520", "smaller time step"),
    (("simulate", "hotline", "--final-time", "0"), "does not fit between 0 and 0", "later final time"),
    (
        ("simulate", "hotline", "--final-time", "1e12"),
        "is too small for a run from 0 to 1e+12",
        "earlier FINAL",
    ),
    (("simulate", "hotline", "--members", "1000000"), "GB of memory", "fewer members"),
    (("simulate", "hotline", "--set", "Return Time=-3"), "out of bounds", "within the bounds"),
    (("simulate", "hotline", "--members", "none"), "Invalid value for '--members'", "--help"),
    (("simulate",), "Missing argument 'MODEL'", "--help"),
    (("studdy", "hotline"), "No such command 'studdy'", "--help"),
    (("simulate", "teacup.txt"), "there is no such file", ""),
]


@pytest.mark.parametrize(("arguments", "what", "remedy"), ERRORS, ids=[" ".join(e[0]) for e in ERRORS])
def test_bad_input_is_three_lines_and_exit_code_2(
    run: Run, arguments: tuple[str, ...], what: str, remedy: str
) -> None:
    code, out, err = run(*arguments)
    lines = err.rstrip("\n").split("\n")
    assert code == 2
    assert out == ""
    assert len(lines) == 3, err
    assert what in lines[0]
    assert remedy in lines[2]
    assert not Path("out").exists()


def test_a_broken_equation_is_named_with_its_line(run: Run, teacup: Path) -> None:
    teacup.write_text(TEACUP.replace("(Cup - Room) /", "(Cup - Room) / *"), encoding="utf-8")
    code, _, err = run("simulate", str(teacup))
    lines = err.rstrip("\n").split("\n")
    assert code == 2
    assert lines[0].startswith(f"{teacup}:2: the equation of 'Heat Loss' cannot be read")
    assert lines[1] == "    Heat Loss = (Cup - Room) / * Cooling Time"
    assert len(lines) == 3


def test_a_wrong_key_in_a_manifest_is_named_with_file_and_remedy(run: Run, teacup: Path) -> None:
    manifest = teacup.with_name("model.toml")
    manifest.write_text('id = "x"\nfile = "teacup.mdl"\n[[levr]]\nname = "Room"\n', encoding="utf-8")
    code, _, err = run("simulate", str(teacup))
    lines = err.rstrip("\n").split("\n")
    assert code == 2
    assert lines[0].startswith(f"{manifest}")
    assert "'levr'" in lines[0]
    assert "Did you mean 'lever'?" in lines[2]
    assert len(lines) == 3


def test_a_run_that_leaves_the_finite_numbers_gives_no_number(run: Run, teacup: Path) -> None:
    code, out, err = run("simulate", str(teacup), "--set", "Cooling Time=0")
    lines = err.rstrip("\n").split("\n")
    assert code == 2
    assert out == ""
    assert "left the finite numbers at" in lines[0]
    assert len(lines) == 3
    assert not Path("out").exists()


def test_a_folder_that_cannot_be_written_is_an_error_of_three_lines(run: Run, teacup: Path) -> None:
    Path("taken").write_text("a file", encoding="utf-8")
    code, _, err = run("simulate", str(teacup), "--out", "taken")
    assert code == 2
    assert len(err.rstrip("\n").split("\n")) == 3


@pytest.mark.parametrize("language", ["en", "zh"])
def test_describe_shows_levers_with_bounds_in_both_languages(run: Run, language: str) -> None:
    code, out, _ = run("describe", "hotline", "--lang", language)
    assert code == 0
    assert "Application Intensity" in out
    assert {"en": "Feedback loops", "zh": "反馈回路"}[language] in out


def test_json_has_full_precision_and_names_instead_of_titles(run: Run) -> None:
    code, out, _ = run("describe", "hotline", "--json", "--lang", "zh")
    described = json.loads(out)
    assert code == 0
    assert described["levers"][0]["name"] == "Application Intensity"
    assert described["levers"][0]["maximum"] == 1.5


def test_list_names_the_models(run: Run) -> None:
    code, out, _ = run("list", "--json")
    assert code == 0
    assert {"hotline", "hotline_pocket"} <= {model["id"] for model in json.loads(out)}


def test_compare_measures_each_policy_against_its_own_baseline(run: Run) -> None:
    arguments = ("compare", "hotline", "--policy", "baseline", "--policy", "high_intensity")
    code, out, _ = run(*arguments, "--members", "20", "--seed", "3", "--json", "--out", "c")
    rows = json.loads(out)["outcomes"]
    assert code == 0
    assert {row["policy"] for row in rows} == {"baseline", "high_intensity"}
    assert all(row["low"] <= row["median"] <= row["high"] for row in rows)
    assert all(row["change"] in (0, None) for row in rows if row["policy"] == "baseline")
    assert all(row["unit"] is not None for row in rows)
    assert Path("c/outcomes.csv").exists()
    assert Path("c/outcomes.png").exists()


def test_study_writes_tables_and_figures(run: Run) -> None:
    code, out, err = run("study", "hotline", "--members", "20")
    assert code == 0
    assert "Outcomes" in out
    figures = load("hotline").manifest.figures  # type: ignore[union-attr]
    table = pd.read_csv("out/hotline/outcomes.csv")
    assert set(table["policy"]) == {"baseline", *figures.policies}
    assert set(table["outcome"]) == set(figures.outcomes)
    written = {path.name for path in Path("out/hotline").iterdir()}
    assert {"trajectories.csv", "outcomes.csv", "trajectories.png", "outcomes.png", "phase.png"} <= written
    assert all(name in err for name in written)


def test_a_posterior_that_is_not_there_is_no_reason_to_draw_from_ranges(run: Run) -> None:
    code, out, err = run("study", "hotline_pocket", "--draws", "posterior")
    assert (code, out) == (2, "")
    assert err.startswith("hotline_pocket is calibrated to no case")
    assert not Path("out").exists()


def test_check_ends_with_1_when_a_check_fails(run: Run, teacup: Path) -> None:
    teacup.write_text(TEACUP.replace("degree/Minute", "degree"), encoding="utf-8")
    code, out, _ = run("check", str(teacup), "--json")
    findings = json.loads(out)["findings"]
    assert code == 1
    assert any(finding["status"] == "failed" and "Heat Loss" in finding["message"] for finding in findings)


def test_check_passes_the_models_of_the_catalogue(run: Run) -> None:
    code, out, _ = run("check", "hotline_pocket", "--json")
    assert code == 0, out


def test_findings_are_printed_in_groups_and_json_names_them(run: Run) -> None:
    _, out, _ = run("check", "hotline_pocket")
    headings = [line.strip() for line in out.splitlines() if line.strip().isupper()]
    assert headings == [
        "STRUCTURE",
        "BASE RUN",
        "CONSERVATION",
        "INTEGRATION",
        "EXTREME CONDITIONS",
        "FEEDBACK",
    ]
    _, out, _ = run("check", "hotline_pocket", "--json")
    groups = [finding["group"] for finding in json.loads(out)["findings"]]
    assert (groups[0], groups[-1], len(set(groups))) == ("structure", "feedback", 6)


def test_checks_may_stop_at_the_first_that_fails(run: Run, teacup: Path) -> None:
    teacup.write_text(TEACUP.replace("degree/Minute", "degree"), encoding="utf-8")
    code, out, _ = run("check", str(teacup), "--stop-at-first", "--json")
    assert code == 1
    assert json.loads(out)["findings"][-1]["group"] == "structure"


def test_no_traceback_reaches_the_terminal_of_a_real_process(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sdmodels", "simulate", "nowhere.mdl"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=os.environ, check=False)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
