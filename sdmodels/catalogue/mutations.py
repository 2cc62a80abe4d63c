"""What may a ``mutations.toml`` say: which mistakes, put into a model, its checks must notice?"""

from typing import Annotated, Self

from pydantic import Field, model_validator

from sdmodels.catalogue.faults import schema_fault
from sdmodels.catalogue.tables import Identifier, Table, Text, Words, first_twice


class Mutation(Table):
    """One mistake: a text in the definition of one variable, and what stands there instead.

    Attributes
    ----------
    variable
        Whose definition is changed: equation, initial value, unit or documentation.
    find, replace
        What stands there exactly once, and what takes its place; blanks around them do not count.
    """

    id: Identifier
    title: Text
    variable: Words
    find: Words
    replace: str

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if self.find == self.replace:
            raise schema_fault("'find' and 'replace' are the same", "Write a mistake that one could make.")
        return self


class Mutations(Table):
    """The mistakes of one model.

    Attributes
    ----------
    least
        How many of them the checks must notice.
    """

    least: Annotated[int, Field(ge=0)]
    mutations: Annotated[tuple[Mutation, ...], Field(strict=False, min_length=1)] = Field(
        validation_alias="mutation"
    )

    @model_validator(mode="after")
    def _can_be_noticed(self) -> Self:
        twice = first_twice(mutation.id for mutation in self.mutations)
        if twice is not None:
            raise schema_fault(
                f"id '{twice}' stands twice in [[mutation]]",
                "Give each [[mutation]] its own id.",
                evidence=f'id = "{twice}"',
            )
        if self.least > len(self.mutations):
            raise schema_fault(
                "'least' is above the number of mutations",
                "Lower it, or write more of them.",
                evidence=f"least = {self.least}, {len(self.mutations)} mutations",
            )
        return self
