import numpy as np
import pytest
from street import write_street

from sdmodels.exploration.shock import ShockSearch, find_shocks
from sdmodels.figures.shock import shock_figure


@pytest.fixture(scope="module")
def shocks(tmp_path_factory):
    street = write_street(
        tmp_path_factory.mktemp("shock"),
        ranges={"Slack": (0.2, 0.3), "Headroom": (0.22, 0.4)},
        Load=1,
        Damage=50,
    )
    search = ShockSearch(
        lever="Lever",
        values=(0.05, 0.1, 0.15, 0.2, 0.24),
        constant="Demand",
        sizes=(1.5, 2.0, 3.0, 6.0),
        shock_begins=40.0,
        burden="Burden",
        condition="Condition",
        members=32,
    )
    return find_shocks(street, search)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_is_cut_off_or_covered(shocks, faults_of, language):
    assert faults_of(shock_figure(shocks, language)) == []


def test_every_cell_has_its_number(shocks):
    shown = [text.get_text() for text in shock_figure(shocks).axes[0].texts]
    assert shown == [f"{100 * share:.0f}" for share in shocks.shares["share"]]


def test_a_line_ends_where_most_do_not_recover(shocks):
    lines = shock_figure(shocks).axes[1].lines
    assert len(lines) == 4
    never = ~np.isfinite(shocks.times["median"].to_numpy()).reshape(5, 4).T
    assert never.any()
    for line, its in zip(lines, never, strict=True):
        np.testing.assert_array_equal(np.isnan(line.get_ydata()), its)


def test_every_axis_has_its_unit(shocks):
    left, right = shock_figure(shocks).axes
    assert left.get_xlabel() == right.get_xlabel() == "Lever [dimensionless]"
    assert left.get_ylabel().replace("\n", " ") == "Demand: times normal for 8 Week [dimensionless]"
    assert right.get_ylabel().endswith("[Week]")


def test_failed_members_are_named(shocks, texts_of):
    assert shocks.failed > 0
    said = " ".join(texts_of(shock_figure(shocks))).replace("\n", " ")
    assert f"{shocks.failed} members failed in at least one run" in said
