"""What must a caller give a case whose numbers come from elsewhere?"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import pandas as pd
from conformance.cases import File
from conformance.comparison import column_key, reference

from sdmodels.engine.series import tabulated
from sdmodels.engine.trajectories import Floats, grid_times
from sdmodels.structure.expression import Table
from sdmodels.structure.model import Model, SeriesEquation
from sdmodels.structure.subscripts import constant_values, instances, scalar_name, split


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """What a run is given, and the columns of the reference that it was taken from.

    Attributes
    ----------
    series
        By scalar name, shape ``(times, 1)`` [unit of each].
    constants
        By scalar name [unit of each].
    columns
        They say nothing about the run.
    """

    series: Mapping[str, Floats] = field(default_factory=dict)
    constants: Mapping[str, float] = field(default_factory=dict)
    columns: frozenset[str] = frozenset()


NOTHING: Final = Input()


def data_of_another_run(model: Model, file: File) -> Input:
    """Return data from the output of another model beside this one."""
    measured = reference(file.model.with_name("data.tab"))
    columns = {name: measured[column_key(name)] for name in _series(model)}
    return Input(series=_tabulated(model, columns), columns=frozenset(map(column_key, columns)))


def data_that_were_sorted(model: Model, file: File) -> Input:
    """Return data from the sorted data of the reference, and the rank of each.

    What is sorted is the last subscript, from the smallest on.
    """
    assert file.output is not None
    output = reference(file.output)
    columns: dict[str, pd.Series[float]] = {}
    used: set[str] = set()
    for name in _series(model):
        bare, (*first, last) = split(name)
        which = bare.removeprefix("revenue")
        # Sorted companies have a range of their own, "sort1" and so on; regions have not.
        places = [f"sort{place}" for place in range(1, 6)] if last.startswith("company") else ["A", "B", "C"]
        rank_name = _named("revenue RANK", which, first, _sorted(last) if first else last)
        in_order = [
            _named("sorted revenue REORDERed", which, [_sorted(element) for element in first], place)
            for place in places
        ]
        ranks = output[rank_name].to_numpy(int)
        values = [output[in_order[rank - 1]].iloc[row] for row, rank in enumerate(ranks)]
        columns[name] = pd.Series(values, index=output.index)
        used |= {rank_name, *in_order}
    return Input(series=_tabulated(model, columns), columns=frozenset(used))


def constants_of_the_reference(model: Model, file: File) -> Input:
    """Return the constants whose file is missing from their columns."""
    assert file.output is not None
    output = reference(file.output)
    values = {
        name: float(output[column_key(name)].iloc[0])
        for constant in model.constants
        for name, own in constant_values(model, constant.name).items()
        if math.isnan(own)
    }
    return Input(constants=values, columns=frozenset(map(column_key, values)))


def _sorted(element: str) -> str:
    return element.replace("company", "sort")


def _named(name: str, which: str, first: list[str], last: str) -> str:
    return column_key(scalar_name(f"{name}{which}", (*first, last)))


def _series(model: Model) -> dict[str, SeriesEquation]:
    return {
        scalar_name(data.name, elements): equation
        for data in model.data
        for equation in data.equations
        for elements in instances(model, equation)
    }


def _tabulated(model: Model, columns: Mapping[str, pd.Series[float]]) -> dict[str, Floats]:
    times, series = grid_times(model.time, "euler"), {}
    for name, equation in _series(model).items():
        given = columns[name].dropna()
        points = Table(tuple(given.index.to_numpy(float)), tuple(given.to_numpy(float)))
        series[name] = tabulated([equation.table(points)], times)
    return series


GIVEN: Final[Mapping[str, Callable[[Model, File], Input]]] = MappingProxyType(
    {
        "data_from_other_model/test_data_from_other_model.mdl": data_of_another_run,
        "vector_order/test_vector_order.mdl": data_that_were_sorted,
        "get_constants_incomplete_subscript/test_get_constants_incomplete_subscript.mdl": (
            constants_of_the_reference
        ),
        "get_values_order/test_get_values_order.mdl": constants_of_the_reference,
        "with_lookup/test_with_lookup.mdl": constants_of_the_reference,
    }
)
