"""Which behaviour does a member show along the values of a lever: what shape, by which mechanism?"""

from dataclasses import dataclass
from typing import Final, get_args

import numpy as np
from numpy.typing import NDArray

from sdmodels.catalogue import Mechanism, Shape
from sdmodels.engine.trajectories import Floats

SHAPES: Final[tuple[str, ...]] = get_args(Shape)
MECHANISMS: Final[tuple[str, ...]] = get_args(Mechanism)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerances:
    """What counts as a difference.

    Attributes
    ----------
    effect
        A change of the burden that counts, as a share of the burden at the reference [dimensionless]; five in
        a hundred is about what nobody in a street would notice.
    bound
        Condition below which routine work is no longer sound [dimensionless, 1 is sound].
    drop, jump
        It is a tip if between two neighbouring values of the lever the condition falls by more than ``drop``
        [dimensionless] or the burden is multiplied by more than ``jump`` [dimensionless]. The finer the
        values, the surer a tip is told from a steep slope.
    """

    effect: float = 0.05
    bound: float = 0.9
    drop: float = 0.25
    jump: float = 2.0

    def __post_init__(self) -> None:
        if not (self.effect > 0 and 0 < self.bound < 1 and self.drop > 0 and self.jump > 1):
            raise ValueError(
                f"effect ({self.effect:g}) and drop ({self.drop:g}) must be above 0, "
                f"bound ({self.bound:g}) between 0 and 1, and jump ({self.jump:g}) above 1."
            )

    def scaled(self, factor: float) -> "Tolerances":
        """Return every tolerance times a factor, counted from where nothing happens."""
        return Tolerances(
            effect=self.effect * factor,
            bound=max(1 - (1 - self.bound) * factor, 0.01),
            drop=self.drop * factor,
            jump=1 + (self.jump - 1) * factor,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Classes:
    """The classes of members, and where on the lever it happens.

    Attributes
    ----------
    shape, mechanism
        One of ``SHAPES`` and of ``MECHANISMS``, shape ``(members,)``.
    optimum
        Value with the least burden, of members with an inverted U; not-a-number for the others.
    onset
        Where the condition falls below its bound, on a straight line between the values; not-a-number where it
        never does.
    tip
        Middle of the two values between which it tips; not-a-number where it does not. All three: shape
        ``(members,)`` [unit of the lever].
    """

    shape: NDArray[np.str_]
    mechanism: NDArray[np.str_]
    optimum: Floats
    onset: Floats
    tip: Floats

    def of(self, members: NDArray[np.bool_]) -> "Classes":
        """Return the classes of some of the members."""
        return Classes(
            shape=self.shape[members],
            mechanism=self.mechanism[members],
            optimum=self.optimum[members],
            onset=self.onset[members],
            tip=self.tip[members],
        )


def classify(values: Floats, burden: Floats, condition: Floats, tolerances: Tolerances) -> Classes:
    """Classify members by their curves over the values of a lever.

    Parameters
    ----------
    values
        Of the lever, rising, shape ``(values,)``; the first is the reference [unit of the lever].
    burden
        What is better low, above zero at the reference, shape ``(members, values)`` [any unit].
    condition
        1 is sound, shape ``(members, values)`` [dimensionless].

    Notes
    -----
    With the burden ``r`` relative to that at the reference, and all comparisons by ``effect``: *no effect* if r
    stays at 1; *pure loss* if it is nowhere below and somewhere above; *inverted U* (of effectiveness) if it
    rises again beyond its least value; *loss before gain* if it does not, but rises before; else *pure gain*.
    """
    relative = burden / burden[:, :1]
    shape = _shapes(relative, tolerances.effect)
    jumps = find_jumps(burden, condition, tolerances)
    tips = jumps.any(axis=1)
    sound = (condition >= tolerances.bound).all(axis=1)
    places = (values[:-1] + values[1:]) / 2
    return Classes(
        shape=shape,
        mechanism=np.select([tips, sound], ["tip", "sound"], "graded substitution"),
        optimum=np.where(shape == "inverted U", values[np.argmin(relative, axis=1)], np.nan),
        onset=_first_below(values, condition, tolerances.bound),
        tip=np.where(tips, places[np.argmax(jumps, axis=1)], np.nan),
    )


def find_jumps(burden: Floats, condition: Floats, tolerances: Tolerances) -> NDArray[np.bool_]:
    """Return between which neighbouring values each member jumps, shape ``(members, values - 1)``."""
    return (-np.diff(condition) > tolerances.drop) | (burden[:, 1:] > tolerances.jump * burden[:, :-1])


def _shapes(relative: Floats, effect: float) -> NDArray[np.str_]:
    """Return the shape of each curve, shape ``(members,)``."""
    least = relative.min(axis=1)
    beyond = np.arange(relative.shape[1]) >= np.argmin(relative, axis=1)[:, None]
    rise_beyond = np.where(beyond, relative, -np.inf).max(axis=1) - least
    lowest_so_far = np.minimum.accumulate(relative, axis=1)
    rise_before = np.where(beyond, 0.0, relative - lowest_so_far).max(axis=1)
    better, worse = least < 1 - effect, relative.max(axis=1) > 1 + effect
    return np.select(
        [~better & ~worse, ~better, rise_beyond > effect, rise_before > effect],
        ["no effect", "pure loss", "inverted U", "loss before gain"],
        "pure gain",
    )


def _first_below(values: Floats, condition: Floats, bound: float) -> Floats:
    """Return where each curve first falls below a bound, by straight lines, shape ``(members,)``."""
    below = condition < bound
    after = np.argmax(below, axis=1)
    before = np.maximum(after - 1, 0)
    member = np.arange(len(condition))
    high, low = condition[member, before], condition[member, after]
    share = np.divide(high - bound, high - low, out=np.ones(len(condition)), where=high > low)
    crossing = values[before] + np.clip(share, 0, 1) * (values[after] - values[before])
    return np.where(below.any(axis=1), crossing, np.nan)
