"""Times are taken in turns, and a ratio shows what noise did to it."""

import pytest

from benchmarks.timing import Figure, fastest, interleave


class Clock:
    """A clock that goes on only when told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_actions_take_turns_so_that_noise_hits_all_of_them() -> None:
    order: list[str] = []
    interleave({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, tries=3)
    assert order == ["a", "b"] * 3


def test_each_action_gets_its_own_time() -> None:
    clock = Clock()

    def passing(seconds: float) -> object:
        def action() -> None:
            clock.now += seconds

        return action

    found = interleave({"short": passing(1.0), "long": passing(4.0)}, tries=2, clock=clock)  # type: ignore[dict-item]
    assert found == {"short": (1.0, 1.0), "long": (4.0, 4.0)}


def test_a_ratio_is_of_the_shortest_times_and_spreads_over_the_tries() -> None:
    figure = Figure.of_ratio([4.0, 2.0, 6.0], [1.0, 2.0, 2.0], scale=10)
    assert (figure.value, figure.low, figure.high) == (20.0, 10.0, 40.0)


def test_a_ratio_lies_within_its_spread_whichever_try_was_noisy() -> None:
    figure = Figure.of_ratio([1.0, 9.0], [8.0, 2.0])
    assert figure.value == 0.5
    noisy = Figure.of_ratio([1.0, 3.0], [1.0, 0.5])
    assert (noisy.low, noisy.value, noisy.high) == (1.0, 2.0, 6.0)
    assert Figure.of_ratio([2.0, 4.0], [4.0, 1.0]).low == 0.5


def test_a_time_is_the_shortest_of_several() -> None:
    figure = Figure.of_times([3.0, 2.0, 5.0], scale=1000)
    assert (figure.value, figure.low, figure.high) == (2000.0, 2000.0, 5000.0)


def test_the_fastest_is_that_with_the_shortest_single_time() -> None:
    assert fastest({"steady": (2.0, 2.0), "noisy": (9.0, 1.0)}) == "noisy"


def test_tries_that_do_not_pair_have_no_ratio() -> None:
    with pytest.raises(ValueError, match="shorter"):
        Figure.of_ratio([1.0, 2.0], [1.0])
