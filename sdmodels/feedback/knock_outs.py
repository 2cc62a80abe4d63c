"""How does a model behave with a loop cut, beside the same runs with it?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import xarray as xr

from sdmodels.catalogue import Change, Entry, Loop, Policy
from sdmodels.engine.trajectories import Floats, Progress
from sdmodels.errors import InputError
from sdmodels.experiment import Integration, ModelLike, as_entry, simulate
from sdmodels.experiment.settings import Setting

UNCUT = "with every loop"
SAVED = 130
"""Times at which the runs are compared, at most."""


@dataclass(frozen=True, kw_only=True)
class KnockOuts:
    """The same runs with every loop and, in turn, without each that has a switch.

    Attributes
    ----------
    loops
        Ids of the loops that were cut.
    behaviour
        Trajectories, dims ``(member, time)``; the coordinate ``policy`` is ``"with every loop"``, ``"without R1"``,
        and so on.
    variables
        What is compared, by scalar name.
    """

    loops: tuple[str, ...]
    behaviour: xr.Dataset
    variables: tuple[str, ...]

    @cached_property
    def effects(self) -> Floats:
        """How far the runs part, shape ``(loops, members)`` [no unit].

        Of each variable the mean distance between the two runs, over the range of both; then the mean over
        variables. Not a number where a run failed.
        """
        base = self.runs()
        return np.array([_effect(base, self.runs(loop), self.variables) for loop in self.loops])

    @property
    def medians(self) -> dict[str, float]:
        """The median effect over members of cutting each loop, by its id."""
        return dict(zip(self.loops, np.nanmedian(self.effects, axis=1).tolist(), strict=True))

    def runs(self, loop: str | None = None) -> xr.Dataset:
        """Return the runs without a loop; with every loop if none is named."""
        name = UNCUT if loop is None else f"without {loop}"
        return self.behaviour.isel(member=np.flatnonzero(self.behaviour["policy"].values == name))


def knock_outs(
    model: ModelLike,
    settings: Mapping[str, Setting] | None = None,
    *,
    policy: str | Policy = "baseline",
    scenario: str = "normal",
    members: int = 1,
    seed: int = 0,
    variables: Sequence[str] = (),
    progress: Progress | None = None,
) -> KnockOuts:
    """Run a model with every loop, and without each loop of the manifest that has a switch.

    Parameters are those of :func:`.simulate`, and

    variables
        What is kept beside the stocks.

    Raises
    ------
    InputError
        If no loop of the model has a switch.
    """
    entry = as_entry(model)
    cut = [loop for loop in entry.loops if loop.switch is not None]
    if not cut:
        raise InputError(
            f"{entry.path}: no loop can be cut.\n    no [[loop]] of its model.toml has a 'switch'\n"
            "Give a loop a constant that is 1 and cuts it at 0 (docs/manifest.md)."
        )
    base = policy if isinstance(policy, Policy) else entry.policy(policy)
    stocks = [stock.name for stock in entry.model.stocks]
    behaviour = simulate(
        entry,
        settings,
        policy=[_without(base, None), *(_without(base, loop) for loop in cut)],
        scenario=scenario,
        members=members,
        seed=seed,
        outputs=list(dict.fromkeys([*stocks, *variables])),
        integration=Integration(save_period=_save_period(entry)),
        within_bounds=False,
        progress=progress,
    )
    compared = tuple(str(name) for name in behaviour.data_vars if str(name).partition("[")[0] in stocks)
    return KnockOuts(loops=tuple(loop.id for loop in cut), behaviour=behaviour, variables=compared)


def _save_period(entry: Entry) -> float:
    """Return the model's save period, or so many of them that the runs are not saved too often."""
    time = entry.model.time
    periods = (time.final_time - time.initial_time) / time.saved_every
    return time.saved_every * max(1, round(periods / SAVED))


def _without(policy: Policy, loop: Loop | None) -> Policy:
    if loop is None:
        return policy.model_copy(update={"id": UNCUT})
    assert loop.switch is not None
    changes = (*policy.changes, Change(name=loop.switch, value=0.0))
    return policy.model_copy(update={"id": f"without {loop.id}", "changes": changes})


def _effect(base: xr.Dataset, cut: xr.Dataset, names: Sequence[str]) -> Floats:
    """Return how far two runs part, shape ``(members,)``."""
    parts = []
    for name in names:
        ours, theirs = base[name].values, cut[name].values
        both = np.concatenate([ours, theirs], axis=1)
        extent = both.max(axis=1) - both.min(axis=1)
        distance = np.abs(theirs - ours).mean(axis=1)
        parts.append(np.divide(distance, extent, out=np.zeros_like(extent), where=extent > 0))
    fine = (base["status"].values == "ok") & (cut["status"].values == "ok")
    return np.where(fine, np.mean(parts, axis=0), np.nan)
