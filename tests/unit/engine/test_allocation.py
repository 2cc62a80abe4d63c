from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

Courses = Callable[..., list[np.ndarray]]

REQUESTS = np.array([500.0, 300.0, 750.0])
PRIORITIES = np.array([5.0, 7.0, 3.0])
WIDTHS = np.array([2.0, 4.0, 4.0])
NAMES = [f"Got[{branch}]" for branch in ("Boston", "Dayton", "Fresno")]

# How much of a request is left at a price that lies so many widths above the priority.
CURVES = {
    1: lambda off: np.clip(0.5 - off, 0, 1),
    2: lambda off: 1 - stats.triang(0.5, -0.5, 1).cdf(off),
    3: lambda off: stats.norm.sf(off),
    4: lambda off: stats.laplace.sf(off),
}


def market(kind: int, available: str) -> str:
    profiles = "".join(f"{kind},{p},{w},0;" for p, w in zip(PRIORITIES, WIDTHS, strict=True))
    return (
        "branch: Boston, Dayton, Fresno ~ ~ |\nprofile: ptype, ppriority, pwidth, pextra ~ ~ |\n"
        f"Want[branch] = 500, 300, 750 ~ ~ |\nRule[branch,profile] = {profiles} ~ ~ |\n"
        f"Got[branch] = ALLOCATE AVAILABLE(Want[branch], Rule[branch,ptype], {available}) ~ ~ |\n"
    )


@pytest.mark.parametrize("kind", CURVES)
def test_all_that_there_is_goes_at_one_price(courses: Courses, kind: int) -> None:
    """Swept over the price: what the curves ask for in sum is offered, and must come back as it was."""
    prices = np.linspace(0.5, 9.5, 19)
    wanted = REQUESTS[:, None] * CURVES[kind]((prices - PRIORITIES[:, None]) / WIDTHS[:, None])
    points = ",".join(f"({index},{total!r})" for index, total in enumerate(wanted.sum(axis=0).tolist()))
    got = courses(market(kind, f"WITH LOOKUP(Time, ({points}))"), *NAMES, final=18)
    np.testing.assert_allclose(got, wanted, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("kind", CURVES)
def test_nobody_gets_more_than_requested_or_less_than_nothing(courses: Courses, kind: int) -> None:
    got = np.array(courses(market(kind, "200 * Time"), *NAMES, final=10))
    np.testing.assert_array_equal(got[:, 0], 0.0)
    np.testing.assert_array_equal(got[:, 8:], np.repeat(REQUESTS[:, None], 3, axis=1))
    np.testing.assert_allclose(got.sum(axis=0), np.minimum(200 * np.arange(11), 1550), rtol=1e-12)


def test_a_fixed_quantity_is_served_before_all_others(courses: Courses) -> None:
    equations = market(1, "600").replace("1,7.0,4.0,0", "0,0,0,0")
    got = [course[0] for course in courses(equations, *NAMES)]
    assert got[1] == 300
    assert sum(got) == pytest.approx(600, rel=1e-12)


@pytest.mark.parametrize(
    "equations",
    [
        market(1, "-1"),
        market(5, "600"),
        market(1, "600").replace("500, 300", "500, -300"),
        market(1, "600").replace("1,5.0,2.0", "1,5.0,0"),
        market(0, "600"),
    ],
    ids=["supply below zero", "unknown curve", "request below zero", "no width", "too much is fixed"],
)
def test_what_makes_no_sense_is_not_a_number(courses: Courses, equations: str) -> None:
    assert np.isnan(courses(equations, NAMES[0])[0]).all()


def test_by_priority_whoever_is_first_is_served_first(courses: Courses) -> None:
    equations = (
        "who: p, q, r ~ ~ |\nWant[who] = 10, 6, 3 ~ ~ |\nRank[who] = 1, 9, 5 ~ ~ |\n"
        "Got[who] = ALLOCATE BY PRIORITY(Want[who], Rank[who], ELMCOUNT(who), 3, Time) ~ ~ |\n"
    )
    got = np.array(courses(equations, "Got[p]", "Got[q]", "Got[r]", final=20))
    supply = np.arange(21)
    # The gaps of 4 are wider than 3: one after the other.
    expected = [np.clip(supply - 9, 0, 10), np.clip(supply, 0, 6), np.clip(supply - 6, 0, 3)]
    np.testing.assert_allclose(got, expected, rtol=1e-12, atol=1e-9)


def test_pysd_comes_to_the_same_numbers(courses: Courses, oracle: Courses) -> None:
    """PySD finds the price by least squares, with 1e-8 of each value."""
    for kind in CURVES:
        equations = market(kind, "90 + 200 * Time")
        found = courses(equations, *NAMES, final=6)
        np.testing.assert_allclose(found, oracle(equations, *NAMES, final=6), rtol=1e-6, atol=1e-5)


def test_by_priority_pysd_comes_to_the_same_numbers(courses: Courses, oracle: Courses) -> None:
    equations = (
        "who: p, q, r, s ~ ~ |\nWant[who] = 10, 6, 3, 0 ~ ~ |\nRank[who] = 1, 4, 3, 2 ~ ~ |\n"
        "Got[who] = ALLOCATE BY PRIORITY(Want[who], Rank[who], 4, 2.5, Time) ~ ~ |\n"
    )
    names = [f"Got[{who}]" for who in "pqrs"]
    found, expected = courses(equations, *names, final=20), oracle(equations, *names, final=20)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)
