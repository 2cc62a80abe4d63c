"""What is a tip between neighbouring values of a lever?"""

import math

import numpy as np
from numpy.typing import NDArray

from sdmodels.catalogue import Entry, Text, Tip
from sdmodels.exploration.findings import Floats


def moved(tip: Tip, before: Floats, after: Floats) -> NDArray[np.bool_]:
    """Return whether the second state is as far from the first as a tip asks for, in their shape."""
    if tip.falls is not None:
        return np.asarray(before - after > tip.falls)
    return np.asarray((after > (tip.jumps or math.inf) * before) & (before > 0))


def tip_title(entry: Entry, tip: Tip) -> Text:
    """Return what a tip is, in words."""
    name = entry.named(tip.variable)
    if tip.falls is not None:
        return Text(
            en=f"'{name.en}' falls by more than {tip.falls:g} in one step of the grid",
            zh=f"“{name.zh}”在一格之内下降超过 {tip.falls:g}",
        )
    return Text(
        en=f"'{name.en}' jumps to more than {tip.jumps:g} times in one step of the grid",
        zh=f"“{name.zh}”在一格之内跃升至 {tip.jumps:g} 倍以上",
    )
