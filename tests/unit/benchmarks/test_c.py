"""The C peer is the same model: whatever the expression, it comes to the numbers of the interpreter."""

import shutil
from functools import cache
from typing import get_args

import numpy as np
import pytest

from benchmarks.c import LOOKUPS, Lookups, c_source
from benchmarks.gcc import compile_c
from sdmodels.engine import interpreter
from sdmodels.engine.program import Assignment, Memory, Program, State
from sdmodels.engine.trajectories import Floats, final_step
from sdmodels.structure.expression import (
    Arithmetic,
    ArithmeticOperator,
    Call,
    Comparison,
    ComparisonOperator,
    Conditional,
    Delay,
    Element,
    Expression,
    Initial,
    Logical,
    LogicalOperator,
    LookupCall,
    Negation,
    Not,
    Number,
    Reference,
    Root,
    Smooth,
    Table,
    TableKind,
    walk,
)
from sdmodels.structure.functions import PRIMITIVES
from sdmodels.structure.model import TimeSpec

needs_gcc = pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc not found: there is no C to compare")
P, Q = Reference("P"), Reference("Q")
TIME = TimeSpec(initial_time=2, final_time=4, time_step=0.25, save_period=1)
# Members below, at, between and beyond the points of the tables; no zero where a function has its edge.
MEMBERS = np.array([[-3.2, -1.0, -0.4, 0.3, 0.5, 0.75, 1.0, 4.0], [0.9, 0.2, 1.0, 0.7, 0.5, 0.35, 0.6, 0.8]])
POINTS = (-1.0, 0.25, 0.5, 1.0), (2.0, -1.5, 3.0, 3.5)


def kinds() -> dict[str, Expression]:
    """Return an expression of every kind that a Program holds."""
    truths = Comparison(">", P, Number(0.4)), Comparison("<", Q, Number(0.65))
    falling = Arithmetic("-", Q, Arithmetic("*", Reference("unknown"), Number(3.0)))
    return {
        "number": Number(-0.1),
        "infinity is written": Conditional(truths[0], P, Call("MIN", (Number(float("inf")), Q))),
        "reference": P,
        "time": Reference("Time"),
        "negation": Negation(Negation(P)),
        **{f"arithmetic {o}": Arithmetic(o, Number(1.7), P) for o in get_args(ArithmeticOperator)},
        "power of an input": Arithmetic("^", Q, P),
        **{f"comparison {o}": Comparison(o, P, Q) for o in get_args(ComparisonOperator)},
        **{f"logical {o}": Logical(o, *truths) for o in get_args(LogicalOperator)},
        "logical of numbers": Logical("and", P, Not(Negation(P))),
        "not": Not(truths[0]),
        "conditional": Conditional(truths[1], Arithmetic("+", P, Q), Negation(P)),
        **{f"call of {name}": Call(name, (Q, P)[:arity]) for name, arity in PRIMITIVES.items()},
        **{f"table, {kind}": LookupCall(Table(*POINTS, kind), P) for kind in get_args(TableKind)},
        **{f"one point, {kind}": LookupCall(Table((0.5,), (7.0,), kind), P) for kind in get_args(TableKind)},
        "table in a table": LookupCall(Table(*POINTS), LookupCall(Table(*POINTS), P)),
        "root": Root("unknown", falling, Number(-1.0), Number(1.0)),
        "root in a root": Root("u", Root("v", Reference("u"), Number(0.0), Q), Number(-1.0), Number(1.0)),
    }


def program(expressions: dict[str, Expression]) -> Program:
    """Return a Program that has each expression at the beginning, at every step, in a flow and at the end."""
    initial, step, observed = [], [], []
    states = []
    for kind, expression in expressions.items():
        start, stock, seen, last = (f"{kind}: {place}" for place in ("start", "stock", "seen", "last"))
        leaving = Arithmetic("*", Number(0.5), Reference(stock))
        initial += [Assignment(name=start, expression=expression), Assignment(name=stock, expression=P)]
        states.append(State(name=stock, rate=Arithmetic("-", Reference(seen), leaving)))
        step.append(Assignment(name=seen, expression=Arithmetic("+", expression, Reference(start))))
        observed.append(Assignment(name=last, expression=Arithmetic("+", expression, Reference(stock))))
    return Program(
        time=TIME,
        inputs=("P", "Q"),
        initial=tuple(initial),
        held=tuple(a.name for a in initial if a.name.endswith("start")),
        states=tuple(states),
        step=tuple(step),
        observed=tuple(observed),
        outputs=tuple(a.name for part in (initial, step, observed) for a in part),
    )


def compare(what: Program, lookups: Lookups, kind: str) -> None:
    rows = [row for row, name in enumerate(what.outputs) if name.startswith(f"{kind}: ")]
    expected, found = expected_of(what)[rows], found_in(what, lookups)[rows]
    assert found.shape == (4, MEMBERS.shape[1])
    # With -ffast-math C need not tell what is not finite: such members would compare nothing.
    assert np.isfinite(expected).all()
    # 1e-12: -ffast-math sums in another order and multiplies by reciprocals.
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


@cache
def expected_of(what: Program) -> Floats:
    return interpreter.integrate(what, MEMBERS, steps=final_step(what)).values[:, 0]


@cache
def found_in(what: Program, lookups: Lookups) -> Floats:
    return compile_c(what, lookups=lookups)(MEMBERS)


@needs_gcc
@pytest.mark.parametrize("lookups", LOOKUPS)
@pytest.mark.parametrize("kind", kinds())
def test_c_comes_to_the_numbers_of_the_interpreter(kind: str, lookups: Lookups) -> None:
    compare(program(kinds()), lookups, kind)


def test_every_kind_of_expression_and_every_primitive_is_among_those_compared() -> None:
    parts = [part for expression in kinds().values() for part in walk(expression)]
    written_out = {Smooth, Delay, Initial, Element}
    assert {type(part) for part in parts} == set(get_args(Expression)) - written_out
    assert {part.function for part in parts if isinstance(part, Call)} == set(PRIMITIVES)


@needs_gcc
def test_a_wrong_operator_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.c._LIBRARY", {"MIN": "larger"})
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        compare(program({"smaller": Call("MIN", (P, Q))}), "search", "smaller")


def test_tables_are_read_in_three_different_ways() -> None:
    what = program({"table": LookupCall(Table(*POINTS), P)})
    assert len({c_source(what, lookups=lookups) for lookups in LOOKUPS}) == 3


def test_a_table_that_is_read_twice_is_written_once() -> None:
    what = program({"table": LookupCall(Table(*POINTS), P)})
    assert c_source(what, lookups="search").count("static inline double table") == 1


def test_what_no_model_of_the_benchmark_has_is_refused() -> None:
    what = program({"reference": P})
    delayed = Program(
        **{name: getattr(what, name) for name in Program.__dataclass_fields__ if name != "memories"},
        memories=(Memory(name="M", following=P),),
    )
    with pytest.raises(ValueError, match="stocks and auxiliaries only"):
        c_source(delayed, lookups="search")


@needs_gcc
def test_c_runs_a_model_to_its_closed_form(program_of: object) -> None:
    """Decay by Euler: (1 - step / delay) to the number of steps."""
    what = program_of("S = INTEG(-S / D, 8)\nD = 4", inputs=["D"], outputs=["S"], final=2, step=0.5)  # type: ignore[operator]
    delays = np.array([[1.0, 2.0, 4.0]])
    found = compile_c(what, lookups="search")(delays)
    np.testing.assert_allclose(found, 8 * (1 - 0.5 / delays) ** 4, rtol=1e-14)


@needs_gcc
def test_c_leaves_the_numbers_of_this_process_alone() -> None:
    """The start-up code of -ffast-math makes tiny numbers zero in every thread that begins after it."""
    found_in(program(kinds()), LOOKUPS[0])
    assert np.array([np.finfo(float).tiny])[0] / 4 > 0
