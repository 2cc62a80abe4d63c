"""A variable may have stocks inside that no equation names: as many as the engine integrates."""

from collections.abc import Callable

import pytest

from sdmodels.catalogue import identifiers, load
from sdmodels.engine.expansion import expand
from sdmodels.structure.hidden_stocks import hidden_stocks, number_of_states
from sdmodels.structure.model import Model

ReadModel = Callable[..., Model]


@pytest.mark.parametrize(
    ("equation", "count"),
    [
        ("x = a", 0),
        ("x = SMOOTH(a, 2)", 1),
        ("x = SMOOTHI(a, 2, 1)", 1),
        ("x = SMOOTH3(a, 2)", 3),
        ("x = SMOOTH N(a, 2, 1, 5)", 5),
        ("x = DELAY1(a, 2)", 1),
        ("x = DELAY3I(a, 2, 1)", 3),
        ("x = 2 * SMOOTH(a, 2) + MAX(DELAY1(a, 3), 0)", 2),
        ("x = SMOOTHI(SMOOTHI(a, 2, 1), 3, 1)", 2),
        ("x = TREND(a, 2, 0)", 1),
        ("x = FORECAST(a, 2, 4)", 1),
        ("x = NPV(a, 0.1, 0, 1)", 2),
        ("x = SUM(y[d!] * SMOOTH(a, 2))\ny[d] = 1", 3),
        ("x[d] = SMOOTH3(a, 2) * y[d]\ny[d] = 1", 9),
        ("x = DELAY FIXED(a, 2, 1)", 0),
        ("x = INITIAL(a)", 0),
    ],
)
def test_as_many_stocks_are_found_inside_as_the_engine_makes(
    read_model: ReadModel, equation: str, count: int
) -> None:
    model = read_model(f"d: one, two, three\n{equation}\na = Time + 1\nS = INTEG(a, 0)")
    assert hidden_stocks(model) == ({"x": count} if count else {})
    assert number_of_states(model) == 1 + count
    assert len(expand(model).rates) == 1 + count


def test_what_begins_a_smooth_is_counted_once(read_model: ReadModel) -> None:
    model = read_model("x = SMOOTH(SMOOTH(a, 2), 3)\na = Time + 1")
    assert hidden_stocks(model) == {"x": 2}


def test_every_element_of_a_stock_is_a_state(read_model: ReadModel) -> None:
    model = read_model("d: one, two\nS[d] = INTEG(1, 0)\nx = SMOOTH(SUM(S[d!]), 2)")
    assert number_of_states(model) == 3


@pytest.mark.parametrize("id", identifiers())
def test_the_states_of_the_catalogue_are_those_of_the_engine(id: str) -> None:
    model = load(id).model
    assert number_of_states(model) == len(expand(model).rates)
