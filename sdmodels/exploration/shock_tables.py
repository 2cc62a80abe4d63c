"""What does the fate of the members under shocks come to?"""

import numpy as np
import pandas as pd
import xarray as xr

from sdmodels.exploration.shares import middle, wilson


def recovered(runs: xr.Dataset) -> pd.DataFrame:
    """Return the share that recovers for each value of the lever and each size of the shock.

    Parameters
    ----------
    runs
        As :class:`~sdmodels.exploration.shock.Shocks` has them.

    Returns
    -------
    pandas.DataFrame
        Columns ``value, size, members, recovers, failed, share, low, high``; a size of 1 is no shock.
    """
    rows = []
    for value in runs["value"].values:
        here = runs.sel(value=value)
        unshocked = here["failed_without"].values
        cells = [(1.0, here["sound"].values, unshocked)]
        cells += [
            (float(size), here["recovers"].sel(size=size).values, here["failed"].sel(size=size).values)
            for size in runs["size"].values
        ]
        for size, fine, failed in cells:
            members, counted = int((~failed).sum()), int((fine & ~failed).sum())
            low, high = wilson(counted, members)
            share = counted / members if members else np.nan
            rows.append(
                {
                    "value": float(value),
                    "size": size,
                    "members": members,
                    "recovers": counted,
                    "failed": int(failed.sum()),
                    "share": share,
                    "low": low,
                    "high": high,
                }
            )
    return pd.DataFrame(rows)


def recovery_times(runs: xr.Dataset, unit: str) -> pd.DataFrame:
    """Return recovery times over the members that are sound without a shock.

    Returns
    -------
    pandas.DataFrame
        Columns ``value, size, members, back, median, low, high, unit``; who is never back counts as infinite.
    """
    rows = []
    for value in runs["value"].values:
        for size in runs["size"].values:
            times = runs["recovery_time"].sel(value=value, size=size).values
            times = times[~np.isnan(times)]
            median, low, high = middle(times)
            rows.append(
                {
                    "value": float(value),
                    "size": float(size),
                    "members": times.size,
                    "back": int(np.isfinite(times).sum()),
                    "median": median,
                    "low": low,
                    "high": high,
                    "unit": unit,
                }
            )
    return pd.DataFrame(rows)


def largest_survived(runs: xr.Dataset) -> pd.DataFrame:
    """Return the largest shock survived at each value of the lever.

    Returns
    -------
    pandas.DataFrame
        Columns ``value, members, median, low, high``; 1 is no shock.
    """
    rows = []
    for value in runs["value"].values:
        sizes = runs["largest"].sel(value=value).values
        sizes = sizes[~np.isnan(sizes)]
        median, low, high = middle(sizes)
        rows.append(
            {"value": float(value), "members": sizes.size, "median": median, "low": low, "high": high}
        )
    return pd.DataFrame(rows)
