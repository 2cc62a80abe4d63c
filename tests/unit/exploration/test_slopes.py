"""Slopes of tables in explorations: drawn, decisive and ranked like constants."""

from pathlib import Path

import numpy as np
import pytest
import street
from street import MORE, SEARCHES, TEXTS, write_street

from sdmodels.catalogue import Entry
from sdmodels.exploration import run_experiment
from sdmodels.exploration.result import ExperimentResult
from sdmodels.report.experiments import sentences_of, tables_of

K = "Strain (slope)"
TABLE = """
[[table]]
name = "Strain"
shape = "rising"
through = [0, 0]
slope = { minimum = 0.5, maximum = 1.5, source = "assumption" }
"""
SWEEP = f"""
[[experiment]]
id = "along"
kind = "sweep"
{TEXTS}members = 20
lever = "Lever"
minimum = 0
maximum = 1
steps = 5
[[experiment.variant]]
id = "base"
title = {{ en = "Base", zh = "基准" }}
[[experiment.read]]
id = "needed"
title = {{ en = "Hours", zh = "工时" }}
variable = "Needed"
statistic = "initial"
better = "neither"
"""


@pytest.fixture
def strained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Entry:
    """The street whose load goes through a table of uncertain slope, and nothing else of weight is drawn."""
    drawing = street.DRAWING.replace("Needed = Load * Lever", "Needed = Load * Strain(Lever)")
    drawing = drawing.replace(
        "Burden = Base", "Strain((0,0),(2,2))\n    ~ Dmnl\n    ~ A table.\n    |\nBurden = Base"
    )
    monkeypatch.setattr(street, "DRAWING", drawing)
    experiments = SEARCHES + SWEEP.replace('"initial"', '"mean"')
    return write_street(
        tmp_path,
        ranges={"Idle": (0, 1)},
        manifest=MORE + TABLE,
        experiments=experiments,
        Load=1,
        Damage=50,
        Slack=1,
    )


def first(result: ExperimentResult, table: str, **where: str) -> tuple[str, str]:
    rows = result.further[table]
    for column, value in where.items():
        rows = rows[rows[column] == value]
    return str(rows.iloc[0]["parameter"]), str(rows.iloc[0]["direction"])


def test_a_slope_decides_which_members_tip(strained: Entry) -> None:
    result = run_experiment(strained, "where", seed=2, members=128)
    factor = result.data[K].values
    assert (factor.min() >= 0.5, factor.max() <= 1.5) == (True, True)
    tip = result.finding("tip")
    assert tip is not None
    # The slack is 1, and the highest lever asks for the slope itself.
    assert tip.share == (factor > 1).mean()
    assert first(result, "decisive", **{"class": "tip"}) == (K, "higher")
    rules = result.further["rules"]
    assert rules[rules["rule"] == 1].iloc[0]["threshold"] == pytest.approx(1, abs=0.05)
    assert any("Strain（斜率）" in sentence for sentence in sentences_of(result, "zh"))
    assert any(row.get("parameter") == K for table in tables_of(result, "en") for row in table.rows)


def test_a_slope_decides_which_shocks_are_stood(strained: Entry) -> None:
    result = run_experiment(strained, "stand", seed=2)
    shares = result.numbers.set_index(["value", "size"])["share"]
    assert shares.loc[(1.0, 1.0)] == (result.data[K].values < 1).mean()


def test_a_slope_is_drawn_in_rankings_and_sweeps(strained: Entry) -> None:
    ranked = run_experiment(strained, "which", seed=2)
    assert K in set(ranked.further["deciding"]["parameter"])
    swept = run_experiment(strained, "along", seed=2)
    factor = swept.data[K].values
    assert np.unique(factor).size == 20
    sound = swept.data["needed"].sel(variant="base", value=0.5).values
    np.testing.assert_allclose(sound[factor < 1], 0.5 * factor[factor < 1], rtol=1e-12)
