import shutil
import warnings

import matplotlib
import pandas as pd
import pytest
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from sdmodels.figures import fonts, outcome_bars, plot, save
from sdmodels.figures.fonts import MissingFontWarning, families_for, lettered

CHINESE = "工单积压：常规治理状况。"


@pytest.fixture
def chinese_font():
    families, missing = families_for(CHINESE)
    if missing:
        pytest.skip("No Chinese font is installed here; on Debian: apt install fonts-noto-cjk.")
    return families[-1]


@pytest.fixture
def no_chinese_font(monkeypatch):
    monkeypatch.setattr(fonts, "CHINESE_FAMILIES", ())
    monkeypatch.setattr(fonts, "_add_newly_installed_fonts", lambda: False)


def figure_with(text):
    figure = Figure()
    figure.text(0.5, 0.5, text)
    return figure


def test_latin_text_needs_no_other_font_than_matplotlibs_own():
    assert families_for("Order Backlog [10⁻⁶ order/Week]") == (("DejaVu Sans",), frozenset())


def test_characters_that_no_font_has_are_named(no_chinese_font):
    assert families_for("a工") == (("DejaVu Sans",), frozenset("工"))


def test_a_character_that_no_font_has_does_not_cost_the_others(chinese_font):
    families, missing = families_for(CHINESE + "\U0010fffd")
    assert families[-1] == chinese_font
    assert missing == frozenset("\U0010fffd")


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="language must be 'en' or 'zh', not 'cn'"):
        lettered(lambda language: figure_with(language), "cn")


def test_without_a_chinese_font_there_is_one_warning_and_the_figure_is_english(
    no_chinese_font, make_behaviour, texts_of
):
    behaviour = make_behaviour(policies=2, members=20, variables=4)
    with pytest.warns(MissingFontWarning, match="labels are in English") as caught:
        figure = plot(behaviour, language="zh")
    texts = texts_of(figure)  # a missing glyph would raise here: warnings are errors
    assert len(caught) == 1
    assert "Order Backlog" in texts
    assert all(ord(character) < 0x2E80 for text in texts for character in text)


@pytest.mark.parametrize("system", ["Windows", "macOS", "Debian"])
def test_the_warning_says_how_to_install_a_font_on(system, no_chinese_font, make_behaviour):
    with pytest.warns(MissingFontWarning, match=rf"(?i)on {system}.*(noto|chinese)"):
        plot(make_behaviour(), language="zh")


def test_a_chinese_name_in_an_english_figure_is_shown_as_question_marks_with_one_warning(
    no_chinese_font, make_behaviour, texts_of
):
    behaviour = make_behaviour().rename({"Order Backlog": "工单 Backlog"})
    with pytest.warns(MissingFontWarning, match="2 characters of this figure .*shown as '[?]'") as caught:
        figure = plot(behaviour)
    assert len(caught) == 1
    assert "?? Backlog" in texts_of(figure)


def test_chinese_names_along_an_axis_are_shown_as_question_marks_too(no_chinese_font, texts_of):
    row = {"policy": "高强度", "outcome": "Burden", "unit": "problem", "median": 2.0, "low": 1.0, "high": 3.0}
    with pytest.warns(MissingFontWarning):
        figure = outcome_bars(pd.DataFrame([row]))
    assert "???" in texts_of(figure)


def test_with_a_chinese_font_every_label_is_chinese_and_no_glyph_is_missing(
    chinese_font, make_behaviour, texts_of
):
    texts = texts_of(plot(make_behaviour(policies=2, members=20, variables=3), language="zh"))
    assert {"工单积压", "工单流入", "常规治理状况", "时间 [周]", "件/周", "无量纲", "常规强度"} <= set(texts)


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_a_chinese_figure_is_saved_without_a_missing_glyph(ending, chinese_font, make_behaviour, tmp_path):
    assert save(plot(make_behaviour(), language="zh"), tmp_path / f"figure.{ending}").exists()


def test_a_glyph_that_is_missing_would_be_noticed():
    figure = figure_with("\N{CJK UNIFIED IDEOGRAPH-5DE5}")
    with pytest.warns(UserWarning, match="missing from"):
        FigureCanvasAgg(figure).draw()


def test_a_font_installed_after_matplotlib_listed_the_fonts_is_found(chinese_font, monkeypatch):
    fonts_known = font_manager.fontManager.ttflist
    chinese = {str(entry.fname) for entry in fonts_known if entry.name in fonts.CHINESE_FAMILIES}
    listed = [entry for entry in fonts_known if str(entry.fname) not in chinese]
    with monkeypatch.context() as patch:
        patch.setattr(font_manager.fontManager, "ttflist", listed)
        assert families_for(CHINESE)[1] == frozenset()


def test_a_broken_font_file_is_passed_over(monkeypatch, tmp_path):
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"not a font")
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [str(broken)])
    assert not fonts._add_newly_installed_fonts()


def test_a_new_font_file_is_added(monkeypatch, tmp_path):
    source = font_manager.findfont("DejaVu Sans")
    copy = shutil.copy(source, tmp_path / "copy.ttf")
    monkeypatch.setattr(font_manager.fontManager, "ttflist", list(font_manager.fontManager.ttflist))
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [str(copy)])
    assert fonts._add_newly_installed_fonts()
    assert str(copy) in {str(entry.fname) for entry in font_manager.fontManager.ttflist}


def test_a_dollar_in_a_unit_is_a_dollar_and_no_formula(make_behaviour, texts_of):
    behaviour = make_behaviour()
    behaviour["Order Backlog"].attrs["units"] = "$/Year + $/Week"
    figure = plot(behaviour)
    label = figure.axes[0].yaxis.label
    assert label.get_text() == "$/Year + $/Week"
    assert not label.get_parse_math()


def test_drawing_leaves_matplotlibs_settings_alone(make_behaviour, tmp_path):
    before = dict(matplotlib.rcParams)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MissingFontWarning)
        save(plot(make_behaviour(), language="zh"), tmp_path / "figure.svg")
    assert dict(matplotlib.rcParams) == before


@pytest.mark.parametrize(("policies", "variables"), [(1, 1), (2, 4), (8, 12)])
def test_no_chinese_text_is_cut_off_or_lies_on_another(
    policies, variables, chinese_font, make_behaviour, faults_of
):
    behaviour = make_behaviour(policies=policies, members=20, variables=variables, failed=1)
    assert faults_of(plot(behaviour, language="zh")) == []
