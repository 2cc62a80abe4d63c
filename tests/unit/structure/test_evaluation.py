import math

import pytest

from sdmodels.structure.evaluation import apply, calculate, evaluate, read_table
from sdmodels.structure.expression import (
    Arithmetic,
    Call,
    Comparison,
    Conditional,
    Delay,
    Expression,
    Initial,
    Logical,
    LookupCall,
    Negation,
    Not,
    Number,
    Reference,
    Smooth,
    Table,
)
from sdmodels.structure.functions import DERIVED, PRIMITIVES

INF, NAN = math.inf, math.nan


def same(one: float, other: float) -> bool:
    """Tell whether two numbers are the same, the sign of zero and not-a-number included."""
    return (math.isnan(one) and math.isnan(other)) or (
        one == other and math.copysign(1, one) == math.copysign(1, other)
    )


@pytest.mark.parametrize(
    ("left", "right", "quotient"),
    [
        (1, 0.0, INF),
        (-1, 0.0, -INF),
        (1, -0.0, -INF),
        (-1, -0.0, INF),
        (0.0, 0.0, NAN),
        (NAN, 0.0, NAN),
        (INF, 0.0, INF),
        (INF, INF, NAN),
        (1, INF, 0.0),
        (1e308, 1e-308, INF),
        (7, 2, 3.5),
    ],
)
def test_division_follows_ieee_754(left: float, right: float, quotient: float) -> None:
    assert same(calculate("/", left, right), quotient)


@pytest.mark.parametrize(
    ("base", "exponent", "power"),
    [
        (2, 10, 1024),
        (4, 0.5, 2),
        (-8, 1 / 3, NAN),
        (-2, 3, -8),
        (0.0, -1, INF),
        (0.0, 0.0, 1),
        (NAN, 0.0, 1),
        (1, NAN, 1),
        (10, 400, INF),
        (-10, 401, -INF),
        (-10, 400, INF),
    ],
)
def test_powers_follow_ieee_754(base: float, exponent: float, power: float) -> None:
    assert same(calculate("^", base, exponent), power)


@pytest.mark.parametrize(
    ("operator", "result"), [("+", 9.0), ("-", 5.0), ("*", 14.0), ("/", 3.5), ("^", 49.0)]
)
def test_arithmetic_is_what_it_says(operator: str, result: float) -> None:
    assert calculate(operator, 7.0, 2.0) == result


def test_a_product_that_is_too_large_is_infinite_and_not_an_error() -> None:
    assert calculate("*", 1e308, 10.0) == INF
    assert math.isnan(calculate("-", INF, INF))


@pytest.mark.parametrize(
    ("operator", "truths"),
    [
        ("=", (0, 1, 0)),
        ("<>", (1, 0, 1)),
        ("<", (1, 0, 0)),
        ("<=", (1, 1, 0)),
        (">", (0, 0, 1)),
        (">=", (0, 1, 1)),
    ],
)
def test_a_comparison_is_one_or_zero(operator: str, truths: tuple[int, ...]) -> None:
    found = tuple(evaluate(Comparison(operator, Number(left), Number(2.0)), {}) for left in (1.0, 2.0, 3.0))
    assert found == truths


@pytest.mark.parametrize("operator", ["=", "<", "<=", ">", ">="])
def test_a_comparison_with_not_a_number_is_false(operator: str) -> None:
    assert evaluate(Comparison(operator, Number(NAN), Number(1.0)), {}) == 0


def test_not_a_number_differs_from_everything() -> None:
    assert evaluate(Comparison("<>", Number(NAN), Number(NAN)), {}) == 1


@pytest.mark.parametrize("left", [0.0, 1.0, -2.5])
@pytest.mark.parametrize("right", [0.0, 3.0])
def test_whatever_is_not_zero_counts_as_true(left: float, right: float) -> None:
    assert evaluate(Logical("and", Number(left), Number(right)), {}) == float(left != 0 and right != 0)
    assert evaluate(Logical("or", Number(left), Number(right)), {}) == float(left != 0 or right != 0)
    assert evaluate(Not(Number(left)), {}) == float(left == 0)


def test_only_the_branch_that_is_taken_counts() -> None:
    broken = Arithmetic("/", Number(1.0), Number(0.0))
    assert evaluate(Conditional(Number(1.0), Number(5.0), broken), {}) == 5
    assert evaluate(Conditional(Number(0.0), broken, Number(6.0)), {}) == 6


def test_references_take_the_given_values_and_minus_turns_them() -> None:
    assert evaluate(Negation(Reference("A")), {"A": 3.0}) == -3
    with pytest.raises(KeyError, match="B"):
        evaluate(Reference("B"), {"A": 3.0})


@pytest.mark.parametrize(
    ("function", "arguments", "value"),
    [
        ("ABS", [-2.0], 2.0),
        ("ARCCOS", [0.0], math.pi / 2),
        ("ARCCOS", [2.0], NAN),
        ("ARCSIN", [1.0], math.pi / 2),
        ("ARCTAN", [INF], math.pi / 2),
        ("COS", [0.0], 1.0),
        ("EXP", [0.0], 1.0),
        ("EXP", [1000.0], INF),
        ("EXP", [-INF], 0.0),
        ("INTEGER", [2.9], 2.0),
        ("INTEGER", [-2.9], -2.0),
        ("INTEGER", [INF], INF),
        ("INTEGER", [NAN], NAN),
        ("LN", [math.e], 1.0),
        ("LN", [0.0], -INF),
        ("LN", [-1.0], NAN),
        ("MAX", [1.0, 2.0], 2.0),
        ("MAX", [1.0, NAN], NAN),
        ("MIN", [1.0, 2.0], 1.0),
        ("MIN", [NAN, 1.0], NAN),
        ("SIN", [INF], NAN),
        ("SQRT", [9.0], 3.0),
        ("SQRT", [-1.0], NAN),
        ("TAN", [0.0], 0.0),
    ],
)
def test_a_primitive_is_defined_for_every_number(function: str, arguments: list[float], value: float) -> None:
    assert same(apply(function, arguments), value)


def test_every_primitive_has_a_value() -> None:
    for function, arity in PRIMITIVES.items():
        assert isinstance(apply(function, [0.5] * arity), float)


@pytest.mark.parametrize("function", sorted(DERIVED))
def test_what_lowering_writes_out_is_no_primitive(function: str) -> None:
    with pytest.raises(ValueError, match=f"{function} is not a primitive"):
        apply(function, [1.0] * DERIVED[function])


@pytest.mark.parametrize(
    "expression",
    [
        LookupCall(Reference("T"), Number(1.0)),
        Smooth(Number(1.0), Number(1.0), Number(1.0), 1),
        Delay(Number(1.0), Number(1.0), Number(1.0), 1),
        Initial(Number(1.0)),
    ],
    ids=lambda expression: type(expression).__name__,
)
def test_what_has_memory_has_no_value_outside_a_run(expression: Expression) -> None:
    with pytest.raises(ValueError, match=f"{type(expression).__name__} has no value outside a run"):
        evaluate(expression, {})


TABLE = Table((-1.0, 0.0, 2.0, 3.0), (5.0, 1.0, 1.0, -3.0))


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (-1e300, 5.0),
        (-INF, 5.0),
        (-1.0, 5.0),
        (-0.5, 3.0),
        (0.0, 1.0),
        (1.3, 1.0),
        (2.0, 1.0),
        (2.25, 0.0),
        (3.0, -3.0),
        (4.0, -3.0),
        (INF, -3.0),
    ],
)
def test_a_table_is_straight_between_its_points_and_level_beyond(x: float, y: float) -> None:
    assert read_table(TABLE, x) == y


def test_a_table_hands_not_a_number_on() -> None:
    assert math.isnan(read_table(TABLE, NAN))
    assert math.isnan(read_table(Table((1.0,), (4.0,)), NAN))


def test_a_table_of_one_point_is_level() -> None:
    assert [read_table(Table((1.0,), (4.0,)), x) for x in (-9.0, 1.0, 9.0)] == [4.0, 4.0, 4.0]


def test_an_inline_table_is_read() -> None:
    assert evaluate(LookupCall(TABLE, Number(2.5)), {}) == -1
    assert evaluate(Call("MAX", (Number(1.0), LookupCall(TABLE, Number(9.0)))), {}) == 1
