"""``sdmodels check`` ends with how many checks passed, failed and were not run, and how long it took."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sdmodels.catalogue import data_folder

Run = Callable[..., tuple[int, str, str]]

SOUND = """
S = INTEG(a, 1) ~ order ~ assumption |
a = 2 ~ order/Week ~ assumption |
"""


@pytest.fixture
def sound(write_model: Callable[..., Path]) -> str:
    """A model file that no check finds fault with."""
    return str(write_model(SOUND))


@pytest.fixture
def faulty(write_model: Callable[..., Path]) -> str:
    """The same with a unit that does not fit."""
    return str(write_model(SOUND.replace("order/Week", "hour"), name="faulty.mdl"))


def counted(findings: list[dict[str, object]]) -> list[int]:
    statuses = [finding["status"] for finding in findings]
    return [statuses.count(status) for status in ("passed", "failed", "not run")]


@pytest.mark.parametrize(
    ("language", "pattern"),
    [
        ("en", r"(\d+) passed, (\d+) failed, (\d+) not run; \d+\.\d s"),
        ("zh", r"通过 (\d+) 项，未通过 (\d+) 项，未执行 (\d+) 项；用时 \d+\.\d 秒"),
    ],
)
def test_the_last_line_counts_the_checks_and_the_seconds(
    run: Run, sound: str, language: str, pattern: str
) -> None:
    code, out, _ = run("check", sound, "--lang", language)
    found = re.fullmatch(pattern, out.splitlines()[-1])
    assert (code, found is not None) == (0, True), out
    _, document, _ = run("check", sound, "--json")
    assert [int(count) for count in found.groups()] == counted(json.loads(document)["findings"])  # type: ignore[union-attr]


def test_json_has_the_tally(run: Run, faulty: str) -> None:
    code, out, _ = run("check", faulty, "--json")
    document = json.loads(out)
    tally = document["tally"]
    assert code == 1
    assert [tally["passed"], tally["failed"], tally["not_run"]] == counted(document["findings"])
    assert tally["failed"] == 1
    assert tally["seconds"] > 0
    assert tally["stopped_at_first"] is False


@pytest.mark.parametrize(
    ("language", "end"), [("en", "; stopped at the first that failed"), ("zh", "；在首个未通过处停止")]
)
def test_the_last_line_says_if_checks_were_left_out(run: Run, faulty: str, language: str, end: str) -> None:
    _, out, _ = run("check", faulty, "--stop-at-first", "--lang", language)
    assert out.splitlines()[-1].endswith(end)
    _, out, _ = run("check", faulty, "--stop-at-first", "--json")
    assert json.loads(out)["tally"]["stopped_at_first"] is True


def test_a_model_without_fault_is_checked_to_the_end(run: Run, sound: str) -> None:
    _, out, _ = run("check", sound, "--stop-at-first")
    assert "stopped" not in out


@pytest.fixture
def changed(tmp_path: Path) -> str:
    """The pocket model with one prediction that was changed after the run."""
    folder = Path(shutil.copytree(data_folder("models") / "hotline_pocket", tmp_path / "pocket"))
    manifest = folder / "model.toml"
    text = manifest.read_text(encoding="utf-8")
    head, row, rest = text.partition("[[knock_out]]")
    assert 'expect = "same"' not in rest.partition("[[")[0]
    manifest.write_text(f'{head}{row}\nfirst = "same"{rest}', encoding="utf-8")
    return str(folder)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["(prediction changed after the run)", " of {} as first predicted"]),
        ("zh", ["（运行后改过预测）", "{} 项预测中 "]),
    ],
)
def test_a_prediction_that_was_changed_after_the_run_is_told(
    run: Run, changed: str, language: str, said: list[str]
) -> None:
    _, out, _ = run("check", changed, "--lang", language)
    _, document, _ = run("check", changed, "--json", "--lang", language)
    rows = json.loads(document)["findings"]
    predicted = [row for row in rows if row["check"].startswith("knock_out:")]
    assert [row["first_predicted"] for row in rows if "first_predicted" in row] == ["same"]
    assert rows[-1]["measured"] == len(predicted) - 1
    shown = "".join(out.split())
    for words in said:
        text = words.format(len(predicted))
        assert "".join(text.split()) in shown
        assert any(text in row["title"] for row in rows)


def test_without_a_change_nothing_is_said_of_first_predictions(run: Run) -> None:
    _, out, _ = run("check", "hotline_pocket", "--json")
    assert "first_predict" not in out
