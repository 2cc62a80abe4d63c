"""A text is as large as its rectangle allows, and its words stay whole."""

import pytest

from sdmodels.figures.fitting import SMALLEST, fit, width_in_pixels


def test_a_text_that_fits_keeps_its_size_on_one_line() -> None:
    fitted = fit("Orders", width=100, height=20, size=12)
    assert (fitted.text, fitted.size) == ("Orders", 12)
    assert fitted.width == pytest.approx(width_in_pixels("Orders", 12))


@pytest.mark.parametrize(
    "text", ["Superficially Closed Orders", "常规工作健全时的工单量", "Time To 12345 回应"]
)
def test_a_longer_text_is_wrapped_into_its_rectangle(text: str) -> None:
    fitted = fit(text, width=80, height=44, size=11.5)
    assert "\n" in fitted.text
    assert fitted.width <= 80
    assert fitted.height <= 44
    assert fitted.text.replace("\n", "").replace(" ", "") == text.replace(" ", "")


def test_letters_shrink_only_where_lines_do_not_help() -> None:
    assert fit("Indicated Routine Condition", width=70, height=25, size=12).size < 12
    assert fit("Indicated Routine Condition", width=70, height=60, size=12).size == 12


def test_a_word_is_not_broken_and_no_letter_is_too_small() -> None:
    fitted = fit("Institutionalisation", width=10, height=10, size=12)
    assert (fitted.text, fitted.size) == ("Institutionalisation", SMALLEST)


def test_paragraphs_stay_apart() -> None:
    assert fit("one\ntwo", width=100, height=50, size=10).text == "one\ntwo"


def test_a_chinese_character_is_as_wide_as_high_and_bold_is_wider() -> None:
    assert width_in_pixels("工单", 10) == 20
    assert width_in_pixels("Orders", 10, bold=True) > width_in_pixels("Orders", 10)
