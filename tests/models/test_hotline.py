"""What the hotline model shows, over an ensemble, and that it could have shown otherwise."""

import numpy as np
import pytest
import xarray as xr
from numpy.typing import NDArray

from sdmodels import Change, Integration, Policy, Text, evaluate, load, simulate
from sdmodels.catalogue import Entry, Outcome, Scenario, read_mutations
from sdmodels.engine.lowering import lower

BURDEN = "Unresolved Burden"
MOST_STOCKS, MOST_VARIABLES = 25, 200
TEXT = Text(en="experiment", zh="实验")
LAST = 520.0


@pytest.fixture(scope="module")
def hotline() -> Entry:
    return load("hotline")


def experiment(entry: Entry, *changes: Change, members: int = 200) -> xr.Dataset:
    policy = Policy(id="experiment", title=TEXT, meaning=TEXT, changes=changes)
    names = [BURDEN, "New Orders", "Routine Work Condition"]
    return simulate(entry, policy=policy, members=members, seed=1, outputs=names)


def high(value: float = 0.8) -> Change:
    return Change(name="Application Intensity", value=value, begins=52)


def posts(factor: float) -> Change:
    return Change(name="Establishment", factor=factor, begins=52)


CUT = [Change(name=f"Switch {name}", value=0) for name in ("Busier But Ineffective", "Left Undone")]


def course(behaviour: xr.Dataset) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    burden = behaviour[BURDEN].values
    return burden[:, 0], burden.min(axis=1), burden[:, -1]


def test_it_is_small_enough_to_be_read(hotline: Entry) -> None:
    states = lower(hotline.model).states  # the stocks, and those inside of SMOOTH
    assert len(hotline.model.stocks) < len(states) <= MOST_STOCKS
    assert len(hotline.model.variables) <= MOST_VARIABLES


def test_every_loop_of_the_theory_is_named_and_has_a_switch(hotline: Entry) -> None:
    assert hotline.manifest is not None
    loops = {loop.id: loop.switch for loop in hotline.manifest.loops}
    assert {*(f"R{n}" for n in range(1, 12)), *(f"B{n}" for n in range(1, 12))} <= set(loops)
    assert None not in loops.values()


def test_it_stays_in_balance_for_every_draw_that_can_do_its_regular_orders(hotline: Entry) -> None:
    """Not for the one in two hundred in which regular orders take more hours than they may."""
    stocks = [stock.name for stock in hotline.model.stocks]
    names = [*stocks, "Hours On Orders", "Required Order Hours"]
    behaviour = simulate(hotline, members=300, seed=2, outputs=names)
    given, needed = (behaviour[name].values[:, 0] for name in names[-2:])
    can = given > needed * (1 - 1e-9)
    assert np.mean(can) > 0.98
    for name in stocks:
        values = behaviour[name].values[can, :53]
        change = np.abs(np.diff(values, axis=1)) / np.maximum(values[:, :-1], 1e-9)
        assert change.max() < 1e-6, name


def test_what_comes_from_outside_is_in_no_loop(hotline: Entry) -> None:
    drivers = {
        "Access Driver",
        "Demand Multiplier",
        "Epidemic Problems",
        "Consultations",
        "Epidemic Consultations",
    }
    assert hotline.manifest is not None
    assert not drivers & {name for loop in hotline.manifest.loops for name in loop.variables}
    assert drivers <= {constant.name for constant in hotline.model.constants}


def test_with_scarce_hours_a_step_is_better_before_worse_in_many_members(hotline: Entry) -> None:
    start, least, end = course(experiment(hotline, high(), posts(0.85)))
    assert np.mean(least < 0.95 * start) > 0.8
    assert np.mean((least < 0.95 * start) & (end > start)) > 0.25


def test_with_the_loop_cut_the_worse_is_gone(hotline: Entry) -> None:
    start, _, end = course(experiment(hotline, high(), posts(0.85), *CUT))
    assert np.mean(end > start) < 0.05


def test_with_posts_as_they_were_most_members_keep_the_gain(hotline: Entry) -> None:
    start, _, end = course(experiment(hotline, high()))
    assert np.mean(end < 0.95 * start) > 0.75


def test_where_hours_are_to_spare_and_orders_are_cheap_the_hotline_is_a_pure_gain(hotline: Entry) -> None:
    """The configuration without which the model would be rigged against the hotline."""
    settings = {"Spare Hours Share": 0.3, "Standard Time Per Order": 6}
    policies = [
        Policy(id=f"p{number}", title=TEXT, meaning=TEXT, changes=(high(value),))
        for number, value in enumerate((0.2, 0.5, 1.0, 1.5))
    ]
    found = evaluate(hotline, settings, policy=policies, members=200, seed=1)
    burden = found["burden"].values.reshape(4, 200)
    routine = found["routine_work"].values
    # Two per cent of room: the last steps of intensity bring little.
    assert np.mean(np.diff(burden, axis=0) < 0.02 * burden[:-1], axis=1).min() > 0.9
    assert np.mean(routine > 0.99) > 0.95


def test_orders_rise_with_intensity_in_nearly_every_member(hotline: Entry) -> None:
    """Not in all: where resolution rises much and access little, fewer repeat calls outweigh new ones."""
    orders = experiment(hotline, high())["New Orders"].values
    assert np.mean(orders[:, -1] > orders[:, 0]) > 0.95


def test_the_exclusion_of_what_is_hard_raises_the_report_and_not_the_resolution(hotline: Entry) -> None:
    found = {}
    for quota in (0.0, 0.13):
        run = evaluate(hotline, {"Exclusion Quota": quota}, policy="high_intensity", members=200, seed=1)
        found[quota] = run
    reported = found[0.13]["reported_resolution"].values - found[0.0]["reported_resolution"].values
    true = found[0.13]["true_resolution"].values - found[0.0]["true_resolution"].values
    assert np.median(reported) > 0.02
    assert abs(np.median(true)) < 0.01


def test_proactive_work_solves_less_the_more_convenient_the_hotline_is(hotline: Entry) -> None:
    settings = {"Proactive Share": 0.05}
    levels = [
        Policy(id=f"p{number}", title=TEXT, meaning=TEXT, changes=(high(value),))
        for number, value in enumerate((0.1, 0.8, 1.4))
    ]
    solved = Outcome(
        id="solved",
        title=TEXT,
        variable="Proactive Solving",
        statistic="mean",
        begins=468,
        ends=LAST,
        better="neither",
    )
    known = {"Switch Proactive Governance": 0}  # so that learning does not hide what convenience does
    found = evaluate(hotline, settings | known, outcomes=[solved], policy=levels, members=100, seed=1)
    low, middle, top = found["solved"].values.reshape(3, 100)
    assert np.mean(middle < low) > 0.9
    assert np.mean(top < middle) > 0.9


def test_a_rule_on_workload_tips_in_fewer_members_than_ambition(hotline: Entry) -> None:
    """The adaptation trap, and the way out of it that An 2022 argues for."""
    scarce = next(s for s in hotline.manifest.scenarios if s.id == "scarce_staff")  # type: ignore[union-attr]
    assert isinstance(scarce, Scenario)
    found = evaluate(hotline, policy=["ambition", "adaptive"], scenario=scarce, members=200, seed=1)
    ambition, adaptive = (found["routine_work"].values.reshape(2, 200) < 0.75).mean(axis=1)
    assert ambition > 0.2
    assert adaptive < 0.05


def test_no_random_member_leaves_the_finite_numbers_over_twenty_years(hotline: Entry) -> None:
    how = Integration(final_time=1040)
    found = evaluate(hotline, policy="very_high_intensity", members=2_000, seed=7, integration=how)
    assert set(found["status"].values) == {"ok"}


def test_at_least_twenty_two_of_twenty_five_mistakes_must_be_noticed(hotline: Entry) -> None:
    """Whether they are is asked of every model, in a long test."""
    assert hotline.folder is not None
    mistakes = read_mutations(hotline.folder / "mutations.toml")
    assert len(mistakes.mutations) >= 25
    assert mistakes.least >= 22
