"""Which values do the data of a model have at the times of a run?"""

from collections.abc import Sequence

import numpy as np

from sdmodels.engine.interpreter import heights
from sdmodels.engine.trajectories import Floats
from sdmodels.structure.expression import Table
from sdmodels.structure.model import Model
from sdmodels.structure.subscripts import instances, scalar_name

# Times are multiples of the time step: their rounding is a few units in the last place, 2e-16 of the time.
ROUNDING = 1e-9


def series_of(model: Model) -> dict[str, Table | None]:
    """Return the points of every data variable by scalar name; None where the caller must give them.

    The table's kind says what lies between the points; values of raw data are not a number there.
    """
    return {
        scalar_name(data.name, elements): None if equation.points is None else equation.table(equation.points)
        for data in model.data
        for equation in data.equations
        for elements in instances(model, equation)
    }


def tabulated(members: Sequence[Table], times: Floats) -> Floats:
    """Return the values of a series at ``times``, shape ``(times, members)`` [unit of the series].

    Parameters
    ----------
    members
        The points of each member at the same times, as :func:`series_of` gives them, or
        :meth:`.SeriesEquation.table` makes them from what a caller gives.
    times
        Those of :func:`.grid_times` [the model's unit of time].

    Notes
    -----
    Member by member, so that each has the same bits alone as among others.
    """
    xs = np.array(members[0].xs)[np.isfinite(members[0].ys)]
    nearest = xs[np.abs(times[:, None] - xs[None, :]).argmin(axis=1)]
    # A time of the run that is a point but for rounding has the value of the point, not of its neighbour.
    on_point = np.abs(times - nearest) <= ROUNDING * np.maximum(1.0, np.abs(nearest))
    at = np.where(on_point, nearest, times)
    with np.errstate(invalid="ignore"):
        return np.stack([heights(points, at) for points in members], axis=1)
