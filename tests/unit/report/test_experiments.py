"""Findings as tables and in words."""

from collections.abc import Callable

import pytest

from sdmodels.catalogue import Entry
from sdmodels.exploration import run_experiment
from sdmodels.report.experiments import experiment_list, finding_table, in_words


def test_the_list_has_kind_title_and_question_in_both_languages(relay: Entry) -> None:
    english, chinese = (experiment_list(relay, language).cells(language) for language in ("en", "zh"))
    assert english[0] == ["best", "sweep", "T", "Q?"]
    assert chinese[1] == ["back", "升降", "题", "问？"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            "As it is. 'Condition' ends below 0.5: Effort 1.3 (middle 90 %: 1.3 to 1.3), in 100 % of 20 members.",
        ),
        ("zh", "现状：“状况”期末低于 0.5：力度 1.3 无量纲（中间90%：1.3至1.3）；20次运行中的100%。"),
    ],
)
def test_a_finding_is_a_sentence(relay: Entry, language: str, words: str) -> None:
    result = run_experiment(relay, "best")
    finding = result.finding("onset")
    assert finding is not None
    assert in_words(result, finding, language) == words  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Late. The level is back: in none of 15 members."),
        ("zh", "晚：水平恢复：15次运行中均未出现。"),
    ],
)
def test_what_no_member_has_is_said(relay: Entry, language: str, words: str) -> None:
    result = run_experiment(relay, "turn")
    finding = result.finding("back", "late")
    assert finding is not None
    assert in_words(result, finding, language) == words  # type: ignore[arg-type]


def test_one_run_has_no_range(relay: Entry) -> None:
    result = run_experiment(relay, "turn", members=1)
    assert in_words(result, result.findings[0], "en") == "As it is. The level is least: time 10 Week."
    table = finding_table(result, "en")
    assert [column.key for column in table.columns] == ["finding", "arm", "value", "unit", "share", "members"]
    assert table.rows[0]["value"] == 10


def test_a_finding_is_named_once_for_all_arms(relay: Entry) -> None:
    cells = finding_table(run_experiment(relay, "turn"), "en").cells("en")
    dates, ends = cells[:4], cells[4:]
    assert [row[0] for row in dates] == ["The level is least", "", "The level is back", ""]
    assert dates[3][-2:] == ["0%", "15"]
    # Every run ends somewhere: no share.
    assert [row[0] for row in ends if row[0]] == ["'Burden' at the end", "'Level' at the end"]
    assert {row[-2] for row in ends} == {""}


def test_a_ramp_has_no_column_of_arms(relay: Entry) -> None:
    table = finding_table(run_experiment(relay, "back"), "zh")
    assert "arm" not in [column.key for column in table.columns]


def test_an_experiment_without_findings_has_an_empty_table(make_relay: Callable[..., Entry]) -> None:
    entry = make_relay('[experiment.tip]\nvariable = "Condition"\nbelow = 0.5\n', "")
    assert finding_table(run_experiment(entry, "back", members=1), "en").rows == ()
