"""How do the loops of a model become files?"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from sdmodels.feedback import LoopScores
from sdmodels.feedback.knock_outs import KnockOuts
from sdmodels.report.files import write_rows

QUANTILES = (0.05, 0.5, 0.95)


def write_loops(found: LoopScores, cuts: KnockOuts | None, path: Path) -> Path:
    """Write a row for each loop: what it is, its shares, and what cutting it does; shares are from 0 to 1."""
    effects = {} if cuts is None else cuts.medians
    header = [
        "loop",
        "title",
        "title_zh",
        "named",
        "polarity",
        "mean_share",
        "largest_mean_share",
        "mean_share_through_cut",
        "effect_of_cut",
        "switch",
        "variables",
    ]
    rows = []
    for loop in found.loops:
        share = found.share(loop.id)
        through = float(found.reach.sel(loop=loop.id))
        rows.append(
            [
                loop.id,
                loop.title.en,
                loop.title.zh,
                int(loop.named),
                loop.polarity,
                float(found.importance.sel(loop=loop.id)),
                float(share.mean("member").max()),
                _cell(through),
                _cell(effects.get(loop.id, np.nan)),
                loop.switch or "",
                " -> ".join(loop.variables),
            ]
        )
    return write_rows(path, header, rows, chinese=True)


def _cell(value: float) -> float | str:
    return "" if np.isnan(value) else float(value)


def write_scores(found: LoopScores, path: Path) -> Path:
    """Write relative scores and shares through cuts, their quantiles over members: a row a loop and time."""
    header = [
        "loop",
        "Time",
        *(f"{name}_{q:g}" for name in ("relative_score", "cut_share") for q in QUANTILES),
    ]
    times = found.scores["time"].values

    def rows() -> Iterator[list[object]]:
        for loop in found.loops:
            both = []
            for name in ("relative_score", "cut_share"):
                values = found.scores[name].sel(loop=loop.id).values
                fine = values[np.isfinite(values).all(axis=1)]
                shape = len(QUANTILES), times.size
                both.append(np.quantile(fine, QUANTILES, axis=0) if fine.size else np.full(shape, np.nan))
            for place, time in enumerate(times):
                numbers = [values[row, place] for values in both for row in range(len(QUANTILES))]
                yield [loop.id, float(time), *map(_cell, numbers)]

    return write_rows(path, header, rows())
