"""What a policy does to a constant, at every time."""

import numpy as np
import pytest
import xarray as xr

from sdmodels.catalogue import Change, Entry, Policy, Scenario, Text
from sdmodels.errors import InputError, SDModelsError, UnknownNameError
from sdmodels.experiment import Integration, simulate

T = np.arange(0, 20.125, 0.25)
EVERY_STEP = Integration(save_period=0.25)
TEXT = Text(en="Of a test", zh="测试")


def intensity(entry: Entry, policy: str | Policy, **more: object) -> np.ndarray:
    behaviour = simulate(entry, policy=policy, integration=EVERY_STEP, **more)
    return behaviour["Intensity"].values[0]


def of(*changes: Change) -> Policy:
    return Policy(id="mine", title=TEXT, meaning=TEXT, changes=changes)


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("baseline", np.full(T.size, 0.5)),
        ("always", np.full(T.size, 0.8)),
        ("half", np.full(T.size, 0.25)),
        ("later", np.where(T >= 5, 0.8, 0.5)),
        ("episode", np.where((T >= 5) & (T < 8), 0.8, 0.5)),
        ("until", np.where(T < 8, 0.8, 0.5)),
        ("ramp", np.interp(T, [4, 12], [0.5, 0.9])),
        ("slow_start", np.interp(T, [0, 10], [0.5, 0.9])),
        ("twice", np.where(T >= 5, 0.8, 0.5) * np.where((T >= 10) & (T < 12), 0.5, 1)),
    ],
)
def test_a_policy_gives_the_lever_its_course(hotline: Entry, policy: str, expected: np.ndarray) -> None:
    # Ramps are computed as before + share * difference, which is rounded once or twice.
    np.testing.assert_allclose(intensity(hotline, policy), expected, rtol=1e-14)


def test_a_change_at_once_and_for_good_leaves_no_rounding(hotline: Entry) -> None:
    assert set(intensity(hotline, "later")) == {0.5, 0.8}


def test_a_policy_may_change_several_constants(hotline: Entry) -> None:
    behaviour = simulate(hotline, policy="both", integration=EVERY_STEP)
    np.testing.assert_array_equal(behaviour["Intensity"].values[0], np.where(T >= 5, 0.8, 0.5))
    np.testing.assert_array_equal(behaviour["Handling Time"].values[0], np.where(T >= 7, 4.0, 2.0))


def test_a_change_acts_on_the_stocks_from_its_beginning_on(hotline: Entry) -> None:
    base = simulate(hotline, integration=EVERY_STEP)["Backlog"].values[0]
    later = simulate(hotline, policy="later", integration=EVERY_STEP)["Backlog"].values[0]
    np.testing.assert_array_equal(later[T <= 5], base[T <= 5])
    assert np.all(later[T > 5] < base[T > 5])


def test_a_factor_multiplies_what_the_member_has(hotline: Entry) -> None:
    assert np.all(intensity(hotline, "half", settings={"Intensity": 0.3}) == 0.15)
    timed = of(Change(name="Handling Time", factor=2.0, begins=5.0))
    behaviour = simulate(hotline, policy=["baseline", timed], members=8, seed=3, integration=EVERY_STEP)
    base, doubled = (
        behaviour["Handling Time"].values[behaviour["policy"] == p] for p in ("baseline", "mine")
    )
    np.testing.assert_array_equal(doubled, base * np.where(T >= 5, 2.0, 1.0))


def test_a_policy_that_lasts_beats_a_setting_and_a_timed_one_starts_from_it(hotline: Entry) -> None:
    assert np.all(intensity(hotline, "always", settings={"Intensity": 0.3}) == 0.8)
    later = intensity(hotline, "later", settings={"Intensity": 0.3})
    np.testing.assert_array_equal(later, np.where(T >= 5, 0.8, 0.3))


def test_a_policy_comes_on_top_of_the_scenario(hotline: Entry) -> None:
    twice_of_pulse = of(Change(name="Demand", factor=2.0, begins=8.0))
    behaviour = simulate(hotline, policy=twice_of_pulse, scenario="pulse", integration=EVERY_STEP)
    expected = np.where((T >= 6) & (T < 9), 3.0, 1.0) * np.where(T >= 8, 2.0, 1.0)
    np.testing.assert_array_equal(behaviour["Demand"].values[0], expected)


def test_a_lasting_policy_comes_on_top_of_a_timed_scenario(hotline: Entry) -> None:
    behaviour = simulate(
        hotline, policy=of(Change(name="Demand", value=0.9)), scenario="pulse", integration=EVERY_STEP
    )
    np.testing.assert_array_equal(behaviour["Demand"].values[0], np.full(T.size, 0.9))


def test_every_policy_is_run_under_every_scenario(hotline: Entry) -> None:
    behaviour = simulate(hotline, policy=["baseline", "later"], scenario=["normal", "pulse", "more"])
    pairs = list(zip(behaviour["scenario"].values, behaviour["policy"].values, strict=True))
    assert sorted(pairs) == sorted((s, p) for s in ("normal", "pulse", "more") for p in ("baseline", "later"))


@pytest.mark.parametrize("policy", ["baseline", "half", "later", "ramp", "twice", "both"])
def test_a_policy_gives_the_same_alone_and_among_others(hotline: Entry, policy: str) -> None:
    together = simulate(
        hotline, policy=["twice", policy, "episode"] if policy != "twice" else ["twice", "ramp"]
    )
    alone = simulate(hotline, policy=policy)
    member = int(np.flatnonzero(together["policy"] == policy)[0])
    for name in ("Backlog", "Intensity"):
        np.testing.assert_array_equal(together[name].values[member], alone[name].values[0])


def test_scenarios_and_policies_may_be_given_as_values(hotline: Entry) -> None:
    scenario = Scenario(id="mine", title=TEXT, meaning=TEXT, changes=(Change(name="Demand", value=2.0),))
    behaviour = simulate(hotline, policy=of(Change(name="Intensity", value=0.7)), scenario=scenario)
    assert (behaviour["policy"].item(), behaviour["scenario"].item()) == ("mine", "mine")
    assert float(behaviour["Arrival"][0, 0]) == 50


@pytest.mark.parametrize("name", ["Staff[North]", "staff[north]"])
def test_an_element_may_be_set_for_the_whole_run(hotline: Entry, name: str) -> None:
    behaviour = simulate(hotline, policy=of(Change(name=name, factor=2.0)))
    assert float(behaviour["All Staff"][0, -1]) == 15


def test_an_element_cannot_change_during_a_run_and_the_message_says_so(hotline: Entry) -> None:
    message = (
        r"^'Staff(\[North\])?' has subscripts and cannot change during a run\.\n    .*\n"
        r"Set it for the whole run instead\.$"
    )
    with pytest.raises(InputError, match=message):
        simulate(hotline, policy=of(Change(name="Staff[North]", value=4.0, begins=5.0)))


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"policy": "latr"}, r"No policy is named 'latr'\.(.|\n)*Did you mean 'later'\?"),
        ({"scenario": "pulze"}, r"No scenario is named 'pulze'\.(.|\n)*Did you mean 'pulse'\?"),
        (
            {"policy": of(Change(name="Intensty", value=1.0))},
            r"is named 'Intensty'\.(.|\n)*Did you mean 'Intensity' \(0 to 1.2\)\?",
        ),
    ],
)
def test_an_unknown_alternative_is_answered_with_the_nearest(
    hotline: Entry, asked: dict[str, object], message: str
) -> None:
    with pytest.raises(UnknownNameError, match=message):
        simulate(hotline, **asked)


def test_a_policy_that_changes_what_is_computed_is_refused(hotline: Entry) -> None:
    for change in (Change(name="Arrival", value=1.0), Change(name="Arrival", value=1.0, begins=2.0)):
        with pytest.raises(SDModelsError, match="'Arrival'"):
            simulate(hotline, policy=of(change))


@pytest.mark.parametrize("policy", ["later", "ramp"])
def test_both_engines_agree_on_changes_over_time(hotline: Entry, policy: str) -> None:
    runs: list[xr.Dataset] = [
        simulate(hotline, policy=policy, integration=Integration(engine=engine))
        for engine in ("native", "interpreter")
    ]
    # Additions, products and quotients are rounded alike in both.
    np.testing.assert_allclose(runs[0]["Backlog"], runs[1]["Backlog"], rtol=1e-14)
