"""The command for calibration: a list, a case, predictions, acceptance; in both languages, and its errors."""

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from straight import write_whole

from sdmodels.calibration.accepted import read_accepted
from sdmodels.calibration.case import cases

Run = Callable[..., tuple[int, str, str]]
LITTLE = ("--starts", "2", "--populations", "2", "--walkers", "32", "--no-profiles")
NUMBERS = ["fit.csv", "growth.csv", "parameters.csv", "posterior.csv", "starts.csv"]


@pytest.fixture
def run(run: Run, tmp_path: Path) -> Run:
    """Run ``sdmodels calibrate`` alone, beside the folder of a case."""
    write_whole(tmp_path / "tank")
    return lambda *arguments: run("calibrate", *arguments)


@pytest.fixture
def no_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw nothing: figures take seconds, and Chinese ones need a font."""
    monkeypatch.setattr("sdmodels.cli.calibrate.plot_calibration", lambda found, language: {})


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def never(text: str) -> float:
    raise AssertionError(f"{text} is no JSON")


def test_help_has_an_example(run: Run) -> None:
    code, out, _ = run("--help")
    assert code == 0
    assert "Example: sdmodels calibrate city_2019_2021 --predict 2026-12" in " ".join(out.split())


@pytest.mark.parametrize("arguments", [("--list",), ()])
def test_cases_are_listed(run: Run, arguments: tuple[str, ...], tmp_path: Path) -> None:
    code, out, err = run(*arguments)
    assert (code, err) == (0, "")
    assert all(id in "".join(out.split()) or id[:8] in out for id in cases())
    assert names(tmp_path) == ["tank"]


def test_the_list_in_json_and_in_chinese(run: Run) -> None:
    code, out, _ = run("--list", "--json", "--lang", "zh")
    assert code == 0
    listed = json.loads(out, parse_constant=never)["cases"]
    assert tuple(each["id"] for each in listed) == cases()
    influenza = next(each for each in listed if each["id"] == "influenza_1978")
    assert influenza["title"] == "1978年英国一所寄宿学校的流感"
    assert (influenza["observations"], influenza["parameters"]) == (14, 3)


def test_a_case_is_calibrated_predicted_and_written(run: Run, tmp_path: Path) -> None:
    code, out, err = run("tank", "--predict", "2021-12", "--out", "found", *LITTLE)
    assert code == 0
    assert out.startswith("How fast does it drain?\n")
    assert "Observations, and the model over the posterior" in out
    told = " ".join(out.split())
    assert "* All 3 observations lie in the middle 90 % of what the model expects." in told
    assert "the sample does NOT suffice" in told
    written = names(tmp_path / "found")
    assert [name for name in written if name.endswith(".csv")] == sorted([*NUMBERS, "predictions.csv"])
    figures = [name for name in written if name.endswith(".png")]
    assert {"fit.png", "growth.png", "predictions.png"} <= set(figures)
    assert all((tmp_path / "found" / name).read_bytes().startswith(b"\x89PNG") for name in figures)
    assert "predictions.csv" in err
    # The case itself is left as it is.
    assert "accepted.toml" not in names(tmp_path / "tank")


@pytest.mark.usefixtures("no_figures")
def test_predictions_have_a_row_for_each_year_and_each_year_s_end(run: Run) -> None:
    run("tank", "--predict", "2021", "--out", "found", *LITTLE)
    with Path("found/predictions.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file))
    assert header == ["scenario", "variable", "period", "q05", "q25", "q50", "q75", "q95"]
    assert [row[:3] for row in rows] == [
        [scenario, variable, period]
        for scenario in ("same", "later")
        for variable, periods in (
            ("fed", ("2019", "2020", "2021")),
            ("water", ("2019-12", "2020-12", "2021-12")),
        )
        for period in periods
    ]
    assert np.isfinite([[float(cell) for cell in row[3:]] for row in rows]).all()


@pytest.mark.usefixtures("no_figures")
def test_json_has_tables_words_and_files_and_only_numbers(run: Run) -> None:
    code, out, _ = run("tank", "--json", "--lang", "zh", "--seed", "7", *LITTLE)
    assert code == 0
    document = json.loads(out, parse_constant=never)
    assert list(document) == ["case", "tables", "sentences", "files"]
    assert document["case"] == "tank"
    fit = document["tables"]["Observations, and the model over the posterior"]
    assert [row["measured"] for row in fit] == [101, 84, 72]
    assert document["sentences"][0] == "全部3个观测值均在模型预期的中间90%范围内。"
    assert all(Path(file).is_file() for file in document["files"])
    # Without --out the folder is that of the case.
    assert {str(Path(file).parent) for file in document["files"]} == {str(Path("out/calibration/tank"))}


@pytest.mark.usefixtures("no_figures")
def test_the_seed_decides_and_work_is_gone_on_from(run: Run, tmp_path: Path) -> None:
    for folder, seed in (("one", "1"), ("two", "2"), ("three", "1")):
        assert run("tank", "--seed", seed, "--out", folder, *LITTLE)[0] == 0
    one, two, three = (
        (tmp_path / folder / "posterior.csv").read_bytes() for folder in ("one", "two", "three")
    )
    assert one == three != two
    assert run("tank", "--seed", "1", "--out", "one", *LITTLE)[0] == 0
    assert (tmp_path / "one" / "posterior.csv").read_bytes() == one


@pytest.mark.usefixtures("no_figures")
def test_in_chinese_all_is_in_chinese(run: Run) -> None:
    code, out, err = run("tank", "--lang", "zh", *LITTLE)
    assert code == 0
    assert out.startswith("水流得多快？\n")
    assert "参数：数据之前与之后" in out
    assert "样本不充分" in out
    assert "已写入" in err


@pytest.mark.usefixtures("no_figures")
def test_a_global_search_is_told(run: Run) -> None:
    code, out, _ = run("tank", "--global", *LITTLE)
    assert code == 0
    assert "* The global search ended at a loss of 5.53." in out


@pytest.mark.usefixtures("no_figures")
def test_an_accepted_calibration_is_written_into_the_folder_of_the_case(run: Run, tmp_path: Path) -> None:
    effort = ("--starts", "1", "--populations", "2", "--walkers", "1024", "--no-profiles")
    code, _, err = run("tank", "--accept", *effort)
    assert code == 0
    assert "accepted.toml" in err
    accepted = read_accepted(tmp_path / "tank")
    assert (accepted.effort.starts, accepted.effort.walkers) == (1, 1024)
    assert len((tmp_path / "tank" / "posterior.csv").read_text(encoding="utf-8").splitlines()) == 1001


@pytest.mark.usefixtures("no_figures")
def test_a_sample_that_does_not_suffice_is_not_accepted(run: Run, tmp_path: Path) -> None:
    before = names(tmp_path / "tank")
    code, _, err = run("tank", "--accept", *LITTLE)
    assert code == 2
    assert "The calibration of 'tank' does not suffice to be accepted." in err
    assert "Ask for more populations or walkers." in err
    assert names(tmp_path / "tank") == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("tonk",), "tonk"),
        (("influenza",), "influenza_1978"),
        (("no/such/case",), "there is no such case"),
        (("tank", "--predict", "soon"), "the end of the prediction cannot be read: 'soon' is not a date"),
        (("tank", "--predict", "2018"), "the prediction ends before the data"),
        (("tank", "--predict", "2019-06"), "no whole year is in the prediction"),
        (("influenza_1978", "--predict", "1979"), "there is nothing to predict"),
        (("tank", "--populations", "1"), "--populations"),
        (("tank", "--walkers", "15"), "--walkers"),
        (("tank", "--starts", "0"), "--starts"),
        (("tank", "--seed", "-1"), "--seed"),
    ],
)
def test_an_error_is_told_and_nothing_is_written(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    before = names(tmp_path / "tank")
    code, out, err = run(*arguments)
    assert code == 2
    assert message in re.sub(r"\x1b\[[0-9;]*m", "", err)
    assert "Traceback" not in err
    assert out == ""
    assert names(tmp_path) == ["tank"]
    assert names(tmp_path / "tank") == before


def test_a_case_that_is_broken_is_told_and_nothing_is_written(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "tank" / "observations.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",101,", ",much,"), encoding="utf-8")
    code, _, err = run("tank", *LITTLE)
    assert code == 2
    assert "observations.csv" in err
    assert names(tmp_path) == ["tank"]


def test_a_folder_of_something_else_is_not_touched(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine" / "work").mkdir(parents=True)
    (tmp_path / "mine" / "work" / "thesis.txt").write_text("years", encoding="utf-8")
    code, _, err = run("tank", "--out", "mine", *LITTLE)
    assert code == 2
    assert "the folder for work in progress holds something else" in err
    assert names(tmp_path / "mine") == ["work"]
    assert names(tmp_path / "mine" / "work") == ["thesis.txt"]
