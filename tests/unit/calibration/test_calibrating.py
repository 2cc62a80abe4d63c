"""A calibration is search, sample, verdicts, profiles, growth and predictions; broken off, it goes on."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from straight import DEVIATIONS, MEANS, write_whole
from straight import posterior as known

from sdmodels.calibration.calibrating import DRAWS, Calibration, calibrate, values_of
from sdmodels.calibration.case import Case, load_case
from sdmodels.calibration.tables import Effort
from sdmodels.errors import CalibrationError

SMALL = Effort(starts=3, populations=2, walkers=32, seed=3)
STAGES = ("search", "sample", "profiles", "growth", "prediction")


@pytest.fixture(scope="module")
def case(tmp_path_factory) -> Case:
    return load_case(write_whole(tmp_path_factory.mktemp("calibrating") / "whole"))


@pytest.fixture(scope="module")
def found(case) -> Calibration:
    """Return a calibration with the effort of the case."""
    return calibrate(case, until="2020")


@pytest.fixture(scope="module")
def small(case) -> Calibration:
    return calibrate(case, effort=SMALL, until="2020")


def require_same(one: Calibration, other: Calibration) -> None:
    """Fail if a number of two calibrations differs, in the last bit."""
    for pair in (
        (one.search.losses, other.search.losses),
        (one.search.scores, other.search.scores),
        (one.sample.scores, other.sample.scores),
        (one.sample.log_evidence, other.sample.log_evidence),
        (one.growth.shares, other.growth.shares),
        (one.growth.growth, other.growth.growth),
        *zip([p.losses for p in one.profiles], [p.losses for p in other.profiles], strict=True),
        *zip([f.draws for f in one.forecasts], [f.draws for f in other.forecasts], strict=True),
    ):
        np.testing.assert_array_equal(*pair)
    assert one.fits == other.fits
    assert one.judgements == other.judgements
    assert one.pairs == other.pairs


def test_a_calibration_has_all_that_the_case_asks_for(found, case):
    assert found.case is case
    assert found.effort == case.problem.effort == Effort(starts=4, populations=4, walkers=512, seed=3)
    assert found.search.losses.shape == (4,)
    assert found.sample.scores.shape == (4, 512, 4)
    assert len(found.fits) == 3
    assert [judgement.id for judgement in found.judgements] == ["supply", "filled", "depth", "later"]
    assert [cause.id for cause in found.growth.causes] == ["larger", "fed"]
    assert found.growth.shares.shape == (2, DRAWS)
    assert [forecast.scenario.id for forecast in found.forecasts] == ["same", "same", "later", "later"]


def test_it_comes_to_the_posterior_that_is_known(found):
    mean, covariance = known()
    deviations = np.sqrt(np.diag(covariance))
    values = values_of(found)
    assert values.shape == (4, 2048)
    # Four standard errors over some 1,800 effective draws.
    away = np.abs(values[:3].mean(axis=1) - (MEANS + DEVIATIONS * mean)) / (DEVIATIONS * deviations)
    assert away.max() < 0.1
    # The optimum of a normal density is its mean.
    np.testing.assert_allclose(found.search.best[:3], mean, atol=1e-4)
    assert found.search.share_of_best == 1.0
    assert found.sample.convergence.suffices


def test_verdicts_say_which_parameters_the_data_tell_of(found):
    verdicts = {judgement.id: judgement.verdict for judgement in found.judgements}
    # Of the variance a share of 0.58 and of 0.96 goes.
    assert verdicts == {"supply": "informed", "filled": "identified", "depth": "prior", "later": "prior"}


def test_profiles_are_of_the_parameters_that_the_data_might_tell_of(found):
    # 'later' is used by a prediction alone.
    assert [profile.id for profile in found.profiles] == ["supply", "filled", "depth"]
    assert [profile.closes for profile in found.profiles] == [(True, True), (True, True), (False, False)]


@pytest.mark.parametrize(
    ("formula", "row"),
    [("Level + extra", "water,1,100,normal,2,s,"), ("Level", "water,1,100,normal,extra,s,")],
)
def test_a_parameter_of_a_formula_or_a_noise_is_profiled(make_straight, formula, row):
    from tank import parameter

    case = make_straight(
        ('formula = "Level"', f'formula = "{formula}"'),
        rows=[row],
        added=parameter("extra", 1, 3, unit="litre"),
    )
    found = calibrate(case, effort=SMALL)
    assert [profile.id for profile in found.profiles] == ["supply", "filled", "depth", "extra"]


def test_what_is_not_asked_for_is_not_there(case, make_straight):
    found = calibrate(case, effort=SMALL, profiles=False)
    assert (found.profiles, found.forecasts) == ((), ())
    assert calibrate(make_straight(), effort=SMALL).growth is None


def test_a_global_search_ends_at_one_optimum(case, small):
    found = calibrate(case, effort=SMALL, globally=True, profiles=False)
    assert found.search.losses.shape == (1,)
    # Both stop where a step gains 1e-8 of the loss.
    assert found.search.losses[0] == pytest.approx(small.search.losses[0], rel=1e-6)
    np.testing.assert_array_equal(found.sample.scores, small.sample.scores)


def test_the_same_seed_comes_to_the_same_and_another_one_does_not(case, small):
    require_same(calibrate(case, effort=SMALL, until="2020"), small)
    other = calibrate(case, effort=SMALL.model_copy(update={"seed": 4}), profiles=False)
    assert not np.array_equal(other.sample.scores, small.sample.scores)


def test_stages_are_told_in_order_and_reach_their_end(case):
    told = []

    def stage(name):
        told.append((name, []))
        return lambda done, of: told[-1][1].append((done, of))

    calibrate(case, effort=SMALL, until="2020", told=stage)
    assert tuple(name for name, _ in told) == STAGES
    for _, calls in told:
        assert calls[-1][0] == calls[-1][1]
        assert [done for done, _ in calls] == sorted(done for done, _ in calls)


@pytest.mark.parametrize("broken", STAGES)
def test_an_interrupted_calibration_goes_on_to_the_same_numbers(case, small, tmp_path, broken):
    store = tmp_path / "out" / "work"

    def stage(name):
        calls = []

        def interrupt(done, of):
            calls.append(done)
            if name == broken and len(calls) == min(2, of):
                raise KeyboardInterrupt

        return interrupt

    with pytest.raises(KeyboardInterrupt):
        calibrate(case, effort=SMALL, until="2020", store=store, told=stage)
    assert store.is_dir()
    require_same(calibrate(case, effort=SMALL, until="2020", store=store), small)


def test_a_finished_search_and_sample_are_not_made_again(case, small, tmp_path):
    store = tmp_path / "work"
    calibrate(case, effort=SMALL, store=store, profiles=False)
    written = {path.name: path.stat().st_mtime_ns for path in store.iterdir()}
    require_same(calibrate(case, effort=SMALL, until="2020", store=store), small)
    assert {path.name: path.stat().st_mtime_ns for path in store.iterdir()} == written


def marked(store: Path) -> Path:
    """Leave a file in a store that clearing it removes."""
    mark = store / "mark.txt"
    mark.write_text("here", encoding="utf-8")
    return mark


QUICK = Effort(starts=1, populations=2, walkers=32, seed=3)


@pytest.fixture
def begun(tmp_path) -> tuple[Path, Path]:
    """Return the folder of a case and a store with work of it."""
    folder, store = write_whole(tmp_path / "case"), tmp_path / "work"
    calibrate(load_case(folder), effort=QUICK, profiles=False, store=store)
    return folder, store


def test_a_store_of_the_same_calibration_is_kept(begun):
    folder, store = begun
    mark = marked(store)
    calibrate(load_case(folder), effort=QUICK, profiles=False, store=store)
    assert mark.is_file()


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("problem.toml", "maximum = 180", "maximum = 181"),
        ("observations.csv", ",101,", ",102,"),
        ("tank.mdl", "Loss Rate = 0.1", "Loss Rate = 0.11"),
        ("model.toml", "maximum = 8", "maximum = 9"),
    ],
)
def test_a_store_of_another_case_is_cleared(begun, file, old, new):
    folder, store = begun
    mark = marked(store)
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new), encoding="utf-8")
    case = load_case(folder)
    found = calibrate(case, effort=QUICK, profiles=False, store=store)
    assert not mark.exists()
    np.testing.assert_array_equal(
        found.sample.scores, calibrate(case, effort=QUICK, profiles=False).sample.scores
    )


@pytest.mark.parametrize("changed", [{"seed": 4}, {"walkers": 33}])
def test_a_store_of_another_effort_is_cleared(begun, changed):
    folder, store = begun
    mark = marked(store)
    effort = QUICK.model_copy(update=changed)
    calibrate(load_case(folder), effort=effort, profiles=False, store=store)
    assert not mark.exists()


def test_a_store_of_the_other_search_is_cleared(begun):
    folder, store = begun
    mark = marked(store)
    calibrate(load_case(folder), effort=QUICK, profiles=False, globally=True, store=store)
    assert not mark.exists()


def test_a_folder_that_holds_something_else_is_refused_and_left_as_it_is(case, tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")
    message = (
        f"{tmp_path}: the folder for work in progress holds something else.\n    no belongs_to.txt in it\n"
        "Move it away, or write to another folder."
    )
    with pytest.raises(CalibrationError, match=f"^{re.escape(message)}$"):
        calibrate(case, effort=QUICK, store=tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["thesis.txt"]


def test_an_empty_folder_becomes_the_store(case, tmp_path):
    (tmp_path / "work").mkdir()
    calibrate(case, effort=QUICK, profiles=False, store=tmp_path / "work")
    names = sorted(each.name for each in (tmp_path / "work").iterdir())
    assert names == ["belongs_to.txt", "ends.npy", "population_0.npz", "population_1.npz"]


@pytest.mark.parametrize("until", ["soon", "2018", "2019-05"])
def test_an_end_of_the_prediction_that_cannot_be_is_told_before_the_work(case, tmp_path, until):
    def never(stage):
        raise AssertionError(stage)

    with pytest.raises(CalibrationError, match="prediction"):
        calibrate(case, effort=QUICK, until=until, store=tmp_path / "work", told=never)
    assert list(tmp_path.iterdir()) == []


def test_too_few_walkers_are_told_before_the_work(tmp_path):
    def never(stage):
        raise AssertionError(stage)

    case = load_case("y_street_2019_2020")
    effort = Effort(starts=1, populations=2, walkers=32)
    with pytest.raises(CalibrationError, match=r"^32 walkers are too few for \d+ parameters\."):
        calibrate(case, effort=effort, store=tmp_path / "work", told=never)
    assert list(tmp_path.iterdir()) == []


def test_a_calibration_is_a_value(small):
    with pytest.raises(AttributeError):
        small.profiles = ()
    assert replace(small, profiles=()).profiles == ()
