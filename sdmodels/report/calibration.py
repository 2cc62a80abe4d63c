"""How is a calibration written: numbers as CSV, and what else is there to say of all cases?"""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from sdmodels.calibration.calibrating import Calibration, values_of
from sdmodels.calibration.case import load_case
from sdmodels.calibration.prediction import QUANTILES
from sdmodels.catalogue import Language, Text
from sdmodels.report import words
from sdmodels.report.calibration_tables import fit_table, growth_table, pair_table, parameter_table
from sdmodels.report.files import write_summary
from sdmodels.report.table import Cell, Table

PREDICTED = ("scenario", "variable", "period", *(f"q{100 * q:02.0f}" for q in QUANTILES))


def case_list(ids: tuple[str, ...], language: Language) -> Table:
    """Return the cases of the catalogue: id, title, model, observations, and question."""
    rows: list[Mapping[str, Cell]] = []
    for case in map(load_case, ids):
        rows.append(
            {
                "id": case.id,
                "title": case.problem.title.in_language(language),
                "model": case.problem.model,
                "observations": len(case.observations),
                "parameters": case.space.size,
                "question": case.problem.question.in_language(language),
            }
        )
    columns = (
        words.ID,
        words.TITLE,
        words.column("model", "model", "模型"),
        words.column("observations", "observations", "观测数", numeric=True),
        words.column("parameters", "parameters", "参数数", numeric=True),
        words.column("question", "question", "问题"),
    )
    return Table(title=Text(en="Cases", zh="案例"), columns=columns, rows=tuple(rows))


def write_numbers(calibration: Calibration, folder: Path) -> list[Path]:
    """Write what was found as CSV files; identifiers and full precision, whatever the language."""
    tables = {
        "fit": fit_table(calibration, "en"),
        "parameters": parameter_table(calibration, "en", every=True),
        "pairs": pair_table(calibration, "en"),
        "growth": growth_table(calibration, "en"),
    }
    files = [
        write_summary(pd.DataFrame(list(table.rows)), folder / f"{name}.csv")
        for name, table in tables.items()
        if table.rows
    ]
    case = calibration.case
    draws = pd.DataFrame(values_of(calibration).T, columns=list(case.space.names))
    files.append(write_summary(draws, folder / "posterior.csv"))
    starts = pd.DataFrame(calibration.search.scores, columns=list(case.space.names))
    starts = pd.DataFrame(case.space.values_of(starts.to_numpy().T).T, columns=starts.columns)
    starts.insert(0, "loss", calibration.search.losses)
    files.append(write_summary(starts, folder / "starts.csv"))
    if calibration.profiles:
        files.append(write_summary(_profiles(calibration), folder / "profiles.csv"))
    if calibration.forecasts:
        files.append(write_summary(predictions(calibration), folder / "predictions.csv"))
    return files


def _profiles(calibration: Calibration) -> pd.DataFrame:
    return pd.concat(
        [
            pd.DataFrame({"parameter": profile.id, "value": profile.values, "loss": profile.losses})
            for profile in calibration.profiles
        ],
        ignore_index=True,
    )


def predictions(calibration: Calibration) -> pd.DataFrame:
    """Return the quantiles of every prediction: one row a scenario, variable and period.

    Returns
    -------
    pandas.DataFrame
        Columns ``scenario, variable, period, q05, q25, q50, q75, q95`` [unit of the observable].
    """
    rows = [
        (forecast.scenario.id, forecast.observable.id, period, *map(float, row))
        for forecast in calibration.forecasts
        for period, row in zip(forecast.periods, forecast.quantiles.T, strict=True)
    ]
    return pd.DataFrame(rows, columns=list(PREDICTED))
