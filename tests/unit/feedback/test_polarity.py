"""Which way does a link work, and where does that change?"""

from collections.abc import Callable
from pathlib import Path

import pytest

from sdmodels.catalogue import Entry
from sdmodels.feedback import LoopScores, score_loops
from sdmodels.feedback.polarity import LinkPolarity

WriteModel = Callable[..., Path]

HARVEST = """
Fish = INTEG(Growth - Catch, 10)
Growth = 0.3 * Fish * (1 - Fish / 100)
Catch = 0.05 * Fish
"""


def polarity(found: LoopScores, source: str, target: str) -> LinkPolarity:
    (only,) = (link for link in found.polarities if (link.source, link.target) == (source, target))
    return only


def test_links_have_the_sign_of_their_derivative(office: Entry) -> None:
    found = score_loops(office)
    assert polarity(found, "Backlog", "Arriving").sign == "+"
    assert polarity(found, "Closing", "Backlog").sign == "-"
    assert polarity(found, "Fatigue", "Speed").sign == "-"


def test_a_link_that_changes_its_sign_says_where(write_model: WriteModel) -> None:
    found = score_loops(write_model(HARVEST, final=60, step=0.25))
    link = polarity(found, "Fish", "Growth")
    assert link.sign == "depends"
    # Growth is steepest at half of what the water holds.
    assert link.rising is not None
    assert link.falling is not None
    assert link.rising[1] < 50 < link.falling[0]
    assert link.rising[1] == pytest.approx(50, abs=5)
    assert link.rising_times is not None
    assert link.falling_times is not None
    assert link.rising_times[1] + 0.25 == link.falling_times[0]


def test_a_link_that_is_saturated_all_the_time_has_no_sign(write_model: WriteModel) -> None:
    model = """
        Level = INTEG(Inflow - Level / 5, 1)
        Inflow = MIN(1, 10 * Level)
    """
    found = score_loops(write_model(model))
    assert polarity(found, "Level", "Inflow").sign == "none"
