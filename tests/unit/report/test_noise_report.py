"""Whether a tip is announced, as tables and in words, in both languages."""

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from fold import write_meadow

from sdmodels.catalogue import Language
from sdmodels.cli import main
from sdmodels.exploration import ExperimentResult, run_experiment
from sdmodels.exploration.noise import EarlyWarnings
from sdmodels.report.experiments import records_of, sentences_of, tables_of, write_numbers
from sdmodels.report.noise_report import noise_sentences, noise_table

LANGUAGES: tuple[Language, ...] = ("en", "zh")


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> ExperimentResult:
    return run_experiment(write_meadow(tmp_path_factory.mktemp("meadow")), "announced", seed=1)


def changed(result: ExperimentResult, **numbers: float) -> EarlyWarnings:
    """Return the warnings with other numbers in the row of the deviation."""
    warnings = result.detail(EarlyWarnings)
    table = warnings.comparison.copy()
    table.loc[table["measure"] == "deviation", list(numbers)] = list(numbers.values())
    return replace(warnings, comparison=table)


def test_members_that_tip_stand_above_those_that_do_not(result: ExperimentResult) -> None:
    compared, findings = tables_of(result, "en")
    assert [row["group"] for row in compared.rows] == ["tip", "do not", "tip", "do not"]
    assert [row["members"] for row in compared.rows] == [32, 32, 32, 32]
    assert [row["rise"] for row in compared.rows] == ["100 %"] * 4
    assert str(compared.rows[0]["median"]).startswith("×1")
    assert str(compared.rows[2]["median"]).startswith("+0.1")
    assert str(compared.rows[2]["area"]).startswith("0.99 (0.97 to 1.00")
    assert [row["finding"] for row in findings.rows] == ["tip", "deviation_rise", "autocorrelation_rise"]
    # The median of a finding is the one that the comparison has.
    assert findings.rows[1]["median"] == pytest.approx(result.further["comparison"]["tips_median"][0])


def test_it_is_told_in_words(result: ExperimentResult) -> None:
    english, chinese = (sentences_of(result, language) for language in LANGUAGES)
    assert english[0].startswith("'Grass' falls by more than 0.2 in one step of the grid: Grazing 0.35 (")
    assert english[1].startswith(
        "Standard deviation, relative to the mean: at the last value before the tip higher than at the first in "
        "100 % of 32 members that tip, in the median ×1"
    )
    assert english[1].endswith("does not with a probability of 1.00 (1.00 to 1.00): a good warning.")
    assert chinese[1].startswith(
        "相对标准差：32次突变的运行中，100%在突变前最后一个取值处高于首个取值处，中位数×1"
    )
    assert chinese[2].endswith("：预警作用良好。")
    assert len(english) == len(chinese) == 3


VERDICTS = {
    "a coin": ((0.55, 0.48, 0.62), "no warning, it cannot be told from tossing a coin", "与掷硬币无异"),
    "the wrong way": ((0.3, 0.2, 0.4), "it rises less before a tip than where none follows", "反而上升更少"),
    "weak": ((0.65, 0.6, 0.7), "a weak warning, of little use for a single member", "微弱"),
    "some use": ((0.8, 0.7, 0.9), "with false alarms and tips that it misses", "误报和漏报"),
    "good": ((0.95, 0.9, 1.0), "a good warning", "良好"),
}


@pytest.mark.parametrize(("interval", "en", "zh"), VERDICTS.values(), ids=VERDICTS)
def test_a_plain_sentence_says_of_what_use_it_is(
    result: ExperimentResult, interval: tuple[float, float, float], en: str, zh: str
) -> None:
    warnings = changed(result, **dict(zip(("area", "low", "high"), interval, strict=True)))
    english, chinese = (next(noise_sentences(warnings, language)) for language in LANGUAGES)
    assert english.endswith(f"{en}.")
    assert f"{interval[0]:.2f} ({interval[1]:.2f} to {interval[2]:.2f})" in english
    assert zh in chinese


def test_a_rise_from_nothing_is_infinite_for_people_and_nothing_for_machines(
    result: ExperimentResult,
) -> None:
    warnings = changed(result, tips_median=float("inf"))
    assert noise_table(warnings, "en").rows[0]["median"] == "∞"
    told = records_of(replace(result, further={"comparison": warnings.comparison}))
    assert told["comparison"][0]["tips_median"] is None


def test_where_none_tips_nothing_is_compared(tmp_path: Path) -> None:
    entry = write_meadow(
        tmp_path, "values = [0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45]", "values = [0.1, 0.11]"
    )
    quiet = run_experiment(entry, "announced", members=4)
    english, chinese = (sentences_of(quiet, language) for language in LANGUAGES)
    assert english[0] == "'Grass' falls by more than 0.2 in one step of the grid: in none of 4 members."
    assert english[1].endswith("there is no member that tips late enough, so nothing can be compared.")
    assert chinese[1] == "相对标准差：没有足够晚的突变的运行，无从比较。"
    assert [row["area"] for row in tables_of(quiet, "en")[0].rows] == ["–", "", "–", ""]


def test_tips_by_the_noise_and_early_tips_are_counted(result: ExperimentResult) -> None:
    warnings = result.detail(EarlyWarnings)
    runs = warnings.runs.copy(deep=True)
    runs["tips_at"].values[:3] = [0, 1, 2]
    runs["by_noise"].values[:] = [True] * 2 + [False] * 62
    english = list(noise_sentences(replace(warnings, runs=runs), "en"))
    assert english[0] == "2 of these tip by the noise, at a value at which they do not without it."
    assert english[1] == "2 tip by the second value of the grid: too early for a rise before it."


def test_every_table_is_written(result: ExperimentResult, tmp_path: Path) -> None:
    files = write_numbers(result, tmp_path)
    assert [file.name for file in files] == ["announced.csv", "announced_comparison.csv"]
    numbers = pd.read_csv(files[0])
    assert list(numbers.columns[:3]) == ["measure", "group", "value"]
    assert set(numbers["group"]) == {"stays", "before", "after"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_command_prints_both_tables_on_a_narrow_terminal(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    language: Language,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sdmodels.cli.output.WIDTH_OF_A_PIPE", 80)
    write_meadow(tmp_path)
    out = _told(capsys, "meadow", "all", "--lang", language, "--seed", "1")
    assert {"en": "0.99 (0.97 to 1.00)", "zh": "0.99（0.97至1.00）"}[language] in out
    assert Path("out/meadow/experiments/announced.png").exists()
    (document,) = json.loads(_told(capsys, "meadow", "all", "--json"))["experiments"]
    assert list(document["tables"]) == ["numbers", "comparison"]
    listed = _told(capsys, "meadow", "--lang", language)
    assert {"en": "noise", "zh": "扰动"}[language] in listed


def _told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as stop:
        main(["experiment", *arguments])
    assert stop.value.code == 0
    return capsys.readouterr().out
