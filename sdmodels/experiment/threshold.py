"""At which value of a constant does a model's behaviour switch?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from sdmodels.errors import SimulationError
from sdmodels.experiment.request import ModelLike, as_entry
from sdmodels.experiment.simulation import simulate


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """The two neighbouring values between which the behaviour switches [unit of the constant]."""

    below: float
    above: float

    @property
    def value(self) -> float:
        """The middle of the two."""
        return (self.below + self.above) / 2


def find_threshold(
    model: ModelLike,
    constant: str,
    *,
    between: tuple[float, float],
    switched: Callable[[xr.Dataset], NDArray[np.bool_]],
    settings: Mapping[str, float] | None = None,
    outputs: list[str] | None = None,
    tolerance: float = 1e-6,
    members: int = 256,
) -> Threshold:
    """Find where ``switched`` turns, by ensembles over ever narrower ranges.

    Parameters
    ----------
    between
        Values of the constant, the lower first; the behaviour must differ between them [its unit].
    switched
        Says for each member of a behaviour whether it has switched, shape ``(members,)``.
    tolerance
        How far apart the two values of the answer may be [unit of the constant].
    members
        Runs an ensemble.

    Raises
    ------
    SimulationError
        If the behaviour is the same at both ends, or switches more than once in between.
    """
    entry = as_entry(model)
    low, high = between
    while True:
        values = np.linspace(low, high, members)
        behaviour = simulate(entry, {**(settings or {}), constant: values}, outputs=outputs)
        turned = np.flatnonzero(np.diff(switched(behaviour).astype(int)))
        if turned.size != 1:
            raise SimulationError(
                f"The behaviour switches {turned.size} times between {constant} = {low:g} and {high:g}.\n"
                "    A threshold is one switch.\n"
                "Choose a range with the switch inside it, or a switch that happens once."
            )
        low, high = float(values[turned[0]]), float(values[turned[0] + 1])
        if high - low <= tolerance:
            return Threshold(below=low, above=high)
