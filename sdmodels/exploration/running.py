"""How does an experiment run that a model's folder holds as data?

Every kind has its ``case`` here; a new kind adds one.
"""

from dataclasses import replace
from typing import assert_never

from sdmodels.catalogue import Course, ModeMap, NoiseTest, PolicyRanking, Ramp, ShockTest, Sweep
from sdmodels.engine.trajectories import Progress
from sdmodels.experiment import ModelLike, as_entry
from sdmodels.exploration.course import run_course
from sdmodels.exploration.mode_experiment import run_modes
from sdmodels.exploration.noise_experiment import run_noise
from sdmodels.exploration.ramp import run_ramp
from sdmodels.exploration.ranking_experiment import run_ranking
from sdmodels.exploration.result import ExperimentResult
from sdmodels.exploration.shock_experiment import run_shocks
from sdmodels.exploration.sweep import run_sweep


def run_experiment(
    model: ModelLike,
    id: str,
    *,
    members: int | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> ExperimentResult:
    """Run an experiment of a model's ``experiments.toml``.

    Parameters
    ----------
    model
        A catalogue id, or the path of a model with an ``experiments.toml`` beside it.
    id
        That of the experiment.
    members
        Runs of each arm and value; as many as the experiment says if not given.
    seed
        Of the draws of the uncertain constants, which are common to all arms and values.
    progress
        Called with the runs done and the runs in all.

    Raises
    ------
    UnknownNameError
        If there is no such model or experiment.
    SimulationError
        If no member stays finite.

    Examples
    --------
    >>> result = run_experiment("hotline", "intensity", members=100, seed=1)
    >>> result.summary  # doctest: +SKIP
    """
    entry = as_entry(model)
    experiment = entry.experiment(id)
    count = experiment.members if members is None else members
    match experiment:
        case Sweep():
            result = run_sweep(entry, experiment, members=count, seed=seed, progress=progress)
        case Ramp():
            result = run_ramp(entry, experiment, members=count, seed=seed, progress=progress)
        case Course():
            result = run_course(entry, experiment, members=count, seed=seed, progress=progress)
        case ModeMap():
            result = run_modes(entry, experiment, members=count, seed=seed, progress=progress)
        case ShockTest():
            result = run_shocks(entry, experiment, members=count, seed=seed, progress=progress)
        case NoiseTest():
            result = run_noise(entry, experiment, members=count, seed=seed, progress=progress)
        case PolicyRanking():
            result = run_ranking(entry, experiment, members=count, seed=seed, progress=progress)
        case _:
            assert_never(experiment)
    asked = {
        "model": entry.id,
        "model_hash": entry.model.content_hash,
        "experiment": experiment.model_dump_json(exclude_none=True),
        "members": count,
        "seed": seed,
    }
    return replace(result, data=result.data.assign_attrs(asked))
