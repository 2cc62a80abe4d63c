"""Whatever the equations: what is written as XMILE and read back runs to the same numbers."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdmodels.engine import interpreter
from sdmodels.engine.lowering import lower
from sdmodels.engine.trajectories import periodic_steps
from sdmodels.errors import ExportError
from sdmodels.readers import read
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
from sdmodels.structure.functions import (
    AGGREGATIONS,
    ANY_NUMBER,
    ARITIES,
    DERIVED,
    FLEXIBLE,
    ON_TABLES,
    OVER_ELEMENTS,
    PRIMITIVES,
)
from sdmodels.structure.model import Auxiliary, Constant, Equation, Model, Stock, TimeSpec
from sdmodels.writers import to_xmile

# The complementary error function is for the engine: Vensim and XMILE have no name for it.
FUNCTIONS = {name: arity for name, arity in {**PRIMITIVES, **DERIVED}.items() if name != "ERFC"}
FUNCTIONS |= {name: arities[-1] for name, arities in FLEXIBLE.items() if arities.stop != ANY_NUMBER}
# Neither the standard nor this library's reader has them.
WITHOUT_COUNTERPART = {"ERFC", "GAMMA LN", "NPV", "RANDOM NORMAL", "RANDOM TRIANGULAR"}
TIME = TimeSpec(initial_time=0, final_time=3, time_step=0.5, save_period=0.5)
# Multiples of a quarter: no rounding decides a comparison.
numbers = st.integers(-20, 20).map(lambda n: Number(n / 4))
# What a delay needs: more than nothing.
spans = st.integers(1, 12).map(lambda n: Number(n / 4))
leaves = numbers | st.sampled_from(["Time", "Level Of It", "P"]).map(Reference)
tables = st.builds(
    lambda ys, kind: Table(tuple(float(x) for x in range(len(ys))), tuple(float(y) for y in ys), kind),
    st.lists(st.integers(-9, 9), min_size=2, max_size=4),
    st.sampled_from(["interpolate", "extrapolate", "hold", "forward"]),
)


def grow(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    calls = st.sampled_from(sorted(FUNCTIONS)).flatmap(
        lambda name: st.tuples(*[inner] * FUNCTIONS[name]).map(lambda arguments: Call(name, arguments))
    )
    return st.one_of(
        st.builds(Negation, inner),
        st.builds(Arithmetic, st.sampled_from("+-*/^"), inner, inner),
        st.builds(Comparison, st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), inner, inner),
        st.builds(Logical, st.sampled_from(["and", "or"]), inner, inner),
        st.builds(Not, inner),
        st.builds(Conditional, inner, inner, inner),
        calls,
        st.builds(LookupCall, tables, inner),
        st.builds(Smooth, inner, numbers, numbers, st.sampled_from([1, 2, 3])),
        st.builds(Delay, inner, spans, numbers, st.sampled_from([1, 3]), st.just(False)),
        st.builds(Delay, inner, spans, numbers, st.integers(1, 4), st.just(True)),
        st.builds(Initial, inner),
        st.tuples(inner, inner).map(lambda arguments: Call("PREVIOUS", arguments)),
        st.tuples(inner, spans, numbers).map(lambda arguments: Call("DELAY FIXED", arguments)),
        st.tuples(inner, spans, numbers).map(lambda arguments: Call("TREND", arguments)),
        st.tuples(inner, spans, numbers, numbers).map(lambda arguments: Call("FORECAST", arguments)),
    )


def values(model: Model) -> np.ndarray:
    program = lower(model, outputs=["Result", "Level Of It"])
    with np.errstate(all="ignore"):
        return interpreter.integrate(program, np.empty((0, 1)), steps=periodic_steps(program)).values


def made(expression: Expression) -> Model:
    level = Equation(expression=Arithmetic("-", Number(1.0), Reference("P")), initial=Number(0.25))
    made = [
        Stock(name="Level Of It", equations=(level,)),
        Constant(name="P", equations=(Equation(expression=Number(0.75)),)),
        Auxiliary(name="Result", equations=(Equation(expression=expression),)),
    ]
    return Model(name="made", variables={variable.name: variable for variable in made}, time=TIME)


def reads_back_to_the_same_numbers(model: Model) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.xmile"
        path.write_text(to_xmile(model), encoding="utf-8")
        back = read(path)
    # Functions that XMILE lacks are written out as the engine writes them out: only constants fold otherwise.
    np.testing.assert_allclose(values(back), values(model), rtol=1e-9, atol=1e-12)


@settings(max_examples=150, deadline=None)
@given(st.recursive(leaves, grow, max_leaves=8))
def test_what_is_written_reads_back_to_the_same_numbers(expression: Expression) -> None:
    reads_back_to_the_same_numbers(made(expression))


# With values on both sides of what each distinguishes, for any number of arguments.
ARGUMENTS = (
    Arithmetic("-", Reference("Time"), Number(1.25)),
    Number(0.5),
    Arithmetic("+", Reference("Level Of It"), Number(1.0)),
    Number(2.0),
    Number(0.75),
    Number(3.0),
)
PLAIN = sorted(ARITIES.keys() - AGGREGATIONS - ON_TABLES.keys() - OVER_ELEMENTS.keys() - {"GET TIME VALUE"})


@pytest.mark.parametrize("name", PLAIN)
def test_every_function_reads_back_to_the_same_numbers_or_is_refused_by_name(name: str) -> None:
    for count in ARITIES[name][:5]:
        model = made(Call(name, ARGUMENTS[:count]))
        if name in WITHOUT_COUNTERPART:
            with pytest.raises(ExportError, match=f"'Result' uses {name}, which has no counterpart in XMILE"):
                to_xmile(model)
        else:
            reads_back_to_the_same_numbers(model)


def test_the_time_of_the_model_reads_back_and_no_other_calendar_is_written() -> None:
    zero = Number(0.0)
    reads_back_to_the_same_numbers(made(Call("GET TIME VALUE", (zero, Number(2.5), zero))))
    with pytest.raises(ExportError, match="'Result' uses GET TIME VALUE"):
        to_xmile(made(Call("GET TIME VALUE", (Number(1.0), zero, zero))))
