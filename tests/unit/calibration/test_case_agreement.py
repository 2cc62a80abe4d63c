"""A case that does not fit its model is refused in three lines that name the file."""

import pytest
from tank import (
    FLOOD,
    FORMULA,
    GROWTH,
    PEAK,
    PREDICTION,
    ROWS,
    TOP,
    UNIT,
    change,
    observable,
    parameter,
)

from sdmodels.errors import ManifestError, ModelFileError

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


def test_a_parameter_of_a_change_has_the_unit_of_what_it_sets(refused):
    course = change("Supply", value="fed", begins=1)
    found = refused(added=parameter("fed", 1, 3, unit="cm") + course)
    assert (
        "[[change]] of 'Supply': units do not fit.\n    litre/Day in the model, cm in the case: value = fed\n"
        in found
    )
    ramp = change("Supply", value=1, begins=1, over="long")
    found = refused(added=parameter("long", 1, 3, unit="litre") + ramp)
    assert "Day in the model, litre in the case: over = long\n" in found


def test_a_change_before_the_run_is_refused(refused):
    assert "it begins before the run.\n    begins = -1.0\nWrite a later time." in refused(
        added=change("Supply", value=1, begins=-1)
    )


def test_a_growth_without_a_window_before_it_is_refused(refused):
    found = refused(added=GROWTH.replace('window = "2/4"', 'window = "1/4"'))
    assert '[growth]: the window before it begins before the run.\n    window = "1/4"\n' in found


def test_a_cause_to_which_nothing_belongs_is_refused(refused):
    found = refused(added=GROWTH.split("[[growth.cause.cut]]")[0])
    assert "[growth]: nothing belongs to the cause 'supply'.\n    id = \"supply\"\n" in found


def test_a_date_long_after_the_model_s_own_end_is_refused(refused):
    found = refused(rows=(*ROWS, "water,2500,1,normal,1,s,"), file="observations.csv")
    assert "column 'time': beyond 20 times the model's own length.\n    2500\n" in found


def test_the_same_row_twice_is_refused(refused):
    found = refused(rows=(*ROWS, ROWS[0]), file="observations.csv")
    assert "the row is that of line 2.\n" in found


@pytest.mark.parametrize("table", ["growth.cause", "prediction.scenario"])
def test_ids_of_causes_and_scenarios_stand_once(refused, table):
    both = GROWTH + PREDICTION
    start = both.index(f"[[{table}]]")
    own = both[start : both.index("source", start) if "prediction" in table else len(GROWTH)]
    added = both + (own + 'source = "s"\n' if "prediction" in table else own)
    found = refused(added=added, kind=ManifestError)
    assert f"stands twice in [[{table}]]" in found
