from pathlib import Path

import pytest

from sdmodels.errors import UnitsError
from sdmodels.units.names import DEFAULT_SYNONYMS, Vocabulary, fits, power, synonyms_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("order/Week/person", "order/(Week*person)"),
        ("order/Week/person", "order / (person * week)"),
        ("Week*order/Week", "order"),
        ("1/Week", "Week^-1"),
        ("m^2", "m*m"),
        ("Dmnl", "1"),
        ("Dmnl", "dmnl"),
        ("Dmnl", "order/order"),
        ("工单/周", "工单/周"),
        ("Person Hours/Week", "person_hours/Weeks"),
        ("$", "Dollars"),
        ("People/Year", "Person/Years"),
    ],
)
def test_units_that_are_the_same(one: str, other: str) -> None:
    vocabulary = Vocabulary()
    assert fits(vocabulary.read(one), vocabulary.read(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [("Mile", "Miles"), ("order", "order/Week"), ("工单", "件"), ("Person Hours", "Person*Hours")],
)
def test_units_that_differ(one: str, other: str) -> None:
    vocabulary = Vocabulary()
    assert not fits(vocabulary.read(one), vocabulary.read(other))


@pytest.mark.parametrize(
    "text", ["order//Week", "order/", "(order", "order)", "*order", "order^", "(a)b", "^2"]
)
def test_a_broken_unit_is_an_error(text: str) -> None:
    with pytest.raises(UnitsError, match=r"the unit '.*' cannot be read"):
        Vocabulary().read(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("order/Week", "order/Week"),
        ("a*b/(c*d)", "a*b/(c*d)"),
        ("1/Week", "1/Week"),
        ("m*m", "m^2"),
        ("Dmnl", "Dmnl"),
        ("工单/周", "工单/周"),
    ],
)
def test_units_are_written_in_the_spelling_of_the_model(text: str, shown: str) -> None:
    vocabulary = Vocabulary()
    assert vocabulary.write(vocabulary.read(text)) == shown


def test_a_root_of_a_square_is_the_unit_itself() -> None:
    vocabulary = Vocabulary()
    assert fits(power(vocabulary.read("m^2"), 0.5), vocabulary.read("m"))
    thirds = power(power(vocabulary.read("m"), 1 / 3), 3)
    assert fits(thirds, vocabulary.read("m"))


def test_the_settings_of_a_file_add_synonyms(tmp_path: Path) -> None:
    path = tmp_path / "a.mdl"
    path.write_text(
        "x = 1 ~~|\n\\\\\\---/// Sketch information\n:L<%^E!@\n22:order,orders,件\n22:Day,天\n",
        encoding="utf-8",
    )
    vocabulary = Vocabulary(synonyms_of(path))
    assert fits(vocabulary.read("件/天"), vocabulary.read("orders/Days"))
    assert vocabulary.write(vocabulary.read("order/Day")) == "件/天"


def test_a_model_without_a_file_has_the_synonyms_of_vensim() -> None:
    assert synonyms_of(None) == DEFAULT_SYNONYMS


def test_a_synonym_of_dmnl_has_no_dimension() -> None:
    vocabulary = Vocabulary([("Dmnl", "fraction")])
    assert fits(vocabulary.read("fraction"), vocabulary.dimensionless)
