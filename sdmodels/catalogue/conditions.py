"""What may an experiment take for known of the start of a run?"""

from typing import Self

from pydantic import model_validator

from sdmodels.catalogue.faults import schema_fault
from sdmodels.catalogue.tables import Table, Text, Words


class Given(Table):
    """Between which numbers a variable lies at the start of a run, before a lever moves.

    Attributes
    ----------
    minimum, maximum
        Both count as met; one of them may be missing [unit of the variable].
    title
        What is known, to stand after the word "given": "120 to 160 orders a week".
    """

    variable: Words
    minimum: float | None = None
    maximum: float | None = None
    title: Text

    @model_validator(mode="after")
    def _bounds_something(self) -> Self:
        if self.minimum is None and self.maximum is None:
            raise schema_fault("neither 'minimum' nor 'maximum' is given", "Write one of the two, or both.")
        if self.minimum is not None and self.maximum is not None and self.minimum >= self.maximum:
            raise schema_fault("'maximum' is not above 'minimum'", "Write the smaller number as 'minimum'.")
        return self
