"""What is left of the prior's variance, and where, decides what the data are said to say of a parameter."""

import numpy as np
import pytest
from scipy.special import ndtri
from straight import DEVIATIONS, MEANS

from sdmodels.calibration.convergence import Convergence
from sdmodels.calibration.sampling import Sample
from sdmodels.calibration.verdicts import Judgement, Pair, judge, pairs_of

COUNT = 1000
# Evenly spread over the prior: a sample of a standard normal without chance.
EVEN = ndtri((np.arange(COUNT) + 0.5) / COUNT)


def exactly(deviation: float, mean: float = 0.0) -> np.ndarray:
    """Return scores with this mean and standard deviation."""
    return mean + deviation * EVEN / EVEN.std()


def sample_of(*rows: np.ndarray) -> Sample:
    """Return a sample with one row of scores a parameter, in two populations."""
    scores = np.array(rows).T.reshape(2, -1, len(rows))
    numbers = np.arange(1.0, len(rows) + 1)
    return Sample(
        scores=scores,
        convergence=Convergence(
            rhat=1 + numbers / 1000, bulk=1000 * numbers, tail=2500 - numbers, acceptance=0.3
        ),
        log_evidence=np.zeros(2),
    )


def judged(case, *rows: np.ndarray) -> tuple[Judgement, ...]:
    return judge(case, sample_of(*rows))


@pytest.mark.parametrize(
    ("deviation", "verdict"),
    [
        (0.499, "identified"),
        (0.501, "informed"),
        (0.865, "informed"),
        (0.867, "prior"),
        (1.0, "prior"),
        (1.1, "prior"),
    ],
)
def test_the_contraction_of_the_variance_decides(straight, deviation, verdict):
    found = judged(straight, exactly(deviation), EVEN, EVEN)[0]
    assert found.contraction == pytest.approx(1 - deviation**2, rel=1e-9)
    assert found.verdict == verdict


@pytest.fixture
def even(make_straight):
    """Return the case with even priors of inflow and level."""
    return make_straight(
        *(
            (f'prior = {{ distribution = "normal", mean = {m}, sd = {s} }}', "")
            for m, s in ((4, 0.5), (100, 10))
        )
    )


def test_a_quarter_of_the_posterior_in_the_outer_twentieth_of_the_range_is_an_alarm(even):
    edge = 1.6448536269514722
    for share, verdict in ((249, "identified"), (250, "bound")):
        scores = np.full(COUNT, 1.3)
        scores[:share] = edge + 0.01
        high, low, _ = judged(even, scores, -scores, EVEN)
        assert (high.verdict, low.verdict) == (verdict, verdict)
        assert (high.at_minimum, high.at_maximum) == (0.0, share / COUNT)
        assert (low.at_minimum, low.at_maximum) == (share / COUNT, 0.0)


def test_an_even_prior_itself_has_a_twentieth_on_each_side(even):
    found = judged(even, EVEN, EVEN, EVEN)[0]
    assert (found.at_minimum, found.at_maximum) == (0.05, 0.05)
    assert found.verdict == "prior"


def test_what_is_known_well_near_a_bound_but_clear_of_it_is_identified(even):
    # At 0.98 of the range, give or take a thousandth.
    scores = ndtri(0.98 + exactly(0.001))
    found = judged(even, scores, -scores, EVEN)
    assert [each.verdict for each in found[:2]] == ["identified", "identified"]
    assert (found[0].at_maximum, found[1].at_minimum) == (1.0, 1.0)


def test_a_place_that_the_prior_did_not_expect_is_no_bound(straight):
    # Three deviations off, where the range is sixteen wide.
    found = judged(straight, exactly(0.1, mean=3.0), EVEN, EVEN)[0]
    assert (found.at_minimum, found.at_maximum) == (0.0, 0.0)
    assert found.verdict == "identified"


def test_numbers_are_those_of_the_scores(straight):
    ladder = np.linspace(-1, 1, 1001)[:-1] + 1e-3
    found = judged(straight, EVEN, ladder, EVEN)[1]
    assert found.id == "filled"
    assert found.shift == pytest.approx(ladder.mean(), rel=1e-12)
    assert found.contraction == pytest.approx(1 - ladder.var(), rel=1e-12)
    # Values are a straight line of scores, so quantiles are, too, but for the rounding of two normal quantiles.
    expected = MEANS[1] + DEVIATIONS[1] * np.quantile(ladder, (0.05, 0.5, 0.95))
    assert (found.low, found.median, found.high) == pytest.approx(tuple(expected), rel=1e-9)
    assert (found.prior_low, found.prior_median, found.prior_high) == pytest.approx(
        (100 - 16.448536, 100, 100 + 16.448536), rel=1e-9
    )


def test_the_quality_of_the_draws_stands_beside(straight):
    found = judged(straight, EVEN, EVEN, EVEN)
    assert [each.id for each in found] == ["supply", "filled", "depth"]
    assert [each.rhat for each in found] == [1.001, 1.002, 1.003]
    assert [each.effective for each in found] == [1000, 2000, 2497]


def pairs(case, *rows: np.ndarray) -> tuple[Pair, ...]:
    sample = sample_of(*rows)
    return pairs_of(case, sample, judge(case, sample))


def apart() -> tuple[np.ndarray, np.ndarray]:
    """Return two rows of scores with variance 1 and no correlation."""
    first = np.tile([1.0, 1.0, -1.0, -1.0], COUNT // 4)
    second = np.tile([1.0, -1.0, 1.0, -1.0], COUNT // 4)
    return first, second


@pytest.mark.parametrize(("sign", "together"), [(-1, "sum"), (1, "difference")])
def test_a_combination_is_identified_while_neither_is(straight, sign, together):
    first, second = apart()
    other = sign * (0.9 * first + np.sqrt(1 - 0.81) * second)
    (pair,) = pairs(straight, first, second, other)[:1]
    assert (pair.first, pair.second, pair.together) == ("supply", "depth", together)
    # The variance of (a ± b) / √2 is 1 - 0.9; that of a sample of 1,000 is larger by 1,000 to 999.
    assert pair.contraction == pytest.approx(0.9, abs=2e-4)
    assert pair.correlation == pytest.approx(sign * 0.9, rel=1e-9)


def test_what_is_not_tied_together_is_no_pair(straight):
    first, second = apart()
    assert pairs(straight, first, second, 0.7 * first + np.sqrt(0.51) * second) == ()


def test_a_parameter_that_is_identified_alone_is_in_no_pair(straight):
    first, second = apart()
    assert pairs(straight, 0.4 * first, -0.4 * first, second) == ()


def test_the_surest_pair_comes_first(straight):
    first, second = apart()
    close = 0.99 * first + np.sqrt(1 - 0.99**2) * second
    near = 0.9 * first + np.sqrt(1 - 0.9**2) * second
    found = pairs(straight, near, close, first)
    assert [(pair.first, pair.second) for pair in found] == [
        ("filled", "depth"),
        ("supply", "filled"),
        ("supply", "depth"),
    ]
