from collections.abc import Callable
from dataclasses import replace

import pytest

from sdmodels.errors import ExportError
from sdmodels.structure.expression import Delay
from sdmodels.structure.model import Model
from sdmodels.writers import to_xmile


def test_a_delay_that_drops_stages_is_written_apart_from_one_that_keeps_them(
    read_model: Callable[..., Model],
) -> None:
    written = to_xmile(
        read_model("A = DELAY N(Time, 4, 0, 3)\nB = DELAY3I(Time, 4, 0)\nC = DELAY1I(Time, 4, 0)")
    )
    assert "DELAYN(" in written
    assert "DELAY3(" in written
    assert "DELAY1(" in written


def test_a_delay_of_second_order_that_keeps_its_stages_has_no_name_in_xmile(
    read_model: Callable[..., Model],
) -> None:
    model = read_model("A = DELAY N(Time, 4, 0, 2)")
    equation = model.variables["A"].equations[0]
    assert isinstance(equation.expression, Delay)
    keeping = replace(equation, expression=replace(equation.expression, drops_stages=False))
    kept = replace(model.variables["A"], equations=(keeping,))
    with pytest.raises(ExportError, match="a delay of order 2 that keeps stages shorter than the time step"):
        to_xmile(replace(model, variables={**model.variables, "A": kept}))
