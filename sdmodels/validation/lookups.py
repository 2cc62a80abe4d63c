"""Do the table functions have the shape that is claimed, and are they read where they have points?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr

from sdmodels.catalogue import Entry, LookupShape, Text
from sdmodels.engine.reductions import Reduction
from sdmodels.engine.series import tabulated
from sdmodels.engine.trajectories import Floats
from sdmodels.errors import SimulationError
from sdmodels.experiment import evaluate
from sdmodels.structure.expression import LookupCall, Table, references, walk
from sdmodels.structure.model import Auxiliary, Equation, Model
from sdmodels.structure.names import key_of
from sdmodels.structure.subscripts import instances, scalar_name
from sdmodels.validation.finding import Finding, failed, not_run
from sdmodels.validation.probes import with_probes
from sdmodels.validation.runs import every_step, run_of

TITLE = Text(en="Tables have their shape and are not left", zh="表函数形状合理，取值不越界")
ROUNDING = 1e-9  # of the table's width or height
# An end whose slope is at most this share of the steepest one is flat: what lies beyond changes little.
FLAT = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Points:
    """One table: ``owner`` is the lookup, or the variable whose equation holds it."""

    owner: str
    name: str
    table: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """A place where a table is read: ``probe`` is the scalar that follows the argument."""

    points: _Points
    probe: str


def tables(entry: Entry) -> tuple[Finding, ...]:
    """Judge every table of the model: shape, reference point, heights, and where it is read.

    A table without a row in the manifest must rise or fall throughout. In the base run no argument may leave the
    points of its table; under policies and in scenarios it may do so at an end that is flat, which is told.

    Returns
    -------
    tuple of Finding
        One, ``"tables"``; ``measured`` is the number of faults. None for a model without tables.
    """
    points = [*_named(entry.model), *_inside(entry.model)]
    if not points:
        return ()
    if entry.manifest is None:
        return (not_run("tables", TITLE, "Only a model with a manifest says which shape its tables have."),)
    claims = {key_of(row.name): row for row in entry.manifest.tables}
    faults = [fault for each in points for fault in _misshapen(each, claims.get(key_of(each.owner)))]
    try:
        left, told = _leaving(entry)
    except SimulationError as error:
        return (failed("tables", TITLE, f"{entry.path}: no run stays finite.\n    {error}"),)
    faults += left
    evidence = "\n    ".join(faults)
    fine = f"{len(points)} tables are shaped as stated, and no base run leaves one."
    return (
        Finding(
            check="tables",
            title=TITLE,
            status="failed" if faults else "passed",
            message=f"{entry.path}: {len(faults)} faults of tables.\n    {evidence}\n"
            "Mend the points; or give the table a [[table]] in the manifest, with its shape and the reason."
            if faults
            else " ".join([fine, *told]),
            measured=float(len(faults)),
            bound=0.0,
        ),
    )


def _named(model: Model) -> Iterator[_Points]:
    for lookup in model.lookups:
        for equation in lookup.equations:
            for elements in instances(model, equation):
                name = scalar_name(lookup.name, elements)
                yield _Points(owner=lookup.name, name=name, table=equation.table)


def _inside(model: Model) -> Iterator[_Points]:
    for name, _, call in _calls(model):
        if isinstance(call.table, Table):
            yield _Points(owner=name, name=name, table=call.table)


def _calls(model: Model) -> Iterator[tuple[str, Equation, LookupCall]]:
    for variable in (*model.stocks, *model.auxiliaries):
        for equation in variable.equations:
            for part in walk(equation.expression):
                if isinstance(part, LookupCall):
                    yield variable.name, equation, part


def _misshapen(points: _Points, claim: LookupShape | None) -> Iterator[str]:
    xs, ys = np.array(points.table.xs), np.array(points.table.ys)
    if not np.isfinite(ys).all():
        yield f"'{points.name}' has heights that are no finite numbers"
        return
    if (claim is None or claim.shape != "any") and not _has_shape(ys, claim):
        shape = "rising or falling" if claim is None else claim.shape
        yield f"'{points.name}' is not {shape}: {_listed(points.table)}"
    if claim is not None and claim.through is not None:
        x, y = claim.through
        found = float(tabulated([points.table], np.array([x]))[0, 0])
        if abs(found - y) > ROUNDING * max(1.0, abs(y)) or not xs[0] <= x <= xs[-1]:
            yield f"'{points.name}' is {found:g} at {x:g}, not {y:g}"


def _has_shape(ys: Floats, claim: LookupShape | None) -> bool:
    steps = np.diff(ys)
    rises, falls = bool((steps > 0).any()), bool((steps < 0).any())
    match claim.shape if claim is not None else None:
        case None:
            return not (rises and falls)
        case "rising":
            return rises and not falls
        case "falling":
            return falls and not rises
        case _:
            turned = int(np.argmax(ys))
            return rises and falls and bool((steps[:turned] >= 0).all() and (steps[turned:] <= 0).all())


def _listed(table: Table) -> str:
    return ", ".join(f"{y:g}" for y in table.ys)


def _readings(entry: Entry) -> tuple[list[Auxiliary], list[_Reading]]:
    """Return a probe for each argument of a table, and which of its scalars belongs to which table.

    What is read inside of a sum over subscripts has no single argument and is left out.
    """
    named = {each.name: each for each in _named(entry.model)}
    probes: list[Auxiliary] = []
    readings: list[_Reading] = []
    for name, equation, call in _calls(entry.model):
        marks = (mark for reference in references(call.argument) for mark in reference.subscripts)
        if any(mark.endswith("!") for mark in marks):
            continue
        probe = f"{name} (argument {len(probes) + 1})"
        follows = replace(equation, expression=call.argument, initial=None)
        probes.append(Auxiliary(name=probe, equations=(follows,)))
        for elements in instances(entry.model, equation):
            where = dict(zip(equation.subscripts, elements, strict=True))
            read = _read_by(name, call, where, named)
            if read is not None:
                readings.append(_Reading(points=read, probe=scalar_name(probe, elements)))
    return probes, readings


def _read_by(
    name: str, call: LookupCall, where: Mapping[str, str], named: Mapping[str, _Points]
) -> _Points | None:
    """Return the table that a call reads at the elements in ``where``; None where that is not plain."""
    if isinstance(call.table, Table):
        return _Points(owner=name, name=name, table=call.table)
    elements = tuple(where.get(each, each) for each in call.table.subscripts)
    return named.get(scalar_name(call.table.name, elements))


def _leaving(entry: Entry) -> tuple[list[str], list[str]]:
    """Return where arguments leave their tables: as faults, and as what is only told."""
    probes, readings = _readings(entry)
    if not readings:
        return [], []
    found = evaluate(
        with_probes(entry, probes),
        outcomes=[
            Reduction(variable=reading.probe, statistic=how)
            for reading in readings
            for how in ("minimum", "maximum")
        ],
        policy=entry.policies,
        scenario=entry.scenarios,
        integration=every_step(entry),
    )
    ends = [(reading, low) for reading in readings for low in (True, False)]
    judged = [_beyond(reading, low, found) for reading, low in ends]
    faults = [text for text, is_fault in judged if is_fault]
    return faults, [f"{text}." for text, is_fault in judged if text and not is_fault]


def _beyond(reading: _Reading, low: bool, found: xr.Dataset) -> tuple[str, bool]:
    """Return how an argument leaves one end of its table, empty if it does not, and whether that is a fault."""
    table, name = reading.points.table, reading.points.name
    end, sign = (table.xs[0], -1.0) if low else (table.xs[-1], 1.0)
    reached = found[f"{'minimum' if low else 'maximum'} of {reading.probe}"].values
    excess = np.where(found["status"].values == "ok", sign * (reached - end), -np.inf)
    leaves = excess > ROUNDING * (table.xs[-1] - table.xs[0])
    if not leaves.any():
        return "", False
    member = 0 if leaves[0] else int(np.argmax(excess))
    where = "in the base run" if leaves[0] else f"under {run_of(found, member)}"
    flat = _is_flat(table, low)
    text = f"'{name}' is read at {reached[member]:g}, beyond its {'flat ' if flat else ''}end at {end:g}, {where}"
    return text, bool(leaves[0]) or not flat


def _is_flat(table: Table, low: bool) -> bool:
    slopes = np.abs(np.diff(table.ys) / np.maximum(np.diff(table.xs), np.finfo(float).tiny))
    return bool(slopes[0 if low else -1] <= FLAT * slopes.max(initial=0.0))
