"""A figure is shown with its spread and target, and where there is none the reason stands."""

import json

import pytest

from benchmarks.rows import Row, Target, as_json, markdown
from benchmarks.timing import Figure


def row(figure: Figure | None, *, bound: str = "at most", value: float = 0.25, note: str = "") -> Row:
    return Row(
        id="sir_c",
        name="SIR / C",
        figure=figure,
        unit="times",
        target=Target(bound=bound, value=value),  # type: ignore[arg-type]
        note=note,
        seconds={} if figure is None else {"C": 11.4e-6},
    )


MEASURED = Figure(value=0.24, low=0.22, high=0.31)


@pytest.mark.parametrize(
    ("bound", "value", "met"),
    [
        ("at most", 0.25, True),
        ("at most", 0.24, True),
        ("at most", 0.2, False),
        ("at least", 0.2, True),
        ("at least", 0.24, True),
        ("at least", 0.25, False),
    ],
)
def test_a_target_is_met_up_to_its_bound(bound: str, value: float, met: bool) -> None:
    assert row(MEASURED, bound=bound, value=value).met is met


def test_what_was_not_measured_neither_meets_nor_misses() -> None:
    assert row(None).met is None


def test_the_table_has_figure_spread_target_and_times() -> None:
    shown = markdown([row(MEASURED)])
    assert "| SIR / C | 0.24 times | 0.22 to 0.31 | at most 0.25 times | yes |" in shown
    assert "| sir_c: C | 11.4 |" in shown


def test_the_table_says_why_there_is_no_figure() -> None:
    assert "| SIR / C | not measured (gcc not found) | |" in markdown([row(None, note="gcc not found")])


def test_the_json_has_the_figures_and_the_machine() -> None:
    data = json.loads(as_json([row(MEASURED), row(None, note="gcc not found")], {"members": 64}))
    measured, missing = data["rows"]
    assert (measured["figure"], measured["low"], measured["high"]) == (0.24, 0.22, 0.31)
    assert measured["target"] == {"bound": "at most", "value": 0.25}
    assert (measured["met"], missing["met"], missing["note"]) == (True, None, "gcc not found")
    assert measured["seconds"] == {"C": 11.4e-6}
    assert {"processor", "cores", "python", "gcc", "llvmlite"} <= set(data["machine"])
    assert data["settings"] == {"members": 64}
