"""Outcomes without trajectories, derivatives and Jacobians of a model's runs."""

import numpy as np
import pytest

from sdmodels.catalogue import Change, Entry, load
from sdmodels.errors import InputError
from sdmodels.experiment import (
    Integration,
    Reduction,
    differentiate,
    evaluate,
    jacobian,
    measure,
    simulate,
    statistic_of,
)

ALL = [
    Reduction(variable="Backlog", statistic=statistic, begins=begins, ends=ends)
    for statistic in ("initial", "final", "minimum", "maximum", "total", "mean", "time of maximum")
    for begins, ends in ((None, None), (3.0, 11.0))
]
ASKED = {"members": 9, "seed": 4, "policy": ["baseline", "push"]}


@pytest.fixture
def asked(hotline: Entry) -> dict:
    policies = list(hotline.policies)[:2]
    return {"members": 9, "seed": 4, "policy": policies}


def test_outcomes_alone_are_those_of_the_kept_trajectories(hotline: Entry, asked: dict) -> None:
    kept = simulate(hotline, **asked)
    found = evaluate(hotline, outcomes=ALL, **asked)
    assert set(found.dims) == {"member"}
    for name, reduction in zip(found.data_vars, ALL, strict=True):
        expected = statistic_of(
            kept, "Backlog", reduction.statistic, begins=reduction.begins, ends=reduction.ends
        )
        assert found[name].values.tobytes() == expected.tobytes(), name
    assert list(found["policy"].values) == list(kept["policy"].values)
    assert found["total of Backlog"].attrs["units"] == "order*Week"


def test_the_outcomes_of_a_manifest_are_measured_alike() -> None:
    real = load("hotline")
    by_trajectory = measure(simulate(real, members=3, seed=2), real.outcomes)
    directly = measure(evaluate(real, members=3, seed=2), real.outcomes)
    assert len(directly) == 3 * len(real.outcomes) > 20
    assert by_trajectory.equals(directly)


def test_both_engines_come_to_the_same_outcomes(hotline: Entry, asked: dict) -> None:
    native, slow = (
        evaluate(hotline, outcomes=ALL, integration=Integration(engine=engine), **asked)
        for engine in ("native", "interpreter")
    )
    for name in native.data_vars:
        np.testing.assert_allclose(native[name].values, slow[name].values, rtol=1e-13)


def test_a_policy_may_leave_the_bounds_of_a_lever_if_it_is_asked_to(hotline: Entry) -> None:
    beyond = hotline.policy("always").model_copy(
        update={"changes": (Change(name="Intensity", value=1.4),), "id": "beyond"}
    )
    with pytest.raises(InputError, match="out of bounds"):
        evaluate(hotline, outcomes=ALL[:1], policy=beyond)
    assert evaluate(hotline, outcomes=ALL[:1], policy=beyond, within_bounds=False).sizes["member"] == 1


def test_nothing_to_keep_is_refused(hotline: Entry) -> None:
    with pytest.raises(InputError, match="There are no outcomes to evaluate"):
        evaluate(hotline, outcomes=[])


def differences(hotline: Entry, name: str, settings: dict, **asked) -> np.ndarray:
    """Return central differences of the backlog, and how far off they may be."""
    width = 1e-6 * settings[name]
    ends = [
        simulate(hotline, {**settings, name: settings[name] + sign * width}, outputs=["Backlog"], **asked)
        for sign in (1, -1)
    ]
    return (ends[0]["Backlog"].values - ends[1]["Backlog"].values) / (2 * width)


@pytest.mark.parametrize("method", ["euler", "rk4"])
@pytest.mark.parametrize("policy", ["baseline", "later"])
def test_derivatives_are_the_limits_of_differences(hotline: Entry, method: str, policy: str) -> None:
    known = [p.id for p in hotline.policies]
    policy = policy if policy in known else known[-1]
    settings = {"Handling Time": 2.0, "Demand": 1.0, "Backlog": 100.0}
    asked = {"policy": policy, "integration": Integration(method=method)}
    found = differentiate(hotline, list(settings), settings, outputs=["Backlog"], **asked)
    assert found["Backlog"].dims == ("input", "member", "time")
    for name in settings:
        expected = differences(hotline, name, settings, **asked)
        # A central difference over a millionth of the value has seven good digits.
        np.testing.assert_allclose(found["Backlog"].sel(input=name).values, expected, rtol=1e-6, atol=1e-6)


def test_what_is_not_set_is_differentiated_at_the_model_s_own_number(hotline: Entry) -> None:
    own = differentiate(hotline, ["Demand", "Backlog"])
    spelt_out = differentiate(hotline, ["Demand", "Backlog"], {"Demand": 1.0, "Backlog": 100.0})
    np.testing.assert_array_equal(own["Backlog"].values, spelt_out["Backlog"].values)


def test_derivatives_of_an_ensemble_are_those_of_its_members(hotline: Entry) -> None:
    many = differentiate(hotline, ["Handling Time"], {"Handling Time": [1.5, 2.0, 4.0]})
    for member, value in enumerate([1.5, 2.0, 4.0]):
        one = differentiate(hotline, ["Handling Time"], {"Handling Time": value})
        np.testing.assert_array_equal(many["Backlog"].values[:, member], one["Backlog"].values[:, 0])


@pytest.mark.parametrize(
    ("by", "message"), [([], "by nothing"), (["Arrival"], "'Arrival' is not a constant")]
)
def test_derivatives_by_what_is_no_input_are_refused(hotline: Entry, by: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        differentiate(hotline, by)


def test_the_jacobian_of_a_linear_model_is_its_matrix(hotline: Entry) -> None:
    found = jacobian(hotline, {"Handling Time": [2.0, 4.0]})
    assert found.dims == ("net_flow_of", "by", "member", "time")
    # Net flow: Demand * 25 - Backlog * Intensity / Handling Time.
    np.testing.assert_allclose(found.sel(net_flow_of="Backlog", by="Backlog").values[:, 3], [-0.25, -0.125])


def test_a_run_never_changes_the_model(hotline: Entry) -> None:
    before = repr(hotline.model)
    simulate(hotline, {"Backlog": 3.0, "Demand": [1.0, 2.0]}, policy=list(hotline.policies))
    differentiate(hotline, ["Demand"])
    assert repr(hotline.model) == before


def test_derivatives_by_the_same_constant_twice_are_refused(hotline: Entry) -> None:
    with pytest.raises(InputError, match=r"^Derivatives by 'Staff\[North\]' are asked for twice\."):
        differentiate(hotline, ["Staff[North]", "staff[north]"])


def test_derivatives_by_a_constant_with_subscripts_are_by_each_element(hotline: Entry) -> None:
    found = differentiate(hotline, ["Staff"], outputs=["Backlog"], times="final")
    assert list(found["input"].values) == ["Staff[North]", "Staff[South]"]


@pytest.mark.parametrize(
    "ask", [simulate, jacobian, lambda model, **how: differentiate(model, ["Headroom"], **how)]
)
def test_times_are_saved_or_final_for_every_question(hotline: Entry, ask) -> None:
    with pytest.raises(ValueError, match="times is 'sometimes'; it must be one of 'saved', 'final'"):
        ask(hotline, times="sometimes")
