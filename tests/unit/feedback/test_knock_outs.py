"""Runs with every loop beside runs without one."""

from pathlib import Path

import numpy as np
import pytest
from office import MANIFEST, write_office

from sdmodels.catalogue import Entry
from sdmodels.errors import InputError
from sdmodels.experiment import simulate
from sdmodels.feedback.knock_outs import knock_outs


def test_a_cut_is_a_run_with_the_switch_at_zero(office: Entry) -> None:
    found = knock_outs(office)
    assert found.loops == ("R1", "B1")
    for loop, switch in (("R1", "Switch Complaints"), ("B1", "Switch Hiring")):
        by_hand = simulate(office, {switch: 0.0}, outputs=["Backlog"])
        cut = found.runs(loop)["Backlog"]
        np.testing.assert_array_equal(cut, by_hand["Backlog"].sel(time=cut["time"]))
    whole = simulate(office, outputs=["Backlog"])["Backlog"]
    np.testing.assert_array_equal(found.runs()["Backlog"], whole.sel(time=found.behaviour["time"]))


def test_the_effect_is_the_mean_distance_over_the_range(office: Entry) -> None:
    found = knock_outs(office, members=5, seed=2)
    assert found.effects.shape == (2, 5)
    parts = []
    for name in found.variables:
        ours, theirs = (found.runs(loop)[name].values[3] for loop in (None, "B1"))
        both = np.concatenate([ours, theirs])
        parts.append(np.abs(ours - theirs).mean() / np.ptp(both))
    np.testing.assert_allclose(found.effects[1, 3], np.mean(parts))


def test_the_same_members_run_with_and_without(office: Entry) -> None:
    found = knock_outs(office, members=4, seed=5)
    complaints = [found.runs(loop)["Complaints"].values.tolist() for loop in (None, "R1", "B1")]
    assert complaints[0] == complaints[1] == complaints[2]


def test_a_model_without_switches_cannot_be_cut(tmp_path: Path) -> None:
    text = "".join(line for line in MANIFEST.splitlines(keepends=True) if not line.startswith("switch"))
    with pytest.raises(InputError, match="no loop can be cut"):
        knock_outs(write_office(tmp_path, text))
