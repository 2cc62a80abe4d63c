"""Shares over the draws that meet what is known of the start, beside those over all draws."""

from pathlib import Path

import numpy as np
import pytest
from street import write_searches

from sdmodels.catalogue import Given, Text
from sdmodels.exploration import ExperimentResult, run_experiment
from sdmodels.exploration.mode_given import given_title, meets
from sdmodels.exploration.modes import Modes
from sdmodels.figures.experiments import plot_experiment
from sdmodels.report.experiments import records_of, sentences_of, tables_of, write_numbers

LATER = 'condition = "Condition"\n\n[[experiment]]\nid = "stand"'


def given(*conditions: str) -> tuple[str, str]:
    tables = "".join(f"[[experiment.given]]\n{condition}\n" for condition in conditions)
    return LATER, LATER.replace("\n\n", f"\n{tables}\n", 1)


def condition(variable: str, bounds: str, en: str = "that", zh: str = "某事") -> str:
    return f'variable = "{variable}"\n{bounds}\ntitle = {{ en = "{en}", zh = "{zh}" }}'


UNUSED = condition("unused", "minimum = 0.6\nmaximum = 1.2", "some slack", "有余量")


def run(folder: Path, *conditions: str) -> ExperimentResult:
    return run_experiment(write_searches(folder, *given(*conditions)), "where", seed=2)


def test_shares_of_the_draws_that_meet_a_condition_stand_beside_all(tmp_path: Path) -> None:
    result = run(tmp_path, UNUSED)
    modes, slack = result.detail(Modes), result.data["Slack"].values
    met = (slack >= 0.6) & (slack <= 1.2)
    # Nothing is idle: what is unused is the slack.
    np.testing.assert_array_equal(result.data["given"].values, met)
    np.testing.assert_allclose(result.data["Unused"].values, slack)
    assert (modes.meeting, 0 < met.sum() < 64) == (met.sum(), True)
    rows = modes.robustness.set_index(["variant", "class"])
    assert rows.loc[("given some slack", "tip"), "share"] == (slack[met] < 1).mean()
    assert rows.loc[("given some slack", "tip"), "members"] == (slack[met] < 1).sum()
    assert rows.loc[("as asked", "tip"), "share"] == (slack < 1).mean()
    cells = modes.given_shares.set_index(["shape", "mechanism"])["members"]
    assert cells[("all", "tip")] == (slack[met] < 1).sum()
    assert cells[("all", "all")] == met.sum()


def test_the_quantiles_are_over_all_draws(tmp_path: Path) -> None:
    result = run(tmp_path, UNUSED)
    (row,) = result.further["given"].to_dict("records")
    slack = result.data["Slack"].values
    assert [row[name] for name in ("p05", "p25", "p50", "p75", "p95")] == pytest.approx(
        np.quantile(slack, [0.05, 0.25, 0.5, 0.75, 0.95])
    )
    assert (row["variable"], row["unit"], row["minimum"], row["maximum"]) == ("Unused", "Dmnl", 0.6, 1.2)
    assert (row["members"], row["met"]) == (64, ((slack >= 0.6) & (slack <= 1.2)).sum())


def test_a_condition_changes_no_other_number(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    plain = run_experiment(write_searches(tmp_path / "a"), "where", seed=2)
    found = run(tmp_path / "b", UNUSED)
    assert plain.numbers.equals(found.numbers)
    for name in ("places", "decisive", "rules"):
        assert plain.further[name].equals(found.further[name])
    assert plain.further["robustness"].equals(
        found.further["robustness"].query("variant != 'given some slack'").reset_index(drop=True)
    )
    assert set(found.further) - set(plain.further) == {"given", "given_shares"}
    assert "given" not in plain.data


def test_several_conditions_must_all_be_met(tmp_path: Path) -> None:
    low = condition("Slack", "minimum = 0.8", "no less than 0.8", "不低于0.8")
    high = condition("Unused", "maximum = 1.1", "no more than 1.1", "不高于1.1")
    result = run(tmp_path, low, high)
    slack = result.data["Slack"].values
    assert result.detail(Modes).meeting == ((slack >= 0.8) & (slack <= 1.1)).sum()
    assert result.further["given"]["met"].tolist() == [(slack >= 0.8).sum(), (slack <= 1.1).sum()]
    assert given_title(result.detail(Modes).search.given) == Text(
        en="given no less than 0.8 and no more than 1.1", zh="给定不低于0.8，且不高于1.1"
    )


def test_the_condition_is_met_before_the_lever_moves(tmp_path: Path) -> None:
    # The lever jumps at 20; at the start it has its own value, 0.1, and the load is 1.
    result = run(tmp_path, condition("Needed", "minimum = 0.0999\nmaximum = 0.1001"))
    assert result.data["given"].values.all()


def test_what_is_given_is_told_in_both_languages(tmp_path: Path) -> None:
    result = run(tmp_path, UNUSED)
    met = int(result.data["given"].values.sum())
    english, chinese = (sentences_of(result, language) for language in ("en", "zh"))
    (told,) = (words for words in english if words.startswith("Given some slack"))
    assert told.startswith(f"Given some slack ({met} of 64 members, {100 * met / 64:.0f} %): ")
    assert ". By mechanism: " in told
    assert any(words.startswith(f"给定有余量（64次运行中的{met}次，") for words in chinese)
    shares, _, where, *_, robustness = tables_of(result, "en")
    assert "given" not in [column.key for column in shares.columns]
    assert [(row["variable"], row["given"], row["met"]) for row in where.rows] == [
        ("Unused", "0.6–1.2", f"{met} of 64")
    ]
    assert [column.key for column in robustness.columns] == [
        "class",
        "asked",
        "given",
        "low",
        "high",
        "variant",
    ]


def test_a_condition_that_no_draw_meets_is_said_and_is_no_error(tmp_path: Path) -> None:
    result = run(tmp_path, condition("Unused", "minimum = 99", "99 hours", "99小时"))
    assert result.detail(Modes).meeting == 0
    (told,) = (words for words in sentences_of(result, "en") if words.startswith("Given 99 hours"))
    assert told.startswith("Given 99 hours: none of 64 members is so, and there is no share to tell.")
    assert any("64次运行中无一符合" in words for words in sentences_of(result, "zh"))
    *_, robustness = tables_of(result, "en")
    assert {row["given"] for row in robustness.rows} == {"–"}
    assert all(row["low"] != "nan" for row in robustness.rows)
    records = records_of(result)["robustness"]
    assert {row["share"] for row in records if row["variant"] == "given 99 hours"} == {None}
    assert "none of 64 members" in notes_of(result)


def notes_of(result: ExperimentResult) -> str:
    figure = plot_experiment(result)
    return " ".join(
        " ".join(text.get_text() for text in figure.findobj(lambda part: hasattr(part, "get_text"))).split()
    )


def test_the_figure_tells_the_shares_of_the_classes_of_interest(tmp_path: Path) -> None:
    result = run(tmp_path, UNUSED)
    met = int(result.data["given"].values.sum())
    assert f"Given some slack ({met} of 64 members): inverted U" in notes_of(result)


def test_what_is_given_is_written(tmp_path: Path) -> None:
    names = {path.name for path in write_numbers(run(tmp_path, UNUSED), tmp_path)}
    assert {"where_given.csv", "where_given_shares.csv"} < names


def test_a_value_that_is_no_number_meets_nothing() -> None:
    known = Given(variable="X", minimum=1.0, title=Text(en="x", zh="某"))
    np.testing.assert_array_equal(
        meets([known], {"X": np.array([np.nan, 1.0, 0.9])}, 3), [False, True, False]
    )
    assert meets([], {}, 2).all()
