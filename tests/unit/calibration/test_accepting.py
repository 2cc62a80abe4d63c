"""A calibration that suffices is written into its case, and another one is held against it."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from straight import write_whole

from sdmodels.calibration.accepted import ACCEPTED, POSTERIOR, read_accepted
from sdmodels.calibration.accepting import KEPT, TOLERANCE, accept, differences
from sdmodels.calibration.calibrating import Calibration, calibrate, values_of
from sdmodels.calibration.case import load_case
from sdmodels.calibration.convergence import Convergence
from sdmodels.calibration.tables import Effort
from sdmodels.errors import CalibrationError


@pytest.fixture(scope="module")
def found(tmp_path_factory) -> Calibration:
    case = load_case(write_whole(tmp_path_factory.mktemp("accepting") / "whole"))
    return calibrate(case, profiles=False)


@pytest.fixture
def mine(found, tmp_path) -> Calibration:
    """Return a calibration whose case has a folder of its own."""
    return replace(found, case=replace(found.case, folder=tmp_path))


def test_accepting_writes_the_result_and_draws_into_the_folder_of_the_case(mine, tmp_path):
    assert accept(mine) == (tmp_path / ACCEPTED, tmp_path / POSTERIOR)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["accepted.toml", "posterior.csv"]
    first = (tmp_path / ACCEPTED).read_text(encoding="utf-8").splitlines()[0]
    assert first == "# Written by: sdmodels calibrate tank --accept"


def test_what_was_written_is_read_again(mine, tmp_path):
    accept(mine)
    accepted = read_accepted(tmp_path)
    assert accepted.effort == Effort(starts=4, populations=4, walkers=512, seed=3)
    assert accepted.model_hash == mine.case.model.model.content_hash
    # Eight digits are written, six of the evidence.
    assert accepted.loss == pytest.approx(mine.search.losses[0], rel=1e-7)
    assert accepted.log_evidence == pytest.approx(mine.sample.log_evidence.mean(), rel=1e-5)
    assert accepted.tolerance == TOLERANCE
    assert [each.split()[0] for each in accepted.versions] == [
        "sdmodels",
        "numpy",
        "scipy",
        "emcee",
        "pypesto",
        "llvmlite",
    ]
    assert [(each.observable, each.time) for each in accepted.observations] == [
        ("water", "2019-01-02"),
        ("water", "2019-01-05"),
        ("water", "2019-01-09"),
    ]
    for row, own in (
        *zip(accepted.observations, mine.fits, strict=True),
        *zip(accepted.parameters, mine.judgements, strict=True),
    ):
        numbers = (own.low, own.median, own.high)
        assert (row.low, row.median, row.high) == pytest.approx(numbers, rel=1e-7)
    assert [(each.id, each.verdict) for each in accepted.parameters] == [
        (each.id, each.verdict) for each in mine.judgements
    ]


def test_draws_are_whole_rows_of_the_sample_under_the_names_of_what_they_set(mine, tmp_path):
    accept(mine)
    draws = pd.read_csv(tmp_path / POSTERIOR)
    # A parameter that sets nothing goes by its id.
    assert list(draws) == ["Supply", "Level", "Depth", "later"]
    assert len(draws) == KEPT
    every = {tuple(f"{value:.8g}" for value in row) for row in values_of(mine).T}
    rows = {tuple(f"{value:.8g}" for value in row) for row in draws.to_numpy()}
    assert rows < every
    assert len(rows) == KEPT


def test_a_smaller_sample_is_kept_whole(mine, tmp_path):
    small = replace(mine, sample=replace(mine.sample, scores=mine.sample.scores[:2, :100]))
    accept(small)
    assert len(pd.read_csv(tmp_path / POSTERIOR)) == 200


def test_accepting_again_replaces_what_was_there(mine, tmp_path):
    (tmp_path / ACCEPTED).write_text("old", encoding="utf-8")
    accept(mine)
    before = (tmp_path / ACCEPTED).read_bytes(), (tmp_path / POSTERIOR).read_bytes()
    accept(mine)
    assert ((tmp_path / ACCEPTED).read_bytes(), (tmp_path / POSTERIOR).read_bytes()) == before


@pytest.mark.parametrize(
    ("rhat", "bulk", "tail", "told"),
    [
        (1.05, 1500.0, 1500.0, "R-hat up to 1.050, effective draws from 1500"),
        (1.001, 800.0, 1500.0, "R-hat up to 1.001, effective draws from 800"),
        (1.001, 1500.0, 700.0, "R-hat up to 1.001, effective draws from 700"),
    ],
)
def test_a_sample_that_does_not_suffice_is_refused_and_nothing_is_written(
    mine, tmp_path, rhat, bulk, tail, told
):
    poor = Convergence(
        rhat=np.array([1.0, rhat]),
        bulk=np.array([2000.0, bulk]),
        tail=np.array([2000.0, tail]),
        acceptance=0.25,
    )
    message = (
        f"The calibration of 'tank' does not suffice to be accepted.\n    {told}\n"
        "Ask for more populations or walkers."
    )
    with pytest.raises(CalibrationError, match=f"^{re.escape(message)}$"):
        accept(replace(mine, sample=replace(mine.sample, convergence=poor)))
    assert list(tmp_path.iterdir()) == []


def test_a_calibration_is_that_which_was_accepted_and_so_is_one_of_another_seed(mine, tmp_path):
    accept(mine)
    accepted = read_accepted(tmp_path)
    assert differences(mine, accepted) == ()
    effort = Effort(starts=2, populations=2, walkers=256, seed=9)
    other = calibrate(load_case(write_whole(tmp_path / "again")), effort=effort, profiles=False)
    assert differences(other, accepted) == ()


def moved(calibration: Calibration, by: float) -> Calibration:
    """Return a calibration with the median of its first parameter and of its last fit moved by deviations."""
    first, *others = calibration.judgements
    *before, last = calibration.fits
    away = by * (first.high - first.low) / 3.29, by * (last.high - last.low) / 3.29
    return replace(
        calibration,
        judgements=(replace(first, median=first.median + away[0]), *others),
        fits=(*before, replace(last, median=last.median + away[1])),
    )


@pytest.mark.parametrize("by", [-0.41, 0.41, 3.0])
def test_a_median_that_moved_is_a_difference(mine, tmp_path, by):
    accept(mine)
    accepted = read_accepted(tmp_path)
    found = differences(moved(mine, by), accepted)
    assert [each.split(" is ")[0] for each in found] == ["water 2019-01-09", "supply"]
    row = accepted.parameters[0]
    allowed = 0.4 * (row.high - row.low) / 3.29
    expected = moved(mine, by).judgements[0].median
    assert found[1] == f"supply is {expected:.6g}, accepted is {row.median:.6g} within {allowed:.3g}"


@pytest.mark.parametrize("by", [-0.39, 0.39])
def test_a_median_within_the_tolerance_is_none(mine, tmp_path, by):
    accept(mine)
    assert differences(moved(mine, by), read_accepted(tmp_path)) == ()


def test_the_tolerance_is_that_of_the_file(mine, tmp_path):
    accept(mine)
    path = tmp_path / ACCEPTED
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("tolerance = 0.4", "tolerance = 0.1"), encoding="utf-8")
    assert len(differences(moved(mine, 0.2), read_accepted(tmp_path))) == 2


def test_what_is_not_there_any_more_is_a_difference(mine, tmp_path):
    accept(mine)
    fewer = replace(mine, judgements=mine.judgements[1:], fits=mine.fits[:-1])
    assert differences(fewer, read_accepted(tmp_path)) == (
        "water 2019-01-09 is not there any more",
        "supply is not there any more",
    )
