"""The profile of a straight model under normal noise is a parabola, and a flat one says that data are silent."""

from dataclasses import replace

import numpy as np
import pytest
from straight import DEVIATIONS, MEANS, MEASURED, NOISE, TIMES, design
from tank import observable

from sdmodels.calibration.objective import objective_of
from sdmodels.calibration.posterior import Posterior
from sdmodels.calibration.profiling import THRESHOLD, Profile, profiles_of
from sdmodels.calibration.searching import search


@pytest.fixture(scope="module")
def found(straight) -> tuple[Profile, ...]:
    posterior = Posterior(objective=objective_of(straight))
    best = search(posterior, starts=2, seed=1).best
    return profiles_of(posterior, best, ["depth", "filled", "supply"])


def without_own_prior(place: int) -> tuple[float, float]:
    """Return mean and standard deviation of a score under the data and the priors of all others."""
    by_score = design() * DEVIATIONS
    kept = np.eye(3)
    kept[place, place] = 0.0
    # Of the depth nothing is known then; it is left out for the others.
    used = [0, 1]
    precision = (kept + by_score.T @ by_score / NOISE**2)[np.ix_(used, used)]
    covariance = np.linalg.inv(precision)
    residuals = np.array(MEASURED) - design() @ MEANS
    mean = covariance @ (by_score.T @ residuals / NOISE**2)[used]
    return float(mean[place]), float(np.sqrt(covariance[place, place]))


@pytest.mark.parametrize("id", ["supply", "filled"])
def test_a_profile_is_the_parabola_of_the_likelihood_alone(found, straight, id):
    profile = next(each for each in found if each.id == id)
    place = straight.space.names.index(id)
    mean, deviation = without_own_prior(place)
    # Neighbours differ by a likelihood ratio of 0.3 about: a dozen points or so, and no crowd of them.
    assert 7 <= profile.scores.size <= 25
    assert (np.diff(profile.scores) > 0).all()
    assert (np.diff(profile.values) > 0).all()
    expected = 0.5 * ((profile.scores - mean) / deviation) ** 2
    # Each point is fitted to 1e-8 of a loss of some 10; the least point may be off the least of the parabola.
    np.testing.assert_allclose(profile.losses, expected - expected.min(), atol=1e-4)
    np.testing.assert_allclose(profile.values, MEANS[place] + DEVIATIONS[place] * profile.scores, rtol=1e-6)


@pytest.mark.parametrize("id", ["supply", "filled"])
def test_the_interval_is_the_mean_with_1_96_deviations_on_both_sides(found, straight, id):
    profile = next(each for each in found if each.id == id)
    place = straight.space.names.index(id)
    mean, deviation = without_own_prior(place)
    center, width = MEANS[place] + DEVIATIONS[place] * mean, 1.959964 * DEVIATIONS[place] * deviation
    assert profile.closes == (True, True)
    # Neighbours are a sixth of the width apart, where a chord of the parabola is off by less than 1/100 of it.
    allowed = 0.01 * width
    assert profile.interval == pytest.approx((center - width, center + width), abs=allowed)


def test_what_is_known_to_a_thousandth_of_its_prior_has_a_profile(make_straight):
    noise = 0.005
    rows = [
        f"water,{time:g},{level:g},normal,{noise},s," for time, level in zip(TIMES, MEASURED, strict=True)
    ]
    # The third level would be far off the line of the first two.
    case = make_straight(rows=rows[:2])
    posterior = Posterior(objective=objective_of(case))
    (profile,) = profiles_of(posterior, search(posterior, starts=2, seed=1).best, ["filled"])
    by_score = (design() * DEVIATIONS)[:2, :2]
    deviation = noise * np.sqrt(np.linalg.inv(by_score.T @ by_score)[1, 1])
    assert profile.scores.size >= 7
    low, high = profile.interval
    assert high - low == pytest.approx(2 * 1.96 * deviation * DEVIATIONS[1], rel=0.05)


def test_a_profile_of_counts_is_as_smooth_as_one_of_measurements(make_straight):
    rows = [
        f"water,{time:g},{level:g},negative-binomial,0.001,s,"
        for time, level in zip(TIMES, MEASURED, strict=True)
    ]
    case = make_straight(rows=rows)
    posterior = Posterior(objective=objective_of(case))
    (profile,) = profiles_of(posterior, search(posterior, starts=2, seed=1).best, ["filled"])
    assert profile.closes == (True, True)
    # A smooth curve has second differences of one sign, but for what is left of a search.
    bend = np.diff(np.diff(profile.losses) / np.diff(profile.scores))
    assert (bend > -0.02).all()


def test_a_profile_ends_where_nothing_can_be_measured(make_straight):
    case = make_straight(
        rows=("share,1,0.9,beta,5,s,", "water,4,84,normal,50,s,"),
        added=observable("share", "Level / 100 / One Litre", "value", "Dmnl"),
    )
    posterior = Posterior(objective=objective_of(case))
    (profile,) = profiles_of(posterior, search(posterior, starts=2, seed=1).best, ["filled"])
    assert np.isfinite(profile.losses).all()
    # A level of 100 after a day takes one of 107 at first, with the inflow there is.
    assert profile.values.max() < 110


def test_what_the_data_say_nothing_of_has_a_flat_profile_that_does_not_close(found):
    profile = found[0]
    assert profile.id == "depth"
    assert profile.closes == (False, False)
    # The others are fitted again at each point to 1e-8 of a loss of some 10.
    np.testing.assert_allclose(profile.losses, 0, atol=1e-6)
    assert profile.interval == (profile.values[0], profile.values[-1])
    # It goes through the middle 99 % of the prior, in the largest steps there are.
    assert profile.interval == pytest.approx((2 - 2.5758 * 0.125, 2 + 2.5758 * 0.125), rel=1e-6)
    assert profile.scores.size == 9


def test_profiles_come_in_the_order_asked_for_and_progress_is_told(straight):
    posterior, told = Posterior(objective=objective_of(straight)), []
    best = search(posterior, starts=1, seed=1).best
    assert profiles_of(posterior, best, []) == ()
    profiles = profiles_of(
        posterior, best, ["supply", "filled"], progress=lambda done, of: told.append((done, of))
    )
    assert [profile.id for profile in profiles] == ["supply", "filled"]
    assert told == [(1, 2), (2, 2)]


def made(losses: list[float]) -> Profile:
    values = np.arange(float(len(losses)))
    return Profile(id="made", scores=values / 10, values=values, losses=np.array(losses))


def test_an_interval_ends_on_the_straight_line_between_two_points():
    profile = made([2 * THRESHOLD, 0.0, 0.0, 4 * THRESHOLD])
    assert profile.interval == pytest.approx((0.5, 2.25), rel=1e-12)
    assert profile.closes == (True, True)


@pytest.mark.parametrize(
    ("losses", "closes", "interval"),
    [
        ([0.0, 1.0, 2 * THRESHOLD], (False, True), (0.0, 1 + (THRESHOLD - 1) / (2 * THRESHOLD - 1))),
        ([2 * THRESHOLD, 0.0, 1.0], (True, False), (0.5, 2.0)),
        ([1.0, 0.0, 1.0], (False, False), (0.0, 2.0)),
    ],
)
def test_a_profile_that_closes_on_one_side_ends_with_the_range_on_the_other(losses, closes, interval):
    profile = made(losses)
    assert profile.closes == closes
    assert profile.interval == pytest.approx(interval, rel=1e-12)


def test_the_threshold_is_that_of_one_degree_of_freedom():
    from scipy.stats import chi2

    # Rounded to four digits.
    assert pytest.approx(chi2.ppf(0.95, 1) / 2, abs=5e-5) == THRESHOLD


def test_a_profile_is_a_value(found):
    with pytest.raises(AttributeError):
        found[0].id = "other"
    assert replace(found[0], id="other").id == "other"
