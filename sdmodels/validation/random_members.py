"""Does any combination of inputs, however odd, break the model?

References
----------
J. W. Forrester & P. M. Senge, "Tests for building confidence in system dynamics models", TIMS Studies in the
Management Sciences 14, 1980: the extreme-conditions test.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from sdmodels.catalogue import Entry, Text, Uncertainty
from sdmodels.engine.reductions import Reduction, Statistic
from sdmodels.engine.trajectories import Floats
from sdmodels.errors import SimulationError
from sdmodels.experiment import evaluate, visible
from sdmodels.structure.model import Constant
from sdmodels.structure.names import key_of
from sdmodels.structure.subscripts import find_scalar, scalars_of, variable_of
from sdmodels.validation.finding import Finding, failed
from sdmodels.validation.runs import every_step, stock_names

TITLE = Text(en="Random inputs break nothing", zh="随机输入不会使模型失效")
MEMBERS = 10_000
SEED = 10
ROUNDING = 1e-9  # of the variable's largest size: what is left of a stock that has been emptied
_CHECK = "random_members"


def random_members(entry: Entry, members: int = MEMBERS) -> tuple[Finding, ...]:
    """Draw all uncertain constants and all levers within their bounds, and look at what happens.

    No member may leave the finite numbers in any variable at the saved times, and no variable that the
    manifest calls non-negative (all stocks where it does not say) may fall below zero at any time step.

    Returns
    -------
    tuple of Finding
        One, ``"random_members"``, whose ``measured`` is the number of members that break; none for a model that
        names neither levers nor uncertain constants.
    """
    varied = _varied(entry)
    if not varied.uncertainties:
        return ()
    names = _non_negative(entry)
    everything = [name for name in visible(entry.model) if not _is_constant(entry, name)]
    try:
        # A mean is taken from every saved time, so that a number that is lost at any of them is seen.
        means = _evaluate(varied, everything, ("mean",), members)
        lowest = _evaluate(varied, names, ("minimum", "maximum"), members) if names else means
    except SimulationError as error:
        return (failed(_CHECK, TITLE, f"{entry.path}: no random member stays finite.\n    {error}"),)
    lost = means["status"].values != "ok"
    lows, sizes = _lows(lowest, names)
    below = np.where(lost | (lowest["status"].values != "ok"), 0.0, lows) < -ROUNDING * sizes
    if lost.any():
        member = int(np.argmax(lost))
        return (_finding(entry, members, lost | np.asarray(below.any(axis=0)), _lost(varied, means, member)),)
    sunk = np.asarray(below.any(axis=0))
    if sunk.any():
        return (_finding(entry, members, sunk, _below(varied, lowest, names, below, members)),)
    return (_finding(entry, members, lost, ""),)


def _varied(entry: Entry) -> Entry:
    """Return the entry in which levers are drawn too; a lever's bounds come before an uncertainty's range."""
    if entry.manifest is None:
        return entry
    levers = [
        Uncertainty(name=scalar, minimum=lever.minimum, maximum=lever.maximum, source="the lever's bounds")
        for lever in entry.levers
        for scalar in scalars_of(entry.model, [lever.name])
    ]
    taken = {key_of(lever.name) for lever in levers}
    others = [u.model_copy(update={"name": find_scalar(entry.model, u.name)}) for u in entry.uncertainties]
    kept = [uncertainty for uncertainty in others if key_of(uncertainty.name) not in taken]
    # Slopes are among those that are kept.
    tables = tuple(row.model_copy(update={"slope": None}) for row in entry.manifest.tables)
    manifest = entry.manifest.model_copy(update={"uncertainties": (*kept, *levers), "tables": tables})
    return replace(entry, manifest=manifest)


def _non_negative(entry: Entry) -> list[str]:
    asked = entry.manifest.non_negative if entry.manifest is not None else None
    return list(stock_names(entry)) if asked is None else list(scalars_of(entry.model, asked))


def _is_constant(entry: Entry, name: str) -> bool:
    return isinstance(entry.model[variable_of(name)], Constant)


def _evaluate(
    entry: Entry, names: Sequence[str], statistics: Sequence[Statistic], members: int
) -> xr.Dataset:
    """Return the statistics of the variables: of "mean" at the saved times, of extremes at every step."""
    return evaluate(
        entry,
        outcomes=[Reduction(variable=name, statistic=how) for name in names for how in statistics],
        members=members,
        seed=SEED,
        integration=None if "mean" in statistics else every_step(entry),
    )


def _lows(found: xr.Dataset, names: Sequence[str]) -> tuple[Floats, Floats]:
    """Return the smallest values and the largest sizes, shape ``(names, members)`` each."""
    empty = np.zeros((0, found.sizes["member"]))
    lows = np.array([found[f"minimum of {name}"].values for name in names]) if names else empty
    highs = np.array([found[f"maximum of {name}"].values for name in names]) if names else empty
    return lows, np.maximum(np.abs(lows), np.abs(highs))


def _lost(entry: Entry, means: xr.Dataset, member: int) -> str:
    return f"Member {member}: {means['status'].values[member]}.\n    {_inputs(entry, means, member)}"


def _below(
    entry: Entry, lowest: xr.Dataset, names: Sequence[str], below: NDArray[np.bool_], members: int
) -> str:
    """Return the variable that falls lowest for its size, with the time, and the inputs of that member."""
    lows, sizes = _lows(lowest, names)
    depth = np.where(below, lows / np.maximum(sizes, np.finfo(float).tiny), 0.0)
    row, member = (int(index) for index in np.unravel_index(np.argmin(depth), depth.shape))
    name = names[row]
    times = _evaluate(entry, [name], ("time of minimum",), members)
    when = float(times[f"time of minimum of {name}"].values[member])
    unit, units = entry.model[variable_of(name)].units, entry.model.time.units
    value = f"{lows[row, member]:.6g} {unit}".rstrip()
    return (
        f"Member {member}: '{name}' falls to {value} at {when:g} {units}.\n    "
        f"{_inputs(entry, lowest, member)}"
    )


def _inputs(entry: Entry, found: xr.Dataset, member: int) -> str:
    drawn = (f'"{u.name}": {float(found[u.name].values[member])!r}' for u in entry.uncertainties)
    return f"Inputs: {{{', '.join(drawn)}}}"


def _finding(entry: Entry, members: int, broken: NDArray[np.bool_], evidence: str) -> Finding:
    count = int(np.count_nonzero(broken))
    return Finding(
        check=_CHECK,
        title=TITLE,
        status="failed" if count else "passed",
        message=f"{entry.path}: {count} of {members:,} random members break.\n    {evidence}\n"
        "Look for a division by what can be zero, an outflow that an empty stock keeps, or a bound that is "
        "too wide."
        if count
        else f"All {members:,} members stay finite; what cannot be negative never is.",
        measured=float(count),
        bound=0.0,
    )
