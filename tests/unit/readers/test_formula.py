"""A formula outside of any model file is read with the names of a model, as Vensim would read it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sdmodels.errors import ModelFileError
from sdmodels.readers.formula import read_formula
from sdmodels.structure.expression import (
    Arithmetic,
    Call,
    Conditional,
    Expression,
    LookupCall,
    Negation,
    Number,
    Reference,
)
from sdmodels.structure.model import Model

PATH = Path("problem.toml")
EQUATIONS = """
Order Backlog = INTEG(- Done, 100)
Done = Order Backlog / 4
Haste((0,1),(100,2))
district: North, South
Staff[district] = 3, 9
"""
Read = Callable[[str], Expression]


@pytest.fixture
def model(read_model: Callable[..., Model]) -> Model:
    return read_model(EQUATIONS)


@pytest.fixture
def formula(model: Model) -> Read:
    return lambda text: read_formula(text, model, path=PATH, name="waiting")


def test_operators_bind_as_in_vensim(formula: Read) -> None:
    backlog, done = Reference("Order Backlog"), Reference("Done")
    assert formula("Order Backlog - Done * 2") == Arithmetic("-", backlog, Arithmetic("*", done, Number(2.0)))
    assert formula("(Order Backlog-Done)*2") == Arithmetic("*", Arithmetic("-", backlog, done), Number(2.0))
    assert formula("-Done") == Negation(done)
    assert formula("3") == Number(3.0)


@pytest.mark.parametrize(
    "text", ["Order Backlog", "order_backlog", '"Order Backlog"', "  ORDER \n  BACKLOG "]
)
def test_names_are_compared_as_everywhere(formula: Read, text: str) -> None:
    assert formula(text) == Reference("Order Backlog")


def test_time_is_known(formula: Read) -> None:
    assert formula("Time") == Reference("Time")


def test_functions_and_tables_can_be_called(formula: Read) -> None:
    assert formula("MAX(Done, 1)") == Call("MAX", (Reference("Done"), Number(1.0)))
    assert formula("Haste(Done)") == LookupCall(Reference("Haste"), Reference("Done"))
    assert isinstance(formula("IF THEN ELSE(Done > 1, 1, 0)"), Conditional)


def test_elements_and_sums_over_a_dimension_can_be_named(formula: Read) -> None:
    assert formula("Staff[South]") == Reference("Staff", ("South",))
    assert formula("ELMCOUNT(district)") == Number(2.0)
    assert "district!" in repr(formula("SUM(Staff[district!])"))


def test_a_formula_of_several_lines_is_one(formula: Read) -> None:
    assert formula("Done\n    * 2\n") == formula("Done * 2")


@pytest.mark.parametrize(
    ("text", "what", "remedy"),
    [
        ("Order Bcklog", "names 'order bcklog', which is not defined", "Did you mean 'Order Backlog'?"),
        ("Zebra", "names 'zebra', which is not defined", "Name a variable of the model."),
        ("Staff[Nrth]", "names 'Nrth', which is not defined", "Did you mean 'North'?"),
        ("waiting", "names 'waiting', which is not defined", "Name a variable of the model."),
        ("FROB(Done)", "cannot be used: FROB", "Write it another way."),
        ("SQRT(Done, 1)", "cannot be used: SQRT with 2 arguments instead of 1", "Write it another way."),
        (
            "Haste(1, 2)",
            "cannot be used: a table function with 2 arguments instead of 1",
            "Write it another way.",
        ),
        ("INTEG(Done, 1)", "cannot be used: INTEG", "Write it another way."),
        ("1, 2", "cannot be used: NDARRAY", "Write it another way."),
    ],
)
def test_what_cannot_be_used_is_told_in_three_lines(formula: Read, text: str, what: str, remedy: str) -> None:
    with pytest.raises(ModelFileError) as caught:
        formula(text)
    assert str(caught.value) == f"problem.toml: the formula of 'waiting' {what}.\n    {text}\n{remedy}"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Done *", "cannot be read from '*' on."),
        ("Done\n*", "cannot be read from '*' on."),
        ("(Done", "cannot be read"),
        ("Done ~ units |", "cannot be read from '~ units |' on."),
        ("= Done", "cannot be read from '= Done' on."),
        ("DELAY FIXED(Done, 1)", "cannot be read."),
        ("(" * 400 + "Done" + ")" * 400, "is nested too deeply."),
    ],
)
def test_what_cannot_be_read_is_told_in_three_lines_without_a_line_that_is_not_its_own(
    formula: Read, text: str, what: str
) -> None:
    with pytest.raises(ModelFileError) as caught:
        formula(text)
    where, evidence, remedy = str(caught.value).split("\n")
    assert where.startswith(f"problem.toml: the equation of 'waiting' {what.rstrip('.')}")
    assert evidence.startswith(f"    waiting = {' '.join(text.split())[:100]}")
    assert remedy


def test_the_head_of_a_macro_is_no_formula(formula: Read) -> None:
    with pytest.raises(
        ModelFileError, match=r"^problem\.toml: the head of a macro cannot be read\.\n    waiting = :MA"
    ):
        formula(":MACRO: x")


def test_the_model_is_left_as_it_was(model: Model, formula: Read) -> None:
    before = tuple(model.variables)
    formula("Order Backlog * 2")
    assert tuple(model.variables) == before
    assert np.isfinite(model.time.final_time)
