"""Modes, shocks and rankings that a file asks for: exact answers, and the numbers of the searches themselves."""

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from street import write_searches

from sdmodels.catalogue import ModeTolerances
from sdmodels.exploration import run_experiment
from sdmodels.exploration.classes import Tolerances
from sdmodels.exploration.mode_search import ModeSearch
from sdmodels.exploration.modes import Modes
from sdmodels.exploration.ranking import Ranking, RankingSearch
from sdmodels.exploration.shock import Shocks, ShockSearch


def test_the_share_that_tips_is_that_of_the_slack(tmp_path: Path) -> None:
    result = run_experiment(write_searches(tmp_path), "where", seed=2)
    slack = result.data["Slack"].values
    tip = result.finding("tip")
    assert tip is not None
    assert (tip.share, tip.members) == ((slack < 1).mean(), 64)
    # Orders exceed the slack first at the value above it.
    np.testing.assert_allclose(
        np.ceil(10 * slack[slack < 1]) / 10 - 0.05, tip.values[np.isfinite(tip.values)]
    )
    assert (result.runs, result.failed) == (640, 0)
    assert list(result.further) == ["places", "decisive", "rules", "robustness"]
    assert result.numbers.equals(result.detail(Modes).shares)


def test_what_the_load_exceeds_without_a_shock_stands_none(tmp_path: Path) -> None:
    result = run_experiment(write_searches(tmp_path), "stand", seed=2)
    slack = result.data["Slack"].values
    shares = result.numbers.set_index(["value", "size"])["share"]
    # A load of 0.1 stays below the least slack even three times over.
    assert shares.loc[0.1].tolist() == [1, 1, 1]
    assert shares.loc[(1.0, 1.0)] == (slack > 1).mean()
    largest = result.finding("largest", "0.1")
    assert largest is not None
    assert set(largest.values) == {3.0}
    assert result.runs == 64 * 2 * 3
    assert result.detail(Shocks).search.shock_lasts == 8


def test_an_order_depends_on_where_the_optimum_is(tmp_path: Path) -> None:
    result = run_experiment(write_searches(tmp_path), "which", seed=2)
    best = result.data["Best"].values
    verdicts = result.further["verdicts"].set_index("policy")
    assert result.numbers["policy"].tolist()[:2] == ["near", "far"]
    # The middle between 0.3 and 0.5.
    assert verdicts.loc["near", "better"] == (best > 0.4).mean()
    first = result.further["deciding"].iloc[0]
    assert (first["parameter"], first["direction"], first["distance"]) == ("Best", "higher", 1.0)
    near = result.finding("burden", "near")
    assert near is not None
    expected = 100 * ((10 + 100 * (0.5 - best) ** 2) / (10 + 100 * (0.1 - best) ** 2) - 1)
    np.testing.assert_allclose(near.values, expected, rtol=1e-6)
    assert result.detail(Ranking).search.baseline == "baseline"


def test_a_change_holds_in_every_run_and_a_policy_acts_on_top(tmp_path: Path) -> None:
    change = '[[experiment.change]]\nname = "{}"\nvalue = {}\n'
    entry = write_searches(
        tmp_path,
        'condition = "Condition"\n\n[[experiment]]\nid = "stand"',
        'condition = "Condition"\n' + change.format("Load", 0) + '\n[[experiment]]\nid = "stand"',
        "[experiment.shock]",
        change.format("Load", 0) + "[experiment.shock]",
        'outcomes = ["burden"]\n',
        'outcomes = ["burden"]\n' + change.format("Lever", 0.7) + change.format("Load", 0),
    )
    where, stand, which = (run_experiment(entry, id) for id in ("where", "stand", "which"))
    assert where.finding("tip").share == 0  # type: ignore[union-attr]
    assert (stand.numbers["share"] == 1).all()
    values = which.data["burden"].sel(policy=["baseline", "near"]).values
    best = which.data["Best"].values
    np.testing.assert_allclose(values, 10 + 100 * (np.array([[0.7, 0.5]]) - best[:, None]) ** 2)


def test_scenarios_of_a_file_hold(tmp_path: Path) -> None:
    entry = write_searches(
        tmp_path, "steps = 10", 'steps = 10\nscenario = "rise"', "begins = 40", "begins = 40",
        'outcomes = ["burden"]', 'outcomes = ["burden"]\nscenarios = ["normal", "rise"]',
    )  # fmt: skip
    burden = run_experiment(entry, "where", members=1).data["burden"].sel(value=0.5).item()
    assert burden == pytest.approx(30)
    assert run_experiment(entry, "which").data.sizes["draw"] == 128


@pytest.mark.parametrize("members", [1, 2, 3])
@pytest.mark.parametrize("id", ["where", "stand", "which"])
def test_few_members_say_little_and_break_nothing(tmp_path: Path, id: str, members: int) -> None:
    result = run_experiment(write_searches(tmp_path), id, members=members)
    assert result.failed == 0
    assert len(result.numbers) > 0
    for name in {"decisive", "rules", "deciding"} & set(result.further):
        assert result.further[name].empty


def test_failed_runs_are_counted(tmp_path: Path) -> None:
    entry = write_searches(tmp_path, Headroom=0.85)
    shocks = run_experiment(entry, "stand", members=16)
    # Beyond the headroom no run is a number, with a shock or without.
    assert (shocks.runs, shocks.failed) == (16 * 6, 16 * 3)


def test_progress_goes_on_while_tips_are_looked_at_closer(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    run_experiment(write_searches(tmp_path), "where", progress=lambda *told: seen.append(told))
    assert seen == sorted(seen)
    done, total = seen[-1]
    assert done == total > 640


def test_details_are_of_the_kind_that_was_asked_for(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="'stand' has no Ranking"):
        run_experiment(write_searches(tmp_path), "stand", members=1).detail(Ranking)


def test_what_a_file_leaves_out_is_what_a_search_leaves_out(tmp_path: Path) -> None:
    entry = write_searches(tmp_path)
    assert ModeTolerances().model_dump() == {each.name: each.default for each in fields(Tolerances)}
    same = {
        ModeSearch: {"window", "closer", "interest", "features"},
        ShockSearch: {"tolerance", "bound", "near"},
        RankingSearch: {"holds", "alike", "baseline"},
    }
    for experiment, (search, names) in zip(entry.experiments, same.items(), strict=True):
        defaults = {each.name: each.default for each in fields(search)}
        assert {name: getattr(experiment, name) for name in names} == {name: defaults[name] for name in names}
        table = type(experiment).model_fields["members"]
        assert table.default == defaults["members"]
