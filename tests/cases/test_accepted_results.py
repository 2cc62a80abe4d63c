"""Does a calibration come to the accepted result of each case again?"""

import pytest

from sdmodels.calibration.accepted import ACCEPTED, POSTERIOR, Accepted, posterior_settings, read_accepted
from sdmodels.calibration.accepting import differences
from sdmodels.calibration.calibrating import calibrate
from sdmodels.calibration.case import Case, cases, load_case
from sdmodels.calibration.tables import Effort

EXPECTED = (
    "c_district_2018_2023",
    "city_2019_2021",
    "heating_2019_2022",
    "influenza_1978",
    "y_street_2019_2020",
)
# A tenth or less of the work that accepted results were made with.
LESS = Effort(starts=4, populations=2, walkers=640, seed=2)
# Its model is small; each of the others takes minutes.
QUICK = "influenza_1978"


def each_case() -> list[object]:
    return [pytest.param(id, marks=() if id == QUICK else pytest.mark.slow) for id in cases()]


def accepted_of(id: str) -> tuple[Case, Accepted]:
    case = load_case(id)
    return case, read_accepted(case.folder)


def test_every_case_has_an_accepted_result_with_draws() -> None:
    assert cases() == EXPECTED
    missing = [
        f"{id}/{name}"
        for id in cases()
        for name in (ACCEPTED, POSTERIOR)
        if not (load_case(id).folder / name).is_file()
    ]
    assert missing == []


@pytest.mark.parametrize("id", cases())
def test_an_accepted_result_is_of_the_case_and_the_model_as_they_are(id: str) -> None:
    case, accepted = accepted_of(id)
    assert accepted.model_hash == case.model.model.content_hash
    assert tuple(each.id for each in accepted.parameters) == case.space.names
    assert [(each.observable, each.time) for each in accepted.observations] == [
        (each.observable.id, each.when) for each in case.observations
    ]


@pytest.mark.parametrize("id", cases())
def test_an_ensemble_draws_every_constant_that_the_case_estimates(id: str) -> None:
    case, _ = accepted_of(id)
    settings = posterior_settings(case.model, id, members=10, seed=1)
    assert list(settings) == [each.name for each in case.space.parameters if each.name is not None]
    assert all(values.shape == (10,) for values in settings.values())


@pytest.mark.parametrize("id", each_case())
def test_less_work_comes_to_the_accepted_result(id: str) -> None:
    case, accepted = accepted_of(id)
    assert differences(calibrate(case, effort=LESS, profiles=False), accepted) == ()


@pytest.mark.slow
@pytest.mark.parametrize("id", cases())
def test_the_same_work_comes_to_the_accepted_result(id: str) -> None:
    case, accepted = accepted_of(id)
    found = calibrate(case, effort=accepted.effort, profiles=False)
    assert found.sample.convergence.suffices
    assert differences(found, accepted) == ()
    # A lower loss may be found; the same starts on another machine find one as low within a likelihood ratio of 3.
    assert found.search.losses[0] <= accepted.loss + 1
    assert found.sample.log_evidence.mean() == pytest.approx(accepted.log_evidence, abs=1)
