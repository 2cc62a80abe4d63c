import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sdmodels.catalogue import load
from sdmodels.experiment import as_entry
from sdmodels.structure.model import Model
from sdmodels.validation import Finding, shared_runs, time_constants

Break = Callable[..., Path]


def judge(folder: Path) -> Finding:
    return time_constants(shared_runs(load(folder)))


def test_a_short_time_step_passes_with_the_time_constant_that_the_policy_brings(desk: Break) -> None:
    finding = judge(desk())
    assert (finding.check, finding.status, finding.unit) == ("time_constants", "passed", "Week")
    assert finding.bound == 0.25
    assert finding.measured == pytest.approx(1.0)  # the handling time that the policy halves
    assert re.search(
        r"The smallest time constant is 1 Week \(at 52; policy 'faster', scenario 'normal'\), 16 time steps\.",
        finding.message,
    )


def test_exactly_four_steps_are_enough(desk: Break) -> None:
    finding = judge(desk("TIME STEP = 0.0625", "TIME STEP = 0.25"))
    assert (finding.status, finding.measured) == ("passed", pytest.approx(1.0))


def test_a_time_step_that_is_too_long_fails(desk: Break) -> None:
    finding = judge(desk("TIME STEP = 0.0625", "TIME STEP = 0.5"))
    assert finding.status == "failed"
    assert re.search(
        r"desk\.mdl: the time step is too long\.\n    The smallest time constant is 1 Week .*, 2 time steps; "
        r"at least 4 are needed\.\nSet TIME STEP to 0\.25 or less\.",
        finding.message,
    )


def test_the_stages_of_a_delay_count(desk: Break) -> None:
    late = "= DELAY3(Order Backlog, 0.6) / Handling Time"
    finding = judge(desk("= Order Backlog / Handling Time", late))
    assert finding.measured is not None
    assert finding.measured < 0.25
    assert finding.status == "failed"


def test_a_model_whose_stocks_do_not_act_has_no_time_constant(bare: Callable[..., Model]) -> None:
    model = bare("INTEG(Order Arrival - Order Completion, 100)", "100")
    finding = time_constants(shared_runs(as_entry(model)))
    assert finding.status == "not run"
    assert re.search(r"No stock acts on a stock", finding.message)
