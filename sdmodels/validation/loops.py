"""Does every named loop have the polarity that the manifest states?

The polarity of a loop is the sign of the product of the derivatives along its links [1]_: reinforcing if
positive, balancing if negative. Links are differentiated numerically where the runs pass.

References
----------
.. [1] G. P. Richardson, "Loop polarity, loop dominance, and the concept of dominant polarity",
   System Dynamics Review 11(1), 1995.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import xarray as xr

from sdmodels.catalogue import Entry, Loop
from sdmodels.engine.expansion import Scalars, expand
from sdmodels.engine.trajectories import Floats
from sdmodels.structure.expression import Delay, Expression, Smooth, rebuild
from sdmodels.structure.graph import influences
from sdmodels.structure.model import Data, Lookup, Model, Variable
from sdmodels.structure.subscripts import rounds, variable_of
from sdmodels.validation.balance import at_saved_times, saved_values
from sdmodels.validation.finding import Finding, failed, not_run
from sdmodels.validation.runs import Runs

POINTS = 20  # of each run, evenly spaced, the initial state among them
NUDGE = 1e-4  # of the variable: small beside the bends of tables, large beside rounding
ROUNDING = 1e-12  # a smaller relative difference is rounding


@dataclass(frozen=True, slots=True, kw_only=True)
class States:
    """The states at which links are differentiated: equations and the values of all variables."""

    scalars: Scalars
    values: Mapping[str, Floats]

    def derivative(self, source: str, target: str) -> Floats:
        """Return how ``target`` (a stock: its net flow) answers to ``source``, shape ``(states,)``."""
        rates, expressions = self.scalars.rates, self.scalars.expressions
        expression = rates[target] if target in rates else expressions[target]
        at = self.values[source]
        size = NUDGE * np.maximum(np.abs(at), NUDGE * max(float(np.max(np.abs(at))), NUDGE))
        above = at_saved_times(expression, {**self.values, source: at + size})
        below = at_saved_times(expression, {**self.values, source: at - size})
        difference = above - below
        noise = ROUNDING * np.maximum(np.abs(above), np.abs(below))
        slope = np.where(np.abs(difference) > noise, difference / (2 * size), 0.0)
        return np.where(np.isfinite(slope), slope, 0.0)


def loops(runs: Runs) -> tuple[Finding, ...]:
    """Judge every loop of the manifest at the initial state and along the base run and the policies.

    Returns
    -------
    tuple of Finding
        One a loop, ``"loop:<id>"``; ``measured`` is the share of states, among those where the product is not
        zero, at which the polarity is the stated one.
    """
    entry = runs.entry
    if not entry.loops:
        return ()
    states = states_of(entry.model, runs.courses)
    return tuple(_judge(entry, loop, states) for loop in entry.loops)


def states_of(model: Model, courses: xr.Dataset) -> States:
    """Return some states of every run that stays finite, and the initial one."""
    fine = courses.isel(member=np.flatnonzero(courses["status"].values == "ok"))
    some = np.unique(np.linspace(0, fine.sizes["time"] - 1, POINTS).astype(int))
    scalars = expand(_without_delays(model))
    values = saved_values(fine.isel(time=some))
    begin = saved_values(fine.isel(time=[0], member=[0]))
    for name, expression in scalars.held.items():
        begin[name] = at_saved_times(expression, begin)
        values[name] = np.broadcast_to(begin[name], values[next(iter(values))].shape)
    return States(scalars=scalars, values=values)


def _without_delays(model: Model) -> Model:
    """Return the model with every SMOOTH and DELAY replaced by its input: late, but of the same sign."""

    def at_once(expression: Expression) -> Expression:
        if isinstance(expression, Smooth | Delay):
            return at_once(expression.input)
        return rebuild(expression, at_once)

    def shortened(variable: Variable) -> Variable:
        if isinstance(variable, Lookup | Data):
            return variable
        equations = tuple(replace(e, expression=at_once(e.expression)) for e in variable.equations)
        return replace(variable, equations=equations)

    return replace(model, variables={name: shortened(v) for name, v in model.variables.items()})


def _judge(entry: Entry, loop: Loop, states: States) -> Finding:
    check, model = f"loop:{loop.id}", entry.model
    broken = _broken_link(model, loop)
    if broken is not None:
        what = f"loop '{loop.id}' is not closed.\n    '{broken[0]}' does not act on '{broken[1]}'"
        return failed(check, loop.title, f"{entry.path}: {what}.\nList its variables in causal order.")
    paths = rounds(model, loop.variables)
    if not paths:
        return not_run(check, loop.title, "Its variables have different subscripts; name the elements.")
    links = [link for names in paths for link in pairwise([*names, names[0]])]
    slopes = {link: np.sign(states.derivative(*link)) for link in links}
    silent = [link for link in links if not slopes[link].any()]
    signs = np.concatenate(
        [np.prod([slopes[link] for link in pairwise([*names, names[0]])], axis=0) for names in paths]
    )
    if not signs.any():
        source, target = silent[0] if silent else links[0]
        why = f"'{target}' does not answer to '{source}'" if silent else "some link is at rest"
        return not_run(check, loop.title, f"At none of {signs.size} states is the loop closed: {why}.")
    changing = [link for link in links if len(set(slopes[link][slopes[link] != 0])) > 1]
    return _verdict(entry, loop, signs[signs != 0], slopes, changing)


def _verdict(
    entry: Entry,
    loop: Loop,
    signs: Floats,
    slopes: Mapping[tuple[str, str], Floats],
    changing: list[tuple[str, str]],
) -> Finding:
    stated = 1.0 if loop.polarity == "reinforcing" else -1.0
    agreeing = float(np.mean(signs == stated))
    links = ", ".join(
        f"'{source}' -> '{target}' {'changes its sign' if (source, target) in changing else _sign(slope)}"
        for (source, target), slope in slopes.items()
    )
    where = f"at {round(agreeing * signs.size)} of {signs.size} states"
    fine = agreeing == 1.0
    return Finding(
        check=f"loop:{loop.id}",
        title=loop.title,
        status="passed" if fine else "failed",
        message=f"Loop '{loop.id}' is {loop.polarity} {where}."
        if fine
        else f"{entry.path}: loop '{loop.id}' is {loop.polarity} only {where}.\n    {links}\n"
        "State the other polarity, or mend the link whose sign is not meant.",
        measured=agreeing,
        bound=1.0,
    )


def _sign(slopes: Floats) -> str:
    return "+" if slopes.max() > 0 else "-"


def _broken_link(model: Model, loop: Loop) -> tuple[str, str] | None:
    """Return the first pair of neighbours that no causal link joins."""
    sources = influences(model)
    names = [model[variable_of(name)].name for name in loop.variables]
    links = pairwise([*names, names[0]])
    return next(((source, target) for source, target in links if source not in sources.get(target, ())), None)
