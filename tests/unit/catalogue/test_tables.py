import pytest
from pydantic import ValidationError

from sdmodels.catalogue import Change, Expectation, Lever, Loop, Policy, Text, Uncertainty

TITLE = Text(en="Title", zh="标题")


def test_a_text_is_given_in_either_language() -> None:
    assert (TITLE.in_language("en"), TITLE.in_language("zh")) == ("Title", "标题")


def test_tables_are_frozen_and_hashable() -> None:
    change = Change(name="A", value=1.0)
    with pytest.raises(ValidationError, match="frozen"):
        change.value = 2.0
    assert hash(change) == hash(Change(name="A", value=1.0))


def test_a_policy_can_be_written_in_python() -> None:
    policy = Policy(id="half", title=TITLE, meaning=TITLE, changes=(Change(name="A", factor=0.5),))
    assert policy.changes[0].factor == 0.5


def test_a_value_of_zero_is_a_value() -> None:
    assert Change(name="A", value=0.0, begins=0.0).value == 0
    with pytest.raises(
        ValidationError, match=r"both 'value' and 'factor' are given\. Write one of the two\."
    ):
        Change(name="A", value=0.0, factor=0.0)


def test_a_change_says_what_it_changes_to() -> None:
    with pytest.raises(ValidationError, match="neither 'value' nor 'factor' is given"):
        Change(name="A")


@pytest.mark.parametrize("ends", [4.0, 5.0])
def test_a_span_of_time_ends_after_it_begins(ends: float) -> None:
    with pytest.raises(ValidationError, match=r"'ends' is not after 'begins'\. Write the earlier time"):
        Change(name="A", value=1.0, begins=5.0, ends=ends)


def test_a_ramp_takes_time() -> None:
    with pytest.raises(ValidationError, match="greater than 0"):
        Change(name="A", value=1.0, over=0.0)


def test_bounds_are_in_order() -> None:
    with pytest.raises(ValidationError, match=r"'maximum' is not above 'minimum'\. Write the smaller number"):
        Lever(name="A", title=TITLE, meaning=TITLE, minimum=1.0, maximum=1.0)


def test_a_log_uniform_distribution_lies_above_zero() -> None:
    with pytest.raises(ValidationError, match="'minimum' of a log uniform distribution is not above zero"):
        Uncertainty(name="A", minimum=0.0, maximum=1.0, distribution="log uniform", source="assumption")
    Uncertainty(name="A", minimum=0.0, maximum=1.0, source="assumption")


def test_a_loop_visits_a_variable_once() -> None:
    with pytest.raises(ValidationError, match=r"'order_backlog' stands twice\. Name each variable once"):
        Loop(
            id="R1",
            title=TITLE,
            polarity="reinforcing",
            variables=("Order Backlog", "Fatigue", "order_backlog"),
        )


def test_an_expectation_has_one_bound() -> None:
    with pytest.raises(ValidationError, match="neither 'value' nor 'baseline' is given"):
        Expectation(variable="A", statistic="initial", relation="at most")


def test_only_equality_has_a_tolerance() -> None:
    with pytest.raises(ValidationError, match="'tolerance' has no meaning with \"at most\""):
        Expectation(variable="A", statistic="final", relation="at most", value=1.0, tolerance=0.1)
