"""How do values over time come from a file?"""

import os
from pathlib import Path

import numpy as np
import pandas as pd

from sdmodels.errors import InputError


def read_series(path: str | os.PathLike[str]) -> "dict[str, pd.Series[float]]":
    """Read values over time from a CSV: the first column is time, each other one a variable by its name.

    Parameters
    ----------
    path
        UTF-8, with a header; an empty cell is a time without a measurement.

    Returns
    -------
    dict
        By variable, a Series over its times [unit of the variable]: settings for :func:`simulate`.

    Raises
    ------
    InputError
        If the file cannot be read, or holds what is not a number; the message names row and column.

    Examples
    --------
    >>> behaviour = simulate("model.mdl", {**read_series("weather.csv"), "Staff": 300})
    """
    file = Path(path)
    try:
        table = pd.read_csv(file, encoding="utf-8-sig", dtype=str, skipinitialspace=True)
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise InputError(
            f"{file}: the data cannot be read.\n    {str(error).splitlines()[0]}\n"
            "Write a CSV in UTF-8: a header, then time in the first column and a variable in each other."
        ) from error
    if table.shape[1] < 2 or table.empty:
        raise InputError(
            f"{file}: there are no data.\n    {table.shape[0]} rows, {table.shape[1]} columns\n"
            "Write time in the first column and a variable in each other."
        )
    numbers = table.apply(pd.to_numeric, errors="coerce")
    wrong = np.argwhere(
        (numbers.isna() & table.notna()).to_numpy() | ~np.isfinite(numbers.fillna(0)).to_numpy()
    )
    if wrong.size:
        row, column = wrong[0]
        text = table.to_numpy()[row, column]
        raise InputError(
            f"{file}:{row + 2}: '{text}' is not a number.\n    column '{table.columns[column]}'\n"
            "Write a number, or leave the cell empty."
        )
    if numbers.iloc[:, 0].isna().any():
        row = int(np.flatnonzero(numbers.iloc[:, 0].isna())[0])
        raise InputError(
            f"{file}:{row + 2}: a row has no time.\n    column '{table.columns[0]}'\nGive every row its time."
        )
    by_time = numbers.set_index(table.columns[0])
    return {str(name): by_time[name].dropna() for name in by_time.columns}
