"""Which case is meant, and does what it says fit its model?"""

import datetime as dt
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sdmodels.calibration.calendar import Calendar
from sdmodels.calibration.formulas import with_formulas
from sdmodels.calibration.observations import Observation, read_observations
from sdmodels.calibration.quantities import rivals_of
from sdmodels.calibration.space import Space
from sdmodels.calibration.tables import CourseChange, Parameter, Problem
from sdmodels.catalogue import Entry, Language, Text, data_folder, load
from sdmodels.catalogue.reading import read_table
from sdmodels.catalogue.tables import first_twice
from sdmodels.errors import CalibrationError, SDModelsError, UnknownNameError, did_you_mean, unknown
from sdmodels.experiment.request import Integration, with_time
from sdmodels.experiment.settings import check_value, find_input
from sdmodels.structure.expression import references
from sdmodels.structure.model import Auxiliary, Constant, Lookup
from sdmodels.structure.names import key_of
from sdmodels.structure.subscripts import variable_of

PROBLEM, OBSERVATIONS = "problem.toml", "observations.csv"


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
    parameters = _parameters(path, problem, model)
    _require_room(path, parameters)
    extended = with_formulas(path, problem, model, parameters)
    observations = read_observations(folder / OBSERVATIONS, problem, calendar)
    _require_used(path, problem, extended, observations)
    for change in problem.changes:
        _require_change(path, change, model, parameters, calendar)
    for change in [
        c for s in (problem.prediction.scenarios if problem.prediction else ()) for c in s.changes
    ]:
        _require_change(path, change, model, parameters, calendar)
    _require_mentions(path, problem, model, calendar)
    last = max(_last(path, observation, calendar) for observation in observations)
    calendar = _cut(calendar, last) if problem.final_time is None else calendar
    _require_steps(path, problem, model, calendar)
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
        raise _at(path, "'model'", error) from error


def fault(path: Path, what: str, evidence: str, remedy: str) -> CalibrationError:
    """Return the error in three lines."""
    return CalibrationError(f"{path}: {what}.\n    {evidence}\n{remedy}")


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


def _require_steps(path: Path, problem: Problem, model: Entry, calendar: Calendar) -> None:
    """Do nothing if the time step divides the run."""
    how = Integration(final_time=calendar.time.final_time, time_step=problem.time_step)
    try:
        with_time(model, how)
    except SDModelsError as error:
        raise _at(path, "'final_time' or 'time_step'", error) from error


def _require_room(path: Path, parameters: Sequence[Parameter]) -> None:
    """Do nothing if every prior has something between the bounds of its parameter."""
    shares = np.array([[-1.0, 0.0, 1.0]])
    for parameter in parameters:
        with np.errstate(invalid="ignore"):
            values = Space(parameters=(parameter,)).values_of(shares)
        if not (np.diff(values) > 0).all():
            raise fault(
                path,
                f"the prior of the parameter '{parameter.id}' has nothing between the bounds",
                f"minimum = {parameter.minimum:g}, maximum = {parameter.maximum:g}",
                "Widen the bounds to where the prior is, or correct the prior.",
            )


def _cut(calendar: Calendar, last: float) -> Calendar:
    """Return the calendar with a run that ends at the first saved time that is not before ``last``."""
    time = calendar.time
    periods = -((last - time.initial_time) / -time.saved_every)
    whole = max(1, int(periods) + (periods - int(periods) > 1e-9))
    return replace(calendar, time=replace(time, final_time=time.initial_time + whole * time.saved_every))


def _parameters(path: Path, problem: Problem, model: Entry) -> tuple[Parameter, ...]:
    found = []
    for parameter in problem.parameters:
        named = parameter
        if parameter.name is not None:
            try:
                name = find_input(model, parameter.name)
                named = parameter.model_copy(update={"name": name})
                if isinstance(model.model[variable_of(name)], Lookup):
                    raise fault(
                        path,
                        f"the parameter '{parameter.id}' sets a whole table",
                        f'name = "{parameter.name}"',
                        f"Name its slope, '{name} (slope)', where model.toml has one.",
                    )
                for bound in (parameter.minimum, parameter.maximum):
                    check_value(model, name, bound)
            except SDModelsError as error:
                raise _at(path, f"parameter '{parameter.id}'", error) from error
        found.append(named)
    taken = [key_of(parameter.name) for parameter in found if parameter.name is not None]
    for name in taken:
        if taken.count(name) > 1:
            raise fault(path, "two parameters set the same", name, "Keep one of the two.")
    if problem.ranges:
        found += _ranges(model, taken)
    twice = first_twice([parameter.id for parameter in found])
    if twice is not None:
        raise fault(
            path,
            f"the id '{twice}' is that of a range of the manifest, too",
            f'id = "{twice}"',
            "Choose another id.",
        )
    return tuple(found)


def _ranges(model: Entry, taken: Sequence[str]) -> list[Parameter]:
    """Return a parameter for every uncertain constant of the manifest that none sets yet."""
    return [
        Parameter(
            id=re.sub(r"[^a-z0-9]+", "_", each.name.casefold()).strip("_"),
            name=each.name,
            title=model.named(each.name)
            if each.name in model.model.variables
            else _slope_title(model, each.name),
            minimum=each.minimum,
            maximum=each.maximum,
            scale="log" if each.distribution == "log uniform" else "lin",
            source=each.source,
        )
        for each in model.uncertainties
        if key_of(each.name) not in taken
    ]


def _slope_title(model: Entry, name: str) -> Text:
    return Text(en=name, zh=model.title_of(name, "zh"))


def _at(path: Path, where: str, error: SDModelsError) -> CalibrationError:
    """Return an error of the model as one of the file that names it."""
    message = str(error)
    if message.startswith(str(path)):
        return CalibrationError(message)
    return CalibrationError(f"{path}: {where}: {message}")


def _require_used(path: Path, problem: Problem, extended: Entry, observations: Sequence[Observation]) -> None:
    """Do nothing if every parameter without a name stands in a change, a formula or a noise."""
    changes = [*problem.changes]
    changes += [c for s in (problem.prediction.scenarios if problem.prediction else ()) for c in s.changes]
    used = {getattr(change, key) for change in changes for key in ("value", "factor", "over")}
    used |= {observation.spread for observation in observations}
    words = {name for o in problem.observables for name in _names_in(extended, o.id)}
    for parameter in problem.parameters:
        if parameter.name is None and parameter.id not in used | words:
            raise fault(
                path,
                f"the parameter '{parameter.id}' is used by nothing",
                f'id = "{parameter.id}"',
                "Give it the 'name' of what it sets in the model, or let a change, a formula or a noise use it.",
            )
    for parameter in problem.parameters:
        if parameter.name is not None and parameter.id in used:
            raise fault(
                path,
                f"the parameter '{parameter.id}' sets '{parameter.name}' and stands elsewhere, too",
                f'id = "{parameter.id}"',
                "Use two parameters.",
            )


def _names_in(entry: Entry, variable: str) -> set[str]:
    """Return the variables that the formula of an observable names."""
    observable = entry.model[variable]
    assert isinstance(observable, Auxiliary)
    return {each.name for equation in observable.equations for each in references(equation.expression)}


def _require_change(
    path: Path,
    change: CourseChange,
    model: Entry,
    parameters: Sequence[Parameter],
    calendar: Calendar,
) -> None:
    where = f"[[change]] of '{change.name}'"
    known = {parameter.id: parameter for parameter in parameters}
    try:
        name = find_input(model, change.name)
        if not isinstance(model.model[variable_of(name)], Constant):
            raise CalibrationError(
                f"'{name}' is not a constant.\n    name = \"{change.name}\"\n"
                "Name a constant, or the slope of a table; nothing else can change during a run."
            )
        for key in ("value", "factor", "over"):
            number = getattr(change, key)
            if isinstance(number, str):
                if number not in known:
                    raise unknown("parameter of this case", number, known)
                ends = [known[number].minimum, known[number].maximum]
            else:
                ends = [] if number is None else [number]
            for value in ends:
                if key == "value":
                    check_value(model, name, value)
                elif value < 0:
                    raise CalibrationError(
                        f"'{key}' may be {value:g}.\n    {key} = {number}\nGive it a number above zero."
                    )
    except SDModelsError as error:
        raise _at(path, where, error) from error
    moments = []
    for key in ("begins", "ends"):
        date = getattr(change, key)
        try:
            if date is not None:
                moments.append(calendar.moment(date))
        except CalibrationError as error:
            raise fault(path, f"{where}: {error}", f"{key} = {date}", "Correct the date.") from None
    if moments != sorted(set(moments)):
        evidence = f"begins = {change.begins}, ends = {change.ends}"
        raise fault(
            path, f"{where}: 'ends' is not after 'begins'", evidence, "Write the earlier time as 'begins'."
        )


def _require_mentions(path: Path, problem: Problem, model: Entry, calendar: Calendar) -> None:
    ids = [observable.id for observable in problem.observables]
    mentioned = [("growth", problem.growth.observable)] if problem.growth else []
    mentioned += (
        [("prediction", v.observable) for v in problem.prediction.variables] if problem.prediction else []
    )
    try:
        model.policy(problem.policy)
        model.scenario(problem.scenario)
        for table, id in mentioned:
            if id not in ids:
                raise _at(path, f"[{table}]", unknown("observable", id, ids))
        if problem.growth is not None:
            _require_window(path, problem.growth.window, calendar)
        for cause in problem.growth.causes if problem.growth else ():
            for cut in cause.cuts:
                find_input(model, cut.name)  # a cut may leave the plausible range
    except CalibrationError:
        raise
    except SDModelsError as error:
        raise _at(path, "problem", error) from error


def _require_window(path: Path, window: str, calendar: Calendar) -> None:
    """Do nothing if growth is of a window that can be read."""
    evidence, remedy = f'window = "{window}"', "Write a window, such as 2019; without a calendar 52/104."
    try:
        span = calendar.span(window)
    except CalibrationError as error:
        raise fault(path, f"[growth]: {error}", evidence, remedy) from None
    if span.is_moment:
        raise fault(path, "[growth]: the window is a moment", evidence, remedy)
