"""Initial values, tables and values over time in place of the model's own."""

import numpy as np
import pandas as pd
import pytest

from sdmodels.catalogue import Change, Entry, Policy, Text
from sdmodels.errors import InputError, UnknownNameError
from sdmodels.experiment import Integration, simulate
from sdmodels.readers import read

TABLES = """{UTF-8}
Effect( (0,0),(10,1),(20,5) ) ~~|
Stock = INTEG(Flow, 4) ~~|
Flow = Effect(Stock) * Rate + Weather ~~|
Rate = 2 ~~ [0,9] ~|
Weather ~~|
Sampled :HOLD BACKWARD: ~~|
Seen = Sampled ~~|
INITIAL TIME = 0 ~~|
FINAL TIME = 4 ~~|
TIME STEP = 0.5 ~~|
SAVEPER = 0.5 ~~|
"""


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "tables.mdl"
    path.write_text(TABLES.replace("~~ [0,9] ~|", "~ Dmnl [0,9] ~ |"), encoding="utf-8")
    return read(path)


WEATHER = pd.Series([0.0, 8.0], index=[0.0, 4.0])
SAMPLED = pd.Series([1.0, 5.0], index=[0.0, 2.2])
DATA = {"Weather": WEATHER, "Sampled": SAMPLED}


def course(model, settings, name="Stock", **asked):
    return simulate(model, {**DATA, **settings}, outputs=[name], **asked)[name].values


def expected(heights=(0.0, 1.0, 5.0), begin=4.0, rate=2.0, steps=8):
    """The same model, step by step in plain Python."""
    values = [begin]
    for step in range(steps):
        effect = np.interp(values[-1], (0.0, 10.0, 20.0), heights)
        values.append(values[-1] + 0.5 * (effect * rate + step * 0.5 * 2.0))
    return np.array(values)


def test_a_data_variable_takes_the_values_it_is_given(model) -> None:
    np.testing.assert_allclose(course(model, {})[0], expected(), rtol=1e-14)


def test_held_data_changes_where_the_next_value_is(model) -> None:
    np.testing.assert_array_equal(course(model, {}, "Seen")[0], [1, 1, 1, 1, 1, 5, 5, 5, 5])


def test_the_name_of_a_stock_sets_where_it_begins(model) -> None:
    found = course(model, {"stock": [4.0, 9.0]})
    np.testing.assert_allclose(found, [expected(), expected(begin=9.0)], rtol=1e-14)


def test_every_member_may_have_a_table_of_its_own(model) -> None:
    heights = np.array([[0.0, 1.0, 5.0], [1.0, 1.0, 1.0], [0.0, 3.0, 4.0]])
    found = course(model, {"Effect": heights})
    np.testing.assert_allclose(found, [expected(row) for row in heights], rtol=1e-13)


def test_a_table_may_take_other_points(model) -> None:
    found = course(model, {"Effect": pd.Series([0.0, 0.5, 1.0, 5.0], index=[0.0, 5.0, 10.0, 20.0])})
    np.testing.assert_allclose(found[0], expected(), rtol=1e-13)


def test_values_over_time_have_the_same_bits_alone_as_among_others(model) -> None:
    random = np.random.default_rng(5)
    index = np.sort(random.uniform(-1, 5, 40))
    many = pd.DataFrame(random.normal(size=(40, 100)), index=index)
    together = course(model, {"Weather": many})
    for member in (0, 7, 99):
        alone = course(model, {"Weather": many[member]})
        np.testing.assert_array_equal(alone[0], together[member])


def test_values_over_time_may_differ_between_members(model) -> None:
    frame = pd.DataFrame({"a": WEATHER, "b": 0 * WEATHER})
    found = course(model, {"Weather": frame, "Rate": [2.0, 0.0]})
    np.testing.assert_allclose(found, [expected(), np.full(9, 4.0)], rtol=1e-14)


def test_a_constant_may_follow_given_values(model) -> None:
    found = course(model, {"Rate": pd.Series([2.0, 2.0], index=[0, 4])})
    np.testing.assert_allclose(found[0], expected(), rtol=1e-14)
    rising = course(model, {"Rate": pd.Series([0.0, 4.0], index=[0, 4])}, "Flow")
    assert rising[0, 0] == 0.0
    assert rising[0, -1] > 8.0


@pytest.mark.parametrize("method", ["euler", "rk4"])
def test_both_engines_take_all_of_them(model, method: str) -> None:
    settings = {
        "Stock": [1.0, 5.0, 9.0],
        "Effect": np.array([[0.0, 1.0, 5.0], [1.0, 1.0, 1.0], [0.0, 3.0, 4.0]]),
        "Weather": pd.DataFrame(np.arange(9).reshape(3, 3), index=[0, 1.3, 4]),
        "Rate": pd.Series([0.0, 4.0], index=[0, 4]),
    }
    runs = [
        course(model, settings, integration=Integration(engine=engine, method=method))
        for engine in ("native", "interpreter")
    ]
    np.testing.assert_allclose(runs[0], runs[1], rtol=1e-13)


def test_a_policy_acts_on_a_constant_that_follows_given_values(hotline: Entry) -> None:
    calm = Policy(
        id="calm",
        title=Text(en="c", zh="c"),
        meaning=Text(en="c", zh="c"),
        changes=[Change(name="Demand", factor=0.5)],
    )
    found = simulate(
        hotline,
        {"Demand": pd.Series([1.0, 3.0], index=[0, 20])},
        policy=["baseline", calm],
        outputs=["Arrival"],
    )["Arrival"]
    np.testing.assert_allclose(found.values[1], 0.5 * found.values[0])
    np.testing.assert_allclose(found.values[0], 25 * np.linspace(1, 3, 21))


REFUSED = {
    "a missing series": ({}, "'Weather' is a data variable, and there are no data for it."),
    "a number as data": (
        {**DATA, "Weather": 3.0},
        "'Weather' is a data variable: it needs values over time.",
    ),
    "too few heights": ({**DATA, "Effect": [1.0, 2.0]}, r"'Effect' is set to an array of shape \(2,\)."),
    "a stock over time": (
        {**DATA, "Stock": WEATHER},
        "'Stock' is a stock: only its initial value can be set.",
    ),
    "times that fall": ({"Weather": WEATHER[::-1], "Sampled": SAMPLED}, "whose index does not ascend"),
    "gaps": ({"Weather": WEATHER * np.nan, "Sampled": SAMPLED}, "not all finite numbers"),
    "texts": ({**DATA, "Rate": "many"}, "'Rate' is set to what are not numbers."),
    "beyond the limits": ({**DATA, "Rate": pd.Series([1, 10.0], index=[0, 1])}, "out of bounds"),
    "twice": ({**DATA, "Rate": 1.0, "rate": 2.0}, "'Rate' is set twice."),
    "lengths": ({**DATA, "Rate": [1.0, 2.0], "Stock": [1.0, 2.0, 3.0]}, "do not agree on the number"),
    "what is computed": ({**DATA, "Flow": 1.0}, "'Flow' is not a constant"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_fit_is_refused_in_three_lines(model, name: str) -> None:
    settings, message = REFUSED[name]
    with pytest.raises((InputError, UnknownNameError), match=message) as caught:
        simulate(model, settings)
    assert str(caught.value).count("\n") == 2


def test_a_policy_that_brings_a_lever_out_of_bounds_is_refused(hotline: Entry) -> None:
    def intensity(**change: float) -> Policy:
        change_ = Change(name="Intensity", **change)
        return Policy(id="hard", title=Text(en="h", zh="h"), meaning=Text(en="h", zh="h"), changes=[change_])

    message = r"^Policy 'hard' brings 'Intensity' to (4|2), which is out of bounds\.\n    bounds of the lever"
    for change in (
        {"value": 4.0},
        {"factor": 4.0},
        {"value": 4.0, "begins": 3.0},
        {"factor": 4.0, "begins": 3.0},
    ):
        with pytest.raises(InputError, match=message):
            simulate(hotline, policy=intensity(**change))
    assert simulate(hotline, policy=intensity(value=4.0), within_bounds=False).sizes["member"] == 1


def test_what_is_plausible_only_above_zero_is_not_set_to_less(hotline: Entry) -> None:
    message = r"'Handling Time' is set to -3.*\n    plausible: 1 to 4 Week\nChoose a value above zero\.$"
    with pytest.raises(InputError, match=message):
        simulate(hotline, {"Handling Time": -3.0})


def test_a_variable_with_subscripts_stands_for_all_its_elements(hotline: Entry) -> None:
    assert list(simulate(hotline, outputs=["Staff", "Backlog"]).data_vars) == [
        "Staff[North]",
        "Staff[South]",
        "Backlog",
    ]
    assert list(simulate(hotline, outputs="Backlog").data_vars) == ["Backlog"]


@pytest.mark.parametrize(
    ("policy", "message"), [([], "No policy is asked for"), (["baseline"] * 2, "named twice")]
)
def test_no_policy_and_one_twice_are_refused(hotline: Entry, policy: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        simulate(hotline, policy=policy)


def test_dates_are_no_times_of_a_model(model) -> None:
    days = pd.Series([1.0, 2.0], index=pd.to_datetime(["2020-01-01", "2020-01-08"]))
    message = (
        r"'Weather' is set to values over an index of datetime64.*\n    2020-01-01.*\nGive the times as num"
    )
    with pytest.raises(InputError, match=message):
        course(model, {"Weather": days})
