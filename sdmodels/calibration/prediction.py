"""What does a calibrated model say of years that are not in the data?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sdmodels.calibration.calendar import Calendar, Span
from sdmodels.calibration.case import Case
from sdmodels.calibration.faults import fault
from sdmodels.calibration.likelihoods import measured
from sdmodels.calibration.quantities import Wanted
from sdmodels.calibration.runs import runs_of
from sdmodels.calibration.tables import Observable, Predicted, Prediction, PredictionScenario
from sdmodels.engine.trajectories import Floats
from sdmodels.errors import CalibrationError
from sdmodels.experiment.request import Integration

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """One observable under one scenario.

    Attributes
    ----------
    periods
        What each is called: ``2022``, ``2022-12``.
    spans
        Of each [the model's unit of time].
    draws
        Posterior predictive draws, the noise of a measurement included, shape ``(periods, draws)``
        [unit of the observable].
    """

    scenario: PredictionScenario
    observable: Observable
    predicted: Predicted
    periods: tuple[str, ...]
    spans: tuple[Span, ...]
    draws: Floats

    @property
    def quantiles(self) -> Floats:
        """At :data:`QUANTILES`, shape ``(quantiles, periods)``."""
        return np.asarray(np.nanquantile(self.draws, QUANTILES, axis=1))


def predict(
    case: Case, scores: Floats, *, until: str, seed: int, engine: Integration | None = None
) -> tuple[Forecast, ...]:
    """Predict every variable of the problem's ``[prediction]`` under each of its scenarios.

    Parameters
    ----------
    scores
        Draws from the posterior, shape ``(parameters, draws)``.
    until
        The last period, such as ``2026-12``; the run goes on to its end.

    Raises
    ------
    CalibrationError
        As :func:`horizon` says.
    """
    table, calendar, years = horizon(case, until)
    random = np.random.default_rng(seed)
    values = case.space.values_of(scores)
    found = []
    for scenario in table.scenarios:
        wanted = Wanted(calendar)
        asked = []
        for predicted in table.variables:
            observable = next(o for o in case.problem.observables if o.id == predicted.observable)
            periods = _periods(calendar, years, predicted, observable)
            rows = [wanted.add(observable, span)[0] for span in periods.values()]
            if periods:
                asked.append((predicted, observable, periods, rows))
        if not asked:
            continue
        runs = runs_of(
            replace(case, calendar=calendar),
            wanted.quantities(),
            changes=[*case.problem.changes, *scenario.changes],
            engine=engine,
        )
        model = runs.at(values)
        for predicted, observable, periods, rows in asked:
            found.append(
                Forecast(
                    scenario=scenario,
                    observable=observable,
                    predicted=predicted,
                    periods=tuple(periods),
                    spans=tuple(periods.values()),
                    draws=_measured(case, observable, model[rows], values, random),
                )
            )
    return tuple(found)


def horizon(case: Case, until: str) -> tuple[Prediction, Calendar, dict[int, Span]]:
    """Return what is predicted, a calendar that lasts so long, and its whole years.

    Raises
    ------
    CalibrationError
        If the problem says nothing of predictions, has no calendar, or the date cannot be read, is in the data or
        before the end of the first year.
    """
    table = case.problem.prediction
    if table is None or case.calendar.starts is None:
        raise fault(
            case.folder / "problem.toml",
            "there is nothing to predict",
            "no [prediction], or no date in 'starts'",
            "Add [prediction] with scenarios and variables (docs/calibration.md), and 'starts'.",
        )
    calendar, last = _extended(case, until)
    years = calendar.years(calendar.time.initial_time, last)
    if not years:
        raise CalibrationError(
            f"{case.folder}: no whole year is in the prediction.\n"
            f"    from {case.calendar.starts} to {until}\nChoose a later end."
        )
    return table, calendar, years


def _extended(case: Case, until: str) -> tuple[Calendar, float]:
    try:
        last = case.calendar.span(until).ends
    except CalibrationError as error:
        raise CalibrationError(
            f"{case.folder}: the end of the prediction cannot be read: {error}.\n    {until}\n"
            "Write a month or a year, such as 2026-12."
        ) from None
    time = case.calendar.time
    if last < time.final_time - time.saved_every:
        raise CalibrationError(
            f"{case.folder}: the prediction ends before the data.\n    {until}\nChoose a later end."
        )
    periods = int(np.ceil((last - time.initial_time) / time.saved_every - 1e-9))
    final = time.initial_time + periods * time.saved_every
    return replace(case.calendar, time=replace(time, final_time=final)), final + 1e-9


def _periods(
    calendar: Calendar, years: dict[int, Span], predicted: Predicted, observable: Observable
) -> dict[str, Span]:
    if predicted.each == "year":
        periods = {str(year): span for year, span in years.items()}
    else:
        periods = {f"{year}-12": calendar.span(f"{year}-12") for year in years}
    if observable.statistic != "growth":
        return periods
    # Growth needs the window before, which the first year has not.
    first = calendar.time.initial_time - 1e-9
    return {period: span for period, span in periods.items() if span.before.begins >= first}


def _measured(
    case: Case, observable: Observable, model: Floats, values: Floats, random: np.random.Generator
) -> Floats:
    """Return what would be measured, in the unit of the observable: with the noise of its latest measurement."""
    same = [o for o in case.observations if o.observable.id == observable.id]
    if not same:
        return model
    last = max(same, key=lambda observation: observation.span.ends)
    names: Sequence[str] = case.space.names
    spread = (
        values[names.index(last.spread)]
        if isinstance(last.spread, str)
        else np.full(model.shape[1], float(last.spread))
    )
    drawn = np.array([measured(last.distribution, row, spread, last.fixed, random) for row in model])
    drawn /= last.out_of
    return np.clip(drawn, 0.0, 1.0) if observable.rate else drawn
