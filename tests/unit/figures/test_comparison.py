import pandas as pd
import pytest

from sdmodels.figures import fonts, outcome_bars


@pytest.fixture
def table():
    policies = [
        "Regular intensity",
        "High intensity with a protected floor for the routine work",
        "Filter list",
    ]
    outcomes = [
        ("Unresolved Burden", "problem", 1500.0),
        ("Reported Resolution Rate", "Dmnl", 0.9),
        ("Cost", "CNY", 4e7),
    ]
    return pd.DataFrame(
        {
            "policy": policy,
            "outcome": outcome,
            "unit": unit,
            "median": size,
            "low": 0.8 * size,
            "high": 1.3 * size,
        }
        for policy in policies
        for outcome, unit, size in outcomes
    )


def test_every_outcome_has_a_panel_with_its_name_and_unit(table):
    panels = outcome_bars(table).axes
    assert [panel.get_title(loc="left") for panel in panels] == [
        "Unresolved Burden",
        "Reported Resolution Rate",
        "Cost",
    ]
    assert [panel.get_xlabel() for panel in panels] == ["problem", "dimensionless", "10⁶ CNY"]


def test_a_dot_lies_at_the_median_and_a_whisker_goes_from_low_to_high(table):
    whisker, dot = outcome_bars(table).axes[0].lines[:2]
    assert list(whisker.get_xdata()) == [1200.0, 1950.0]
    assert list(dot.get_xdata()) == [1500.0]


def test_the_first_policy_is_on_top(table):
    panel = outcome_bars(table).axes[0]
    bottom, top = panel.get_ylim()
    assert top < bottom
    assert panel.get_yticklabels()[0].get_text() == "Regular intensity"


def test_a_policy_without_an_outcome_leaves_its_place_empty(table):
    panel = outcome_bars(table.iloc[1:]).axes[2]
    assert [line.get_ydata()[0] for line in panel.lines[1::2]] == [1, 2]


def test_the_note_says_what_a_whisker_holds(table):
    def note(figure):
        return figure.legends[0].get_title().get_text()

    assert note(outcome_bars(table, interval="90 %")) == "Dot: median; whisker: 90 % of the members."
    assert note(outcome_bars(table)) == "Dot: median; whisker: from low to high."


def test_no_text_is_cut_off_or_lies_on_another(table, faults_of):
    assert faults_of(outcome_bars(table, title="Outcomes at week 520")) == []
    assert faults_of(outcome_bars(table.head(1))) == []


def test_a_missing_column_is_named(table):
    with pytest.raises(ValueError, match="The table needs the column 'unit'"):
        outcome_bars(table.drop(columns="unit"))


def test_an_empty_table_is_refused(table):
    with pytest.raises(ValueError, match="The table needs a row"):
        outcome_bars(table.head(0))


def test_an_outcome_given_twice_is_refused(table):
    with pytest.raises(
        ValueError, match="the outcome 'Unresolved Burden' of the policy 'Regular intensity' twice"
    ):
        outcome_bars(pd.concat([table, table.head(1)]))


def test_chinese_columns_are_used_where_they_are_filled(table, monkeypatch):
    monkeypatch.setattr(fonts, "families_for", lambda _: ((fonts.LATIN_FAMILY,), frozenset()))
    table["outcome_zh"] = ["未解决负担", None, None] * 3
    table["unit_zh"] = ["问题", None, "元"] * 3
    panels = outcome_bars(table, language="zh").axes
    assert [panel.get_title(loc="left") for panel in panels] == [
        "未解决负担",
        "Reported Resolution Rate",
        "Cost",
    ]
    assert [panel.get_xlabel() for panel in panels] == ["问题", "无量纲", "10⁶ 元"]
