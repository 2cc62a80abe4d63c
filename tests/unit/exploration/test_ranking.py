import numpy as np
import pytest

from sdmodels.catalogue import Change, Outcome, Policy, Scenario, Text
from sdmodels.errors import InputError, SimulationError, UnknownNameError
from sdmodels.exploration.candidates import Candidate, policy_of
from sdmodels.exploration.ranking import RankingSearch, rank_policies

TEXT = Text(en="Of a test", zh="测试")
BURDEN = Outcome(id="burden", title=TEXT, variable="Burden", statistic="final", better="lower")


def setting(id, **values):
    changes = tuple(Change(name=name, value=value) for name, value in values.items())
    return Policy(id=id, title=Text(en=id, zh=id), meaning=TEXT, changes=changes)


FAR, NEAR, BEYOND = (setting(id, Lever=value) for id, value in (("far", 0.3), ("near", 0.5), ("beyond", 0.9)))


def search(*policies, **changed):
    candidates = tuple(Candidate(policies=(policy,)) for policy in ("baseline", *policies))
    usual = {"candidates": candidates, "outcomes": (BURDEN,), "members": 128, "seed": 1}
    return RankingSearch(**(usual | changed))


def street_of(make_street):
    """Return a street whose best value is between 0.41 and 0.61; the baseline is at 0.1."""
    return make_street(ranges={"Best": (0.41, 0.61), "Idle": (0, 1)})


def test_policies_are_ranked_as_their_distances_from_the_optimum(make_street):
    ranking = rank_policies(street_of(make_street), search(BEYOND, FAR, NEAR))
    assert ranking.table["policy"].tolist() == ["near", "far", "beyond", "baseline"]
    table = ranking.table.set_index("policy")
    assert table["share_best"].to_dict() == {"near": 1, "far": 0, "beyond": 0, "baseline": 0}
    best = ranking.draws["Best"].values
    regret = (100 * ((0.3 - best) ** 2 - (0.5 - best) ** 2)).astype(float)
    assert table.loc["far", "regret_median"] == pytest.approx(np.median(regret))
    assert table.loc["far", "regret_high"] == pytest.approx(np.quantile(regret, 0.9))
    assert table.loc["near", "regret_high"] == 0
    assert table.loc["baseline", ["relative_median", "relative_unit"]].tolist() == [0, "%"]


def test_an_order_that_depends_on_a_parameter_is_conditional_and_names_it(make_street):
    ranking = rank_policies(street_of(make_street), search(BEYOND, NEAR, alike=0.0))
    rows = ranking.verdicts.set_index("policy")
    assert rows.loc["near", ["other", "better", "verdict"]].tolist() == ["beyond", 1, "holds"]
    # 0.9 is nearer to the best value than 0.1 if that is above 0.5.
    best = ranking.draws["Best"].values
    assert rows.loc["beyond", "better"] == (best > 0.5).mean()
    assert rows.loc["beyond", "verdict"] == "conditional"
    first = ranking.deciding.iloc[0]
    assert first[["policy", "other", "parameter", "direction"]].tolist() == [
        "beyond",
        "baseline",
        "Best",
        "higher",
    ]
    assert first["distance"] == 1
    assert set(ranking.deciding["policy"]) == {"beyond"}
    assert ranking.verdict("burden") == "conditional"


def test_an_order_that_holds_everywhere_is_said_to_hold(make_street):
    ranking = rank_policies(street_of(make_street), search(FAR, NEAR))
    assert ranking.verdict("burden") == "ranking holds"
    assert ranking.deciding.empty


def test_what_is_higher_the_better_is_ranked_the_other_way_round(make_street):
    higher = BURDEN.model_copy(update={"id": "gain", "better": "higher"})
    ranking = rank_policies(street_of(make_street), search(FAR, NEAR, outcomes=(BURDEN, higher)))
    gain = ranking.table[ranking.table["outcome"] == "gain"]
    assert gain["policy"].tolist() == ["baseline", "far", "near"]
    assert (ranking.table["regret_median"] >= 0).all()


def test_policies_that_do_the_same_share_the_best_place_and_are_alike(make_street):
    same = setting("same", Lever=0.5)
    ranking = rank_policies(street_of(make_street), search(NEAR, same))
    table = ranking.table.set_index("policy")
    assert table.loc[["near", "same"], "share_best"].tolist() == [0.5, 0.5]
    assert ranking.verdicts["verdict"].tolist() == ["alike", "holds"]
    assert ranking.ranks.set_index(["policy", "rank"])["share"].loc[[("same", 1), ("same", 2)]].tolist() == [
        1,
        0,
    ]


def test_what_is_better_or_alike_holds_weakly(make_street):
    # More damage by decay matters only where the load exceeds the slack, in about half of the draws.
    street = make_street(ranges={"Slack": (0.2, 0.4)}, Load=1, Response=0.5)
    hurt = setting("hurt", Lever=0.3, Damage=50)
    ranking = rank_policies(street, search(FAR, hurt))
    row = ranking.verdicts.set_index("policy").loc["far"]
    decays = ranking.draws["Slack"].values < 0.3
    assert (row["other"], row["verdict"]) == ("hurt", "holds weakly")
    assert row["better"] == pytest.approx(decays.mean(), abs=0.02)
    assert ranking.verdict("burden") == "ranking holds weakly"


def test_shares_of_pairs_and_ranks_add_up(make_street):
    ranking = rank_policies(street_of(make_street), search(BEYOND, FAR))
    assert set(ranking.pairs["scenario"]) == {"all"}
    pairs = ranking.pairs.set_index(["policy", "other"])
    for one, other in pairs.index:
        back = pairs.loc[(other, one)]
        assert pairs.loc[(one, other), "better"] + back["better"] + back["equal"] == pytest.approx(1)
    assert ranking.ranks.groupby("policy")["share"].sum().tolist() == pytest.approx([1, 1, 1])


def test_every_scenario_has_the_same_draws(make_street):
    demand = Scenario(id="rise", title=TEXT, meaning=TEXT, changes=(Change(name="Base", value=30),))
    ranking = rank_policies(street_of(make_street), search(FAR, scenarios=("normal", demand)))
    by_scenario = ranking.draws["burden"].groupby("scenario").mean("draw").sel(policy="far")
    assert float(by_scenario.sel(scenario="rise") - by_scenario.sel(scenario="normal")) == pytest.approx(20)
    assert ranking.table["members"].tolist() == [256, 256]
    pairs = ranking.pairs.set_index(["scenario", "policy", "other"])["members"]
    members = {"all": 256, "normal": 128, "rise": 128}
    assert {name: pairs[(name, "far", "baseline")] for name in members} == members


def test_groups_are_compared_by_their_best_and_by_their_mean(make_street):
    chosen = (
        Candidate(policies=("baseline",)),
        Candidate(policies=(FAR,), group="middle"),
        Candidate(policies=(NEAR,), group="edge"),
        Candidate(policies=(BEYOND,), group="edge"),
    )
    groups = {"middle": TEXT, "edge": TEXT}
    ranking = rank_policies(street_of(make_street), search(candidates=chosen, groups=groups))
    row = ranking.groups.set_index("group").loc["edge"]
    best = ranking.draws["Best"].values
    mean = ((0.5 - best) ** 2 + (0.9 - best) ** 2) / 2 < (0.3 - best) ** 2
    assert (row["other"], row["best"]) == ("middle", 1)
    assert row["mean"] == pytest.approx(mean.mean(), abs=0.02)


def test_draws_in_which_a_policy_fails_are_left_out_for_all_and_counted(make_street):
    street = make_street(ranges={"Headroom": (0.5, 1.5)})
    ranking = rank_policies(street, search(NEAR, BEYOND))
    lost = int((ranking.draws["Headroom"].values < 0.9).sum())
    assert ranking.failed("burden") == lost > 0
    table = ranking.table.set_index("policy")
    assert table["failed"].to_dict() == {"near": 0, "beyond": lost, "baseline": 0}
    assert set(table["members"]) == {128 - lost}


def test_a_policy_that_always_fails_leaves_nothing_to_compare(make_street):
    with pytest.raises(SimulationError, match="No draw has a number for 'burden' under every policy"):
        rank_policies(make_street(Headroom=0.7), search(BEYOND))


def test_a_combination_joins_the_changes_and_counts_the_same_ones_once(make_street):
    street = make_street()
    joined = policy_of(street, Candidate(policies=(FAR, setting("other", Lever=0.3, Damage=1))))
    assert joined.id == "far_and_other"
    assert [change.name for change in joined.changes] == ["Lever", "Damage"]
    assert joined.title.en == "far + other"
    named = policy_of(street, Candidate(policies=("baseline", FAR), id="mine", title=TEXT))
    assert (named.id, named.title) == ("mine", TEXT)


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        (
            {"candidates": (Candidate(policies=(FAR,)), Candidate(policies=(NEAR,)))},
            InputError,
            "'baseline' among",
        ),
        ({"candidates": (Candidate(policies=()),)}, InputError, "candidate of the comparison has no policy"),
        ({"candidates": (Candidate(policies=("farr",)),)}, UnknownNameError, "No policy is named 'farr'"),
        ({"outcomes": ()}, InputError, "There is no outcome to rank policies by"),
        (
            {"outcomes": (BURDEN.model_copy(update={"better": "neither"}),)},
            InputError,
            "cannot be ranked by 'burden'",
        ),
        ({"scenarios": ("rising",)}, UnknownNameError, "No scenario is named 'rising'"),
    ],
)
def test_what_cannot_be_asked_is_refused(make_street, changed, error, message):
    with pytest.raises(error, match=message):
        rank_policies(make_street(), search(FAR, **changed))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"holds": 0.5}, "holds is 0.5; it must be above 0.5"),
        ({"alike": -1.0}, "alike is -1; it must be 0 or more"),
        ({"candidates": (Candidate(policies=(FAR,), group="edge"),)}, "groups says nothing of 'edge'"),
    ],
)
def test_a_comparison_that_means_nothing_is_refused(changed, message):
    with pytest.raises(ValueError, match=message):
        search(FAR, **changed)


def test_a_verdict_is_of_an_outcome_of_the_ranking(make_street):
    ranking = rank_policies(make_street(), search(FAR))
    with pytest.raises(UnknownNameError, match="No outcome of the ranking is named 'burdn'"):
        ranking.verdict("burdn")
