"""Slopes of tables on the command line: listed, set, and refused in three lines."""

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

DRAWING = """{UTF-8}
Cup = INTEG(-Loss(Cup), 180) ~ degree ~ A stock. |
Loss((0,0),(100,5),(200,12)) ~ degree/Minute ~ A table. |
INITIAL TIME = 0 ~ Minute ~ |
FINAL TIME = 8 ~ Minute ~ |
TIME STEP = 1 ~ Minute ~ |
SAVEPER = 1 ~ Minute ~ |
"""
MANIFEST = """id = "cup"
file = "cup.mdl"
title = { en = "Cup", zh = "杯" }
summary = { en = "It cools.", zh = "冷却。" }
source = "made for a test"
[[variable]]
name = "Loss"
zh = "散热"
[[table]]
name = "Loss"
shape = "rising"
through = [100, 5]
slope = { minimum = 0.5, maximum = 2, distribution = "log uniform", source = "expert judgement" }
"""

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def cup(tmp_path: Path) -> None:
    """Write the model into the folder that the command line runs in."""
    (tmp_path / "cup").mkdir()
    (tmp_path / "cup" / "cup.mdl").write_text(DRAWING, encoding="utf-8")
    (tmp_path / "cup" / "model.toml").write_text(MANIFEST, encoding="utf-8")


def test_a_slope_is_described_in_both_languages(run: Run) -> None:
    code, out, _ = run("describe", "cup", "--json")
    assert code == 0
    assert json.loads(out)["uncertainties"] == [
        {
            "name": "Loss (slope)",
            "value": 1.0,
            "minimum": 0.5,
            "maximum": 2.0,
            "unit": "",
            "distribution": "log uniform",
            "source": "expert judgement",
        }
    ]
    assert "散热（斜率）" in run("describe", "cup", "--lang", "zh")[1]


def test_a_slope_is_set(run: Run) -> None:
    assert run("simulate", "cup", "--set", "loss (slope)=2", "--out", "out")[0] == 0
    cup = pd.read_csv("out/behaviour.csv")
    assert cup["Loss (slope)"].tolist() == [2.0] * 9
    # At 180 the table has 10.6: 5.6 above its reference.
    assert cup["Cup"][1] == pytest.approx(180 - (5 + 2 * 5.6), rel=1e-12)


def test_a_slope_is_drawn_and_compared(run: Run) -> None:
    assert run("simulate", "cup", "--members", "20", "--seed", "1", "--out", "out")[0] == 0
    assert pd.read_csv("out/behaviour.csv")["Loss (slope)"].nunique() == 20


def test_a_slope_below_zero_is_refused_in_three_lines(run: Run) -> None:
    code, _, err = run("simulate", "cup", "--set", "Loss (slope)=-1")
    assert code == 2
    assert len(err.strip().splitlines()) == 3
    assert "'Loss (slope)' is set to -1, which is out of bounds." in err
