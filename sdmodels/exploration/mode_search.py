"""What is asked when the behaviour of a model is sought over its parameter space?"""

from dataclasses import dataclass, field

from sdmodels.catalogue import Given, Scenario, Uncertainty
from sdmodels.experiment.sampling import Sampling
from sdmodels.exploration.classes import Tolerances


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeSearch:
    """A sample of the parameter space, each member run at every value of a lever.

    Attributes
    ----------
    lever, values
        A constant and its values, rising; the first is the reference [unit of the lever].
    begins
        When the lever jumps to the value; ``None`` for before the run [the model's unit of time].
    burden, condition
        What is better low, and what is 1 while sound; both as means over the last ``window`` of the run.
    horizon
        Final time of the runs; the model's own if ``None`` [the model's unit of time]. Near a tip a run takes
        very long, so after a short one a tip looks like a steep slope, and the more so the finer the values.
    window
        Length of the window [the model's unit of time].
    members, seed, sampling
        Of the sample over all uncertainties of the manifest; a power of two is best.
    further
        Ranges of more constants, such as other levers.
    features
        Variables whose initial value may tell the classes, beside the constants that are drawn, such as the
        spare share of hours.
    given
        What is known of the initial values at the reference: the shares of the draws that meet it all stand beside
        those of all draws.
    closer
        Into how many parts the step of a tip is cut, to see whether a jump remains in one of them; 1 for none.
    interest
        Classes of which it is asked which parameters decide.
    """

    lever: str
    values: tuple[float, ...]
    burden: str
    condition: str
    begins: float | None = None
    horizon: float | None = None
    window: float = 52.0
    members: int = 16_384
    seed: int = 0
    sampling: Sampling = "sobol"
    scenario: str | Scenario = "normal"
    further: tuple[Uncertainty, ...] = ()
    features: tuple[str, ...] = ()
    given: tuple[Given, ...] = ()
    closer: int = 8
    interest: tuple[str, ...] = ("inverted U", "tip")
    tolerances: Tolerances = field(default_factory=Tolerances)

    def __post_init__(self) -> None:
        if self.closer < 1:
            raise ValueError(f"closer is {self.closer}; it must be 1 or more.")

    @property
    def initial(self) -> tuple[str, ...]:
        """The variables whose initial value is read."""
        return tuple(dict.fromkeys([*self.features, *(each.variable for each in self.given)]))
