"""What is said of a run whose time steps alone do not fit, however little of it is saved?"""

import pytest

from sdmodels.errors import InputError
from sdmodels.experiment import request
from sdmodels.structure.model import TimeSpec

LONG = TimeSpec(initial_time=0, final_time=1000, time_step=0.001, save_period=1000)


@pytest.mark.parametrize(("method", "fits"), [("euler", True), ("rk4", False)])
def test_too_many_time_steps_are_named_as_what_does_not_fit(
    monkeypatch: pytest.MonkeyPatch, method: str, fits: bool
) -> None:
    # Runge-Kutta has half steps: twice as many times.
    monkeypatch.setattr(request, "_memory", lambda: 20e6)
    if fits:
        request.require_steps(LONG, method)
        return
    with pytest.raises(InputError) as caught:
        request.require_steps(LONG, method)
    assert str(caught.value) == (
        "The run has 1,000,000 time steps, more than fit into the memory of this machine.\n"
        "    TIME STEP is 0.001, from INITIAL TIME 0 to FINAL TIME 1000.\n"
        "Choose a larger TIME STEP or an earlier FINAL TIME."
    )
