"""What Vensim has drawn, object by object, and what of a broken drawing is refused."""

from collections.abc import Callable
from pathlib import Path

import pytest
from conformance.cases import CASES

from sdmodels.errors import ModelFileError
from sdmodels.readers import read, read_views
from sdmodels.structure.drawing import Arrow, Cloud, Comment, DrawnVariable, Lettering, Pipe, Place, Valve

EQUATIONS = "{UTF-8}\nS = INTEG(a, 1) ~ ~ |\na = 1 ~ ~ |\nTIME STEP = 1 ~ ~ |\n"
MARK = "\\\\\\---/// Sketch information - do not modify anything except names\n"
HEAD = (
    f"{MARK}V300  Do not put anything below this section - it will be ignored\n*First\n$192-192-192,0,Arial\n"
)
STOCK = "10,1,S,300,200,40,20,3,3,0,0,0,0,0,0\n"
FLOW = "10,2,a,200,222,26,11,40,3,0,0,-1,0,0,0\n"
Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(sketch: str, equations: str = EQUATIONS) -> Path:
        path = tmp_path / "model.mdl"
        path.write_text(equations + sketch, encoding="utf-8")
        return path

    return written


def test_each_kind_of_object_is_read(write: Write) -> None:
    (view,) = read_views(
        write(
            HEAD
            + STOCK
            + FLOW
            + "12,3,48,100,200,10,8,0,3,0,0,-1,0,0,0\n11,4,48,200,200,6,8,34,3,0,0,1,0,0,0\n"
            "1,5,4,1,4,0,0,22,0,0,0,-1--1--1,,1|(250,200)|\n1,6,4,3,100,0,0,22,0,0,0,-1--1--1,,1|(150,200)|\n"
            "1,7,1,2,1,0,45,0,3,64,0,192-0-0,|14|B|192-0-0,1|(260,260)|\n///---\\\\\\\n10,8,nothing\n"
        )
    )
    assert view.title == "First"
    stock, flow = view.variables
    place = Place(x=300, y=200, half_width=40, half_height=20)
    assert stock == DrawnVariable(id=1, name="S", place=place, boxed=True, shadow=False)
    assert (flow.name, flow.boxed, flow.shadow) == ("a", False, False)
    assert view.clouds == (Cloud(id=3, place=Place(x=100, y=200, half_width=10, half_height=8)),)
    assert view.valves == (Valve(id=4, place=Place(x=200, y=200, half_width=6, half_height=8)),)
    assert view.pipes == (
        Pipe(valve=4, end=1, via=((250, 200),), headed=True),
        Pipe(valve=4, end=3, via=((150, 200),), headed=False),
    )
    assert view.arrows == (Arrow(start=1, end=2, via=((260, 260),), polarity="-", colour=(192, 0, 0)),)
    assert set(view.places()) == {1, 2, 3, 4}


def test_a_shadow_variable_takes_no_arrows(write: Write) -> None:
    (view,) = read_views(
        write(HEAD + "10,1,Time,300,200,40,20,8,2,0,3,-1,0,0,0,128-128-128,0-0-0,|12||1-2-3\n")
    )
    assert view.variables[0].shadow


def test_a_comment_has_its_text_on_the_next_line_whatever_that_looks_like(write: Write) -> None:
    (view,) = read_views(
        write(
            HEAD + "12,1,0,10,20,30,40,5,7,0,2,-1,0,0,0,-1--1--1,0-0-0,|14|B|192-0-0\nR1\n"
            "12,2,0,10,20,30,40,8,135,0,18,-1,0,0,0,-1--1--1,0-0-0,Arial|9|I|0-0-9\n*10,1,broken\n"
            "10,3,S,300,200,40,20,3,3,0,0,0,0,0,0\n"
        )
    )
    mark, note = view.comments
    letters = Lettering(colour=(192, 0, 0), points=14, bold=True)
    place = Place(x=10, y=20, half_width=30, half_height=40)
    assert mark == Comment(id=1, text="R1", place=place, lettering=letters, turn="anticlockwise")
    assert (note.text, note.turn) == ("*10,1,broken", None)
    assert note.lettering == Lettering(colour=(0, 0, 9), points=9, italic=True)
    assert [variable.name for variable in view.variables] == ["S"]


def test_a_name_in_quotes_may_hold_commas_and_quotes(write: Write) -> None:
    (view,) = read_views(write(HEAD + '10,1,"Births, \\"all\\"",300,200,40,20,8,3,0,0,0,0,0,0\n'))
    assert view.variables[0].name == 'Births, "all"'


@pytest.mark.parametrize(
    ("shape", "points", "via"),
    [(0, "1|(0,0)|", ()), (1, "1|(7,-8)|", ((7, -8),)), (0, "2|(1,2)|(3,4)|", ((1, 2), (3, 4)))],
)
def test_an_arrow_is_straight_or_curved_or_broken(write: Write, shape: int, points: str, via: object) -> None:
    arrow = f"1,3,1,2,{shape},0,111,0,0,64,0,-1--1--1,,{points}\n"
    (view,) = read_views(write(HEAD + STOCK + FLOW + arrow))
    assert view.arrows == (Arrow(start=1, end=2, via=via, polarity="-", colour=None),)  # type: ignore[arg-type]


def test_what_is_hidden_or_leads_nowhere_is_left_out(write: Write) -> None:
    hidden = "10,3,Time,1,1,9,9,8,2,1,3,-1,0,0,0\n"
    arrows = "".join(f"1,{4 + i},{i},1,0,0,0,0,0,64,0,-1--1--1,,1|(0,0)|\n" for i in (2, 3, 99))
    (view,) = read_views(write(HEAD + STOCK + FLOW + hidden + arrows))
    assert [variable.name for variable in view.variables] == ["S", "a"]
    assert [(arrow.start, arrow.end) for arrow in view.arrows] == [(2, 1)]


def test_views_come_in_the_order_of_the_file_each_with_its_own_numbers(write: Write) -> None:
    views = read_views(
        write(HEAD + STOCK + HEAD.replace("First", "第二页") + STOCK + FLOW + "///---\\\\\\\n")
    )
    assert [(view.title, len(view.variables)) for view in views] == [("First", 1), ("第二页", 2)]


def test_a_file_without_a_drawing_has_no_views(write: Write, tmp_path: Path) -> None:
    assert read_views(write("")) == ()
    assert read_views(write(MARK)) == ()
    assert read_views(tmp_path / "model.xmile") == ()


def test_another_encoding_is_read_as_the_equations_are(tmp_path: Path) -> None:
    path = tmp_path / "model.mdl"
    path.write_bytes(
        (EQUATIONS.removeprefix("{UTF-8}\n") + HEAD + STOCK.replace("S", "积压")).encode("gb18030")
    )
    assert read_views(path)[0].variables[0].name == "积压"


BROKEN = {
    "10,1,S,300,two,40,20,3,3,0,0,0,0,0,0": "field 5 is 'two', not a whole number",
    "10,1,S,300": "field 5 is missing",
    "10,1,S,99999,200,40,20,3,3,0,0,0,0,0,0": "99999 is more than 10,000 pixels from the origin",
    "1,5,4,1,4,0,0,22,0,0,0,-1--1--1,": "the points of an arrow are missing",
    "1,5,4,1,4,0,0,22,0,0,0,-1--1--1,,2|(1,2)|": "1 points can be read, but there should be 2",
    "1,5,4,1,4,0,0,22,0,0,0,-1--1--1,,1|(a,2)|": "a point has 'a', which is no whole number",
    f"10,1,{'S' * 6000},300,200,40,20,3,3,0,0,0,0,0,0": "a text is longer than 5,000 letters",
    "12,1,0,1,2,3,4,8,135,0,0,0,0,0,0": "its text should be on the next line, but the file ends",
}


@pytest.mark.parametrize("line", BROKEN, ids=lambda line: line[:40])
def test_a_broken_line_is_named(write: Write, line: str) -> None:
    with pytest.raises(
        ModelFileError, match=rf"mdl:9: the line of the drawing is broken: {BROKEN[line]}"
    ) as found:
        read_views(write(HEAD + line))
    message = str(found.value).splitlines()
    assert len(message) == 3
    assert ".mdl:9:" in message[0]
    assert message[1].strip() == line[:100]
    assert message[2].startswith("Open the model in Vensim")


def test_a_number_is_given_once(write: Write) -> None:
    with pytest.raises(ModelFileError, match=r"mdl:10: two objects of the view 'First' have the number 1"):
        read_views(write(HEAD + STOCK + STOCK))


def test_no_drawing_is_endless(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sdmodels.readers.sketch._MOST_OBJECTS", 1)
    with pytest.raises(ModelFileError, match="the drawing has more than 1 objects"):
        read_views(write(HEAD + STOCK + FLOW))


def test_a_broken_drawing_does_not_keep_a_model_from_being_read(write: Write) -> None:
    equations = EQUATIONS + "INITIAL TIME = 0 ~ ~ |\nFINAL TIME = 1 ~ ~ |\nSAVEPER = 1 ~ ~ |\n"
    assert "S" in read(write(HEAD + "10,1\n", equations)).variables


@pytest.mark.skipif(not CASES.is_dir(), reason="the public models are not on this machine")
def test_the_drawings_of_public_models_are_read() -> None:
    views = [view for path in sorted(CASES.rglob("*.mdl")) for view in read_views(path)]
    assert len(views) > 40
    assert sum(len(view.variables) for view in views) > 900
