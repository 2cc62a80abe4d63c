"""What may be set before a run: numbers, initial values, tables, values over time?"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from sdmodels.catalogue import Entry
from sdmodels.errors import InputError, did_you_mean, unknown
from sdmodels.structure.model import Constant, Data, Lookup, Stock, slope_name
from sdmodels.structure.names import key_of
from sdmodels.structure.subscripts import find_scalar, scalars_of, split, variable_of

Floats: TypeAlias = NDArray[np.float64]
Setting: TypeAlias = "ArrayLike | pd.Series[float] | pd.DataFrame"


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """Heights over ascending places: of a table, or of values over time.

    Attributes
    ----------
    xs
        Shape ``(points,)``.
    ys
        Shape ``(points, 1)``, or ``(points, members)`` where members differ.
    """

    xs: Floats
    ys: Floats

    @property
    def members(self) -> int:
        """How many members the heights are for; 1 is for all."""
        return int(self.ys.shape[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a caller set, by the model's own names, sorted by what it is.

    Attributes
    ----------
    numbers
        Constants, and stocks for their initial values: shape ``(1,)`` or ``(members,)`` each.
    tables
        Lookups: heights at the points of the table.
    series
        Data variables, and constants that follow given values during the run.
    """

    numbers: Mapping[str, Floats]
    tables: Mapping[str, Points]
    series: Mapping[str, Points]

    def lengths(self) -> dict[str, int]:
        """Return, for everything that differs between members, how many members it is for."""
        found = {name: values.size for name, values in self.numbers.items()}
        found |= {name: points.members for name, points in (*self.tables.items(), *self.series.items())}
        return {name: length for name, length in found.items() if length > 1}


def check_settings(entry: Entry, settings: Mapping[str, Setting]) -> Settings:
    """Return the settings under the model's own names.

    Raises
    ------
    UnknownNameError
        If there is no such constant; levers are suggested first.
    InputError
        If a value is not a finite number, outside the lever's (or the variable's) limits, of another form than
        the variable takes, or set twice.
    """
    numbers: dict[str, Floats] = {}
    tables: dict[str, Points] = {}
    series: dict[str, Points] = {}
    for given, value in settings.items():
        for name in find_inputs(entry, given):
            if name in numbers or name in tables or name in series:
                raise InputError(f"'{name}' is set twice.\n    once as '{given}'\nKeep one of the two.")
            variable = entry.model[variable_of(name)]
            over_time = isinstance(value, pd.Series | pd.DataFrame)
            if isinstance(variable, Lookup):
                tables[name] = _table(entry, variable, value)
            elif over_time and isinstance(variable, Stock):
                raise InputError(
                    f"'{name}' is a stock: only its initial value can be set.\n    given: values over time\n"
                    "Give one number, or one a member."
                )
            elif over_time or isinstance(variable, Data):
                series[name] = _series(entry, name, value)
            else:
                numbers[name] = _within(entry, name, value)
    return Settings(numbers=numbers, tables=tables, series=series)


def find_inputs(entry: Entry, name: str) -> tuple[str, ...]:
    """Return what ``name`` means and can be set: a variable with subscripts stands for all its elements.

    Raises
    ------
    UnknownNameError, InputError
        As :func:`find_input` does.
    """
    bare, elements = split(name)
    if elements or bare not in entry.model or isinstance(entry.model[bare], Lookup):
        return (find_input(entry, name),)
    return tuple(find_input(entry, scalar) for scalar in scalars_of(entry.model, [name]))


def find_input(entry: Entry, name: str) -> str:
    """Return the scalar, or the lookup, that ``name`` means and that can be set.

    Raises
    ------
    UnknownNameError
        If there is none; levers are suggested first.
    InputError
        If it is computed during the run.
    """
    bare = variable_of(name)
    if bare not in entry.model:
        constants = [*(constant.name for constant in entry.model.constants), *entry.model.slopes]
        near = did_you_mean(name, constants)
        if entry.levers and (not near or near == did_you_mean(name, [v.name for v in entry.levers])):
            entry.lever(name)
        raise unknown("constant", name, constants)
    variable = entry.model[bare]
    if isinstance(variable, Lookup):
        return variable.name
    scalar = find_scalar(entry.model, name)
    if not isinstance(variable, Constant | Stock | Data):
        raise InputError(
            f"'{variable.name}' is not a constant: it is computed during the run.\n"
            f"    {entry.model.where(variable.line)}: {variable.name}\n"
            "Set one of the constants it depends on; `sdmodels describe` lists the levers."
        )
    return scalar


def _numbers(name: str, given: Setting, shape: str) -> Floats:
    try:
        values = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"'{name}' is set to what are not numbers.\n    {error}\nGive {shape}.") from error
    return values


def _within(entry: Entry, name: str, given: Setting) -> Floats:
    values = np.atleast_1d(_numbers(name, given, "one number, or one a member"))
    if values.ndim != 1 or values.size == 0:
        raise InputError(
            f"'{name}' is set to an array of shape {values.shape}.\n"
            "    A setting is one number, or a list with one number a member.\nGive one of the two."
        )
    # The extremes are out of bounds if any value is; not-a-number shows in both.
    for value in {float(values.min()), float(values.max())}:
        check_value(entry, name, value)
    return values


def check_value(entry: Entry, name: str, value: float) -> None:
    """Do nothing if a constant or initial value may have this value.

    Raises
    ------
    InputError
        If it is not finite, or outside the limits of the lever, of the variable or of what is plausible.
    """
    variable = entry.model[variable_of(name)]
    if not math.isfinite(value):
        raise InputError(
            f"'{variable.name}' is set to {value}.\n    A value must be a finite number.\nGive one."
        )
    low, high = variable.minimum, variable.maximum
    for lever in entry.levers:
        if key_of(lever.name) == key_of(variable.name):
            low, high = lever.minimum, lever.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        least = "no lower limit" if low is None else f"{low:g}"
        most = "no upper limit" if high is None else f"{high:g}"
        raise InputError(
            f"'{variable.name}' is set to {value:g}, which is out of bounds.\n"
            f"    bounds: {least} to {most} {variable.units}".rstrip()
            + "\nChoose a value within the bounds."
        )
    for uncertainty in entry.uncertainties:
        if key_of(uncertainty.name) == key_of(variable.name) and uncertainty.minimum > 0 >= value:
            raise InputError(
                f"'{variable.name}' is set to {value:g}, which is out of bounds.\n"
                f"    plausible: {uncertainty.minimum:g} to {uncertainty.maximum:g} {variable.units}".rstrip()
                + "\nChoose a value above zero."
            )


def _table(entry: Entry, lookup: Lookup, given: Setting) -> Points:
    """Return the heights of a table, within its limits: at its own points, or at those of the index."""
    points = _heights(lookup, given)
    slope = entry.model.slopes.get(slope_name(lookup.name))
    if slope is not None and slope.within is not None:
        low, high = slope.within
        if points.ys.min() < low or points.ys.max() > high:
            raise InputError(
                f"'{lookup.name}' is set to heights from {points.ys.min():g} to {points.ys.max():g}, which is out "
                f"of bounds.\n    limits of the table: {low:g} to {high:g} {lookup.units}".rstrip()
                + "\nChoose heights within the limits."
            )
    return points


def _heights(lookup: Lookup, given: Setting) -> Points:
    if len(lookup.equations) > 1 or lookup.equations[0].subscripts:
        raise InputError(
            f"'{lookup.name}' is a table with subscripts and cannot be set.\n"
            f"    {len(lookup.equations)} tables\nChange it in the model file."
        )
    own = np.array(lookup.equations[0].table.xs)
    if isinstance(given, pd.Series | pd.DataFrame):
        return _points(lookup.name, given)
    values = _numbers(lookup.name, given, f"{own.size} heights")
    if values.ndim not in (1, 2) or values.shape[-1] != own.size:
        raise InputError(
            f"'{lookup.name}' is set to an array of shape {values.shape}.\n"
            f"    The table has {own.size} points, from {own[0]:g} to {own[-1]:g}.\n"
            "Give one height a point, shape (points,) or (members, points); or a pandas Series by x."
        )
    return _checked(lookup.name, own, np.atleast_2d(values).T)


def _series(entry: Entry, name: str, given: Setting) -> Points:
    if not isinstance(given, pd.Series | pd.DataFrame):
        raise InputError(
            f"'{name}' is a data variable: it needs values over time.\n    given: {given!r:.80}\n"
            "Give a pandas Series with the times as index, or a DataFrame with one column a member."
        )
    points = _points(name, given)
    if isinstance(entry.model[variable_of(name)], Constant):
        for value in {float(points.ys.min()), float(points.ys.max())}:
            check_value(entry, name, value)
    return points


def _points(name: str, given: "pd.Series[float] | pd.DataFrame") -> Points:
    frame = given.to_frame() if isinstance(given, pd.Series) else given
    if frame.index.dtype.kind not in "iuf":
        raise InputError(
            f"'{name}' is set to values over an index of {frame.index.dtype}.\n"
            f"    {', '.join(map(str, frame.index[:3]))}\n"
            "Give the times as numbers, in the model's unit of time."
        )
    return _checked(
        name,
        _numbers(name, frame.index.to_numpy(), "an index of numbers"),
        _numbers(name, frame.to_numpy(), "a column of numbers"),
    )


def _checked(name: str, xs: Floats, ys: Floats) -> Points:
    if xs.size == 0 or ys.shape[1] == 0:
        raise InputError(f"'{name}' is set to no values at all.\n    shape {ys.shape}\nGive one or more.")
    if not (np.isfinite(xs).all() and np.isfinite(ys).all()):
        raise InputError(
            f"'{name}' is set to values that are not all finite numbers.\n"
            f"    {int((~np.isfinite(ys)).sum())} of {ys.size} values, {int((~np.isfinite(xs)).sum())} of the "
            "index\nGive finite numbers, or leave those times out."
        )
    if (np.diff(xs) <= 0).any():
        at = int(np.flatnonzero(np.diff(xs) <= 0)[0])
        raise InputError(
            f"'{name}' is set to values whose index does not ascend.\n"
            f"    {xs[at]:g} is followed by {xs[at + 1]:g}\nSort the index and keep each entry once."
        )
    return Points(xs=xs, ys=ys)
