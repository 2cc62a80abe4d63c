"""The figure of a recovery shows what was identified, and each of its parts is legible."""

from dataclasses import replace

import numpy as np
import pytest

from sdmodels.calibration.case import load_case
from sdmodels.calibration.recovered import Recovery
from sdmodels.figures.recovery import recovery_figure, shown


@pytest.fixture(scope="module")
def recovery() -> Recovery:
    case = load_case("city_2019_2021")
    random = np.random.default_rng(1)
    shape = (50, case.space.size)
    verdict = np.full(shape, "prior", dtype="<U10")
    verdict[:30, 2:14] = "identified"
    verdict[:40, 0] = "identified"
    return Recovery(
        case=case,
        truth=random.standard_normal(shape),
        rank=random.integers(0, 100, shape),
        covered=random.random(shape) < 0.9,
        contraction=random.random(shape),
        verdict=verdict,
        rhat=np.ones(shape),
        again=np.zeros(50, dtype=np.int64),
    )


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_is_cut_off_or_covered(recovery, faults_of, language):
    assert faults_of(recovery_figure(recovery, language)) == []


def test_the_parameters_identified_most_often_are_drawn_in_the_order_of_the_case(recovery):
    names = recovery.case.space.names
    assert shown(recovery) == (names[0], *names[2:12])
    assert len(recovery_figure(recovery).axes) == 12


def test_every_data_set_stands_in_a_histogram(recovery):
    bars = recovery_figure(recovery).axes[1].containers[0]
    assert sum(bar.get_height() for bar in bars) == 50


def test_where_nothing_is_identified_coverage_stands_alone(recovery, faults_of):
    figure = recovery_figure(replace(recovery, verdict=np.full(recovery.rank.shape, "prior")))
    assert len(figure.axes) == 1
    assert faults_of(figure) == []
