"""Whatever the equations: what is written as XMILE and read back runs to the same numbers."""

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sdmodels.engine import interpreter
from sdmodels.engine.lowering import lower
from sdmodels.engine.trajectories import periodic_steps
from sdmodels.readers import read
from sdmodels.structure.expression import (
    Arithmetic,
    Call,
    Comparison,
    Conditional,
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
from sdmodels.structure.model import Auxiliary, Constant, Equation, Model, Stock, TimeSpec
from sdmodels.writers import to_xmile

# The complementary error function is for the engine: Vensim and XMILE have no name for it.
FUNCTIONS = {name: arity for name, arity in {**PRIMITIVES, **DERIVED}.items() if name != "ERFC"}
TIME = TimeSpec(initial_time=0, final_time=3, time_step=0.5, save_period=0.5)
# Multiples of a quarter: no rounding decides a comparison.
numbers = st.integers(-20, 20).map(lambda n: Number(n / 4))
leaves = numbers | st.sampled_from(["Time", "Level Of It", "P"]).map(Reference)
tables = st.lists(st.integers(-9, 9), min_size=2, max_size=4).map(
    lambda ys: Table(tuple(float(x) for x in range(len(ys))), tuple(float(y) for y in ys))
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
        st.builds(Initial, inner),
    )


def values(model: Model) -> np.ndarray:
    program = lower(model, outputs=["Result", "Level Of It"])
    with np.errstate(all="ignore"):
        return interpreter.integrate(program, np.empty((0, 1)), steps=periodic_steps(program)).values


@settings(max_examples=150, deadline=None)
@given(st.recursive(leaves, grow, max_leaves=8))
def test_what_is_written_reads_back_to_the_same_numbers(expression: Expression) -> None:
    level = Equation(expression=Arithmetic("-", Number(1.0), Reference("P")), initial=Number(0.25))
    made = [
        Stock(name="Level Of It", equations=(level,)),
        Constant(name="P", equations=(Equation(expression=Number(0.75)),)),
        Auxiliary(name="Result", equations=(Equation(expression=expression),)),
    ]
    model = Model(name="made", variables={variable.name: variable for variable in made}, time=TIME)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.xmile"
        path.write_text(to_xmile(model), encoding="utf-8")
        back = read(path)
    # Functions that XMILE lacks are written out as the engine writes them out: only constants fold otherwise.
    np.testing.assert_allclose(values(back), values(model), rtol=1e-9, atol=1e-12)
