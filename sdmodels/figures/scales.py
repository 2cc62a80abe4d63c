"""From where to where does an axis run, and how are its numbers written?"""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import Formatter, LogLocator, MaxNLocator, NullLocator

from sdmodels.figures.members import Floats

_STEADY: Final = 1e-6
"""A series that varies less than this, relative to its size, is drawn as constant."""
_INVISIBLE: Final = 0.1
"""A variation of less than this, relative to the size, is hard to see on an axis that starts at zero."""
_MARGIN: Final = 0.05
_WIDE: Final = 8.0
"""Between the largest and the smallest of values above zero: more, and an axis from zero hides the small ones."""


def limits(values: Floats, *, from_zero: bool = True) -> tuple[float, float]:
    """Return the ends of an axis.

    Parameters
    ----------
    values
        Everything drawn along the axis, any shape [unit of the axis].
    from_zero
        Start at zero when no value has the other sign, unless the variation would be invisible then.
    """
    finite = values[np.isfinite(values)]
    if not finite.size or not finite.any():
        return 0.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    span, size = high - low, max(abs(low), abs(high))
    margin = _MARGIN * span
    if span <= _STEADY * size or (from_zero and span >= _INVISIBLE * size):
        low, high = min(low, 0.0), max(high, 0.0)
        margin = _MARGIN * (high - low)
    # The margin does not reach beyond a zero that no value crosses.
    return 0.0 if 0 <= low <= margin else low - margin, 0.0 if 0 >= high >= -margin else high + margin


def exponent_of(ends: tuple[float, float]) -> int:
    """Return the power of ten in which an axis counts: 0 for sizes that read well, else a multiple of 3."""
    size = max(abs(end) for end in ends)
    return 0 if 1e-2 <= size < 1e6 else 3 * math.floor(math.log10(size) / 3)


class PlainNumbers(Formatter):
    """Writes tick labels as plain numbers: no offset, no exponent, as many decimals as the ticks need.

    Parameters
    ----------
    exponent
        The axis counts in this power of ten.
    separator
        Between thousands: ``","``, or nothing for years.
    """

    def __init__(self, *, exponent: int = 0, separator: str = ",") -> None:
        self.exponent = exponent
        self.separator = separator

    def __call__(self, x: float, pos: int | None = None) -> str:  # noqa: ARG002
        """Return the label of a lone tick at ``x``."""
        return self.format_ticks([x])[0]

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        """Return the labels of all ticks of an axis, with as many decimals as the closest of them need."""
        numbers = np.asarray(values, dtype=float) / 10.0**self.exponent
        decimals = _decimals(numbers)
        return [self._plain(f"{number:,.{decimals}f}") for number in numbers]

    def _plain(self, number: str) -> str:
        number = number if number.strip("-0.,") else number.removeprefix("-")
        return number.replace("-", "\N{MINUS SIGN}").replace(",", self.separator)


def _decimals(ticks: Floats) -> int:
    if not ticks.size:
        return 0
    step = float(np.ptp(ticks)) / max(len(ticks) - 1, 1) or float(np.abs(ticks).max()) or 1.0
    needed = (n for n in range(10) if np.allclose(np.round(ticks, n), ticks, rtol=0, atol=1e-3 * step))
    return next(needed, 10)


def count_plainly(axis: Axis, *, exponent: int = 0, separator: str = ",", ticks: int = 6) -> None:
    """Give an axis a few round ticks with plain numbers."""
    axis.set_major_locator(MaxNLocator(nbins=ticks, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(PlainNumbers(exponent=exponent, separator=separator))


def fit_values(panel: Axes, values: Floats) -> int:
    """Let the vertical axis hold all ``values``, and return the power of ten that it counts in.

    Values above zero that span more than a factor of eight get a logarithmic axis: one branch that runs away
    would press all others to the floor.
    """
    finite = values[np.isfinite(values)]
    if finite.size and finite.min() > 0 and finite.max() > _WIDE * finite.min():
        low, high = float(finite.min()), float(finite.max())
        room = (high / low) ** _MARGIN
        exponent = exponent_of((low, high))
        panel.set_yscale("log")
        panel.set_ylim(low / room, high * room)
        panel.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        panel.yaxis.set_minor_locator(NullLocator())
        panel.yaxis.set_major_formatter(PlainNumbers(exponent=exponent))
        return exponent
    ends = limits(values)
    exponent = exponent_of(ends)
    panel.set_ylim(*ends)
    count_plainly(panel.yaxis, exponent=exponent)
    return exponent
