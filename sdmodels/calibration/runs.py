"""How does a case run: from parameters to the numbers that observations measure?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sdmodels.calibration.case import Case
from sdmodels.calibration.course import course_of
from sdmodels.calibration.quantities import Quantities
from sdmodels.calibration.tables import CourseChange
from sdmodels.catalogue import Entry
from sdmodels.engine.trajectories import Floats, Progress
from sdmodels.experiment.request import Integration, request_of
from sdmodels.experiment.response import Response, response
from sdmodels.structure.subscripts import constant_values


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """Quantities as a function of parameters.

    Attributes
    ----------
    taken
        For each input of the response, the place of the parameter that it takes; behind these come the extras.
    size
        How many parameters there are.
    """

    response: Response
    quantities: Quantities
    taken: tuple[int, ...]
    size: int

    def at(self, values: Floats, extras: Floats | None = None, *, progress: Progress | None = None) -> Floats:
        """Return the quantities, shape ``(quantities, members)``; not a number where a run failed.

        Parameters
        ----------
        values
            Of the parameters, shape ``(parameters, members)`` [unit of each].
        extras
            Of the further inputs, shape ``(extras, members)`` [unit of each].
        """
        inputs = values[list(self.taken)]
        rows = inputs if extras is None else np.concatenate([inputs, extras])
        reduced, _ = self.response.at(rows, progress=progress)
        return self.quantities.of(reduced)

    def slopes_at(self, values: Floats) -> tuple[Floats, Floats]:
        """Return the quantities and their derivatives, shape ``(quantities, parameters, members)``."""
        reduced, by_input = self.response.slopes_at(values[list(self.taken)])
        slopes = self.quantities.slopes_of(reduced, by_input)
        found = np.zeros((slopes.shape[0], self.size, slopes.shape[2]))
        for row, parameter in enumerate(self.taken):
            found[:, parameter] += slopes[:, row]
        return self.quantities.of(reduced), found

    @property
    def threads(self) -> int:
        """On how many threads members run."""
        return self.response.threads

    def on(self, threads: int) -> "Runs":
        """Return these runs on so many threads; results are the same."""
        return replace(self, response=self.response.on(threads))


def runs_of(
    case: Case,
    quantities: Quantities,
    *,
    changes: Sequence[CourseChange] | None = None,
    extras: Sequence[str | int] = (),
    final_time: float | None = None,
    engine: Integration | None = None,
) -> Runs:
    """Prepare the runs of a case.

    Parameters
    ----------
    changes
        In place of those of the problem.
    extras
        Further inputs, which :meth:`Runs.at` takes behind the parameters: a constant by its name, or the time at
        which a change begins by the place of the change.
    final_time
        In place of that of the case [the model's unit of time].
    engine
        Which engine and how many threads.
    """
    known = {parameter.id: parameter for parameter in case.space.parameters}
    own = case.problem.changes if changes is None else changes
    course = course_of(
        case.entry,
        case.calendar,
        own,
        known,
        policy=case.problem.policy,
        scenario=case.problem.scenario,
    )
    asked = request_of(
        case.entry,
        course.policy,
        case.problem.scenario,
        replace(
            engine or Integration(),
            final_time=case.calendar.time.final_time if final_time is None else final_time,
            time_step=case.problem.time_step,
        ),
    )
    settings: dict[str, float] = {}
    inputs: list[str] = []
    taken = []
    for place, parameter in enumerate(case.space.parameters):
        name = parameter.name or (parameter.id if parameter.id in case.entry.model else None)
        if name is not None:
            settings[name] = (parameter.minimum + parameter.maximum) / 2
            inputs.append(name)
            taken.append(place)
    places = {parameter.id: place for place, parameter in enumerate(case.space.parameters)}
    inputs += course.parts
    taken += [places[id] for id in course.parts.values()]
    for extra in extras:
        inputs.append(extra if isinstance(extra, str) else course.begins[extra])
        if isinstance(extra, str):
            settings[extra] = own_value(case.entry, extra)
    return Runs(
        response=response(asked, inputs, quantities.reductions, settings=settings),
        quantities=quantities,
        taken=tuple(taken),
        size=case.space.size,
    )


def own_value(entry: Entry, name: str) -> float:
    """Return the number that a constant has in its model."""
    return float(constant_values(entry.model, name)[name])
