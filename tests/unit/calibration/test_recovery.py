"""A calibration finds what is true as often as it says, and a check of that notices when it does not."""

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from sdmodels.calibration import recovery
from sdmodels.calibration.case import Case, load_case
from sdmodels.calibration.recovered import Recovered, Recovery
from sdmodels.calibration.recovery import recover
from sdmodels.errors import CalibrationError
from sdmodels.experiment import Integration

MODEL = """{UTF-8}
Level = INTEG(-Level * Loss Rate, Start) ~ litre ~ |
Loss Rate = 0.1 ~ 1/Day ~ |
Start = 100 ~ litre ~ |
Idle = 1 ~ Dmnl ~ |
Least = 120 ~ litre ~ |
INITIAL TIME = 0 ~ Day ~ |
FINAL TIME = 8 ~ Day ~ |
TIME STEP = 0.5 ~ Day ~ |
SAVEPER = 1 ~ Day ~ |
"""
HEAD = """
id = "tank"
title = { en = "T", zh = "箱" }
question = { en = "Q", zh = "问" }
model = "t.mdl"
"""
PARAMETER = """
[[parameter]]
id = "{id}"
name = "{name}"
title = {{ en = "P", zh = "参" }}
minimum = {low}
maximum = {high}
source = "assumption"
"""
OBSERVABLE = """
[[observable]]
id = "{id}"
title = {{ en = "O", zh = "观" }}
formula = "{formula}"
statistic = "{statistic}"
unit = "{unit}"
{more}
"""
HEADER = "observableId,time,measurement,noiseDistribution,noiseParameters,source,note"
WATER = {"id": "water", "formula": "Level", "statistic": "value", "unit": "litre", "more": ""}
ALL_NAMES = [each.name for each in fields(Recovered)]
# So seldom does chance alone fail a test; seeds are fixed, so that it is the same every time.
CHANCE = 0.001
EFFORT: dict[str, Any] = {"populations": 2, "walkers": 96, "engine": Integration(threads=1)}
FEW: dict[str, Any] = EFFORT | {"walkers": 32}

MakeCase = Callable[..., Case]


@pytest.fixture(scope="module")
def make_case(tmp_path_factory: pytest.TempPathFactory) -> MakeCase:
    """Write and load a tank that drains, measured each day but for an error."""

    def make(
        *, noise: float = 5, observables: Sequence[dict[str, str]] = (WATER,), rows: tuple[str, ...] = ()
    ) -> Case:
        folder = tmp_path_factory.mktemp("tank")
        parameters = [("loss", "Loss Rate", 0.02, 0.5), ("start", "Start", 50, 200), ("idle", "Idle", 0, 2)]
        problem = HEAD + "".join(
            PARAMETER.format(id=id, name=name, low=low, high=high) for id, name, low, high in parameters
        )
        observed = "".join(OBSERVABLE.format(**each) for each in observables)
        daily = tuple(f"water,{day},50,normal,{noise},made up," for day in range(1, 9))
        (folder / "t.mdl").write_text(MODEL, encoding="utf-8")
        (folder / "problem.toml").write_text(problem + observed, encoding="utf-8")
        (folder / "observations.csv").write_text("\n".join([HEADER, *(rows or daily)]), encoding="utf-8")
        return load_case(folder)

    return make


@pytest.fixture(scope="module")
def tank(make_case: MakeCase) -> Case:
    return make_case()


@pytest.fixture(scope="module")
def honest(tank: Case) -> Recovery:
    return recover(tank, data_sets=30, **EFFORT, seed=1)


@pytest.fixture(scope="module")
def overconfident(tank: Case, make_case: MakeCase) -> Recovery:
    """The calibration believes in half of the noise that there is."""
    return recover(tank, data_sets=14, **EFFORT, seed=1, measured_by=make_case(noise=10))


def least(count: int) -> float:
    """Return the least share that intervals of 90 % hold by chance."""
    return float(stats.binom.ppf(CHANCE, count, 0.9) / count)


def made_up(case: Case, *, spread: float, data_sets: int = 200) -> Recovery:
    """Return a recovery whose posterior is normal, and narrower or wider than the truth scatters."""
    random = np.random.default_rng(3)
    shape = (data_sets, case.space.size)
    scores, draws = random.normal(0, spread, shape), random.normal(0, 1, (99, *shape))
    verdict = np.full(shape, "identified")
    verdict[::2] = "prior"
    return Recovery(
        case=case,
        truth=scores,
        rank=(draws < scores).sum(axis=0),
        covered=np.abs(scores) < stats.norm.ppf(0.95),
        contraction=np.where(verdict == "identified", 0.9, 0.1),
        verdict=verdict,
        rhat=np.ones(shape),
        again=np.zeros(data_sets, dtype=np.int64),
    )


def test_intervals_of_what_is_identified_hold_the_truth_as_often_as_they_say(honest: Recovery) -> None:
    found = honest.coverage(identified=True)
    assert found.count > 40
    assert found.share >= least(found.count)
    assert found.low < 0.9 < found.high


def test_the_truth_ranks_evenly_among_draws_from_the_posterior(honest: Recovery) -> None:
    assert honest.p_all_uniform > CHANCE
    assert honest.p_pooled() > CHANCE


def test_what_the_data_cannot_tell_stays_as_it_was_before(honest: Recovery) -> None:
    row = honest.table().set_index("parameter").loc["idle"]
    assert row["identified_in"] == 0
    # Of 192 draws, not all independent; 30 data sets.
    assert row["contraction_median"] == pytest.approx(0, abs=0.1)
    assert honest.coverage("idle").share >= least(30)


def test_intervals_that_are_too_narrow_are_caught(overconfident: Recovery) -> None:
    found = overconfident.coverage(identified=True)
    assert found.share < least(found.count)
    assert found.high < 0.9


@pytest.mark.parametrize("spread", [0.5, 2.0])
def test_a_posterior_of_the_wrong_width_is_caught(tank: Case, spread: float) -> None:
    wrong = made_up(tank, spread=spread)
    assert wrong.p_all_uniform < CHANCE
    assert wrong.p_pooled() < CHANCE
    assert (wrong.coverage().share < 0.9) is (spread > 1)


def test_a_posterior_of_the_right_width_passes(tank: Case) -> None:
    right = made_up(tank, spread=1)
    assert right.p_all_uniform > 0.01
    assert right.p_pooled() > 0.01
    assert right.coverage().low < 0.9 < right.coverage().high


def test_coverage_counts_the_data_sets_in_which_a_parameter_was_identified(tank: Case) -> None:
    found = made_up(tank, spread=1)
    assert found.coverage("loss").count == 200
    assert found.coverage("loss", identified=True).count == 100
    assert found.coverage(identified=True).count == 300
    assert found.coverage("loss", identified=True).share == found.covered[1::2, 0].mean()


def test_of_nothing_identified_there_is_no_coverage(tank: Case) -> None:
    found = replace(made_up(tank, spread=1), verdict=np.full((200, 3), "prior"))
    assert found.coverage(identified=True).count == 0
    assert np.isnan(found.coverage(identified=True).share)
    assert np.isnan(found.p_pooled(identified=True))


def test_bins_hold_five_ranks_or_more(tank: Case) -> None:
    assert [len(made_up(tank, spread=1, data_sets=n).counts("loss")) for n in (9, 30, 50, 200)] == [
        2,
        5,
        10,
        20,
    ]
    assert made_up(tank, spread=1).counts("loss").sum() == 200


class StoppedError(Exception):
    """Somebody stops the work."""


def test_an_interrupted_recovery_goes_on_to_the_same_numbers(tank: Case, tmp_path: Path) -> None:
    def stop(done: int, total: int) -> None:
        if done == 2:
            raise StoppedError

    effort = {"data_sets": 3, **FEW, "seed": 0}
    with pytest.raises(StoppedError):
        recover(tank, **effort, store=tmp_path, progress=stop)
    stored = sorted(path.name for path in tmp_path.iterdir())
    assert stored == ["data_set_0.npz", "data_set_1.npz"]
    written = (tmp_path / stored[0]).stat().st_mtime_ns
    resumed, unbroken = recover(tank, **effort, store=tmp_path), recover(tank, **effort)
    assert (tmp_path / stored[0]).stat().st_mtime_ns == written
    for name in ALL_NAMES:
        np.testing.assert_array_equal(getattr(resumed, name), getattr(unbroken, name))


def test_what_another_call_stored_is_not_taken(tank: Case, tmp_path: Path) -> None:
    effort = {"data_sets": 1, **FEW}
    first = recover(tank, **effort, seed=1, store=tmp_path)
    second = recover(tank, **effort, seed=2, store=tmp_path)
    assert (first.truth != second.truth).all()


def test_a_data_set_is_the_same_however_many_follow(tank: Case) -> None:
    few, more = (recover(tank, data_sets=n, **FEW, seed=5) for n in (1, 2))
    for name in ALL_NAMES:
        np.testing.assert_array_equal(getattr(few, name)[0], getattr(more, name)[0])


def test_the_truth_may_be_given(tank: Case) -> None:
    truth = np.array([[0.3, -0.4], [1.0, 0.0], [0.0, 0.1]])
    found = recover(tank, data_sets=2, **FEW, seed=1, truth=truth)
    np.testing.assert_array_equal(found.truth, truth.T)
    with pytest.raises(ValueError, match=r"shape \(2, 3\), not \(parameters, data sets\): \(3, 2\)"):
        recover(tank, data_sets=2, **FEW, seed=1, truth=truth.T)


def test_measurements_come_from_a_case_with_the_same_rows(tank: Case, make_case: MakeCase) -> None:
    shorter = make_case(rows=("water,1,50,normal,5,made up,",))
    with pytest.raises(ValueError, match="'measured_by' has other parameters or observations"):
        recover(tank, data_sets=1, **FEW, seed=1, measured_by=shorter)


def test_what_a_noise_refuses_is_drawn_again_and_counted(make_case: MakeCase) -> None:
    # Lognormal noise needs more than nothing, and half of the tanks hold less than 120 litre.
    spare = WATER | {"formula": "Level - Least"}
    case = make_case(observables=(spare,), rows=("water,1,50,lognormal,0.1,made up,",))
    found = recover(case, data_sets=6, **FEW, seed=1)
    assert found.again.sum() > 0
    assert (case.space.values_of(found.truth.T)[1] > 120).all()


def test_a_case_that_cannot_be_measured_is_told(make_case: MakeCase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recovery, "TRIES", 3)
    case = make_case(
        observables=(WATER | {"formula": "-Level"},), rows=("water,1,50,lognormal,0.1,made up,",)
    )
    with pytest.raises(CalibrationError, match="No data set can be drawn for 'tank'") as caught:
        recover(case, data_sets=1, **FEW, seed=1)
    assert str(caught.value).count("\n") == 2


def test_a_peak_is_left_out_and_cannot_stand_alone(make_case: MakeCase) -> None:
    peak = WATER | {"id": "flood", "statistic": "peak", "unit": "", "more": 'among = "0/8"'}
    flood, water = "flood,0/4,,peak,0.1,made up,", "water,1,50,normal,5,made up,"
    both = make_case(observables=(WATER, peak), rows=(water, flood))
    alone = make_case(rows=(water,))
    effort = {"data_sets": 1, **FEW, "seed": 1}
    np.testing.assert_array_equal(recover(both, **effort).rank, recover(alone, **effort).rank)
    with pytest.raises(CalibrationError, match="every observation is a peak"):
        recover(make_case(observables=(peak,), rows=(flood,)), **effort)


@pytest.mark.slow
def test_the_influenza_of_1978_is_recovered() -> None:
    found = recover(load_case("influenza_1978"), data_sets=40, **EFFORT | {"walkers": 256}, seed=1)
    sure = found.coverage(identified=True)
    assert least(sure.count) <= sure.share
    assert found.p_all_uniform > CHANCE
