"""Threads that share their runs get the same numbers as alone, and hear of every error."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from sdmodels.calibration.gathering import GatheredRuns
from sdmodels.calibration.objective import objective_of

THREADS = 16


class Counted:
    """Runs whose quantities are known, and that count the members of each ensemble; the first waits."""

    size = 2

    def __init__(self, fault: BaseException | None = None):
        self.fault = fault
        self.members: list[int] = []
        self.begun, self.let_go = threading.Event(), threading.Event()

    def slopes_at(self, values):
        self.members.append(values.shape[1])
        self.begun.set()
        assert self.let_go.wait(10)
        if self.fault is not None:
            raise self.fault
        return values.sum(axis=0)[None], np.stack([values, 2 * values])[:1]


def asked_at_once(counted: Counted, points):
    """Ask for one point while the runs are busy with it, then for the others; return the futures in order."""
    with GatheredRuns(counted) as runs, ThreadPoolExecutor(len(points)) as pool:
        first = pool.submit(runs.slopes_at, points[0])
        assert counted.begun.wait(10)
        waiting = threading.Barrier(len(points), timeout=10)

        def ask(point):
            waiting.wait()
            return runs.slopes_at(point)

        others = [pool.submit(ask, point) for point in points[1:]]
        waiting.wait()
        while runs._waiting.qsize() < len(points) - 1:
            pass
        counted.let_go.set()
        return [first, *others]


def test_many_threads_get_the_same_numbers_as_alone(tank):
    runs = objective_of(tank).runs
    points = np.random.default_rng(1).uniform([[0.02], [50]], [[0.5], [200]], (2, 8 * THREADS))
    each = [points[:, [k]] for k in range(points.shape[1])]
    with GatheredRuns(runs) as gathered, ThreadPoolExecutor(THREADS) as pool:
        found = list(pool.map(gathered.slopes_at, each))
    for point, (quantities, slopes) in zip(each, found, strict=True):
        alone = runs.slopes_at(point)
        np.testing.assert_array_equal(quantities, alone[0])
        np.testing.assert_array_equal(slopes, alone[1])


def test_what_is_asked_for_while_runs_are_busy_becomes_one_ensemble():
    counted = Counted()
    points = [np.full((2, members), float(members)) for members in (1, 1, 3, 1, 2)]
    answers = [future.result() for future in asked_at_once(counted, points)]
    assert counted.members == [1, 7]
    for point, (quantities, slopes) in zip(points, answers, strict=True):
        np.testing.assert_array_equal(quantities, point.sum(axis=0)[None])
        np.testing.assert_array_equal(slopes, point[None])


@pytest.mark.parametrize("fault", [ValueError("broken"), KeyboardInterrupt("stopped")])
def test_an_exception_reaches_all_who_wait(fault):
    counted = Counted(fault)
    futures = asked_at_once(counted, [np.ones((2, 1))] * 5)
    assert [future.exception() for future in futures] == [fault] * 5
    assert counted.members == [1, 4]


def test_runs_go_on_after_an_exception():
    counted = Counted(ValueError("broken"))
    counted.let_go.set()
    with GatheredRuns(counted) as runs:
        with pytest.raises(ValueError, match="broken"):
            runs.slopes_at(np.ones((2, 1)))
        counted.fault = None
        np.testing.assert_array_equal(runs.slopes_at(np.ones((2, 1)))[0], [[2.0]])


def test_the_thread_behind_ends_with_the_context_also_after_an_exception(tank):
    before = threading.active_count()
    with GatheredRuns(objective_of(tank).runs) as runs:
        assert threading.active_count() == before + 1
        assert runs.size == 2
    assert threading.active_count() == before
    with pytest.raises(RuntimeError, match="inside"), GatheredRuns(runs.runs):
        raise RuntimeError("inside")
    assert threading.active_count() == before


def test_gathered_runs_may_be_gathered_again(tank):
    runs = objective_of(tank).runs
    point = np.array([[0.1], [90.0]])
    with GatheredRuns(runs) as inner, GatheredRuns(inner) as outer:
        np.testing.assert_array_equal(outer.slopes_at(point)[1], runs.slopes_at(point)[1])
        np.testing.assert_array_equal(outer.at(point), runs.at(point))
