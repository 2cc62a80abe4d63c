"""Do stocks change by their flows alone, and does the base run begin in equilibrium?"""

from collections.abc import Mapping

import numpy as np
import xarray as xr

from sdmodels.catalogue import Entry, Text
from sdmodels.engine.expansion import expand
from sdmodels.engine.interpreter import value_of
from sdmodels.engine.trajectories import Floats
from sdmodels.structure.expression import Expression, Reference, rebuild, references
from sdmodels.structure.graph import influences
from sdmodels.structure.model import Model
from sdmodels.structure.subscripts import variable_of
from sdmodels.validation.finding import Finding, not_run
from sdmodels.validation.runs import stock_names

CONSERVATION = Text(en="Stocks change by their flows alone", zh="存量只因流量而变化")
EQUILIBRIUM = Text(en="The base run begins in equilibrium", zh="基准运行从均衡开始")
ROUNDING = 1e-9  # of the stock's largest size: some ten thousand times the rounding of one step
STILL = 1e-6  # of the stock, per unit of time: assumption, a ten-thousandth part in two years
SMALL = 1e-9  # a stock below this counts as this [its unit]
_TIME = "Time (saved)"


def saved_values(behaviour: xr.Dataset) -> dict[str, Floats]:
    """Return every saved variable and the time, shape ``(members * times,)`` [unit of each]."""
    values = {str(name): behaviour[name].values.reshape(-1) for name in behaviour.data_vars}
    return values | {_TIME: np.tile(behaviour["time"].values, behaviour.sizes["member"])}


def at_saved_times(expression: Expression, values: Mapping[str, Floats]) -> Floats:
    """Return the value of a scalar expression at every saved time, shape ``(members * times,)``."""

    def with_saved_time(part: Expression) -> Expression:
        return Reference(_TIME) if part == Reference("Time") else rebuild(part, with_saved_time)

    with np.errstate(all="ignore"):
        computed = value_of(with_saved_time(expression), values, 0.0)
    return np.broadcast_to(np.asarray(computed, dtype=np.float64), values[_TIME].shape)


def stocks(entry: Entry, moving: xr.Dataset) -> Finding:
    """Recompute every stock's next value from its net flow and the variables that were saved.

    Parameters
    ----------
    moving
        One run by Euler's method with every variable at every time step.
    """
    values, rates = saved_values(moving), expand(entry.model).rates
    step = entry.model.time.time_step
    errors: dict[str, float] = {}
    for name in stock_names(entry):
        if all(reference.name in {*values, "Time"} for reference in references(rates[name])):
            expected = values[name][:-1] + step * at_saved_times(rates[name], values)[:-1]
            scale = max(float(np.max(np.abs(values[name]))), np.finfo(float).tiny)
            errors[name] = float(np.max(np.abs(values[name][1:] - expected), initial=0.0)) / scale
    if not errors:
        return not_run("stocks", CONSERVATION, "No stock has a net flow of saved variables.")
    worst = max(errors, key=lambda name: errors[name])
    fine = errors[worst] <= ROUNDING
    evidence = f"'{worst}' differs from its flows by {errors[worst]:.2g} of its largest size"
    return Finding(
        check="stocks",
        title=CONSERVATION,
        status="passed" if fine else "failed",
        message=f"All {len(errors)} stocks follow their flows; the farthest, {evidence}."
        if fine
        else f"{entry.path}: a stock does not follow its flows.\n    {evidence}.\n"
        "Report this as a fault of the engine, with the model file.",
        measured=errors[worst],
        bound=ROUNDING,
    )


def equilibrium(entry: Entry, close: xr.Dataset) -> Finding:
    """Look for stocks that change in the base run's first 52 units of time.

    Stocks that act on no stock (totals of what has passed) have no equilibrium and are left out. Only
    a catalogue model says that it begins in equilibrium; for others the largest change is measured only.
    """
    acting = _acting_on_a_stock(entry.model)
    names = [name for name in stock_names(entry) if variable_of(name) in acting]
    if not names or close.sizes["time"] < 2:
        return not_run("equilibrium", EQUILIBRIUM, "No stock acts on a stock.")
    changes = {name: _fastest(close, name) for name in names}
    worst = max(changes, key=lambda name: changes[name][0])
    change, when = changes[worst]
    unit = entry.model.time.units
    evidence = (
        f"'{worst}' changes fastest: by {change:.2g} of itself per {unit or 'unit of time'} at {when:g}"
    )
    fine = change < STILL
    claimed = entry.manifest is not None
    return Finding(
        check="equilibrium",
        title=EQUILIBRIUM,
        status=("passed" if fine else "failed") if claimed else "not run",
        message=f"{entry.path}: the base run does not begin in equilibrium.\n    {evidence}.\n"
        "Set the initial values to those at which inflows equal outflows."
        if claimed and not fine
        else evidence + ("." if claimed else ". A model without a manifest may begin anywhere."),
        measured=change,
        bound=STILL,
        unit=f"1/{unit}" if unit else "",
    )


def _fastest(close: xr.Dataset, name: str) -> tuple[float, float]:
    """Return the largest relative change per unit of time, and when it begins."""
    times, values = close["time"].values, close[name].values[0]
    change = np.abs(np.diff(values)) / np.diff(times) / np.maximum(np.abs(values[:-1]), SMALL)
    index = int(np.argmax(change))
    return float(change[index]), float(times[index])


def _acting_on_a_stock(model: Model) -> set[str]:
    """Return the variables from which causal links lead to a stock, be it over others."""
    sources = influences(model)
    found: set[str] = set()
    waiting = [stock.name for stock in model.stocks]
    while waiting:
        fresh = [name for name in sources.get(waiting.pop(), ()) if name not in found]
        found.update(fresh)
        waiting += fresh
    return found
