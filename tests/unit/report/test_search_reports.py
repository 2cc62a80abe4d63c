"""Modes, shocks and rankings as tables and in words, in both languages."""

from pathlib import Path

import pytest
from street import write_searches

from sdmodels.catalogue import Language
from sdmodels.exploration import ExperimentResult, run_experiment
from sdmodels.report.experiments import records_of, sentences_of, tables_of, write_numbers
from sdmodels.report.phrases import share

LANGUAGES: tuple[Language, ...] = ("en", "zh")


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ExperimentResult]:
    entry = write_searches(tmp_path_factory.mktemp("street"))
    return {id: run_experiment(entry, id, seed=2) for id in ("where", "stand", "which")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_modes_have_shares_places_parameters_rules_and_robustness(
    results: dict[str, ExperimentResult], language: Language
) -> None:
    shares, places, decisive, rules, robustness = tables_of(results["where"], language)
    assert [len(shares.rows), len(places.rows), len(robustness.rows)] == [6, 3, 8]
    tip = (results["where"].data["Slack"].values < 1).mean()
    assert str(shares.rows[-1]["tip"]).startswith(f"{100 * tip:.0f} (")
    assert shares.rows[-1]["all"] == "100"
    of_tips = [row for row in decisive.rows if row["distance"] == "1.00"]
    assert [row["parameter"] for row in of_tips] == [{"en": "Slack", "zh": "工时余量"}[language]]
    assert of_tips[0]["direction"] == {"en": "lower", "zh": "较低"}[language]
    assert any(
        str(row["rule"]).startswith({"en": "Slack below", "zh": "工时余量低于"}[language])
        for row in rules.rows
    )


def test_modes_are_told_in_words(results: dict[str, ExperimentResult]) -> None:
    english, chinese = (sentences_of(results["where"], language) for language in LANGUAGES)
    tips = int((results["where"].data["Slack"].values < 1).sum())
    assert f"{tips} of {tips} tips are jumps at values 8 times as close, too." in english
    assert any(words.startswith("What decides 'tip' most: Slack (lower, 1.00)") for words in english)
    assert any(words.startswith("决定“临界突变”的主要参数：工时余量（较低，1.00）") for words in chinese)
    assert any(words.startswith("It tips between two values: Lever 0.") for words in english)


def test_shares_of_shocks_stand_by_lever_and_size(results: dict[str, ExperimentResult]) -> None:
    shares, largest = tables_of(results["stand"], "en")
    assert [column.title.en for column in shares.columns] == ["Lever", "none", "×1.5", "×3"]
    assert shares.rows[0] == {"value": "0.1", "1": "100 %", "1.5": "100 %", "3": "100 %"}
    assert (largest.rows[0]["median"], largest.rows[0]["members"]) == ("×3", 64)
    english, chinese = (sentences_of(results["stand"], language) for language in LANGUAGES)
    assert english[0] == (
        "Lever 0.1: the largest shock survived is ×3 (middle 90 %: ×3 to ×3) of 64 members; "
        "without a shock 100 % are sound."
    )
    assert chinese[0] == "杠杆 0.1：64次运行能承受的最大冲击为×3（中间90%：×3至×3）；无冲击时100%完好。"
    assert "From Lever 1 on, half of the members or more stand no shock of the grid." in english


def test_many_sizes_of_a_shock_are_told_in_several_tables(tmp_path: Path) -> None:
    sizes = ", ".join(str(1 + number / 4) for number in range(1, 13))
    entry = write_searches(tmp_path, "sizes = [1.5, 3]", f"sizes = [{sizes}]")
    *shares, _ = tables_of(run_experiment(entry, "stand", members=4), "en")
    assert [len(table.columns) for table in shares] == [7, 7, 2]


def test_a_ranking_has_the_order_the_verdicts_and_what_decides(results: dict[str, ExperimentResult]) -> None:
    order, verdicts, deciding = tables_of(results["which"], "en")
    assert [row["policy"] for row in order.rows][:2] == ["Near", "Far"]
    assert order.title.en == "Burden at the end: change against 'Baseline' [%], median regret [problem]"
    first = verdicts.rows[0]
    better = (results["which"].data["Best"].values > 0.4).mean()
    assert (first["policy"], first["other"], first["better"]) == ("Near", "Far", share(better, "en"))
    assert first["verdict"] == "conditional"
    assert str(deciding.rows[0]["where"]).startswith("Best is higher (1.00)")


def test_a_ranking_is_told_in_words(results: dict[str, ExperimentResult]) -> None:
    english, chinese = (sentences_of(results["which"], language) for language in LANGUAGES)
    assert english[0] == "Burden at the end: the order is conditional."
    assert chinese[0] == "期末负担：次序有条件。"
    assert english[1].startswith("'Near' has the best median: -")
    assert "; rather where Best is higher" in english[2]
    assert "较多见于Best较高" in chinese[2]
    assert english[-1].startswith("The best of 'In the middle' is better than the best of 'At the edge' in 9")
    assert english[-1].endswith("of draws, the other way round in 0 %.")


def test_few_members_are_said_to_be_too_few(tmp_path: Path) -> None:
    entry = write_searches(tmp_path)
    where, which = (run_experiment(entry, id, members=3, seed=1) for id in ("where", "which"))
    assert any("'tip': too few members, fewer than 10" in words for words in sentences_of(where, "en"))
    assert any("too few draws to say where" in words for words in sentences_of(which, "en"))
    assert any("抽样太少" in words for words in sentences_of(which, "zh"))
    assert len(tables_of(where, "en")) == 3


def test_every_table_is_written(results: dict[str, ExperimentResult], tmp_path: Path) -> None:
    files = write_numbers(results["stand"], tmp_path)
    assert [file.name for file in files] == ["stand.csv", "stand_times.csv", "stand_largest.csv"]
    header, *rows = files[1].read_text(encoding="utf-8").splitlines()
    assert header == "value,size,members,back,median,low,high,unit"
    assert len(rows) == 4


def test_machines_are_told_nothing_infinite(results: dict[str, ExperimentResult]) -> None:
    records = records_of(results["stand"])
    assert list(records) == ["numbers", "times", "largest"]
    cells = [cell for rows in records.values() for row in rows for cell in row.values()]
    assert not any(isinstance(cell, float) and abs(cell) == float("inf") for cell in cells)
    assert None in cells
