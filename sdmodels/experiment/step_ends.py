"""What is every value, hidden ones too, at both ends of some time steps?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from sdmodels.catalogue import Policy, Scenario
from sdmodels.engine import interpreter
from sdmodels.engine.ensemble import run
from sdmodels.engine.everything import with_everything
from sdmodels.engine.expansion import Scalars
from sdmodels.engine.lowering import scalar_equations
from sdmodels.engine.native.compilation import Kernel
from sdmodels.engine.program import Program
from sdmodels.engine.trajectories import (
    Floats,
    Given,
    Reduced,
    Steps,
    Trajectories,
    periodic_steps,
    times_of,
    watched_names,
)
from sdmodels.experiment.dataset import member_coordinates, provenance, titles
from sdmodels.experiment.design import Design
from sdmodels.experiment.preparation import Prepared, prepare
from sdmodels.experiment.request import Integration, ModelLike, OneOrMore, Request, request_of
from sdmodels.experiment.settings import Setting
from sdmodels.structure.subscripts import constant_values

TIME = "Time"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepEnds:
    """Every value at the beginning and at the end of time steps.

    Attributes
    ----------
    before, after
        By scalar name, ``Time`` among them; shape ``(steps, members)``, or one that broadcasts to it [unit of
        each]. What cannot change is the same array in both.
    trajectories
        What the values are taken from: how each member fared.
    """

    before: Mapping[str, Floats]
    after: Mapping[str, Floats]
    trajectories: Trajectories

    @property
    def shape(self) -> tuple[int, int]:
        """How many steps and members there are."""
        return self.after[TIME].shape[0], self.trajectories.failed_step.size


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRuns:
    """Runs whose steps are looked into, some members at a time.

    Attributes
    ----------
    equations
        As written, see :func:`.scalar_equations`.
    steps
        The steps whose ends are wanted, by the number of their end, ascending.
    kept
        Constants that the equations call by name though they are the same in all members [unit of each].
    provenance
        What is needed to make the runs again.
    """

    asked: Request
    layout: Design
    prepared: Prepared
    program: Program
    equations: Scalars
    steps: Steps
    kept: Mapping[str, float]
    provenance: Mapping[str, object]

    @property
    def members(self) -> int:
        """How many runs there are in all."""
        return self.layout.members

    @property
    def times(self) -> Floats:
        """When the steps end, shape ``(steps,)`` [the model's unit of time]."""
        return times_of(self.program, self.steps)

    def thinned(self, most: int | None) -> "StepRuns":
        """Return the runs with so many steps at most, evenly spaced, the last among them; all if ``None``."""
        if most is None or self.steps.size <= most:
            return self
        return replace(self, steps=self.steps[evenly_spaced(self.steps.size, most)])

    def kernel(self) -> Kernel | None:
        """Return the machine code of the runs, to be handed to :meth:`ends`; ``None`` if they are interpreted."""
        return None if self.asked.how.engine == "interpreter" else self.prepared.compiler(self.program)()

    def ends(self, first: int, last: int, kernel: Kernel | None) -> StepEnds:
        """Run the members from ``first`` up to ``last`` on one thread, interpreted if there is no kernel."""
        rows, places = np.unique(np.concatenate([self.steps - 1, self.steps]), return_inverse=True)
        begins, ends = np.split(places, 2)
        inputs = np.ascontiguousarray(self.prepared.inputs[:, first:last])
        given = _part(self.prepared.given, first, last)
        if kernel is None:
            found = interpreter.integrate(
                self.program, inputs, steps=rows, method=self.asked.method, given=given
            )
        else:
            found = run(kernel, inputs, steps=rows, given=given, threads=1)
        saved = dict(zip(self.program.outputs, found.values, strict=True))
        own = {name: values[None, :] for name, values in zip(self.program.inputs, inputs, strict=True)}
        own |= {name: np.full((1, 1), value) for name, value in self.kept.items()}
        own |= {name: saved.pop(name)[:1] for name in self.program.held if name in saved}
        time = found.times[:, None]
        return StepEnds(
            before={**own, **{name: values[begins] for name, values in saved.items()}, TIME: time[begins]},
            after={**own, **{name: values[ends] for name, values in saved.items()}, TIME: time[ends]},
            trajectories=found,
        )

    def coordinates(self, failed_step: Steps, failed_variable: Steps) -> dict[str, object]:
        """Return what is known of each member, as the coordinates of a dataset.

        Parameters
        ----------
        failed_step, failed_variable
            As in :class:`.Trajectories`, of all members.
        """
        fared = Reduced(
            values=np.empty((0, self.members)),
            failed_step=failed_step,
            failed_variable=failed_variable,
            names=watched_names(self.program),
        )
        return member_coordinates(self.asked.entry, self.layout, fared, ())


def evenly_spaced(count: int, most: int) -> Steps:
    """Return so many places at most out of ``count``, evenly spaced, the last among them."""
    if most >= count:
        return np.arange(count)
    return np.unique(np.rint(np.linspace(0, count - 1, most + 1)[1:]).astype(np.int64))


def _part(given: Given, first: int, last: int) -> Given:
    series = {
        name: values[:, first:last] if values.shape[1] > 1 else values
        for name, values in given.series.items()
    }
    streams = None if given.streams is None else given.streams[first:last]
    return replace(given, series=series, streams=streams)


def step_runs(
    model: ModelLike,
    settings: Mapping[str, Setting] | None = None,
    *,
    policy: OneOrMore[Policy] = "baseline",
    scenario: OneOrMore[Scenario] = "normal",
    members: int = 1,
    seed: int = 0,
    every_step: bool = False,
    keep: Iterable[str] = (),
    integration: Integration | None = None,
    within_bounds: bool = True,
) -> StepRuns:
    """Prepare runs whose steps are looked into.

    Parameters are those of :func:`.simulate`, and

    every_step
        Whether all steps are looked into, and not only those that end at a saved time.
    keep
        Constants that are to stay names in the equations.
    """
    asked = request_of(model, policy, scenario, integration)
    layout = asked.design(settings or {}, members, seed, within_bounds=within_bounds)
    prepared = prepare(layout, (), asked.method, seed)
    program = with_everything(prepared.program)
    steps = np.arange(1, program.time.steps + 1) if every_step else periodic_steps(program)
    kept = {
        name: value
        for constant in keep
        for name, value in constant_values(layout.model, constant).items()
        if name not in layout.inputs
    }
    return StepRuns(
        asked=asked,
        layout=layout,
        prepared=prepared,
        program=program,
        equations=scalar_equations(layout.model, inputs=(*layout.inputs, *kept), tables=tuple(layout.tables)),
        steps=steps[steps > 0],
        kept=kept,
        provenance={
            **titles(asked.entry, asked.policies, asked.scenarios),
            **provenance(layout, asked.method, members, seed, settings or {}),
        },
    )
