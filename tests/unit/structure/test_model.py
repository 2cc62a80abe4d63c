import pytest

from sdmodels.errors import StructureError, UnknownNameError
from sdmodels.structure.expression import Expression, LookupCall, Number, Reference, Table
from sdmodels.structure.graph import influences, order
from sdmodels.structure.model import (
    Auxiliary,
    Constant,
    Equation,
    Lookup,
    Model,
    Stock,
    TableEquation,
    TimeSpec,
)


def span(initial: float = 0, final: float = 10, step: float = 1, save: float = 1) -> TimeSpec:
    return TimeSpec(initial_time=initial, final_time=final, time_step=step, save_period=save)


@pytest.mark.parametrize(
    ("spec", "steps"),
    [
        (span(), 10),
        (span(step=0.125), 80),
        (span(final=1, step=0.1), 10),
        (span(final=0.3, step=0.1), 3),  # 0.3 / 0.1 is less than 3 in floating point
        (span(initial=2020, final=2020), 0),
        (span(initial=-5, final=5, step=4), 2),
        (span(final=10.5), 10),
    ],
)
def test_a_run_takes_as_many_whole_steps_as_fit(spec: TimeSpec, steps: int) -> None:
    assert spec.steps == steps


def test_time_is_multiplied_so_that_errors_do_not_add_up() -> None:
    spec = span(initial=2000, final=3000, step=0.1)
    added = 2000.0
    for _ in range(9999):
        added += 0.1
    assert spec.time_at(9999) == 2000 + 9999 * 0.1
    assert added != spec.time_at(9999)  # the sum does go astray: the test can fail


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            {"step": 0},
            r"^TIME STEP is 0\.\n    A time step must be above zero\.\nMend it in the time settings\.$",
        ),
        ({"step": -1}, r"^TIME STEP is -1\."),
        ({"step": float("nan")}, r"^TIME STEP is nan\."),
        (
            {"final": -1},
            r"^FINAL TIME \(-1\) is before INITIAL TIME \(0\)\.\n    A run goes forward in time\.",
        ),
        ({"save": 0}, r"^SAVEPER is 0\.\n    A save period must be above zero\.\nMend it"),
        ({"save": float("nan")}, r"^SAVEPER is nan\."),
    ],
)
def test_a_span_of_time_that_cannot_be_run_is_refused(wrong: dict[str, float], message: str) -> None:
    with pytest.raises(StructureError, match=message):
        span(**wrong)


@pytest.mark.parametrize("wrong", [{"final": float("nan")}, {"final": float("inf")}, {"step": float("inf")}])
def test_a_span_of_time_without_a_finite_end_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(StructureError, match=r"(FINAL TIME|TIME STEP)"):
        span(**wrong)


def equation(expression: Expression, initial: Expression | None = None) -> tuple[Equation, ...]:
    return (Equation(expression=expression, initial=initial, line=7),)


@pytest.fixture
def model() -> Model:
    variables = (
        Stock(name="Order Backlog", equations=equation(Reference("Order Flow"), Reference("Start"))),
        Auxiliary(
            name="Order Flow",
            equations=equation(LookupCall(Reference("Effect"), Reference("Order Backlog"))),
        ),
        Constant(name="Start", equations=equation(Number(1.0))),
        Lookup(name="Effect", equations=(TableEquation(table=Table((0.0, 1.0), (0.0, 1.0))),)),
        Auxiliary(name="Clock", equations=equation(Reference("Time"))),
    )
    return Model(name="hotline", variables={v.name: v for v in variables}, time=span())


def test_a_variable_is_found_under_every_spelling(model: Model) -> None:
    assert model["ORDER_backlog"] is model.variables["Order Backlog"]
    assert '"order backlog"' in model
    assert "Order" not in model
    assert 7 not in model


def test_an_unknown_variable_is_answered_with_the_nearest(model: Model) -> None:
    message = (
        r"^No variable of hotline is named 'Order Flw'\.\n    Known: Order Backlog.*\n"
        r"Did you mean 'Order Flow'\?$"
    )
    with pytest.raises(UnknownNameError, match=message):
        model["Order Flw"]


def test_a_model_sorts_its_variables_by_kind_in_the_order_of_the_file(model: Model) -> None:
    assert [v.name for v in model.stocks] == ["Order Backlog"]
    assert [v.name for v in model.auxiliaries] == ["Order Flow", "Clock"]
    assert [v.name for v in model.constants] == ["Start"]
    assert [v.name for v in model.lookups] == ["Effect"]
    assert list(model) == ["Order Backlog", "Order Flow", "Start", "Effect", "Clock"]


def test_a_model_points_at_its_lines(model: Model) -> None:
    assert model.where(model["Order Backlog"].line) == "hotline:7"


def test_a_model_can_be_a_key(model: Model) -> None:
    assert {model: 1}[model] == 1


def test_influences_leave_out_initial_values_tables_and_time(model: Model) -> None:
    assert influences(model) == {
        "Order Backlog": ("Order Flow",),
        "Order Flow": ("Order Backlog",),
        "Start": (),
        "Clock": (),
    }


def test_order_puts_each_name_after_what_it_depends_on() -> None:
    dependencies = {"d": ["b", "c"], "c": ["a"], "b": ["a"], "a": []}
    found = order(dependencies)
    assert sorted(found) == ["a", "b", "c", "d"]
    assert all(found.index(needed) < found.index(name) for name, n in dependencies.items() for needed in n)


def test_a_circle_without_a_stock_is_named_so_that_each_acts_on_the_next() -> None:
    message = (
        r"^These equations need one another at the same time\.\n"
        r"    (a -> c -> b -> a|b -> a -> c -> b|c -> b -> a -> c)\n"
        r"Put a stock \(or a delay\) into the circle\.$"
    )
    with pytest.raises(StructureError, match=message):
        order({"a": ["b"], "b": ["c"], "c": ["a"], "d": ["a"]})


def test_a_name_that_needs_itself_is_a_circle() -> None:
    with pytest.raises(StructureError, match=r"\n    a -> a\n"):
        order({"a": ["a"]})
