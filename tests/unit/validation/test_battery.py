import re
from collections.abc import Callable
from pathlib import Path

from sdmodels.structure.model import Model
from sdmodels.validation import check
from sdmodels.validation.groups import TITLES, group_of

Break = Callable[..., Path]


def test_a_good_model_passes_every_check(desk: Break) -> None:
    findings = check(desk())
    assert [finding.check for finding in findings] == [
        "units",
        "documentation",
        "unused",
        "rule_of_three",
        "finite",
        "equilibrium",
        "stocks",
        "time_step",
        "euler_rk4",
        "time_constants",
        "random_members",
        "reality:no_demand",
        "loop:B1",
        "switches",
    ]
    assert {finding.status for finding in findings} == {"passed"}
    assert all(finding.title.en and finding.title.zh and finding.message for finding in findings)


def test_every_check_has_a_group_and_groups_stay_together(desk: Break) -> None:
    groups = [group_of(finding) for finding in check(desk())]
    assert list(dict.fromkeys(groups)) == list(TITLES)
    assert groups == sorted(groups, key=list(TITLES).index)


def test_a_model_file_alone_is_checked_for_what_it_claims(bare: Callable[..., Model]) -> None:
    statuses = {finding.check: finding.status for finding in check(bare())}
    assert [name for name, status in statuses.items() if status == "not run"] == [
        "documentation",
        "equilibrium",
    ]
    assert "failed" not in statuses.values()


def test_a_base_run_that_fails_ends_the_checks_and_says_where(desk: Break) -> None:
    folder = desk("= Order Backlog / Handling Time", "= Order Backlog / (Handling Time - Handling Time)")
    *_, last = check(folder)
    assert (last.check, last.status) == ("finite", "failed")
    assert re.search(
        r"desk\.mdl: the base run fails; the checks that need it were not run\.\n"
        r"The run failed: '.*' left the finite numbers at .* Week",
        last.message,
    )


def test_a_base_run_that_only_a_policy_mends_fails(desk: Break) -> None:
    # The policy halves the handling time; without it the square root leaves the real numbers.
    folder = desk(
        "Order Backlog / Usual Backlog",
        "SQRT(1.5 - Handling Time + STEP(1, 0) - STEP(1, 53))",
    )
    *_, last = check(folder)
    assert (last.check, last.status) == ("finite", "failed")


def test_a_policy_that_leaves_the_finite_numbers_is_named(desk: Break) -> None:
    # The policy brings the handling time to 1 at 52.
    findings = check(desk("Order Backlog / Usual Backlog", "Handling Time / (Handling Time - 1)"))
    [finding] = [finding for finding in findings if finding.status == "failed"]
    assert (finding.check, finding.measured, finding.bound) == ("finite", 1.0, 0.0)
    assert re.search(
        r"desk\.mdl: 1 of 2 runs do not stay finite\.\n"
        r"    policy 'faster', scenario 'normal': 'Backlog Share' left the finite numbers at 52 Week\.\nLook for",
        finding.message,
    )


def test_the_first_failure_may_end_the_checks(desk: Break) -> None:
    folder = desk("- Order Completion, 100)", "- Order Completion, 80)")
    findings = check(folder, stop_at_first=True)
    assert [finding.check for finding in findings if finding.status == "failed"] == ["equilibrium"]
    assert findings[-1].check == "equilibrium"
    assert len(check(folder)) > len(findings)


def test_fewer_random_members_may_be_drawn(desk: Break) -> None:
    [finding] = [f for f in check(desk(), random_draws=10) if f.check == "random_members"]
    assert re.search(r"^All 10 members stay finite", finding.message)


def test_progress_reaches_the_end(desk: Break) -> None:
    seen: list[tuple[int, int]] = []
    check(desk(), progress=lambda done, total: seen.append((done, total)))
    assert seen == [(done, 13) for done in range(1, 14)]


def test_progress_reaches_the_end_when_the_base_run_fails(desk: Break) -> None:
    seen: list[tuple[int, int]] = []
    folder = desk("Order Backlog / Usual Backlog", "1 / (Usual Backlog - 100)")
    check(folder, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (13, 13)
