"""``sdmodels loops`` prints the loops in order of importance and writes tables and figures."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from office import DRAWING, write_office

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def office(tmp_path: Path) -> str:
    return str(write_office(tmp_path).path.parent)


def test_loops_are_printed_in_order_of_importance_with_their_variables(run: Run, office: str) -> None:
    code, out, err = run("loops", office)
    assert code == 0, err
    assert out.index("B1") < out.index("R1") < out.index("R2")
    assert "Backlog → Wanted Staff → Staff → Closing" in out
    assert "Further loops" in out
    assert "One cycle partition of" in out
    assert "In charge: " in out


def test_everything_is_said_in_chinese(run: Run, office: str) -> None:
    _, out, err = run("loops", office, "--lang", "zh")
    assert "投诉生投诉" in out
    assert "有名称的回路" in out
    assert "主导：" in out
    assert "已写入" in err


def test_tables_and_figures_are_written(run: Run, office: str, tmp_path: Path) -> None:
    _, _, err = run("loops", office, "--members", "12", "--out", "found")
    names = {path.name for path in (tmp_path / "found").iterdir()}
    tables = {"loops.csv", "scores.csv", "opinions.csv"}
    expected = tables | {"loops.png", "diagram.png", "diagram.svg", "cuts.png", "reach.png"}
    assert names == expected
    assert all(name in err for name in expected)
    with (tmp_path / "found" / "loops.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    means = [float(row["mean_share"]) for row in rows]
    assert means == sorted(means, reverse=True)
    (hiring,) = (row for row in rows if row["loop"] == "B1")
    assert hiring["variables"] == "Backlog -> Wanted Staff -> Staff -> Closing"
    with (tmp_path / "found" / "scores.csv").open(encoding="utf-8") as file:
        scores = list(csv.DictReader(file))
    assert len(scores) == 6 * 60
    assert float(scores[0]["relative_score_0.05"]) <= float(scores[0]["relative_score_0.95"])


def test_json_has_the_loops_and_what_was_found(run: Run, office: str) -> None:
    _, out, _ = run("loops", office, "--json")
    (policy,) = json.loads(out)["policies"]
    named = policy["tables"]["Named loops"]
    assert [row["loop"] for row in named] == ["B1", "R1", "R2"]
    assert sum(
        row["share"] for table in ("Named loops", "Further loops") for row in policy["tables"][table]
    ) == (pytest.approx(1.0))
    assert policy["findings"]


def test_knock_outs_can_be_left_out(run: Run, office: str, tmp_path: Path) -> None:
    _, out, _ = run("loops", office, "--no-cuts", "--out", "found")
    assert "effect of cut" not in out
    assert not (tmp_path / "found" / "cuts.png").exists()


def test_several_policies_have_a_folder_each(run: Run, office: str, tmp_path: Path) -> None:
    manifest = Path(office) / "model.toml"
    policy = '[[policy]]\nid = "faster"\ntitle = { en = "Faster", zh = "更快" }\n'
    policy += 'meaning = { en = "In three weeks", zh = "三周内" }\n'
    change = '[[policy.change]]\nname = "Hiring Time"\nvalue = 3\n'
    manifest.write_text(manifest.read_text(encoding="utf-8") + policy + change, encoding="utf-8")
    code, out, err = run("loops", office, "--policy", "baseline", "--policy", "faster", "--out", "found")
    assert code == 0, err
    assert "Policy: Faster" in out
    assert (tmp_path / "found" / "faster" / "loops.png").is_file()
    assert (tmp_path / "found" / "reach.png").is_file()


def test_a_model_without_a_manifest_has_loops_too(run: Run, write_model: Callable[..., Path]) -> None:
    path = write_model("Level = INTEG(-Draining, 10)\nDraining = Level / 5\n")
    code, out, err = run("loops", str(path))
    assert code == 0, err
    assert "Feedback loops" in out
    assert "Draining → Level" in out


def test_a_model_at_rest_says_how_to_move_it(run: Run, tmp_path: Path) -> None:
    resting = write_office(tmp_path, drawing=DRAWING.replace("Closing, 90)", "Closing, 60)"))
    _, out, _ = run("loops", str(resting.path.parent))
    assert "Nothing moves" in out
    assert "--scenario busy" in " ".join(out.split())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--at", "900"), "--at 900 is outside of the run"),
        (("--loop", "R9"), "R9"),
        (("--scenario", "busi"), "busy"),
        (("--posterior", "city_2019_2021", "--members", "1"), "draws members, and one is asked for"),
        (("--posterior", "city_2019_2021"), "not the one that the case"),
        (("--policy", "none"), "none"),
    ],
)
def test_bad_input_is_three_lines(run: Run, office: str, arguments: tuple[str, ...], message: str) -> None:
    code, _, err = run("loops", office, *arguments)
    assert code == 2
    assert message in err
    assert "Traceback" not in err


def test_a_model_with_subscripts_and_separate_parts_has_all_its_loops(
    run: Run, write_model: Callable[..., Path], tmp_path: Path
) -> None:
    model = """
        Place: north, south ~ ~ |
        Level[Place] = INTEG(Filling[Place] - Level[Place] / 5, Start[Place]) ~ ~ |
        Filling[Place] = 0.1 * Level[Place] ~ ~ |
        Start[north] = 1 ~ ~ |
        Start[south] = 2 ~ ~ |
        Money = INTEG(Interest, 10) ~ ~ |
        Interest = 0.05 * Money ~ ~ |
    """
    code, out, err = run("loops", str(write_model(model)), "--out", "found", "--lang", "zh")
    assert code == 0, err
    code, out, err = run("loops", str(write_model(model)), "--out", "found")
    assert code == 0, err
    assert "Level[north]" in out
    assert "Money" in out
    assert (tmp_path / "found" / "loops.png").is_file()


def test_an_unknown_case_is_named_with_the_nearest(run: Run, office: str) -> None:
    code, _, err = run("loops", office, "--posterior", "city_2019")
    assert code == 2
    assert "city_2019_2021" in err


def test_a_loop_elsewhere_has_no_say_about_a_stock(run: Run, write_model: Callable[..., Path]) -> None:
    model = """
        Hare = INTEG(0.5 * Hare - 0.02 * Hare * Lynx, 40)
        Lynx = INTEG(0.01 * Hare * Lynx - 0.4 * Lynx, 20)
        Money = INTEG(Interest, 10)
        Interest = 0.05 * Money
    """
    _, out, err = run("loops", str(write_model(model, final=20, step=0.125, save=0.5)), "--json")
    document = json.loads(out)
    (beside,) = (text for text in document["policies"][0]["findings"] if text.startswith("Beside"))
    money = next(
        row["loop"] for row in document["policies"][0]["tables"]["Feedback loops"] if "Money" in row["title"]
    )
    assert f"({money}," not in beside, err
