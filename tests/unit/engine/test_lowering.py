from collections.abc import Callable

import numpy as np
import pytest

from sdmodels.engine.lowering import lower
from sdmodels.engine.program import Program
from sdmodels.engine.trajectories import final_step, periodic_steps
from sdmodels.errors import StructureError, UnknownNameError
from sdmodels.structure.expression import Number
from sdmodels.structure.model import Model

ReadModel = Callable[..., Model]
ProgramOf = Callable[..., Program]

STAFF = """
d: North, South
    ~ ~ |
Staff[d] = 3, 9
    ~ ~ |
Backlog[d] = INTEG(Staff[d], 0)
    ~ ~ |
T((0,0),(1,1))
    ~ ~ |
Level = INTEG(Flow, 1)
    ~ ~ |
Flow = Rate * Level
    ~ ~ |
Rate = 0.1
    ~ ~ |
Seen = Flow * 2
    ~ ~ |
Share = Rate / 2
    ~ ~ |
"""


def names(assignments: tuple) -> list[str]:
    return [assignment.name for assignment in assignments]


def test_constants_that_no_member_changes_become_numbers(program_of: ProgramOf) -> None:
    program = program_of(STAFF, outputs=["Share"])
    assert program.observed[0].expression == Number(0.05)
    assert program.initial[-1].expression == Number(1.0)


def test_what_depends_on_inputs_alone_is_computed_once_a_member(program_of: ProgramOf) -> None:
    program = program_of(STAFF, inputs=["rate"], outputs=["Share", "Level"])
    assert program.inputs == ("Rate",)
    assert "Share" in names(program.initial)
    assert "Share" in program.held
    assert "Share" not in names(program.step) + names(program.observed)


def test_what_is_only_seen_is_computed_only_when_saved(program_of: ProgramOf) -> None:
    program = program_of(STAFF, outputs=["Seen"])
    assert names(program.step) == ["Flow"]
    assert names(program.observed) == ["Seen"]


def test_what_is_not_asked_for_is_not_computed(program_of: ProgramOf) -> None:
    program = program_of(STAFF, outputs=["Level"])
    assert "Seen" not in names(program.observed) + names(program.step)


def test_all_stocks_auxiliaries_and_constants_are_saved_if_nothing_is_asked_for(
    program_of: ProgramOf,
) -> None:
    assert program_of(STAFF).outputs == (
        "Staff[North]",
        "Staff[South]",
        "Backlog[North]",
        "Backlog[South]",
        "Level",
        "Flow",
        "Rate",
        "Seen",
        "Share",
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"inputs": ["Flow"]},
            r"^'Flow' is neither a constant nor a stock: it is computed during the run\."
            r"\n    .*model\.mdl:12\nSet one of",
        ),
        ({"inputs": ["Rat"]}, r"No variable of model is named 'Rat'\.(.|\n)*Did you mean 'Rate'\?"),
        (
            {"outputs": ["T"]},
            r"^'T' is a table function; it has no value of its own\.\n    .*model\.mdl:8\nName a stock",
        ),
        (
            {"outputs": ["Staff"]},
            r"^'Staff' is not one number\.\n    'Staff' is defined for Staff\[North\], Staff\[South\]\.\nName one",
        ),
        ({"outputs": ["Staff[West]"]}, r"^'Staff\[West\]' is not one number\."),
        ({"outputs": ["Level[North]"]}, r"^'Level\[North\]' is not one number\."),
    ],
)
def test_a_name_that_does_not_fit_is_refused(read_model: ReadModel, arguments: dict, message: str) -> None:
    model = read_model(STAFF)
    with pytest.raises(UnknownNameError, match=message):
        lower(model, **arguments)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "d: x, y ~~|\nA[d] = 1, 2 ~~|\nB = A[d] ~~|",
            r"model\.mdl:3: the subscript 'd' of 'A' is not one of the left-hand side\.\n"
            r"    B = A\[d\]\nUse a subscript",
        ),
        (
            "d: x, y ~~|\nA[x] = 1 ~~|\nB = A[y] ~~|",
            r"model\.mdl:3: 'A\[y\]' is not defined\.\n    B = A\[y\]\n'A' is defined for A\[x\]\.",
        ),
        (
            "d: x, y ~~|\nA[d] = 1, 2 ~~|\nB = A + 1 ~~|",
            r"model\.mdl:3: 'A' has 1 subscripts, but 0 here\.\n    B = A \+ 1\n"
            r"'A' is defined for A\[x\], A\[y\]\.",
        ),
        (
            "T((0,0),(1,1)) ~~|\nB = T + 1 ~~|",
            r"model\.mdl:2: 'T' is a table function and has no argument here\.\n    B = T \+ 1\nWrite 'T\(x\)'",
        ),
        (
            "a: x, y ~~|\nb: u, v -> a ~~|\nf: w, z -> a ~~|\nC[a] = 1 ~~|\nD[b,f] = C[a] ~~|",
            r"model\.mdl:5: the subscript 'a' of 'C' can mean x or y here\.",
        ),
        (
            "d: x, y ~~|\nA[d] = 1, 2 ~~|\nB = SUM(A[x]) ~~|",
            r"model\.mdl:3: SUM runs over nothing\.\n    B = SUM\(A\[x\]\)\nMark a subscript with '!'\.",
        ),
        (
            "d: x, y ~~|\nA[d] = 1, 2 ~~|\nA[x] = 3 ~~|\nB = 1 ~~|",
            r"model\.mdl:3: 'A\[x\]' is defined a second time\.\n    A\[x\] = 3\nRemove one of the two\.",
        ),
        (
            "d: x, y ~~|\nA[d] = Time ~~|\nA[x] = 3 ~~|\nB = 1 ~~|",
            r"model\.mdl:3: 'A\[x\]' is defined a second time\.",
        ),
        (
            "A = B ~~|\nB = A ~~|",
            r"model\.mdl:1: these equations need one another at the same time: "
            r"('A' on line 1, 'B' on line 2|'B' on line 2, 'A' on line 1)\.\n"
            r"    (A -> B -> A|B -> A -> B)\nPut a stock",
        ),
        ("A = INTEG(1, B) ~~|\nB = INTEG(1, A) ~~|", r"model\.mdl:1: these equations need one another"),
        ("A = A + 1 ~~|", r"\n    A -> A\n"),
    ],
)
def test_equations_that_do_not_fit_together_are_refused(
    read_model: ReadModel, text: str, message: str
) -> None:
    model = read_model(text)
    with pytest.raises(StructureError, match=message):
        lower(model)


def test_a_circle_through_a_stock_is_fine(program_of: ProgramOf) -> None:
    assert names(program_of("A = INTEG(B, 1)\nB = A * 2").step) == ["B"]


def test_a_circle_through_a_delay_is_fine(program_of: ProgramOf) -> None:
    assert program_of("A = 1 + B / 2\nB = SMOOTHI(A, 4, 0)").outputs == ("A", "B")


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"final": 4, "step": 1, "save": 1}, [0, 1, 2, 3, 4]),
        ({"final": 4, "step": 0.5, "save": 2}, [0, 4, 8]),
        ({"final": 5, "step": 1, "save": 2}, [0, 2, 4, 5]),  # the last step is always there
        ({"final": 4, "step": 1, "save": 0.1}, [0, 1, 2, 3, 4]),
        ({"final": 4, "step": 1, "save": 100}, [0, 4]),
        ({"final": 0, "step": 1, "save": 1}, [0]),
    ],
)
def test_values_are_saved_every_save_period_and_at_the_end(
    program_of: ProgramOf, settings: dict[str, float], expected: list[int]
) -> None:
    program = program_of("A = INTEG(1, 0)", **settings)
    np.testing.assert_array_equal(periodic_steps(program), expected)
    np.testing.assert_array_equal(final_step(program), expected[-1:])


def test_a_model_is_not_changed_by_lowering(read_model: ReadModel) -> None:
    model, same = read_model(STAFF), read_model(STAFF)
    lower(model, inputs=["Rate"])
    assert model == same
