"""Are gains the slopes of the equations, at kinks too?"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sdmodels.feedback.link_gains import link_gains, value_at_ends
from sdmodels.feedback.one_run import one_run

WriteModel = Callable[..., Path]

SMOOTH_EVERYWHERE = """
x = INTEG(a - b, 3)
a = x * y / (x + y) + EXP(-y) + y ^ 1.7
b = LN(1 + x) * SQRT(y) + z * WITH LOOKUP(x, ([(0,0)-(10,10)], (0,1), (2.9,4), (9,10)))
y = INTEG(0.01 * b, 2)
z = SMOOTH3(x * SIN(y), 4)
"""
ALLOCATED = """
branch: Boston, Dayton ~ ~ |
profile: ptype, ppriority, pwidth, pextra ~ ~ |
Base[branch] = 5, 3 ~ ~ |
Want[branch] = Base[branch] + Held[branch] ~ ~ |
Rule[branch, profile] = 3, 4, 2, 0; 3, 5, 2, 0; ~ ~ |
Got[branch] = ALLOCATE AVAILABLE(Want[branch], Rule[branch, ptype], 6) ~ ~ |
Held[branch] = INTEG(0.1 * Got[branch] - 0.05 * Held[branch], 1) ~ ~ |
"""


@pytest.mark.parametrize(
    ("text", "within"),
    [
        (SMOOTH_EVERYWHERE, 1e-7),
        (ALLOCATED, 1e-5),
    ],  # a price is found by halving, within 1e-12 or so of its range
    ids=["formulas", "a price"],
)
def test_gains_are_central_differences(write_model: WriteModel, text: str, within: float) -> None:
    run = one_run(write_model(text, final=5, step=0.25), times=4)
    links = run.graph.links
    gains = link_gains(run.graph, links, run.ends)
    assert gains.shape == (len(links), 4, 1)
    for (source, target), gain in zip(links, gains, strict=True):
        moved = []
        for sign in (1, -1):
            value = run.ends.after[source] + sign * 1e-5
            ends = replace(run.ends, after={**run.ends.after, source: value})
            moved.append(value_at_ends(run.graph.equations[target], ends))
        expected = np.broadcast_to((moved[0] - moved[1]) / 2e-5, gain.shape)
        assert gain == pytest.approx(expected, rel=within, abs=within), (source, target)


@pytest.mark.parametrize(
    ("net_flow", "gain"),
    [
        # At kinks that of the side which the evaluators choose.
        ("MIN(x, 4)", 0.0),
        ("MAX(4, x)", 1.0),
        ("ABS(x - 4)", 1.0),
        ("IF THEN ELSE(x > 3, 2 * x, 5 * x)", 2.0),
        ("WITH LOOKUP(x, ([(0,0)-(9,9)], (0,0), (4,1), (8,9)))", 2.0),
        # Where a slope is not finite there is no gain.
        ("SQRT(x - 4)", 0.0),
        ("INTEGER(x / 3)", 0.0),
    ],
)
def test_kinks_and_jumps_have_the_slope_of_one_side(
    write_model: WriteModel, net_flow: str, gain: float
) -> None:
    run = one_run(
        write_model(f"x = INTEG(0 * ({net_flow}), 4)\nseen = {net_flow}\ny = INTEG(seen + y + x, 1)")
    )
    found = link_gains(run.graph, [("x", "seen")], run.ends)
    assert found[:, 0, 0] == pytest.approx([gain])
