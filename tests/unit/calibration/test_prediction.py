"""Predictions go on with the course of the case and its scenarios, to exact numbers, with noise."""

import re

import numpy as np
import pytest
from straight import LOSS
from tank import SAVED, change, levels, observable, parameter

from sdmodels.calibration.calendar import Span
from sdmodels.calibration.prediction import QUANTILES, Forecast, horizon, predict
from sdmodels.calibration.tables import Predicted, PredictionScenario
from sdmodels.catalogue import Text
from sdmodels.errors import CalibrationError

DATED = ('model = "tank.mdl"', 'model = "tank.mdl"\nstarts = "2019-01-01"')
# The supply of every draw is 4, the level at first 100: scores of zero.
FEW, MANY = np.zeros((3, 2)), np.zeros((3, 4000))
ROWS = ("fed,2019-01,124,normal,1e-9,s,", "water,2019-03-02,40,normal,1e-9,s,")
FED = observable("fed", "Supply", "total", "litre")
DRY = change("Supply", value=1.0, begins="2020-01-01")


def variable(id: str, each: str = "year") -> str:
    return f'[[prediction.variable]]\nobservable = "{id}"\neach = "{each}"\n'


def scenario(id: str, *changes: str) -> str:
    text = f'[[prediction.scenario]]\nid = "{id}"\ntitle = {{ en = "S", zh = "情" }}\n'
    text += 'meaning = { en = "M", zh = "义" }\n'
    return text + "".join(each.replace("[[change]]", "[[prediction.scenario.change]]") for each in changes)


WHAT = variable("fed") + variable("water", "year's end")


@pytest.fixture
def dated(make_straight):
    """Write and load the case with a calendar; one without changes is predicted if nothing else is said."""

    def make(*changed, rows=ROWS, what=WHAT, scenarios=None, added=""):
        told = scenario("same") if scenarios is None else scenarios
        return make_straight(DATED, *changed, rows=rows, added=FED + added + what + told)

    return make


def jumped(days: int, before: float, after: float, *, at_end: bool) -> float:
    """Return a total over a year, or over the next one, when the inflow jumps between the two.

    A total goes in straight lines between saved times, so that half of a line is at the new height.
    """
    return days * before + (after - before) * SAVED / 2 if at_end else days * after


def test_periods_are_whole_years_and_their_last_months(dated):
    found = predict(dated(), FEW, until="2021-12", seed=1)
    assert [(each.scenario.id, each.observable.id) for each in found] == [("same", "fed"), ("same", "water")]
    assert [each.predicted.each for each in found] == ["year", "year's end"]
    assert found[0].periods == ("2019", "2020", "2021")
    assert found[0].spans == (
        Span(begins=0.0, ends=365.0),
        Span(begins=365.0, ends=731.0),
        Span(begins=731.0, ends=1096.0),
    )
    assert found[1].periods == ("2019-12", "2020-12", "2021-12")
    assert found[1].spans[0] == Span(begins=334.0, ends=365.0)
    assert found[0].draws.shape == (3, 2)


@pytest.mark.parametrize(
    ("until", "years"),
    [("2021", 3), ("2021-12", 3), ("2021-11", 2), ("2020-H2", 2), ("2020-Q1", 1), ("2021-01-01", 2)],
)
def test_a_year_that_does_not_end_is_not_predicted(dated, until, years):
    found = predict(dated(what=variable("fed")), FEW, until=until, seed=1)
    assert found[0].periods == ("2019", "2020", "2021")[:years]


def test_without_changes_numbers_are_those_of_the_exact_solution(dated):
    fed, water = predict(dated(), FEW, until="2020", seed=1)
    # The noise is 1e-9 litre.
    np.testing.assert_allclose(fed.draws, [[365 * 4.0] * 2, [366 * 4.0] * 2], rtol=1e-8)
    days = np.arange(334, 365 + SAVED, SAVED)
    december = np.trapezoid(levels(LOSS, 100.0, days, 4.0), dx=SAVED) / 31
    np.testing.assert_allclose(water.draws[0], december, rtol=1e-8)


def test_each_draw_has_its_own_parameters(dated):
    scores = np.array([[0.0, 1.0, -2.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    fed, _ = predict(dated(), scores, until="2019", seed=1)
    np.testing.assert_allclose(fed.draws, [[365 * 4.0, 365 * 4.5, 365 * 3.0]], rtol=1e-8)


def test_changes_of_a_scenario_come_after_those_of_the_case(dated):
    case = dated(
        scenarios=scenario("same") + scenario("dry", DRY),
        added=change("Supply", value=2.0, begins="2019-07-01"),
    )
    same, _, dry, level = predict(case, FEW, until="2021", seed=1)
    first = 181 * 4 + 184 * 2 - 2 * SAVED / 2
    np.testing.assert_allclose(same.draws[:, 0], [first, 366 * 2, 365 * 2], rtol=1e-8)
    assert [dry.scenario.id, level.scenario.id] == ["dry", "dry"]
    expected = [first - SAVED / 2, jumped(366, 2, 1, at_end=False), 365]
    np.testing.assert_allclose(dry.draws[:, 0], expected, rtol=1e-8)
    # A year after a jump the level is at rest: 0.9 to the power of 30 weeks and more.
    np.testing.assert_allclose(level.draws[:, 0], [2 / LOSS, 1 / LOSS, 1 / LOSS], rtol=1e-6)


def test_a_scenario_does_not_touch_what_was_before_it(dated):
    case = dated(scenarios=scenario("same") + scenario("dry", DRY), what=variable("water", "year's end"))
    same, dry = predict(case, FEW, until="2020", seed=1)
    # December ends with the moment at which the change begins: a level has not moved by then.
    np.testing.assert_allclose(same.draws[0], dry.draws[0], rtol=1e-9)
    assert abs(same.draws[1, 0] - dry.draws[1, 0]) > 1


def test_a_scenario_may_hold_a_parameter_of_its_own(dated):
    later = parameter("later", 1, 3, unit="litre/Day")
    case = dated(
        scenarios=scenario("some", change("Supply", value="later", begins="2020-01-01")), added=later
    )
    assert case.space.names == ("supply", "filled", "depth", "later")
    fed, _ = predict(case, np.zeros((4, 1)), until="2020", seed=1)
    np.testing.assert_allclose(fed.draws[1], [366 * 2.0], rtol=1e-8)


def test_the_noise_is_that_of_the_last_measurement(dated):
    rows = ("fed,2019-01,124,normal,50,s,", "fed,2019-02,112,normal,3,s,", "water,2019-03-02,40,normal,2,s,")
    fed, water = predict(dated(rows=rows), MANY, until="2020", seed=1)
    for forecast, mean, noise in ((fed, 366 * 4.0, 3.0), (water, 40.0, 2.0)):
        # Four standard errors of a mean and of a deviation.
        assert forecast.draws[1].mean() == pytest.approx(mean, abs=4 * noise / np.sqrt(4000))
        assert forecast.draws[1].std() == pytest.approx(noise, rel=4 / np.sqrt(8000))
    # Each period and each variable has a noise of its own.
    assert abs(np.corrcoef(fed.draws[0], fed.draws[1])[0, 1]) < 4 / np.sqrt(4000)
    assert abs(np.corrcoef(fed.draws[0], water.draws[0])[0, 1]) < 4 / np.sqrt(4000)


def test_lognormal_noise_is_a_factor(dated):
    rows = ("fed,2019-01,124,lognormal,0.1,s,", ROWS[1])
    fed, _ = predict(dated(rows=rows), MANY, until="2019", seed=1)
    assert np.log(fed.draws / 1460).std() == pytest.approx(0.1, rel=4 / np.sqrt(8000))


def test_noise_that_is_a_parameter_is_that_of_each_draw(dated):
    rows = ("fed,2019-01,124,normal,spread,s,", ROWS[1])
    case = dated(rows=rows, added=parameter("spread", 1, 9))
    scores = np.zeros((4, 4000))
    scores[3, 2000:] = 8.0
    fed, _ = predict(case, scores, until="2019", seed=1)
    # A score of 0 is the middle of an even prior, one of 8 its end; four standard errors.
    assert fed.draws[0, :2000].std() == pytest.approx(5.0, rel=4 / np.sqrt(4000))
    assert fed.draws[0, 2000:].std() == pytest.approx(9.0, rel=4 / np.sqrt(4000))


def test_what_is_measured_nowhere_is_predicted_without_noise(dated):
    case = dated(rows=ROWS[1:])
    fed, _ = predict(case, FEW, until="2019", seed=1)
    np.testing.assert_allclose(fed.draws, 1460.0, rtol=1e-12)


@pytest.mark.parametrize(("more", "inside"), [("rate = true", True), ("", False)])
def test_a_rate_stays_a_rate_whatever_the_noise(dated, more, inside):
    case = dated(
        rows=(*ROWS, "part,2019-01-02,0.2,normal,5,s,"),
        what=variable("part"),
        added=observable("part", "Level / 200 / One Litre", "mean", "Dmnl", more),
    )
    (part,) = predict(case, MANY, until="2019", seed=1)
    assert ((part.draws >= 0) & (part.draws <= 1)).all() == inside


def test_a_count_out_of_trials_is_predicted_as_its_rate(dated):
    case = dated(
        rows=(*ROWS, "part,2019-01-02,40,beta-binomial,400;1e6,s,"),
        what=variable("part"),
        added=observable("part", "Level / 200 / One Litre", "mean", "Dmnl"),
    )
    (part,) = predict(case, MANY, until="2019", seed=1)
    # A level of 42 on average, and binomial noise of 400.
    assert part.draws.mean() == pytest.approx(42 / 200, abs=0.02)
    assert 0.01 < part.draws.std() < 0.05


def test_growth_is_predicted_where_a_window_lies_before(dated):
    case = dated(
        rows=(*ROWS, "rise,2019-03-02/2019-03-09,1,normal,1e-9,s,"),
        what=variable("rise"),
        added=observable("rise", "Supply", "growth", ""),
    )
    (rise,) = predict(case, FEW, until="2021", seed=1)
    # 2020 is a day longer than 2019, so that a window of its length before it is not in the run.
    assert rise.periods == ("2021",)
    np.testing.assert_allclose(rise.draws, 1.0, rtol=1e-8)
    assert predict(case, FEW, until="2019", seed=1) == ()


def test_the_same_seed_predicts_the_same(dated):
    rows = ("fed,2019-01,124,normal,3,s,", ROWS[1])
    case = dated(rows=rows)
    one, again, other = (predict(case, FEW, until="2019", seed=seed)[0].draws for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)


def test_quantiles_are_those_of_the_draws_that_ran():
    draws = np.array([[*np.arange(101.0), np.nan], [*np.arange(100.0, -1.0, -1.0), np.nan]])
    words = Text(en="S", zh="情")
    forecast = Forecast(
        scenario=PredictionScenario(id="s", title=words, meaning=words),
        observable=None,
        predicted=Predicted(observable="fed", each="year"),
        periods=("2019", "2020"),
        spans=(Span(begins=0, ends=1), Span(begins=1, ends=2)),
        draws=draws,
    )
    assert QUANTILES == (0.05, 0.25, 0.5, 0.75, 0.95)
    np.testing.assert_allclose(forecast.quantiles, np.repeat([[5], [25], [50], [75], [95]], 2, axis=1))


@pytest.mark.parametrize(
    ("until", "message"),
    [
        (
            "soon",
            "{folder}: the end of the prediction cannot be read: 'soon' is not a date (2019, 2019-H2, 2019-Q3, "
            "2019-10, 2019-10-05, or a span such as 2018/2023).\n    soon\n"
            "Write a month or a year, such as 2026-12.",
        ),
        (
            "2020-13",
            "{folder}: the end of the prediction cannot be read: '2020-13' is not a date of the calendar.\n"
            "    2020-13\nWrite a month or a year, such as 2026-12.",
        ),
        (
            "2019-01",
            "{folder}: the prediction ends before the data.\n    2019-01\nChoose a later end.",
        ),
        (
            "2019-11",
            "{folder}: no whole year is in the prediction.\n    from 2019-01-01 to 2019-11\nChoose a later end.",
        ),
    ],
)
def test_an_end_that_cannot_be_is_refused(dated, until, message):
    case = dated()
    for attempt in (lambda: predict(case, FEW, until=until, seed=1), lambda: horizon(case, until)):
        with pytest.raises(CalibrationError, match=f"^{re.escape(message.format(folder=case.folder))}$"):
            attempt()


def nothing_to_predict(case) -> None:
    message = (
        f"{case.folder / 'problem.toml'}: there is nothing to predict.\n"
        "    no [prediction], or no date in 'starts'\n"
        "Add [prediction] with scenarios and variables (docs/calibration.md), and 'starts'."
    )
    with pytest.raises(CalibrationError, match=f"^{re.escape(message)}$"):
        predict(case, FEW, until="2020", seed=1)


def test_a_case_without_predictions_is_refused(make_straight):
    nothing_to_predict(make_straight(DATED, rows=["water,2019-01-05,90,normal,2,s,"]))


def test_a_case_without_a_calendar_is_refused(make_straight):
    nothing_to_predict(make_straight(added=variable("water") + scenario("same")))
