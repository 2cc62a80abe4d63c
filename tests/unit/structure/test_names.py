import pytest

from sdmodels.errors import UnknownNameError, did_you_mean, unknown
from sdmodels.structure.names import by_key, find, key_of


@pytest.mark.parametrize(
    "spelling",
    [
        "Order Backlog",
        "order backlog",
        "ORDER_BACKLOG",
        "Order  Backlog",
        "Order__Backlog",
        "Order _Backlog",
        ' "Order Backlog" ',
        '"order_backlog"',
        "Order\tBacklog",
        "Order\n Backlog",
    ],
)
def test_case_blanks_underscores_and_outer_quotes_do_not_tell_names_apart(spelling: str) -> None:
    assert key_of(spelling) == key_of("Order Backlog")


@pytest.mark.parametrize(
    ("one", "other"),
    [("Order Backlog", "OrderBacklog"), ("rate-1", "rate 1"), ("积压", "积壓"), ('a"b', "ab"), ("a", "a'")],
)
def test_other_characters_tell_names_apart(one: str, other: str) -> None:
    assert key_of(one) != key_of(other)


def test_a_lone_quote_is_kept() -> None:
    assert key_of('"') == '"'


def test_letters_beyond_english_are_folded_too() -> None:
    assert key_of("STRASSE") == key_of("straße")


def test_by_key_leads_back_to_the_verbatim_name() -> None:
    assert by_key(["Order_Backlog", "工单"]) == {"order backlog": "Order_Backlog", "工单": "工单"}


def test_find_returns_what_any_spelling_means() -> None:
    assert find("ORDER_backlog", {"order backlog": 7}, what="variable") == 7


def test_an_unknown_name_is_answered_with_the_nearest_verbatim_one() -> None:
    with pytest.raises(UnknownNameError, match=r"^No variable is named 'Order Baklog'\.") as caught:
        find("Order Baklog", {"order backlog": 7}, what="variable", verbatim=["Order Backlog"])
    assert str(caught.value).splitlines()[1:] == [
        "    Known: Order Backlog.",
        "Did you mean 'Order Backlog'?",
    ]


def test_an_unknown_name_is_also_a_key_error_without_quotes_around_its_message() -> None:
    error = unknown("lever", "x", ["Intensity"])
    assert isinstance(error, KeyError)
    assert str(error) == "No lever is named 'x'.\n    Known: Intensity.\nChoose one of these."


def test_of_many_known_names_eight_are_shown() -> None:
    error = unknown("lever", "?", [f"L{i}" for i in range(11)])
    assert "Known: L0, L1, L2, L3, L4, L5, L6, L7 and 3 more." in str(error)


def test_where_nothing_is_known_the_message_says_so() -> None:
    assert str(unknown("lever", "x", [])).endswith("Known: none.\nThere is none.")


def test_did_you_mean_ignores_case_and_has_a_way_out() -> None:
    assert did_you_mean("DEMAND", ["Demand"]) == "Did you mean 'Demand'?"
    assert did_you_mean("zzz", ["Demand"], otherwise="Look again.") == "Look again."
