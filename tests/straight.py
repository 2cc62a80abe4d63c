"""A tank whose level is linear in what is unknown, so that its posterior and its evidence have closed forms.

The loss rate is known. Level and inflow have normal priors that are cut beyond 8 standard deviations, which is
nowhere; the depth is measured by nothing.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy import stats
from tank import Pair, change, levels, observable, parameter, write_tank

LOSS = 0.1
TIMES = (1.0, 4.0, 8.0)
MEASURED = (101.0, 84.0, 72.0)
NOISE = 2.0
# Means and standard deviations of the priors of the inflow, of the level at first and of the depth.
MEANS, DEVIATIONS = np.array([4.0, 100.0, 2.0]), np.array([0.5, 10.0, 0.125])
NAMES = ("supply", "filled", "depth")
_STRAIGHT: tuple[Pair, ...] = (
    (
        'id = "loss"\nname = "Loss Rate"\nminimum = 0.02\nmaximum = 0.5\nunit = "1/Day"',
        'id = "supply"\nname = "Supply"\nminimum = 0\nmaximum = 8\nunit = "litre/Day"\n'
        'prior = { distribution = "normal", mean = 4, sd = 0.5 }',
    ),
    (
        "minimum = 50\nmaximum = 200",
        'minimum = 20\nmaximum = 180\nprior = { distribution = "normal", mean = 100, sd = 10 }',
    ),
)
_DEPTH = parameter(
    "depth", 1, 3, name="Depth", unit="Dmnl", more='prior = { distribution = "normal", mean = 2, sd = 0.125 }'
)
_EFFORT = "[effort]\nstarts = {starts}\npopulations = {populations}\nwalkers = {walkers}\nseed = 3\n"
ROWS = tuple(
    f"water,{time:g},{level:g},normal,{NOISE:g},made up," for time, level in zip(TIMES, MEASURED, strict=True)
)


def write_straight(
    folder: Path,
    *changed: Pair,
    rows: Sequence[str] = ROWS,
    added: str = "",
    starts: int = 4,
    populations: int = 4,
    walkers: int = 512,
) -> Path:
    """Write the case, with texts of it replaced and others behind it."""
    effort = _EFFORT.format(starts=starts, populations=populations, walkers=walkers)
    return write_tank(folder, (*_STRAIGHT, *changed), rows, _DEPTH + added + effort)


def design(times: Sequence[float] = TIMES) -> np.ndarray:
    """Return how levels at times depend on inflow, level at first and depth, shape ``(times, 3)``."""
    return np.array([levels(LOSS, 0.0, times, 1.0), levels(LOSS, 1.0, times), np.zeros(len(times))]).T


def posterior(measured: Sequence[float] = MEASURED, noise: float = NOISE) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and covariance of the scores after the data."""
    by_score = design() * DEVIATIONS
    covariance = np.linalg.inv(np.eye(3) + by_score.T @ by_score / noise**2)
    residuals = np.array(measured) - design() @ MEANS
    return covariance @ by_score.T @ residuals / noise**2, covariance


def log_evidence(measured: Sequence[float] = MEASURED, noise: float = NOISE) -> float:
    """Return the logarithm of the density of the data before they are known."""
    by_score = design() * DEVIATIONS
    spread = by_score @ by_score.T + noise**2 * np.eye(len(measured))
    return float(stats.multivariate_normal.logpdf(measured, design() @ MEANS, spread))


_WHOLE = """
[growth]
observable = "rise"
window = "2019-01-05/2019-01-09"
[[growth.cause]]
id = "larger"
title = { en = "Larger unit", zh = "单位变大" }
[[growth.cause]]
id = "fed"
title = { en = "Inflow", zh = "流入" }
cut = [{ name = "Supply", value = 0 }]

[[prediction.variable]]
observable = "fed"
each = "year"
[[prediction.variable]]
observable = "water"
each = "year's end"
[[prediction.scenario]]
id = "same"
title = { en = "As it is", zh = "不变" }
meaning = { en = "Nothing changes", zh = "一切不变" }
[[prediction.scenario]]
id = "later"
title = { en = "Another inflow", zh = "流入改变" }
meaning = { en = "Another inflow from 2020 on", zh = "2020年起流入改变" }
[[prediction.scenario.change]]
name = "Supply"
value = "later"
begins = "2020-01-01"
source = "made up"
"""


def write_whole(folder: Path, *changed: Pair, **effort: int) -> Path:
    """Write the case with a calendar, a growth of two causes, a parameter of predictions alone, and two scenarios.

    What is measured, and when, is the same, so that the posterior is.
    """
    added = (
        observable("rise", "Level * One Litre", "growth", "")
        + observable("fed", "Supply", "total", "litre")
        + parameter("later", 1, 3, unit="litre/Day")
        + change("One Litre", value=2.0, begins="2019-01-05", cause="larger")
        + _WHOLE
    )
    dates = [f"2019-01-{1 + int(time):02d}" for time in TIMES]
    rows = [
        row.replace(f",{time:g},", f",{date},", 1) for row, time, date in zip(ROWS, TIMES, dates, strict=True)
    ]
    dated = ('model = "tank.mdl"', 'model = "tank.mdl"\nstarts = "2019-01-01"')
    return write_straight(folder, dated, *changed, rows=rows, added=added, **effort)
