"""From when to when is which loop in charge?"""

from itertools import pairwise
from pathlib import Path

import numpy as np
from office import DRAWING, write_office

from sdmodels.catalogue import Entry
from sdmodels.feedback import score_loops
from sdmodels.feedback.dominance import phases


def test_phases_follow_one_another_and_change_hands_each_time(office: Entry) -> None:
    found = score_loops(office)
    stretches = phases(found)
    assert stretches[0].begins == 1
    assert stretches[-1].ends == 60
    for before, after in pairwise(stretches):
        assert after.begins == before.ends + 1
        assert (after.loops, after.moves) != (before.loops, before.moves)


def test_the_loops_of_a_phase_have_half_and_fewer_do_not(office: Entry) -> None:
    found = score_loops(office)
    for phase in phases(found):
        during = slice(phase.begins, phase.ends)
        together = found.share(*phase.loops).sel(time=during)
        assert (together >= 0.5).all()
        for loop in phase.loops[:-1] if len(phase.loops) > 1 else ():
            assert (found.share(loop).sel(time=during) < 0.5).all()


def test_the_pocket_model_is_driven_by_its_loop_until_hours_run_out() -> None:
    found = score_loops("hotline_pocket", {"Initial Routine Work Condition": 0.85})
    driven = [phase for phase in phases(found) if phase.loops == ("R1",)]
    assert len(driven) == 1
    assert (driven[0].begins, driven[0].ends) == (2, 251)
    np.testing.assert_allclose(driven[0].share, 0.787, atol=5e-4)


def test_a_model_at_rest_has_one_phase_in_which_nothing_moves(tmp_path: Path) -> None:
    resting = write_office(tmp_path, drawing=DRAWING.replace("Closing, 90)", "Closing, 60)"))
    (phase,) = phases(score_loops(resting))
    assert (phase.moves, phase.loops) == (False, ())
