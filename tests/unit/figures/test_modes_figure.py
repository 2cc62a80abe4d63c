import pytest
from street import write_street

from sdmodels.catalogue import Text
from sdmodels.exploration.mode_search import ModeSearch
from sdmodels.exploration.modes import find_modes
from sdmodels.figures.modes import modes_figure

TENTHS = tuple(round(0.1 * number, 1) for number in range(1, 11))


@pytest.fixture(scope="module")
def modes(tmp_path_factory):
    street = write_street(
        tmp_path_factory.mktemp("modes"),
        ranges={"Slack": (0.5, 1.5), "Headroom": (0.9, 3)},
        Load=1,
        Damage=50,
    )
    search = ModeSearch(
        lever="Lever", values=TENTHS, burden="Burden", condition="Condition", begins=20.0, members=256
    )
    return find_modes(street, search)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_is_cut_off_or_covered(modes, faults_of, language):
    assert faults_of(modes_figure(modes, language)) == []


def test_every_share_of_the_table_is_written(modes, texts_of):
    texts = texts_of(modes_figure(modes))
    tips = modes.shares.set_index(["shape", "mechanism"]).loc[("all", "tip"), "share"]
    assert f"{100 * tips:.0f} %" in texts
    assert "100 %" in texts


def test_the_bars_are_the_distances_longest_first(modes):
    tip = modes_figure(modes).axes[2]
    lengths = sorted((patch.get_y(), patch.get_width()) for patch in tip.patches)
    rows = modes.decisive[modes.decisive["class"] == "tip"]
    assert [length for _, length in lengths] == pytest.approx(rows["distance"].tolist())


def test_parameters_have_their_chinese_names(modes, texts_of):
    assert "工时余量" in texts_of(modes_figure(modes, "zh"))


def test_failed_members_are_named(modes, texts_of):
    assert modes.failed > 0
    assert any(
        f"{modes.failed} more failed" in text.replace("\n", " ") for text in texts_of(modes_figure(modes))
    )


def test_a_class_of_nobody_has_no_bars_but_says_so(tmp_path, texts_of):
    search = ModeSearch(lever="Lever", values=TENTHS, burden="Burden", condition="Condition", members=32)
    figure = modes_figure(find_modes(write_street(tmp_path), search))
    assert not figure.axes[2].patches
    assert any("Fewer than 10" in text for text in texts_of(figure))


def test_the_caller_may_give_the_title(modes, texts_of):
    assert "Mine" in texts_of(modes_figure(modes, title=Text(en="Mine", zh="我的")))
