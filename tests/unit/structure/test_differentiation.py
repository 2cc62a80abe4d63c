"""Each kind of expression against the derivative that can be written down, or against finite differences."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdmodels.structure.differentiation import partials, root_partials, steep
from sdmodels.structure.evaluation import evaluate
from sdmodels.structure.expression import (
    TIME,
    Arithmetic,
    Call,
    Comparison,
    Conditional,
    Delay,
    Element,
    Expression,
    Initial,
    Logical,
    LookupCall,
    Negation,
    Not,
    Number,
    Reference,
    Root,
    Smooth,
    Table,
    walk,
)
from sdmodels.structure.functions import PRIMITIVES

X, Y = Reference("x"), Reference("y")
ZERO, ONE = Number(0.0), Number(1.0)
POINTS = ((0.0, 1.0), (1.0, 3.0), (2.0, 2.0), (4.0, 2.0))
XS, YS = zip(*POINTS, strict=True)


def derivative(expression: Expression, name: str = "x", **values: float) -> float:
    """Return the derivative at a point; 0 where there is none by structure."""
    return evaluate(partials(expression).get(name, ZERO), values)


EXACT = {
    "ABS": (-5, 5, lambda x: math.copysign(1, x)),
    "ARCCOS": (-0.9, 0.9, lambda x: -1 / math.sqrt(1 - x * x)),
    "ARCSIN": (-0.9, 0.9, lambda x: 1 / math.sqrt(1 - x * x)),
    "ARCTAN": (-50, 50, lambda x: 1 / (1 + x * x)),
    "COS": (-10, 10, lambda x: -math.sin(x)),
    "ERFC": (-5, 5, lambda x: -2 / math.sqrt(math.pi) * math.exp(-x * x)),
    "EXP": (-50, 50, math.exp),
    "INTEGER": (-50, 50, lambda x: 0.0),
    "LN": (1e-6, 1e6, lambda x: 1 / x),
    "SIN": (-10, 10, math.cos),
    "SQRT": (1e-6, 1e6, lambda x: 0.5 / math.sqrt(x)),
    "TAN": (-1.5, 1.5, lambda x: 1 / math.cos(x) ** 2),
}


def test_every_primitive_has_its_formula_here_or_among_the_kinks() -> None:
    assert set(EXACT) | {"MIN", "MAX"} == set(PRIMITIVES)


@pytest.mark.parametrize("function", sorted(EXACT))
@given(share=st.floats(0, 1))
@settings(derandomize=True, database=None)
def test_a_primitive_has_the_derivative_of_the_books(function: str, share: float) -> None:
    low, high, exact = EXACT[function]
    x = low + share * (high - low)
    # Twice 3: the chain rule has a factor to carry.
    inner = Call(function, (Arithmetic("/", Arithmetic("*", Number(3.0), X), Number(3.0)),))
    found = derivative(Arithmetic("*", Number(2.0), inner), x=x)
    assert found == pytest.approx(2 * exact(3 * x / 3), rel=1e-12)


@pytest.mark.parametrize(
    ("operator", "by_left", "by_right"),
    [
        ("+", lambda u, v: 1.0, lambda u, v: 1.0),
        ("-", lambda u, v: 1.0, lambda u, v: -1.0),
        ("*", lambda u, v: v, lambda u, v: u),
        ("/", lambda u, v: 1 / v, lambda u, v: -u / v**2),
        ("^", lambda u, v: v * u ** (v - 1), lambda u, v: u**v * math.log(u)),
    ],
)
@given(u=st.floats(0.01, 20), v=st.floats(0.01, 20))
@settings(derandomize=True, database=None)
def test_an_operator_has_the_derivatives_of_the_books(operator, by_left, by_right, u, v) -> None:
    joined = Arithmetic(operator, X, Y)
    # A few roundings; near u = 1 the logarithm is small, and its error is one rounding of 1.
    assert derivative(joined, "x", x=u, y=v) == pytest.approx(by_left(u, v), rel=1e-12)
    assert derivative(joined, "y", x=u, y=v) == pytest.approx(by_right(u, v), rel=1e-12, abs=1e-300)


@given(x=st.floats(-5, 5), y=st.floats(0.5, 2))
@settings(derandomize=True, database=None)
def test_the_derivative_of_a_nest_of_all_smooth_kinds_agrees_with_finite_differences(
    x: float, y: float
) -> None:
    wave = Arithmetic("*", Call("SIN", (X,)), Call("EXP", (Negation(Arithmetic("*", Y, X)),)))
    bent = Arithmetic(
        "/", wave, Arithmetic("+", Number(2.0), Call("COS", (Arithmetic("^", Y, Number(3.0)),)))
    )
    nest = Call("ARCTAN", (Arithmetic("-", Arithmetic("*", bent, bent), Call("SQRT", (Y,))),))

    def at(name: str, move: float) -> float:
        return evaluate(nest, {"x": x, "y": y, name: {"x": x, "y": y}[name] + move})

    h = 1e-3
    for name in ("x", "y"):
        near, far = at(name, h) - at(name, -h), at(name, 2 * h) - at(name, -2 * h)
        # Fourth order: the error is h^4 = 1e-12 times the fifth derivative, up to about 1e6 where EXP is large.
        expected = (8 * near - far) / (12 * h)
        assert derivative(nest, name, x=x, y=y) == pytest.approx(expected, rel=1e-5, abs=1e-5)


@pytest.mark.parametrize(
    ("base", "exponent", "expected"),
    [
        (0.0, 2.0, 0.0),
        (0.0, 3.0, 0.0),
        (0.0, 1.5, 0.0),
        (0.0, 1.0, 1.0),
        (0.0, 0.0, 0.0),
        (0.0, 0.5, math.inf),
        (-2.0, 3.0, 12.0),
        (-2.0, 2.0, -4.0),
        (-2.0, 1.0, 1.0),
        (-2.0, -1.0, -0.25),
        (-2.0, 0.0, 0.0),
    ],
)
@pytest.mark.parametrize("constant", [True, False])
def test_a_power_at_and_below_zero(base: float, exponent: float, expected: float, constant: bool) -> None:
    power = Arithmetic("^", X, Number(exponent) if constant else Y)
    assert derivative(power, x=base, y=exponent) == pytest.approx(expected)
    if not constant:
        assert derivative(power, "y", x=base, y=exponent) == 0


def test_a_number_to_a_power_grows_with_its_logarithm() -> None:
    assert derivative(Arithmetic("^", Number(2.0), X), x=3.0) == pytest.approx(8 * math.log(2))


@pytest.mark.parametrize(
    ("expression", "x", "by_x", "by_y"),
    [
        (Call("MIN", (X, Y)), 1.0, 1, 0),
        (Call("MIN", (X, Y)), 2.0, 0, 1),  # equal: the right one
        (Call("MIN", (X, Y)), 3.0, 0, 1),
        (Call("MAX", (X, Y)), 1.0, 0, 1),
        (Call("MAX", (X, Y)), 2.0, 0, 1),  # equal: the right one
        (Call("MAX", (X, Y)), 3.0, 1, 0),
        (Call("ABS", (Arithmetic("-", X, Y),)), 2.0, 1, -1),  # to the right of 0
        (Conditional(Comparison("<", X, Y), X, Negation(Y)), 1.0, 1, 0),
        (Conditional(Comparison("<", X, Y), X, Negation(Y)), 2.0, 0, -1),
        (Comparison("<=", X, Y), 2.0, 0, 0),
        (Logical("and", X, Y), 0.0, 0, 0),
        (Not(X), 0.0, 0, 0),
        (Call("INTEGER", (X,)), 2.0, 0, 0),
        (TIME, 2.0, 0, 0),
    ],
)
def test_a_kink_has_the_slope_of_the_side_that_the_evaluators_choose(
    expression: Expression, x: float, by_x: float, by_y: float
) -> None:
    assert derivative(expression, "x", x=x, y=2.0) == by_x
    assert derivative(expression, "y", x=x, y=2.0) == by_y


@pytest.mark.parametrize(
    ("kind", "slopes"),
    [
        # before the first point, at it, inside, at the second, at the third, inside, at the last, behind it
        ("interpolate", [0, 2, 2, -1, 0, 0, 0, 0]),
        ("extrapolate", [2, 2, 2, -1, 0, 0, 0, 0]),
        ("hold", [0] * 8),
        ("forward", [0] * 8),
    ],
)
def test_a_table_has_the_slope_to_the_right(kind: str, slopes: list[float]) -> None:
    reading = LookupCall(Table(XS, YS, kind), Arithmetic("*", Number(2.0), X))
    points = [-1.0, 0.0, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0]
    assert [derivative(reading, x=point / 2) for point in points] == [2 * slope for slope in slopes]


def test_a_straight_table_that_goes_on_has_one_slope() -> None:
    table = Table((0.0, 1.0, 2.0), (0.0, 3.0, 6.0), "extrapolate")
    assert partials(LookupCall(table, X)) == {"x": Number(3.0)}


@pytest.mark.parametrize("kind", ["interpolate", "extrapolate", "hold", "forward"])
def test_a_table_of_one_point_is_level(kind: str) -> None:
    assert partials(LookupCall(Table((1.0,), (5.0,), kind), X)) == {}


GUARDED = Conditional(Comparison("=", Y, ZERO), ZERO, Arithmetic("/", X, Y))


@pytest.mark.parametrize(
    "expression",
    [
        GUARDED,
        Arithmetic("*", Number(3.0), GUARDED),
        Call("SQRT", (Call("MAX", (Number(0.0), Arithmetic("-", Y, X))),)),
        Call("MIN", (Arithmetic("/", X, Y), X)),
        LookupCall(Table(XS, YS), Arithmetic("/", X, Y)),
        Call("SQRT", (LookupCall(Table((0.0, 1.0), (0.0, 0.0)), X),)),
    ],
)
def test_what_a_choice_leaves_out_does_not_count_even_if_infinite(expression: Expression) -> None:
    """Zero times infinity is not a number; what is not chosen is zero by its nature."""
    values = {"x": 2.0, "y": 0.0}
    assert math.isfinite(evaluate(expression, values))
    for name in ("x", "y"):
        assert math.isfinite(derivative(expression, name, **values))


def test_what_changes_nothing_is_not_written() -> None:
    assert partials(Arithmetic("+", X, Number(5.0))) == {"x": ONE}
    assert partials(Arithmetic("*", Number(3.0), X)) == {"x": Number(3.0)}
    assert partials(Negation(Negation(X))) == {"x": ONE}
    assert partials(Arithmetic("-", X, X)) == {}
    assert partials(Arithmetic("*", X, Y)) == {"x": Y, "y": X}
    assert partials(Number(4.0)) == {}


def different_parts(*expressions: Expression) -> int:
    return len({id(part) for expression in expressions for part in walk(expression)})


@pytest.mark.parametrize("count", [5, 10, 20, 40])
def test_a_long_product_has_derivatives_of_a_size_in_proportion(count: int) -> None:
    factors = [Reference(f"x{number}") for number in range(count)]
    product: Expression = factors[0]
    for factor in factors[1:]:
        product = Arithmetic("*", product, Call("EXP", (factor,)))
    found = partials(product)
    # Each factor adds its own product from the left, one from the right, and its EXP: none is written twice.
    assert different_parts(product, *found.values()) < 8 * count


def test_what_derivatives_have_in_common_is_the_same_object() -> None:
    costly = Call("EXP", (Arithmetic("*", X, Y),))
    found = partials(Call("SIN", (costly,)))
    parts = [part for expression in found.values() for part in walk(expression)]
    assert [part for part in parts if part == costly]
    assert all(part is costly for part in parts if part == costly)


# 8 = u^3 has the root 2 for x = 8; u^3 = x.
CUBE = Arithmetic("-", X, Arithmetic("^", Reference("u"), Number(3.0)))


@pytest.mark.parametrize(
    ("x", "high", "expected"),
    [
        (8.0, Number(10.0), 1 / (3 * 2.0**2)),
        (8.0, Arithmetic("*", Number(0.1), X), 0.1),  # the root is the upper end
        (-8.0, Number(10.0), 0.0),  # the lower end, a number
    ],
)
def test_a_root_changes_as_the_implicit_function_theorem_says(
    x: float, high: Expression, expected: float
) -> None:
    root = Root("u", CUBE, ZERO, high)
    value = 2.0 if isinstance(high, Number) else 0.1 * x
    found = root_partials(root, "the root")
    assert evaluate(found["x"], {"x": x, "the root": value}) == pytest.approx(expected)


@pytest.mark.parametrize(
    "expression",
    [
        Root("u", CUBE, ZERO, ONE),
        Smooth(X, ONE, ONE, 1),
        Delay(X, ONE, ONE, 1),
        Initial(X),
        Element("North"),
        LookupCall(Reference("T"), X),
        Call("NO SUCH FUNCTION", (X,)),
        Call("LOG", (X, Y)),
    ],
)
def test_what_has_no_derivative_of_its_own_is_refused(expression: Expression) -> None:
    with pytest.raises(ValueError, match=r"has no derivative|is not a primitive"):
        partials(expression)


def test_steep_is_what_can_be_finite_with_an_infinite_slope() -> None:
    assert steep(Arithmetic("+", ONE, Call("SQRT", (X,))))
    assert steep(Arithmetic("^", X, Number(0.5)))
    assert steep(Arithmetic("^", X, Y))
    assert not steep(Arithmetic("^", X, Number(2.0)))
    assert not steep(Call("EXP", (Arithmetic("/", X, Y),)))
