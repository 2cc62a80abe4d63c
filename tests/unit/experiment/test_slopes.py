"""Slopes of tables among what members differ in, what is set and what policies change."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from sdmodels.catalogue import Change, Entry, Policy, Text, Uncertainty, load
from sdmodels.errors import InputError, UnknownNameError
from sdmodels.experiment import Integration, differentiate, simulate
from sdmodels.experiment.sampling import draw
from sdmodels.report.files import write_behaviour, write_variables
from sdmodels.validation import random_members

DRAWING = """{UTF-8}
Level = INTEG(Inflow - Level * Rate, 30)
    ~ order
    ~ A stock.
    |
Inflow = Effect(Level) + Push
    ~ order/Week
    ~ A flow.
    |
Effect((0,0.5),(10,1),(50,4))
    ~ order/Week
    ~ A table.
    |
Push = WITH LOOKUP(Level, ((0,2),(20,1),(40,0)))
    ~ order/Week
    ~ A table in an equation.
    |
Rate = 0.1
    ~ 1/Week
    ~ A constant.
    |
INITIAL TIME = 0
    ~ Week
    ~ |
FINAL TIME = 20
    ~ Week
    ~ |
TIME STEP = 0.25
    ~ Week
    ~ |
SAVEPER = 1
    ~ Week
    ~ |
"""
MANIFEST = """id = "pair"
file = "pair.mdl"
title = { en = "Pair", zh = "一对" }
summary = { en = "Two tables.", zh = "两个表函数。" }
source = "made for a test"

[[uncertainty]]
name = "Rate"
minimum = 0.05
maximum = 0.2
source = "assumption"

[[table]]
name = "Effect"
shape = "rising"
through = [10, 1]
"""
EFFECT = 'slope = { minimum = 0.5, maximum = 1.5, source = "assumption" }\nwithin = [0, 5]\n'
PUSH = """[[table]]
name = "push"
shape = "falling"
through = [20, 1]
slope = { minimum = 0.4, maximum = 2.5, distribution = "log uniform", source = "assumption" }
"""
Make = Callable[..., Entry]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Write and load the model, in a folder of its own each time."""

    def write(manifest: str = MANIFEST + EFFECT + PUSH, drawing: str = DRAWING) -> Entry:
        folder = tmp_path / f"{len(list(tmp_path.iterdir()))}" / "pair"
        folder.mkdir(parents=True)
        (folder / "pair.mdl").write_text(drawing, encoding="utf-8")
        (folder / "model.toml").write_text(manifest, encoding="utf-8")
        return load(folder)

    return write


def final(found: xr.Dataset) -> np.ndarray:
    return np.asarray(found["Level"].values[:, -1])


def policy(**change: float) -> Policy:
    words = Text(en="P", zh="策")
    change_ = Change(name="Effect (slope)", **change)
    return Policy(id="p", title=words, meaning=words, changes=(change_,))


def test_slopes_are_drawn_with_the_constants(make: Make) -> None:
    entry = make()
    found = simulate(entry, members=16, seed=3)
    expected = draw(
        [
            entry.uncertainties[0],
            Uncertainty(name="Effect (slope)", minimum=0.5, maximum=1.5, source="s"),
            Uncertainty(
                name="Push (slope)", minimum=0.4, maximum=2.5, distribution="log uniform", source="s"
            ),
        ],
        members=16,
        seed=3,
    )
    np.testing.assert_array_equal(found["Rate (input)"], expected["Rate"])
    for name in ("Effect (slope)", "Push (slope)"):
        np.testing.assert_array_equal(found[f"{name} (input)"], expected[name])
        assert found[name].dims == ("member", "time")
        assert found[name].attrs["units"] == "Dmnl"
        assert found[name].attrs["title_zh"].endswith("（斜率）")


def test_a_member_is_the_model_with_its_tables_edited(make: Make) -> None:
    found = simulate(make(), members=8, seed=1)
    for member in (0, 5):
        k, p = (float(found[f"{name} (slope) (input)"].values[member]) for name in ("Effect", "Push"))
        heights = {"0.5": 1 - k * 0.5, "4": 1 + k * 3}
        by_hand = DRAWING
        for old, new in heights.items():
            by_hand = by_hand.replace(f",{old})", f",{new!r})")
        by_hand = by_hand.replace("(0,2),(20,1),(40,0)", f"(0,{1 + p!r}),(20,1),(40,{1 - p!r})")
        rate = float(found["Rate (input)"].values[member])
        alone = simulate(make(MANIFEST, by_hand), {"Rate": rate})
        np.testing.assert_allclose(found["Level"].values[member], alone["Level"].values[0], rtol=1e-12)


def test_one_run_and_a_slope_of_one_are_those_without_slopes(make: Make) -> None:
    entry, plain = make(), make(MANIFEST)
    expected = simulate(plain)
    xr.testing.assert_equal(simulate(entry), expected)
    assert list(simulate(entry).data_vars) == list(expected.data_vars)
    ones = simulate(entry, {"Effect (slope)": 1, "push (SLOPE)": [1.0, 1.0]})
    np.testing.assert_array_equal(ones["Level"].values, np.repeat(expected["Level"].values, 2, axis=0))


def test_a_slope_can_be_set_for_all_members_or_for_each(make: Make) -> None:
    entry = make()
    fixed = simulate(entry, {"effect (slope)": 1.2}, members=8, seed=1)
    assert (fixed["Effect (slope)"].values == 1.2).all()
    assert len(set(fixed["Push (slope) (input)"].values)) == 8
    several = simulate(entry, {"Effect (slope)": [0.5, 1.0, 1.5]})
    assert np.unique(final(several)).size == 3


def test_the_interpreter_agrees(make: Make) -> None:
    native, slow = (
        simulate(make(), members=12, seed=2, integration=Integration(engine=engine))
        for engine in ("native", "interpreter")
    )
    np.testing.assert_allclose(native["Level"], slow["Level"], rtol=1e-13)


def test_a_slope_out_of_bounds_is_refused(make: Make) -> None:
    entry = make()
    with pytest.raises(InputError, match=r"'Effect \(slope\)' is set to -1, which is out of bounds\.\n"):
        simulate(entry, {"Effect (slope)": -1})
    with pytest.raises(UnknownNameError, match=r"Did you mean 'Effect \(slope\)'\?"):
        simulate(entry, {"Effects (slope)": 1})
    with pytest.raises(UnknownNameError, match="Effect"):
        simulate(make(MANIFEST), {"Effect (slope)": 1})


def test_heights_that_are_set_are_not_stretched_unless_the_slope_is_set_too(make: Make) -> None:
    entry = make()
    heights = {"Effect": [0.5, 1.0, 3.0]}
    found = simulate(entry, heights, members=4, seed=1)
    assert "Effect (slope)" not in found
    assert "Push (slope)" in found
    both = simulate(entry, {**heights, "Effect (slope)": 2.0, "Push (slope)": 1.0})
    by_hand = simulate(entry, {"Effect": [0.0, 1.0, 5.0], "Push (slope)": 1.0})
    np.testing.assert_allclose(both["Level"], by_hand["Level"], rtol=1e-12)


def test_heights_beyond_the_limits_of_their_table_are_refused(make: Make) -> None:
    message = (
        r"'Effect' is set to heights from 0\.5 to 9, which is out of bounds\.\n"
        r"    limits of the table: 0 to 5 order/Week\nChoose heights within the limits\."
    )
    with pytest.raises(InputError, match=message):
        simulate(make(), {"Effect": [0.5, 1.0, 9.0]})


def test_a_policy_may_change_a_slope_at_once_or_during_the_run(make: Make) -> None:
    entry = make()
    at_once = simulate(entry, policy=policy(value=0.5))
    np.testing.assert_array_equal(final(at_once), final(simulate(entry, {"Effect (slope)": 0.5})))
    later = simulate(entry, policy=policy(value=0.5, begins=10))["Level"].values[0]
    own = simulate(entry)["Level"].values[0]
    np.testing.assert_array_equal(later[:11], own[:11])
    assert later[-1] != own[-1]


def test_a_slope_may_follow_values_over_time(make: Make) -> None:
    entry = make()
    followed = simulate(entry, {"Effect (slope)": pd.Series([0.5, 0.5], index=[0.0, 20.0])})
    np.testing.assert_allclose(final(followed), final(simulate(entry, {"Effect (slope)": 0.5})), rtol=1e-14)


def test_a_slope_that_is_asked_for_is_kept(make: Make) -> None:
    found = simulate(make(), members=4, seed=1, outputs=["Effect (slope)", "Level"])
    np.testing.assert_array_equal(found["Effect (slope)"].values[:, 0], found["Effect (slope) (input)"])


def test_the_slopes_of_members_are_written_beside_their_behaviour(make: Make, tmp_path: Path) -> None:
    entry = make()
    found = simulate(entry, members=3, seed=1)
    columns = pd.read_csv(write_behaviour(found, tmp_path / "behaviour.csv"))
    assert columns["Push (slope)"].nunique() == 3
    variables = pd.read_csv(write_variables(entry, tmp_path / "variables.csv")).set_index("variable")
    assert variables.loc["Effect (slope)", ["zh", "kind", "unit"]].tolist() == [
        "Effect（斜率）",
        "constant",
        "Dmnl",
    ]


def test_random_inputs_include_each_slope_once(make: Make) -> None:
    (found,) = random_members(make(), members=200)
    assert found.status == "passed"
    broken = DRAWING.replace(
        "Inflow = Effect(Level)", "Inflow = LN(1.6 - Effect(10 + Level * 0) * 0 - Effect(40) / 3)"
    )
    (found,) = random_members(make(drawing=broken), members=200)
    assert found.status == "failed"
    assert found.message.count('"Effect (slope)": 1.') == 1


@pytest.mark.parametrize("name", ["Effect (slope)", "Push (slope)"])
def test_derivatives_by_a_slope_are_exact(make: Make, name: str) -> None:
    entry = make()
    slopes = differentiate(entry, [name], outputs=["Level"])["Level"].values[0, 0, -1]
    more, less = (final(simulate(entry, {name: 1 + step}))[0] for step in (1e-6, -1e-6))
    assert slopes == pytest.approx((more - less) / 2e-6, rel=1e-6)
