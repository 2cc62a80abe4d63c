import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sdmodels.catalogue import load
from sdmodels.experiment import as_entry
from sdmodels.structure.model import Model
from sdmodels.validation import Finding, euler_rk4, shared_runs, time_step

Break = Callable[..., Path]
# Half of the backlog goes in a single step: Euler is far off.
COARSE = (
    "TIME STEP = 0.0625",
    "TIME STEP = 1",
    "INTEG(Order Arrival - Order Completion, 100)",
    "INTEG(-Order Completion, 100)",
)


def test_a_fine_time_step_passes(desk: Break) -> None:
    finding = time_step(shared_runs(load(desk())))
    assert (finding.check, finding.status, finding.unit) == ("time_step", "passed", "%")
    assert finding.measured is not None
    # In equilibrium no step matters; what is compared comes from the policy.
    assert 0 < finding.measured < 0.1
    assert re.search(
        r"time step of 0\.0625 Week is halved twice, 'burden' changes most, by 0\.0139 % "
        r"\(from 75\.5062 to 75\.5167 order; policy 'faster', scenario 'normal'\)\.$",
        finding.message,
    )


@pytest.mark.parametrize(
    ("judge", "cause"),
    [
        (time_step, "the time step of 1 Week is halved twice"),
        (euler_rk4, "Runge-Kutta takes the place of Euler"),
    ],
)
def test_a_coarse_time_step_fails(desk: Break, judge: Callable[..., Finding], cause: str) -> None:
    finding = judge(shared_runs(load(desk(*COARSE))))
    assert finding.status == "failed"
    assert finding.measured is not None
    assert finding.bound is not None
    assert finding.measured > finding.bound
    assert re.search(
        r"desk\.mdl: the result depends on the integration\.\n"
        rf"    When {cause}, 'burden' changes most, by [\d.]+ % "
        r"\(from [\d.]+ to [\d.]+ order; policy 'baseline', scenario 'normal'\); "
        r"less than 1 % is accepted\.\nHalve TIME STEP",
        finding.message,
    )


def test_the_change_is_that_of_the_analytic_solution(bare: Callable[..., Model]) -> None:
    model = bare(*COARSE, "FINAL TIME = 104", "FINAL TIME = 1", "INTEG(Order Completion, 0)", "1")
    finding = time_step(shared_runs(as_entry(model)))
    # One step of 1 with a handling time of 2 leaves 1/2; four steps of 1/4 leave (7/8)^4.
    assert finding.measured == pytest.approx(100 * abs((7 / 8) ** 4 - 0.5) / 0.5, rel=1e-12)


def test_without_outcomes_the_final_stocks_are_compared(bare: Callable[..., Model]) -> None:
    finding = euler_rk4(shared_runs(as_entry(bare())))
    assert finding.status == "passed"
    assert re.search(r"'Orders? \w+' changes most", finding.message)


@pytest.mark.parametrize("statistic", ["total", "time of maximum", "final", "minimum"])
def test_every_statistic_can_be_compared(desk: Break, statistic: str) -> None:
    runs = shared_runs(load(desk('statistic = "mean"', f'statistic = "{statistic}"')))
    assert time_step(runs).status == "passed"


def test_an_outcome_may_be_written_in_other_letters(desk: Break) -> None:
    folder = desk(
        'variable = "Order Backlog"\nstatistic = "mean"', 'variable = "order_backlog"\nstatistic = "mean"'
    )
    assert time_step(shared_runs(load(folder))).status == "passed"


def test_what_has_died_away_is_not_compared_digit_by_digit(bare: Callable[..., Model]) -> None:
    model = bare("INTEG(Order Arrival - Order Completion, 100)", "INTEG(-Order Completion, 100)")
    assert time_step(shared_runs(as_entry(model))).status == "passed"


def test_a_run_that_fails_with_a_finer_step_fails_the_check(desk: Break) -> None:
    at_half_the_step = "= Order Backlog / Handling Time + 0 / (TIME STEP - 0.03125)"
    folder = desk("= Order Backlog / Handling Time", at_half_the_step)
    finding = time_step(shared_runs(load(folder)))
    assert finding.status == "failed"
    assert re.search(
        r"a run fails when the time step of 0\.0625 Week is halved twice\.\n"
        r"    Every one of 2 members failed: '.*' left the finite",
        finding.message,
    )


def test_a_policy_that_fails_with_a_finer_step_fails_the_check(desk: Break) -> None:
    # The policy brings the handling time to 1.
    at_half_the_step = "= Order Backlog / Handling Time + 0 / (TIME STEP - 0.03125 + Handling Time - 1)"
    finding = time_step(shared_runs(load(desk("= Order Backlog / Handling Time", at_half_the_step))))
    assert finding.status == "failed"
    assert re.search(
        r"a run fails when the time step of 0\.0625 Week is halved twice\.\n"
        r"    policy 'faster', scenario 'normal': '.*' left the finite numbers at 52\.[\d]+ Week\.\nHalve",
        finding.message,
    )


def test_a_model_without_stocks_has_nothing_to_compare(tmp_path: Path) -> None:
    path = tmp_path / "still.mdl"
    path.write_text(
        "x = Time ~ ~ |\n"
        + "".join(
            f"{n} = {v} ~ ~ |\n"
            for n, v in (("INITIAL TIME", 0), ("FINAL TIME", 9), ("TIME STEP", 1), ("SAVEPER", 1))
        )
    )
    finding = time_step(shared_runs(load(path)))
    assert finding.status == "not run"
    assert re.search(r"The model has no stock", finding.message)
