"""Which run, and which of its times, is looked into?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from sdmodels.catalogue import Loop, Policy, Scenario
from sdmodels.engine.trajectories import Floats
from sdmodels.errors import InputError
from sdmodels.experiment.request import Integration, ModelLike, as_entry
from sdmodels.experiment.settings import Setting
from sdmodels.experiment.step_ends import StepEnds, StepRuns, evenly_spaced, step_runs
from sdmodels.feedback.causal import CausalGraph, Link
from sdmodels.feedback.cuts import cut_links
from sdmodels.feedback.loop_search import closed_graph
from sdmodels.feedback.named import circuits_of
from sdmodels.structure.model import SLACK

Times: TypeAlias = int | Sequence[float]
"""So many saved times, evenly spaced, the last among them; or these."""
MOST_TIMES = 26


@dataclass(frozen=True, slots=True, kw_only=True)
class OneRun:
    """A run of one member, its causal graph, and what it comes to.

    Attributes
    ----------
    every
        The ends of all steps that end at a saved time.
    ends
        Those that were chosen.
    times
        When they end, shape ``(times,)``.
    failed
        Whether the run had left the finite numbers by then, shape ``(times,)``.
    """

    runs: StepRuns
    graph: CausalGraph
    every: StepEnds
    ends: StepEnds
    times: Floats
    failed: NDArray[np.bool_]

    @property
    def attributes(self) -> dict[str, object]:
        """What is needed to make the run again, as attributes of a dataset."""
        asked = self.runs.asked
        return {
            "model": asked.entry.id,
            "policy": asked.policies[0].id,
            "scenario": asked.scenarios[0].id,
            **self.runs.provenance,
        }

    @property
    def switched(self) -> tuple[Loop, ...]:
        """The loops of the manifest that have a switch."""
        return tuple(loop for loop in self.runs.asked.entry.loops if loop.switch is not None)

    def cut(self, loop: Loop) -> tuple[Link, ...]:
        """Return the links that the switch of a loop cuts, see :func:`.cut_links`."""
        circuits = circuits_of(self.runs.layout.model, self.graph, loop)
        if loop.switch is None or not circuits:
            return ()
        return cut_links(self.graph, circuits, loop.switch, [self.every])


def one_run(
    model: ModelLike,
    settings: Mapping[str, Setting] | None = None,
    *,
    policy: str | Policy = "baseline",
    scenario: str | Scenario = "normal",
    seed: int = 0,
    times: Times = MOST_TIMES,
    integration: Integration | None = None,
    within_bounds: bool = True,
) -> OneRun:
    """Make a run whose links are looked into.

    Parameters are those of :func:`.simulate`, and

    times
        Saved times after the first one; a number stands for so many at most, evenly spaced.

    Raises
    ------
    InputError
        If the model has no feedback loop, the settings ask for several runs, or a time is not a saved one.
    """
    entry = as_entry(model)
    runs = step_runs(
        entry,
        settings,
        policy=policy,
        scenario=scenario,
        seed=seed,
        keep=dict.fromkeys(loop.switch for loop in entry.loops if loop.switch is not None),
        integration=integration,
        within_bounds=within_bounds,
    )
    if runs.members != 1:
        raise InputError(
            f"{entry.path}: the settings ask for {runs.members} runs, but one at a time is looked into.\n"
            "    policies, scenarios and settings must be single\n"
            "Call once for each run."
        )
    every = runs.ends(0, 1, runs.kernel())
    places = _places(runs, times)
    failed_step = int(every.trajectories.failed_step[0])
    return OneRun(
        runs=runs,
        graph=closed_graph(runs),
        every=every,
        ends=_picked(every, places),
        times=runs.times[places],
        failed=(failed_step >= 0) & (runs.steps[places] >= failed_step),
    )


def _places(runs: StepRuns, times: Times) -> NDArray[np.int64]:
    """Return the places of the chosen times among those of the run."""
    if isinstance(times, int):
        if times < 1:
            raise ValueError(f"times is {times}; it must be 1 or more.")
        return evenly_spaced(runs.steps.size, times)
    found = []
    for time in times:
        place = int(np.abs(runs.times - time).argmin())
        if abs(runs.times[place] - time) > SLACK * max(1.0, abs(time)):
            raise InputError(
                f"No step ends at {time:g} and is saved. The nearest one ends at {runs.times[place]:g}.\n"
                f"    saved times are {runs.times[0]:g} to {runs.times[-1]:g}\n"
                "Ask for saved times after the first."
            )
        found.append(place)
    return np.unique(np.array(found, dtype=np.int64))


def _picked(ends: StepEnds, places: NDArray[np.int64]) -> StepEnds:
    """Return some of the steps."""

    def some(values: Floats) -> Floats:
        return values if values.shape[0] == 1 else values[places]

    # What cannot change stays the same array at both ends.
    after = {name: some(values) for name, values in ends.after.items()}
    before = {
        name: after[name] if values is ends.after[name] else some(values)
        for name, values in ends.before.items()
    }
    return replace(ends, before=before, after={**after, "Time": ends.after["Time"][places]})
