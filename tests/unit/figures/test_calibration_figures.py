import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from sdmodels.calibration.calendar import Span
from sdmodels.calibration.calibrating import calibrate
from sdmodels.calibration.case import load_case
from sdmodels.calibration.growth import GrowthShares
from sdmodels.calibration.prediction import Forecast
from sdmodels.calibration.profiling import THRESHOLD
from sdmodels.calibration.searching import SAME
from sdmodels.calibration.tables import Cause, Effort, Growth, Predicted, PredictionScenario
from sdmodels.calibration.verdicts import Pair
from sdmodels.catalogue import Text
from sdmodels.figures import calibration_fit, calibration_pairs, calibration_profiles, calibration_search
from sdmodels.figures import calibration_priors as priors
from sdmodels.figures.calibration import plot_calibration
from sdmodels.figures.calibration_growth import growth_figure
from sdmodels.figures.calibration_words import VERDICTS
from sdmodels.figures.fonts import families_for

ORDER = ("fit", "waterfall", "profiles", "pairs", "priors", "growth", "predictions", "ranks")
CAUSES = tuple(
    Cause(
        id=f"c{number}", title=Text(en=f"Cause {number}, with a name longer than a line", zh=f"原因{number}")
    )
    for number in range(3)
)


@pytest.fixture(scope="module")
def influenza():
    """A calibration that takes seconds."""
    return calibrate(load_case("influenza_1978"), effort=Effort(starts=3, populations=2, walkers=64))


def grown():
    random = np.random.default_rng(1)
    shares = np.array([0.5, 0.2, 0.1])[:, None] + np.array([1.0, -1.0, 0.3])[:, None] * random.normal(
        0, 0.1, 200
    )
    return GrowthShares(
        table=Growth(observable="in_bed", window="3/6", causes=CAUSES),
        growth=random.normal(0.55, 0.05, 200),
        shares=shares,
        rest=1 - shares.sum(axis=0),
        cut_alone=shares + 0.1,
    )


def forecasts(case):
    observable = case.problem.observables[0]
    random = np.random.default_rng(1)
    meaning = Text(en="All stays as it is", zh="一切不变")
    return tuple(
        Forecast(
            scenario=PredictionScenario(
                id=f"s{size}", title=Text(en=f"Size {size}", zh=f"规模{size}"), meaning=meaning
            ),
            observable=observable,
            predicted=Predicted(observable=observable.id, each="year"),
            periods=tuple(str(year) for year in range(1978, 1984)),
            spans=tuple(Span(begins=float(year), ends=year + 1.0) for year in range(1978, 1984)),
            draws=random.lognormal(np.log(size * 100), 0.2, (6, 100)),
        )
        for size in (2, 3)
    )


@pytest.fixture(scope="module")
def full(influenza):
    """The same with everything that a calibration may have."""
    pair = Pair(first="recovery", second="transmission", together="sum", contraction=0.9, correlation=-0.9)
    return replace(influenza, growth=grown(), forecasts=forecasts(influenza.case), pairs=(pair,))


@pytest.fixture(scope="module", params=["en", "zh"])
def drawn(full, request):
    """All figures in a language."""
    return plot_calibration(full, language=request.param)


@pytest.fixture(scope="module")
def english(full):
    return plot_calibration(full)


def test_the_figures_come_in_order(english):
    assert tuple(english) == ORDER


def test_what_a_calibration_does_not_have_has_no_figure(influenza):
    bare = plot_calibration(replace(influenza, profiles=()))
    assert tuple(bare) == ("fit", "waterfall", "pairs", "priors", "ranks")


@pytest.mark.parametrize("name", ORDER)
def test_nothing_is_cut_off_or_covered(drawn, name, faults_of):
    assert faults_of(drawn[name]) == []


@pytest.mark.parametrize("name", ORDER)
def test_every_axis_has_a_unit(drawn, name):
    panels = [panel for panel in drawn[name].axes if panel.axison]
    # Panels of pairs share the labels of the last row; causes and parameters are no numbers.
    bottom = panels if name != "pairs" else panels[-3:]
    assert all("[" in panel.get_xlabel() for panel in bottom)
    if name not in ("pairs", "priors", "growth"):
        assert all("[" in panel.get_ylabel() for panel in panels)


def test_chinese_texts_are_drawn_in_chinese_where_a_font_has_them(full, texts_of):
    if families_for("实测")[1]:
        pytest.skip("no font with Chinese characters is installed")
    assert "实测" in texts_of(plot_calibration(full, language="zh")["fit"])


def test_verdicts_differ_in_colour_and_in_mark():
    assert len({look.colour for look in VERDICTS.values()}) == len(VERDICTS)
    assert len({look.marker for look in VERDICTS.values()}) == len(VERDICTS)
    sides = calibration_profiles.CLOSES.values()
    assert len({look.colour for look in sides}) == len({look.marker for look in sides}) == 4


def test_borders_are_those_of_the_calibration():
    assert calibration_profiles.THRESHOLD == THRESHOLD
    assert calibration_search.SAME == SAME


def test_a_measurement_that_the_model_does_not_expect_is_counted_and_marked(influenza, texts_of):
    far = replace(influenza.fits[3], predicted_low=1.0, predicted_high=2.0)
    inside = [replace(fit, predicted_low=-1.0, predicted_high=1e3) for fit in influenza.fits]
    figure = calibration_fit.fit_figure(replace(influenza, fits=(*inside[:3], far, *inside[4:])))
    texts = [text.replace("\n", " ") for text in texts_of(figure)]
    assert any("Outside of it: 1 of 14" in text for text in texts)
    assert "measured, outside of what the model expects" in texts
    assert sum(line.get_marker() == "X" for line in figure.axes[0].lines) == 1


def test_windows_are_drawn_as_wide_as_they_last(influenza):
    some = influenza.fits[:2]
    spans = (Span(begins=0.0, ends=4.0), Span(begins=6.0, ends=8.0))
    fits = tuple(
        replace(fit, observation=replace(fit.observation, span=span))
        for fit, span in zip(some, spans, strict=True)
    )
    panel = calibration_fit.fit_figure(replace(influenza, fits=fits)).axes[0]
    widths = {round(patch.get_width(), 6) for patch in panel.patches}
    assert widths == {4.0, 2.0}


def test_a_peak_is_held_against_the_next_highest(influenza, texts_of):
    fit = influenza.fits[0]
    observation = replace(fit.observation, distribution="peak", measured=np.nan)
    figure = calibration_fit.fit_figure(replace(influenza, fits=(replace(fit, observation=observation),)))
    assert "1 against the next [dimensionless]" in texts_of(figure)
    assert "measured" not in texts_of(figure)


def test_the_waterfall_says_how_many_starts_found_the_best(influenza, texts_of):
    losses = np.array([10.0, 10.05, 12.0, 500.0, np.inf])
    search = replace(influenza.search, losses=losses, scores=np.zeros((5, 3)))
    figure = calibration_search.waterfall_figure(replace(influenza, search=search))
    assert any("2 of 5 starts (40 %)" in t and "1 failed" in t for t in texts_of(figure))
    assert "ended elsewhere" in texts_of(figure)


def test_pairs_that_only_together_are_identified_are_framed_and_shown_first(full, texts_of):
    assert set(calibration_pairs.chosen(full)) >= {"recovery", "transmission"}
    assert "only together identified" in texts_of(calibration_pairs.pairs_figure(full))
    assert "only together identified" not in texts_of(calibration_pairs.pairs_figure(replace(full, pairs=())))


def test_what_the_prior_decides_is_left_out_and_counted(full, texts_of):
    judgements = (replace(full.judgements[0], verdict="prior", contraction=0.0), *full.judgements[1:])
    changed = replace(full, judgements=judgements, pairs=())
    assert [each.id for each in priors.told(changed)] == ["recovery", "overdispersion"]
    assert judgements[0].id not in calibration_pairs.chosen(changed)
    assert any(
        "Left out: 1 that the prior decides" in t.replace("\n", " ")
        for t in texts_of(priors.priors_figure(changed))
    )


def test_where_the_data_add_to_nothing_there_is_no_figure_of_it(influenza):
    judgements = tuple(replace(each, verdict="prior") for each in influenza.judgements)
    assert "priors" not in plot_calibration(replace(influenza, judgements=judgements))


def test_causes_that_cannot_be_told_apart_are_named(english, texts_of):
    texts = [text.replace("\n", " ") for text in texts_of(english["growth"])]
    assert any("The data cannot tell apart 'Cause 0" in text for text in texts)


def test_growth_that_was_not_taken_apart_is_refused(influenza):
    with pytest.raises(
        ValueError, match=r"The case 'influenza_1978' takes no growth apart: it has no \[growth\]"
    ):
        growth_figure(influenza)


def test_scenarios_differ_in_colour_and_in_hatch(english):
    patches = english["predictions"].axes[0].patches
    assert len({patch.get_facecolor()[:3] for patch in patches if patch.get_hatch() is None}) == 2
    assert {patch.get_hatch() for patch in patches} == {None, "////"}


def test_importing_the_figures_loads_no_calibration():
    then = "import sys, sdmodels.figures, sdmodels.figures.calibration; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", then], capture_output=True, text=True, check=True, timeout=60
    )
    assert not {"pypesto", "emcee", "arviz"} & {name.partition(".")[0] for name in done.stdout.split()}
