"""One command measures everything, whatever is missing, and never hides a disagreement."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from benchmarks import __main__ as command
from benchmarks import ensembles
from benchmarks.cases import sir
from benchmarks.ensembles import DisagreementError, beside_c, require_agreement
from benchmarks.rows import Row, Target
from benchmarks.timing import Figure

ROOT = Path(__file__).parents[3]
ROWS = {
    "sir_c",
    "sir_single",
    "hotline_c",
    "hotline_cores",
    "hotline_simlin",
    "hotline_pysd",
    "chain_compilation",
    "hotline_compilation",
    "hotline_derivatives",
    "hotline_saving",
    "memory",
}
ONE = Row(
    id="one",
    name="one",
    figure=Figure(value=1, low=1, high=2),
    unit="times",
    target=Target(bound="at most", value=0),
)


@pytest.mark.slow
def test_the_command_prints_every_row_as_json() -> None:
    made = subprocess.run(
        [sys.executable, "-m", "benchmarks", "engine", "--quick", "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    rows = {row["id"]: row for row in json.loads(made.stdout)["rows"]}
    assert set(rows) == ROWS
    for row in rows.values():
        if row["figure"] is None:
            assert row["note"]
            assert row["met"] is None
        else:
            assert 0 < row["low"] <= row["figure"] <= row["high"]
            assert isinstance(row["met"], bool)


def yielding(rows: list[Row], error: BaseException | None = None) -> object:
    def measure(*_: object) -> Iterator[Row]:
        yield from rows
        if error is not None:
            raise error

    return measure


def test_a_missed_target_is_no_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "measure", yielding([ONE]))
    assert command.main(["engine"]) == 0
    assert "| one | 1 times | 1 to 2 | at most 0 times | no |" in capsys.readouterr().out


def test_json_is_alone_on_standard_output(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "measure", yielding([ONE]))
    assert command.main(["engine", "--json", "--members", "5"]) == 0
    shown = capsys.readouterr()
    assert json.loads(shown.out)["settings"]["members"] == 5
    assert "| one |" in shown.err


@pytest.mark.parametrize(("load", "warned"), [(3.2, True), (0.1, False), (None, False)])
def test_a_busy_machine_is_named(
    load: float | None, warned: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "measure", yielding([ONE]))
    monkeypatch.setattr(command, "load_before", lambda: load)
    assert command.main(["engine", "--json"]) == 0
    shown = capsys.readouterr()
    assert ("busy" in shown.err) is warned
    assert json.loads(shown.out)["settings"]["load_before"] == load


def test_an_interruption_shows_what_was_measured_until_then(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "measure", yielding([ONE], KeyboardInterrupt()))
    assert command.main(["engine", "--json"]) == 130
    data = json.loads(capsys.readouterr().out)
    assert [row["id"] for row in data["rows"]] == ["one"]
    assert data["settings"]["interrupted"] is True


def test_a_disagreement_ends_the_benchmark(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "measure", yielding([ONE], DisagreementError("C and the engine differ")))
    assert command.main(["engine"]) == 1
    shown = capsys.readouterr()
    assert "C and the engine differ" in shown.err
    assert not shown.out


def test_numbers_of_c_that_are_off_are_not_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ensembles, "gcc_version", lambda: "gcc")
    monkeypatch.setattr(ensembles, "compile_c", lambda *_, **__: lambda _inputs: 1.00001 * sir(3).final())
    with pytest.raises(DisagreementError, match="SIR: C, one run and the engine do not come to the same"):
        beside_c(sir(3), at_most=1, tries=1)


def test_numbers_agree_up_to_a_millionth_of_each() -> None:
    expected = np.array([[1e-9, 5.0], [np.nan, 3.0]])
    require_agreement("C", expected * (1 + 9e-7), expected)
    with pytest.raises(DisagreementError, match=r"Output 0 of member 0 is .* 3 of 4 differ"):
        require_agreement("C", expected * (1 + 2e-6), expected)


def test_without_gcc_the_row_says_so_and_times_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ensembles, "gcc_version", lambda: None)
    row = beside_c(sir(3), at_most=1, tries=1)
    assert (row.figure, row.met, row.note) == (None, None, "gcc not found")
    assert set(row.seconds) == {"sdmodels, one member"}


@pytest.mark.parametrize("arguments", [["engine", "--members", "0"], ["engine", "--members", "many"], []])
def test_arguments_that_mean_nothing_are_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        command.main(arguments)
    assert stop.value.code == 2
