"""What may a manifest claim about its model's behaviour, for a check to test?"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sdmodels.catalogue.faults import schema_fault
from sdmodels.catalogue.tables import (
    Identifier,
    Many,
    SlopeRange,
    Statistic,
    Table,
    Text,
    Uncertainty,
    Window,
    Words,
)
from sdmodels.structure.model import Slope, slope_name


class Conservation(Table):
    """What is neither made nor lost on the way.

    Attributes
    ----------
    stocks
        Their sum changes by the inflows minus the outflows and by nothing else; where there are none, inflows
        and outflows are equal at every time.
    inflows, outflows
        Variables; what moves between two of the stocks is neither.
    """

    id: Identifier
    title: Text
    stocks: Many[Words] = ()
    inflows: Many[Words] = ()
    outflows: Many[Words] = ()

    @model_validator(mode="after")
    def _balances_something(self) -> Self:
        if not self.stocks and not (self.inflows and self.outflows):
            raise schema_fault(
                "there is nothing to balance",
                "Name 'stocks', or both 'inflows' and 'outflows'.",
            )
        return self


class LookupShape(Table):
    """Which form a table function has, and which point it goes through.

    Attributes
    ----------
    name
        A lookup, or the auxiliary whose equation holds the table (WITH LOOKUP).
    reason
        Why the shape is any.
    through
        A reference point ``(x, y)``, such as the usual state, in which an effect is 1.
    slope
        Over which range a factor is drawn that stretches the heights about the height of ``through``; ``None``
        where the table is the same in every member.
    within
        The least and the largest height that make sense: the model's own lie between them, and what is read of a
        stretched table is cut off there.
    """

    name: Words
    shape: Literal["rising", "falling", "rising then falling", "any"]
    reason: Words | None = None
    through: Annotated[tuple[float, float], Field(strict=False)] | None = None
    slope: SlopeRange | None = None
    within: Annotated[tuple[float, float], Field(strict=False)] | None = None

    @model_validator(mode="after")
    def _argues(self) -> Self:
        if self.shape == "any" and self.reason is None:
            raise schema_fault("shape \"any\" has no 'reason'", "Say why the table may rise and fall.")
        if self.slope is not None and self.through is None:
            raise schema_fault(
                "'slope' stands without 'through'",
                "Write through = [x, y], the point whose height stays when the others are stretched.",
            )
        if self.within is not None and self.within[0] >= self.within[1]:
            raise schema_fault("the limits in 'within' do not rise", "Write the smaller height first.")
        return self

    def uncertainty(self) -> Uncertainty | None:
        """Return the factor among what differs between members; ``None`` without a slope."""
        if self.slope is None:
            return None
        return Uncertainty(name=slope_name(self.name), **self.slope.model_dump())

    def stretched(self, table: str) -> Slope | None:
        """Return how the table of that verbatim name is stretched; ``None`` without a slope."""
        if self.slope is None or self.through is None:
            return None
        return Slope(table=table, reference=self.through[1], within=self.within)


class KnockOut(Window):
    """What cutting a loop does to an outcome, written down before the run.

    Attributes
    ----------
    loop
        The id of a loop that has a switch.
    outcome
        The id of an outcome; or instead ``variable`` and ``statistic``, with a window of time.
    expect
        How the outcome without the loop lies to the outcome with it.
    first
        What was predicted before the first run, where ``expect`` was changed after it; ``None`` where it stands.
    """

    loop: Identifier
    policy: Identifier = "baseline"
    scenario: Identifier = "normal"
    outcome: Identifier | None = None
    variable: Words | None = None
    statistic: Statistic | None = None
    expect: Literal["higher", "lower", "same"]
    first: Literal["higher", "lower", "same"] | None = None

    @model_validator(mode="after")
    def _changed_its_mind(self) -> Self:
        if self.first == self.expect:
            raise schema_fault(
                "'first' says the same as 'expect'",
                "Remove 'first': it is for a prediction that was changed after the run.",
                evidence=f'expect = "{self.expect}", first = "{self.first}"',
            )
        return self

    @model_validator(mode="after")
    def _measures_one_thing(self) -> Self:
        own = (self.variable, self.statistic)
        windowed = self.begins is not None or self.ends is not None
        if self.outcome is None and None in own:
            raise schema_fault("no outcome is given", "Write 'outcome', or 'variable' and 'statistic'.")
        if self.outcome is not None and (own != (None, None) or windowed):
            raise schema_fault(
                "'outcome' stands beside 'variable', 'statistic', 'begins' or 'ends'",
                "Write the outcome's id alone, or leave it out.",
            )
        return self
