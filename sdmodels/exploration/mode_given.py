"""Which members meet what is known of the start of a run, and how far are the ranges from it?"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sdmodels.catalogue import Entry, Given, Text
from sdmodels.engine.trajectories import Floats
from sdmodels.structure.subscripts import variable_of

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
GIVEN_COLUMNS = (
    *("variable", "minimum", "maximum", "unit"),
    *("p05", "p25", "p50", "p75", "p95"),
    *("members", "met", "share"),
)


def given_title(given: Sequence[Given]) -> Text:
    """Return what is known in words: all conditions, one after the other."""
    return Text(
        en=f"given {' and '.join(each.title.en for each in given)}",
        zh=f"给定{'，且'.join(each.title.zh for each in given)}",
    )


def meets(given: Sequence[Given], initial: Mapping[str, Floats], members: int) -> NDArray[np.bool_]:
    """Return which members meet every condition; all do if there is none.

    Parameters
    ----------
    initial
        Value of each variable at the start, shape ``(members,)``; one that is no number meets nothing.

    Returns
    -------
    numpy.ndarray
        Shape ``(members,)``.
    """
    met = np.ones(members, dtype=bool)
    for each in given:
        met &= _within(each, initial[each.variable])
    return met


def _within(condition: Given, values: Floats) -> NDArray[np.bool_]:
    low = -np.inf if condition.minimum is None else condition.minimum
    high = np.inf if condition.maximum is None else condition.maximum
    return np.asarray((values >= low) & (values <= high))


def given_table(entry: Entry, given: Sequence[Given], initial: Mapping[str, Floats]) -> pd.DataFrame:
    """Return where the draws lie to each condition, one row a condition.

    Parameters
    ----------
    initial
        Of one member or more, as of :func:`meets`.

    Returns
    -------
    pandas.DataFrame
        Columns ``variable, minimum, maximum, unit, p05, p25, p50, p75, p95, members, met, share``: quantiles over
        the members, and how many of them meet this one condition; a bound that is not given is not-a-number.
    """
    rows = []
    for each in given:
        values = initial[each.variable]
        met = int(_within(each, values).sum())
        bounds = (np.nan if bound is None else bound for bound in (each.minimum, each.maximum))
        unit = entry.model[variable_of(each.variable)].units
        quantiles = np.quantile(values, QUANTILES).tolist()
        rows.append((each.variable, *bounds, unit, *quantiles, values.size, met, met / values.size))
    return pd.DataFrame(rows, columns=list(GIVEN_COLUMNS))
