"""A model, its entry and its program are values: they travel to another process, and no run changes them."""

import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest

from sdmodels.catalogue import Entry, identifiers, load
from sdmodels.engine import interpreter
from sdmodels.engine.lowering import lower
from sdmodels.engine.program import Program
from sdmodels.engine.trajectories import periodic_steps
from sdmodels.experiment import simulate
from sdmodels.structure.model import Model
from sdmodels.structure.serialisation import from_data, structural_hash, to_data


@pytest.fixture(scope="module", params=identifiers())
def entry(request: pytest.FixtureRequest) -> Entry:
    return load(request.param)


def the_same(value: Entry | Model | Program) -> tuple[Entry | Model | Program, int]:
    """Run in another process: give the value back, with the hash that it has there."""
    return value, len(pickle.dumps(value))


def test_a_model_pickles_to_an_equal_model(entry: Entry) -> None:
    back = pickle.loads(pickle.dumps(entry.model))
    assert back == entry.model
    assert hash(back) == hash(entry.model)
    assert back[next(iter(back))].name == next(iter(entry.model))


def test_an_entry_and_a_program_pickle_to_equal_values(entry: Entry) -> None:
    program = lower(entry.model)
    assert pickle.loads(pickle.dumps(entry)) == entry
    assert pickle.loads(pickle.dumps(program)) == program


def test_models_go_to_a_spawned_process_and_back() -> None:
    entry = load("hotline_pocket")
    values: list[Entry | Model | Program] = [entry, entry.model, lower(entry.model)]
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as processes:
        for value, (back, size) in zip(values, processes.map(the_same, values), strict=True):
            assert back == value
            assert size > 1000


def test_a_model_as_data_is_the_model(entry: Entry) -> None:
    assert from_data(to_data(entry.model)) == entry.model


def test_an_unpickled_program_runs_to_the_same_numbers() -> None:
    program = lower(load("hotline_pocket").model)
    inputs = np.empty((0, 1))
    steps = periodic_steps(program)
    here = interpreter.integrate(program, inputs, steps=steps, method="euler")
    there = interpreter.integrate(pickle.loads(pickle.dumps(program)), inputs, steps=steps, method="euler")
    assert np.array_equal(here.values, there.values)


def test_a_run_never_changes_the_model(entry: Entry) -> None:
    before = pickle.dumps(to_data(entry.model)), structural_hash(entry.model)
    constant = entry.model.constants[0]
    first = simulate(entry)
    simulate(entry, {constant.name: _value_of(entry, constant.name) * 1.01}, members=3, seed=1)
    assert (pickle.dumps(to_data(entry.model)), structural_hash(entry.model)) == before
    assert simulate(entry).equals(first)


def _value_of(entry: Entry, name: str) -> float:
    return float(entry.model.variables[name].equations[0].expression.value)
