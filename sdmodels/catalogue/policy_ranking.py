"""What may an experiment that ranks policies say?"""

from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, model_validator

from sdmodels.catalogue.faults import schema_fault
from sdmodels.catalogue.proposed import Proposed, apart
from sdmodels.catalogue.tables import Identifier, Many, Table, Text, Words, first_twice
from sdmodels.structure.names import key_of

Names: TypeAlias = Annotated[tuple[Words, ...], Field(strict=False, min_length=1)]


class Choice(Table):
    """A policy of the manifest, or several at once, that is ranked.

    Attributes
    ----------
    id, title
        Of a combination; made from those of its policies if not given.
    group
        Id of a ``[[experiment.group]]``.
    """

    policies: Names
    id: Identifier | None = None
    title: Text | None = None
    group: Words | None = None

    @property
    def known_as(self) -> str:
        """Its id, or that of its policies."""
        return "_and_".join(self.policies) if self.id is None else self.id


class Group(Table):
    """What a reader calls a group of policies."""

    id: Identifier
    title: Text


class PolicyRanking(Proposed):
    """Which policy is best, how surely, and at what regret?

    Attributes
    ----------
    candidates
        What is compared; the baseline must be among them.
    outcomes
        Ids of the manifest, better low or high; the first is drawn.
    scenarios
        Ids of the manifest; each member is run under every one.
    baseline
        Id of the candidate that the others are measured against.
    holds
        Share of draws in which an order must hold to be said to hold.
    alike
        Differences of at most this share of the baseline's median do not count.
    """

    kind: Literal["ranking"]
    members: int = Field(default=1024, ge=1)
    candidates: Annotated[tuple[Choice, ...], Field(strict=False, min_length=2)] = Field(
        validation_alias="candidate"
    )
    groups: Many[Group] = Field(default=(), validation_alias="group")
    outcomes: Names
    scenarios: Names = ("normal",)
    baseline: Words = "baseline"
    holds: float = Field(default=0.8, gt=0.5, le=1)
    alike: float = Field(default=0.001, ge=0)

    @model_validator(mode="after")
    def _compares(self) -> Self:
        ids = [choice.known_as for choice in self.candidates]
        apart("candidate", ids)
        apart("group", [group.id for group in self.groups])
        if key_of(self.baseline) not in map(key_of, ids):
            raise schema_fault(
                f"no [[candidate]] is the baseline '{self.baseline}'",
                f'Add one with policies = ["{self.baseline}"], or name another as baseline = "...".',
                evidence=f"candidates: {', '.join(ids)}",
            )
        known = [group.id for group in self.groups]
        for choice in self.candidates:
            if choice.group is not None and choice.group not in known:
                raise schema_fault(
                    f"group '{choice.group}' has no [[group]]",
                    'Write one with id = "..." and title = { en = "...", zh = "..." }.',
                    evidence=f'group = "{choice.group}"',
                )
        for key, named in (("outcomes", self.outcomes), ("scenarios", self.scenarios)):
            twice = first_twice(named)
            if twice is not None:
                raise schema_fault(f"'{twice}' stands twice in '{key}'", "Name each once.")
        return self
