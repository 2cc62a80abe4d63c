"""A manifest may name the views and the notes of a drawing in Chinese, if the drawing has them."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sdmodels.catalogue import load
from sdmodels.errors import ManifestError

Edit = Callable[..., Path]

SKETCH = """\\\\\\---/// Sketch information - do not modify anything except names
V300  Do not put anything below this section - it will be ignored
*S1 Orders
$192-192-192,0,Times New Roman|12||0-0-0|0-0-0|0-0-255|-1--1--1|-1--1--1|96,96,100,0
10,1,Order Backlog,500,230,50,26,3,3,0,0,0,0,0,0
12,2,0,200,40,100,12,8,4,0,4,-1,0,0,0
Orders come|<<NnN>>|and go.
///---\\\\\\
"""
ROWS = """
[[view]]
name = "S1 Orders"
zh = "S1 工单"

[[note]]
text = "Orders come and go."
zh = "工单来去。"

[figures]"""


@pytest.fixture
def drawn(edit: Edit, folder: Path) -> Edit:
    """Draw the model, and name view and note with texts replaced: ``drawn(old, new, ...)``."""

    def write(*texts: str) -> Path:
        model = folder / "hotline.mdl"
        model.write_text(model.read_text(encoding="utf-8") + SKETCH, encoding="utf-8")
        rows = ROWS
        for old, new in zip(texts[::2], texts[1::2], strict=True):
            assert rows.count(old) == 1, f"{old!r} does not stand once"
            rows = rows.replace(old, new)
        return edit("\n[figures]", rows)

    return write


def test_views_and_notes_have_names_in_chinese(drawn: Edit) -> None:
    loaded = load(drawn().parent)
    assert loaded.view_title("s1 orders", "zh") == "S1 工单"
    assert loaded.view_title("S1 Orders", "en") == "S1 Orders"
    assert loaded.words_of("S1 Orders", "zh") == "S1 工单"
    assert loaded.words_of("Orders come\nand go.", "zh") == "工单来去。"
    assert loaded.words_of("Orders come\nand go.", "en") == "Orders come\nand go."
    assert loaded.words_of("Order Backlog", "zh") == "工单积压"


def test_a_view_without_a_name_is_called_after_its_loop_or_as_in_the_drawing(folder: Path) -> None:
    loaded = load(folder)
    assert loaded.view_title("Working off", "zh") == "消化积压"
    assert loaded.view_title("S2 Calls", "zh") == "S2 Calls"


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (
            ('"S1 Orders"', '"S1 Order"'),
            "key 'name' in [[view]] number 1 names no view of the drawing.\n"
            "    name = \"S1 Order\"\nDid you mean 'S1 Orders'?",
        ),
        (
            ('"S1 Orders"', '"Zzz"'),
            "key 'name' in [[view]] number 1 names no view of the drawing.\n"
            '    name = "Zzz"\nWrite it as the drawing has it.',
        ),
        (
            ('"Orders come and go."', '"Orders come and stay."'),
            "key 'text' in [[note]] number 1 stands in no view of the drawing.\n"
            "    text = \"Orders come and stay.\"\nDid you mean 'Orders come and go.'?",
        ),
        (
            ("\n[[note]]", '\n[[view]]\nname = "s1_orders"\nzh = "又一"\n\n[[note]]'),
            "name 's1_orders' stands twice in [[view]].\n    name = \"s1_orders\"\n"
            "Give each [[view]] its own name.",
        ),
        (
            ("\n[figures]", '\n[[note]]\ntext = "orders come and go."\nzh = "又一"\n\n[figures]'),
            "text 'orders come and go.' stands twice in [[note]].\n    text = \"orders come and go.\"\n"
            "Give each [[note]] its own text.",
        ),
        (
            ('zh = "S1 工单"', 'cn = "S1 工单"'),
            "key 'cn' is not known in [[view]] number 1.\n    cn = \"S1 工单\"\nKnown: name, zh.",
        ),
    ],
)
def test_what_the_drawing_does_not_have_is_refused(drawn: Edit, texts: tuple[str, ...], message: str) -> None:
    path = drawn(*texts)
    with pytest.raises(ManifestError, match=re.escape(f"{path}: {message}")):
        load(path.parent)


def test_a_model_without_a_drawing_has_no_views_to_name(edit: Edit) -> None:
    path = edit("\n[figures]", ROWS)
    message = (
        f"{path}: key 'name' in [[view]] number 1 names no view of the drawing.\n"
        '    name = "S1 Orders"\n'
        "Remove [[view]], or draw the model in Vensim: a file without a drawing has none. "
        "One more fault follows."
    )
    with pytest.raises(ManifestError, match=f"^{re.escape(message)}$"):
        load(path.parent)
