"""What does every experiment say, whatever its kind, and what do several kinds share?"""

from collections.abc import Iterable
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, model_validator

from sdmodels.catalogue.faults import schema_fault
from sdmodels.catalogue.tables import (
    Change,
    Identifier,
    Many,
    Table,
    Text,
    Words,
    exactly_one,
    first_twice,
)

Kind: TypeAlias = Literal["sweep", "ramp", "course", "modes", "shock", "noise", "ranking"]
EVERY = "all"
"""What stands for every experiment on the command line, and is no id."""


class Arm(Table):
    """One side of a comparison: changes under a name.

    Attributes
    ----------
    policy, scenario
        Ids of the manifest; their changes come first, the scenario's before the policy's.
    """

    id: Identifier
    title: Text
    policy: Words | None = None
    scenario: Words | None = None
    changes: Many[Change] = Field(default=(), validation_alias="change")


Arms: TypeAlias = Annotated[tuple[Arm, ...], Field(strict=False, min_length=1)]


class Tip(Table):
    """How far a variable must move between neighbouring values of a grid to count as a tip.

    Attributes
    ----------
    falls
        By more than this amount [unit of the variable], or:
    jumps
        to more than this multiple.
    """

    variable: Words
    falls: float | None = Field(default=None, gt=0)
    jumps: float | None = Field(default=None, gt=1)

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        exactly_one(self.falls, self.jumps, "'falls'", "'jumps'")
        return self


class Proposed(Table):
    """What every experiment says.

    Attributes
    ----------
    note
        What is to be read off, and what is not.
    members
        Runs of each arm and value, unless the caller asks for another number.
    final_time
        In place of the model's own [its unit of time].
    changes
        What holds in every run.
    """

    id: Identifier
    kind: Kind
    title: Text
    question: Text
    note: Text | None = None
    members: int = Field(default=200, ge=1)
    final_time: float | None = None
    changes: Many[Change] = Field(default=(), validation_alias="change")

    @model_validator(mode="after")
    def _leaves_room(self) -> Self:
        if self.id.casefold() == EVERY:
            raise schema_fault(f"an experiment is called '{EVERY}'", "Choose another id; it means every one.")
        return self


def apart(table: str, ids: Iterable[str]) -> None:
    """Do nothing if no two ids of a table mean the same."""
    twice = first_twice(ids)
    if twice is not None:
        raise schema_fault(
            f"id '{twice}' stands twice in [[{table}]]",
            f"Give each [[{table}]] its own id.",
            evidence=f'id = "{twice}"',
        )
