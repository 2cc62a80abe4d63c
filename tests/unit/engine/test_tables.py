"""The examples of Vensim's manual ("Lookups") first; where the manual contradicts itself, arithmetic."""

from collections.abc import Callable

import numpy as np
import pytest

from sdmodels.engine.lowering import lower
from sdmodels.errors import StructureError
from sdmodels.structure.evaluation import read_table
from sdmodels.structure.expression import MISSING, Table
from sdmodels.structure.model import Model

Courses = Callable[..., list[np.ndarray]]

NA = MISSING
STEP = "Step((0,1),(2,3),(2,7),(2,5),(4,6))"


def value(courses: Courses, table: str, formula: str) -> float:
    (course,) = courses(f"{table}\nA = {formula} + 0 * Time", "A", final=1)
    np.testing.assert_array_equal(course[0], course[1])
    return float(course[0])


@pytest.mark.parametrize(
    ("table", "formula", "expected"),
    [
        ("Look((0,1),(1,1),(2,2))", "LOOKUP FORWARD(Look, -1)", 1),
        ("Look((0,1),(1,1),(2,2))", "LOOKUP FORWARD(Look, 1.5)", 2),
        ("Look((0,1),(1,1),(2,2))", "LOOKUP FORWARD(Look, 2.5)", 2),
        ("Look((0,1),(1,1),(2,2))", "LOOKUP BACKWARD(Look, 1.5)", 1),
        ("Look((0,1),(1,1),(2,2))", "LOOKUP BACKWARD(Look, 2)", 2),
        ("Look((0,1),(1,1),(2,2))", "LOOKUP EXTRAPOLATE(Look, 4)", 4),
        ("Look((0,1),(1,1),(2,2))", "LOOKUP EXTRAPOLATE(Look, -4)", 1),
        ("Look((0,1),(1,3),(2,2))", "TABXTRAPL(Look, -4)", -7),
        ("Look((0,1),(1,1),(2,2))", "LOOKUP AREA(Look, 0, 1)", 1),
        ("Look((0,1),(1,1),(2,2))", "LOOKUP AREA(Look, 2, 4)", 4),
        ("Look((0,1),(1,1),(2,2))", "LOOKUP AREA(Look, .5, 2.5)", 3),
        ("Look((0,1),(1,1),(2,2))", "LOOKUP AREA(Look, 3, -2)", -6.5),
        ("Look((0,0),(1,1),(3,2))", "LOOKUP INVERT(Look, -1)", NA),
        ("Look((0,0),(1,1),(3,2))", "LOOKUP INVERT(Look, 0.5)", 0.5),
        ("Look((0,0),(1,1),(3,2))", "LOOKUP INVERT(Look, 1.5)", 2),
        ("Look((0,0),(1,1),(3,2))", "LOOKUP INVERT(Look, 2)", 3),
        ("Look((0,0),(1,2),(2,0),(3,4))", "LOOKUP INVERT(Look, 1)", 0.5),
        ("Look((0,3),(1,3),(2,0))", "LOOKUP INVERT(Look, 3)", 0),
        ("Look((0,1),(1,2),(2,2.5))", "LOOKUP SLOPE(Look, -1, -1)", NA),
        ("Look((0,1),(1,2),(2,2.5))", "LOOKUP SLOPE(Look, -1, 0)", 0),
        ("Look((0,1),(1,2),(2,2.5))", "LOOKUP SLOPE(Look, -1, 1)", 1),
        ("Look((0,1),(1,2),(2,2.5))", "LOOKUP SLOPE(Look, 1, 0)", 0.75),
        ("Look((0,1),(1,2),(2,2.5))", "LOOKUP SLOPE(Look, 0.5, 0)", 1),
        ("Look((0,1),(1,2),(2,2.5))", "LOOKUP SLOPE(Look, 1.5, 0)", 0.5),
        ("Look((0,1),(1,2),(2,2.5))", "LOOKUP SLOPE(Look, 3, 1)", 0.5),
        (STEP, "Step(1)", 2),
        (STEP, "Step(2)", 5),
        (STEP, "Step(3)", 5.5),
        (STEP, "Step(9)", 6),
        (STEP, "LOOKUP BACKWARD(Step, 2)", 5),
        (STEP, "LOOKUP FORWARD(Step, 1.9)", 3),
        (STEP, "LOOKUP EXTRAPOLATE(Step, 6)", 7),
        (STEP, "LOOKUP AREA(Step, 0, 4)", 4 + 11),
        (STEP, "LOOKUP SLOPE(Step, 2, 0)", NA),
        ("One((1,5),(1,7))", "One(1)", 7),
        ("One((1,5),(1,7))", "One(0.5)", 5),
    ],
)
def test_a_table_is_read_as_the_manual_says(
    courses: Courses, table: str, formula: str, expected: float
) -> None:
    assert value(courses, table, formula) == pytest.approx(expected, rel=1e-14)


def test_a_jump_is_read_alike_in_a_run_and_out_of_it(courses: Courses) -> None:
    table = Table((0.0, 2.0, 2.0, 2.0, 4.0), (1.0, 3.0, 7.0, 5.0, 6.0))
    (course,) = courses(f"{STEP}\nA = Step(Time - 1)", "A", final=7, step=0.25)
    expected = [read_table(table, -1 + 0.25 * step) for step in range(29)]
    np.testing.assert_allclose(course, expected, rtol=1e-15)


def test_a_jump_written_into_an_equation_is_kept(courses: Courses) -> None:
    (course,) = courses("A = WITH LOOKUP(Time, ((0,1),(2,1),(2,4),(3,4)))", "A", final=3)
    np.testing.assert_array_equal(course, [1, 1, 4, 4])


def test_what_is_no_table_is_refused(read_model: Callable[..., Model]) -> None:
    with pytest.raises(StructureError, match=r"model\.mdl:2: 'B' is called like a table\.\n    A = LOOKUP"):
        lower(read_model("B = 1\nA = LOOKUP INVERT(B, 1)"))
    with pytest.raises(StructureError, match=r"model\.mdl:1: LOOKUP INVERT needs a table function"):
        lower(read_model("A = LOOKUP INVERT(1, 1)"))


@pytest.mark.parametrize("points", [20, 200])
def test_the_order_of_points_at_one_x_is_that_of_the_file(courses: Courses, points: int) -> None:
    """Many points: a sort that is not stable would mix them up."""
    pairs = ",".join(f"({x},{2 * x}),({x},{2 * x + 1})" for x in range(points))
    equations = f"T({pairs})\nA = T(Time)\nB = WITH LOOKUP(Time, ({pairs}))"
    for course in courses(equations, "A", "B", final=points - 1):
        np.testing.assert_array_equal(course, 2 * np.arange(points) + 1)
