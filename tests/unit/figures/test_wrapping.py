import pytest

from sdmodels.figures.wrapping import width_of, wrap


def test_a_short_text_stays_on_one_line():
    assert wrap("Order Backlog", 20) == "Order Backlog"


def test_an_empty_text_stays_empty():
    assert wrap("", 20) == ""


def test_a_chinese_character_is_as_wide_as_two_letters():
    assert width_of("工单 ab") == 7


def test_lines_are_about_as_long_as_each_other():
    assert wrap("High application intensity from week 52", 38) == "High application\nintensity from week 52"


@pytest.mark.parametrize(
    "text",
    [
        "Reported Resolution Rate of the orders that were closed on paper",
        "a_very_long_identifier_with_underscores_that_never_seems_to_come_to_an_end",
        "person*hour/(order*Week*street)",
        "x" * 100,
        "已在纸面上办结而没有真正解决的工单（包括退单）的上报解决率，以及12345热线的满意率。",
        "12345热线 hotline in B市",
    ],
)
@pytest.mark.parametrize("width", [12, 20, 35])
def test_nothing_is_lost_and_no_line_is_too_long(text, width):
    wrapped = wrap(text, width)
    assert wrapped.replace("\n", "").replace(" ", "") == text.replace(" ", "")
    assert max(width_of(line) for line in wrapped.split("\n")) <= width


def test_words_are_not_divided_where_a_space_would_do():
    assert wrap("Order Backlog of the Street", 14) == "Order Backlog\nof the Street"


@pytest.mark.parametrize("width", range(8, 30))
def test_chinese_punctuation_starts_no_line_and_an_opening_bracket_ends_none(width):
    lines = wrap("线：每个政策的中位数；色带（中间的）运行，未画出。", width).split("\n")
    assert not any(line[0] in "：；）、，。" for line in lines)
    assert not any(line.endswith("（") for line in lines)


def test_a_number_stays_with_what_it_counts():
    assert "次" not in [line[0] for line in wrap("在1000次运行中有200次失败", 12).split("\n")]


def test_a_long_identifier_breaks_after_an_underscore():
    assert wrap("orders_of_the_street", 11) == "orders_of_\nthe_street"
