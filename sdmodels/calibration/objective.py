"""How likely are the observations of a case, for given parameters?"""

from dataclasses import dataclass, replace

import numpy as np

from sdmodels.calibration.case import Case
from sdmodels.calibration.gathering import GatheredRuns
from sdmodels.calibration.likelihoods import NOISES, Likelihood, measured
from sdmodels.calibration.observations import Observation
from sdmodels.calibration.quantities import Wanted
from sdmodels.calibration.runs import Runs, runs_of
from sdmodels.engine.trajectories import Floats, Progress
from sdmodels.experiment.request import Integration


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """The likelihood of a case.

    Attributes
    ----------
    rows
        For each observation, the places of its quantities: several for a peak, one for all others.
    measured
        For each observation; other numbers than those of the case make another data set.
    """

    case: Case
    runs: Runs | GatheredRuns
    rows: tuple[tuple[int, ...], ...]
    measured: tuple[float, ...]

    def model_at(self, values: Floats, *, progress: Progress | None = None) -> Floats:
        """Return what the model says of each quantity, shape ``(quantities, members)``."""
        return self.runs.at(values, progress=progress)

    def log_likelihood(self, values: Floats, *, progress: Progress | None = None) -> Floats:
        """Return the logarithm of the likelihood, shape ``(members,)``; ``-inf`` where a run failed.

        Parameters
        ----------
        values
            Shape ``(parameters, members)`` [unit of each].
        """
        return np.asarray(self.of_model(self.model_at(values, progress=progress), values).sum(axis=0))

    def of_model(self, model: Floats, values: Floats) -> Floats:
        """Return the logarithm of the likelihood of each observation, shape ``(observations, members)``."""
        found = np.zeros((len(self.rows), values.shape[1]))
        with np.errstate(all="ignore"):
            for place, rows in enumerate(self.rows):
                for row in rows:
                    found[place] += self._likelihood(place, model[row], values).value
        return np.where(np.isfinite(found), found, -np.inf)

    def slopes_at(self, values: Floats) -> tuple[Floats, Floats]:
        """Return the log-likelihood and its derivatives by the parameters, shape ``(parameters, members)``."""
        model, slopes = self.runs.slopes_at(values)
        total = np.zeros(values.shape[1])
        found = np.zeros_like(values)
        with np.errstate(all="ignore"):
            for place, rows in enumerate(self.rows):
                for row in rows:
                    likelihood = self._likelihood(place, model[row], values)
                    total += likelihood.value
                    found += likelihood.by_model * slopes[row]
                    if (parameter := self._spread_place(place)) is not None:
                        found[parameter] += likelihood.by_spread
        return np.where(np.isfinite(total), total, -np.inf), found

    def residuals_at(self, values: Floats) -> Floats:
        """Return the standardised residuals of one point, shape ``(observations,)``.

        Only where :attr:`is_least_squares`.
        """
        model = self.runs.at(values)[:, 0]
        return np.array([self._residual(place, model[row]) for place, (row,) in enumerate(self.rows)])

    def residual_slopes_at(self, values: Floats) -> Floats:
        """Return the derivatives of :meth:`residuals_at`, shape ``(observations, parameters)``."""
        model, slopes = self.runs.slopes_at(values)
        found = []
        for place, (row,) in enumerate(self.rows):
            scale = float(self.observations[place].spread)
            if self.observations[place].distribution == "lognormal":
                scale *= model[row, 0]
            found.append(slopes[row, :, 0] / scale)
        return np.array(found)

    def _residual(self, place: int, model: float) -> float:
        observation, measured = self.observations[place], self.measured[place]
        if observation.distribution == "lognormal":
            with np.errstate(divide="ignore", invalid="ignore"):
                return float(np.log(model / measured)) / float(observation.spread)
        return (model - measured) / float(observation.spread)

    def draw(self, model: Floats, values: Floats, random: np.random.Generator) -> Floats:
        """Return a synthetic measurement of each observation, shape ``(observations, members)``."""
        found = np.empty((len(self.rows), values.shape[1]))
        for place, rows in enumerate(self.rows):
            observation = self.observations[place]
            spread = self._spread(place, values)
            found[place] = measured(
                observation.distribution, model[rows[0]], spread, observation.fixed, random
            )
        return found

    @property
    def observations(self) -> tuple[Observation, ...]:
        """What was measured, and how."""
        return self.case.observations

    @property
    def is_least_squares(self) -> bool:
        """Whether the likelihood is a sum of squares: normal or lognormal noise of given size."""
        return all(
            observation.distribution in ("normal", "lognormal") and not isinstance(observation.spread, str)
            for observation in self.observations
        )

    def _likelihood(self, place: int, model: Floats, values: Floats) -> Likelihood:
        observation = self.observations[place]
        spread = self._spread(place, values)
        noise = NOISES[observation.distribution]
        found = noise.likelihood(self.measured[place], model, spread, observation.fixed)
        possible = (noise.least <= model) & (model <= noise.most)
        return replace(found, value=np.where(possible, found.value, -np.inf))

    def _spread(self, place: int, values: Floats) -> Floats:
        parameter = self._spread_place(place)
        if parameter is None:
            return np.full(values.shape[1], float(self.observations[place].spread))
        return np.asarray(values[parameter])

    def _spread_place(self, place: int) -> int | None:
        spread = self.observations[place].spread
        return self.case.space.names.index(spread) if isinstance(spread, str) else None


def objective_of(case: Case, *, engine: Integration | None = None) -> Objective:
    """Prepare the likelihood of a case."""
    wanted = Wanted(case.calendar)
    rows = tuple(tuple(wanted.add(o.observable, o.span)) for o in case.observations)
    return Objective(
        case=case,
        runs=runs_of(case, wanted.quantities(), engine=engine),
        rows=rows,
        measured=tuple(observation.measured for observation in case.observations),
    )
