import pytest

from sdmodels.figures.percent import bounds, percent


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.614, "61 %"),
        (0.0996, "10 %"),
        (0.0994, "9.9 %"),
        (0.0004, "<0.1 %"),
        (0, "0"),
        (1, "100 %"),
        (float("nan"), "–"),
    ],
)
def test_a_share_has_the_digits_that_a_reader_needs(share, text):
    assert percent(share) == text


def test_an_interval_has_decimals_only_where_it_is_small():
    assert bounds(0.594, 0.608) == "59–61"
    assert bounds(0.013, 0.0161) == "1.3–1.6"
    assert bounds(0, 0.0002) == "<0.1"
