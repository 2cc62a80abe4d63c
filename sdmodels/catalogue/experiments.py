"""What may an ``experiments.toml`` say?

An experiment is data: which runs to make, what to read from them, and which findings to look for. A new kind is a
table with a ``kind`` of its own and a place in ``Experiment``.
"""

from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, model_validator

from sdmodels.catalogue.early_warning import NoiseTest
from sdmodels.catalogue.faults import schema_fault
from sdmodels.catalogue.policy_ranking import PolicyRanking
from sdmodels.catalogue.proposed import Arm, Arms, Proposed, Tip, apart
from sdmodels.catalogue.searches import ModeMap, ShockTest
from sdmodels.catalogue.tables import Identifier, Many, Outcome, Table, Text, Window, Words, exactly_one


class Bound(Table):
    """Where a variable is past its bound: below one number, or above one [unit of the variable]."""

    variable: Words
    below: float | None = None
    above: float | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        exactly_one(self.below, self.above, "'below'", "'above'")
        return self


class Panel(Table):
    """A panel of a figure over time: one variable, or several of one unit."""

    title: Text | None = None
    variables: Annotated[tuple[Words, ...], Field(strict=False, min_length=1)]

    @model_validator(mode="after")
    def _can_be_named(self) -> Self:
        if self.title is None and len(self.variables) > 1:
            raise schema_fault(
                "several variables have no 'title'", 'Write title = { en = "...", zh = "..." }.'
            )
        return self


class Date(Window):
    """A time to look for in every run.

    Attributes
    ----------
    of
        ``minimum`` or ``maximum`` of the variable inside the window, not at its ends; or where it ``rises above``
        or ``falls below`` a number, having been on the other side inside the window.
    value, value_at
        That number, or the time at which the variable has it: one of them, for the last two only.
    begins, ends
        The window; the whole run if not given.
    """

    id: Identifier
    title: Text
    variable: Words
    of: Literal["minimum", "maximum", "rises above", "falls below"]
    value: float | None = None
    value_at: float | None = None

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Self:
        if self.of in ("rises above", "falls below"):
            exactly_one(self.value, self.value_at, "'value'", "'value_at'")
        elif self.value is not None or self.value_at is not None:
            raise schema_fault(
                f"'value' and 'value_at' have no meaning with \"{self.of}\"",
                'Remove them, or write of = "rises above" or "falls below".',
            )
        return self


class Before(Table):
    """Where the lever of a sweep is before it takes the values of the grid: a way back, instead of a way there.

    Attributes
    ----------
    value
        Of the lever, from the sweep's ``begins`` on [its unit].
    ends
        When it takes the values of the grid instead [unit of time].
    beside
        Id of the variant without a ``before`` that the ends are compared with.
    """

    value: float
    ends: float
    beside: Identifier


class Variant(Arm):
    """One curve of a sweep; with ``before`` it comes from another value of the lever."""

    before: Before | None = None


class Sweep(Proposed):
    """A lever over a grid of values, for several variants: where is the best, where does it tip?

    Attributes
    ----------
    minimum, maximum, steps
        The grid: this many values, evenly, both ends among them [unit of the lever].
    begins
        When the lever jumps from its own value to the grid's; ``None`` for before the run.
    reads
        Outcomes, one panel each; of the first that is better lower or higher the optimum is sought.
    marked
        Id of the variant whose findings stand in the figure as letters; the first if not given.
    """

    kind: Literal["sweep"]
    lever: Words
    minimum: float
    maximum: float
    steps: int = Field(ge=2)
    begins: float | None = None
    variants: Annotated[tuple[Variant, ...], Field(strict=False, min_length=1)] = Field(
        validation_alias="variant"
    )
    reads: Annotated[tuple[Outcome, ...], Field(strict=False, min_length=1)] = Field(validation_alias="read")
    onset: Bound | None = None
    tip: Tip | None = None
    marked: Identifier | None = None

    @model_validator(mode="after")
    def _is_a_grid(self) -> Self:
        if self.minimum >= self.maximum:
            raise schema_fault("'maximum' is not above 'minimum'", "Write the smaller number as 'minimum'.")
        apart("variant", [arm.id for arm in self.variants])
        ids = [arm.id for arm in self.variants]
        if self.marked is not None and self.marked not in ids:
            raise schema_fault(
                f"'marked' names no variant: '{self.marked}'", f"Write one of: {', '.join(ids)}."
            )
        straight = [arm.id for arm in self.variants if arm.before is None]
        for before in (arm.before for arm in self.variants if arm.before is not None):
            if before.beside not in straight:
                raise schema_fault(
                    f"'beside' names no variant without a 'before': '{before.beside}'",
                    f"Write one of: {', '.join(straight) or 'none is there; add a variant without it'}.",
                )
            if self.begins is not None and before.ends <= self.begins:
                raise schema_fault(
                    "'ends' of a 'before' is not after 'begins' of the sweep", "Write a later time as 'ends'."
                )
        apart("read", [outcome.id for outcome in self.reads])
        return self


class Ramp(Proposed):
    """A lever that goes slowly from one value to another and back: does the way back differ?

    Attributes
    ----------
    start, peak
        The lever's value before and after, and at the turn [unit of the lever].
    begins
        When it starts to move; it has ``start`` before.
    up, hold, down
        How long it goes up, stays, and goes down [unit of time].
    variables
        What is drawn against the lever.
    tip
        When the variable is past this bound, it has tipped.
    """

    kind: Literal["ramp"]
    lever: Words
    start: float
    peak: float
    begins: float | None = None
    up: float = Field(gt=0)
    hold: float = Field(default=0.0, ge=0)
    down: float = Field(gt=0)
    variables: Annotated[tuple[Words, ...], Field(strict=False, min_length=1)]
    tip: Bound | None = None

    @model_validator(mode="after")
    def _goes_somewhere(self) -> Self:
        if self.start == self.peak:
            raise schema_fault("'peak' equals 'start'", "Write two values of the lever that differ.")
        return self


class Course(Proposed):
    """Variables over time under several arms: what comes first, and when does it turn?"""

    kind: Literal["course"]
    arms: Arms = Field(validation_alias="arm")
    panels: Annotated[tuple[Panel, ...], Field(strict=False, min_length=1)] = Field(validation_alias="panel")
    dates: Many[Date] = Field(default=(), validation_alias="date")

    @model_validator(mode="after")
    def _tellsapart(self) -> Self:
        apart("arm", [arm.id for arm in self.arms])
        apart("date", [date.id for date in self.dates])
        return self


Experiment: TypeAlias = Sweep | Ramp | Course | ModeMap | ShockTest | NoiseTest | PolicyRanking


class Experiments(Table):
    """All experiments of a model, in the order of the file."""

    experiments: Annotated[
        tuple[Annotated[Experiment, Field(discriminator="kind")], ...], Field(strict=False)
    ] = Field(default=(), validation_alias="experiment")

    @model_validator(mode="after")
    def _tellsapart(self) -> Self:
        apart("experiment", [experiment.id for experiment in self.experiments])
        return self
