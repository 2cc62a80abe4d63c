"""What is measured are sound models with members that differ."""

import numpy as np
import pytest

from benchmarks.cases import SIR, sir
from benchmarks.chain import CONSTANTS, chain
from sdmodels.engine.ensemble import run
from sdmodels.engine.lowering import lower
from sdmodels.engine.native.compilation import compile_program
from sdmodels.engine.trajectories import periodic_steps
from sdmodels.readers import read
from sdmodels.validation.units import check_units


def test_the_infection_model_has_3_stocks_and_3200_steps() -> None:
    model = read(SIR)
    assert (len(model.stocks), model.time.steps) == (3, 3200)


def test_the_infection_model_has_units_that_fit_and_documentation() -> None:
    model = read(SIR)
    assert not check_units(model)
    assert all(variable.units and variable.documentation for variable in model.variables.values())


def test_people_of_the_infection_model_stay_as_many_in_every_member() -> None:
    # 1e-12: three thousand roundings of numbers of this size.
    np.testing.assert_allclose(sir(members=20).final().sum(axis=0), 10_000, rtol=1e-12)


def test_members_of_the_infection_model_fare_differently() -> None:
    recovered = sir(members=20).final()[2]
    assert recovered.max() > 9000
    assert recovered.min() < 1000


@pytest.mark.parametrize("equations", [25, 250])
def test_a_chain_has_the_equations_asked_for(equations: int) -> None:
    model = chain(equations)
    assert len(model.stocks) + len(model.auxiliaries) == equations
    assert len(model.constants) == CONSTANTS


def test_the_same_seed_makes_the_same_chain() -> None:
    assert chain(50).variables == chain(50).variables
    assert chain(50).variables != chain(50, seed=1).variables


def test_all_values_of_a_chain_stay_between_minus_2_and_2() -> None:
    model = chain(250)
    inputs = [f"Constant {number}" for number in range(CONSTANTS)]
    program = lower(model, inputs=inputs)
    members = np.random.default_rng(0).uniform(0.2, 0.9, (CONSTANTS, 5))
    values = run(compile_program(program), members, steps=periodic_steps(program)).values
    assert np.isfinite(values).all()
    assert np.abs(values).max() <= 2


def test_no_equation_of_a_chain_is_folded_away() -> None:
    """Otherwise fewer equations would be compiled than the figure says."""
    inputs = [f"Constant {number}" for number in range(CONSTANTS)]
    program = lower(chain(250), inputs=inputs)
    assert len(program.states) + len(program.step) + len(program.observed) + len(program.initial) >= 250
