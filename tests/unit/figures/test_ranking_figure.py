import numpy as np
import pytest
from street import write_street

from sdmodels.catalogue import Change, Outcome, Policy, Text
from sdmodels.errors import UnknownNameError
from sdmodels.exploration.candidates import Candidate
from sdmodels.exploration.ranking import RankingSearch, rank_policies
from sdmodels.figures.ranking import ranking_figure

TEXT = Text(en="Burden at the end of a long run", zh="期末负担")


def ranked(parent, *, curvature=100):
    policies = {
        "far": (0.3, "middle"),
        "near": (0.5, "edge"),
        "a policy with a name that is longer than a line": (0.9, "edge"),
    }
    candidates = tuple(
        Candidate(
            policies=(
                Policy(
                    id=f"p{number}",
                    title=Text(en=name, zh=f"政策{number}"),
                    meaning=TEXT,
                    changes=(Change(name="Lever", value=value),),
                ),
            ),
            group=group,
        )
        for number, (name, (value, group)) in enumerate(policies.items())
    )
    search = RankingSearch(
        candidates=(Candidate(policies=("baseline",)), *candidates),
        outcomes=(Outcome(id="burden", title=TEXT, variable="Burden", statistic="final", better="lower"),),
        groups={"middle": Text(en="Middle", zh="中段"), "edge": Text(en="Edge", zh="边缘")},
        members=64,
        seed=1,
    )
    street = write_street(parent, ranges={"Best": (0.11, 0.61), "Headroom": (0.8, 4)}, Curvature=curvature)
    return rank_policies(street, search)


@pytest.fixture(scope="module")
def ranking(tmp_path_factory):
    return ranked(tmp_path_factory.mktemp("ranking"))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("curvature", [10, 1000])
def test_nothing_is_cut_off_or_covered(tmp_path, faults_of, language, curvature):
    assert faults_of(ranking_figure(ranked(tmp_path, curvature=curvature), language)) == []


def test_the_best_median_is_on_top(ranking):
    labels = [
        label.get_text().replace("\n", " ") for label in ranking_figure(ranking).axes[0].get_yticklabels()
    ]
    titles = {policy.id: policy.title.en for policy in ranking.policies}
    assert labels == [titles[policy] for policy in ranking.table["policy"]]


def test_a_wide_axis_counts_in_multiples_and_is_labelled_in_per_cent(ranking):
    left = ranking_figure(ranking).axes[0]
    assert ranking.table["relative_high"].max() > 150
    for place, label in zip(left.get_xticks(), left.get_xticklabels(), strict=True):
        change = float(label.get_text().replace("\N{MINUS SIGN}", "-").replace(",", ""))
        assert np.exp(place) == pytest.approx(1 + change / 100)


def test_bars_are_the_shares_of_being_the_best(ranking):
    widths = [patch.get_width() for patch in ranking_figure(ranking).axes[1].patches]
    assert widths == pytest.approx((100 * ranking.table["share_best"]).tolist())


def test_groups_and_verdicts_are_explained(ranking, texts_of):
    texts = texts_of(ranking_figure(ranking))
    assert {"Middle", "Edge", "order is conditional"} <= set(texts)
    assert any(
        f"{ranking.failed('burden')} draws in which a policy failed" in t.replace("\n", " ") for t in texts
    )


def test_another_outcome_is_refused(ranking):
    with pytest.raises(UnknownNameError, match="No outcome of the ranking is named 'burdn'"):
        ranking_figure(ranking, outcome="burdn")
