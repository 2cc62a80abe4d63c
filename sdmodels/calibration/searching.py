"""Which parameters fit the observations best, and how surely is that the best there is?"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pypesto
import pypesto.optimize
from scipy.optimize import Bounds, differential_evolution

from sdmodels.calibration.gathering import GatheredRuns
from sdmodels.calibration.posterior import Posterior
from sdmodels.calibration.pypesto_problem import optimizer_of, problem_of
from sdmodels.calibration.side_by_side import SideBySide, quiet
from sdmodels.engine.trajectories import Floats, Progress
from sdmodels.errors import CalibrationError
from sdmodels.whole import replaced

# Two starts have found the same optimum when their losses differ by less: a likelihood ratio of 1.1.
SAME = 0.1
# Members a parameter in the population of a global search: SciPy's own default.
POPULATION = 15
# Scores of a global search: 1 in 1,000 of a prior lies beyond on each side.
REACH = 3.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What many searches from different starts came to, the best first.

    Attributes
    ----------
    losses
        Minus the logarithm of the density, shape ``(starts,)``; infinite where a search failed.
    scores
        Where each ended, shape ``(starts, parameters)``.
    """

    losses: Floats
    scores: Floats

    @property
    def best(self) -> Floats:
        """The best scores, shape ``(parameters,)``."""
        return np.asarray(self.scores[0])

    @property
    def share_of_best(self) -> float:
        """Which share of the starts found the best optimum."""
        return float((self.losses <= self.losses[0] + SAME).mean())

    @property
    def optima(self) -> Floats:
        """Scores of each optimum that the starts found, the best first, shape ``(optima, parameters)``.

        Two of them differ in their loss, or are counted as one.
        """
        finite = self.losses[np.isfinite(self.losses)]
        first = np.append(0, 1 + np.flatnonzero(np.diff(finite) > SAME / 2))
        return np.asarray(self.scores[first])


def search(
    posterior: Posterior,
    *,
    starts: int,
    seed: int,
    store: Path | None = None,
    progress: Progress | None = None,
) -> Search:
    """Search from many starts with exact slopes, through pyPESTO.

    Least squares (trust region reflective) where the noise is normal or lognormal of given size, else the
    likelihood by L-BFGS-B. Starts are draws from the prior.

    Parameters
    ----------
    store
        A folder that ends are kept in on the way: what it holds already is gone on from.

    Raises
    ------
    CalibrationError
        If no start ends at a finite likelihood.
    """
    begins = np.random.default_rng(seed).standard_normal((starts, posterior.size))
    return search_from(posterior, begins, store=store, progress=progress)


def search_from(
    posterior: Posterior,
    begins: Floats,
    *,
    store: Path | None = None,
    progress: Progress | None = None,
) -> Search:
    """Search from given scores, shape ``(starts, parameters)``; see :func:`search`."""
    path = None if store is None else store / "ends.npy"
    ends = np.full(begins.shape, np.nan) if path is None or not path.is_file() else np.load(path)
    # An end that is not a number is either not there yet or failed: to search again tells which.
    missing = np.flatnonzero(np.isnan(ends).any(axis=1))

    def ended(number: int, result: Any) -> None:
        if result["x"] is not None:
            ends[missing[number]] = result["x"]
        if path is not None:
            with replaced(path) as unfinished:
                np.save(unfinished, ends)
        told[0] += 1
        if progress is not None:
            progress(told[0], len(begins))

    told = [len(begins) - missing.size]
    if missing.size:
        with GatheredRuns(posterior.objective.runs) as runs, quiet():
            shared = replace(posterior, objective=replace(posterior.objective, runs=runs))
            pypesto.optimize.minimize(
                problem=problem_of(shared, begins[missing]),
                optimizer=optimizer_of(shared),
                n_starts=int(missing.size),
                engine=SideBySide(runs, ended),
                progress_bar=False,
            )
    losses = [posterior.loss(end) if np.isfinite(end).all() else np.inf for end in ends]
    order = np.argsort(losses, kind="stable")
    found = Search(losses=np.array(losses)[order], scores=ends[order])
    if not np.isfinite(found.losses[0]):
        raise CalibrationError(
            f"No search of '{posterior.objective.case.id}' ended at a finite likelihood.\n"
            f"    {len(begins)} starts\n"
            "Narrow the bounds to where the model runs, or look for failing runs with `sdmodels simulate`."
        )
    return found


def search_globally(
    posterior: Posterior, *, seed: int, generations: int = 200, progress: Progress | None = None
) -> Search:
    """Search a rugged surface: SciPy's differential evolution, each generation one ensemble; then by slopes.

    Parameters
    ----------
    generations
        At most.
    """
    done = 0

    def loss(scores: Floats, /) -> Any:
        return -posterior.log_density(scores.reshape(posterior.size, -1))

    def told(*_: object, **__: object) -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(min(done, generations), generations)

    found = differential_evolution(
        loss,
        Bounds(np.full(posterior.size, -REACH), np.full(posterior.size, REACH)),
        maxiter=generations,
        popsize=POPULATION,
        rng=np.random.default_rng(seed),
        vectorized=True,
        updating="deferred",
        polish=False,
        callback=told,
    )
    if not np.isfinite(found.fun):
        raise CalibrationError(
            f"The global search of '{posterior.objective.case.id}' met no finite likelihood.\n"
            f"    {generations} generations\nNarrow the bounds to where the model runs."
        )
    return search_from(posterior, np.asarray(found.x)[None, :], progress=progress)
