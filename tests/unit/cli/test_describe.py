"""``sdmodels describe``: stocks, and the stocks that are inside of other variables."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def smoothed(write_model: Callable[..., Path]) -> str:
    """One stock, a smooth of the third order, and a delay of two elements."""
    lines = ["d: one, two", "S = INTEG(a, 0)", "a = Time", "Slow = SMOOTH3(a, 2)", "Late[d] = DELAY1(a, 2)"]
    return str(write_model("\n".join(lines)))


@pytest.mark.parametrize(
    ("language", "sizes", "heading"),
    [
        (
            "en",
            "1 stocks (and 2 variables with stocks inside: 6 states), 3 auxiliaries",
            "Stocks inside of other variables",
        ),
        ("zh", "存量 1，另有 2 个变量内含存量（共 6 个状态） · 辅助变量 3", "其他变量内含的存量"),
    ],
)
def test_variables_with_stocks_inside_are_counted_and_named(
    run: Run, smoothed: str, language: str, sizes: str, heading: str
) -> None:
    code, out, _ = run("describe", smoothed, "--lang", language)
    assert code == 0
    assert sizes in out
    inside = out.partition(heading)[2]
    assert all(name in inside for name in ("Slow", "Late"))


def test_json_has_the_states_and_the_variables_with_stocks_inside(run: Run, smoothed: str) -> None:
    _, out, _ = run("describe", smoothed, "--json")
    described = json.loads(out)
    assert described["states"] == 6
    assert [(row["name"], row["stocks"]) for row in described["stocks_inside"]] == [("Slow", 3), ("Late", 2)]


def test_a_model_without_smooth_and_delay_has_no_word_of_them(
    run: Run, write_model: Callable[..., Path]
) -> None:
    path = str(write_model("S = INTEG(a, 0)\na = Time"))
    _, out, _ = run("describe", path)
    assert "1 stocks, 1 auxiliaries" in out
    assert "inside" not in out
    _, out, _ = run("describe", path, "--json")
    assert json.loads(out)["states"] == 1


def test_the_smooths_of_the_hotline_are_counted(run: Run) -> None:
    _, out, _ = run("describe", "hotline", "--json")
    described = json.loads(out)
    assert described["states"] == len(described["stocks"]) + len(described["stocks_inside"])
    assert "Trust In First Order" in {row["name"] for row in described["stocks_inside"]}
