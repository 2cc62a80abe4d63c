import numpy as np
import pytest

from sdmodels.catalogue import Uncertainty
from sdmodels.errors import InputError, UnknownNameError
from sdmodels.exploration.classes import Tolerances
from sdmodels.exploration.mode_search import ModeSearch
from sdmodels.exploration.modes import find_modes

TENTHS = tuple(round(0.1 * number, 1) for number in range(1, 11))


def search(**changed):
    usual = {
        "lever": "Lever",
        "values": TENTHS,
        "burden": "Burden",
        "condition": "Condition",
        "begins": 20.0,
        "members": 64,
        "seed": 1,
    }
    return ModeSearch(**(usual | changed))


def share(modes, shape="all", mechanism="all"):
    table = modes.shares.set_index(["shape", "mechanism"])
    return table.loc[(shape, mechanism), "share"]


def test_a_parabola_is_an_inverted_u_with_the_known_optimum(make_street):
    modes = find_modes(make_street(ranges={"Best": (0.4, 0.8)}), search())
    assert share(modes, "inverted U", "sound") == 1
    best = modes.curves["Best"].values
    # The least of a parabola on a grid is at the value nearest to its vertex.
    np.testing.assert_allclose(modes.curves["optimum"].values, np.round(best, 1))
    assert modes.places.set_index("place").loc[["onset", "tip"], "members"].tolist() == [0, 0]


def test_a_known_fold_tips_at_the_known_value(make_street):
    # Orders exceed the slack from 0.41...0.49 on: between 0.4 and 0.5, whatever the member.
    street = make_street(ranges={"Slack": (0.41, 0.49)}, Load=1, Damage=50, Curvature=0)
    modes = find_modes(street, search())
    assert share(modes, "pure loss", "tip") == 1
    row = modes.places.set_index("place").loc["tip"]
    assert (row["members"], row["low"], row["median"], row["high"]) == (64, 0.45, 0.45, 0.45)
    assert modes.curves["condition"].sel(value=0.5).values == pytest.approx(0, abs=1e-3)


def test_a_weak_response_substitutes_by_degrees(make_street):
    # Decay is (rho - 0.25) / (1 - 0.5 rho): at most 1.5 a tenth, and 0.15 a tenth for rho = 0.5 Lever.
    modes = find_modes(make_street(Load=0.8, Response=0.5, Curvature=0, Damage=50), search())
    assert share(modes, "pure loss", "graded substitution") == 1
    expected = 1 - (0.8 * 0.6 - 0.25) / (1 - 0.4 * 0.6)
    assert modes.curves["condition"].sel(value=0.6).values == pytest.approx(expected, abs=1e-6)


def test_the_parameter_that_decides_is_found_with_its_threshold(make_street):
    # It tips inside of the grid if the slack is below the highest load, which is 1.
    street = make_street(ranges={"Slack": (0.5, 1.5), "Idle": (0, 1)}, Load=1, Damage=50)
    modes = find_modes(street, search(members=512))
    slack = modes.curves["Slack"].values
    assert share(modes, mechanism="tip") == (slack < 1).mean()
    first = modes.decisive[modes.decisive["class"] == "tip"].iloc[0]
    assert (first["parameter"], first["direction"], first["distance"]) == ("Slack", "lower", 1.0)
    rule = modes.rules[(modes.rules["class"] == "tip") & (modes.rules["rule"] == 1)].iloc[0]
    assert rule["threshold"] == pytest.approx(1.0, abs=0.02)
    assert rule["precision"] == pytest.approx(1.0, abs=0.05)


def test_failed_members_are_counted_and_say_why(make_street):
    street = make_street(ranges={"Headroom": (0.5, 1.5)})
    modes = find_modes(street, search())
    lost = modes.curves["Headroom"].values < 1
    np.testing.assert_array_equal(modes.curves["status"].values != "ok", lost)
    assert modes.failed == lost.sum() > 0
    assert "'Burden' left the finite numbers at 248 Week (lever at" in str(
        modes.curves["status"].values[lost][0]
    )
    assert set(modes.curves["shape"].values[lost]) == {""}
    assert modes.shares["members"].iloc[-1] == 64 - lost.sum()


def test_portions_do_not_change_a_number(make_street, monkeypatch):
    street = make_street(ranges={"Best": (0.4, 0.8)})
    whole = find_modes(street, search())
    monkeypatch.setattr("sdmodels.exploration.mode_runs.MOST_RUNS", 100)
    seen = []
    cut = find_modes(street, search(), progress=lambda done, total: seen.append((done, total)))
    np.testing.assert_array_equal(whole.curves["burden"], cut.curves["burden"])
    assert seen[-1] == (640, 640)
    assert seen == sorted(seen)


def test_further_ranges_and_features_may_decide(make_street):
    slack = Uncertainty(name="slack", minimum=0.5, maximum=1.5, source="assumption")
    modes = find_modes(
        make_street(Load=1, Damage=50), search(further=(slack,), features=("Unused",), members=256)
    )
    # Unused is the slack and the idle number.
    assert modes.decisive[modes.decisive["class"] == "tip"]["parameter"].tolist() == [
        "Slack",
        "Unused",
        "Idle",
    ]


def test_the_shares_are_held_against_other_choices(make_street):
    street = make_street(ranges={"Base": (10, 200)})
    modes = find_modes(street, search(tolerances=Tolerances(effect=0.2)))
    table = modes.robustness[modes.robustness["class"] == "inverted U"].set_index("variant")["share"]
    # The parabola gains and loses 16 (less on a coarser grid) and 25, relative to a burden of base + 16.
    base = modes.curves["Base"].values
    for variant, effect in (("as asked", 0.2), ("tolerances halved", 0.1), ("tolerances doubled", 0.4)):
        assert table[variant] == (16 / (base + 16) > effect).mean()
    assert table["first half of the sample"] == (16 / (base[:32] + 16) > 0.2).mean()
    assert "every second value of the lever" in table


def test_one_member_takes_the_models_own_numbers(make_street):
    modes = find_modes(make_street(), search(members=1))
    assert modes.curves["optimum"].values.tolist() == [0.5]
    assert modes.decisive.empty


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        ({"values": (0.3, 0.2)}, InputError, "values of 'Lever' do not rise.\n    0.3, 0.2"),
        ({"values": (0.1, 2.5)}, InputError, "brings 'Lever' to 2.5, which is out of bounds"),
        ({"members": 0}, InputError, "0 members are asked for"),
        ({"window": 400.0}, InputError, "no window from -100 to 300"),
        ({"interest": ("tipp",)}, UnknownNameError, "class of behaviour is named 'tipp'(.|\n)*mean 'tip'"),
        ({"lever": "Levr"}, UnknownNameError, "No lever is named 'Levr'"),
        ({"burden": "Burdn"}, UnknownNameError, "'Burdn'"),
        ({"burden": "Damage", "members": 1}, InputError, "No member of 'street' can be put in a class"),
        (
            {"further": (Uncertainty(name="Lever", minimum=0, maximum=1, source="assumption"),)},
            InputError,
            "both the lever and a further range",
        ),
    ],
)
def test_what_cannot_be_asked_is_refused(make_street, changed, error, message):
    with pytest.raises(error, match=message):
        find_modes(make_street(), search(**changed))


def test_a_sample_of_nothing_is_refused(make_street):
    with pytest.raises(InputError, match="64 members of 'street' would all be the same"):
        find_modes(make_street(ranges={}), search())


def test_the_lever_itself_is_not_drawn(make_street):
    street = make_street(ranges={"Lever": (0.05, 0.15), "Best": (0.4, 0.8)})
    modes = find_modes(street, search())
    assert "Lever" not in modes.curves.coords
    assert "Best" in modes.curves.coords


def test_a_fold_stays_a_tip_when_it_is_looked_at_closer(make_street):
    street = make_street(ranges={"Slack": (0.41, 0.49)}, Load=1, Damage=50, Curvature=0)
    assert find_modes(street, search()).curves["sharp"].values.all()


def test_a_steep_slope_is_no_tip_when_it_is_looked_at_closer(make_street):
    # Decay rises by some 0.29 from 0.4 to 0.5 where it is (rho - 0.25) / (1 - 0.8 rho) for rho = 1.5 Lever.
    street = make_street(Load=1.5, Response=0.8, Curvature=0, Damage=1)
    modes = find_modes(street, search(values=(0.1, 0.2, 0.3, 0.4, 0.5)))
    table = modes.robustness[modes.robustness["class"] == "tip"].set_index("variant")["share"]
    assert (table["as asked"], table["tips looked at closer"]) == (1, 0)
    assert find_modes(street, search(values=(0.1, 0.5), closer=1)).curves["sharp"].values.all()


def test_looking_from_too_far_is_refused():
    with pytest.raises(ValueError, match="closer is 0; it must be 1 or more"):
        search(closer=0)
