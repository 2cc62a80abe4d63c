import numpy as np
import pytest

from sdmodels.exploration.deciding import decisive, rules

GENERATOR = np.random.default_rng(1)
INPUTS = {name: GENERATOR.uniform(0, 1, 5000) for name in ("A", "B", "C")}


def test_the_only_parameter_that_decides_separates_completely():
    table = decisive(INPUTS, {"low": INPUTS["A"] < 0.3})
    first = table.iloc[0]
    assert (first["parameter"], first["direction"], first["distance"]) == ("A", "lower", 1.0)
    # Others differ by chance alone: the 99.9 % quantile of the distance is 1.95 sqrt(1/n + 1/m).
    assert table["distance"].iloc[1:].max() < 1.95 * np.sqrt(1 / 1500 + 1 / 3500)
    assert table["rank"].tolist() == [1, 2, 3]


def test_the_direction_turns_with_the_class():
    assert decisive(INPUTS, {"high": INPUTS["A"] > 0.3}).iloc[0]["direction"] == "higher"


def test_the_distance_of_a_shifted_uniform_distribution_is_known():
    inside = np.arange(4000) < 2000
    values = np.concatenate([np.linspace(0, 1, 2000), np.linspace(0.25, 1.25, 2000)])
    assert decisive({"A": values}, {"x": inside})["distance"].tolist() == pytest.approx([0.25], abs=1e-3)


def test_a_planted_rule_of_two_thresholds_is_found():
    inside = (INPUTS["A"] < 0.3) & (INPUTS["B"] >= 0.6)
    table = rules(INPUTS, {"corner": inside})
    two = table[table["rule"] == 2].set_index("parameter")
    assert two["relation"].to_dict() == {"A": "below", "B": "at least"}
    # Thresholds are tried at every 2 % of the members.
    assert two["threshold"].to_dict() == pytest.approx({"A": 0.3, "B": 0.6}, abs=0.03)
    assert two["precision"].iloc[0] > 0.9
    assert two["coverage"].iloc[0] > 0.9
    assert two["base"].iloc[0] == inside.mean()


def test_a_rule_of_one_threshold_takes_the_cut_that_separates_best():
    table = rules(INPUTS, {"high": INPUTS["C"] >= np.quantile(INPUTS["C"], 0.5)})
    one = table[table["rule"] == 1].iloc[0]
    assert (one["parameter"], one["relation"]) == ("C", "at least")
    assert (one["precision"], one["coverage"]) == (1.0, 1.0)


def test_nothing_is_said_of_a_class_with_few_members():
    few = np.arange(5000) < 9
    assert decisive(INPUTS, {"few": few, "rest": ~few}).empty
    assert rules(INPUTS, {"few": few, "rest": ~few}).empty
