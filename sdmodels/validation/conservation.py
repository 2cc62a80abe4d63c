"""Is anything made or lost on the way that the manifest says is conserved?

References
----------
Y. Barlas, "Formal aspects of model validity and validation in system dynamics", System Dynamics Review 12(3),
1996: conservation as a direct structure test.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from sdmodels.catalogue import Conservation, Entry
from sdmodels.engine.reductions import Reduction, Statistic
from sdmodels.engine.trajectories import Floats
from sdmodels.errors import SDModelsError
from sdmodels.experiment import evaluate, simulate
from sdmodels.structure.expression import Arithmetic, Call, Number, Reference
from sdmodels.structure.model import Equation, Stock
from sdmodels.validation.finding import Finding, failed
from sdmodels.validation.probes import Probe, probe, size_of, sum_of, terms_of, with_probes
from sdmodels.validation.runs import every_step, run_of

ROUNDING = 1e-9  # of the largest size: thousands of additions, each exact to 1e-16
DRAWS = 20  # of the uncertain constants, in every policy and scenario
SEED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class _Balance:
    """A row of the manifest and the probes that measure it."""

    row: Conservation
    probes: tuple[Probe, ...]

    @property
    def gap(self) -> str:
        return f"{self.row.id} (gap)"

    @property
    def size(self) -> str:
        return f"{self.row.id} (size)"

    @property
    def reductions(self) -> tuple[Reduction, ...]:
        wanted: tuple[tuple[str, Statistic], ...] = (
            (self.gap, "maximum"),
            (self.gap, "time of maximum"),
            (self.size, "maximum"),
        )
        return tuple(Reduction(variable=name, statistic=statistic) for name, statistic in wanted)


def conservation(entry: Entry) -> tuple[Finding, ...]:
    """Judge every conservation of the manifest, at every time step of all runs.

    The runs are all policies in all scenarios, each with some draws of the uncertain constants. A total that
    follows the inflows and outflows alone runs beside the stocks, and must stay equal to their sum.

    Returns
    -------
    tuple of Finding
        One a row, ``"conservation:<id>"``; ``measured`` is the largest gap, as a share of the largest size that
        the stocks (or the flows, where there are no stocks) have in that run.
    """
    rows = entry.manifest.conservations if entry.manifest is not None else ()
    if not rows:
        return ()
    balances = [_balance(entry, row) for row in rows]
    probed = with_probes(entry, [each for balance in balances for each in balance.probes])
    try:
        found = evaluate(
            probed,
            outcomes=[reduction for balance in balances for reduction in balance.reductions],
            policy=entry.policies,
            scenario=entry.scenarios,
            members=_draws(entry),
            seed=SEED,
            integration=every_step(entry),
        )
    except SDModelsError as error:
        what = f"{entry.path}: the runs cannot be made.\n    {error}"
        return tuple(failed(f"conservation:{row.id}", row.title, what) for row in rows)
    return tuple(_judge(probed, balance, found) for balance in balances)


def _draws(entry: Entry) -> int:
    return DRAWS if entry.uncertainties else 1


def _balance(entry: Entry, row: Conservation) -> _Balance:
    stocks, inflows, outflows = (
        terms_of(entry.model, names) for names in (row.stocks, row.inflows, row.outflows)
    )
    net = Arithmetic("-", sum_of(inflows), sum_of(outflows))
    flow = size_of([*inflows, *outflows])
    gap, size, total = f"{row.id} (gap)", f"{row.id} (size)", f"{row.id} (total)"
    if not row.stocks:
        return _Balance(row=row, probes=(probe(gap, Call("ABS", (net,))), probe(size, flow)))
    apart = Arithmetic("-", sum_of(stocks), Reference(total))
    step = Arithmetic("*", Number(entry.model.time.time_step), flow)
    follows = Equation(expression=net, initial=sum_of(stocks), text=total)
    return _Balance(
        row=row,
        probes=(
            Stock(name=total, equations=(follows,)),
            probe(gap, Call("ABS", (apart,))),
            probe(size, Arithmetic("+", size_of(stocks), step)),
        ),
    )


def _judge(entry: Entry, balance: _Balance, found: xr.Dataset) -> Finding:
    fine = found["status"].values == "ok"
    gaps = found[f"maximum of {balance.gap}"].values
    sizes = np.maximum(found[f"maximum of {balance.size}"].values, np.finfo(float).tiny)
    shares = np.where(fine, gaps / sizes, -1.0)
    worst = int(np.argmax(shares))
    share, when = float(shares[worst]), float(found[f"time of maximum of {balance.gap}"].values[worst])
    row, fits = balance.row, bool(shares[worst] <= ROUNDING)
    where = f"at {when:g} {entry.model.time.units}; {_run(found, worst)}"
    if fits:
        message = f"In {fine.sum()} runs, at every step, the gap is at most {share:.2g} of the largest size."
    else:
        began = _first(entry, balance, found, worst, ROUNDING * float(sizes[worst]))
        message = (
            f"{entry.path}: '{row.id}' is not conserved.\n    {_what(row)} differ by {share:.3g} of their "
            f"largest size {where}; the gap opens at {began:g}.\n{_remedy(row)}"
        )
    return Finding(
        check=f"conservation:{row.id}",
        title=row.title,
        status="passed" if fits else "failed",
        message=message,
        measured=share,
        bound=ROUNDING,
    )


def _what(row: Conservation) -> str:
    flows = f"inflows ({_listed(row.inflows)}) and outflows ({_listed(row.outflows)})"
    return f"The stocks ({_listed(row.stocks)}) and their {flows}" if row.stocks else f"The {flows}"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names) or "none"


def _remedy(row: Conservation) -> str:
    subject = f"what changes '{row.stocks[0]}'" if row.stocks else "all that takes from what flows in"
    return f"Look through {subject}: mend the equation, or name the flow that is missing in the row."


def _run(found: xr.Dataset, member: int) -> str:
    return f"{run_of(found, member)}, draw {int(found['sample'].values[member])}"


def _first(entry: Entry, balance: _Balance, found: xr.Dataset, member: int, bound: float) -> float:
    """Return the first time at which the gap of a run is above ``bound``."""
    again = simulate(
        entry,
        policy=str(found["policy"].values[member]),
        scenario=str(found["scenario"].values[member]),
        members=_draws(entry),
        seed=SEED,
        outputs=[balance.gap],
        integration=every_step(entry),
    )
    course: Floats = again[balance.gap].values[int(found["sample"].values[member])]
    return float(again["time"].values[np.argmax(course > bound)])
