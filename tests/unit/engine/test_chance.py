"""Do the random functions have the distributions that they are named after?

Kolmogorov-Smirnov with a fixed seed: the tests are repeatable, and a p-value below a thousandth is a fault.
"""

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

Courses = Callable[..., list[np.ndarray]]

MEMBERS = 20000

DISTRIBUTIONS = {
    "RANDOM 0 1()": stats.uniform(),
    "RANDOM UNIFORM(-2, 3, 1)": stats.uniform(-2, 5),
    "RANDOM NORMAL(-100, 100, 3, 2, 1)": stats.norm(3, 2),
    "RANDOM NORMAL(1, 4, 3, 2, 1)": stats.truncnorm(-1, 0.5, 3, 2),
    "RANDOM NORMAL(20, 100, 3, 2, 1)": stats.truncnorm(8.5, 48.5, 3, 2),
    "RANDOM NORMAL(-100, -15, 3, 2, 1)": stats.truncnorm(-51.5, -9, 3, 2),
    "NORMAL(3, 2)": stats.norm(3, 2),
    "RANDOM EXPONENTIAL(0, 1000, 0, 2, 1)": stats.expon(0, 2),
    "RANDOM EXPONENTIAL(1, 4, 0.5, 2, 1)": stats.truncexpon(1.5, 1, 2),
    "EXPRND(3)": stats.expon(0, 3),
    "RANDOM TRIANGULAR(-9, 9, 0, 1, 4, 1)": stats.triang(0.25, 0, 4),
    "RANDOM TRIANGULAR(0, 9, 0, 0, 4, 1)": stats.triang(0, 0, 4),
}


@pytest.mark.parametrize("function", list(DISTRIBUTIONS))
def test_a_random_function_has_its_distribution(courses: Courses, function: str) -> None:
    (drawn,) = courses(f"X = {function}", "X", members=MEMBERS, final=1, seed=7)
    for at_one_time in drawn:
        assert stats.kstest(at_one_time, DISTRIBUTIONS[function].cdf).pvalue > 1e-3


def test_a_truncated_triangle_has_the_shape_of_the_whole_between_its_ends(courses: Courses) -> None:
    (drawn,) = courses("X = RANDOM TRIANGULAR(0.5, 3, 0, 1, 4, 1)", "X", members=MEMBERS, final=0)
    whole = stats.triang(0.25, 0, 4)
    low, high = whole.cdf([0.5, 3.0])
    assert stats.kstest(drawn[0], lambda x: (whole.cdf(x) - low) / (high - low)).pvalue > 1e-3


def test_nothing_is_drawn_beyond_the_ends(courses: Courses) -> None:
    (drawn,) = courses("X = RANDOM NORMAL(1, 2, 1.4, 0.5, 1)", "X", members=MEMBERS, final=0)
    assert drawn.min() >= 1.0
    assert drawn.max() <= 2.0


def test_without_spread_the_mean_is_drawn(courses: Courses) -> None:
    (drawn,) = courses("X = RANDOM NORMAL(0, 10, 4, 0, 1)", "X", members=3, final=0)
    np.testing.assert_array_equal(drawn, 4.0)


def test_members_places_elements_and_steps_draw_independently(courses: Courses) -> None:
    equations = (
        "d: p, q ~ ~ |\nX = RANDOM 0 1() ~ ~ |\nY = RANDOM 0 1() + 0 * RANDOM 0 1() ~ ~ |\n"
        "Z[d] = RANDOM UNIFORM(0, 1, 5) ~ ~ |\nW = RANDOM UNIFORM(0, 1, 5) ~ ~ |\n"
    )
    drawn = courses(equations, "X", "Y", "Z[p]", "Z[q]", "W", members=3000, final=3)
    rows = np.vstack([*drawn, np.roll(drawn[0], 1, axis=1)])
    correlations = np.corrcoef(rows)
    # Of 276 pairs of 3000 draws none correlates beyond four and a half standard deviations.
    assert np.abs(correlations - np.eye(len(rows))).max() < 4.5 / np.sqrt(3000)


def test_the_seed_of_the_run_decides(courses: Courses) -> None:
    first, again, other = (courses("X = RANDOM 0 1()", "X", members=4, seed=s)[0] for s in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).all()


def test_a_number_is_drawn_once_for_all_who_read_it(courses: Courses) -> None:
    equations = "X = RANDOM NORMAL(-9, 9, 0, 1, 1)\nY = X - X\nS = INTEG(X, 0)"
    noise, nothing, walk = courses(equations, "X", "Y", "S", members=5, method="rk4")
    assert (nothing == 0).all()
    np.testing.assert_allclose(np.diff(walk, axis=0), noise[:-1], atol=1e-12)


def test_a_number_drawn_initially_stays(courses: Courses) -> None:
    equations = "X = INITIAL(RANDOM UNIFORM(0, 1, 1))\nS = INTEG(1, RANDOM UNIFORM(5, 6, 1))"
    kept, stock = courses(equations, "X", "S", members=50, final=4)
    np.testing.assert_array_equal(kept, np.broadcast_to(kept[0], kept.shape))
    assert len(set(kept[0])) == 50
    assert (stock[0] > 5).all()
    assert len(set(stock[0])) == 50
