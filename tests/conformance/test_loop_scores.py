"""Are relative loop scores those of Simlin, at every step?

Simlin 0.8.5 prints the score of a step where it ends, as this project does: there is no shift. It leaves loops
inside a SMOOTH out, so that models with one are compared with the smooth as a stock.
"""

import re
from pathlib import Path

import numpy as np
import pytest

from sdmodels.catalogue import load
from sdmodels.engine.trajectories import Floats
from sdmodels.feedback import LoopScores, score_loops

SAMPLES = Path(__file__).parents[3] / "shared" / "conformance" / "samples"
CLOSE = 1e-6

EPIDEMIC = """
Susceptible = INTEG(-Infecting, 9990)
Infected = INTEG(Infecting - Recovering, 10)
Recovered = INTEG(Recovering - Waning, 0)
Infecting = Contacts * Infectivity * Susceptible * Infected / (Susceptible + Infected + Recovered)
Recovering = Infected / 8
Waning = Recovered / 60
Contacts = 6 * (1 - 0.7 * MIN(1, Infected / 1500))
Infectivity = 0.08
"""
MARKET = """
Inventory = INTEG(Production - Shipments, 900)
Capacity = INTEG(Investing - Capacity / 30, 100)
Production = Capacity * Utilisation
Utilisation = IF THEN ELSE(Cover > 12, 0.6, 1)
Cover = Inventory / Shipments
Price = MAX(2, 10 * EXP(-0.05 * (Cover - 9)))
Expected Price = INTEG((Price - Expected Price) / 8, 10)
Investing = Capacity / 30 * (Expected Price / 10) ^ 2
Shipments = 100 * (10 / Expected Price) ^ 0.4
"""
STOCK_OF_ITS_OWN = """
Level = INTEG(Inflow - Level / 4, 30)
Inflow = WITH LOOKUP(Level / 10, ([(0,0)-(10,10)], (0,1), (2,4), (5,9), (10,3)))
"""

DELAYED = """
Stock Of Goods = INTEG(Arriving - Selling, 80)
Arriving = DELAY3(Ordering, 6)
Selling = 10 + STEP(4, 5) + 0.02 * Stock Of Goods
Ordering = MAX(0, Expected Sales + (100 - Stock Of Goods) / 5)
Expected Sales = SMOOTH(Selling, 4)
"""


def of_sample(path: str) -> Path:
    found = SAMPLES / path
    if not found.is_file():
        pytest.skip(f"{found} is not there: the shared folder is missing")
    return found


def key(name: str) -> str:
    return name.strip('"').lower().replace(" ", "_").replace('"', "").split(".")[-1]


def compared(path: Path) -> int:
    """Compare all loops of a model and return how many there are."""
    simlin = pytest.importorskip("simlin")
    theirs = simlin.load(path).run().loops
    found = score_loops(path)
    ours = {frozenset(map(key, loop.variables)): shares(found, loop.id) for loop in found.loops}
    for loop in theirs:
        expected = np.asarray(loop.behavior_time_series)[1:]
        # What Simlin calls the net flow of a stock is in the stock's own equation here.
        names = frozenset(name for name in map(key, loop.variables) if not name.endswith("_net_flow"))
        if names not in ours:
            # A loop that a constant of 0 cuts: it is written, and never closed.
            assert not expected.any(), names
            continue
        np.testing.assert_allclose(ours[names], expected, atol=CLOSE, err_msg=str(sorted(names)))
    assert len(ours) <= len(theirs)
    return len(ours)


def shares(found: LoopScores, loop: str) -> Floats:
    return np.asarray(found.scores["relative_score"].sel(loop=loop).values[0])


@pytest.mark.parametrize(
    ("path", "loops"),
    [
        ("Lotka_Volterra/Lotka_Volterra.mdl", 5),
        ("Workforce/workforce.mdl", 6),
        ("teacup/teacup.mdl", 1),
        ("teacup/teacup.xmile", 1),
    ],
)
def test_samples_have_the_scores_of_simlin(path: str, loops: int) -> None:
    assert compared(of_sample(path)) == loops


def test_a_pendulum_has_the_scores_of_simlin(tmp_path: Path) -> None:
    text = of_sample("pendulum/Single_Pendulum.mdl").read_text(encoding="utf-8")
    # Simlin rounds the save period of 0.1 to 13/128, a multiple of the time step.
    save = re.compile(r"(SAVEPER\s*=\s*)0\.1\b")
    assert save.search(text)
    copied = tmp_path / "pendulum.mdl"
    copied.write_text(save.sub(r"\g<1>0.125", text), encoding="utf-8")
    assert compared(copied) == 2


@pytest.mark.parametrize(
    ("equations", "step", "loops"), [(EPIDEMIC, 0.25, 6), (MARKET, 0.125, 7), (STOCK_OF_ITS_OWN, 0.25, 2)]
)
def test_models_of_other_kinds_have_the_scores_of_simlin(
    write_model: object, equations: str, step: float, loops: int
) -> None:
    assert compared(write_model(equations, final=60, step=step)) == loops  # type: ignore[operator]


@pytest.mark.parametrize(
    "change",
    [
        ("Initial Routine Work Condition = 1\n", "Initial Routine Work Condition = 0.85\n"),
        ("Initial Routine Work Condition = 1\n", "Initial Routine Work Condition = 0.9\n"),
    ],
)
def test_the_pocket_model_has_the_scores_of_simlin(tmp_path: Path, change: tuple[str, str]) -> None:
    text = load("hotline_pocket").path.read_text(encoding="utf-8")
    assert change[0] in text
    copied = tmp_path / "pocket.mdl"
    copied.write_text(text.replace(*change), encoding="utf-8")
    assert compared(copied) == 3


def test_loops_through_delays_have_the_scores_of_simlin(write_model: object) -> None:
    simlin = pytest.importorskip("simlin")
    path = write_model(DELAYED, final=60, step=0.125)  # type: ignore[operator]
    found = score_loops(path)
    scores = found.scores["loop_score"].values[:, 0]
    inside = np.array([len(loop.variables) == 1 for loop in found.loops])
    assert sorted(len(loop.circuits) for loop in found.loops if len(loop.variables) == 1) == [1, 3]
    # Simlin has no loops inside a delay: what is left is shared out anew.
    totals = np.abs(scores[~inside]).sum(axis=0)
    ours = {
        frozenset(map(key, loop.variables)): score / totals
        for loop, score, hidden in zip(found.loops, scores, inside, strict=True)
        if not hidden
    }
    theirs = simlin.load(path).run().loops
    assert len(theirs) == len(ours) == 3
    for loop in theirs:
        names = frozenset(key(name) for name in loop.variables if not name.startswith("$"))
        np.testing.assert_allclose(ours[names], np.asarray(loop.behavior_time_series)[1:], atol=CLOSE)
