"""Random models built of every kind of expression, for the properties that hold whatever the model."""

from dataclasses import replace

from hypothesis import strategies as st

from sdmodels.engine.derived import written_out
from sdmodels.engine.program import Assignment, Memory, Pipeline, Program, Series, State
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
    Root,
    Smooth,
    Table,
    rebuild,
)
from sdmodels.structure.functions import DERIVED, PRIMITIVES
from sdmodels.structure.model import Auxiliary, Constant, Equation, Model, Stock, TimeSpec

# Derived functions that a run can hold; PULSE TRAIN and the like take any expressions as arguments.
FUNCTIONS = {**PRIMITIVES, **DERIVED}
INPUTS = ("P", "Q")
STEP = 0.5
numbers = st.one_of(
    st.sampled_from([0.0, 1.0, 2.0, 0.5, 3.7]),
    # Rounded: what jumps at every multiple of 1e-40 has derivatives that no difference can show.
    st.floats(-20, 20).map(lambda x: round(x, 9) + 0.0),
).map(Number)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    xs = sorted(draw(st.sets(st.integers(-20, 20), min_size=2, max_size=6)))
    ys = draw(st.lists(st.integers(-50, 50), min_size=len(xs), max_size=len(xs)))
    return Table(tuple(x / 2 for x in xs), tuple(y / 4 for y in ys))


def expressions(
    names: tuple[str, ...], *, memory: bool = True, depth: int = 8
) -> st.SearchStrategy[Expression]:
    """Return trees over the whole union; ``memory`` allows SMOOTH, DELAY and INITIAL."""
    leaves = numbers | st.sampled_from(names).map(Reference)

    def grow(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
        called = st.sampled_from(sorted(FUNCTIONS)).flatmap(
            lambda name: st.tuples(*[inner] * FUNCTIONS[name]).map(lambda a: Call(name, a))
        )
        kinds = [
            st.builds(Negation, inner),
            st.builds(Arithmetic, st.sampled_from("+-*/^"), inner, inner),
            st.builds(Comparison, st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), inner, inner),
            st.builds(Logical, st.sampled_from(["and", "or"]), inner, inner),
            st.builds(Not, inner),
            st.builds(Conditional, inner, inner, inner),
            called,
            st.builds(LookupCall, tables(), inner),
        ]
        if memory:
            order = st.integers(1, 3)
            kinds += [
                st.builds(Smooth, inner, inner, inner, order),
                st.builds(Delay, inner, inner, inner, order, st.booleans()),
                st.builds(Initial, inner),
            ]
        return st.one_of(kinds)

    return st.recursive(leaves, grow, max_leaves=depth)


@st.composite
def models(draw: st.DrawFn) -> Model:
    """Return a small model: two inputs, two stocks and three auxiliaries, each acting on the next."""
    known = ("Time", *INPUTS, "S", "R")
    variables: list[Stock | Auxiliary | Constant] = [
        Constant(name=name, equations=(Equation(expression=Number(1.0)),)) for name in INPUTS
    ]
    for name in ("A", "B", "C"):
        equation = Equation(expression=draw(expressions(known)))
        variables.append(Auxiliary(name=name, equations=(equation,)))
        known = (*known, name)
    for name in ("S", "R"):
        rate = draw(expressions(known))
        variables.append(Stock(name=name, equations=(Equation(expression=rate, initial=draw(numbers)),)))
    time = TimeSpec(initial_time=0, final_time=3, time_step=STEP, save_period=1)
    return Model(name="random", variables={v.name: v for v in variables}, time=time)


def growing(model: Model) -> Model:
    """Return the model with stocks that change, and an auxiliary that depends on nothing but a stock."""
    half = Arithmetic("/", Reference("S"), Number(2.0))
    follower = Auxiliary(name="D", equations=(Equation(expression=half),))
    stocks = {}
    for stock in model.stocks:
        own = stock.equations[0]
        faster = Arithmetic("+", own.expression, Arithmetic("+", Reference("D"), Number(0.7)))
        stocks[stock.name] = replace(stock, equations=(replace(own, expression=faster),))
    return replace(model, variables={**model.variables, "D": follower, **stocks})


def flat(expression: Expression) -> Expression:
    """Return an expression as lowering leaves it: derived functions written out."""
    parts = rebuild(expression, flat)
    return written_out(parts.function, parts.arguments, time_step=STEP) if isinstance(parts, Call) else parts


@st.composite
def roots(draw: st.DrawFn, names: tuple[str, ...]) -> Root:
    """Return the root of ``e - 2 u - ARCTAN(u)``, which falls as ``u`` rises."""
    unknown = Reference("unknown")
    falling = Arithmetic("+", Arithmetic("*", Number(2.0), unknown), Call("ARCTAN", (unknown,)))
    other = flat(draw(expressions(names, memory=False, depth=2)))
    level = Arithmetic("+", Reference(draw(st.sampled_from(INPUTS))), other)
    return Root("unknown", Arithmetic("-", level, falling), Number(-10.0), Number(10.0))


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """Return a small Program with states, a memory, a pipeline, data, random numbers and a root."""

    def drawn(names: tuple[str, ...], depth: int = 5) -> Expression:
        return flat(draw(expressions(names, memory=False, depth=depth)))

    fixed = ("Time", *INPUTS)
    changing = ("S", "R", "M", "L")
    initial = [Assignment(name=name, expression=drawn(INPUTS, 3)) for name in ("H", *changing)]
    delay_time = Assignment(name="T", expression=Number(draw(st.sampled_from([0.5, 1.0]))))
    known = (*fixed, "H", "X", "U", *changing)
    step = [Assignment(name="A", expression=Arithmetic("+", draw(roots(known)), drawn(known, 2)))]
    for name in ("B", "C"):
        step.append(Assignment(name=name, expression=drawn((*known, *(a.name for a in step)))))
    everything = (*known, "A", "B", "C")

    def with_drawn(name: str) -> Expression:
        return Arithmetic("+", Reference(name), drawn(everything))

    return Program(
        time=TimeSpec(initial_time=0, final_time=2, time_step=STEP, save_period=STEP),
        inputs=INPUTS,
        initial=(*initial, delay_time),
        held=("H",),
        states=(State(name="S", rate=with_drawn("L")), State(name="R", rate=with_drawn("B"))),
        step=tuple(step),
        observed=(Assignment(name="O", expression=drawn(everything)),),
        outputs=("S", "R", "M", "L", "A", "B", "C", "H", "O"),
        # The root acts on the memory, this on the pipeline, and this on a state, whatever is drawn.
        memories=(Memory(name="M", following=with_drawn("A")),),
        pipelines=(Pipeline(name="L", input=with_drawn("M"), delay_time="T"),),
        series=(Series(name="X"),),
        draws=("U",),
    )
