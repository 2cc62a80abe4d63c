"""The likelihood of a case is the sum of the densities of its rows, with exact slopes by every parameter."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from tank import STEP, change, levels, observable, parameter

from sdmodels.calibration.gathering import GatheredRuns
from sdmodels.calibration.objective import objective_of
from sdmodels.experiment import Integration

TIMES = (1.0, 4.0, 7.5)
# Each noise model once, a parameter for one of them, and every statistic.
EVERY_NOISE = {
    "added": parameter("spread", 1, 9)
    + observable("share", "Level / 200 / One Litre", "value", "Dmnl")
    + observable("all", "Level", "total", "litre*Day")
    + observable("usual", "Level", "mean", "litre")
    + observable("shrinks", "Level", "growth", "")
    + observable("flood", "Level", "peak", "", 'among = "0/9"'),
    "rows": (
        "water,1,110,normal,spread,s,",
        "water,4,95,negative-binomial,0.1,s,",
        "water,7.5,60,lognormal,0.2,s,",
        "share,2,0.6,beta,40,s,",
        "share,3,7,beta-binomial,12;30,s,",
        "all,1/5,420,normal,50,s,",
        "usual,2/6,90,normal,spread,s,",
        "shrinks,3/6,0.7,normal,0.1,s,",
        "flood,0/3,,peak,0.3,s,",
    ),
}
POINT = np.array([[0.13], [140.0], [5.0]])


def values(*points: tuple[float, ...]) -> np.ndarray:
    return np.array(points).T


def test_the_log_likelihood_is_the_sum_of_scipy_s_densities(make_case):
    rows = [f"water,{time},{number},normal,5,s," for time, number in zip(TIMES, (110, 90, 60), strict=True)]
    found = objective_of(make_case(rows=rows)).log_likelihood(values((0.13, 140), (0.2, 100)))
    expected = [
        stats.norm.logpdf([110, 90, 60], levels(loss, filled, TIMES), 5).sum()
        for loss, filled in ((0.13, 140), (0.2, 100))
    ]
    # Rounding, where residuals of 1e-13 litre count 10 times.
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_each_noise_model_counts_by_its_own_density(make_case):
    objective = objective_of(make_case(**EVERY_NOISE))
    model = objective.model_at(POINT)
    found = objective.of_model(model, POINT)[:, 0]
    m = model[:, 0]
    expected = [
        stats.norm.logpdf(110, m[0], 5),
        stats.nbinom.logpmf(95, 10, 10 / (10 + m[1])),
        stats.lognorm.logpdf(60, 0.2, scale=m[2]),
        stats.beta.logpdf(0.6, m[3] * 40, (1 - m[3]) * 40),
        stats.betabinom.logpmf(7, 12, m[4] * 30, (1 - m[4]) * 30),
        stats.norm.logpdf(420, m[5], 50),
        stats.norm.logpdf(90, m[6], 5),
        stats.norm.logpdf(0.7, m[7], 0.1),
        stats.norm.logcdf(np.log(m[8:10]) / (0.3 * np.sqrt(2))).sum(),
    ]
    np.testing.assert_allclose(m[3], levels(0.13, 140, [2])[0] / 200, rtol=1e-13)
    # Rounding.
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    np.testing.assert_allclose(objective.log_likelihood(POINT), [sum(expected)], rtol=1e-12)


def differences(objective, point: np.ndarray) -> np.ndarray:
    """Return central differences of the log-likelihood, the step a millionth of each value."""
    found = []
    for row in range(len(point)):
        step = 1e-6 * np.eye(len(point))[row] * point[row]
        more, less = objective.log_likelihood(np.stack([point + step, point - step], axis=1))
        found.append((more - less) / (2 * step[row]))
    return np.array(found)


SINKS = {
    "a constant and an initial value": ((), "", (0.13, 140.0)),
    "a noise parameter": ((), "", (0.13, 140.0, 5.0)),
    "the value of a change": (
        (),
        change("Supply", value="high", begins=2.25) + parameter("high", 1, 9),
        (0.13, 140.0, 6.0),
    ),
    "the factor of a change": (
        (),
        change("Loss Rate", factor="more", begins=2) + parameter("more", 0.5, 3),
        (0.13, 140.0, 1.7),
    ),
    "how long a change takes": (
        (),
        change("Supply", value=9, begins=2, over="ramp", ends=6) + parameter("ramp", 0.5, 9),
        (0.13, 140.0, 2.9),
    ),
    "several parts of two changes": (
        (),
        change("Supply", value="high", begins=1, over="ramp")
        + change("Supply", factor="more", begins=5)
        + parameter("more", 0.5, 3)
        + parameter("high", 1, 9)
        + parameter("ramp", 0.5, 9),
        (0.13, 140.0, 0.7, 6.0, 2.3),
    ),
    "one parameter in two changes": (
        (),
        change("Supply", value="high", begins=1)
        + change("Loss Rate", factor="high", begins=3)
        + parameter("high", 0.5, 3),
        (0.13, 140.0, 1.4),
    ),
    "a change behind those of a policy": (
        ("model = ", 'policy = "refill"\nmodel = '),
        change("Supply", factor="more", begins=5) + parameter("more", 0.5, 3),
        (0.13, 140.0, 1.7),
    ),
    "a parameter in a formula": (
        ('formula = "Level"', 'formula = "Level * gain ^ 2"'),
        parameter("gain", 0.5, 2),
        (0.13, 140.0, 1.2),
    ),
    "the slope of a table": (
        (),
        parameter("glass", 0.5, 1.5, name="Glass (slope)") + observable("mark", "Height", "value", "cm"),
        (0.13, 140.0, 1.2),
    ),
}


def of_sink(make_case, name):
    changed, added, point = SINKS[name]
    rows = ["water,1,110,normal,5,s,", "water,4,90,normal,5,s,", "water,7.5,60,lognormal,0.2,s,"]
    if name == "a noise parameter":
        rows.append("water,6,70,normal,spread,s,")
        added = parameter("spread", 1, 9)
    if "mark" in added:
        rows += ["mark,3,11,normal,1,s,", "mark,7,6,normal,1,s,"]
    case = make_case(*([changed] if changed else []), rows=rows, added=added)
    return case, np.array(point)


@pytest.mark.parametrize("name", SINKS)
def test_slopes_are_those_of_the_log_likelihood(make_case, name):
    case, point = of_sink(make_case, name)
    objective = objective_of(case)
    value, slopes = objective.slopes_at(point[:, None])
    np.testing.assert_allclose(value, objective.log_likelihood(point[:, None]), rtol=1e-12)
    # A step of 1e-6 loses 6 of 16 digits to rounding, of a log-likelihood of some 100.
    np.testing.assert_allclose(slopes[:, 0], differences(objective, point), rtol=2e-6, atol=1e-6)
    assert (slopes != 0).all()


@pytest.mark.parametrize("name", ["several parts of two changes", "the slope of a table"])
def test_the_interpreter_says_the_same(make_case, name):
    case, point = of_sink(make_case, name)
    native, slow = (objective_of(case, engine=Integration(engine=e)) for e in ("native", "interpreter"))
    together = point[:, None] * np.array([[1.0, 1.05, 0.9]])
    # The engines differ in the last digits, and so do sums of residuals.
    np.testing.assert_allclose(native.log_likelihood(together), slow.log_likelihood(together), rtol=1e-11)
    for first, second in zip(native.slopes_at(together), slow.slopes_at(together), strict=True):
        np.testing.assert_allclose(first, second, rtol=1e-10)


def test_slopes_of_every_noise_model_and_statistic_are_exact(make_case):
    objective = objective_of(make_case(**EVERY_NOISE))
    _, slopes = objective.slopes_at(POINT)
    np.testing.assert_allclose(slopes[:, 0], differences(objective, POINT[:, 0]), rtol=2e-6, atol=1e-6)


def test_a_later_change_leaves_earlier_values_as_they_were(make_case):
    case, point = of_sink(make_case, "the value of a change")
    found = objective_of(case).model_at(point[:, None])[:, 0]
    assert found[0] == pytest.approx(levels(0.13, 140, [1])[0], rel=1e-13)
    at_change = levels(0.13, 140, [2.25])[0]
    expected = levels(0.13, at_change, np.array([4, 7.5]) - 2.25, supply=6.0)
    # Rounding.
    np.testing.assert_allclose(found[1:], expected, rtol=1e-13)


class TestFailures:
    """A root of a negative number ends a run."""

    @pytest.fixture
    def objective(self, make_case):
        added = parameter("depth", 0.5, 3, name="Depth")
        return objective_of(make_case(('formula = "Level"', 'formula = "Level * Root"'), added=added))

    def test_a_run_that_fails_has_no_likelihood_and_does_not_disturb_the_others(self, objective):
        points = values((0.13, 140, 2.0), (0.13, 140, 0.7), (0.2, 90, 3.0))
        fine = points[:, [0, 2]]
        found, alone = objective.log_likelihood(points), objective.log_likelihood(fine)
        assert found[1] == -np.inf
        np.testing.assert_array_equal(found[[0, 2]], alone)
        (value, slopes), (_, slopes_alone) = objective.slopes_at(points), objective.slopes_at(fine)
        assert value[1] == -np.inf
        np.testing.assert_array_equal(slopes[:, [0, 2]], slopes_alone)
        assert np.isfinite(slopes[:, [0, 2]]).all()

    def test_residuals_of_a_run_that_fails_are_no_numbers_and_no_warning(self, objective):
        point = values((0.13, 140, 0.7))
        assert np.isnan(objective.residuals_at(point)).all()
        assert np.isnan(objective.residual_slopes_at(point)).all()


def test_a_negative_level_has_no_likelihood_as_a_count(make_case):
    case = make_case(
        ('formula = "Level"', 'formula = "Level - 50 * One Litre"'),
        rows=("water,8,3,negative-binomial,0.1,s,",),
    )
    found = objective_of(case).log_likelihood(values((0.02, 150), (0.5, 60)))
    assert np.isfinite(found[0])
    assert found[1] == -np.inf


class TestLeastSquares:
    @pytest.fixture
    def objective(self, make_case):
        return objective_of(make_case(rows=("water,1,110,normal,5,s,", "water,4,90,lognormal,0.2,s,")))

    def test_noise_of_given_size_is_a_sum_of_squares(self, objective, make_case):
        assert objective.is_least_squares
        assert not objective_of(make_case(**EVERY_NOISE)).is_least_squares
        spread = parameter("spread", 1, 9)
        assert not objective_of(
            make_case(rows=("water,1,9,normal,spread,s,",), added=spread)
        ).is_least_squares

    def test_half_the_sum_of_squares_is_minus_the_log_likelihood_but_for_a_constant(self, objective):
        points = values((0.13, 140), (0.2, 100), (0.03, 60))
        squares = [(objective.residuals_at(points[:, [k]]) ** 2).sum() / 2 for k in range(3)]
        constant = objective.log_likelihood(points) + squares
        # Rounding.
        np.testing.assert_allclose(constant, constant[0], rtol=1e-12)

    def test_slopes_of_residuals_are_exact(self, objective):
        point, found = np.array([0.13, 140.0]), []
        for step in (np.array([1e-7, 0]), np.array([0, 1e-4])):
            more, less = (objective.residuals_at((point + s)[:, None]) for s in (step, -step))
            found.append((more - less) / (2 * step.sum()))
        # A step of a millionth loses 6 of 16 digits.
        np.testing.assert_allclose(objective.residual_slopes_at(point[:, None]), np.array(found).T, rtol=1e-7)


def test_draws_are_measurements_that_scatter_around_the_model(make_case):
    objective = objective_of(
        make_case(rows=("water,1,110,normal,5,s,", "water,4,90,negative-binomial,0.1,s,"))
    )
    points = np.repeat(values((0.13, 140)), 20_000, axis=1)
    model = objective.model_at(points)
    found = objective.draw(model, points, np.random.default_rng(2))
    level = levels(0.13, 140, [1, 4])
    deviation = np.array([5, np.sqrt(level[1] + 0.1 * level[1] ** 2)])
    # Four standard errors.
    assert (np.abs(found.mean(axis=1) - level) < 4 * deviation / np.sqrt(20_000)).all()
    np.testing.assert_allclose(found.std(axis=1), deviation, rtol=0.03)
    assert (found[1] == np.rint(found[1])).all()


def test_gathered_runs_are_the_same_runs(tank):
    objective = objective_of(tank)
    with GatheredRuns(objective.runs) as runs:
        shared = replace(objective, runs=runs)
        point = values((0.13, 140))
        for first, second in zip(shared.slopes_at(point), objective.slopes_at(point), strict=True):
            np.testing.assert_array_equal(first, second)
        np.testing.assert_array_equal(shared.log_likelihood(point), objective.log_likelihood(point))


def test_a_parameter_is_the_factor_of_a_change_from_its_beginning_on(make_case):
    case, point = of_sink(make_case, "the factor of a change")
    found = objective_of(case).model_at(point[:, None])[:, 0]
    at_change = levels(0.13, 140, [2])[0]
    expected = levels(1.7 * 0.13, at_change, np.array([4, 7.5]) - 2)
    # Rounding.
    np.testing.assert_allclose(found[1:], expected, rtol=1e-13)


def test_a_parameter_is_the_time_that_a_change_takes(make_case):
    case, point = of_sink(make_case, "how long a change takes")
    found = objective_of(case).model_at(point[:, None])[:, 0]
    level, expected = 140.0, []
    for step in range(31):
        time = step * STEP
        if time in (1, 4, 7.5):
            expected.append(level)
        supply = 9 * min(1.0, (time - 2) / 2.9) if 2 <= time < 6 else 0.0
        level += STEP * (supply - 0.13 * level)
    # Rounding.
    np.testing.assert_allclose(found, expected, rtol=1e-13)


@pytest.mark.parametrize(
    ("formula", "row"),
    [
        ("Level / One Litre", "share,2,0.6,beta,40,s,"),
        ("Level / One Litre", "share,3,7,beta-binomial,12;30,s,"),
        ("-Level / One Litre", "share,3,0,negative-binomial,0.01,s,"),
    ],
)
def test_a_rate_above_one_and_a_count_below_zero_are_impossible(make_case, formula, row):
    case = make_case(
        rows=("water,1,110,normal,5,s,", row), added=observable("share", formula, "value", "Dmnl")
    )
    found = objective_of(case)
    assert found.log_likelihood(values((0.13, 140))) == [-np.inf]
    assert found.slopes_at(values((0.13, 140)))[0] == [-np.inf]
