"""A model is changed in a copy of its folder: the copy has its own name and its own output."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sdmodels.catalogue import data_folder

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The pocket model under another name."""
    return Path(shutil.copytree(data_folder("models") / "hotline_pocket", tmp_path / "my_pocket"))


@pytest.mark.parametrize("asked", ["my_pocket", "my_pocket/hotline_pocket.mdl"])
def test_a_copy_writes_to_a_folder_of_its_own_name(run: Run, copy: Path, asked: str) -> None:
    code, _, _ = run("simulate", asked, "--final-time", "2")
    assert code == 0
    assert [path.name for path in Path("out").iterdir()] == ["my_pocket"]


def test_a_change_in_a_copy_is_what_is_run_and_leaves_the_other_alone(run: Run, copy: Path) -> None:
    model = copy / "hotline_pocket.mdl"
    text = model.read_text(encoding="utf-8")
    assert text.count("Deadline = 1.5\n") == 1
    model.write_text(text.replace("Deadline = 1.5\n", "Deadline = 2\n"), encoding="utf-8")
    found = {}
    for asked in ("my_pocket", "hotline_pocket"):
        code, out, _ = run("simulate", asked, "--policy", "low_intensity", "--json")
        document = json.loads(out)
        assert (code, document["model"]) == (0, asked)
        found[asked] = {row["name"]: row["value"] for row in document["final"]}
    assert found["my_pocket"]["Order Backlog"] != found["hotline_pocket"]["Order Backlog"]


def test_a_copy_is_checked_and_its_mistakes_are_noticed(run: Run, copy: Path) -> None:
    row = (
        'least = 1\n[[mutation]]\nid = "unit"\ntitle = { en = "unit", zh = "单位" }\nvariable = "Deadline"\n'
        'find = "Week [0.5,3]"\nreplace = "hour"\n'
    )
    (copy / "mutations.toml").write_text(row, encoding="utf-8")
    code, out, _ = run("check", "my_pocket", "--json")
    assert (code, json.loads(out)["model"]) == (0, "my_pocket")
    code, out, _ = run("check", "my_pocket", "--mutations", "--stop-at-first", "--json")
    assert (code, json.loads(out)["model"], json.loads(out)["caught"]) == (0, "my_pocket", 1)
