"""Searches find the parameters that made exact data, from every start and by every method."""

import numpy as np
import pytest
from tank import levels, parameter

from sdmodels.calibration.objective import Objective, objective_of
from sdmodels.calibration.posterior import Posterior
from sdmodels.calibration.searching import SAME, Search, search, search_from, search_globally
from sdmodels.errors import CalibrationError

TRUE = (0.13, 140.0)
TIMES = (1.0, 3.0, 6.0, 9.0)


def exact(noise: str, times=TIMES) -> list[str]:
    """Return rows of exact data under one noise."""
    return [
        f"water,{time},{level!r},{noise},s,"
        for time, level in zip(times, map(float, levels(*TRUE, times)), strict=True)
    ]


def posterior_of(make_case, *changed, noise="normal,0.01", added="") -> Posterior:
    return Posterior(objective=objective_of(make_case(*changed, rows=exact(noise), added=added)))


def found_values(posterior: Posterior, search: Search) -> np.ndarray:
    return posterior.objective.case.space.values_of(search.scores.T)


@pytest.fixture
def by_likelihood(monkeypatch):
    """Have every search use gradients of the likelihood, not residuals."""
    monkeypatch.setattr(Objective, "is_least_squares", property(lambda self: False))


@pytest.mark.parametrize("noise", ["normal,0.01", "lognormal,0.0001"])
def test_exact_data_give_the_true_parameters_from_all_starts(make_case, noise):
    posterior = posterior_of(make_case, noise=noise)
    found = search(posterior, starts=12, seed=1)
    assert found.losses.shape == (12,)
    assert found.scores.shape == (12, 2)
    assert found.share_of_best == 1.0
    # The prior pulls by one part in noise squared over level squared, 1e-8; the search stops at 1e-8 of the loss.
    expected = np.repeat(np.array([TRUE]).T, 12, axis=1)
    np.testing.assert_allclose(found_values(posterior, found), expected, rtol=2e-5)


def test_the_likelihood_finds_what_least_squares_find(make_case, by_likelihood, monkeypatch):
    posterior = posterior_of(make_case, noise="normal,3")
    assert not posterior.objective.is_least_squares
    gradients = search(posterior, starts=6, seed=1)
    monkeypatch.undo()
    assert posterior.objective.is_least_squares
    squares = search(posterior, starts=6, seed=1)
    assert squares.share_of_best == gradients.share_of_best == 1.0
    # Each stops where a step gains 1e-8 of the loss: scores differ by the root of it at most.
    np.testing.assert_allclose(gradients.losses, squares.losses[0], rtol=1e-6)
    np.testing.assert_allclose(gradients.best, squares.best, atol=1e-3)


def test_the_best_is_where_the_gradient_is_zero(make_case):
    posterior = posterior_of(make_case, noise="normal,3")
    best = search(posterior, starts=3, seed=1).best
    # The loss is some 10 and curved by 100 a score squared: a gradient of 1e-2 is 1e-4 scores away.
    np.testing.assert_allclose(posterior.loss_slopes(best), 0, atol=1e-2)


def test_a_noise_parameter_is_found_with_the_others(make_case):
    spread = parameter("spread", 0.001, 10, more='scale = "log"')
    rows = exact("normal,spread")
    # One litre too much and one too little: a standard deviation of one, but for the two that are fitted.
    level = [float(row.split(",")[2]) + sign for row, sign in zip(rows, (1, -1, -1, 1), strict=True)]
    rows = [row.replace(row.split(",")[2], repr(new)) for row, new in zip(rows, level, strict=True)]
    posterior = Posterior(objective=objective_of(make_case(rows=rows, added=spread)))
    assert not posterior.objective.is_least_squares
    found = search(posterior, starts=6, seed=2)
    assert found_values(posterior, found)[2, 0] == pytest.approx(1.0, rel=0.25)
    assert found_values(posterior, found)[0, 0] == pytest.approx(0.13, rel=0.05)


def test_a_global_search_finds_the_same(make_case):
    posterior = posterior_of(make_case, noise="normal,3")
    found, progress = search_globally(posterior, seed=1, generations=20), []
    local = search(posterior, starts=3, seed=1, progress=lambda done, of: progress.append((done, of)))
    assert found.losses.shape == (1,)
    np.testing.assert_allclose(found.losses[0], local.losses[0], rtol=1e-6)
    np.testing.assert_allclose(found.best, local.best, atol=1e-3)
    assert progress == [(1, 3), (2, 3), (3, 3)]


def test_the_same_seed_finds_the_same_and_starts_are_ordered(make_case):
    posterior = posterior_of(make_case)
    first, again = (search(posterior, starts=5, seed=7) for _ in range(2))
    # Members of one ensemble do not disturb each other, whichever gather.
    np.testing.assert_array_equal(first.losses, again.losses)
    np.testing.assert_array_equal(first.scores, again.scores)
    assert (np.diff(first.losses) >= 0).all()


def test_more_starts_than_search_at_once_are_all_made(make_case):
    posterior, progress = posterior_of(make_case), []
    found = search(posterior, starts=40, seed=1, progress=lambda done, of: progress.append((done, of)))
    assert found.losses.size == 40
    assert progress == [(done, 40) for done in range(1, 41)]


def test_a_search_that_was_interrupted_goes_on_from_what_is_stored(make_case, tmp_path):
    posterior, told = posterior_of(make_case), []

    def stop_after_three(done: int, of: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        search(posterior, starts=6, seed=1, store=tmp_path, progress=stop_after_three)
    resumed = search(
        posterior, starts=6, seed=1, store=tmp_path, progress=lambda done, of: told.append((done, of))
    )
    whole = search(posterior, starts=6, seed=1)
    assert told[0] >= (4, 6)
    assert told[-1] == (6, 6)
    np.testing.assert_array_equal(resumed.losses, whole.losses)
    np.testing.assert_array_equal(resumed.scores, whole.scores)


def test_the_share_of_the_best_counts_what_is_nearly_as_good():
    losses = np.array([1.0, 1.0 + 0.9 * SAME, 1.0 + 1.1 * SAME, np.inf])
    assert Search(losses=losses, scores=np.zeros((4, 1))).share_of_best == 0.5


def failing(make_case, low: float, high: float) -> Posterior:
    """Return a case whose runs fail below a depth of 1."""
    return posterior_of(
        make_case,
        ('formula = "Level"', 'formula = "Level * Root"'),
        added=parameter("depth", low, high, name="Depth"),
    )


@pytest.mark.parametrize("method", ["least squares", "likelihood"])
def test_no_finite_likelihood_is_refused(make_case, monkeypatch, method):
    if method == "likelihood":
        monkeypatch.setattr(Objective, "is_least_squares", property(lambda self: False))
    message = (
        r"^No search of 'tank' ended at a finite likelihood\.\n    3 starts\n"
        "Narrow the bounds to where the model runs, or look for failing runs with `sdmodels simulate`.$"
    )
    with pytest.raises(CalibrationError, match=message):
        search(failing(make_case, 0, 0.9), starts=3, seed=1)


def test_a_global_search_without_a_finite_likelihood_is_refused(make_case):
    message = r"^The global search of 'tank' met no finite likelihood\.\n    2 generations\nNarrow the bounds"
    with pytest.raises(CalibrationError, match=message):
        search_globally(failing(make_case, 0, 0.9), seed=1, generations=2)


@pytest.mark.parametrize("method", ["least squares", "likelihood"])
def test_a_start_that_fails_does_not_end_the_others(make_case, monkeypatch, method):
    if method == "likelihood":
        monkeypatch.setattr(Objective, "is_least_squares", property(lambda self: False))
    posterior = failing(make_case, 0.5, 3)
    # A share of 1/5 of the range, a score of -0.84, is a depth of 1.
    begins = np.array([[0.0, 0.0, -3.0], [0.0, 0.0, 1.0]])
    assert posterior.loss(begins[0]) == np.inf
    found = search_from(posterior, begins)
    assert np.isfinite(found.losses[0])
    assert found.losses.shape == (2,)
