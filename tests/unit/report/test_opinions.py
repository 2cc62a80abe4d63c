"""What other methods say beside the loop scores, of one run and of an ensemble."""

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from office import MANIFEST, write_office

from sdmodels.experiment import simulate
from sdmodels.feedback import score_loops
from sdmodels.report.opinions import ask_opinions, member_settings, opinion_sentences, write_opinions

POLICIES = """
[[policy]]
id = "lasting"
title = { en = "Lasting", zh = "长期" }
meaning = { en = "from the start", zh = "自始" }
[[policy.change]]
name = "Complaints"
factor = 0.5
[[policy.change]]
name = "Hiring Time"
value = 3
[[policy]]
id = "later"
title = { en = "Later", zh = "以后" }
meaning = { en = "from week 30", zh = "自第30周" }
[[policy.change]]
name = "Complaints"
factor = 0.5
begins = 30
"""


@pytest.mark.parametrize("policy", ["baseline", "lasting", "later"])
@pytest.mark.parametrize("scenario", ["normal", "busy"])
def test_a_member_runs_alone_as_in_the_ensemble(tmp_path: Path, policy: str, scenario: str) -> None:
    entry = write_office(tmp_path, MANIFEST + POLICIES)
    how = {"policy": policy, "scenario": scenario}
    found = score_loops(entry, members=12, seed=3, **how)
    together = simulate(entry, members=12, seed=3, outputs=["Backlog"], **how)
    settings = member_settings(found, 7)
    assert set(settings) >= {"Complaints"}
    alone = simulate(entry, settings, outputs=["Backlog"], within_bounds=False, **how)
    np.testing.assert_allclose(alone["Backlog"].values[0], together["Backlog"].values[7], rtol=1e-12)


def test_three_methods_agree_on_what_drives_the_pocket_model(tmp_path: Path) -> None:
    found = score_loops("hotline_pocket", {"Initial Routine Work Condition": 0.85})
    opinions = ask_opinions(found, policy="baseline", scenario="normal", variables=["Order Backlog"])
    assert opinions is not None
    (sentence,) = opinion_sentences(opinions, "en")
    assert "21 to 241, accelerating growth: agree (R1, R1, R1)" in sentence
    (chinese,) = opinion_sentences(opinions, "zh")
    assert "工单积压" in chinese
    assert "一致（R1, R1, R1）" in chinese
    path = write_opinions(opinions, tmp_path / "opinions.csv")
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["method"] for row in rows} == {
        "Loops That Matter",
        "eigenvalue elasticity",
        "pathway participation",
    }


def test_some_members_of_an_ensemble_are_asked(tmp_path: Path) -> None:
    found = score_loops(write_office(tmp_path), members=20, seed=1)
    opinions = ask_opinions(found, policy="baseline", scenario="normal", variables=[])
    assert opinions is not None
    assert len(opinions.members) == 4
    (sentence,) = opinion_sentences(opinions, "en")
    assert "in 4 members" in sentence


def test_what_the_others_do_not_see_is_said(write_model: Callable[..., Path]) -> None:
    model = """
        Stock = INTEG(Arriving - Selling, 10)
        Arriving = DELAY FIXED(Ordering, 3, 2)
        Ordering = MAX(0, 2 + (12 - Stock) / 4)
        Selling = 2
    """
    found = score_loops(write_model(model, final=40))
    opinions = ask_opinions(found, policy="baseline", scenario="normal", variables=[])
    assert opinions is not None
    (sentence,) = opinion_sentences(opinions, "en")
    assert "not asked: loops of Stock run through fixed delays" in sentence
