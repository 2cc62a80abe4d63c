"""A case that fits its model is read; what does not fit is refused in three lines that name the file."""

import datetime as dt
from pathlib import Path

import pytest
from tank import PROBLEM, ROWS, change, observable, parameter

from sdmodels.calibration.case import cases, load_case
from sdmodels.errors import CalibrationError, ManifestError, ModelFileError, UnknownNameError

FORMULA = 'formula = "Level"'
UNIT = 'statistic = "value"\nunit = "litre"'
TOP = "model = "
PARAMETERS = PROBLEM[PROBLEM.index("[[parameter]]") : PROBLEM.index("[[observable]]")]
GROWTH = f"""
{observable("rise", "Level", "growth", "")}
[growth]
observable = "rise"
window = "2/4"
[[growth.cause]]
id = "supply"
title = {{ en = "Supply", zh = "供水" }}
[[growth.cause.cut]]
name = "Supply"
value = 0
"""
PREDICTION = """
[[prediction.scenario]]
id = "dry"
title = { en = "Dry", zh = "旱" }
meaning = { en = "No water", zh = "无水" }
[[prediction.scenario.change]]
name = "Supply"
value = 0
begins = 7
source = "made up"
[[prediction.variable]]
observable = "water"
each = "year"
"""
PEAK = observable("flood", "Level", "peak", "", 'among = "0/9"')
FLOOD = (*ROWS, "flood,0/3,,peak,0.1,made up,")


class TestWhatIsRead:
    def test_a_case_has_its_parameters_under_the_names_of_the_model(self, make_case):
        case = make_case(('name = "Loss Rate"', 'name = "loss_rate"'))
        assert case.id == "tank"
        assert case.space.names == ("loss", "filled")
        assert [parameter.name for parameter in case.space.parameters] == ["Loss Rate", "Level"]

    def test_a_folder_or_its_problem_may_be_named(self, write_case):
        folder = write_case()
        assert load_case(folder).observations == load_case(str(folder / "problem.toml")).observations

    def test_every_case_of_the_catalogue_can_be_named(self):
        assert {"city_2019_2021", "influenza_1978"} <= set(cases())
        assert [load_case(id).id for id in cases()] == list(cases())

    def test_the_run_ends_at_the_first_saved_time_after_the_last_observation(self, make_case):
        assert make_case().calendar.time.final_time == 5.0
        assert make_case(rows=("water,5.1,9,normal,1,s,",)).calendar.time.final_time == 5.5
        assert make_case(rows=("water,0,9,normal,1,s,",)).calendar.time.final_time == 0.5
        # Beyond the model's own end.
        assert make_case(rows=("water,30,9,normal,1,s,",)).calendar.time.final_time == 30.0

    def test_the_run_lasts_for_all_windows_that_rival_a_peak(self, make_case):
        assert make_case(rows=FLOOD, added=PEAK).calendar.time.final_time == 9.0

    def test_a_final_time_of_its_own_is_kept(self, make_case):
        assert make_case((TOP, f"final_time = 8\n{TOP}")).calendar.time.final_time == 8.0

    def test_a_case_with_a_calendar_has_dates(self, make_case):
        case = make_case(
            (TOP, f'starts = "2020-02-28"\n{TOP}'),
            rows=("water,2020-03-01,80,normal,5,s,",),
            added=change("Supply", value=1, begins="2020-02-29"),
        )
        assert case.calendar.starts == dt.date(2020, 2, 28)
        assert case.observations[0].span.begins == 2.0

    def test_parameters_without_a_name_and_observables_become_variables(self, make_case):
        case = make_case((FORMULA, 'formula = "Level * Gain"'), added=parameter("gain", 0.5, 2.5))
        assert case.entry.model["gain"].equations[0].expression.value == 1.5
        assert case.entry.model["water"].equations[0].text == "Level * Gain"
        assert case.entry.model["water"].units == "litre"
        assert "water" not in case.model.model

    @pytest.mark.parametrize(
        "formula", ["gain*Level-gain*One Litre", "Level-gain*One Litre", "Level*2^(-GAIN)"]
    )
    def test_a_parameter_is_used_wherever_it_stands_in_a_formula(self, make_case, formula):
        case = make_case((FORMULA, f'formula = "{formula}"'), added=parameter("gain", 0.5, 2.5))
        assert case.space.names == ("loss", "filled", "gain")

    def test_a_formula_may_stand_on_several_lines(self, make_case):
        case = make_case((FORMULA, 'formula = """Level\n  * One Litre\n / One Litre"""'))
        assert "water" in case.entry.model

    def test_ranges_of_the_manifest_follow_the_parameters(self, make_case):
        case = make_case((TOP, f"ranges = true\n{TOP}"), added=parameter("in", 0, 4, name="supply"))
        assert case.space.names == ("loss", "filled", "in", "one_litre", "glass_slope")
        litre, glass = (case.parameter(id) for id in ("one_litre", "glass_slope"))
        assert (litre.name, litre.minimum, litre.maximum, litre.scale) == ("One Litre", 0.5, 2.0, "log")
        assert (glass.name, glass.minimum, glass.maximum, glass.scale) == ("Glass (slope)", 0.5, 1.5, "lin")
        assert litre.source == "assumption"

    def test_ranges_alone_are_enough(self, make_case):
        case = make_case((TOP, f"ranges = true\n{TOP}"), (PARAMETERS, ""))
        assert case.space.names == ("supply", "one_litre", "glass_slope")

    def test_a_parameter_has_the_title_and_unit_of_what_it_sets(self, make_case):
        case = make_case(
            (TOP, f"ranges = true\n{TOP}"),
            rows=(*ROWS, "water,6,50,normal,spread,s,"),
            added=parameter("spread", 1, 9, unit="litre"),
        )
        loss, spread, glass = (case.parameter(id) for id in ("loss", "spread", "glass_slope"))
        assert [case.title_of(loss, language) for language in ("en", "zh")] == ["Loss Rate", "流失率"]
        assert [case.title_of(spread, language) for language in ("en", "zh")] == ["P", "参"]
        assert case.title_of(glass, "zh").endswith("（斜率）")
        assert [case.unit_of(each) for each in (loss, spread, glass)] == ["1/Day", "litre", "Dmnl"]

    def test_growth_and_prediction_are_read(self, make_case):
        problem = make_case(added=GROWTH + PREDICTION).problem
        assert problem.growth.causes[0].cuts[0].name == "Supply"
        assert problem.prediction.scenarios[0].changes[0].begins == 7

    def test_a_cut_of_growth_may_leave_the_limits_of_its_constant(self, make_case):
        cut = GROWTH.replace('name = "Supply"\nvalue = 0', 'name = "Loss Rate"\nvalue = 3')
        assert make_case(added=cut).problem.growth.causes[0].cuts[0].value == 3

    @pytest.mark.parametrize(
        ("statistic", "formula", "unit"),
        [
            ("value", "Level", "litre"),
            ("value", "Level / 2", "litre"),
            ("value", "100", "Dmnl"),
            ("value", "Level / One Litre", ""),
            ("mean", "Outflow", "litre/Day"),
            ("total", "Outflow", "litre"),
            ("total", "Level", "litre*Day"),
            ("total", "Level", "Day*litre"),
            ("growth", "Level", ""),
            ("growth", "Level", "Dmnl"),
        ],
    )
    def test_units_that_fit_are_taken(self, make_case, statistic, formula, unit):
        time = "2" if statistic == "value" else "2/4"
        rows = (*ROWS, f"more,{time},1,normal,1,s,")
        case = make_case(rows=rows, added=observable("more", formula, statistic, unit))
        assert case.observations[-1].observable.unit == unit


UNITS = "Correct the formula or the unit; a total has the unit of the formula times the unit of time."


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ((UNIT, UNIT.replace("litre", "cm")), "litre in the model, cm in the case: Level\n" + UNITS),
        ((UNIT, UNIT.replace("litre", "")), "litre in the model, Dmnl in the case: Level\n" + UNITS),
        (
            (UNIT, 'statistic = "mean"\nunit = "litre*Day"'),
            "litre in the model, Day*litre in the case: Level\n",
        ),
        ((UNIT, 'statistic = "total"\nunit = "litre"'), "Day*litre in the model, litre in the case: Level\n"),
        ((UNIT, 'statistic = "growth"\nunit = "litre"'), "Dmnl in the model, litre in the case: Level\n"),
        ((FORMULA, 'formula = "Level + Height"'), "litre against cm in: Level + Height\n"),
    ],
)
def test_units_that_do_not_fit_are_refused(refused, changed, message):
    assert f"observable 'water': units do not fit.\n    {message}" in refused(changed)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            ('unit = "1/Day"', 'unit = "Day"'),
            "units do not fit.\n    1/Day in the model, Day in the case: Loss Rate",
        ),
        (
            ('unit = "1/Day"', 'unit = "1/"'),
            "the unit '1/' cannot be read.\n    unit = \"1/\"\nWrite names joined",
        ),
        (
            ('"Loss Rate"', '"Glass (slope)"'),
            "units do not fit.\n    Dmnl in the model, 1/Day in the case: Glass",
        ),
        (
            ('"Loss Rate"', '"Los Rate"'),
            "No constant is named 'Los Rate'.\n    Known: Supply, Loss Rate, One Litre, Depth, Glass (slope).\n"
            "Did you mean 'Loss Rate'?",
        ),
        (('"Loss Rate"', '"Zebra"'), "No constant is named 'Zebra'."),
        (('"Loss Rate"', '"Outflow"'), "'Outflow' is not a constant: it is computed during the run.\n"),
        (
            ("maximum = 0.5", "maximum = 3"),
            "'Loss Rate' is set to 3, which is out of bounds.\n    bounds: 0 to 2 1/Day",
        ),
        (
            ("minimum = 0.02", "minimum = -1"),
            "'Loss Rate' is set to -1, which is out of bounds.\n    bounds: 0 to 2",
        ),
    ],
)
def test_a_parameter_that_does_not_fit_what_it_sets_is_refused(refused, changed, message):
    assert f"problem.toml: parameter 'loss': {message}" in refused(changed)


def test_a_unit_that_cannot_be_read_is_refused(refused):
    message = refused((UNIT, UNIT.replace("litre", "litre/")))
    assert (
        "observable 'water': the unit 'litre/' cannot be read.\n    unit = \"litre/\"\nWrite names" in message
    )
    rows = (*ROWS, "water,6,50,normal,spread,s,")
    message = refused(rows=rows, added=parameter("spread", 1, 9, unit="1/"))
    assert "parameter 'spread': the unit '1/' cannot be read.\n    unit = \"1/\"\n" in message


def test_the_unit_of_a_parameter_counts_in_a_formula(refused):
    message = refused((FORMULA, 'formula = "Level * gain"'), added=parameter("gain", 1, 2, unit="cm"))
    assert "litre*cm in the model, litre in the case: Level * gain\n" in message


@pytest.mark.parametrize(
    ("changed", "added", "message"),
    [
        (
            ('"Loss Rate"', '"Glass"'),
            "",
            "the parameter 'loss' sets a whole table.\n    name = \"Glass\"\nName its sl",
        ),
        (
            (),
            parameter("spare", 1, 2),
            "the parameter 'spare' is used by nothing.\n    id = \"spare\"\nGive it the 'n",
        ),
        (
            (),
            parameter("spare", 1, 2) + observable("spare", "Level", "value", "litre"),
            "the id 'spare' stands twice among parameters and observables.\n    id = \"spare\"\nChoose",
        ),
        (
            (),
            parameter("other", 0.1, 0.2, name="loss_rate"),
            "two parameters set the same.\n    loss rate\nKeep one",
        ),
        (
            (),
            parameter("supply", 0, 1),
            "'supply' is a variable of the model, too.\n    id = \"supply\"\nChoose ano",
        ),
        (
            (),
            observable("Height", "Level", "value", "litre"),
            "'Height' is a variable of the model, too.\n    id = \"Height\"\nChoose another id.",
        ),
        (
            (TOP, f"ranges = true\n{TOP}"),
            parameter("one_litre", 1, 2, name="Depth"),
            "the id 'one_litre' is that of a range of the manifest, too.\n    id = \"one_litre\"\nChoose another",
        ),
        (
            (),
            change("Supply", value="loss", begins=1),
            "the parameter 'loss' sets 'Loss Rate' and stands elsewhere, too.\n    id = \"loss\"\nUse two",
        ),
        (
            (),
            parameter(
                "far", 1, 2, name="Depth", more='prior = { distribution = "normal", mean = 99, sd = 1 }'
            ),
            "the prior of the parameter 'far' has nothing between the bounds.\n    minimum = 1, maximum = 2\nWiden",
        ),
        (
            (),
            change("Suppli", value=1, begins=1),
            "[[change]] of 'Suppli': No constant is named 'Suppli'.\n    Known: ",
        ),
        ((), change("Suppli", value=1, begins=1), "\nDid you mean 'Supply'?"),
        (
            (),
            change("Outflow", value=1, begins=1),
            "[[change]] of 'Outflow': 'Outflow' is not a constant: it is comp",
        ),
        (
            (),
            change("Level", value=60, begins=1),
            "of 'Level': 'Level' is not a constant.\n    name = \"Level\"\nName a",
        ),
        (
            (),
            change("Glass", value=1, begins=1),
            "of 'Glass': 'Glass' is not a constant.\n    name = \"Glass\"\nName a",
        ),
        (
            (),
            change("Supply", value="los", begins=1),
            "No parameter of this case is named 'los'.\n    Known: loss, f",
        ),
        ((), change("Supply", value="los", begins=1), "\nDid you mean 'loss'?"),
        (
            (),
            change("Supply", value=1, over="zebra", begins=1),
            "No parameter of this case is named 'zebra'.",
        ),
        (
            (),
            change("Loss Rate", value=3, begins=1),
            "of 'Loss Rate': 'Loss Rate' is set to 3, which is out of bound",
        ),
        (
            (),
            change("Loss Rate", value="later", begins=1) + parameter("later", 0, 3),
            "[[change]] of 'Loss Rate': 'Loss Rate' is set to 3, which is out of bounds.\n    bounds: 0 to 2 1/Day",
        ),
        (
            (),
            change("Supply", factor=-3, begins=1),
            "[[change]] of 'Supply': 'factor' may be -3.\n    factor = -3.0\n",
        ),
        (
            (),
            change("Supply", value=1, over="ramp", begins=1) + parameter("ramp", -1, 3),
            "[[change]] of 'Supply': 'over' may be -1.\n    over = ramp\nGive it a number above zero.",
        ),
        (
            (),
            change("Supply", value=1, begins="May"),
            "[[change]] of 'Supply': 'May' is not a model time, and the case has no calendar.\n    begins = May\n",
        ),
        (
            (),
            change("Supply", value=1, begins=1, ends="May"),
            "no calendar.\n    ends = May\nCorrect the date.",
        ),
        (
            (),
            change("Supply", value=1, begins=3, ends=1),
            "[[change]] of 'Supply': 'ends' is not after 'begins'.\n    begins = 3.0, ends = 1.0\nWrite the",
        ),
        (
            (),
            PREDICTION.replace('"Supply"', '"Suppli"'),
            "[[change]] of 'Suppli': No constant is named 'Suppli'.",
        ),
        (
            (),
            PREDICTION.replace('"water"', '"watr"'),
            "[prediction]: No observable is named 'watr'.\n    Known: water.",
        ),
        (
            (),
            GROWTH.replace('observable = "rise"', 'observable = "ris"'),
            "[growth]: No observable is named 'ris'.\n    Known: water, rise.\nDid",
        ),
        (
            (),
            GROWTH.replace('observable = "rise"', 'observable = "water"'),
            "[growth]: the observable 'water' is no growth.\n    statistic = \"value\"\nName an observable with",
        ),
        (
            (),
            GROWTH + change("Supply", value=2, begins=3, cause="supplies"),
            "[[change]] of 'Supply': No cause of growth is named 'supplies'.\n    Known: supply.\nDid you mean",
        ),
        ((), GROWTH.replace('name = "Supply"', 'name = "Suppli"'), "No constant is named 'Suppli'."),
        (
            (),
            GROWTH.replace("2/4", "May"),
            "[growth]: 'May' is not a model time, and the case has no calendar.\n    w",
        ),
        (
            (),
            GROWTH.replace("2/4", "4"),
            '[growth]: the window is a moment.\n    window = "4"\nWrite a window, such',
        ),
        (
            (TOP, f'policy = "refil"\n{TOP}'),
            "",
            "No policy is named 'refil'.\n    Known: baseline, refill.\nDid you",
        ),
        (
            (TOP, f'scenario = "normaal"\n{TOP}'),
            "",
            "No scenario is named 'normaal'.\n    Known: normal.\nDid you mean",
        ),
        (
            (TOP, f'starts = "May"\n{TOP}'),
            "",
            "'starts' is not a date.\n    starts = \"May\"\nWrite one such as",
        ),
        (
            (TOP, f"final_time = 0\n{TOP}"),
            "",
            "'final_time' is not after the initial time.\n    final_time = 0, INIT",
        ),
        (
            (TOP, f"final_time = 6.1\n{TOP}"),
            "",
            "A time step of 0.25 does not divide the time from 0 to 6.1.\n    The",
        ),
        (
            (TOP, f"time_step = 0.3\n{TOP}"),
            "",
            "A time step of 0.3 does not divide the time from 0 to 5.\n    The",
        ),
        (
            (TOP, f"time_step = 99\n{TOP}"),
            "",
            "A time step of 99 does not fit between 0 and 5.\n    There would be no",
        ),
        (
            ('"tank.mdl"', '"tnk.mdl"'),
            "",
            "'model' names no file.\n    model = \"tnk.mdl\"\nDid you mean 'tank.mdl'?",
        ),
        (
            ('"tank.mdl"', '"zebra.xmile"'),
            "",
            'names no file.\n    model = "zebra.xmile"\nPut the file there, or',
        ),
        (
            ('"tank.mdl"', '"hotlin"'),
            "",
            "'model': No model is named 'hotlin'.\n    The catalogue holds hotline, hot",
        ),
    ],
)
def test_what_does_not_fit_the_model_is_refused(refused, changed, added, message):
    rows = (*ROWS, "Height,2,1,normal,1,s,") if '"Height"' in added else ROWS
    assert message in refused(*([changed] if changed else []), rows=rows, added=added)


def test_a_calendar_needs_a_unit_of_time_with_a_length(refused):
    units = [("Day\n    ~ |\nFINAL", "Dmnl\n    ~ |\nFINAL"), ("Day\n    ~ |\nTIME", "Dmnl\n    ~ |\nTIME")]
    units += [("Day\n    ~ |\nSAVE", "Dmnl\n    ~ |\nSAVE"), ("0.5\n    ~ Day", "0.5\n    ~ Dmnl")]
    message = refused(*units, (TOP, f'starts = "2020-01-01"\n{TOP}'))
    assert (
        "the case has a calendar, and the unit of time 'Dmnl' has no length in days.\n    starts = "
        in message
    )


@pytest.mark.parametrize(
    ("among", "window", "message"),
    [
        (
            "0/3",
            "0/3",
            "the peak is sought in '0/3', which has no other window.\n    among = \"0/3\"\nName a span of",
        ),
        ("soon", "0/3", "'soon' is not a model time, and the case has no calendar.\n    among = \"soon\"\n"),
        ("0/6", "1/3", "the peak is sought in '0/6', which has no such window.\n    among = \"0/6\"\n"),
        ("3", "0/3", "the peak is sought in '3', which has no such window."),
        ("-3/3", "0/3", 'the peak is sought outside of the run.\n    among = "-3/3"\n'),
    ],
)
def test_a_peak_without_rivals_in_the_run_is_refused(refused, among, window, message):
    peak = PEAK.replace("0/9", among)
    found = refused(rows=(*ROWS, f"flood,{window},,peak,0.1,s,"), added=peak)
    assert found.startswith(f"problem.toml: observable 'flood': {message}")


def test_a_peak_is_refused_where_the_run_ends_before_its_rivals(refused):
    found = refused((TOP, f"final_time = 6\n{TOP}"), rows=FLOOD, added=PEAK)
    assert (
        'the peak is sought outside of the run.\n    among = "0/9"\nName a span of the run with the' in found
    )


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        (
            "Level *",
            "the equation of 'water' cannot be read from '*' on.\n    water = Level *\nCorrect the equation",
        ),
        ("Level\n+ ", "the equation of 'water' cannot be read from '+' on.\n    water = Level +\n"),
        (
            "Levol",
            "the formula of 'water' names 'levol', which is not defined.\n    Levol\nDid you mean 'Level'?",
        ),
        ("zebra", "the formula of 'water' names 'zebra', which is not defined.\n    zebra\nName a variable"),
        ("loss", "the formula of 'water' names 'loss', which is not defined."),
        (
            "FROB(Level)",
            "the formula of 'water' cannot be used: FROB.\n    FROB(Level)\nWrite it another way.",
        ),
    ],
)
def test_a_formula_that_cannot_be_read_or_names_what_is_not_there_is_refused(refused, formula, message):
    found = refused((FORMULA, f'formula = """{formula}"""'), kind=ModelFileError)
    assert found.startswith("problem.toml: " + message)


@pytest.mark.parametrize(
    ("changed", "added", "message"),
    [
        (
            (TOP, f'polixy = "x"\n{TOP}'),
            "",
            "key 'polixy' is not known at the top level.\n    polixy = \"x\"\nDid you mean",
        ),
        ((TOP, "model "), "", "this is not TOML"),
        (
            ("minimum = 0.02", "minimum = 1"),
            "",
            "'minimum' is not below 'maximum' in [[parameter]] number 1.",
        ),
        (
            ("maximum = 200", "maximum = inf"),
            "",
            "key 'maximum' is wrong in [[parameter]] number 2.\n    maximum = inf",
        ),
        ((PARAMETERS, ""), "", "there is nothing to estimate.\n    {"),
        (
            (),
            parameter("loss", 1, 2),
            "id 'loss' stands twice in [[parameter]].\n    id = \"loss\"\nGive each [[param",
        ),
        ((), observable("water", "Level", "value", "litre"), "id 'water' stands twice in [[observable]]."),
        (
            (),
            parameter("p", 0, 2, more='scale = "log"'),
            "'minimum' is not above zero on a log scale in [[parameter]]",
        ),
        (('name = "Level"\n', ""), "", "'title' is missing in [[parameter]] number 2.\n    {"),
        (
            (),
            observable("o", "Level", "peak", ""),
            "'among' belongs to statistic = \"peak\", and to it alone in [[obs",
        ),
        (
            (),
            observable("o", "Level", "mean", "litre", 'among = "0/9"'),
            "'among' belongs to statistic = \"peak\"",
        ),
        (
            (),
            change("Supply", value=1, factor=2, begins=1),
            "both 'value' and 'factor' are given in [[change]] number",
        ),
        ((), change("Supply", begins=1), "neither 'value' nor 'factor' is given in [[change]] number 1."),
        ((), change("Supply", value=1), "key 'begins' is missing in [[change]] number 1."),
        (
            (),
            change("Supply", value=1, begins=2).replace("= 1", "= inf"),
            "key 'value' is wrong in [[change]] number 1.\n    value = inf\n'value' should be a finite number.",
        ),
        (
            (),
            change("Supply", value=[1], begins=2),
            "key 'value' is wrong in [[change]] number 1.\n    value = [1]\n",
        ),
        (
            (),
            change("Supply", value=1, begins=2).replace("= 2", "= true"),
            "'begins' is wrong in [[change]] number 1.",
        ),
        (
            (),
            parameter("p", 1, 2, more='prior = { distribution = "normal", mean = 1 }'),
            "a normal prior has 'mean' in [parameter.prior] of [[parameter]] number 3.\n    { distribution = ",
        ),
        (
            (),
            parameter("p", 1, 2, more='prior = { distribution = "uniform", mean = 1 }'),
            "a uniform prior has 'mean' in [parameter.prior] of [[parameter]] number 3.",
        ),
        (
            (),
            parameter("p", 1, 2, more='prior = { distribution = "lognormal" }'),
            "a lognormal prior has no numbers of its own in [parameter.prior] of [[parameter]] number 3.",
        ),
        (
            (),
            parameter("p", 1, 2, more='prior = { distribution = "exponential", mean = -1 }'),
            "the mean of an exponential prior is not above zero in [parameter.prior] of [[parameter]] number 3.",
        ),
        (
            (),
            parameter("p", -2, 0, more='prior = { distribution = "exponential", mean = 1 }'),
            "a prior that is exponential has no room below zero in [[parameter]] number 3.",
        ),
        (
            (),
            parameter("p", -2, 0, more='prior = { distribution = "lognormal", median = 1, sd = 1 }'),
            "a prior that is lognormal has no room below zero in [[parameter]] number 3.",
        ),
    ],
)
def test_a_problem_that_says_what_no_problem_may_say_is_refused(refused, changed, added, message):
    file = "problem.toml" if "TOML" not in message else "problem.toml:4"
    assert message in refused(*([changed] if changed else []), added=added, kind=ManifestError, file=file)


def test_there_is_no_such_case(tmp_path):
    with pytest.raises(
        UnknownNameError, match=r"No case is named 'influenza_1987'.\n    Known: .*\nDid you mean 'influ"
    ):
        load_case("influenza_1987")
    for path in ("no/such/folder", Path("zebra")):
        with pytest.raises(
            CalibrationError, match=r"there is no such case\.\n    neither a folder nor an id\nName a f"
        ):
            load_case(path)
    with pytest.raises(
        ManifestError, match=r"problem\.toml: the file cannot be read\.\n    No such file.*\nCheck"
    ):
        load_case(tmp_path)


def test_there_is_no_such_parameter(tank):
    with pytest.raises(
        UnknownNameError, match=r"No parameter of this case is named 'los'\.\n.*\nDid you mean 'loss'\?"
    ):
        tank.parameter("los")


def test_a_fault_of_the_model_s_own_file_names_that_file(write_case):
    folder = write_case(("Inflow = Supply", "Inflow = Suppli"))
    with pytest.raises(ModelFileError, match=r"tank\.mdl:6: .*'Suppli' is not defined"):
        load_case(folder)
