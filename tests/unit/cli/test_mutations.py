"""``sdmodels check --mutations``: which mistakes were noticed, and in words which were not."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sdmodels.catalogue import data_folder

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def pocket(tmp_path: Path) -> Path:
    """The pocket model with two mutations."""
    folder = Path(shutil.copytree(data_folder("models") / "hotline_pocket", tmp_path / "hotline_pocket"))
    texts = (("unit", "Deadline", "Week [0.5,3]", "hour"), ("words", "Deadline", "Time within", "Within"))
    rows = [
        f'[[mutation]]\nid = "{name}"\ntitle = {{ en = "{name} differ", zh = "{name} 不同" }}\n'
        f'variable = "{variable}"\nfind = "{find}"\nreplace = "{instead}"\n'
        for name, variable, find, instead in texts
    ]
    (folder / "mutations.toml").write_text("least = 1\n" + "".join(rows), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("language", "last"),
    [
        ("en", "caught 1 of 2; at least 1 must be"),
        ("zh", "2 处错误中发现 1 处；至少须发现 1 处"),
    ],
)
def test_mutations_end_with_how_many_were_caught(run: Run, pocket: Path, language: str, last: str) -> None:
    code, out, _ = run("check", str(pocket), "--mutations", "--lang", language)
    assert code == 0, out
    assert out.splitlines()[-1] == last


def test_too_few_mutations_that_are_caught_end_with_1(run: Run, pocket: Path) -> None:
    listed = pocket / "mutations.toml"
    text = listed.read_text(encoding="utf-8")
    listed.write_text(text.replace("least = 1", "least = 2"), encoding="utf-8")
    code, out, _ = run("check", str(pocket), "--mutations", "--stop-at-first", "--json")
    found = json.loads(out)
    assert code == 1
    assert (found["caught"], found["least"]) == (1, 2)
    assert [(row["mutation"], row["caught"], row["by"]) for row in found["mutations"]] == [
        ("unit", True, "units"),
        ("words", False, ""),
    ]


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        ("en", ["Nothing noticed:", "- words differ (Deadline: 'Time within' became 'Within')"]),
        ("zh", ["未被发现的错误：", "- words 不同（Deadline：“Time within”改为“Within”）"]),
    ],
)
def test_what_nothing_noticed_is_listed_in_words_behind_the_table(
    run: Run, pocket: Path, language: str, lines: list[str]
) -> None:
    _, out, _ = run("check", str(pocket), "--mutations", "--stop-at-first", "--lang", language)
    assert out.splitlines()[-3:-1] == lines
    _, out, _ = run("check", str(pocket), "--mutations", "--stop-at-first", "--json", "--lang", language)
    assert [f"- {mistake}" for mistake in json.loads(out)["missed"]] == lines[1:]


def test_a_mistake_that_takes_something_away_says_what_is_missing(run: Run, pocket: Path) -> None:
    listed = pocket / "mutations.toml"
    text = listed.read_text(encoding="utf-8")
    listed.write_text(text.replace('replace = "Within"', 'replace = ""'), encoding="utf-8")
    _, out, _ = run("check", str(pocket), "--mutations", "--stop-at-first")
    assert out.splitlines()[-2] == "- words differ (Deadline: without 'Time within')"


def test_where_everything_is_noticed_nothing_is_listed(run: Run, pocket: Path) -> None:
    listed = pocket / "mutations.toml"
    text = listed.read_text(encoding="utf-8")
    listed.write_text(text[: text.rindex("[[mutation]]")], encoding="utf-8")
    _, out, _ = run("check", str(pocket), "--mutations", "--stop-at-first")
    assert "Nothing noticed" not in out
    assert out.splitlines()[-1] == "caught 1 of 1; at least 1 must be"
