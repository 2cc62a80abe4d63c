"""Does a calibration find what is true, and are its intervals honest?

Parameters are drawn from their priors, measurements from the model with its noise, and each data set is calibrated.
Then the rank of the truth among independent draws from the posterior is uniform, and intervals of 90 % hold the
truth in 90 % of the data sets, whatever the model, if and only if the sampler is right [1]_.

References
----------
.. [1] S. Talts, M. Betancourt, D. Simpson, A. Vehtari, A. Gelman, Validating Bayesian inference algorithms with
   simulation-based calibration, 2018, arXiv:1804.06788.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import fields, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np

from sdmodels.calibration.case import Case
from sdmodels.calibration.likelihoods import NOISES
from sdmodels.calibration.objective import Objective, objective_of
from sdmodels.calibration.posterior import Posterior
from sdmodels.calibration.recovered import INTERVAL, RANKED, Recovered, Recovery
from sdmodels.calibration.sampling import Sample, sample
from sdmodels.calibration.verdicts import judge
from sdmodels.engine.trajectories import Floats, Progress
from sdmodels.errors import CalibrationError
from sdmodels.experiment.request import Integration
from sdmodels.whole import replaced

# So often is a data set drawn again before it is given up.
TRIES = 1000


def recover(
    case: Case,
    *,
    data_sets: int,
    populations: int,
    walkers: int,
    seed: int,
    truth: Floats | None = None,
    measured_by: Case | None = None,
    store: Path | None = None,
    engine: Integration | None = None,
    progress: Progress | None = None,
) -> Recovery:
    """Calibrate a case to data sets of which the truth is known.

    Peaks are left out: they have no number that could be drawn.

    Parameters
    ----------
    data_sets
        How many. A data set is the same however many follow it.
    populations, walkers
        Of each calibration, as :func:`.sample` takes them.
    truth
        Scores, shape ``(parameters, data_sets)``, in place of draws from the priors: such as draws from the
        posterior of the case, for data sets near its own. Ranks need not be uniform then.
    measured_by
        The case that measurements are drawn from, where it is not the one that is calibrated: what does a wrong
        assumption do? Its parameters and rows are those of ``case``.
    store
        A folder in which each data set's result is kept: the same call goes on from there, to the same numbers.
    engine
        Which engine and how many threads; one thread is fastest for small models.

    Raises
    ------
    ValueError
        If ``truth`` or ``measured_by`` has another shape.
    CalibrationError
        If no observation has a number, or no data set can be drawn.
    """
    objective = objective_of(_with_numbers(case), engine=engine)
    measuring = objective if measured_by is None else objective_of(_with_numbers(measured_by), engine=engine)
    _require_shapes(objective, measuring, truth, data_sets)
    found = []
    for number, own in enumerate(np.random.SeedSequence(seed).spawn(data_sets)):
        given = None if truth is None else truth[:, number]
        path = None if store is None else store / f"data_set_{number}.npz"
        mark = _mark(objective, measuring, [populations, walkers, seed, number], given)
        one = None if path is None else _kept(path, mark)
        if one is None:
            one = _recovered(objective, measuring, given, populations, walkers, own)
            if path is not None:
                _keep(one, path, mark)
        found.append(one)
        if progress is not None:
            progress(number + 1, data_sets)
    return Recovery.of(case, found)


def _with_numbers(case: Case) -> Case:
    """Return the case without its peaks."""
    kept = tuple(each for each in case.observations if each.distribution != "peak")
    if not kept:
        raise CalibrationError(
            f"No data set can be drawn for '{case.id}'.\n    every observation is a peak, which has no number\n"
            "Add an observation of another kind."
        )
    return replace(case, observations=kept)


def _require_shapes(objective: Objective, measuring: Objective, truth: Floats | None, data_sets: int) -> None:
    size = objective.case.space.size
    if truth is not None and truth.shape != (size, data_sets):
        raise ValueError(
            f"'truth' has the shape {truth.shape}, not (parameters, data sets): {size, data_sets}."
        )
    if objective.case.space.names != measuring.case.space.names or len(objective.rows) != len(measuring.rows):
        raise ValueError("'measured_by' has other parameters or observations than the case.")


def _recovered(
    objective: Objective,
    measuring: Objective,
    given: Floats | None,
    populations: int,
    walkers: int,
    seeds: np.random.SeedSequence,
) -> Recovered:
    """Draw one data set, calibrate to it, and compare."""
    drawing, sampling, ranking = seeds.spawn(3)
    for again, (truth, measured) in enumerate(_drawn(measuring, given, np.random.default_rng(drawing))):
        if measured is not None and _is_possible(objective, truth, measured):
            held = replace(objective, measured=tuple(measured))
            own = int(sampling.generate_state(1)[0])
            draws = sample(Posterior(objective=held), populations=populations, walkers=walkers, seed=own)
            return compared(objective.case, truth, draws, seed=int(ranking.generate_state(1)[0]), again=again)
    raise CalibrationError(
        f"No data set can be drawn for '{objective.case.id}'.\n"
        f"    {TRIES} draws, none of which ran and could have been measured\n"
        "Narrow the bounds to where the model runs, or choose another noise."
    )


def _drawn(
    measuring: Objective, given: Floats | None, random: np.random.Generator
) -> Iterator[tuple[Floats, Floats | None]]:
    """Draw scores and measurements; ``None`` where a run failed or its noise has no draws."""
    space = measuring.case.space
    for _ in range(TRIES):
        scores = random.standard_normal(space.size) if given is None else given
        values = space.values_of(scores[:, None])
        model = measuring.model_at(values)
        measured = None
        if np.isfinite(model).all():
            try:
                measured = measuring.draw(model, values, random)[:, 0]
            except ValueError:  # numpy's, such as of a beta distribution around 0
                measured = None
        yield scores, measured


def _is_possible(objective: Objective, truth: Floats, measured: Floats) -> bool:
    """Tell whether the noise models take the measurements, and whether the truth has a likelihood."""
    pairs = zip(objective.observations, measured, strict=True)
    if any(NOISES[each.distribution].refuses(float(number), each.fixed) for each, number in pairs):
        return False
    held = Posterior(objective=replace(objective, measured=tuple(measured)))
    return bool(np.isfinite(held.log_likelihood(truth[:, None])).all())


def compared(case: Case, truth: Floats, draws: Sample, *, seed: int, again: int = 0) -> Recovered:
    """Hold a sample of the posterior against the truth.

    Parameters
    ----------
    truth
        Scores, shape ``(parameters,)``.
    seed
        Of the draws that the truth is ranked among.
    again
        How often the data set had to be drawn again.
    """
    low, high = np.quantile(draws.flat, INTERVAL, axis=1)
    judged = judge(case, draws)
    return Recovered(
        truth=truth,
        rank=(draws.some(RANKED, seed=seed) < truth[:, None]).sum(axis=1),
        covered=(low <= truth) & (truth <= high),
        contraction=np.array([each.contraction for each in judged]),
        verdict=np.array([each.verdict for each in judged]),
        rhat=draws.convergence.rhat,
        again=np.array(again),
    )


def _mark(objective: Objective, measuring: Objective, numbers: list[int], given: Floats | None) -> str:
    """Return what a stored result must bear to be that of this data set."""
    cases = [
        [case.problem.model_dump_json(), case.model.model.content_hash, repr(case.observations)]
        for case in (objective.case, measuring.case)
    ]
    truth = None if given is None else given.tolist()
    text = json.dumps([cases, numbers, truth, RANKED, INTERVAL, version("sdmodels")])
    return hashlib.sha256(text.encode()).hexdigest()


def _keep(one: Recovered, path: Path, mark: str) -> None:
    with replaced(path) as temporary:
        np.savez(temporary, mark=mark, **{each.name: getattr(one, each.name) for each in fields(one)})


def _kept(path: Path, mark: str) -> Recovered | None:
    """Return a result that was stored; ``None`` if there is none, or one of another call."""
    if not path.is_file():
        return None
    with np.load(path) as file:
        if str(file["mark"]) != mark:
            return None
        return Recovered(**{each.name: file[each.name] for each in fields(Recovered)})
