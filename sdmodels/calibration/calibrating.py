"""From a case to a calibration: search, sample, judge, take growth apart, predict."""

import hashlib
import importlib.metadata
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from sdmodels.calibration.case import OBSERVATIONS, PROBLEM, Case
from sdmodels.calibration.case_agreement import names_in
from sdmodels.calibration.fit import Fit, fit_of
from sdmodels.calibration.growth import GrowthShares, take_apart
from sdmodels.calibration.objective import objective_of
from sdmodels.calibration.posterior import Posterior
from sdmodels.calibration.prediction import Forecast, horizon, predict
from sdmodels.calibration.profiling import Profile, profiles_of
from sdmodels.calibration.sampling import Sample, require_enough, sample
from sdmodels.calibration.searching import Search, search, search_globally
from sdmodels.calibration.tables import Effort
from sdmodels.calibration.verdicts import Judgement, Pair, judge, pairs_of
from sdmodels.engine.trajectories import Floats, Progress
from sdmodels.errors import CalibrationError
from sdmodels.whole import whole

Stage: TypeAlias = Literal["search", "sample", "profiles", "growth", "prediction"]
Told: TypeAlias = Callable[[Stage], Progress]
# Draws that growth and predictions are taken from: their quantiles are sure to a hundredth.
DRAWS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """What the data of a case say about its model.

    Attributes
    ----------
    fits
        What the posterior says of each observation.
    profiles
        Of the parameters that the problem lists; none where they were not asked for.
    """

    case: Case
    effort: Effort
    search: Search
    sample: Sample
    fits: tuple[Fit, ...]
    judgements: tuple[Judgement, ...]
    pairs: tuple[Pair, ...]
    profiles: tuple[Profile, ...]
    growth: GrowthShares | None
    forecasts: tuple[Forecast, ...]


def calibrate(
    case: Case,
    *,
    effort: Effort | None = None,
    globally: bool = False,
    profiles: bool = True,
    until: str | None = None,
    store: Path | None = None,
    told: Told | None = None,
) -> Calibration:
    """Calibrate a model to a case.

    Parameters
    ----------
    effort
        How much work, and the seed; the case's own if not given.
    globally
        Search by differential evolution first, for a rugged surface, in place of many starts.
    profiles
        Whether to profile the parameters that the problem lists.
    until
        Predict to the end of this month or year.
    store
        A folder for work in progress: after an interruption the same call goes on from there, to the same numbers.
        What another case, effort or version left there is removed.
    told
        Called with each stage, for the progress to report to.

    Raises
    ------
    CalibrationError
        If nothing can be fitted, or not predicted.
    """
    effort = case.problem.effort if effort is None else effort
    # What cannot be is told before the work.
    require_enough(effort.walkers, case.space.size)
    if until is not None:
        horizon(case, until)
    if store is not None:
        _clear(store, case, effort, globally)
    posterior = Posterior(objective=objective_of(case))

    def progress(stage: Stage) -> Progress | None:
        return None if told is None else told(stage)

    if globally:
        found = search_globally(posterior, seed=effort.seed, progress=progress("search"))
    else:
        found = search(
            posterior, starts=effort.starts, seed=effort.seed, store=store, progress=progress("search")
        )
    drawn = sample(
        posterior,
        populations=effort.populations,
        walkers=effort.walkers,
        seed=effort.seed,
        store=store,
        progress=progress("sample"),
    )
    ids = [parameter.id for parameter in case.problem.parameters if _is_told(case, parameter.id)]
    profiled = profiles_of(posterior, found.best, ids, progress=progress("profiles")) if profiles else ()
    some = drawn.some(DRAWS, seed=effort.seed)
    growth = None
    if case.problem.growth is not None:
        growth = take_apart(case, case.problem.growth, some, progress=progress("growth"))
    forecasts: tuple[Forecast, ...] = ()
    if until is not None:
        reached = progress("prediction")
        forecasts = predict(case, some, until=until, seed=effort.seed)
        if reached is not None:
            reached(1, 1)
    judgements = judge(case, drawn)
    return Calibration(
        case=case,
        effort=effort,
        search=found,
        sample=drawn,
        fits=fit_of(posterior.objective, some, found.best, seed=effort.seed),
        judgements=judgements,
        pairs=pairs_of(case, drawn, judgements),
        profiles=profiled,
        growth=growth,
        forecasts=forecasts,
    )


def _is_told(case: Case, id: str) -> bool:
    """Return whether a parameter has a say in the observations: those of predictions alone have none."""
    changes = case.problem.changes
    used = {getattr(change, key) for change in changes for key in ("value", "factor", "over")}
    used |= {observation.spread for observation in case.observations}
    measured = {observation.observable.id for observation in case.observations}
    used |= {name for observable in measured for name in names_in(case.entry, observable)}
    return case.parameter(id).name is not None or id in used


def _clear(store: Path, case: Case, effort: Effort, globally: bool) -> None:
    """Leave in the store what belongs to this calibration alone."""
    digest = hashlib.sha256()
    for name in (PROBLEM, OBSERVATIONS):
        digest.update((case.folder / name).read_bytes())
    digest.update(case.model.model.content_hash.encode())
    if case.model.manifest is not None:
        # Ranges of parameters, policies and scenarios are in the manifest.
        digest.update(case.model.manifest.model_dump_json().encode())
    digest.update(
        json.dumps([effort.model_dump(), globally, importlib.metadata.version("sdmodels")]).encode()
    )
    mark = store / "belongs_to.txt"
    if mark.is_file() and mark.read_text(encoding="utf-8").strip() == digest.hexdigest():
        return
    if mark.is_file():
        shutil.rmtree(store)
    elif store.is_dir() and any(store.iterdir()):
        raise CalibrationError(
            f"{store}: the folder for work in progress holds something else.\n    no {mark.name} in it\n"
            "Move it away, or write to another folder."
        )
    with whole(mark) as file:
        file.write(digest.hexdigest() + "\n")


def values_of(calibration: Calibration) -> Floats:
    """Return all draws of all parameters, shape ``(parameters, draws)`` [unit of each]."""
    return calibration.case.space.values_of(calibration.sample.flat)
