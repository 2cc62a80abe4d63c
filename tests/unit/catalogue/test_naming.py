import pytest

from sdmodels.catalogue import unit_in


@pytest.mark.parametrize(
    ("unit", "english", "chinese"),
    [
        ("order/Week", "order/Week", "件/周"),
        ("hour / (order * person)", "hour / (order * person)", "小时 / (件 * 人)"),
        ("Week^2", "Week^2", "周^2"),
        ("1/Week", "1/Week", "1/周"),
        ("Dmnl/Week", "1/Week", "1/周"),
        ("orders", "orders", "件"),
        ("Dmnl", "", "无量纲"),
        ("dimensionless", "", "无量纲"),
        ("", "", ""),
        ("parsec/Week", "parsec/Week", "parsec/周"),
    ],
)
def test_a_unit_is_translated_piece_by_piece(unit: str, english: str, chinese: str) -> None:
    names = [("Order", "件")]
    assert unit_in(unit, "en", names) == english
    assert unit_in(unit, "zh", names) == chinese


def test_a_manifest_s_own_name_of_a_unit_comes_before_the_built_in_one() -> None:
    assert unit_in("person/Week", "zh", [("person", "名")]) == "名/周"
