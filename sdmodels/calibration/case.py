"""Which case is meant, and does what it says fit its model?"""

import datetime as dt
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sdmodels.calibration.calendar import Calendar
from sdmodels.calibration.case_agreement import require_agreement, require_mentions, require_steps
from sdmodels.calibration.case_parameters import parameters_of
from sdmodels.calibration.faults import at, fault
from sdmodels.calibration.formulas import with_formulas
from sdmodels.calibration.observations import Observation, read_observations
from sdmodels.calibration.quantities import rivals_of
from sdmodels.calibration.space import Space
from sdmodels.calibration.tables import Parameter, Problem
from sdmodels.catalogue import Entry, Language, data_folder, load
from sdmodels.catalogue.reading import read_table
from sdmodels.errors import CalibrationError, UnknownNameError, did_you_mean, unknown
from sdmodels.structure.subscripts import variable_of

PROBLEM, OBSERVATIONS = "problem.toml", "observations.csv"
# Of the model's own length: a run that no 'final_time' asks for is no longer.
MOST_RUN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A model with the observations that it is held to.

    Attributes
    ----------
    entry
        The model, with an auxiliary for every observable and a constant for every parameter that formulas use.
    model
        The model as it is.
    space
        The parameters: those of the problem, then those of the manifest's ranges.
    """

    problem: Problem
    folder: Path
    entry: Entry
    model: Entry
    calendar: Calendar
    observations: tuple[Observation, ...]
    space: Space

    @property
    def id(self) -> str:
        """What the case is called."""
        return self.problem.id

    def parameter(self, id: str) -> Parameter:
        """Return the parameter of that id; raise UnknownNameError with the nearest one otherwise."""
        known = {parameter.id: parameter for parameter in self.space.parameters}
        if id not in known:
            raise unknown("parameter of this case", id, known)
        return known[id]

    def title_of(self, parameter: Parameter, language: Language) -> str:
        """Return what a figure or a table calls a parameter."""
        if parameter.title is not None:
            return parameter.title.in_language(language)
        assert parameter.name is not None
        return self.model.title_of(parameter.name, language)

    def unit_of(self, parameter: Parameter) -> str:
        """Return the unit of a parameter: its own, or that of what it sets."""
        if parameter.name is None:
            return parameter.unit
        return self.model.model[variable_of(parameter.name)].units


def cases() -> tuple[str, ...]:
    """Return the ids of the cases of the catalogue."""
    return tuple(sorted(path.parent.name for path in data_folder("calibration").glob(f"*/{PROBLEM}")))


def load_case(case: str | os.PathLike[str]) -> Case:
    """Load a case and hold it against its model.

    Parameters
    ----------
    case
        An id of the catalogue, or the path of a folder with a ``problem.toml`` and an ``observations.csv``.

    Raises
    ------
    UnknownNameError
        If there is no such case.
    ManifestError, CalibrationError
        If its files do not say what a case must say, or do not fit the model: file and place, evidence, remedy.
    """
    folder = _folder(case)
    path = folder / PROBLEM
    problem = read_table(path, Problem, f"the problem of a case is the file {PROBLEM} in its folder")
    model = _model(path, problem)
    calendar = _calendar(path, problem, model)
    parameters = parameters_of(path, problem, model)
    extended = with_formulas(path, problem, model, parameters)
    require_mentions(path, problem, model, calendar)
    observations = read_observations(folder / OBSERVATIONS, problem, calendar)
    require_agreement(path, problem, model, extended, parameters, observations, calendar)
    last = max(_last(path, observation, calendar) for observation in observations)
    if problem.final_time is None:
        _require_near(folder / OBSERVATIONS, model, observations, last)
        calendar = _cut(calendar, last)
    require_steps(path, problem, model, calendar)
    return Case(
        problem=problem,
        folder=folder,
        entry=extended,
        model=model,
        calendar=calendar,
        observations=observations,
        space=Space(parameters=parameters),
    )


def _folder(case: str | os.PathLike[str]) -> Path:
    path = Path(case)
    if path.name == PROBLEM and path.is_file():
        return path.parent
    if path.is_dir():
        return path
    if isinstance(case, str) and re.fullmatch(r"[A-Za-z0-9_-]+", case):
        if case in cases():
            return data_folder("calibration") / case
        raise unknown("case", case, cases())
    raise CalibrationError(
        f"{path}: there is no such case.\n    neither a folder nor an id\n"
        f"Name a folder with a {PROBLEM}, or one of {', '.join(cases())}."
    )


def _model(path: Path, problem: Problem) -> Entry:
    beside = path.parent / problem.model
    if beside.is_file():
        return load(beside)
    if Path(problem.model).suffix and not Path(problem.model).exists():
        files = [each.name for each in path.parent.iterdir() if each.is_file()]
        raise fault(
            path,
            "'model' names no file",
            f'model = "{problem.model}"',
            did_you_mean(
                problem.model, files, otherwise="Put the file there, or write an id of the catalogue."
            ),
        )
    try:
        return load(problem.model)
    except UnknownNameError as error:
        raise at(path, "'model'", error) from error


def _calendar(path: Path, problem: Problem, model: Entry) -> Calendar:
    try:
        starts = None if problem.starts is None else dt.date.fromisoformat(problem.starts)
    except ValueError:
        raise fault(
            path, "'starts' is not a date", f'starts = "{problem.starts}"', 'Write one such as "2018-01-01".'
        ) from None
    time = model.model.time
    # Without a final time the last observation ends the run, wherever the model's own end is.
    final = problem.final_time if problem.final_time is not None else max(time.final_time, 1e6)
    if final <= time.initial_time:
        raise fault(
            path,
            "'final_time' is not after the initial time",
            f"final_time = {final:g}, INITIAL TIME = {time.initial_time:g}",
            "Write a later time.",
        )
    calendar = Calendar(time=replace(time, final_time=final), starts=starts)
    if starts is not None:
        try:
            calendar.span(problem.starts or "")
        except CalibrationError as error:
            raise fault(
                path,
                f"the case has a calendar, and {error}",
                f'starts = "{problem.starts}"',
                "Give the model Day, Week, Month, Quarter or Year as its unit of time, or leave 'starts' out.",
            ) from None
    return calendar


def _last(path: Path, observation: Observation, calendar: Calendar) -> float:
    """Return the end of what must be run for an observation: for a peak, of all the windows that rival."""
    if observation.observable.statistic != "peak":
        return observation.span.ends
    where, evidence = f"observable '{observation.observable.id}'", f'among = "{observation.observable.among}"'
    remedy = f"Name a span of the run with the window {observation.when} and others beside it."
    try:
        rivals = rivals_of(observation.observable, observation.span, calendar)
    except CalibrationError as error:
        raise fault(path, f"{where}: {error}", evidence, remedy) from None
    first, last = min(rival.begins for rival in rivals), max(rival.ends for rival in rivals)
    if first < calendar.time.initial_time - 1e-9 or last > calendar.time.final_time + 1e-9:
        raise fault(path, f"{where}: the peak is sought outside of the run", evidence, remedy)
    return max(last, observation.span.ends)


def _require_near(path: Path, model: Entry, observations: Sequence[Observation], last: float) -> None:
    """Do nothing if the last observation is not absurdly late: a run to a mistyped year would take minutes."""
    time = model.model.time
    own = time.final_time - time.initial_time
    if last - time.initial_time > MOST_RUN * own:
        latest = max(observations, key=lambda observation: observation.span.ends)
        raise CalibrationError(
            f"{path}:{latest.row}: column 'time': beyond {MOST_RUN} times the model's own length.\n"
            f"    {latest.when}\nCorrect the date, or write 'final_time' in {PROBLEM} if it is meant."
        )


def _cut(calendar: Calendar, last: float) -> Calendar:
    """Return the calendar with a run that ends at the first saved time that is not before ``last``."""
    time = calendar.time
    periods = -((last - time.initial_time) / -time.saved_every)
    whole = max(1, int(periods) + (periods - int(periods) > 1e-9))
    return replace(calendar, time=replace(time, final_time=time.initial_time + whole * time.saved_every))
