"""Which members of an ensemble belong to which policy, and how do they spread?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from sdmodels.catalogue.naming import Language
from sdmodels.errors import SimulationError, UnknownNameError, did_you_mean
from sdmodels.figures.labels import policy_titles

Floats = NDArray[np.float64]
Members = NDArray[np.intp]
"""Positions along the dimension ``member``."""

FEWEST_FOR_BANDS: Final = 10
"""Below this number of members the 5 % quantile is a guess, so the members themselves are drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyMembers:
    """The members of an ensemble that try one policy."""

    policy: str
    """Id of the policy."""
    title: str
    """Its title in the language of the figure."""
    index: Members
    """Positions of the members whose status is ok, shape ``(members,)``."""
    failed: int
    """Number of the members that failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How the members of one policy differ in one variable."""

    median: Floats
    """Shape ``(time,)`` [unit of the variable]. Taken at each time; no member needs to run along it."""
    bands: tuple[tuple[Floats, Floats], ...]
    """Lower and upper edge of each band, the widest first, shape ``(time,)``; none for a few members."""
    members: Floats
    """The members to draw themselves, shape ``(members, time)``; none where there are bands."""

    def values(self) -> Floats:
        """Return every value that is drawn, shape ``(values,)``."""
        edges = [edge for band in self.bands for edge in band]
        return np.concatenate([self.median, *edges, self.members.ravel()])


def members_by_policy(behaviour: xr.Dataset, language: Language) -> tuple[PolicyMembers, ...]:
    """Divide the members among the policies, in the order in which the policies first appear.

    Raises
    ------
    SimulationError
        If every member failed.
    """
    count = behaviour.sizes["member"]
    policy = np.asarray(behaviour["policy"].values, dtype=str)
    ok = np.asarray(behaviour["status"].values == "ok")
    if not ok.any():
        raise SimulationError(f"There is nothing to draw: all {count} members failed. See behaviour.status.")
    titles = policy_titles(behaviour.attrs, language)
    return tuple(
        PolicyMembers(
            policy=name,
            title=titles.get(name, name),
            index=np.flatnonzero((policy == name) & ok),
            failed=int(((policy == name) & ~ok).sum()),
        )
        for name in dict.fromkeys(policy.tolist())
    )


def variables_named(behaviour: xr.Dataset, names: Iterable[str] | None) -> tuple[xr.DataArray, ...]:
    """Return variables of a behaviour, all of them where no names are given.

    Raises
    ------
    UnknownNameError
        If a name is not the name of a variable with the dimensions ``(member, time)``.
    ValueError
        If there is no variable to return.
    """
    known = {
        str(name): variable.transpose("member", "time")
        for name, variable in behaviour.data_vars.items()
        if set(variable.dims) == {"member", "time"}
    }
    chosen = tuple(known) if names is None else tuple(names)
    if not chosen:
        raise ValueError("There is no variable to draw: name at least one of (member, time).")
    for name in chosen:
        if name not in known:
            advice = did_you_mean(name, known, otherwise=f"There are: {', '.join(known)}.")
            raise UnknownNameError(f"No variable of this behaviour is named '{name}'. {advice}")
    return tuple(known[name] for name in chosen)


def spread(values: Floats, bands: Sequence[int]) -> Spread:
    """Summarise the members of one policy at each time.

    Parameters
    ----------
    values
        Shape ``(members, time)``, at least one member.
    bands
        How much of the members each band holds, the widest first [percent].
    """
    median = np.median(values, axis=0)
    none = np.empty((0, values.shape[1]))
    if len(values) == 1:
        return Spread(median=median, bands=(), members=none)
    if len(values) < FEWEST_FOR_BANDS:
        return Spread(median=median, bands=(), members=values)
    edges = [np.quantile(values, ((100 - share) / 200, (100 + share) / 200), axis=0) for share in bands]
    return Spread(median=median, bands=tuple((low, high) for low, high in edges), members=none)
