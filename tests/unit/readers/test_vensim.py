"""What is kept of a file that can be read?"""

import codecs
import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sdmodels.readers import read
from sdmodels.structure.evaluation import evaluate
from sdmodels.structure.expression import (
    Arithmetic,
    Call,
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
from sdmodels.structure.model import Auxiliary, Constant, Lookup, Model, Stock

ReadModel = Callable[..., Model]
WriteModel = Callable[..., Path]


def expression_of(model: Model, name: str) -> Expression:
    return model[name].equations[0].expression


FULL = """{UTF-8}
Order Backlog = INTEG(
    Order Arrival - order_completion,
    Start Backlog)
    ~ order [0,?]
    ~ Orders that wait;
      counted at midnight.
    |

"Order-Arrival (new)" = 25 ~ order/Week [0,1000,5] ~ Assumption. |
Order Arrival = "order-arrival (NEW)" + \\
    0 * Time
    ~ order/Week ~ |
Order Completion=Effect(Order Backlog)*2 ~~~ :SUPPLEMENTARY |
********************************************************
    .Control
********************************************************~
    Simulation Control Parameters
    |
Effect([(0,0)-(1000,50)],(0,0),(1000,50)) ~ order/Week ~ A table. |
Start Backlog = -5 ~ order ~~ :SUPPLEMENTARY |
"""


@pytest.fixture
def full(read_model: ReadModel) -> Model:
    return read_model(FULL)


def test_a_path_may_be_a_string(write_model: WriteModel) -> None:
    path = write_model("A = 1")
    assert read(str(path)) == read(path)


def test_names_stay_verbatim_and_in_the_order_of_the_file(full: Model) -> None:
    assert list(full) == [
        "Order Backlog",
        '"Order-Arrival (new)"',
        "Order Arrival",
        "Order Completion",
        "Effect",
        "Start Backlog",
    ]


def test_every_variable_has_its_kind(full: Model) -> None:
    kinds = [Stock, Constant, Auxiliary, Auxiliary, Lookup, Constant]
    assert [type(variable) for variable in full.variables.values()] == kinds


def test_units_and_documentation_are_kept(full: Model) -> None:
    assert full["Order Backlog"].units == "order"
    assert full["Order Backlog"].documentation == "Orders that wait; counted at midnight."
    assert (full["Effect"].units, full["Effect"].documentation) == ("order/Week", "A table.")
    assert (full["Order Completion"].units, full["Order Completion"].documentation) == ("", "")


def test_limits_are_kept_and_a_question_mark_is_no_limit(full: Model) -> None:
    assert (full["Order Backlog"].minimum, full["Order Backlog"].maximum) == (0, None)
    arrival = full["Order-Arrival (new)"]
    assert (arrival.minimum, arrival.maximum) == (0, 1000)
    assert (full["Order Arrival"].minimum, full["Order Arrival"].maximum) == (None, None)


def test_references_are_verbatim_names_whatever_the_equation_writes(full: Model) -> None:
    flow = Arithmetic("-", Reference("Order Arrival"), Reference("Order Completion"))
    assert expression_of(full, "Order Backlog") == flow
    assert full["Order Backlog"].equations[0].initial == Reference("Start Backlog")
    assert expression_of(full, "Order Arrival").left == Reference('"Order-Arrival (new)"')


def test_a_table_keeps_its_points(full: Model) -> None:
    assert full["Effect"].equations[0].table == Table((0.0, 1000.0), (0.0, 50.0))
    called = LookupCall(Reference("Effect"), Reference("Order Backlog"))
    assert expression_of(full, "Order Completion") == Arithmetic("*", called, Number(2.0))


def test_the_minus_of_a_number_makes_a_negative_constant(full: Model) -> None:
    assert expression_of(full, "Start Backlog") == Number(-5.0)


def test_lines_count_continuations_and_equations_over_several_lines(full: Model) -> None:
    text = FULL.splitlines()
    for name, begins in (
        ("Order Backlog", "Order Backlog ="),
        ("Order-Arrival (new)", '"Order-Arrival'),
        ("Order Arrival", "Order Arrival ="),
        ("Order Completion", "Order Completion="),
        ("Effect", "Effect("),
        ("Start Backlog", "Start Backlog ="),
    ):
        assert text[full[name].line - 1].startswith(begins)


def test_the_text_of_an_equation_is_kept_on_one_line(full: Model) -> None:
    assert full["Order Arrival"].equations[0].text == 'Order Arrival = "order-arrival (NEW)" + 0 * Time'


def test_windows_line_ends_change_no_line_number(write_model: WriteModel) -> None:
    path = write_model(FULL.replace("\n", "\r\n"))
    model = read(path)
    assert model["Start Backlog"].line == FULL[: FULL.index("Start Backlog =")].count("\n") + 1
    assert model["Order Backlog"].equations[0].text.startswith("Order Backlog = INTEG( Order Arrival")


def test_the_control_variables_become_the_span_of_time(full: Model) -> None:
    assert (full.time.initial_time, full.time.final_time) == (0, 10)
    assert (full.time.time_step, full.time.save_period, full.time.units) == (1, 1, "Week")
    assert "TIME STEP" not in full


def test_control_variables_may_be_computed_from_constants(read_model: ReadModel) -> None:
    model = read_model("Years = 3\nLast = Years * 52", final="Last + INITIAL TIME", step="1 / 4", initial=8)
    assert (model.time.final_time, model.time.time_step, model.time.save_period) == (164, 0.25, 0.25)


def test_a_model_knows_its_file_and_the_hash_of_its_bytes(write_model: WriteModel) -> None:
    path = write_model("A = 1", name="hotline.mdl")
    model = read(path)
    assert (model.name, model.source) == ("hotline", path)
    assert model.content_hash == hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_sketch_is_no_equation(write_model: WriteModel) -> None:
    path = write_model("A = 1")
    sketch = "\\\\\\---/// Sketch information - do not modify anything except names\nV300  x = | ~ INTEG(\n"
    path.write_text(path.read_text(encoding="utf-8") + sketch, encoding="utf-8")
    assert list(read(path)) == ["A"]


@pytest.mark.parametrize(
    ("first_line", "encoding"),
    [
        ("{UTF-8}\n", "utf-8"),
        ("", "utf-8"),
        ("{UTF-8}\n", "utf-8-sig"),
        ("", "utf-8-sig"),
        ("{GB18030}\n", "gb18030"),
        ("{GBK}\n", "gbk"),
        ("", "gb18030"),
    ],
)
def test_chinese_names_survive_every_encoding(
    write_model: WriteModel, first_line: str, encoding: str
) -> None:
    path = write_model(
        first_line + "工单积压 = INTEG(工单流入, 100) ~ 件 ~ 等待办理的工单。 |\n工单流入 = 5 ~ 件/周 ~ |",
        encoding=encoding,
    )
    model = read(path)
    assert list(model) == ["工单积压", "工单流入"]
    assert (model["工单积压"].units, model["工单积压"].documentation) == ("件", "等待办理的工单。")
    assert model["工单积压"].line == first_line.count("\n") + 1


def test_the_byte_order_mark_is_there_in_the_test_above(write_model: WriteModel) -> None:
    assert write_model("A = 1", encoding="utf-8-sig").read_bytes().startswith(codecs.BOM_UTF8)


@pytest.mark.parametrize(
    ("equation", "value"),
    [
        ("2^3^2", 512.0),  # right to left; left to right gives 64
        ("(2^3)^2", 64.0),
        ("1 - 2 - 3", -4.0),
        ("8 / 4 / 2", 1.0),
        ("2 + 3 * 4 ^ 2", 50.0),
        ("2 ^ -1", 0.5),
        ("-(-3)", 3.0),
        ("1 - -3", 4.0),
        ("+4", 4.0),
        ("-x", -3.0),
        ("-x^2", -9.0),
        ("-2^2", -4.0),  # as for -x^2: Vensim takes the power first (conformance case arithmetics_exp)
        ("(-2)^2", 4.0),
        ("1 - 2^2", -3.0),
        (".5 + 1.5e1", 15.5),
        ("1e-3", 0.001),
        ("IF THEN ELSE(x > 2 :AND: x < 4, 1, 2)", 1.0),
        ("IF THEN ELSE(:NOT: x = 3 :OR: x >= 9, 1, 2)", 2.0),
        ("IF THEN ELSE(x <> 3, 1, 2)", 2.0),
        ("IF THEN ELSE(x = 1 :OR: x = 3 :AND: x = 2, 1, 2)", 2.0),
        ("MAX(MIN(x, 2), 1)", 2.0),
        ("WITH LOOKUP(x, ((0,0),(6,60)))", 30.0),
    ],
)
def test_an_equation_means_what_it_means_in_vensim(
    read_model: ReadModel, equation: str, value: float
) -> None:
    assert evaluate(expression_of(read_model(f"x = 3\ny = {equation}"), "y"), {"x": 3.0}) == value


@pytest.mark.parametrize(
    ("equation", "expression"),
    [
        ("SMOOTH(x, 4)", Smooth(Reference("x"), Number(4.0), Reference("x"), 1)),
        ("SMOOTHI(x, 4, 7)", Smooth(Reference("x"), Number(4.0), Number(7.0), 1)),
        ("SMOOTH3(x, 4)", Smooth(Reference("x"), Number(4.0), Reference("x"), 3)),
        ("SMOOTH N(x, 4, 7, 5)", Smooth(Reference("x"), Number(4.0), Number(7.0), 5)),
        ("DELAY1(x, 4)", Delay(Reference("x"), Number(4.0), Reference("x"), 1)),
        ("DELAY3I(x, 4, 7)", Delay(Reference("x"), Number(4.0), Number(7.0), 3)),
        ("DELAY N(x, 4, 7, 2)", Delay(Reference("x"), Number(4.0), Number(7.0), 2, True)),
        ("INITIAL(x)", Initial(Reference("x"))),
        ("GAME(x)", Reference("x")),
        ("Time", Reference("Time")),
        ("-x", Negation(Reference("x"))),
        (":NOT: x", Not(Reference("x"))),
        ("x :OR: x", Logical("or", Reference("x"), Reference("x"))),
        ("if then else(x, 1, 2)", Conditional(Reference("x"), Number(1.0), Number(2.0))),
        ("zidz(x, 2)", Call("ZIDZ", (Reference("x"), Number(2.0)))),
        (
            "PULSE TRAIN(1, 2, 3, 4)",
            Call("PULSE TRAIN", tuple(Number(float(n)) for n in (1, 2, 3, 4))),
        ),
    ],
)
def test_a_function_becomes_its_expression(
    read_model: ReadModel, equation: str, expression: Expression
) -> None:
    assert expression_of(read_model(f"x = 3\ny = {equation}"), "y") == expression


SUBSCRIPTED = """
district: North, South
    ~ ~ |
kind: (K1-K2)
    ~ ~ |
Staff[district] = 3, 9
    ~ person ~ |
Load[district, kind] = 1, 2;
    3, 4;
    ~ order ~ |
Start[North] = 5 ~~|
Start[South] = 6 ~~|
Backlog[district] = INTEG(Staff[district], Start[district])
    ~ order ~ |
All = SUM(Staff[district!])
    ~ person ~ |
Largest = VMAX(Load[district!, K2]) + VMIN(Load[South, kind!]) * PROD(Staff[district!]) ~~|
"""


def test_subscripted_constants_have_a_number_for_each_element(read_model: ReadModel) -> None:
    model = read_model(SUBSCRIPTED)
    assert model.dimensions["district"].elements == ("North", "South")
    assert model.dimensions["kind"].elements == ("K1", "K2")
    numbers = {e.subscripts: e.expression.value for e in model["Load"].equations}
    assert numbers == {("North", "K1"): 1, ("North", "K2"): 2, ("South", "K1"): 3, ("South", "K2"): 4}
    assert isinstance(model["Staff"], Constant)


def test_an_element_may_have_an_equation_of_its_own(read_model: ReadModel) -> None:
    model = read_model(SUBSCRIPTED)
    assert [e.subscripts for e in model["Start"].equations] == [("North",), ("South",)]
    assert [e.line for e in model["Start"].equations] == [11, 12]


def test_a_sum_runs_over_the_marked_subscript(
    read_model: ReadModel, program_of: Callable, evaluate: Callable
) -> None:
    found = evaluate(program_of(SUBSCRIPTED, outputs=["All", "Largest"])).values[:, -1, 0]
    np.testing.assert_array_equal(found, [3 + 9, 4 + 3 * 27])


def test_each_element_of_a_subscripted_stock_runs_by_itself(program_of: Callable, evaluate: Callable) -> None:
    found = evaluate(program_of(SUBSCRIPTED, outputs=["Backlog[North]", "backlog[SOUTH]"])).values[:, -1, 0]
    np.testing.assert_array_equal(found, [5 + 10 * 3, 6 + 10 * 9])


def test_a_file_that_is_only_read_is_not_changed(write_model: WriteModel, tmp_path: Path) -> None:
    path = write_model("A = 1")
    before = path.read_bytes()
    read(path)
    assert path.read_bytes() == before
    assert [item.name for item in tmp_path.iterdir()] == ["model.mdl"]


def test_capital_letters_in_the_ending_do_not_matter(write_model: WriteModel) -> None:
    assert list(read(write_model("A = 1", name="model.MDL"))) == ["A"]


def test_reading_the_same_file_twice_gives_equal_models(write_model: WriteModel) -> None:
    path = write_model(FULL)
    assert read(path) == read(path)
