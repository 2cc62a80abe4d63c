from collections.abc import Callable

import numpy as np
import pytest

from sdmodels.engine.lowering import lower
from sdmodels.errors import StructureError
from sdmodels.structure.expression import MISSING
from sdmodels.structure.model import Model

Courses = Callable[..., list[np.ndarray]]

VECTORS = """
d: (d1-d4) ~ ~ |
e: (e1-e4) ~ ~ |
f: f1, f2 ~ ~ |
X[d] = 30, 10, 20, 10 ~ ~ |
Which[d] = 2, 0, 0.5, -1 ~ ~ |
None[d] = 0, 0, 0, 0 ~ ~ |
M[f,d] = 1, 2, 3, 4; 8, 7, 6, 5; ~ ~ |
"""


def of(name: str, dimension: str = "d", count: int = 4) -> list[str]:
    return [f"{name}[{dimension}{number}]" for number in range(1, count + 1)]


def finals(courses: Courses, equations: str, *names: str) -> list[float]:
    return [float(course[-1]) for course in courses(VECTORS + equations, *names, final=1)]


def test_the_sort_order_counts_from_zero_and_the_rank_from_one(courses: Courses) -> None:
    equations = (
        "Up[e] = VECTOR SORT ORDER(X[d], 1) ~ ~ |\nDown[e] = VECTOR SORT ORDER(X[d], 0) ~ ~ |\n"
        "Rank[d] = VECTOR RANK(X[d], 1) ~ ~ |\nFall[d] = VECTOR RANK(X[d], -1) ~ ~ |\n"
    )
    found = finals(courses, equations, *of("Up", "e"), *of("Down", "e"), *of("Rank"), *of("Fall"))
    assert found[:4] == [1, 3, 2, 0]
    assert found[4:8] == [0, 2, 1, 3]
    assert found[8:12] == [4, 1, 3, 2]
    assert found[12:] == [1, 3, 2, 4]


def test_sorting_a_matrix_runs_over_its_last_subscript(courses: Courses) -> None:
    equations = (
        "Order[f,e] = VECTOR SORT ORDER(M[f,d], 1) ~ ~ |\n"
        "Sorted[f,e] = VECTOR REORDER(M[f,d], Order[f,e]) ~ ~ |\n"
    )
    names = [f"Sorted[{row},e{column}]" for row in ("f1", "f2") for column in range(1, 5)]
    found = finals(courses, equations, *names)
    assert found == [1, 2, 3, 4, 5, 6, 7, 8]


def test_reordering_beyond_the_vector_is_not_a_number(courses: Courses) -> None:
    found = finals(courses, "Wrong[e] = VECTOR REORDER(X[d], 7) ~ ~ |\n", "Wrong[e1]")
    assert np.isnan(found[0])


SELECTED = {
    # action: of the selected 30, 20 and 10 with the weights 2, 0.5 and -1
    0: 60 + 10 - 10,
    1: 60 * 10 * -10,
    2: -10,
    3: 60,
    4: 60 / 3,
    5: 30**2 * 20**0.5 * 10**-1,
    6: 60,
    7: 6000,
    8: 10,
    9: 30,
    10: 20,
}


@pytest.mark.parametrize("action", SELECTED)
def test_each_action_of_vector_select(courses: Courses, action: int) -> None:
    equations = (
        f"A = VECTOR SELECT(Which[d!], X[d!], -7, {action}, 0) ~ ~ |\n"
        f"B = VECTOR SELECT(None[d!], X[d!], -7, {action} + 0 * Time, 0) ~ ~ |\n"
    )
    selected, missing = finals(courses, equations, "A", "B")
    assert selected == pytest.approx(SELECTED[action], rel=1e-14)
    assert missing == -7


@pytest.mark.parametrize(
    ("selection", "error", "fails"),
    [("None", 1, True), ("None", 2, False), ("Which", 2, True), ("Which", 1, False), ("None", 3, True)],
)
def test_vector_select_refuses_too_few_or_too_many(
    courses: Courses, selection: str, error: int, fails: bool
) -> None:
    (found,) = finals(courses, f"A = VECTOR SELECT({selection}[d!], X[d!], 0, 6, {error}) ~ ~ |\n", "A")
    assert np.isnan(found) == fails


def test_an_element_is_found_by_its_distance(courses: Courses) -> None:
    """The last example of Vensim's manual: the distance runs through all subscripts."""
    equations = (
        "A[f] = VECTOR ELM MAP(X[d1], Step[f]) ~ ~ |\nStep[f] = 2, 1 ~ ~ |\nB = VECTOR ELM MAP(M[f1,d2], 4) ~ ~ |\n"
        "C[d] = VECTOR ELM MAP(X[d], -1) ~ ~ |\n"
    )
    found = finals(courses, equations, "A[f1]", "A[f2]", "B", *of("C"))
    assert found[:3] == [20, 10, 7]
    assert found[3] == MISSING
    assert found[4:] == [30, 10, 20]


def test_the_elements_of_a_range_are_counted(courses: Courses) -> None:
    assert finals(courses, "A = ELMCOUNT(d) + ELMCOUNT(f) ~ ~ |\n", "A") == [6]


@pytest.mark.parametrize(
    ("equation", "message"),
    [
        ("A[f] = VECTOR RANK(X[d], 1)", r"VECTOR RANK runs over 4 elements; the left-hand side"),
        ("A = VECTOR RANK(X[d], 1)", r"VECTOR RANK has a value for each element"),
        ("A[d] = VECTOR RANK(X[d1], 1)", r"VECTOR RANK runs over the single element 'd1'"),
        ("A[d] = VECTOR RANK(Time, 1)", r"VECTOR RANK runs over nothing"),
        ("A = VECTOR SELECT(Which[d1], X[d2], 0, 0, 0)", r"VECTOR SELECT runs over nothing"),
        ("A = VECTOR ELM MAP(3, 1)", r"VECTOR ELM MAP cannot be called like this"),
    ],
)
def test_what_does_not_fit_is_refused(read_model: Callable[..., Model], equation: str, message: str) -> None:
    with pytest.raises(StructureError, match=rf"model\.mdl:\d+: {message}(.|\n)*\n    A"):
        lower(read_model(f"{VECTORS}{equation} ~ ~ |\n"))


def test_pysd_comes_to_the_same_numbers(courses: Courses, oracle: Courses) -> None:
    equations = (
        "d: (d1-d5) ~ ~ |\nX[d] = 3, -1, 4, 1.5, 9 ~ ~ |\nV[d] = X[d] * SIN(Time * X[d]) ~ ~ |\n"
        "A[d] = VECTOR SORT ORDER(V[d], 1) ~ ~ |\nB[d] = VECTOR RANK(V[d], 0) ~ ~ |\n"
        "C[d] = VECTOR REORDER(V[d], A[d]) ~ ~ |\nS = VECTOR SELECT(V[d!], X[d!], 0, 4, 0) ~ ~ |\n"
    )
    names = [*of("A", count=5), *of("B", count=5), *of("C", count=5), "S"]
    # From 1 on: at 0 all elements are equal, and PySD leaves the order of equals open.
    settings = {"initial": 1, "final": 9}
    np.testing.assert_allclose(
        courses(equations, *names, **settings), oracle(equations, *names, **settings), rtol=1e-12
    )


SQUARES = """
r: r1, r2, r3 ~ ~ |
c: c1, c2, c3 ~ ~ |
g: g1, g2 ~ ~ |
Square[g1,r,c] = 3, 0, 2; 2, 0, -2; 0, 1, 1; ~ ~ |
Square[g2,r,c] = 1, 0, 5; 2, 1, 5; 3, 4, 0; ~ ~ |
"""


def test_an_inverted_matrix_times_the_matrix_is_one(courses: Courses) -> None:
    """The first matrix has a zero where elimination without a choice of pivots would divide."""
    equations = SQUARES + (
        "Changing[g,r,c] = Square[g,r,c] * (1 + Time) ~ ~ |\n"
        "Inverse[g,r,c] = INVERT MATRIX(Changing[g,r,c], 3) ~ ~ |\n"
    )
    places = [f"[{group},r{row},c{column}]" for group in ("g1", "g2") for row in "123" for column in "123"]
    found = finals(
        courses, equations, *(f"{name}{place}" for name in ("Changing", "Inverse") for place in places)
    )
    matrices, inverses = np.array(found).reshape(2, 2, 3, 3)
    np.testing.assert_allclose(inverses @ matrices, [np.eye(3)] * 2, atol=1e-14)


@pytest.mark.parametrize(
    ("equation", "message"),
    [
        ("Inverse[g,r,c] = INVERT MATRIX(Square[g,r,c], 2)", "INVERT MATRIX runs over 3 elements"),
        ("Inverse[g,c] = INVERT MATRIX(Square[g,r1,c], 3)", "runs over the single element 'r1'"),
        ("Inverse[d] = INVERT MATRIX(X[d], 4)", "inverts over the last two subscripts"),
        ("Inverse[f,d] = INVERT MATRIX(M[f,d], 4)", "this has 2 rows and 4 columns"),
    ],
)
def test_what_is_no_square_matrix_is_not_inverted(
    read_model: Callable[..., Model], equation: str, message: str
) -> None:
    with pytest.raises(StructureError, match=message):
        lower(read_model(VECTORS + SQUARES + equation + " ~ ~ |\n"))
