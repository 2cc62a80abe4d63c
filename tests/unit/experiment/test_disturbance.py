"""Pink noise on a constant: its statistics are known, and it acts on whatever the constant is set to."""

from pathlib import Path

import numpy as np
import pytest

from sdmodels.catalogue import Change, Policy, Scenario, Text
from sdmodels.errors import InputError, UnknownNameError
from sdmodels.experiment import Integration, as_entry, simulate
from sdmodels.experiment.disturbance import Disturbance, disturb
from sdmodels.readers import read

FILTER = """{UTF-8}
Inflow = 2
    ~ order
    ~ What is disturbed.
    |
Level = INTEG((Inflow - Level) / Delay, Inflow)
    ~ order
    ~ Follows the inflow.
    |
Echo = Inflow + 0
    ~ order
    ~ What equations see of the inflow.
    |
Dice = RANDOM UNIFORM(0, 1, 1)
    ~ Dmnl
    ~ Chance of the model's own.
    |
Delay = 10
    ~ Week
    ~ Of the level.
    |
Split[part] = 1, 2
    ~ Dmnl
    ~ Has subscripts.
    |
part: one, two
    ~ ~ |
INITIAL TIME = 0 ~ Week ~ |
FINAL TIME = 400 ~ Week ~ |
TIME STEP = 0.5 ~ Week ~ |
SAVEPER = 0.5 ~ Week ~ |
"""
TEXT = Text(en="T", zh="题")
NOISE = Disturbance(constant="Inflow", correlation=8.0, begins=1.0)


@pytest.fixture
def entry(tmp_path: Path):
    path = tmp_path / "filter.mdl"
    path.write_text(FILTER, encoding="utf-8")
    return as_entry(read(path))


def run(entry, disturbance=NOISE, *, deviation=0.1, members=400, method="euler", **more):
    noisy = disturb(entry, disturbance, method=method)
    settings = {disturbance.deviation: np.full(members, deviation)}
    return simulate(
        noisy,
        settings,
        outputs=["Echo", "Level", "Dice"],
        integration=Integration(method=method),
        seed=3,
        **more,
    )


@pytest.mark.parametrize("method", ["euler", "rk4"])
@pytest.mark.parametrize("correlation", [0.5, 2.0, 8.0])
def test_noise_has_the_deviation_and_correlation_that_are_asked_for(entry, method, correlation):
    noise = Disturbance(constant="Inflow", correlation=correlation, begins=1.0)
    echo = run(entry, noise, method=method)["Echo"].sel(time=slice(1, None)).values / 2 - 1
    # 400 members of 50 to 800 independent stretches: a standard error of 0.5 % at most.
    assert echo.std() == pytest.approx(0.1, rel=0.02)
    assert echo.mean() == pytest.approx(0, abs=0.002)
    for steps in (1, 4):
        # Runge-Kutta at a time step of the whole time constant keeps 0.375 of the noise instead of exp(-1).
        kept = 0.375**steps if (method, correlation) == ("rk4", 0.5) else np.exp(-0.5 * steps / correlation)
        found = (echo[:, :-steps] * echo[:, steps:]).mean() / echo.var()
        assert found == pytest.approx(kept, abs=0.01)
    # Stationary from the first.
    assert echo[:, 0].std() == pytest.approx(0.1, rel=0.15)


def test_a_filter_answers_as_the_theory_of_linear_systems_says(entry):
    level = run(entry, members=600)["Level"].sel(time=slice(100, None)).values / 2 - 1
    # Of noise with correlation 8 a first-order delay of 10 lets through the share 8 / (8 + 10) of the variance;
    # a step of 0.5 instead of none adds some 2 %.
    assert level.var() == pytest.approx(0.01 * 8 / 18, rel=0.06)


def test_initial_values_and_what_comes_before_are_those_without_noise(entry):
    found = run(entry, members=4)
    assert (found["Echo"].sel(time=slice(0, 0.5)) == 2).all()
    assert (found["Level"].sel(time=slice(0, 1)) == 2).all()
    assert (found["Echo"].sel(time=1.0) != 2).all()


def test_without_a_deviation_nothing_changes(entry):
    before = simulate(entry, {"Delay": np.full(4, 10.0)}, outputs=["Echo", "Level", "Dice"], seed=3)
    after = run(entry, deviation=0.0, members=4)
    for name in ("Echo", "Level", "Dice"):
        np.testing.assert_array_equal(before[name].values, after[name].values)


def test_noise_acts_on_what_policies_and_scenarios_set_with_one_path_a_member(entry):
    rise = Policy(
        id="rise", title=TEXT, meaning=TEXT, changes=[Change(name="inflow", value=6.0, begins=50, ends=60)]
    )
    more = Scenario(id="more", title=TEXT, meaning=TEXT, changes=[Change(name="Inflow", factor=1.5)])
    found = run(entry, members=3, policy=["baseline", rise], scenario=["normal", more])
    echo = {
        (scenario, policy): found["Echo"].values[
            (found["scenario"].values == scenario) & (found["policy"].values == policy)
        ]
        for scenario in ("normal", "more")
        for policy in ("baseline", "rise")
    }
    usual = echo["normal", "baseline"]
    held = (found["time"].values >= 50) & (found["time"].values < 60)
    np.testing.assert_allclose(echo["more", "baseline"], 1.5 * usual, rtol=1e-12)
    np.testing.assert_allclose(echo["normal", "rise"], usual * np.where(held, 3, 1), rtol=1e-12)
    np.testing.assert_allclose(echo["more", "rise"], usual * np.where(held, 3, 1.5), rtol=1e-12)
    assert len(np.unique(usual[:, 10])) == 3


def test_a_wide_disturbance_stops_at_zero(entry):
    echo = run(entry, deviation=1.0)["Echo"].values
    assert echo.min() == 0
    assert 0.1 < (echo[:, 2:] == 0).mean() < 0.2  # one standard deviation below the mean: 16 %


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        ({"constant": "Inflw"}, UnknownNameError, "No constant is named 'Inflw'"),
        ({"constant": "Level"}, InputError, "'Level' is disturbed, which is not a constant"),
        ({"constant": "Split[one]"}, InputError, "'Split' has subscripts and cannot be disturbed"),
        ({"correlation": 0.25}, InputError, "time constant of 0.25.\n    The time step is 0.5"),
        ({"begins": 0.0}, InputError, "begins at 0.\n    The run begins at 0, and initial values"),
    ],
)
def test_what_cannot_be_disturbed_is_refused(entry, changed, error, message):
    usual = {"constant": "Inflow", "correlation": 8.0, "begins": 1.0}
    with pytest.raises(error, match=message.replace("[", r"\[")):
        disturb(entry, Disturbance(**(usual | changed)), method="euler")
