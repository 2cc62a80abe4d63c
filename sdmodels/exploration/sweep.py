"""Where along a lever is the best, and where does it tip?"""

import numpy as np
import pandas as pd
import xarray as xr

from sdmodels.catalogue import Bound, Change, Entry, Outcome, Policy, Sweep, Text, Tip, Variant
from sdmodels.engine.trajectories import Progress
from sdmodels.experiment import Reduction, evaluate
from sdmodels.exploration.arms import policy_of, span_of
from sdmodels.exploration.findings import Finding, Floats
from sdmodels.exploration.result import COLUMNS, ExperimentResult, Truths, draws_of, is_past, quantile_rows
from sdmodels.exploration.tipping import moved, tip_title
from sdmodels.structure.subscripts import find_scalar, variable_of


def run_sweep(
    entry: Entry, sweep: Sweep, *, members: int, seed: int, progress: Progress | None = None
) -> ExperimentResult:
    """Run a lever over its grid, for every variant.

    Returns
    -------
    ExperimentResult
        Its data have the dimensions ``(variant, value, member)``: every ``read`` by its id, and the final value of
        what onset and tip look at.
    """
    values = np.linspace(sweep.minimum, sweep.maximum, sweep.steps)
    policies = [policy for variant in sweep.variants for policy in _policies(entry, sweep, variant, values)]
    found = evaluate(
        entry,
        outcomes=[*sweep.reads, *_sought(entry, sweep)],
        policy=policies,
        members=members,
        seed=seed,
        integration=span_of(entry, sweep),
        within_bounds=False,
        progress=progress,
    )
    ok = found["status"].values == "ok"
    shape = (len(sweep.variants), values.size, members)
    data = xr.Dataset(
        {
            name: (
                ("variant", "value", "member"),
                np.where(ok, column.values, np.nan).reshape(shape),
                column.attrs,
            )
            for name, column in found.data_vars.items()
        },
        {
            "variant": [variant.id for variant in sweep.variants],
            **draws_of(entry, found, members),
            "value": ("value", values, {"units": _unit_of_lever(entry, sweep)}),
        },
        {
            "lever": find_scalar(entry.model, sweep.lever),
            "model_hash": found.attrs["model_hash"],
            "seed": seed,
        },
    )
    findings = [finding for variant in sweep.variants for finding in _findings(entry, sweep, variant, data)]
    return ExperimentResult(
        entry=entry,
        experiment=sweep,
        members=members,
        seed=seed,
        data=data,
        numbers=_numbers(sweep, data),
        findings=tuple(findings),
        runs=ok.size,
        failed=int((~ok).sum()),
    )


def _policies(entry: Entry, sweep: Sweep, variant: Variant, values: Floats) -> list[Policy]:
    return [
        policy_of(entry, sweep, variant, _changes(sweep, variant, float(value)), id=f"{variant.id}-{number}")
        for number, value in enumerate(values)
    ]


def _changes(sweep: Sweep, variant: Variant, value: float) -> list[Change]:
    before = variant.before
    if before is None:
        return [Change(name=sweep.lever, value=value, begins=sweep.begins)]
    return [
        Change(name=sweep.lever, value=before.value, begins=sweep.begins),
        Change(name=sweep.lever, value=value, begins=before.ends),
    ]


def _sought(entry: Entry, sweep: Sweep) -> list[Reduction]:
    sought = (sweep.onset, sweep.tip)
    names = dict.fromkeys(find_scalar(entry.model, each.variable) for each in sought if each is not None)
    return [Reduction(variable=name, statistic="final") for name in names]


def _unit_of_lever(entry: Entry, sweep: Sweep) -> str:
    return entry.model[variable_of(sweep.lever)].units


def _findings(entry: Entry, sweep: Sweep, variant: Variant, data: xr.Dataset) -> list[Finding]:
    """Return the findings of one variant; a member counts if all its runs stayed finite."""
    own = data.sel(variant=variant.id)
    fine = own.isel(member=np.isfinite(own[sweep.reads[0].id].values).all(axis=0))
    values = fine["value"].values
    found: dict[str, tuple[Text, Floats]] = {}
    best = next((read for read in sweep.reads if read.better != "neither"), None)
    if best is not None:
        optimum = _optimum(best, values, fine[best.id].values)
        inside = (optimum > values[0]) & (optimum < values[-1])
        found["optimum"] = _best_title(best), optimum
        found["interior_optimum"] = _best_title(best, inside=True), np.where(inside, optimum, np.nan)
    if sweep.onset is not None:
        past = is_past(sweep.onset, _final(entry, fine, sweep.onset))
        found["onset"] = _onset_title(entry, sweep.onset), _first(values, past)
    if sweep.tip is not None:
        jumped = _jumped(sweep.tip, _final(entry, fine, sweep.tip))
        found["tip"] = tip_title(entry, sweep.tip), _first((values[1:] + values[:-1]) / 2, jumped)
    if sweep.tip is not None and variant.before is not None:
        found |= _two_states(entry, sweep, sweep.tip, variant, data)
    return [
        Finding(
            id=id,
            arm=variant.id,
            title=title,
            arm_title=variant.title,
            quantity=entry.named(sweep.lever),
            units=_unit_of_lever(entry, sweep),
            values=numbers,
        )
        for id, (title, numbers) in found.items()
    ]


def _two_states(
    entry: Entry, sweep: Sweep, tip: Tip, variant: Variant, data: xr.Dataset
) -> dict[str, tuple[Text, Floats]]:
    """Return the lowest and the highest value at which a member ends elsewhere than without a ``before``."""
    other = next(each for each in sweep.variants if variant.before and each.id == variant.before.beside)
    pair = data.sel(variant=[other.id, variant.id])
    fine = pair.isel(member=np.isfinite(pair[sweep.reads[0].id].values).all(axis=(0, 1)))
    there, back = _final(entry, fine, tip)
    apart = moved(tip, there, back) | moved(tip, back, there)
    values = fine["value"].values
    name = entry.named(tip.variable)
    en = f"'{name.en}' ends elsewhere than in '{other.title.en}'"
    zh = f"“{name.zh}”期末状态与“{other.title.zh}”不同"
    return {
        "two_states_from": (Text(en=f"{en}: from", zh=f"{zh}：自"), _first(values, apart)),
        "two_states_to": (Text(en=f"{en}: up to", zh=f"{zh}：至"), _first(values[::-1], apart[::-1])),
    }


def _final(entry: Entry, data: xr.Dataset, sought: Bound | Tip) -> Floats:
    """Return the final value of a variable, in the shape of the data: ``(values, members)`` at the end."""
    return np.asarray(data[f"final of {find_scalar(entry.model, sought.variable)}"].values)


def _optimum(read: Outcome, values: Floats, outcomes: Floats) -> Floats:
    """Return the value of the lever at which each member is best, the smallest of equals."""
    best = outcomes.argmin(axis=0) if read.better == "lower" else outcomes.argmax(axis=0)
    return np.asarray(values[best])


def _first(values: Floats, holds: Truths) -> Floats:
    """Return the first value at which something holds in each member; NaN where it never does."""
    return np.where(holds.any(axis=0), values[holds.argmax(axis=0)], np.nan)


def _jumped(tip: Tip, finals: Floats) -> Truths:
    """Return whether each member moves far enough between neighbours, shape ``(values - 1, members)``."""
    return moved(tip, finals[:-1], finals[1:])


def _best_title(read: Outcome, *, inside: bool = False) -> Text:
    if inside:
        return Text(
            en=f"'{read.title.en}' is best between the ends of the grid",
            zh=f"“{read.title.zh}”的最优点在区间内部",
        )
    return Text(en=f"'{read.title.en}' is best", zh=f"“{read.title.zh}”最优")


def _onset_title(entry: Entry, onset: Bound) -> Text:
    name = entry.named(onset.variable)
    if onset.below is not None:
        return Text(en=f"'{name.en}' ends below {onset.below:g}", zh=f"“{name.zh}”期末低于 {onset.below:g}")
    return Text(en=f"'{name.en}' ends above {onset.above:g}", zh=f"“{name.zh}”期末高于 {onset.above:g}")


def _numbers(sweep: Sweep, data: xr.Dataset) -> pd.DataFrame:
    rows: list[tuple[object, ...]] = []
    for variant in sweep.variants:
        for read in sweep.reads:
            column = data[read.id].sel(variant=variant.id)
            unit = column.attrs["units"]
            labels = [(variant.id, read.id, unit, float(value)) for value in column["value"].values]
            rows += quantile_rows(labels, column.values)
    return pd.DataFrame(rows, columns=["variant", "read", "unit", data.attrs["lever"], *COLUMNS])
