"""One contract for every model of the catalogue: drawn, documented, in balance, and equal in every engine."""

import re
import warnings
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from sdmodels import check, load, read_views, run_experiment, simulate
from sdmodels.catalogue import Entry, identifiers
from sdmodels.experiment import Integration
from sdmodels.structure.expression import Number
from sdmodels.structure.model import Constant
from sdmodels.validation import mutate, shared_runs
from sdmodels.validation.loops import states_of

MODELS = identifiers()
# Two evaluators of one Program differ by rounding only.
ROUNDING = 1e-9


@pytest.fixture(params=MODELS)
def entry(request: pytest.FixtureRequest) -> Entry:
    return load(request.param)


def test_the_two_models_of_the_hotline_are_there() -> None:
    assert {"hotline", "hotline_pocket"} <= set(MODELS)


def test_every_check_passes(entry: Entry) -> None:
    findings = check(entry)
    assert [finding for finding in findings if finding.status != "passed"] == []
    assert {"units", "documentation", "equilibrium", "time_step", "stocks"} <= {f.check for f in findings}


@pytest.mark.slow
@pytest.mark.parametrize(
    "model", [name for name in MODELS if (load(name).folder / "mutations.toml").is_file()]
)
def test_enough_mistakes_would_be_noticed(model: str) -> None:
    run = mutate(model)
    assert run.passed, [mutant.mutation.id for mutant in run.mutants if not mutant.caught]


def test_every_switch_cuts_its_loop(entry: Entry) -> None:
    assert entry.manifest is not None
    runs = shared_runs(entry)
    states = states_of(entry.model, runs.courses)
    for loop in entry.manifest.loops:
        if loop.switch is None:
            continue
        off = {**states.values, loop.switch: np.zeros_like(states.values[loop.switch])}
        cut = replace(states, values=off)
        links = pairwise([*loop.variables, loop.variables[0]])
        assert any(not cut.derivative(*link).any() for link in links), loop.id


def test_the_first_lever_is_application_intensity(entry: Entry) -> None:
    assert entry.levers[0].name == "Application Intensity"


def test_it_has_a_drawing_of_all_its_stocks_and_flows(entry: Entry) -> None:
    _, mark, sketch = entry.path.read_text(encoding="utf-8").partition("\\\\\\---/// Sketch information")
    assert mark
    drawn = {line.split(",")[2] for line in sketch.splitlines() if line.startswith("10,")}
    undrawn = {name for name in entry.model.variables if name not in drawn}
    assert undrawn == set()


def test_every_variable_and_unit_has_a_chinese_name(entry: Entry) -> None:
    assert [name for name in entry.model.variables if entry.title_of(name, "zh") == name] == []
    for variable in entry.model.variables.values():
        shown = entry.unit_of(variable.name, "zh")
        assert not any(letter.isascii() and letter.isalpha() for letter in shown), shown


def test_it_has_notes(entry: Entry) -> None:
    assert (entry.folder / "NOTES.md").read_text(encoding="utf-8").startswith("# ")


def test_constants_that_are_uncertain_stay_inside_their_ranges(entry: Entry) -> None:
    assert entry.manifest is not None
    for uncertainty in entry.manifest.uncertainties:
        constant = entry.model[uncertainty.name]
        assert isinstance(constant, Constant)
        value = constant.equations[0].expression
        assert isinstance(value, Number)
        assert uncertainty.minimum <= value.value <= uncertainty.maximum


def test_every_experiment_runs_and_finds_what_it_seeks_in_finite_members(entry: Entry) -> None:
    for experiment in entry.experiments:
        result = run_experiment(entry, experiment.id, members=3, seed=1)
        assert result.failed == 0, experiment.id
        assert len(result.numbers) > 0


@pytest.mark.parametrize("method", ["euler", "rk4"])
def test_native_equals_the_interpreter(entry: Entry, method: str) -> None:
    policies = list(entry.policies)
    results = [
        simulate(
            entry,
            policy=policies,
            members=3,
            seed=1,
            integration=Integration(engine=engine, method=method, final_time=104),  # type: ignore[arg-type]
        )
        for engine in ("native", "interpreter")
    ]
    for name in results[0].data_vars:
        native, interpreted = (result[name].values for result in results)
        np.testing.assert_allclose(native, interpreted, rtol=ROUNDING, atol=1e-12, err_msg=str(name))


def _arguments(text: str) -> list[str]:
    """Return what stands between the commas of a call, brackets inside left alone."""
    parts, depth = [""], 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


def _with_smooths_as_stocks(text: str) -> str:
    """Write ``SMOOTHI`` as the stock that it is by definition.

    PySD 3.14.3 takes the first step of a SMOOTH with what its input was before the other stocks had begun.
    """

    def stock(match: re.Match[str]) -> str:
        name, call = match["name"], match["call"]
        smoothed, time, initial = _arguments(call)
        return f"{name} = INTEG(({smoothed} - {name}) / ({time}), {initial})\n"

    return re.sub(r"(?P<name>[\w ]+?) =\s+SMOOTHI\((?P<call>.*)\)\n", stock, text)


def test_both_engines_equal_pysd(entry: Entry, tmp_path: Path) -> None:
    pysd = pytest.importorskip("pysd")
    settings = {"Application Intensity": 0.7}
    copied = tmp_path / entry.path.name
    copied.write_text(_with_smooths_as_stocks(entry.path.read_text(encoding="utf-8")), encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        reference = pysd.read_vensim(copied).run(params=settings, final_time=26)
    for engine in ("native", "interpreter"):
        how = Integration(engine=engine, final_time=26)  # type: ignore[arg-type]
        ours = simulate(entry, settings, integration=how)
        for name in ours.data_vars:
            theirs = reference[name].to_numpy()
            # PySD computes in the same double precision, in another order.
            np.testing.assert_allclose(ours[name].values[0], theirs, rtol=1e-6, atol=1e-9, err_msg=str(name))


def test_both_engines_equal_simlin(entry: Entry) -> None:
    simlin = pytest.importorskip("simlin")
    reference = simlin.load(entry.path).run(analyze_loops=False).results
    ours = simulate(entry)
    for stock in entry.model.stocks:
        theirs = reference[stock.name.lower().replace(" ", "_")].to_numpy()
        np.testing.assert_allclose(ours[stock.name].values[0], theirs, rtol=1e-6, atol=1e-9)


# Where a model moves and nothing kinks: at a MIN, an IF or a corner of a table every method loses its order.
SMOOTH = {
    "hotline": ({"Application Intensity": 0.05}, "Order Backlog"),
    "hotline_pocket": (
        {"Initial Routine Work Condition": 0.8, "Application Intensity": 0.45},
        "Order Backlog",
    ),
}


def test_every_model_has_a_smooth_stretch_to_measure_convergence_on() -> None:
    assert set(SMOOTH) == set(MODELS)


@pytest.mark.parametrize(("method", "order"), [("euler", 1), ("rk4", 4)])
def test_the_error_shrinks_with_the_step_at_the_order_of_the_method(
    entry: Entry, method: str, order: int
) -> None:
    settings, name = SMOOTH[entry.id]

    def final(method: str, step: float) -> float:
        how = Integration(method=method, time_step=step, final_time=1, save_period=1)  # type: ignore[arg-type]
        return float(simulate(entry, settings, outputs=[name], integration=how)[name].values[0, -1])

    exact = final("rk4", 1 / 4096)
    coarse, fine = (abs(final(method, step) - exact) for step in (1 / 4, 1 / 8))
    # The next term of the error is still seen at these steps.
    assert np.log2(coarse / fine) == pytest.approx(order, abs=0.3)


def test_a_member_is_the_same_alone_and_in_company(entry: Entry) -> None:
    company = simulate(
        entry, policy=list(entry.policies), members=37, seed=5, outputs=[entry.model.stocks[0].name]
    )
    assert entry.manifest is not None
    # A lever may be drawn, too: what policies change stands beside it.
    kept = {u.name: f"{u.name} (before changes)" for u in entry.manifest.uncertainties}
    drawn = {
        name: float(company[before if before in company else name].values[7]) for name, before in kept.items()
    }
    alone = simulate(entry, drawn, outputs=[entry.model.stocks[0].name])
    name = entry.model.stocks[0].name
    assert np.array_equal(alone[name].values[0], company[name].values[7])


def test_every_text_of_a_drawing_has_a_chinese_name(entry: Entry) -> None:
    """Letters and digits of a loop's mark, such as R1, stay as they are."""
    for view in read_views(entry.path):
        texts = {view.title, *(variable.name for variable in view.variables)}
        texts |= {comment.text for comment in view.comments if len(comment.text) > 3}
        english = {
            text for text in texts if not any("一" <= sign <= "鿿" for sign in entry.words_of(text, "zh"))
        }
        assert not english
