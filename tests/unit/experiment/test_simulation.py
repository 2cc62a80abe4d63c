import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from sdmodels.catalogue import Entry
from sdmodels.errors import InputError, SimulationError, StructureError, UnknownNameError
from sdmodels.experiment import Integration, simulate
from sdmodels.readers import read
from sdmodels.structure.model import Model

MakeHotline = Callable[..., Entry]


def test_one_member_takes_the_numbers_of_the_model(hotline: Entry) -> None:
    behaviour = simulate(hotline)
    step, decay = 0.25, 0.5 / 2
    n = np.arange(0, 81, 4)
    # Euler's solution of B' = 25 - B / 4 with B(0) = 100: it stays where it is.
    np.testing.assert_allclose(behaviour["Backlog"][0], 100 + 0 * (1 - step * decay) ** n, rtol=1e-12)


def test_a_setting_takes_effect_under_any_spelling(hotline: Entry) -> None:
    behaviour = simulate(hotline, {"handling_time": 4.0, "Staff[south]": 1.0})
    n = np.arange(0, 81, 4)
    exact = 200 - 100 * (1 - 0.25 * 0.125) ** n  # B' = 25 - B / 8
    np.testing.assert_allclose(behaviour["Backlog"][0], exact, rtol=1e-12)
    assert float(behaviour["All Staff"][0, 0]) == 4


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"Intensity": 1.3},
            r"^'Intensity' is set to 1\.3, which is out of bounds\.\n    bounds: 0 to 1\.2 Dmnl\n"
            r"Choose a value within the bounds\.$",
        ),
        (
            {"intensity": -0.1},
            r"^'Intensity' is set to -0\.1, which is out of bounds\.\n    bounds: 0 to 1\.2 Dmnl\n",
        ),
        (
            {"Demand": -1},
            r"^'Demand' is set to -1, which is out of bounds\.\n    bounds: 0 to no upper limit Dmnl\n",
        ),
        (
            {"Headroom": float("nan")},
            r"^'Headroom' is set to nan\.\n    A value must be a finite number\.\nGive one\.$",
        ),
        ({"Headroom": float("inf")}, r"^'Headroom' is set to inf\."),
        (
            {"Arrival": 3},
            r"^'Arrival' is not a constant: it is computed during the run\.\n    .*hotline\.mdl:6: Arrival\n"
            r"Set one of the constants it depends on; `sdmodels describe` lists the levers\.$",
        ),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(
    hotline: Entry, settings: dict[str, float], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        simulate(hotline, settings)


@pytest.mark.parametrize("value", [0.0, 1.2])
def test_bounds_belong_to_what_is_allowed(hotline: Entry, value: float) -> None:
    assert float(simulate(hotline, {"Intensity": value})["Intensity"][0, 0]) == value


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "Intensty",
            r"^No lever is named 'Intensty'\.\n    Known: Intensity\.\nDid you mean 'Intensity' \(0 to 1\.2\)\?$",
        ),
        (
            "Hedroom",
            r"^No constant is named 'Hedroom'\.\n    Known: .*Headroom.*\nDid you mean 'Headroom'\?$",
        ),
        ("Staff[West]", r"^'Staff\[West\]' is not one number"),
    ],
)
def test_a_setting_of_an_unknown_name_is_answered_with_the_nearest(
    hotline: Entry, name: str, message: str
) -> None:
    with pytest.raises(UnknownNameError, match=message):
        simulate(hotline, {name: 1.0})


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (
            {"members": 0},
            r"^0 members are asked for\.\n    There must be 1 or more\.\nGive a whole number\.$",
        ),
        ({"members": -3}, r"^-3 members are asked for\."),
        ({"seed": -1}, r"^The seed is -1\.\n    A seed is 0 or more\.\nGive a whole number\.$"),
    ],
)
def test_numbers_of_members_and_seeds_are_checked(hotline: Entry, asked: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        simulate(hotline, **asked)


def test_an_unknown_output_is_answered_with_the_nearest(hotline: Entry) -> None:
    with pytest.raises(UnknownNameError, match=r"'Backlg'(.|\n)*Did you mean 'Backlog'\?"):
        simulate(hotline, outputs=["Backlg"])


def test_every_policy_and_scenario_has_the_same_draws(hotline: Entry) -> None:
    behaviour = simulate(
        hotline, policy=["baseline", "half"], scenario=["normal", "pulse"], members=16, seed=4
    )
    draws = behaviour["Handling Time (input)"].values.reshape(4, 16)
    for other in draws[1:]:
        np.testing.assert_array_equal(other, draws[0])
    np.testing.assert_array_equal(behaviour["sample"], np.tile(np.arange(16), 4))
    assert np.unique(draws[0]).size == 16


def test_draws_stay_within_their_ranges_and_meet_every_slice_once(hotline: Entry) -> None:
    behaviour = simulate(hotline, members=32, seed=9)
    time = behaviour["Handling Time (input)"].values
    slices = np.floor(np.log(time) / np.log(4) * 32)  # log uniform from 1 to 4
    np.testing.assert_array_equal(np.sort(slices), np.arange(32))
    slices = np.floor((behaviour["Demand (input)"].values - 0.8) / 0.4 * 32)
    np.testing.assert_array_equal(np.sort(slices), np.arange(32))


def test_seed_zero_is_a_seed(hotline: Entry) -> None:
    first, again, other = (simulate(hotline, members=8, seed=seed)["Backlog"].values for seed in (0, 0, 1))
    assert first.tobytes() == again.tobytes()
    assert first.tobytes() != other.tobytes()


def test_a_setting_takes_the_place_of_a_draw(hotline: Entry) -> None:
    behaviour = simulate(hotline, {"handling time": 3.0}, members=8)
    np.testing.assert_array_equal(behaviour["Handling Time (input)"], np.full(8, 3.0))


def test_a_setting_of_one_uncertainty_is_no_reason_for_other_draws_to_vanish(hotline: Entry) -> None:
    behaviour = simulate(hotline, {"handling time": 3.0}, members=8)
    assert np.unique(behaviour["Demand (input)"]).size == 8


@pytest.mark.parametrize("spelling", ["handling_time", "HANDLING TIME"])
def test_an_uncertainty_may_be_spelt_in_any_way(make_hotline: MakeHotline, spelling: str) -> None:
    entry = make_hotline(manifest=('name = "Handling Time"', f'name = "{spelling}"'))
    behaviour = simulate(entry, members=8, seed=4)
    assert np.unique(behaviour["Handling Time"].values[:, 0]).size == 8
    fixed = simulate(entry, {"Handling Time": 3.0}, members=8, seed=4)
    np.testing.assert_array_equal(fixed["Handling Time"].values, 3.0)


def test_an_uncertainty_may_be_spelt_in_any_way_under_a_policy_that_changes_it(
    make_hotline: MakeHotline,
) -> None:
    entry = make_hotline(manifest=('name = "Handling Time"', 'name = "handling_time"'))
    behaviour = simulate(entry, policy="both", members=8, seed=4)
    assert np.unique(behaviour["Handling Time"].values[:, 0]).size == 8


def test_the_result_is_labelled(hotline: Entry) -> None:
    behaviour = simulate(hotline, policy=["baseline", "later"], members=3)
    assert behaviour["Backlog"].dims == ("member", "time")
    assert behaviour.sizes == {"member": 6, "time": 21}
    np.testing.assert_array_equal(behaviour["time"], np.arange(21.0))
    assert behaviour["time"].attrs["units"] == "Week"
    assert list(behaviour["policy"].values) == ["baseline"] * 3 + ["later"] * 3
    assert set(behaviour["scenario"].values) == {"normal"}
    assert set(behaviour["status"].values) == {"ok"}


def test_a_variable_keeps_units_documentation_and_both_names(hotline: Entry) -> None:
    behaviour = simulate(hotline)
    assert behaviour["Backlog"].attrs == {
        "units": "order",
        "documentation": "Orders that wait.",
        "title_zh": "工单积压",
        "units_zh": "件",
    }
    assert behaviour["Staff[North]"].attrs["units"] == "person"


def test_every_input_that_was_touched_is_a_coordinate_with_its_unit(hotline: Entry) -> None:
    behaviour = simulate(hotline, {"Headroom": 12.0}, members=4, outputs=["Backlog"])
    assert behaviour["Headroom"].dims == ("member",)
    assert behaviour["Handling Time"].attrs["units"] == "Week"
    np.testing.assert_array_equal(behaviour["Headroom"], np.full(4, 12.0))


def test_all_variables_are_kept_if_none_is_asked_for(hotline: Entry) -> None:
    expected = {
        "Backlog",
        "Arrival",
        "Completion",
        "Strain",
        "Intensity",
        "Headroom",
        "Demand",
        "Handling Time",
    }
    assert set(simulate(hotline).data_vars) == expected | {"Staff[North]", "Staff[South]", "All Staff"}
    assert list(simulate(hotline, outputs=["completion", "Backlog"]).data_vars) == ["Completion", "Backlog"]


def test_the_final_values_are_the_last_of_the_saved_ones(hotline: Entry) -> None:
    saved = simulate(hotline, policy=["baseline", "ramp"], members=5)
    final = simulate(hotline, policy=["baseline", "ramp"], members=5, times="final")
    assert final.sizes["time"] == 1
    for name in saved.data_vars:
        assert final[name].values[:, 0].tobytes() == saved[name].values[:, -1].tobytes()


def test_the_attributes_say_how_to_run_the_same_again(hotline: Entry) -> None:
    behaviour = simulate(
        hotline, {"Headroom": 12.0}, policy=["later", "half"], scenario="pulse", members=6, seed=0
    )
    attrs = json.loads(json.dumps(dict(behaviour.attrs)))  # what any file format can keep
    again = simulate(
        hotline,
        json.loads(attrs["settings"]),
        policy=list(json.loads(attrs["policy_titles"])),
        scenario=list(json.loads(attrs["scenario_titles"])),
        members=attrs["members"],
        seed=attrs["seed"],
        integration=Integration(method=attrs["method"], time_step=attrs["time_step"]),
    )
    xr.testing.assert_identical(again, behaviour)
    assert attrs["model_hash"] == hotline.model.content_hash
    assert set(json.loads(attrs["versions"])) == {"sdmodels", "numpy", "python"}


@pytest.mark.parametrize("changed", ["time_step", "final_time", "save_period"])
def test_an_integration_of_ones_own_can_be_replayed_from_the_attributes(hotline: Entry, changed: str) -> None:
    how = {"time_step": 0.125, "final_time": 10.0, "save_period": 0.5}[changed]
    assert simulate(hotline, integration=Integration(**{changed: how})).attrs[changed] == how


def test_a_time_step_that_would_end_the_run_early_is_refused(hotline: Entry) -> None:
    message = (
        r"A time step of 0\.3 does not divide the time from 0 to 10\.\n    The last whole step ends at 9\.9\."
    )
    with pytest.raises(InputError, match=message):
        simulate(hotline, integration=Integration(time_step=0.3, final_time=10))


@pytest.mark.parametrize("third", [1 / 3, 0.333333, 0.333334])
def test_a_third_may_be_written_with_few_digits(hotline: Entry, third: float) -> None:
    behaviour = simulate(hotline, integration=Integration(time_step=third, final_time=200, save_period=1))
    np.testing.assert_allclose(behaviour["time"], np.arange(201), atol=1e-3)


def test_a_save_period_below_the_time_step_saves_every_step(hotline: Entry) -> None:
    how = Integration(time_step=0.25, final_time=1, save_period=1e-12)
    np.testing.assert_array_equal(simulate(hotline, integration=how)["time"], [0, 0.25, 0.5, 0.75, 1])


def test_the_step_nearest_to_each_save_period_is_saved(hotline: Entry) -> None:
    how = Integration(time_step=0.25, final_time=3, save_period=0.6)
    np.testing.assert_array_equal(simulate(hotline, integration=how)["time"], [0, 0.5, 1.25, 1.75, 2.5, 3])


@pytest.mark.parametrize("value", [7.0, [6.0, 7.0]])
def test_a_setting_of_a_variable_with_subscripts_is_for_all_its_elements(
    hotline: Entry, value: float | list[float]
) -> None:
    whole = simulate(hotline, {"staff": value})
    apart = simulate(hotline, {"Staff[North]": value, "Staff[South]": value})
    assert whole.drop_attrs().identical(apart.drop_attrs())


def test_an_element_that_is_set_with_all_others_and_alone_is_refused(hotline: Entry) -> None:
    with pytest.raises(InputError, match=r"^'Staff\[South\]' is set twice\.\n    once as 'Staff\[South\]'"):
        simulate(hotline, {"Staff": 5.0, "Staff[South]": 6.0})


@pytest.mark.parametrize("number", [np.float64(0.4), np.float32(0.5), np.int64(1), 1, True])
def test_settings_may_be_any_kind_of_number(hotline: Entry, number: object) -> None:
    behaviour = simulate(hotline, {"Intensity": number})
    assert json.loads(behaviour.attrs["settings"]) == {"Intensity": float(number)}


def test_a_run_that_fails_wholly_is_an_error_of_three_lines(hotline: Entry) -> None:
    message = (
        r"^The run failed: 'Strain' left the finite numbers at 0 Week\.\n"
        r"    inputs: \{'Headroom( \(input\))?': 0\.5\}\n"
        r"Look for a division by zero or a stock that grows without bound near that time\.$"
    )
    with pytest.raises(SimulationError, match=message):
        simulate(hotline, {"Headroom": 0.5})


def test_a_failure_during_the_run_has_its_time(hotline: Entry) -> None:
    with pytest.raises(SimulationError, match=r"'Strain' left the finite numbers at 5 Week"):
        simulate(hotline, {"Headroom": 0.8}, policy="later")


def test_an_ensemble_that_fails_wholly_says_how_many(hotline: Entry) -> None:
    with pytest.raises(SimulationError, match=r"^Every one of 4 members failed: 'Strain' left") as caught:
        simulate(hotline, {"Headroom": 0.5}, members=4)
    assert len(str(caught.value).splitlines()) == 3


def test_a_failed_member_among_others_is_a_status_and_no_error(hotline: Entry) -> None:
    behaviour = simulate(hotline, {"Headroom": 0.8}, policy=["baseline", "later", "episode"])
    assert list(behaviour["status"].values) == [
        "ok",
        "'Strain' left the finite numbers at 5 Week",
        "'Strain' left the finite numbers at 5 Week",
    ]
    assert np.isfinite(behaviour["Backlog"].values).all()


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_threads_change_no_number(hotline: Entry, threads: int) -> None:
    one = simulate(hotline, members=33, seed=2)
    other = simulate(hotline, members=33, seed=2, integration=Integration(threads=threads))
    xr.testing.assert_identical(one, other)


def test_more_policies_change_no_number_of_the_first(hotline: Entry) -> None:
    alone = simulate(hotline, policy="baseline", members=9, seed=2)
    together = simulate(hotline, policy=["baseline", "ramp", "both"], members=9, seed=2)
    assert alone["Backlog"].values.tobytes() == together["Backlog"].values[:9].tobytes()


def test_time_step_and_final_time_may_be_set(hotline: Entry) -> None:
    behaviour = simulate(hotline, integration=Integration(time_step=0.5, final_time=3.0))
    np.testing.assert_array_equal(behaviour["time"], [0, 1, 2, 3])
    assert behaviour.attrs["time_step"] == 0.5
    fine = simulate(hotline, integration=Integration(save_period=0.25, final_time=1.0))
    np.testing.assert_array_equal(fine["time"], [0, 0.25, 0.5, 0.75, 1])


def test_a_smaller_step_comes_nearer_to_the_exact_solution(hotline: Entry) -> None:
    def error(**how: object) -> float:
        found = simulate(hotline, {"Handling Time": 4.0}, integration=Integration(**how))
        return abs(float(found["Backlog"][0, 8]) - (200 - 100 * np.exp(-1)))

    # Euler: halving the step halves the error, up to a share of the step (1/16 of the delay) itself.
    assert error(time_step=0.125) == pytest.approx(error(time_step=0.25) / 2, rel=0.1)
    assert error(method="rk4") < 1e-6


@pytest.mark.parametrize("method", ["euler", "rk4"])
def test_both_engines_agree(hotline: Entry, method: str) -> None:
    runs = [
        simulate(hotline, members=7, policy="both", integration=Integration(engine=engine, method=method))
        for engine in ("native", "interpreter")
    ]
    for name in runs[0].data_vars:
        np.testing.assert_allclose(
            runs[0][name], runs[1][name], rtol=1e-13
        )  # the same operations, rounded alike


def test_a_bare_model_and_a_path_run_too(hotline: Entry) -> None:
    model: Model = read(hotline.path)
    expected = simulate(hotline)["Backlog"].values
    np.testing.assert_array_equal(simulate(model)["Backlog"].values, expected)
    np.testing.assert_array_equal(simulate(hotline.path)["Backlog"].values, expected)


def test_a_bare_model_has_limits_from_its_file(hotline: Entry) -> None:
    with pytest.raises(InputError, match=r"bounds: 0 to 1\.5 Dmnl"):
        simulate(read(hotline.path), {"Intensity": 2.0})


def test_a_run_changes_neither_the_model_nor_its_inputs(hotline: Entry) -> None:
    same, settings = read(hotline.path), {"Headroom": 12.0}
    simulate(hotline, settings, policy="both", members=3)
    assert hotline.model == same
    assert settings == {"Headroom": 12.0}


def test_progress_is_heard(hotline: Entry) -> None:
    heard: list[tuple[int, int]] = []
    simulate(hotline, policy=["baseline", "later"], members=4, progress=lambda *done: heard.append(done))
    assert heard[-1] == (8, 8)


@pytest.mark.parametrize(
    "how",
    [{"method": "rk5"}, {"method": "Euler"}, {"engine": "fast"}, {"threads": 0}, {"threads": -1}],
    ids=str,
)
def test_an_option_that_does_not_exist_is_not_silently_another(hotline: Entry, how: dict) -> None:
    with pytest.raises((ValueError, InputError), match=r"rk5|Euler|fast|thread|workers"):
        simulate(hotline, integration=Integration(**how))


def test_times_that_do_not_exist_are_not_silently_others(hotline: Entry) -> None:
    with pytest.raises((ValueError, InputError), match="finally"):
        simulate(hotline, times="finally")


@pytest.mark.parametrize(
    "how", [{"time_step": 0}, {"time_step": -1.0}, {"final_time": -1.0}, {"save_period": 0}]
)
def test_a_span_of_time_that_cannot_be_run_is_refused(hotline: Entry, how: dict[str, float]) -> None:
    with pytest.raises(StructureError, match=r"(TIME STEP|FINAL TIME|SAVEPER) (is|\(-1\))"):
        simulate(hotline, integration=Integration(**how))


def test_results_that_do_not_fit_into_memory_are_refused_before_the_run(hotline: Entry) -> None:
    with pytest.raises(InputError, match=r"GB of memory; this machine has .* GB\.\n(.|\n)*times='final'"):
        simulate(hotline, members=2_000_000_000)


def test_a_single_run_of_a_thousand_saved_equations_is_compiled_in_seconds(tmp_path: Path) -> None:
    chain = "".join(f"v{i} = v{i + 1} + 1 ~~|\n" for i in range(1000))
    controls = "INITIAL TIME = 0 ~~| FINAL TIME = 10 ~~| TIME STEP = 1 ~~| SAVEPER = 1 ~~|"
    path = tmp_path / "chain.mdl"
    path.write_text(f"{{UTF-8}}\n{chain}v1000 = Time ~~|\n{controls}\n", encoding="utf-8")
    model, began = read(path), time.perf_counter()
    assert float(simulate(model)["v0"][0, -1]) == 1010
    # Three seconds on a quiet machine; five times that in vectors of one.
    assert time.perf_counter() - began < 9


@pytest.mark.parametrize("asked", [{"members": 2.5}, {"seed": 0.5}])
def test_numbers_of_members_and_seeds_are_whole(hotline: Entry, asked: dict) -> None:
    with pytest.raises(InputError, match=r"Give a whole number\.$"):
        simulate(hotline, **asked)
