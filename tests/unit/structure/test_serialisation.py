"""A model as plain data: back to an equal model, or a refusal that says where."""

import copy
import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdmodels.errors import StructureError
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
)
from sdmodels.structure.functions import ARITIES
from sdmodels.structure.model import (
    Auxiliary,
    Constant,
    Data,
    Dimension,
    Equation,
    Lookup,
    Model,
    SeriesEquation,
    SeriesKind,
    Slope,
    Stock,
    TableEquation,
    TimeSpec,
    Variable,
)
from sdmodels.structure.serialisation import (
    canonical,
    from_data,
    inputs_hash,
    structural_hash,
    to_data,
)

floats = st.floats(allow_nan=False)
names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
several_names = st.lists(names, max_size=3).map(tuple)
orders = st.integers(1, 12)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    xs = sorted(draw(st.lists(floats, min_size=1, max_size=5)))
    ys = draw(st.lists(floats, min_size=len(xs), max_size=len(xs)))
    return Table(tuple(xs), tuple(ys), draw(st.sampled_from(get_args(TableKind))))


references = st.builds(Reference, names, several_names)
leaves = st.one_of(st.builds(Number, floats), references, st.builds(Element, names))


def grow(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    calls = st.sampled_from(sorted(ARITIES)).flatmap(
        lambda name: st.tuples(*[inner] * ARITIES[name].start).map(lambda arguments: Call(name, arguments))
    )
    return st.one_of(
        st.builds(Negation, inner),
        st.builds(Not, inner),
        st.builds(Initial, inner),
        st.builds(Arithmetic, st.sampled_from(get_args(ArithmeticOperator)), inner, inner),
        st.builds(Comparison, st.sampled_from(get_args(ComparisonOperator)), inner, inner),
        st.builds(Logical, st.sampled_from(get_args(LogicalOperator)), inner, inner),
        st.builds(Conditional, inner, inner, inner),
        calls,
        st.builds(LookupCall, tables() | references, inner),
        st.builds(Smooth, inner, inner, inner, orders),
        st.builds(Delay, inner, inner, inner, orders, st.booleans()),
        st.builds(Root, names, inner, inner, inner),
    )


expressions = st.recursive(leaves, grow, max_leaves=12)
place = {
    "subscripts": several_names,
    "exceptions": st.lists(several_names, max_size=2).map(tuple),
    "line": st.integers(0, 10**6),
    "text": st.text(max_size=5),
}
equations = st.builds(Equation, expression=expressions, initial=st.none() | expressions, **place)
table_equations = st.builds(TableEquation, table=tables(), **place)
series_equations = st.builds(
    SeriesEquation, kind=st.sampled_from(get_args(SeriesKind)), points=st.none() | tables(), **place
)


def some(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(inner, min_size=1, max_size=2).map(tuple)


limits = st.none() | floats
described = {
    "name": names,
    "units": st.text(max_size=5),
    "documentation": st.text(max_size=5),
    "minimum": limits,
    "maximum": limits,
}
variables: st.SearchStrategy[Variable] = st.one_of(
    st.builds(Stock, equations=some(equations), **described),
    st.builds(Auxiliary, equations=some(equations), **described),
    st.builds(Constant, equations=some(equations), **described),
    st.builds(Lookup, equations=some(table_equations), **described),
    st.builds(Data, equations=some(series_equations), **described),
)
dimensions = st.builds(
    Dimension,
    name=names,
    elements=several_names,
    mappings=st.dictionaries(names, several_names, max_size=2),
)
TIME = TimeSpec(initial_time=0.1, final_time=1 / 3, time_step=1e-3, save_period=0.2, units="周")


def model_of(*variables: Variable, dimensions: tuple[Dimension, ...] = (), **fields: Any) -> Model:
    return Model(
        name="m",
        time=TIME,
        variables={variable.name: variable for variable in variables},
        dimensions={dimension.name: dimension for dimension in dimensions},
        **fields,
    )


def through_json(model: Model) -> Model:
    return from_data(json.loads(json.dumps(to_data(model), allow_nan=False)))


@settings(max_examples=200, deadline=None)
@given(variables, dimensions, st.text(max_size=3))
def test_what_is_written_reads_back_equal(variable: Variable, dimension: Dimension, text: str) -> None:
    model = model_of(variable, dimensions=(dimension,), source=Path("a") / "b.mdl", content_hash=text)
    assert through_json(model) == model
    assert canonical(to_data(through_json(model))) == canonical(to_data(model))


def test_every_kind_of_expression_can_be_written() -> None:
    """A kind that is added to the union must be added here and to the strategy above."""
    made = {Number, Reference, Element, Negation, Not, Initial, Arithmetic, Comparison, Logical}
    made |= {Conditional, Call, LookupCall, Smooth, Delay, Root}
    assert made == set(get_args(Expression))


def sample() -> Model:
    table = Table((0.0, 1.0), (2.0, 3.0), "hold")
    call = Call("MIN", (Number(1.5), Reference("S", ("e",))))
    return model_of(
        Stock(
            name="S",
            equations=(
                Equation(expression=call, initial=Number(0.1), subscripts=("D",), line=3, text="S=.."),
            ),
        ),
        Auxiliary(name="A", equations=(Equation(expression=Smooth(call, call, call, 3)),), minimum=0.0),
        Lookup(name="L", equations=(TableEquation(table=table),)),
        Data(name="X", equations=(SeriesEquation(points=table),)),
        dimensions=(Dimension(name="D", elements=("e", "f")),),
        source=Path("there.mdl"),
        content_hash="0" * 64,
        slopes={"L (slope)": Slope(table="L", reference=2.0, within=(0.0, 5.0))},
    )


@pytest.mark.parametrize("value", [0.1, 1e-320, 5e-324, 1.7976931348623157e308, -0.0, math.inf, -math.inf])
def test_numbers_keep_every_bit(value: float) -> None:
    constant = Constant(name="c", equations=(Equation(expression=Number(value)),))
    found = through_json(model_of(constant)).variables["c"].equations[0].expression
    assert repr(found) == repr(Number(value))


def test_not_a_number_stays_not_a_number() -> None:
    constant = Constant(name="c", equations=(Equation(expression=Number(math.nan)),))
    found = through_json(model_of(constant)).variables["c"].equations[0].expression
    assert isinstance(found, Number)
    assert math.isnan(found.value)


def nodes(data: Any) -> list[tuple[Any, Any]]:
    """Return every place in a document as (container, key)."""
    found = []
    keys: list[Any] = list(data) if isinstance(data, dict) else list(range(len(data)))
    for key in keys:
        found.append((data, key))
        if isinstance(data[key], dict | list):
            found += nodes(data[key])
    return found


FOREIGN: list[Any] = [math.nan, math.inf, -1, True, "__import__('os')", b"x", (), {}, print]


@pytest.mark.parametrize("foreign", FOREIGN, ids=repr)
def test_a_foreign_value_anywhere_is_refused_or_is_a_text(foreign: Any) -> None:
    places = len(nodes(to_data(sample())))
    assert places > 100
    for place in range(places):
        data = to_data(sample())
        container, key = nodes(data)[place]
        is_free_text = isinstance(container[key], str) and isinstance(foreign, str)
        is_empty_mapping = key in ("mappings", "fixed") and foreign == {}
        optional = key == "source" and isinstance(foreign, str)
        if is_free_text or is_empty_mapping or optional:
            continue
        container[key] = foreign
        with pytest.raises(StructureError, match="This is no model as data"):
            from_data(data)


def test_a_missing_key_anywhere_is_refused() -> None:
    for place, (container, key) in enumerate(nodes(to_data(sample()))):
        if isinstance(container, dict):
            data = to_data(sample())
            fresh, key = nodes(data)[place]
            del fresh[key]
            with pytest.raises(StructureError, match="is not an object with the key"):
                from_data(data)


def test_an_added_key_anywhere_is_refused() -> None:
    objects = {id(container): place for place, (container, _) in enumerate(nodes(to_data(sample())))}
    for place in objects.values():
        data = to_data(sample())
        container, key = nodes(data)[place]
        if isinstance(container, dict):
            container["__class__"] = "os.system"
            if key in sample().dimensions["D"].mappings:
                continue
            with pytest.raises(StructureError, match="is not an object with the keys"):
                from_data(data)


def changed(change: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    data = copy.deepcopy(to_data(sample()))
    change(data)
    return data


def set_schema(data: dict[str, Any]) -> None:
    data["schema"] = 999


def unknown_function(data: dict[str, Any]) -> None:
    data["variables"][0]["equations"][0]["expression"]["function"] = "SYSTEM"


def one_argument(data: dict[str, Any]) -> None:
    data["variables"][0]["equations"][0]["expression"]["arguments"].pop()


def twice(data: dict[str, Any]) -> None:
    data["variables"].append(data["variables"][0])


def no_equation(data: dict[str, Any]) -> None:
    data["variables"][0]["equations"] = []


def falling_table(data: dict[str, Any]) -> None:
    data["variables"][2]["equations"][0]["table"]["xs"] = [1.0, 0.0]


def short_table(data: dict[str, Any]) -> None:
    data["variables"][2]["equations"][0]["table"]["xs"] = [1.0]


def slope_of_nothing(data: dict[str, Any]) -> None:
    data["slopes"][0]["table"] = "M"


def one_limit(data: dict[str, Any]) -> None:
    data["slopes"][0]["within"] = [1.0]


def no_order(data: dict[str, Any]) -> None:
    data["variables"][1]["equations"][0]["expression"]["order"] = 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (set_schema, r"the document\.schema is not the schema"),
        (unknown_function, r"variables\[0\]\.equations\[0\]\.expression\.function is not one of"),
        (one_argument, "is not a list of 2 or more, as MIN needs"),
        (twice, "has a name twice"),
        (no_equation, "has no equation"),
        (falling_table, "does not ascend"),
        (short_table, "not one y for each x"),
        (no_order, "is not a whole number of 1 or more"),
        (slope_of_nothing, r"slopes\[0\]\.table is none of the variables"),
        (one_limit, r"slopes\[0\]\.within is not two numbers"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(
    change: Callable[[dict[str, Any]], None], message: str
) -> None:
    with pytest.raises(StructureError, match=message) as caught:
        from_data(changed(change))
    assert len(str(caught.value).splitlines()) == 3


def test_time_settings_are_held_to_their_own_rules() -> None:
    data = to_data(sample())
    data["time"]["time_step"] = 0.0
    with pytest.raises(StructureError, match="TIME STEP is 0"):
        from_data(data)


def test_nesting_without_end_is_refused() -> None:
    data: Any = {"is": "Number", "value": 1.0}
    for _ in range(100_000):
        data = {"is": "Negation", "operand": data}
    document = to_data(sample())
    document["variables"][0]["equations"][0]["expression"] = data
    with pytest.raises(StructureError, match="nested too deeply"):
        from_data(document)
    # Python would free the nested objects by recursion; take them apart one by one.
    while isinstance(data, dict) and "operand" in data:
        data = data.pop("operand")


def test_a_variable_under_another_name_is_refused() -> None:
    model = sample()
    with pytest.raises(StructureError, match="'S' is filed under the name 'T'"):
        to_data(replace(model, variables={"T": model.variables["S"]}))


def test_the_structural_hash_is_of_what_the_model_says_not_of_where_it_stands() -> None:
    model = sample()
    moved = replace(model, source=Path("elsewhere.mdl"), content_hash="1" * 64)
    stock = model.variables["S"]
    assert isinstance(stock, Stock)
    respaced = replace(stock.equations[0], line=77, text="S  =  ..")
    moved = replace(moved, variables={**model.variables, "S": replace(stock, equations=(respaced,))})
    assert structural_hash(moved) == structural_hash(model)
    other = replace(stock.equations[0], initial=Number(math.nextafter(0.1, 1)))
    moved = replace(model, variables={**model.variables, "S": replace(stock, equations=(other,))})
    assert structural_hash(moved) != structural_hash(model)


def test_the_hash_of_the_inputs_depends_on_each_value_and_not_on_their_order() -> None:
    model = sample()
    one = inputs_hash(model, {"a": [0.1, 2.0], "b": [math.inf, 1.0]})
    assert one == inputs_hash(model, {"b": [math.inf, 1.0], "a": [0.1, 2.0]})
    assert one != inputs_hash(model, {"a": [2.0, 0.1], "b": [math.inf, 1.0]})
    assert one != inputs_hash(replace(model, time=replace(TIME, final_time=9.0)), {"a": [0.1], "b": [1.0]})
