"""Which pathway makes a stock speed up or slow down, and from which loop does it come?

The pathway participation method [1]_: the metric of a stock is ``d(net flow)/d(stock)`` along the run, its
acceleration over its net flow, and a sum over all paths from stocks to that net flow. The strongest path with the
sign of the sum is followed back to its stock, from there the strongest path of that stock, and so on, until a
variable comes up a second time: a loop is closed.

References
----------
.. [1] M. Mojtahedzadeh, D. Andersen, G. P. Richardson, "Using Digest to implement the pathway participation method
   for detecting influential system structure", System Dynamics Review 20(1), 2004. There a loop is closed at a
   stock; here at an auxiliary, too, so that a loop has every variable once.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
import xarray as xr

from sdmodels.catalogue import Policy, Scenario
from sdmodels.engine.trajectories import Floats
from sdmodels.errors import unknown
from sdmodels.experiment.request import Integration, ModelLike
from sdmodels.experiment.settings import Setting
from sdmodels.feedback.causal import CausalGraph, Link
from sdmodels.feedback.circuits import Circuit
from sdmodels.feedback.feedback_loop import Polarity, shown
from sdmodels.feedback.link_gains import link_gains, net_flows
from sdmodels.feedback.one_run import MOST_TIMES, OneRun, Times, one_run
from sdmodels.feedback.pathways import Kind, Pathway, PathwayParticipation, Phase
from sdmodels.feedback.propagation import propagation
from sdmodels.feedback.strongest_paths import LOWERS, RAISES, StrongestPaths, strongest_paths

ROUNDING: Final = 1e-9
"""A net flow, as a share of the stock, or an acceleration, as a share of what makes it: smaller is none."""


def follow_pathways(
    model: ModelLike,
    settings: Mapping[str, Setting] | None = None,
    *,
    stock: str,
    policy: str | Policy = "baseline",
    scenario: str | Scenario = "normal",
    seed: int = 0,
    times: Times = MOST_TIMES,
    integration: Integration | None = None,
    within_bounds: bool = True,
) -> PathwayParticipation:
    """Follow what makes a stock speed up or slow down, at some times of a run.

    Parameters are those of :func:`.find_elasticities`, and

    stock
        The stock of interest, by its scalar name.

    Raises
    ------
    UnknownNameError, InputError, SimulationError
        As :func:`.find_elasticities`.

    Notes
    -----
    What data and forcing over time, memories and pipelines do to the acceleration is left out.
    """
    run = one_run(
        model,
        settings,
        policy=policy,
        scenario=scenario,
        seed=seed,
        times=times,
        integration=integration,
        within_bounds=within_bounds,
    )
    states = tuple(run.runs.equations.rates)
    if stock not in states:
        raise unknown("stock", stock, states)
    way = propagation(_upstream(run.graph, stock), states, run.graph.stepwise)
    gains = link_gains(run.graph, way.links, run.ends)[:, :, 0]
    flows = net_flows(run.graph, states, run.ends)[:, :, 0]
    # A run that has failed moves nothing; its times are marked below.
    paths = strongest_paths(way, gains, np.where(np.isfinite(flows), flows, 0.0))
    return _Participation(run, paths, np.where(run.failed, np.nan, flows), way.row[stock]).result()


def _upstream(graph: CausalGraph, stock: str) -> list[Link]:
    """Return the links over which anything can reach a stock, those outside of loops too."""
    reached, waiting = {stock}, [stock]
    while waiting:
        new = set(graph.sources[waiting.pop()]) - reached
        reached |= new
        waiting += new
    return [
        (source, target)
        for target, sources in graph.sources.items()
        if target in reached
        for source in sources
    ]


class _Participation:
    """What moves one stock, at each time."""

    def __init__(self, run: OneRun, paths: StrongestPaths, flows: Floats, own: int) -> None:
        self.run, self.paths, self.way, self.gains = run, paths, paths.way, paths.gains
        self.flows = flows
        self.own = own
        velocities = self.way.forward(self.gains, flows[:, :, None])
        sizes = self.way.forward(np.abs(self.gains), np.abs(flows)[:, :, None])
        self.velocities = velocities[:, :, 0]
        self.accelerations = self.way.accelerations(self.gains, velocities)[:, :, 0]
        self.sizes = self.way.accelerations(np.abs(self.gains), sizes)[:, :, 0]

    def result(self) -> PathwayParticipation:
        times = range(len(self.run.times))
        return PathwayParticipation(
            entry=self.run.runs.asked.entry,
            graph=self.run.graph,
            stock=self.way.states[self.own],
            phases=tuple(self._phase(time) for time in times),
            pathways=tuple(self._pathway(time) for time in times),
            values=self._values(),
        )

    def _side(self, state: int, time: int) -> int | None:
        """Return whether a net flow is raised or lowered at a time; ``None`` if neither."""
        acceleration = self.accelerations[state, time]
        if not abs(acceleration) > ROUNDING * self.sizes[state, time]:
            return None
        return RAISES if acceleration > 0 else LOWERS

    def _phase(self, time: int) -> Phase:
        flow = self.flows[self.own, time]
        if not np.isfinite(flow):
            return "no number"
        if self._rests(time):
            return "at rest"
        side = self._side(self.own, time)
        if side is None:
            return "steady growth" if flow > 0 else "steady decline"
        if flow > 0:
            return "accelerating growth" if side == RAISES else "decelerating growth"
        return "accelerating decline" if side == LOWERS else "decelerating decline"

    def _rests(self, time: int) -> bool:
        size = np.broadcast_to(self.run.ends.after[self.way.states[self.own]], (len(self.run.times), 1))
        return bool(np.abs(self.flows[self.own, time]) <= ROUNDING * np.abs(size[time, 0]))

    def _pathway(self, time: int) -> Pathway | None:
        """Follow the strongest paths back from the stock."""
        if not np.isfinite(self.flows[:, time]).all() or self._rests(time):
            return None
        if self._side(self.own, time) is None:
            return None
        names = list(self.way.row)
        walk, links = [self.own], [-1]
        while (side := self._side(walk[-1], time)) is not None:
            for link in self.paths.into(walk[-1], side, time):
                source = self.way.sources[link]
                if source in walk:
                    return self._closed(names, walk, [*links, link], walk.index(source), time)
                walk.append(source)
                links.append(link)
        return self._described("path", [names[place] for place in reversed(walk)], (), "at rest")

    def _closed(self, names: list[str], walk: list[int], links: list[int], first: int, time: int) -> Pathway:
        """Return a pathway that has come to a variable a second time, the one in ``walk`` at place ``first``."""
        circuit = tuple(names[place] for place in (walk[first], *reversed(walk[first + 1 :])))
        sign = np.sign(self.gains[links[first + 1 :], time]).prod()
        variables = [*circuit, *(names[place] for place in reversed(walk[: first + 1]))]
        if first == 0:
            variables = [*circuit[1:], circuit[0]]
        return self._described(
            "loop" if first == 0 else "loop upstream",
            variables,
            circuit,
            "reinforcing" if sign > 0 else "balancing",
        )

    def _described(self, kind: Kind, names: list[str], circuit: Circuit, polarity: Polarity) -> Pathway:
        graph = self.run.graph
        return Pathway(
            kind=kind,
            variables=shown(graph, tuple(names)),
            circuit=circuit,
            loop=shown(graph, circuit) if circuit else (),
            polarity=polarity,
        )

    def _values(self) -> xr.Dataset:
        own, way, unit = self.own, self.way, self.run.runs.layout.model.time.units
        # At rest, what is left of the net flow is rounding: it is no measure.
        resting = [self._rests(time) for time in range(len(self.run.times))]
        flow = np.where(resting, np.nan, self.flows[own])
        into = [link for link, target in enumerate(way.targets) if target == own]
        parts = self.gains[into] * self.velocities[[way.sources[link] for link in into]]
        arriving = self.paths.arriving[:, len(way.row) + own]
        rising = self.accelerations[own] > 0
        strongest = np.where(rising, arriving[RAISES], arriving[LOWERS])
        with np.errstate(all="ignore"):
            rates = {
                "metric": (("time",), self.accelerations[own] / flow),
                "participation": (("link", "time"), parts / flow),
                "pathway_participation": (("time",), strongest / flow),
            }
            share = np.sign(flow) * strongest / self.sizes[own]
        return xr.Dataset(
            {
                "net_flow": ("time", self.flows[own]),
                **{
                    name: (dims, np.where(np.isfinite(values), values, np.nan), {"units": f"1/{unit}"})
                    for name, (dims, values) in rates.items()
                },
                "pathway_share": ("time", np.where(np.isfinite(share), share, np.nan), {"units": "1"}),
            },
            {
                "time": ("time", self.run.times, {"units": unit}),
                "source": ("link", [way.links[link][0] for link in into]),
                "target": ("link", [way.links[link][1] for link in into]),
            },
            {**self.run.attributes, "stock": way.states[own]},
        )
