from collections.abc import Callable

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
