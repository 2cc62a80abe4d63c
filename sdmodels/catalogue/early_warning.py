"""What may an experiment say that disturbs a system, and asks whether it announces its tip?"""

from typing import Literal, Self

from pydantic import Field, model_validator

from sdmodels.catalogue.faults import schema_fault
from sdmodels.catalogue.proposed import Proposed, Tip
from sdmodels.catalogue.searches import Grid
from sdmodels.catalogue.tables import Table, Words
from sdmodels.structure.names import key_of


class Noise(Table):
    """Pink noise on a constant: a factor of mean 1 on whatever value the constant has, never below 0.

    Attributes
    ----------
    deviation
        Standard deviation of the factor [dimensionless].
    correlation
        Time constant of its autocorrelation [unit of time].
    settle
        How long before the window the disturbance begins [unit of time].
    """

    constant: Words
    deviation: float = Field(gt=0)
    correlation: float = Field(gt=0)
    settle: float = Field(ge=0)


class NoiseTest(Proposed, Grid):
    """Do the fluctuations of a variable rise before the system tips?

    Attributes
    ----------
    variable
        Whose fluctuations are watched.
    window
        The last part of the run, over which they are measured [unit of time].
    lag
        Of the autocorrelation [unit of time].
    scenario
        An id of the manifest; the disturbance acts on top of it.
    tip
        What counts as a tip between neighbouring values, without the disturbance.
    """

    kind: Literal["noise"]
    members: int = Field(default=256, ge=1)
    variable: Words
    window: float = Field(gt=0)
    lag: float = Field(default=4.0, gt=0)
    scenario: Words = "normal"
    noise: Noise
    tip: Tip

    @model_validator(mode="after")
    def _watches_an_answer(self) -> Self:
        if key_of(self.variable) == key_of(self.noise.constant):
            raise schema_fault(
                f"'{self.variable}' is both watched and disturbed",
                "Watch a variable that answers to the disturbance.",
            )
        if self.window < 4 * self.lag:
            raise schema_fault(
                "'window' is shorter than four times 'lag'",
                "Write a longer 'window' or a shorter 'lag'.",
                evidence=f"window = {self.window:g}, lag = {self.lag:g}",
            )
        return self
