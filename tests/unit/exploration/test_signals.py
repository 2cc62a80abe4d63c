"""Fluctuations of series whose deviation and autocorrelation are known."""

import numpy as np
import pytest

from sdmodels.exploration.discrimination import discriminate
from sdmodels.exploration.signals import fluctuations


def test_a_wave_on_a_line_has_the_deviation_and_autocorrelation_of_the_wave():
    times = np.arange(4000)
    wave = np.cos(2 * np.pi * times / 40)
    deviation, autocorrelation = fluctuations(100 + 0.01 * times + wave, lag=5)
    assert deviation == pytest.approx(np.sqrt(0.5) / 120, rel=1e-3)  # the mean of the line is 120
    # The products are 5 fewer than the squares, and the line of least squares takes a little of the wave.
    assert autocorrelation == pytest.approx(np.cos(2 * np.pi * 5 / 40), abs=4e-3)


def test_a_line_is_still_whatever_rounding_leaves():
    times = np.arange(300) / 7
    deviation, autocorrelation = fluctuations(
        np.stack([np.full(300, 0.1), 3 + times / 3, -1e9 - times]), lag=2
    )
    assert deviation.tolist() == [0, 0, 0]
    assert np.isnan(autocorrelation).all()


def test_every_series_is_measured_alone_and_what_is_missing_stays_missing():
    series = np.random.default_rng(1).normal(5, 1, (2, 3, 50))
    series[0, 1, 7] = np.nan
    deviation, autocorrelation = fluctuations(series, lag=1)
    alone = fluctuations(series[1, 2], lag=1)
    assert (deviation[1, 2], autocorrelation[1, 2]) == alone
    assert np.isnan(deviation[0, 1])
    assert np.isnan(autocorrelation[0, 1])
    assert np.isfinite(deviation).sum() == 5


def test_around_zero_a_relative_deviation_is_infinite():
    assert fluctuations(np.array([1.0, -1.0, -1.0, 1.0]), lag=1)[0] == np.inf


def test_of_two_kinds_every_pair_is_compared_and_a_tie_is_shared():
    found = discriminate(np.array([1.0, 3.0]), np.array([0, 0]), np.array([[0.0, 1.0, 2.0]]))
    assert found.area == pytest.approx((1.5 + 3) / 6)


def test_each_is_compared_at_its_own_place():
    second = np.array([[0.0, 0.0], [9.0, 9.0]])
    assert discriminate(np.array([5.0, 5.0]), np.array([0, 0]), second).area == 1
    assert discriminate(np.array([5.0, 5.0]), np.array([1, 1]), second).area == 0
    assert discriminate(np.array([5.0, np.inf]), np.array([1, 1]), second).area == 0.5


def test_the_interval_holds_the_true_area_in_about_95_of_100_samples():
    # Two normal distributions, one standard deviation apart: the area is the normal probability of 1 / sqrt(2).
    generator, inside = np.random.default_rng(2), 0
    for _ in range(400):
        first, second = generator.normal(1, 1, 40), generator.normal(0, 1, (1, 60))
        found = discriminate(first, np.zeros(40, dtype=int), second)
        inside += found.low <= 0.7602 <= found.high
    assert 0.91 <= inside / 400 <= 0.98


def test_without_a_member_of_a_kind_nothing_is_known_and_of_one_little():
    none = discriminate(np.empty(0), np.empty(0, dtype=int), np.ones((2, 5)))
    assert np.isnan([none.area, none.low, none.high]).all()
    one = discriminate(np.array([2.0]), np.array([0]), np.ones((2, 5)))
    assert (one.area, one.low, one.high) == (1, 0, 1)
