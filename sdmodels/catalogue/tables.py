"""What may one table of a ``model.toml`` say?"""

from collections.abc import Iterable
from typing import Annotated, Literal, Self, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sdmodels.catalogue.faults import schema_fault
from sdmodels.catalogue.naming import Language
from sdmodels.structure.names import key_of

T = TypeVar("T")
Many: TypeAlias = Annotated[tuple[T, ...], Field(strict=False)]  # TOML has lists only
Identifier: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")]
Words: TypeAlias = Annotated[str, Field(min_length=1)]

Statistic: TypeAlias = Literal[
    "final", "mean", "minimum", "maximum", "total", "time of minimum", "time of maximum"
]
# Beside those of an outcome, the first value: what a reality check may speak of.
ExpectedStatistic: TypeAlias = Literal["initial", Statistic]


class Table(BaseModel):
    """A table of the manifest: frozen, and with known keys only."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        str_strip_whitespace=True,
        populate_by_name=True,
    )


class Text(Table):
    """What a user reads, in both languages."""

    en: Words
    zh: Words

    def in_language(self, language: Language) -> str:
        """Return the English or the Chinese text."""
        return self.zh if language == "zh" else self.en


class _Range(Table):
    minimum: float
    maximum: float

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.minimum >= self.maximum:
            raise schema_fault("'maximum' is not above 'minimum'", "Write the smaller number as 'minimum'.")
        return self


class Lever(_Range):
    """A constant that a policy may set, with the bounds that make sense in the world."""

    name: Words
    title: Text
    meaning: Text


class _Uncertain(_Range):
    distribution: Literal["uniform", "log uniform"] = "uniform"
    source: Words

    @model_validator(mode="after")
    def _has_logarithms(self) -> Self:
        if self.distribution == "log uniform" and self.minimum <= 0:
            raise schema_fault(
                "'minimum' of a log uniform distribution is not above zero",
                "Raise 'minimum' above 0, or write distribution = \"uniform\".",
            )
        return self


class Uncertainty(_Uncertain):
    """A constant that is not known well and differs between the members of an ensemble."""

    name: Words


class SlopeRange(_Uncertain):
    """Over which range the factor differs that stretches a table; it is 1 in the model [Dmnl]."""

    @model_validator(mode="after")
    def _holds_the_own(self) -> Self:
        if not self.minimum <= 1 <= self.maximum:
            raise schema_fault("the bounds leave out the model's own value, 1", "Widen the bounds to hold 1.")
        if self.minimum < 0:
            raise schema_fault(
                "'minimum' is below zero, which turns the table over",
                "Write 0 (level) or more as 'minimum'.",
            )
        return self


class Window(Table):
    """A span of time; ``None`` for the beginning or the end of the run."""

    begins: float | None = None
    ends: float | None = None

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if self.begins is not None and self.ends is not None and self.ends <= self.begins:
            raise schema_fault("'ends' is not after 'begins'", "Write the earlier time as 'begins'.")
        return self


class Change(Window):
    """A constant that takes another value during a span of time.

    Attributes
    ----------
    value, factor
        The value itself, or a multiple of the value that the member has: exactly one of them.
    begins, ends
        Span of time; ``None`` for the initial time, or for good.
    over
        Time that a straight ramp to the value takes; ``None`` for at once.
    """

    name: Words
    value: float | None = None
    factor: float | None = None
    over: float | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        exactly_one(self.value, self.factor, "'value'", "'factor'")
        return self


class _Alternative(Table):
    id: Identifier
    title: Text
    meaning: Text
    changes: Many[Change] = Field(default=(), validation_alias="change")


class Policy(_Alternative):
    """What somebody may decide: changes of constants under a name."""


class Scenario(_Alternative):
    """What nobody decides: changes of constants that come from outside, under a name."""


class Outcome(Window):
    """The one number of a run that answers a question: a statistic of a variable over a span of time."""

    id: Identifier
    title: Text
    variable: Words
    statistic: Statistic
    better: Literal["lower", "higher", "neither"]


class Loop(Table):
    """A feedback loop under the name that it has in the case text.

    Attributes
    ----------
    variables
        In causal order; the last acts on the first.
    switch
        A constant that cuts the loop when it is 0, where the model has one.
    """

    id: Identifier
    title: Text
    polarity: Literal["reinforcing", "balancing"]
    variables: Annotated[tuple[Words, ...], Field(strict=False, min_length=1)]
    switch: Words | None = None

    @model_validator(mode="after")
    def _visits_once(self) -> Self:
        twice = first_twice(self.variables)
        if twice is not None:
            raise schema_fault(
                f"'{twice}' stands twice", "Name each variable once; the last acts on the first."
            )
        return self


class VariableName(Table):
    """The Chinese name of a variable; the English one is the model's own."""

    name: Words
    zh: Words


class UnitName(Table):
    """The Chinese name of an elementary unit."""

    name: Words
    zh: Words


class Figures(Table):
    """What a study of the model shows.

    Attributes
    ----------
    trajectories, phase
        Variables that are plotted over time, and the two (x, y) of a phase portrait.
    policies, outcomes
        Ids of the policies that are compared with the baseline, and of the outcomes that are measured; all where
        none is named.
    """

    policies: Many[Identifier] = ()
    outcomes: Many[Identifier] = ()
    trajectories: Many[Words] = ()
    phase: Annotated[tuple[Words, Words], Field(strict=False)] | None = None


class Expectation(Window):
    """What a statistic of a variable must be at most, at least or exactly.

    Attributes
    ----------
    value, baseline
        A number, or a multiple of the same statistic in the base run: exactly one of them.
    tolerance
        Absolute, for ``equals`` only.
    """

    variable: Words
    statistic: ExpectedStatistic
    relation: Literal["at most", "at least", "equals"]
    value: float | None = None
    baseline: float | None = None
    tolerance: float = Field(default=0.0, ge=0)

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        exactly_one(self.value, self.baseline, "'value'", "'baseline'")
        if self.tolerance != 0 and self.relation != "equals":
            raise schema_fault(
                f"'tolerance' has no meaning with \"{self.relation}\"",
                'Remove it and move the bound, or write relation = "equals".',
            )
        return self


class RealityCheck(Table):
    """What must happen under extreme conditions, whatever the numbers of the model are."""

    id: Identifier
    title: Text
    changes: Many[Change] = Field(default=(), validation_alias="change")
    expectations: Annotated[tuple[Expectation, ...], Field(strict=False, min_length=1)] = Field(
        validation_alias="expect"
    )


def exactly_one(first: object, second: object, *names: str) -> None:
    """Do nothing if one of the two is given; ``names`` are theirs, with quotes."""
    if (first is None) != (second is None):
        return
    problem = "neither {} nor {} is given" if first is None else "both {} and {} are given"
    raise schema_fault(problem.format(*names), "Write one of the two.")


def first_twice(names: Iterable[str]) -> str | None:
    """Return the first name that means the same as one before it."""
    seen: set[str] = set()
    for name in names:
        if key_of(name) in seen:
            return name
        seen.add(key_of(name))
    return None
