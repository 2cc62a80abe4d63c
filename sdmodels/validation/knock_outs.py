"""Does cutting a loop do what was predicted before it was cut?

References
----------
D. N. Ford, "A behavioral approach to feedback loop dominance analysis", System Dynamics Review 15(1), 1999.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import xarray as xr

from sdmodels.catalogue import Change, Entry, KnockOut, Outcome, Policy, Text
from sdmodels.engine.trajectories import Floats
from sdmodels.errors import SDModelsError
from sdmodels.experiment import evaluate
from sdmodels.structure.subscripts import constant_values
from sdmodels.validation.finding import Finding, failed
from sdmodels.validation.predictions import LEAST, SIGN, expected, first_predictions, signs, title_of

SWITCHES = Text(en="Every loop with a switch is on, and predicted", zh="带开关的回路均接通，并有切断预测")
MEMBERS = 100
SEED = 30
# A value below this share of the largest one counts as that share: what has died away has no per cent.
SMALL = 1e-9


def knock_outs(entry: Entry) -> tuple[Finding, ...]:
    """Run every row of the sign table with the loop and without it, and compare.

    All runs are one ensemble over the uncertain constants, the same draws for each.

    Returns
    -------
    tuple of Finding
        ``"switches"`` if the manifest names a switch; then one a row, ``"knock_out:<loop>"`` (a further row of a
        loop has its number behind that). ``measured`` is the median change of the outcome [%]. If a prediction was
        changed after the run, ``"first_predictions"`` comes last; ``measured`` is how many came true as they were
        first made.
    """
    manifest = entry.manifest
    if manifest is None or all(loop.switch is None for loop in manifest.loops):
        return ()
    rows = manifest.knock_outs
    return (_switches(entry), *(_judged(entry, rows) if rows else ()))


def _switches(entry: Entry) -> Finding:
    """Judge that the switches are on, and that each of them has a prediction if any has."""
    assert entry.manifest is not None  # its loops have brought us here
    rows = entry.manifest.knock_outs
    switched = {loop.id: loop.switch for loop in entry.manifest.loops if loop.switch is not None}
    predicted = {row.loop for row in rows}
    faults = [
        f"'{name}' is {value:g} in the model, not 1"
        for switch in dict.fromkeys(switched.values())
        for name, value in constant_values(entry.model, switch).items()
        if value != 1
    ]
    missing = [loop for loop in switched if loop not in predicted]
    if rows:
        faults += [f"loop '{loop}' has a switch and no [[knock_out]]" for loop in missing]
    evidence = "\n    ".join(faults)
    open_ = "; no [[knock_out]] predicts what cutting them does" if not rows else ""
    return Finding(
        check="switches",
        title=SWITCHES,
        status="failed" if faults else "passed",
        message=f"{entry.path}: {len(faults)} faults of switches.\n    {evidence}\n"
        "Set a switch to 1 in the model, and write down what cutting its loop does."
        if faults
        else f"All {len(set(switched.values()))} switches are 1{open_}.",
        measured=float(len(faults)),
        bound=0.0,
    )


def _judged(entry: Entry, rows: Sequence[KnockOut]) -> tuple[Finding, ...]:
    assert entry.manifest is not None
    loops = {loop.id: loop for loop in entry.manifest.loops}
    named = [(title_of(loops[row.loop], row), name) for row, name in zip(rows, _names(rows), strict=True)]
    try:
        found = _run(entry, rows)
    except SDModelsError as error:
        what = f"{entry.path}: the knock-outs cannot be run.\n    {error}"
        return tuple(failed(name, title, what) for title, name in named)
    findings = [
        replace(_judge(entry, row, name, title, found), first_predicted=row.first)
        for row, (title, name) in zip(rows, named, strict=True)
    ]
    return (*findings, *first_predictions(rows, findings))


def _names(rows: Sequence[KnockOut]) -> list[str]:
    names: list[str] = []
    for row in rows:
        before = sum(name.split(":")[1] == row.loop for name in names)
        names.append(f"knock_out:{row.loop}" + (f":{before + 1}" if before else ""))
    return names


def _run(entry: Entry, rows: Sequence[KnockOut]) -> xr.Dataset:
    """Return every outcome that a row asks for, of every run with and without a loop."""
    runs = {
        policy.id: policy
        for row in rows
        for policy in (_policy(entry, row, False), _policy(entry, row, True))
    }
    outcomes = {outcome.id: outcome for outcome in (_outcome(entry, row) for row in rows)}
    return evaluate(
        entry,
        outcomes=list(outcomes.values()),
        policy=list(runs.values()),
        members=MEMBERS if entry.uncertainties else 1,
        seed=SEED,
        # A scenario may bring a lever out of its bounds; as a part of a policy it would be refused.
        within_bounds=False,
    )


def _policy(entry: Entry, row: KnockOut, cut: bool) -> Policy:
    """Return scenario, policy and, last, the cut as one policy: its id says what it is made of."""
    changes = [*entry.scenario(row.scenario).changes, *entry.policy(row.policy).changes]
    if cut:
        changes.append(Change(name=_switch(entry, row), value=0.0))
    text = Text(en=row.policy, zh=row.policy)
    return Policy(id=_run_id(row, cut), title=text, meaning=text, changes=tuple(changes))


def _run_id(row: KnockOut, cut: bool) -> str:
    return f"{row.scenario}--{row.policy}--{f'without-{row.loop}' if cut else 'uncut'}"


def _switch(entry: Entry, row: KnockOut) -> str:
    return next(loop.switch for loop in entry.loops if loop.id == row.loop and loop.switch is not None)


def _outcome(entry: Entry, row: KnockOut) -> Outcome:
    """Return the outcome that a row speaks of; one of its own is called after what it measures."""
    if row.outcome is not None:
        return next(outcome for outcome in entry.outcomes if outcome.id == row.outcome)
    assert row.variable is not None  # the manifest has one of the two
    assert row.statistic is not None
    ends = (("from", row.begins), ("to", row.ends))
    window = "".join(f" {word} {time:g}" for word, time in ends if time is not None)
    name = f"{row.statistic} of {row.variable}{window}"
    text = Text(en=name, zh=name)
    return Outcome.model_construct(
        id=name,
        title=text,
        variable=row.variable,
        statistic=row.statistic,
        begins=row.begins,
        ends=row.ends,
        better="neither",
    )


def _judge(entry: Entry, row: KnockOut, name: str, title: Text, found: xr.Dataset) -> Finding:
    outcome = _outcome(entry, row)
    with_loop, without = (_values(found, _run_id(row, cut), outcome.id) for cut in (False, True))
    fine = np.isfinite(with_loop) & np.isfinite(without)
    if not fine.any():
        return failed(name, title, f"{entry.path}: no run without loop '{row.loop}' stays finite.")
    change = _change(with_loop[fine], without[fine])
    median = float(np.median(change))
    share = float(np.mean(signs(change) == SIGN[row.expect]))
    holds = signs(np.array([median]))[0] == SIGN[row.expect]
    where = f"policy '{row.policy}', scenario '{row.scenario}'"
    evidence = (
        f"'{outcome.id}' changes by {median:+.3g} % without loop '{row.loop}' ({where}); "
        f"expected: {expected(row)}, so in {100 * share:.0f} % of {change.size} members"
    )
    return Finding(
        check=name,
        title=title,
        status="passed" if holds else "failed",
        message=f"{evidence}."
        if holds
        else f"{entry.path}: cutting loop '{row.loop}' does not do what was predicted.\n    {evidence}. A median "
        f"change below {LEAST:g} % counts as none.\nFind out why before you change the prediction; what was "
        "predicted first belongs in 'first'.",
        measured=median,
        bound=None if row.expect == "same" else LEAST * SIGN[row.expect],
        unit="%",
    )


def _values(found: xr.Dataset, run: str, outcome: str) -> Floats:
    chosen = found["policy"].values == run
    values = np.where(found["status"].values == "ok", found[outcome].values, np.nan)
    return np.asarray(values[chosen])


def _change(before: Floats, after: Floats) -> Floats:
    """Return the change of each member, in per cent of what it was with the loop."""
    largest = max(float(np.max(np.abs(before))), float(np.max(np.abs(after))), np.finfo(float).tiny)
    return np.asarray(100 * (after - before) / np.maximum(np.abs(before), SMALL * largest))
