"""Does what a case says fit together, and fit its model?"""

from collections.abc import Sequence
from pathlib import Path

from sdmodels.calibration.calendar import Calendar
from sdmodels.calibration.faults import at, fault
from sdmodels.calibration.observations import Observation
from sdmodels.calibration.tables import CourseChange, Growth, Parameter, Problem
from sdmodels.catalogue import Entry
from sdmodels.errors import CalibrationError, SDModelsError, unknown
from sdmodels.experiment.request import Integration, with_time
from sdmodels.experiment.settings import check_value, find_input
from sdmodels.structure.expression import references
from sdmodels.structure.model import Auxiliary, Constant
from sdmodels.structure.subscripts import variable_of


def require_agreement(
    path: Path,
    problem: Problem,
    model: Entry,
    extended: Entry,
    parameters: Sequence[Parameter],
    observations: Sequence[Observation],
    calendar: Calendar,
) -> None:
    """Do nothing if names, dates and parameters of a case fit its model and each other.

    Raises
    ------
    CalibrationError
        If not: file and place, evidence, remedy.
    """
    _require_used(path, problem, extended, observations)
    for change in problem.every_change:
        _require_change(path, change, model, parameters, calendar)


def _require_used(path: Path, problem: Problem, extended: Entry, observations: Sequence[Observation]) -> None:
    """Do nothing if every parameter without a name stands in a change, a formula or a noise."""
    used = {getattr(change, key) for change in problem.every_change for key in ("value", "factor", "over")}
    used |= {observation.spread for observation in observations}
    words = {name for o in problem.observables for name in names_in(extended, o.id)}
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


def names_in(entry: Entry, variable: str) -> set[str]:
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
        raise at(path, where, error) from error
    moments = []
    for key in ("begins", "ends"):
        date = getattr(change, key)
        try:
            if date is not None:
                moments.append(calendar.moment(date))
        except CalibrationError as error:
            raise fault(path, f"{where}: {error}", f"{key} = {date}", "Correct the date.") from None
    if moments[0] < calendar.time.initial_time - 1e-9:
        raise fault(
            path, f"{where}: it begins before the run", f"begins = {change.begins}", "Write a later time."
        )
    if moments != sorted(set(moments)):
        evidence = f"begins = {change.begins}, ends = {change.ends}"
        raise fault(
            path, f"{where}: 'ends' is not after 'begins'", evidence, "Write the earlier time as 'begins'."
        )


def require_mentions(path: Path, problem: Problem, model: Entry, calendar: Calendar) -> None:
    """Do nothing if what a problem names besides its parameters is there; raise CalibrationError otherwise."""
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
                raise at(path, f"[{table}]", unknown("observable", id, ids))
        if problem.growth is not None:
            _require_growth(path, problem, problem.growth, calendar)
        for cause in problem.growth.causes if problem.growth else ():
            for cut in cause.cuts:
                find_input(model, cut.name)  # a cut may leave the plausible range
    except CalibrationError:
        raise
    except SDModelsError as error:
        raise at(path, "problem", error) from error


def _require_window(path: Path, window: str, calendar: Calendar) -> None:
    """Do nothing if growth is of a window that can be read."""
    evidence, remedy = f'window = "{window}"', "Write a window, such as 2019; without a calendar 52/104."
    try:
        span = calendar.span(window)
    except CalibrationError as error:
        raise fault(path, f"[growth]: {error}", evidence, remedy) from None
    if span.is_moment:
        raise fault(path, "[growth]: the window is a moment", evidence, remedy)
    if span.before.begins < calendar.time.initial_time - 1e-9:
        raise fault(
            path,
            "[growth]: the window before it begins before the run",
            evidence,
            "Growth is against the window of the same length before: choose a later one.",
        )


def require_steps(path: Path, problem: Problem, model: Entry, calendar: Calendar) -> None:
    """Do nothing if the time step divides the run."""
    how = Integration(final_time=calendar.time.final_time, time_step=problem.time_step)
    try:
        with_time(model, how)
    except SDModelsError as error:
        raise at(path, "'final_time' or 'time_step'", error) from error


def _require_growth(path: Path, problem: Problem, growth: Growth, calendar: Calendar) -> None:
    """Do nothing if what is taken apart is a growth, over a window that can be read, with causes that are there."""
    _require_window(path, growth.window, calendar)
    observable = next(each for each in problem.observables if each.id == growth.observable)
    if observable.statistic != "growth":
        raise fault(
            path,
            f"[growth]: the observable '{observable.id}' is no growth",
            f'statistic = "{observable.statistic}"',
            'Name an observable with statistic = "growth".',
        )
    ids = [cause.id for cause in growth.causes]
    for cause in growth.causes:
        if not cause.cuts and all(change.cause != cause.id for change in problem.changes):
            raise fault(
                path,
                f"[growth]: nothing belongs to the cause '{cause.id}'",
                f'id = "{cause.id}"',
                "Give a [[change]] this cause, or the cause a 'cut'.",
            )
    for change in problem.changes:
        if change.cause is not None and change.cause not in ids:
            raise at(path, f"[[change]] of '{change.name}'", unknown("cause of growth", change.cause, ids))
