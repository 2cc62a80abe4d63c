"""Do fluctuations announce the tip: does a disturbed variable vary more, and more slowly, before it?"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import xarray as xr

from sdmodels.catalogue import Change, Entry, Scenario, Text, Tip
from sdmodels.engine.trajectories import Floats, Progress
from sdmodels.errors import InputError
from sdmodels.experiment import Integration, ModelLike, as_entry, simulate
from sdmodels.experiment.disturbance import Disturbance, disturb
from sdmodels.experiment.request import with_time
from sdmodels.experiment.sampling import Sampling
from sdmodels.experiment.settings import find_input
from sdmodels.exploration.noise_tables import comparison, quantiles
from sdmodels.exploration.sample import lever_policies, sample_of, shifted
from sdmodels.exploration.signals import fluctuations
from sdmodels.exploration.tipping import moved
from sdmodels.structure.model import SLACK, TimeSpec
from sdmodels.structure.subscripts import find_scalar, variable_of

_MOST_NUMBERS = 2**24
"""Saved values that are held at once, if the members of one value of the lever are no more: 0.13 GB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseSearch:
    """A grid of a lever's values, and pink noise on a constant.

    Attributes
    ----------
    lever, values
        A constant and its values, rising [unit of the lever].
    begins
        When the lever jumps to the value; ``None`` for before the run [the model's unit of time].
    constant, deviation, correlation
        What the noise multiplies by a factor of mean 1 and not below 0, the standard deviation of the factor
        [dimensionless], and the time constant of its autocorrelation [the model's unit of time].
    settle, window
        The noise begins this long before the window, which is the last part of the run [the model's unit of time].
    variable, lag
        Whose fluctuations are measured over the window, and the lag of their autocorrelation [the model's unit of
        time].
    tip
        How far its variable must move between neighbouring values.
    horizon
        Final time of the runs; the model's own if ``None`` [the model's unit of time].
    scenario
        What holds in every run; the noise acts on top of it.
    """

    lever: str
    values: tuple[float, ...]
    constant: str
    deviation: float
    correlation: float
    settle: float
    window: float
    variable: str
    tip: Tip
    lag: float = 4.0
    begins: float | None = None
    horizon: float | None = None
    members: int = 256
    seed: int = 0
    sampling: Sampling = "sobol"
    scenario: str | Scenario = "normal"

    def __post_init__(self) -> None:
        if min(self.deviation, self.correlation, self.lag) <= 0 or self.settle < 0:
            raise ValueError(
                f"deviation ({self.deviation:g}), correlation ({self.correlation:g}) and lag ({self.lag:g}) must "
                f"be above 0, and settle ({self.settle:g}) at least 0."
            )
        if self.window < 4 * self.lag:
            raise ValueError(f"window ({self.window:g}) must be at least four times lag ({self.lag:g}).")


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyWarnings:
    """How each member fluctuates on its way to its tip, if it has one.

    A member tips at the first value of the lever at which the final value of the tip's variable has moved that far
    from the value before, both without noise; or with noise from that without it, so that no tip lies in a window
    that counts as before it.

    Attributes
    ----------
    runs
        Dimensions ``(member, value)``: ``deviation`` and ``autocorrelation`` of the watched variable, as
        :func:`~sdmodels.exploration.signals.fluctuations` has them; ``condition``, the mean of the tip's variable
        over the window; ``final_without`` and ``final_with`` noise, its final values. Dimension ``(member,)``:
        ``tips_at``, the place of the value at which it tips, -1 if it does not; ``by_noise``, whether it was the
        noise; ``failed``, whether one of its runs left the finite numbers.
    numbers
        Columns ``measure, group, value, p05, p25, p50, p75, p95, members``: see
        :func:`~sdmodels.exploration.noise_tables.quantiles`.
    comparison
        The rise before a tip, beside that of members that do not tip: see
        :func:`~sdmodels.exploration.noise_tables.comparison`.
    """

    entry: Entry
    search: NoiseSearch
    runs: xr.Dataset
    numbers: pd.DataFrame
    comparison: pd.DataFrame

    @property
    def failed(self) -> int:
        """How many members failed in at least one run; they are left out."""
        return int(self.runs["failed"].sum())

    @property
    def tip(self) -> Floats:
        """The middle of the step of the lever at which each member tips [unit of the lever].

        Shape ``(members that did not fail,)``; the first value itself for a member that tips there, not-a-number
        for one that does not tip.
        """
        values, at = self.runs["value"].values, self.runs["tips_at"].values
        middle = (values[at] + values[np.maximum(at - 1, 0)]) / 2
        return np.asarray(np.where(at >= 0, middle, np.nan)[~self.runs["failed"].values])


def find_warnings(
    model: ModelLike, search: NoiseSearch, *, progress: Progress | None = None
) -> EarlyWarnings:
    """Run every member at every value of the lever, with noise and without.

    A member has its own path of the noise, which is the same at every value.

    Parameters
    ----------
    progress
        Called with the runs done and the runs in all.

    Raises
    ------
    UnknownNameError
        If there is no such lever, constant or variable.
    InputError
        If values do not rise, the constant cannot be disturbed, the noise does not begin within the run and after
        the lever's jump, or the lag is no whole number of saved times.
    SimulationError
        If no member stays finite.
    """
    entry = as_entry(model)
    named = replace(search, constant=find_input(entry, search.constant))
    timed = with_time(entry, Integration(final_time=search.horizon)).model.time
    noise = Disturbance(
        constant=named.constant,
        correlation=search.correlation,
        begins=timed.final_time - search.window - search.settle,
    )
    lag = _lag(search, timed)
    _check(search, noise)
    noisy = disturb(entry, noise, method=timed.method)
    sample = sample_of(
        entry, members=search.members, seed=search.seed, sampling=search.sampling, lever=search.lever
    )
    saved = int((timed.final_time - timed.initial_time) / timed.saved_every) + 1
    room = max(_MOST_NUMBERS // (4 * search.members * saved), 1)
    scenarios = _scenarios(entry, search, noise)
    policies = lever_policies(search.lever, search.values, search.begins)
    found = []
    for start in range(0, len(policies), room):
        behaviour = simulate(
            noisy,
            sample,
            policy=policies[start : start + room],
            scenario=scenarios,
            outputs=list(dict.fromkeys((search.variable, search.tip.variable))),
            seed=search.seed,
            integration=Integration(final_time=search.horizon),
            progress=shifted(
                progress,
                done=2 * start * search.members,
                total=2 * len(policies) * search.members,
            ),
        )
        found.append(_measured(entry, search, behaviour, timed.final_time - search.window, lag))
    return _judged(entry, search, sample, xr.concat(found, "value") if len(found) > 1 else found[0])


def _lag(search: NoiseSearch, time: TimeSpec) -> int:
    lags = search.lag / time.saved_every
    if round(lags) < 1 or abs(lags - round(lags)) > SLACK:
        raise InputError(
            f"The lag of {search.lag:g} is no whole number of saved times.\n"
            f"    A value is saved every {time.saved_every:g} {time.units}.\nGive a multiple of it."
        )
    return round(lags)


def _check(search: NoiseSearch, noise: Disturbance) -> None:
    if search.begins is not None and search.begins > noise.begins:
        raise InputError(
            f"The noise at {noise.begins:g} begins before the lever's jump at {search.begins:g}.\n"
            f"    It begins {search.settle:g} before a window of {search.window:g} at the end of the run.\n"
            "Give a later horizon, or a shorter window or time to settle."
        )


def _scenarios(entry: Entry, search: NoiseSearch, noise: Disturbance) -> list[Scenario]:
    base = search.scenario if isinstance(search.scenario, Scenario) else entry.scenario(search.scenario)
    on = Change(name=noise.deviation, value=search.deviation)
    disturbed = Scenario(
        id=f"{base.id}_disturbed",
        title=Text(en=f"{noise.constant} disturbed", zh=f"{noise.constant}受扰动"),
        meaning=Text(en="With pink noise", zh="加粉红噪声"),
        changes=(*base.changes, on),
    )
    return [base, disturbed]


def _measured(
    entry: Entry, search: NoiseSearch, behaviour: xr.Dataset, window: float, lag: int
) -> xr.Dataset:
    """Return what is measured of each run, for some values of the lever.

    Parameters
    ----------
    behaviour
        Members are scenarios (without and with noise) by values by members.
    window
        When it begins [the model's unit of time].
    lag
        Of the autocorrelation [saved times].
    """
    times = behaviour["time"].values
    last = times >= window - SLACK * entry.model.time.time_step
    watched, condition = (
        behaviour[find_scalar(entry.model, name)].values.reshape(2, -1, search.members, times.size)
        for name in (search.variable, search.tip.variable)
    )
    failed = (behaviour["status"].values != "ok").reshape(2, -1, search.members)
    deviation, autocorrelation = fluctuations(watched[1][..., last], lag=lag)
    measured = {
        "deviation": deviation,
        "autocorrelation": autocorrelation,
        "condition": condition[1][..., last].mean(axis=-1),
        "final_without": condition[0][..., -1],
        "final_with": condition[1][..., -1],
    }
    lost = failed.any(axis=0)
    return xr.Dataset(
        {
            **{
                name: (("member", "value"), np.where(lost, np.nan, numbers).T)
                for name, numbers in measured.items()
            },
            "failures": (("member", "value"), failed.sum(axis=0).T),
        }
    )


def _judged(
    entry: Entry, search: NoiseSearch, sample: dict[str, Floats], measured: xr.Dataset
) -> EarlyWarnings:
    """Say where each member tips, and what its fluctuations come to before that."""
    without, noisy = measured["final_without"].values, measured["final_with"].values
    lost = (measured["failures"].values > 0).any(axis=1)
    jumped = np.zeros(without.shape, dtype=bool)
    jumped[:, 1:] = moved(search.tip, without[:, :-1], without[:, 1:])
    gone = jumped | moved(search.tip, without, noisy)
    first = gone.argmax(axis=1)
    tips = gone.any(axis=1) & ~lost
    inputs = {
        name: ("member", values, {"units": entry.model[variable_of(name)].units})
        for name, values in sample.items()
    }
    runs = measured.assign(
        tips_at=("member", np.where(tips, first, -1)),
        by_noise=("member", tips & ~jumped[np.arange(first.size), first]),
        failed=("member", lost),
    ).assign_coords(inputs | {"value": ("value", np.array(search.values))})
    return EarlyWarnings(
        entry=entry, search=search, runs=runs, numbers=quantiles(runs), comparison=comparison(runs)
    )
