from pathlib import Path

import pytest

from sdmodels.errors import ModelFileError
from sdmodels.readers.text import decode, folded, statements

FILE = Path("model.mdl")


def test_continuations_vanish_and_white_space_becomes_one_blank() -> None:
    assert folded("A = 1 + \\\n\t\t2 +\n  3\t") == "A = 1 + 2 + 3"


def test_statements_end_at_the_bar_and_begin_at_their_first_letter() -> None:
    found = statements(FILE, "{UTF-8}\n\nA = 1\n ~ x ~ y |\n\n  B\n = 2 ~~|C=3~~|")
    assert [(s.equation, s.line) for s in found] == [("A = 1", 3), ("B = 2", 6), ("C=3", 7)]


@pytest.mark.parametrize("name", ['"a|b"', '"a~b"', '"a = b"'])
def test_marks_inside_quotes_are_part_of_the_name(name: str) -> None:
    found = statements(FILE, f"{name} = 1 ~~|\nB = 2 ~~|")
    assert [(s.equation, s.line) for s in found] == [(f"{name} = 1", 1), ("B = 2", 2)]


def test_a_quote_in_a_comment_opens_nothing() -> None:
    found = statements(FILE, 'A = 1 ~ ~ 5" pipes |\nB = 2 ~~|')
    assert [s.equation for s in found] == ["A = 1", "B = 2"]


def test_nothing_after_the_sketch_mark_is_a_statement() -> None:
    assert len(statements(FILE, "A = 1 ~~|\n\\\\\\---/// Sketch\nB = 2 ~~|")) == 1


def test_a_last_entry_without_its_bar_is_an_error() -> None:
    with pytest.raises(ModelFileError, match=r"^model\.mdl:2: the entry does not have the form"):
        statements(FILE, "A = 1 ~~|\nB = 2 ~ ~")


def test_a_text_of_blanks_has_no_statement() -> None:
    with pytest.raises(ModelFileError, match="It has no equations"):
        statements(FILE, " \n\n")


def test_units_and_documentation_are_kept() -> None:
    (found,) = statements(FILE, "A = 1 ~ hour/\n order [0,4] ~ What\n it is. ~ :SUPPLEMENTARY |")
    assert (found.units, found.documentation) == ("hour/ order [0,4]", "What it is.")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("{UTF-8}\n积压".encode(), "{UTF-8}\n积压"),
        ("积压".encode(), "积压"),
        ("积压".encode("gb18030"), "积压"),
        ("{GBK}积压".encode("gbk"), "{GBK}积压"),
        ("{UTF-8}\n积压".encode("utf-8-sig"), "{UTF-8}\n积压"),
    ],
)
def test_the_declared_encoding_comes_first_then_utf_8_then_gb_18030(
    tmp_path: Path, content: bytes, text: str
) -> None:
    path = tmp_path / "model.mdl"
    path.write_bytes(content)
    assert decode(path) == text
