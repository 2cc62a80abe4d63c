"""Which links and loops make the modes of behaviour of a run what they are?

Eigenvalue elasticity analysis [1]_ [2]_ [3]_: the influence of a link on an eigenvalue is ``(d eigenvalue / d gain)
gain``, its elasticity that over the eigenvalue. Both are exact: with the eigenvectors ``l`` and ``r`` of the
Jacobian, ``d eigenvalue / d gain`` of a link from ``u`` to ``v`` is what ``v`` is worth to ``l`` times how far
``u`` moves with ``r``, see :mod:`.propagation`.

References
----------
.. [1] N. Forrester, "A dynamic synthesis of basic macroeconomic theory", doctoral thesis, MIT, 1982.
.. [2] C. E. Kampmann, "Feedback loop gains and system behavior (1996)", System Dynamics Review 28(4), 2012.
.. [3] M. Saleh, R. Oliva, C. E. Kampmann, P. I. Davidsen, "A comprehensive analytical approach for policy analysis
   of system dynamics models", European Journal of Operational Research 203(3), 2010.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sdmodels.catalogue import Policy, Scenario
from sdmodels.engine.trajectories import Floats
from sdmodels.errors import unknown
from sdmodels.experiment.request import Integration, ModelLike
from sdmodels.experiment.settings import Setting
from sdmodels.feedback.causal import Link
from sdmodels.feedback.circuits import MOST_CIRCUITS, Circuit, every_circuit
from sdmodels.feedback.elasticities import EigenvalueElasticities, Influences, labelled
from sdmodels.feedback.independent_loops import independent_loops, loop_influences
from sdmodels.feedback.link_gains import link_gains, net_flows
from sdmodels.feedback.mode_weights import weights_of
from sdmodels.feedback.modes import Mode, blocks_of, modes_of
from sdmodels.feedback.one_run import MOST_TIMES, OneRun, Times, one_run
from sdmodels.feedback.propagation import Propagation, propagation

ROUNDING: Final = 1e-9
"""A stock whose range is a smaller share of its size has not moved."""
MOST_MODES: Final = 40
"""More would fill the memory for a model with hundreds of stocks, and tell nobody anything."""


def find_elasticities(
    model: ModelLike,
    settings: Mapping[str, Setting] | None = None,
    *,
    policy: str | Policy = "baseline",
    scenario: str | Scenario = "normal",
    seed: int = 0,
    times: Times = MOST_TIMES,
    stock: str | None = None,
    most_modes: int = MOST_MODES,
    most_counted: int = MOST_CIRCUITS,
    integration: Integration | None = None,
    within_bounds: bool = True,
) -> EigenvalueElasticities:
    """Find the modes of behaviour along a run, and what each link and loop has to do with them.

    Parameters are those of :func:`.score_loops` for one run, and

    times
        Saved times, or how many of them, evenly spaced.
    stock
        Whose movement the modes are weighed by. If not given, that of all stocks in loops, each by the range of its
        values in the run.
    most_modes
        How many modes are kept at each time, the heaviest.

    Returns
    -------
    EigenvalueElasticities
        The modes at each time, the heaviest first. Nothing is heavy where nothing moves: weights are not numbers.

    Raises
    ------
    UnknownNameError, InputError, SimulationError
        As :func:`.score_loops`; InputError too if the settings ask for several runs.

    Notes
    -----
    A Jacobian tells how a small disturbance would fare if the model stayed as it is; memories and pipelines, which
    change at the end of a step only, count as fixed, and so do data and forcing over time.
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
    graph = run.graph
    inside = graph.partition_of
    states = [name for name in graph.equations if name in inside and name in run.runs.equations.rates]
    if stock is not None and stock not in states:
        raise unknown("stock in a loop", stock, states)
    way = propagation(graph.links, states, run.graph.stepwise)
    gains = link_gains(graph, way.links, run.ends)[:, :, 0]
    modes, weights = _modes(run, way, gains, stock)
    found = _Modes.of(modes, weights, len(states), most_modes)
    influences = _influences(way, gains, found)
    independent = _independent(way, gains, most_counted)
    cuts = {loop.id: run.cut(loop) for loop in run.switched}
    flat = influences.reshape(len(influences), -1)
    shape = influences.shape[1:]
    return labelled(
        run,
        way,
        gains,
        Influences(
            eigenvalues=found.eigenvalues,
            weights=found.weights,
            problems=found.problems,
            links=influences,
            cuts=cuts,
            cut=np.array([_along(way, links, influences) for links in cuts.values()]).reshape(-1, *shape),
            independent=independent,
            loops=loop_influences(independent, way.links, flat).reshape(-1, *shape),
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Modes:
    """Modes in arrays, the heaviest of each time first; shape ``(times, modes)`` or ``(states, times, modes)``."""

    eigenvalues: NDArray[np.complex128]
    weights: Floats
    problems: NDArray[np.str_]
    right: NDArray[np.complex128]
    left: NDArray[np.complex128]

    @staticmethod
    def of(modes: list[list[Mode]], weights: list[Floats], states: int, most: int) -> "_Modes":
        shape = len(modes), min(most, max(map(len, modes), default=0))
        found = _Modes(
            eigenvalues=np.full(shape, np.nan, dtype=complex),
            weights=np.full(shape, np.nan),
            problems=np.full(shape, "no number", dtype="U10"),
            right=np.zeros((states, *shape), dtype=complex),
            left=np.zeros((states, *shape), dtype=complex),
        )
        for time, (here, weight) in enumerate(zip(modes, weights, strict=True)):
            for place, number in enumerate(np.argsort(-weight, kind="stable")[:most]):
                mode = here[number]
                found.eigenvalues[time, place] = mode.eigenvalue
                found.weights[time, place] = weight[number]
                found.problems[time, place] = mode.problem
                found.right[:, time, place] = mode.right
                found.left[:, time, place] = mode.left
        return found


def _modes(
    run: OneRun, way: Propagation, gains: Floats, stock: str | None
) -> tuple[list[list[Mode]], list[Floats]]:
    """Return the modes at each time, and their weights."""
    jacobians = way.jacobian(gains)
    flows = net_flows(run.graph, way.states, run.ends)[:, :, 0]
    scales = _scales(run, way.states, stock)
    modes: list[list[Mode]] = []
    weights = []
    for time, jacobian in enumerate(jacobians):
        here: list[Mode] = []
        if not run.failed[time] and np.isfinite(flows[:, time]).all():
            here = modes_of(jacobian, blocks_of(way.links, gains[:, time], way.states))
        modes.append(here)
        weights.append(weights_of(here, jacobian, flows[:, time], scales) if here else np.empty(0))
    return modes, weights


def _scales(run: OneRun, states: tuple[str, ...], stock: str | None) -> Floats:
    """Return what a movement of each state counts: as a share of its range; or of one stock alone.

    A state that stays where it is, but for rounding, counts nothing.
    """
    scales = np.zeros(len(states))
    for row, name in enumerate(states):
        values = run.every.after[name]
        values = values[np.isfinite(values)]
        moved = np.ptp(values) if values.size else 0.0
        if moved > ROUNDING * np.abs(values).max(initial=0.0) and stock in (None, name):
            scales[row] = 1 / moved
    return scales


def _along(
    way: Propagation, links: tuple[Link, ...], influences: NDArray[np.complex128]
) -> NDArray[np.complex128]:
    """Return the influence of some links together; not a number if there are none."""
    rows = [row for row, link in enumerate(way.links) if link in links]
    return influences[rows].sum(axis=0) if rows else np.full(influences.shape[1:], np.nan + 0j)


def _influences(way: Propagation, gains: Floats, modes: _Modes) -> NDArray[np.complex128]:
    """Return the influence of each link, shape ``(links, times, modes)``; not a number where it has none."""
    moved = way.forward(gains, modes.right)
    worth = way.backward(gains, modes.left)
    found = gains[:, :, None] * worth[list(way.targets)] * moved[list(way.sources)]
    return np.where(modes.problems == "", found, np.nan)


def _independent(way: Propagation, gains: Floats, most: int) -> tuple[Circuit, ...]:
    """Return a shortest independent set of loops of the links that do anything; none if they cannot be counted."""
    active = [link for link, gain in zip(way.links, gains, strict=True) if gain.any()]
    circuits = every_circuit(active, most)
    return () if circuits is None else independent_loops(circuits, active)
