import inspect
from dataclasses import dataclass, fields
from typing import get_args

import pytest

from sdmodels.engine.interpreter import value_of
from sdmodels.engine.native.emission import Emitter
from sdmodels.structure import expression as module
from sdmodels.structure.evaluation import evaluate
from sdmodels.structure.expression import (
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
    children,
    rebuild,
    references,
    walk,
)

A, B, C = Reference("A"), Reference("B"), Reference("C")
TABLE = Table((0.0, 1.0), (1.0, 2.0))

# One of every case, with the expressions that are directly inside it.
CASES: dict[Expression, tuple[Expression, ...]] = {
    Number(1.0): (),
    A: (),
    Negation(A): (A,),
    Arithmetic("+", A, B): (A, B),
    Comparison("<", A, B): (A, B),
    Logical("and", A, B): (A, B),
    Not(A): (A,),
    Conditional(A, B, C): (A, B, C),
    Call("MIN", (A, B)): (A, B),
    LookupCall(TABLE, A): (A,),
    Smooth(A, B, C, 3): (A, B, C),
    Delay(A, B, C, 3): (A, B, C),
    Initial(A): (A,),
    Element("Region"): (),
    Root("u", A, B, C): (A, B, C),
}
EACH = pytest.mark.parametrize("expression", CASES, ids=lambda case: type(case).__name__)


@dataclass(frozen=True, slots=True)
class Unheard:
    """A case that the union does not have."""

    operand: Expression


def cases_of(union: object) -> set[type]:
    return set(get_args(union))


def uncovered(union: object) -> set[type]:
    return cases_of(union) - {type(case) for case in CASES}


def test_the_tests_know_every_case_of_the_union() -> None:
    """A new case of the union must get an example above, which then must pass all the tests below."""
    assert uncovered(Expression) == set()


def test_a_new_case_would_be_noticed() -> None:
    assert uncovered(Expression | Unheard) == {Unheard}
    with pytest.raises(AssertionError, match="Expected code to be unreachable"):
        children(Unheard(A))
    with pytest.raises(AssertionError, match="Expected code to be unreachable"):
        rebuild(Unheard(A), lambda part: part)


def test_every_expression_class_of_the_module_is_in_the_union() -> None:
    classes = {value for _, value in inspect.getmembers(module, inspect.isclass)}
    own = {kind for kind in classes if kind.__module__ == module.__name__}
    assert own - {Table} == cases_of(Expression)


@EACH
def test_children_are_what_is_directly_inside(expression: Expression) -> None:
    assert children(expression) == CASES[expression]


@EACH
def test_no_field_that_holds_an_expression_is_left_out(expression: Expression) -> None:
    held = [getattr(expression, field.name) for field in fields(expression)]
    flat = [part for value in held for part in (value if isinstance(value, tuple) else (value,))]
    assert tuple(part for part in flat if type(part) in cases_of(Expression)) == children(expression)


@EACH
def test_rebuilding_without_a_change_gives_the_same(expression: Expression) -> None:
    assert rebuild(expression, lambda part: part) == expression


@EACH
def test_rebuilding_changes_every_child_and_nothing_else(expression: Expression) -> None:
    changed = rebuild(expression, Negation)
    assert children(changed) == tuple(Negation(child) for child in children(expression))
    assert type(changed) is type(expression)
    assert rebuild(changed, lambda part: part.operand) == expression


@EACH
def test_expressions_are_frozen_and_can_be_keys(expression: Expression) -> None:
    with pytest.raises((AttributeError, TypeError)):
        setattr(expression, fields(expression)[0].name, None)
    assert hash(expression) == hash(rebuild(expression, lambda part: part))


@EACH
def test_each_evaluator_knows_every_case(expression: Expression) -> None:
    """Cases that lowering writes out are refused by name; the others have a value."""
    values = {"A": 1.0, "B": 2.0, "C": 3.0}
    written_out = isinstance(expression, Smooth | Delay | Initial | Element)
    runs = (
        lambda: evaluate(expression, values),
        lambda: value_of(expression, values, 0.0),
        lambda: Emitter(4).number(expression, {"A": "%a", "B": "%b", "C": "%c"}),
    )
    for run in runs:
        if written_out:
            with pytest.raises(ValueError, match=type(expression).__name__):
                run()
        else:
            run()


def test_a_lookup_variable_counts_as_a_child_but_stays_when_rebuilding() -> None:
    called = LookupCall(Reference("T"), A)
    assert children(called) == (Reference("T"), A)
    assert rebuild(called, Negation) == LookupCall(Reference("T"), Negation(A))


def test_walk_goes_from_the_outside_in_and_from_left_to_right() -> None:
    inner = Arithmetic("*", B, Number(2.0))
    assert list(walk(Arithmetic("+", A, inner))) == [Arithmetic("+", A, inner), A, inner, B, Number(2.0)]


def test_references_are_each_given_once_in_order() -> None:
    expression = Call("MAX", (Arithmetic("-", B, A), LookupCall(Reference("T"), B)))
    assert references(expression) == (B, A, Reference("T"))


def test_elements_of_one_variable_are_different_references() -> None:
    north, south = Reference("Staff", ("North",)), Reference("Staff", ("South",))
    assert references(Arithmetic("+", north, south)) == (north, south)
