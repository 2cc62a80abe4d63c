"""What may an experiment over the plausible parameter space say about a lever: modes, shocks?"""

from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, model_validator

from sdmodels.catalogue.conditions import Given
from sdmodels.catalogue.faults import schema_fault
from sdmodels.catalogue.proposed import Proposed
from sdmodels.catalogue.tables import Many, Table, Uncertainty, Words, first_twice
from sdmodels.structure.names import key_of

Shape: TypeAlias = Literal["pure gain", "inverted U", "pure loss", "loss before gain", "no effect"]
Mechanism: TypeAlias = Literal["sound", "graded substitution", "tip"]
Behaviour: TypeAlias = Literal[Shape, Mechanism]


class Grid(Table):
    """A lever and its values: evenly between two ends, or a list.

    Attributes
    ----------
    minimum, maximum, steps
        This many values, evenly, both ends among them [unit of the lever]; or:
    values
        a list, rising. The first value is the reference.
    begins
        When the lever jumps from its own value to the grid's; ``None`` for before the run.
    """

    lever: Words
    minimum: float | None = None
    maximum: float | None = None
    steps: int | None = Field(default=None, ge=2)
    values: Many[float] = ()
    begins: float | None = None

    @model_validator(mode="after")
    def _says_one_grid(self) -> Self:
        given = [self.minimum, self.maximum, self.steps]
        if self.values and given != [None] * 3:
            raise schema_fault(
                "both 'values' and 'minimum', 'maximum' or 'steps' are given", "Write one of the two."
            )
        if not self.values and None in given:
            raise schema_fault(
                "neither 'values' nor all of 'minimum', 'maximum' and 'steps' are given",
                "Write values = [0.1, 0.2, ...], or the two ends and the number of steps.",
            )
        if self.values and not _rise(self.values):
            raise schema_fault("'values' are not two or more that rise", "Write the smallest value first.")
        if self.minimum is not None and self.maximum is not None and self.minimum >= self.maximum:
            raise schema_fault("'maximum' is not above 'minimum'", "Write the smaller number as 'minimum'.")
        return self

    @property
    def grid(self) -> tuple[float, ...]:
        """The values of the lever, rising [its unit]."""
        if self.minimum is None or self.maximum is None or self.steps is None:
            return self.values
        step = (self.maximum - self.minimum) / (self.steps - 1)
        # Twelve digits: 0.1 + 2 * 0.1 is meant to be 0.3.
        inner = (float(f"{self.minimum + number * step:.12g}") for number in range(1, self.steps - 1))
        return (self.minimum, *inner, self.maximum)


def _rise(numbers: tuple[float, ...]) -> bool:
    return len(numbers) > 1 and list(numbers) == sorted(set(numbers))


class ModeTolerances(Table):
    """What counts as a difference between modes.

    Attributes
    ----------
    effect
        A change of the burden that counts, as a share of the burden at the reference.
    bound
        Condition below which it is no longer sound.
    drop, jump
        A tip: between two neighbouring values the condition falls by more than ``drop``, or the burden is
        multiplied by more than ``jump``. All are dimensionless.
    """

    effect: float = Field(default=0.05, gt=0)
    bound: float = Field(default=0.9, gt=0, lt=1)
    drop: float = Field(default=0.25, gt=0)
    jump: float = Field(default=2.0, gt=1)


class ModeMap(Proposed, Grid):
    """Which behaviour does the model have where in its parameter space, and what decides it?

    Attributes
    ----------
    burden, condition
        What is better low, and what is 1 while sound; both as means over the last ``window`` of the run.
    scenario
        An id of the manifest.
    uncertainties
        Ranges of more constants, beside those of the manifest.
    given
        What is known of the start of the runs: the shares are told for the draws that meet it all, too.
    features
        Variables whose initial value may tell the classes.
    closer
        Into how many parts the step of a tip is cut, to see whether a jump remains; 1 for none.
    interest
        Classes of which it is asked which parameters decide.
    """

    kind: Literal["modes"]
    members: int = Field(default=16_384, ge=1)
    burden: Words
    condition: Words
    scenario: Words = "normal"
    window: float = Field(default=52.0, gt=0)
    features: Many[Words] = ()
    uncertainties: Many[Uncertainty] = Field(default=(), validation_alias="uncertainty")
    given: Many[Given] = ()
    closer: int = Field(default=8, ge=1)
    interest: Annotated[tuple[Behaviour, ...], Field(strict=False, min_length=1)] = (
        "inverted U",
        "tip",
    )
    tolerance: ModeTolerances = ModeTolerances()

    @model_validator(mode="after")
    def _tells_apart(self) -> Self:
        twice = first_twice([each.name for each in self.uncertainties])
        if twice is not None:
            raise schema_fault(f"[[uncertainty]] '{twice}' stands twice", "Give each constant one range.")
        if any(key_of(each.name) == key_of(self.lever) for each in self.uncertainties):
            raise schema_fault(
                f"'{self.lever}' is both the lever and an [[uncertainty]]", "Leave it out of the ranges."
            )
        twice = first_twice([each.variable for each in self.given])
        if twice is not None:
            raise schema_fault(
                f"[[given]] '{twice}' stands twice", "Give each variable one minimum and maximum."
            )
        return self


class Shock(Table):
    """A constant that is multiplied for a while.

    Attributes
    ----------
    sizes
        By how much, rising, above 1.
    begins, lasts
        When the shock comes, after the lever's jump has settled, and for how long [unit of time].
    """

    constant: Words
    sizes: Annotated[tuple[float, ...], Field(strict=False, min_length=1)]
    begins: float
    lasts: float = Field(default=8.0, gt=0)

    @model_validator(mode="after")
    def _rises(self) -> Self:
        if not _rise((1.0, *self.sizes)):
            raise schema_fault(
                "'sizes' do not rise from above 1", "Write multiples of the constant, the smallest first."
            )
        return self


class ShockTest(Proposed, Grid):
    """How big a shock does the system stand, and how long does it take to recover?

    Attributes
    ----------
    burden, condition
        What is better low, and what is 1 while sound.
    tolerance
        A member recovers if its condition at the end is nearer than this to that of its run without the shock...
    bound
        ... and if that run is sound, which is a condition of at least this.
    near
        The burden is back where it stays within this share of the run without the shock. All dimensionless.
    """

    kind: Literal["shock"]
    members: int = Field(default=256, ge=1)
    burden: Words
    condition: Words
    scenario: Words = "normal"
    shock: Shock
    tolerance: float = Field(default=0.05, gt=0)
    bound: float = Field(default=0.9, gt=0, le=1)
    near: float = Field(default=0.05, gt=0)

    @model_validator(mode="after")
    def _shocks_another(self) -> Self:
        if key_of(self.shock.constant) == key_of(self.lever):
            raise schema_fault(
                f"'{self.lever}' is both the lever and what the shock multiplies",
                "Choose another constant for the shock; the lever would undo it.",
            )
        if self.begins is not None and self.begins > self.shock.begins:
            raise schema_fault(
                "the shock comes before the lever's jump",
                "Let the shock begin later: it is the system after the jump that is tested.",
                evidence=f"begins = {self.begins:g}, the shock at {self.shock.begins:g}",
            )
        return self
