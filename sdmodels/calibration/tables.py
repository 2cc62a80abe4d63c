"""What may a case say: its model, its course, its parameters and its observables?"""

from collections.abc import Sequence
from typing import Annotated, Literal, Self, TypeAlias, TypeVar

from pydantic import Field, model_validator

from sdmodels.catalogue.faults import schema_fault
from sdmodels.catalogue.tables import Identifier, Many, Table, Text, Words, exactly_one, first_twice

T = TypeVar("T")
# A number, or the id of a parameter.
Known: TypeAlias = float | Words
Moment: TypeAlias = float | Words
Statistic: TypeAlias = Literal["value", "total", "mean", "growth", "peak"]
Scale: TypeAlias = Literal["lin", "log"]
Verdict: TypeAlias = Literal["identified", "informed", "prior", "bound"]
AtLeastOne: TypeAlias = Annotated[tuple[T, ...], Field(strict=False, min_length=1)]


class Prior(Table):
    """What is believed of a parameter before the data, cut at its bounds.

    Attributes
    ----------
    distribution
        ``uniform`` on the parameter's scale; ``normal`` (``mean``, ``sd``); ``lognormal`` (``median``, ``sd`` of
        the logarithm); ``exponential`` (``mean``).
    """

    distribution: Literal["uniform", "normal", "lognormal", "exponential"] = "uniform"
    mean: float | None = None
    median: float | None = Field(default=None, gt=0)
    sd: float | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _has_its_numbers(self) -> Self:
        needed = {
            "uniform": (),
            "normal": ("mean", "sd"),
            "lognormal": ("median", "sd"),
            "exponential": ("mean",),
        }[self.distribution]
        given = [name for name in ("mean", "median", "sd") if getattr(self, name) is not None]
        if sorted(given) != sorted(needed):
            raise schema_fault(
                f"a {self.distribution} prior has {_listed(given)}",
                f"Give it {_listed(needed)}.",
            )
        if self.distribution == "exponential" and self.mean is not None and self.mean <= 0:
            raise schema_fault("the mean of an exponential prior is not above zero", "Write one above 0.")
        return self


def _listed(names: Sequence[str]) -> str:
    return " and ".join(f"'{name}'" for name in names) or "no numbers of its own"


class Parameter(Table):
    """A number that the data may tell something about.

    Attributes
    ----------
    name
        What it sets in the model: a constant, the initial value of a stock, or the slope of a table; ``None`` for
        what only changes, formulas and noise refer to.
    minimum, maximum
        Bounds that no fit leaves [``unit``].
    scale
        On which the bounds are an even range, and on which a search moves.
    """

    id: Identifier
    name: Words | None = None
    title: Text | None = None
    minimum: float
    maximum: float
    scale: Scale = "lin"
    prior: Prior = Prior()
    unit: str = ""
    source: Words

    @model_validator(mode="after")
    def _has_a_range(self) -> Self:
        if not self.minimum < self.maximum:
            raise schema_fault("'minimum' is not below 'maximum'", "Write the lower bound as 'minimum'.")
        if self.scale == "log" and self.minimum <= 0:
            raise schema_fault(
                "'minimum' is not above zero on a log scale", 'Raise it above 0, or write scale = "lin".'
            )
        prior = self.prior.distribution
        if prior in ("lognormal", "exponential") and self.maximum <= 0:
            raise schema_fault(f"a prior that is {prior} has no room below zero", "Raise 'maximum' above 0.")
        if self.name is None and self.title is None:
            raise schema_fault(
                "'title' is missing", "Give the parameter a title, or the 'name' that it sets."
            )
        return self


class CourseChange(Table):
    """What the case knows of its course: a constant that takes another value from a date on.

    Attributes
    ----------
    value, factor
        A number or the id of a parameter; exactly one of the two.
    begins, ends
        Dates (``2019``, ``2019-10-05``) or model times.
    over
        Time that a straight ramp takes, a number or the id of a parameter [the model's unit of time].
    cause
        The group that the change belongs to when growth is taken apart.
    """

    name: Words
    value: Known | None = None
    factor: Known | None = None
    begins: Moment
    ends: Moment | None = None
    over: Known | None = None
    cause: Identifier | None = None
    source: Words

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        exactly_one(self.value, self.factor, "'value'", "'factor'")
        return self


class Cut(Table):
    """A constant of the model that takes a value at which something has no effect."""

    name: Words
    value: float


class Cause(Table):
    """What growth may be due to: the changes of that cause, and what the model has for it.

    Attributes
    ----------
    cuts
        What is set in the model to cut it, such as the switch of a loop.
    """

    id: Identifier
    title: Text
    cuts: Many[Cut] = Field(default=(), validation_alias="cut")


class Growth(Table):
    """Which growth is taken apart: of an observable with statistic ``growth``, over a window."""

    observable: Words
    window: Words
    causes: AtLeastOne[Cause] = Field(validation_alias="cause")


class Observable(Table):
    """What is measured, as a formula of the model's variables.

    Attributes
    ----------
    formula
        In Vensim's syntax; parameters without a name may stand in it.
    statistic
        ``value`` at a time; ``total`` or ``mean`` over a window; ``growth``, the total over a window against the
        total over the window of the same length before it; ``peak``, which of the windows in ``among`` has the
        largest total.
    unit
        Of the observations; for ``growth`` none.
    rate
        Whether it can only be between 0 and 1: predictions are kept there, whatever the noise.
    """

    id: Identifier
    title: Text
    formula: Words
    statistic: Statistic
    unit: str
    among: Words | None = None
    rate: bool = False

    @model_validator(mode="after")
    def _has_its_span(self) -> Self:
        if (self.among is None) is (self.statistic == "peak"):
            raise schema_fault(
                "'among' belongs to statistic = \"peak\", and to it alone",
                'Write the span that the peak is sought in, such as among = "2018/2023".',
            )
        return self


class PredictionScenario(Table):
    """What may come after the data: changes under a name."""

    id: Identifier
    title: Text
    meaning: Text
    changes: Many[CourseChange] = Field(default=(), validation_alias="change")


class Predicted(Table):
    """What is predicted: an observable, for each year or at its end."""

    observable: Words
    each: Literal["year", "year's end"]


class Prediction(Table):
    """What is predicted, under which scenarios."""

    scenarios: AtLeastOne[PredictionScenario] = Field(validation_alias="scenario")
    variables: AtLeastOne[Predicted] = Field(validation_alias="variable")


class Effort(Table):
    """How much work a calibration is worth, unless the caller says otherwise."""

    starts: int = Field(default=100, ge=1)
    populations: int = Field(default=4, ge=2)
    walkers: int = Field(default=2048, ge=16)
    seed: int = Field(default=1, ge=0)


class Problem(Table):
    """A case: which model is fitted to its observations, and how.

    Attributes
    ----------
    starts
        The date of the model's initial time; without one, times are model times.
    ranges
        Whether every uncertain constant of the manifest that no parameter names is a parameter, too.
    """

    id: Identifier
    title: Text
    question: Text
    note: Text | None = None
    model: Words
    policy: Words = "baseline"
    scenario: Words = "normal"
    starts: Words | None = None
    final_time: float | None = None
    time_step: float | None = Field(default=None, gt=0)
    ranges: bool = False
    effort: Effort = Effort()
    parameters: Many[Parameter] = Field(default=(), validation_alias="parameter")
    changes: Many[CourseChange] = Field(default=(), validation_alias="change")
    observables: AtLeastOne[Observable] = Field(validation_alias="observable")
    growth: Growth | None = None
    prediction: Prediction | None = None

    @property
    def every_change(self) -> tuple[CourseChange, ...]:
        """The changes of the course and of the scenarios of predictions."""
        scenarios = self.prediction.scenarios if self.prediction else ()
        return (*self.changes, *(change for scenario in scenarios for change in scenario.changes))

    @model_validator(mode="after")
    def _says_each_once(self) -> Self:
        for table, ids in (
            ("parameter", [parameter.id for parameter in self.parameters]),
            ("observable", [observable.id for observable in self.observables]),
            ("growth.cause", [cause.id for cause in self.growth.causes] if self.growth else []),
            (
                "prediction.scenario",
                [scenario.id for scenario in self.prediction.scenarios] if self.prediction else [],
            ),
        ):
            twice = first_twice(ids)
            if twice is not None:
                raise schema_fault(
                    f"id '{twice}' stands twice in [[{table}]]",
                    f"Give each [[{table}]] its own id.",
                    evidence=f'id = "{twice}"',
                )
        if not self.parameters and not self.ranges:
            raise schema_fault("there is nothing to estimate", "Add a [[parameter]], or write ranges = true.")
        return self
