"""What did a calibration find, as tables?"""

from collections.abc import Mapping

import numpy as np

from sdmodels.calibration.calibrating import Calibration
from sdmodels.calibration.case import Case
from sdmodels.calibration.fit import Fit
from sdmodels.calibration.prediction import QUANTILES, Forecast
from sdmodels.catalogue import Language, Text
from sdmodels.report import words
from sdmodels.report.phrases import share
from sdmodels.report.table import Cell, Column, Table, readable

VERDICTS: Mapping[str, Text] = {
    "identified": Text(en="identified by the data", zh="数据可识别"),
    "informed": Text(en="partly informed", zh="数据部分识别"),
    "prior": Text(en="decided by the prior", zh="由先验决定"),
    "bound": Text(en="at a bound", zh="触及边界"),
}
_MEASURED = words.column("measured", "measured", "观测值", numeric=True)
_TIME = words.column("time", "time", "时间")
_WHAT = words.column("observable", "observable", "观测量")
_PARAMETER = words.column("parameter", "parameter", "参数")
_QUANTILES = tuple(
    words.column(f"q{100 * q:02.0f}", f"{100 * q:.0f} %", f"{100 * q:.0f} %", numeric=True) for q in QUANTILES
)


def calibration_tables(calibration: Calibration, language: Language) -> list[Table]:
    """Return the tables that say what a calibration came to."""
    tables = [
        fit_table(calibration, language),
        parameter_table(calibration, language),
        pair_table(calibration, language),
        growth_table(calibration, language),
        *(prediction_table(calibration.case, forecast, language) for forecast in calibration.forecasts),
    ]
    return [table for table in tables if table.rows]


def unit_in(case: Case, unit: str, language: Language) -> str:
    """Return a unit as a table writes it."""
    manifest = case.model.manifest
    return unit if manifest is None else manifest.unit_in(unit, language)


def fit_table(calibration: Calibration, language: Language) -> Table:
    """Return what the posterior says of each observation."""
    rows: list[Mapping[str, Cell]] = []
    shown: list[Mapping[str, str]] = []
    for fit in calibration.fits:
        observation = fit.observation
        unit = observation.observable.unit
        rows.append(
            {
                "observable": observation.observable.id,
                "time": observation.when,
                "measured": None if np.isnan(observation.level) else observation.level,
                "best": fit.best,
                "median": fit.median,
                "low": fit.low,
                "high": fit.high,
                "unit": unit,
                "share_below": fit.share_below,
                "source": observation.source,
            }
        )
        shown.append(
            {
                "observable": _title(fit, language),
                "unit": unit_in(calibration.case, unit, language),
                "share_below": share(fit.share_below, language),
            }
        )
    columns = (
        _WHAT,
        _TIME,
        _MEASURED,
        words.column("best", "best fit", "最优拟合", numeric=True),
        words.MEDIAN,
        words.LOW,
        words.HIGH,
        words.UNIT,
        words.column("share_below", "predicted below", "预测低于观测", numeric=True),
    )
    title = Text(en="Observations, and the model over the posterior", zh="观测与后验模型")
    return Table(title=title, columns=columns, rows=tuple(rows), shown=tuple(shown))


def _title(fit: Fit, language: Language) -> str:
    title = fit.observation.observable.title.in_language(language)
    if not fit.is_peak:
        return title
    return f"{title}{'：与次高之比' if language == 'zh' else ': against the largest other'}"


def parameter_table(calibration: Calibration, language: Language, *, every: bool = False) -> Table:
    """Return the verdict of each parameter: of those that the problem lists, and those the data say something of.

    Parameters
    ----------
    every
        Whether those that the prior decides are in the table, too.
    """
    case = calibration.case
    listed = {parameter.id for parameter in case.problem.parameters}
    rows: list[Mapping[str, Cell]] = []
    shown: list[Mapping[str, str]] = []
    for judgement in calibration.judgements:
        if not every and judgement.verdict == "prior" and judgement.id not in listed:
            continue
        parameter = case.parameter(judgement.id)
        unit = case.unit_of(parameter)
        rows.append(
            {
                "parameter": judgement.id,
                "verdict": judgement.verdict,
                "contraction": judgement.contraction,
                "shift": judgement.shift,
                "median": judgement.median,
                "low": judgement.low,
                "high": judgement.high,
                "prior_median": judgement.prior_median,
                "prior_low": judgement.prior_low,
                "prior_high": judgement.prior_high,
                "at_minimum": judgement.at_minimum,
                "at_maximum": judgement.at_maximum,
                "rhat": judgement.rhat,
                "effective": judgement.effective,
                "minimum": parameter.minimum,
                "maximum": parameter.maximum,
                "unit": unit,
                "source": parameter.source,
            }
        )
        prior = f"{readable(judgement.prior_low)} – {readable(judgement.prior_high)}"
        shown.append(
            {
                "parameter": case.title_of(parameter, language),
                "verdict": VERDICTS[judgement.verdict].in_language(language),
                "contraction": f"{judgement.contraction:.2f}",
                "prior": prior,
                "unit": unit_in(case, unit, language),
            }
        )
    columns: tuple[Column, ...] = (
        _PARAMETER,
        words.column("verdict", "verdict", "结论"),
        words.column("contraction", "learnt", "信息量", numeric=True),
        words.MEDIAN,
        words.LOW,
        words.HIGH,
        words.column("prior", "prior 90 %", "先验90%", numeric=True),
        words.UNIT,
    )
    title = Text(en="Parameters, before and after the data", zh="参数：数据之前与之后")
    return Table(title=title, columns=columns, rows=tuple(rows), shown=tuple(shown))


def pair_table(calibration: Calibration, language: Language) -> Table:
    """Return the pairs of parameters that only their combination identifies."""
    case = calibration.case
    how = {
        "sum": {"en": "one makes up for the other", "zh": "此消彼长"},
        "difference": {"en": "both move together", "zh": "同增同减"},
    }
    rows: list[Mapping[str, Cell]] = [
        {
            "first": pair.first,
            "second": pair.second,
            "together": pair.together,
            "correlation": pair.correlation,
            "contraction": pair.contraction,
        }
        for pair in calibration.pairs
    ]
    shown = [
        {
            "first": case.title_of(case.parameter(pair.first), language),
            "second": case.title_of(case.parameter(pair.second), language),
            "together": how[pair.together][language],
            "correlation": f"{pair.correlation:.2f}",
            "contraction": f"{pair.contraction:.2f}",
        }
        for pair in calibration.pairs
    ]
    columns = (
        words.column("first", "parameter", "参数"),
        words.column("second", "and", "与"),
        words.column("together", "how", "关系"),
        words.column("correlation", "correlation", "相关系数", numeric=True),
        words.column("contraction", "learnt of both", "组合信息量", numeric=True),
    )
    title = Text(en="Pairs that only their combination identifies", zh="只有组合才能识别的参数对")
    return Table(title=title, columns=columns, rows=tuple(rows), shown=tuple(shown))


def growth_table(calibration: Calibration, language: Language) -> Table:
    """Return what made the growth: the share of each cause, and what is lost without it."""
    rows: list[Mapping[str, Cell]] = []
    shown: list[Mapping[str, str]] = []
    growth = calibration.growth
    if growth is not None:
        titles = [cause.title for cause in growth.causes]
        ids = [cause.id for cause in growth.causes]
        for place, (id, title) in enumerate(zip(ids, titles, strict=True)):
            rows.append(
                {"cause": id, **_shares(growth.shares[place]), **_shares(growth.cut_alone[place], "cut_")}
            )
            shown.append({"cause": title.in_language(language), **_as_shares(rows[-1], language)})
        rows.append({"cause": "rest", **_shares(growth.rest)})
        rest = {"en": "the rest", "zh": "其余"}[language]
        shown.append({"cause": rest, **_as_shares(rows[-1], language)})
    columns = (
        words.column("cause", "cause", "原因"),
        words.column("median", "share", "份额", numeric=True),
        words.LOW,
        words.HIGH,
        words.column("cut_median", "lost if cut alone", "单独去除后的损失", numeric=True),
        words.column("cut_low", "5 %", "5 %", numeric=True),
        words.column("cut_high", "95 %", "95 %", numeric=True),
    )
    title = Text(en="What made the growth", zh="增长从何而来")
    return Table(title=title, columns=columns, rows=tuple(rows), shown=tuple(shown))


def _shares(values: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]", prefix: str = "") -> dict[str, Cell]:
    low, median, high = np.quantile(values, (0.05, 0.5, 0.95))
    return {f"{prefix}median": float(median), f"{prefix}low": float(low), f"{prefix}high": float(high)}


def _as_shares(row: Mapping[str, Cell], language: Language) -> dict[str, str]:
    return {
        key: f"{100 * value:.0f}%" if language == "zh" else f"{100 * value:.0f} %"
        for key, value in row.items()
        if isinstance(value, float)
    }


def prediction_table(case: Case, forecast: Forecast, language: Language) -> Table:
    """Return the quantiles of one observable under one scenario."""
    rows: list[Mapping[str, Cell]] = [
        {"period": period, **dict(zip((column.key for column in _QUANTILES), map(float, row), strict=True))}
        for period, row in zip(forecast.periods, forecast.quantiles.T, strict=True)
    ]
    unit = unit_in(case, forecast.observable.unit, language)
    names = {
        each: f"{forecast.observable.title.in_language(each)}, {forecast.scenario.title.in_language(each)}"
        for each in ("en", "zh")
    }
    shown_unit = f" ({unit})" if unit else ""
    title = Text(en=names["en"] + shown_unit, zh=names["zh"].replace(", ", "，") + shown_unit)
    columns = (words.column("period", "period", "时期"), *_QUANTILES)
    return Table(title=title, columns=columns, rows=tuple(rows))
