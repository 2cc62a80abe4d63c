"""A fold that slows down before its tip, and a fence that falls unannounced: exact answers for both."""

from pathlib import Path

import numpy as np
import pytest
from fold import write_meadow

from sdmodels.catalogue import Tip
from sdmodels.errors import InputError, UnknownNameError
from sdmodels.exploration import run_experiment
from sdmodels.exploration.noise import EarlyWarnings, NoiseSearch, find_warnings
from sdmodels.exploration.noise_tables import comparison, rises

UNANNOUNCED = (
    *('variable = "Grass"\nwindow', 'variable = "Visitors"\nwindow'),
    *('variable = "Grass"\nfalls', 'variable = "Fence"\nfalls'),
)


def search(**changed):
    usual = {
        "lever": "Grazing",
        "values": (0.1, 0.2, 0.3, 0.4),
        "begins": 10.0,
        "constant": "Demand",
        "deviation": 0.01,
        "correlation": 4.0,
        "settle": 100.0,
        "window": 250.0,
        "variable": "Grass",
        "lag": 2.0,
        "tip": Tip(variable="Grass", falls=0.2),
        "members": 32,
    }
    return NoiseSearch(**(usual | changed))


@pytest.fixture(scope="module")
def meadow(tmp_path_factory):
    return write_meadow(tmp_path_factory.mktemp("meadow"))


def test_it_tips_where_the_fold_is(meadow):
    result = run_experiment(meadow, "announced", seed=1)
    fold = result.data["Growth"].values / 4
    values = result.data["value"].values
    expected = np.where(fold < values[-1], np.searchsorted(values, fold), -1)
    at = result.data["tips_at"].values
    # Within 2 % of the fold the noise may push it over a little earlier.
    clear = np.abs(values[:, None] / fold - 1).min(axis=0) > 0.02
    np.testing.assert_array_equal(at[clear], expected[clear])
    assert clear.mean() > 0.7
    tip = result.finding("tip")
    assert tip is not None
    middle = (values[at] + values[at - 1]) / 2
    np.testing.assert_array_equal(tip.values, np.where(at >= 0, middle, np.nan))
    assert (result.runs, result.failed) == (2 * 8 * 64, 0)


def test_deviation_and_autocorrelation_are_those_of_the_linear_theory(meadow):
    # Around its lasting state the grass is a first-order filter of the noise at its rate of return.
    runs = find_warnings(meadow, search(members=64, values=(0.1, 0.15, 0.2), deviation=1e-4)).runs
    growth, lever = runs["Growth"].values[:, None], runs["value"].values[None, :]
    grass = (1 + np.sqrt(1 - 4 * lever / growth)) / 2
    rate = grass * growth * (2 * grass - 1)
    deviation = 1e-4 * lever / rate * np.sqrt(rate * 4 / (1 + rate * 4))
    filtered, noise = np.exp(-2 * rate), np.exp(-2 / 4)
    autocorrelation = (4 * noise - filtered / rate) / (4 - 1 / rate)
    # Over 250 weeks a member has some 30 independent stretches; the bias of a window and a trend is some 5 %.
    np.testing.assert_allclose(np.median(runs["deviation"].values / deviation, axis=0), 1, atol=0.1)
    np.testing.assert_allclose(
        np.median(runs["autocorrelation"].values - autocorrelation, axis=0), 0, atol=0.06
    )


def test_a_fold_announces_its_tip(meadow):
    found = run_experiment(meadow, "announced", seed=1).further["comparison"].set_index("measure")
    assert (found["tips_rise"] == 1).all()
    assert (found["tips_median"] > found["stays_median"]).all()
    assert (found["low"] > 0.9).all()


def test_a_fence_that_falls_at_once_is_not_announced(tmp_path: Path):
    result = run_experiment(write_meadow(tmp_path, *UNANNOUNCED), "announced", seed=1)
    found = result.further["comparison"].set_index("measure")
    strength = result.data["Strength"].values
    tips = np.where(strength < 0.45, np.ceil(20 * strength) - 2, -1)
    np.testing.assert_array_equal(result.data["tips_at"].values, tips)
    # Nothing that the visitors do depends on the lever: the same path at every value, bit for bit.
    deviation = result.data["deviation"].values
    assert (deviation == deviation[:, :1]).all()
    assert len(np.unique(deviation[:, 0])) == 64
    assert (found["area"] == 0.5).all()
    assert (found["tips_rise"] == 0).all()
    assert found["tips_median"].tolist() == found["stays_median"].tolist() == [1, 0]


def test_noise_acts_on_what_a_scenario_sets(tmp_path: Path):
    entry = write_meadow(tmp_path, "begins = 10\n", 'begins = 10\nscenario = "crowded"\n', *UNANNOUNCED)
    crowded = run_experiment(entry, "announced", seed=1, members=8).data
    usual = find_warnings(
        entry,
        search(variable="Visitors", tip=Tip(variable="Fence", falls=0.2), members=8, seed=1),
    ).runs
    np.testing.assert_allclose(crowded["deviation"].values[:, 0], usual["deviation"].values[:, 0], rtol=1e-9)


def test_a_run_that_the_noise_pushes_over_the_edge_counts_as_tipped(meadow):
    wild = find_warnings(meadow, search(deviation=0.3, members=64)).runs
    by_noise = wild["by_noise"].values
    assert by_noise.any()
    at = wild["tips_at"].values[by_noise]
    without, noisy = wild["final_without"].values[by_noise], wild["final_with"].values[by_noise]
    rows = np.arange(at.size)
    assert (without[rows, at] - noisy[rows, at] > 0.2).all()
    assert (np.maximum(without[rows, at - 1] - without[rows, at], 0)[at > 0] <= 0.2).all()


def test_few_values_at_a_time_do_not_change_a_number(meadow, monkeypatch):
    whole, seen = find_warnings(meadow, search()), []
    monkeypatch.setattr("sdmodels.exploration.noise._MOST_NUMBERS", 1)
    cut = find_warnings(meadow, search(), progress=lambda done, total: seen.append((done, total)))
    assert whole.runs.identical(cut.runs)
    assert whole.comparison.equals(cut.comparison)
    assert seen[-1] == (2 * 4 * 32, 2 * 4 * 32)


def test_failed_members_are_left_out(tmp_path: Path):
    entry = write_meadow(
        tmp_path,
        '[[scenario]]\nid = "crowded"',
        '[[uncertainty]]\nname = "Headroom"\nminimum = 0.2\nmaximum = 0.6\nsource = "assumption"\n'
        '[[scenario]]\nid = "crowded"',
        "Headroom = 10",
        "Headroom = 0.4",
        *UNANNOUNCED[2:],
    )
    result = run_experiment(entry, "announced", seed=1)
    warnings = result.detail(EarlyWarnings)
    lost = warnings.runs["Headroom"].values < 0.45
    np.testing.assert_array_equal(warnings.runs["failed"].values, lost)
    assert warnings.failed == lost.sum() > 0
    assert (warnings.runs["tips_at"].values[lost] == -1).all()
    assert result.failed == int(result.data["failures"].sum()) > warnings.failed
    tip = result.finding("tip")
    assert tip is not None
    assert tip.members == 64 - lost.sum()
    at_first = warnings.numbers.query("measure == 'condition' and value == 0.1")
    assert at_first["members"].sum() == 64 - lost.sum()


def test_where_none_tips_there_is_nothing_to_compare(meadow):
    found = find_warnings(meadow, search(values=(0.1, 0.12))).comparison
    assert found["tips"].tolist() == [0, 0]
    assert found["stays"].tolist() == [32, 32]
    assert found[["tips_rise", "tips_median", "area", "low", "high", "stays_rise"]].isna().all(axis=None)


def test_what_rises_from_nothing_rises_without_end(meadow):
    runs = find_warnings(meadow, search(members=2)).runs
    runs["deviation"].values[:] = [[0, 0, 2, 4], [2, 0, 2, 4]]
    runs["autocorrelation"].values[:] = [[np.nan, np.nan, 0.5, 0.5], [0.2, np.nan, 0.5, 0.1]]
    np.testing.assert_array_equal(rises(runs, "deviation"), [[1, 1, np.inf, np.inf], [1, 0, 1, 2]])
    np.testing.assert_allclose(
        rises(runs, "autocorrelation"), [[np.nan] * 4, [0, np.nan, 0.3, -0.1]], atol=1e-12
    )


def test_members_that_stay_are_weighed_as_those_that_tip_are_spread(meadow):
    runs = find_warnings(meadow, search(members=4)).runs
    # Two tip after the second value, one after the third; the last does not tip.
    runs["tips_at"].values[:] = [2, 2, 3, -1]
    runs["deviation"].values[:] = [[1, 3, 9, 9], [1, 1, 9, 9], [1, 9, 5, 9], [1, 2, 4, 8]]
    found = comparison(runs).set_index("measure").loc["deviation"]
    assert (found["tips"], found["tips_rise"], found["tips_median"]) == (3, pytest.approx(2 / 3), 3)
    assert (found["stays"], found["stays_rise"], found["stays_median"]) == (1, 1, 2)
    # 3 against 2 is won, 1 against 2 lost, 5 against 4 won.
    assert found["area"] == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        ({"begins": 200.0}, InputError, "noise at 150 begins before the lever's jump at 200"),
        ({"window": 450.0}, InputError, "begins at -50.\n    The run begins at 0"),
        (
            {"lag": 1.5},
            InputError,
            "lag of 1.5 is no whole number of saved times.\n    A value is saved every 1",
        ),
        ({"constant": "Visitors"}, InputError, "'Visitors' is disturbed, which is not a constant"),
        ({"constant": "Demnd"}, UnknownNameError, "No constant is named 'Demnd'"),
        ({"variable": "Gras"}, UnknownNameError, "'Gras'"),
        ({"correlation": 0.1}, InputError, "time constant of 0.1"),
    ],
)
def test_what_cannot_be_asked_is_refused(meadow, changed, error, message):
    with pytest.raises(error, match=message):
        find_warnings(meadow, search(**({"begins": None} | changed)))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"deviation": 0.0}, r"deviation \(0\), correlation \(4\) and lag \(2\) must be above 0"),
        ({"window": 7.0}, r"window \(7\) must be at least four times lag \(2\)"),
    ],
)
def test_numbers_without_a_meaning_are_refused(changed, message):
    with pytest.raises(ValueError, match=message):
        search(**changed)
