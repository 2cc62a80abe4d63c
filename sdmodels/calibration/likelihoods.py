"""How likely is a measurement, when the model says what it should be?

Each noise model has the density, its derivatives by the model's value and by its own number, and draws. Densities
are those of scipy.stats, which the tests hold them to.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, Protocol, TypeAlias

import numpy as np
from scipy.special import betaln, digamma, gammaln, log_ndtr, xlogy

from sdmodels.engine.trajectories import Floats

Distribution: TypeAlias = Literal["normal", "lognormal", "negative-binomial", "beta", "beta-binomial", "peak"]
_HALF_LOG_2PI: Final = 0.5 * np.log(2 * np.pi)
# A rate cannot be nearer to 0 or 1 in a draw: a beta distribution has no such mean.
_EDGE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Likelihood:
    """The logarithm of a density and its derivatives, shape ``(members,)`` each."""

    value: Floats
    by_model: Floats
    by_spread: Floats


class Noise(Protocol):
    """A noise model with one number of its own, its ``spread``.

    Attributes
    ----------
    fixed
        Numbers that no parameter may stand for, such as how many were asked; how many there must be.
    least, most
        Between which the model's value must lie; beyond them the measurement is impossible.
    """

    fixed: int
    least: float
    most: float

    def refuses(self, measured: float, fixed: tuple[float, ...]) -> str:
        """Return why a measurement cannot be, as a clause; empty if it can."""

    def likelihood(
        self, measured: float, model: Floats, spread: Floats, fixed: tuple[float, ...]
    ) -> Likelihood:
        """Return how likely the measurement is."""

    def draw(
        self, model: Floats, spread: Floats, fixed: tuple[float, ...], random: np.random.Generator
    ) -> Floats:
        """Return a measurement for each member."""


class Normal:
    """A measurement differs from the model by a normal error; the spread is its standard deviation."""

    fixed = 0
    least, most = -np.inf, np.inf

    def refuses(self, measured: float, fixed: tuple[float, ...]) -> str:  # noqa: ARG002
        """Return nothing: any number can be measured."""
        return ""

    def likelihood(
        self,
        measured: float,
        model: Floats,
        spread: Floats,
        fixed: tuple[float, ...],  # noqa: ARG002
    ) -> Likelihood:
        """Return how likely the measurement is."""
        residual = (measured - model) / spread
        return Likelihood(
            value=-0.5 * residual**2 - np.log(spread) - _HALF_LOG_2PI,
            by_model=residual / spread,
            by_spread=(residual**2 - 1) / spread,
        )

    def draw(
        self,
        model: Floats,
        spread: Floats,
        fixed: tuple[float, ...],  # noqa: ARG002
        random: np.random.Generator,
    ) -> Floats:
        """Return a measurement for each member."""
        return random.normal(model, spread)


class LogNormal:
    """A measurement differs from the model by a factor; the spread is the standard deviation of its logarithm."""

    fixed = 0
    least, most = 0.0, np.inf

    def refuses(self, measured: float, fixed: tuple[float, ...]) -> str:  # noqa: ARG002
        """Return why not, for what is not above zero."""
        return "" if measured > 0 else "is not above zero, as lognormal noise needs"

    def likelihood(
        self,
        measured: float,
        model: Floats,
        spread: Floats,
        fixed: tuple[float, ...],  # noqa: ARG002
    ) -> Likelihood:
        """Return how likely the measurement is."""
        residual = (np.log(measured) - np.log(model)) / spread
        return Likelihood(
            value=-0.5 * residual**2 - np.log(spread) - np.log(measured) - _HALF_LOG_2PI,
            by_model=residual / (spread * model),
            by_spread=(residual**2 - 1) / spread,
        )

    def draw(
        self,
        model: Floats,
        spread: Floats,
        fixed: tuple[float, ...],  # noqa: ARG002
        random: np.random.Generator,
    ) -> Floats:
        """Return a measurement for each member."""
        return model * np.exp(random.normal(0.0, spread))


class NegativeBinomial:
    """A count with the model as mean and variance ``mean + spread * mean ** 2``."""

    fixed = 0
    least, most = 0.0, np.inf

    def refuses(self, measured: float, fixed: tuple[float, ...]) -> str:  # noqa: ARG002
        """Return why not, for what is no count."""
        return "" if measured >= 0 and measured == round(measured) else "is no count such as 0, 1 or 2"

    def likelihood(
        self,
        measured: float,
        model: Floats,
        spread: Floats,
        fixed: tuple[float, ...],  # noqa: ARG002
    ) -> Likelihood:
        """Return how likely the count is."""
        size = 1 / spread
        share = np.log(size / (size + model))
        by_size = digamma(measured + size) - digamma(size) + share + 1 - (measured + size) / (size + model)
        return Likelihood(
            value=gammaln(measured + size)
            - gammaln(size)
            - gammaln(measured + 1)
            + size * share
            # A mean of zero says that nothing is counted, and nothing may have been.
            + xlogy(measured, model / (size + model)),
            by_model=(measured / model if measured > 0 else 0.0) - (measured + size) / (size + model),
            by_spread=-by_size * size**2,
        )

    def draw(
        self,
        model: Floats,
        spread: Floats,
        fixed: tuple[float, ...],  # noqa: ARG002
        random: np.random.Generator,
    ) -> Floats:
        """Return a count for each member."""
        size = 1 / spread
        return random.negative_binomial(size, size / (size + model)).astype(np.float64)


class Beta:
    """A rate with the model as mean; the spread is a concentration: variance ``mean (1 - mean) / (spread + 1)``."""

    fixed = 0
    least, most = 0.0, 1.0

    def refuses(self, measured: float, fixed: tuple[float, ...]) -> str:  # noqa: ARG002
        """Return why not, for what is no rate strictly between 0 and 1."""
        return "" if 0 < measured < 1 else "is no rate between 0 and 1"

    def likelihood(
        self,
        measured: float,
        model: Floats,
        spread: Floats,
        fixed: tuple[float, ...],  # noqa: ARG002
    ) -> Likelihood:
        """Return how likely the rate is."""
        first, second = model * spread, (1 - model) * spread
        yes, no = np.log(measured), np.log1p(-measured)
        return Likelihood(
            value=(first - 1) * yes + (second - 1) * no - betaln(first, second),
            by_model=spread * (digamma(second) - digamma(first) + yes - no),
            by_spread=digamma(spread)
            - model * digamma(first)
            - (1 - model) * digamma(second)
            + model * yes
            + (1 - model) * no,
        )

    def draw(
        self,
        model: Floats,
        spread: Floats,
        fixed: tuple[float, ...],  # noqa: ARG002
        random: np.random.Generator,
    ) -> Floats:
        """Return a rate for each member."""
        return random.beta(model * spread, (1 - model) * spread)


class BetaBinomial:
    """How many out of a fixed number said yes, where the rate itself scatters as under :class:`Beta`."""

    fixed = 1
    least, most = 0.0, 1.0

    def refuses(self, measured: float, fixed: tuple[float, ...]) -> str:
        """Return why not, for what is no count out of the trials."""
        (trials,) = fixed
        if trials < 1 or trials != round(trials):
            return f"is out of {trials:g} trials, which is no count above zero"
        fine = measured == round(measured) and 0 <= measured <= trials
        return "" if fine else f"is no count between 0 and {trials:g}"

    def likelihood(
        self, measured: float, model: Floats, spread: Floats, fixed: tuple[float, ...]
    ) -> Likelihood:
        """Return how likely the count is."""
        (trials,) = fixed
        rest = trials - measured
        first, second = model * spread, (1 - model) * spread
        yes = digamma(measured + first) - digamma(first)
        no = digamma(rest + second) - digamma(second)
        every = digamma(trials + spread) - digamma(spread)
        ways = -np.log1p(trials) - betaln(rest + 1, measured + 1)
        return Likelihood(
            value=ways + betaln(measured + first, rest + second) - betaln(first, second),
            by_model=spread * (yes - no),
            by_spread=model * yes + (1 - model) * no - every,
        )

    def draw(
        self, model: Floats, spread: Floats, fixed: tuple[float, ...], random: np.random.Generator
    ) -> Floats:
        """Return a count for each member."""
        rate = random.beta(model * spread, (1 - model) * spread)
        return random.binomial(int(fixed[0]), rate).astype(np.float64)


class Peak:
    """A window has the largest total: the model says by which factor it exceeds another one.

    The factor is read with lognormal noise in both totals, so that the constraint is soft: the logarithm of the
    probability that this total is the larger one. Of several rivals the logarithms are added, as if each were
    compared by itself: stricter than the probability of being the largest of all where many come close.
    """

    fixed = 0
    least, most = 0.0, np.inf

    def refuses(self, measured: float, fixed: tuple[float, ...]) -> str:  # noqa: ARG002
        """Return why not: a peak has no number."""
        return "" if np.isnan(measured) else "stands where the cell must be empty: a peak has no number"

    def likelihood(
        self,
        measured: float,  # noqa: ARG002
        model: Floats,
        spread: Floats,
        fixed: tuple[float, ...],  # noqa: ARG002
    ) -> Likelihood:
        """Return how likely it is that the factor is above 1."""
        scale = np.sqrt(2) * spread
        away = np.log(model) / scale
        value = log_ndtr(away)
        steep = np.exp(-0.5 * away**2 - _HALF_LOG_2PI - value)
        return Likelihood(value=value, by_model=steep / (scale * model), by_spread=-steep * away / spread)

    def draw(
        self,
        model: Floats,
        spread: Floats,  # noqa: ARG002
        fixed: tuple[float, ...],  # noqa: ARG002
        random: np.random.Generator,  # noqa: ARG002
    ) -> Floats:
        """Return no number: what is a peak in one draw may be none in the next."""
        return np.full(model.shape, np.nan)


NOISES: Mapping[Distribution, Noise] = MappingProxyType(
    {
        "normal": Normal(),
        "lognormal": LogNormal(),
        "negative-binomial": NegativeBinomial(),
        "beta": Beta(),
        "beta-binomial": BetaBinomial(),
        "peak": Peak(),
    }
)


def measured(
    distribution: Distribution,
    model: Floats,
    spread: Floats,
    fixed: tuple[float, ...],
    random: np.random.Generator,
) -> Floats:
    """Return a measurement for each member; not a number where the model has none.

    A rate of exactly 0 or 1 scatters as one next to it.
    """
    found = np.full(model.shape, np.nan)
    fine = np.isfinite(model)
    if distribution in ("beta", "beta-binomial"):
        model = np.clip(model, _EDGE, 1 - _EDGE)
    if distribution == "negative-binomial":
        fine &= model >= 0
    found[fine] = NOISES[distribution].draw(model[fine], spread[fine], fixed, random)
    return found
