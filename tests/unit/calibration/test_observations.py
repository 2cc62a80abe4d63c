"""A row becomes an observation, or is refused in three lines: file and place, evidence, remedy."""

import math

import pytest
from tank import HEADER, ROWS, observable, parameter

from sdmodels.calibration.calendar import Span
from sdmodels.calibration.case import load_case
from sdmodels.errors import CalibrationError

CSV = "observations.csv"
MEAN = ('statistic = "value"', 'statistic = "mean"')
TOTAL = ('statistic = "value"\nunit = "litre"', 'statistic = "total"\nunit = "litre*Day"')
SPREAD = parameter("spread", 1, 20)


def test_a_row_says_what_was_measured_and_how(make_case):
    first, second = make_case().observations
    assert (first.row, second.row) == (2, 3)
    assert first.observable.id == "water"
    assert (first.when, first.span) == ("2", Span(begins=2.0, ends=2.0))
    assert (first.measured, first.distribution, first.spread, first.fixed) == (80.0, "normal", 5.0, ())
    assert (first.source, first.note, second.note) == ("made up", "", "a note")


def test_noise_may_have_a_parameter_and_fixed_numbers(make_case):
    rows = (*ROWS, "share,3,7,beta-binomial, 10 ; spread ,made up,")
    added = SPREAD + observable("share", "Level / 200 / One Litre", "value", "Dmnl")
    last = make_case(rows=rows, added=added).observations[-1]
    assert (last.fixed, last.spread) == ((10.0,), "spread")


def test_a_peak_has_no_number(make_case):
    added = observable("flood", "Level", "peak", "", 'among = "0/9"')
    last = make_case(rows=(*ROWS, "flood,0/3,,peak,0.1,made up,"), added=added).observations[-1]
    assert math.isnan(last.measured)


@pytest.mark.parametrize("mark", ["\ufeff", ""])
def test_a_file_may_be_saved_by_a_spreadsheet(write_case, mark):
    folder = write_case()
    text = mark + "\r\n".join([HEADER, "", '" water ", 2 ,8e1,normal,5,"made, up",', ",,,,,,", ""])
    (folder / CSV).write_bytes(text.encode())
    (only,) = load_case(folder).observations
    assert (only.row, only.when, only.measured, only.source) == (3, "2", 80.0, "made, up")


def test_the_note_may_be_left_out_and_columns_stand_in_any_order(write_case):
    folder = write_case()
    rows = "source,observableId,measurement,time,noiseParameters,noiseDistribution\ns,water,80,2,5,normal\n"
    (folder / CSV).write_text(rows)
    (only,) = load_case(folder).observations
    assert (only.source, only.measured, only.note) == ("s", 80.0, "")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("water,2,,normal,5,s,", "'measurement' is a gap.\n    water: an empty cell\nWrite the number,"),
        ("water,2,8O,normal,5,s,", "'measurement' is no number.\n    water: 8O\nWrite a number such as"),
        ("water,2,80 litre,normal,5,s,", "'measurement' is no number."),
        ("water,2,nan,normal,5,s,", "'measurement' is not a finite number.\n    water: nan\n"),
        ("water,2,-inf,normal,5,s,", "'measurement' is not a finite number."),
        (
            "water,2,-3,negative-binomial,5,s,",
            "'measurement' is no count such as 0, 1 or 2.\n    water: -3\n",
        ),
        ("water,2,3.5,negative-binomial,5,s,", "'measurement' is no count such as 0, 1 or 2."),
        ("water,2,1.2,beta,5,s,", "'measurement' is no rate between 0 and 1.\n    water: 1.2\nCorrect it,"),
        ("water,2,0,lognormal,5,s,", "'measurement' is not above zero, as lognormal noise needs."),
        ("water,2,11,beta-binomial,10;5,s,", "'measurement' is no count between 0 and 10.\n    water: 11\n"),
        ("water,2,1,beta-binomial,2.5;5,s,", "'measurement' is out of 2.5 trials, which is no count above"),
        (
            "watr,2,80,normal,5,s,",
            "'observableId' names no observable.\n    watr: watr\nDid you mean 'water'?",
        ),
        (
            "zzzz,2,80,normal,5,s,",
            "'observableId' names no observable.\n    zzzz: zzzz\nproblem.toml has water.",
        ),
        (",2,80,normal,5,s,", "'observableId' names no observable.\n    : an empty cell\n"),
        (
            "water,2,80,normaal,5,s,",
            "'noiseDistribution' is no noise model.\n    water: normaal\nDid you mean 'norm",
        ),
        (
            "water,2,80,,5,s,",
            "'noiseDistribution' is no noise model.\n    water: an empty cell\nChoose one of",
        ),
        (
            "water,2,,peak,5,s,",
            "'noiseDistribution' does not go with statistic = \"value\".\n    water: peak\n",
        ),
        (
            "water,2,80,normal,,s,",
            "'noiseParameters' is neither a number nor a parameter.\n    water: an empty",
        ),
        (
            "water,2,80,normal,0,s,",
            "'noiseParameters' is not above zero.\n    water: 0\nWrite a number above",
        ),
        ("water,2,80,normal,-1,s,", "'noiseParameters' is not above zero."),
        ("water,2,80,normal,inf,s,", "'noiseParameters' is not a finite number."),
        ("water,2,80,normal,nan,s,", "'noiseParameters' is not a finite number."),
        (
            "water,2,80,normal,2;5,s,",
            "'noiseParameters' does not have what normal noise needs.\n    water: 2;5",
        ),
        (
            "water,2,8,beta-binomial,5,s,",
            "what beta-binomial noise needs.\n    water: 5\nGive two numbers, such",
        ),
        ("water,2,8,beta-binomial,9;9;5,s,", "what beta-binomial noise needs.\n    water: 9;9;5\n"),
        ("water,2,8,beta-binomial,many;5,s,", "'noiseParameters' is no number.\n    water: many;5\n"),
        ("water,2,8,beta-binomial,;5,s,", "'noiseParameters' is a gap.\n    water: ;5\n"),
        (
            "water,2,80,normal,zebra,s,",
            "'noiseParameters' is neither a number nor a parameter.\n    water: ze",
        ),
        (
            "water,2,80,normal,los,s,",
            "is neither a number nor a parameter.\n    water: los\nDid you mean 'loss'?",
        ),
        (
            "water,2,80,normal,5,,",
            "'source' is empty.\n    water: an empty cell\nWrite where the number was read",
        ),
        (
            "water,-2,80,normal,5,s,",
            "'time' is outside of the run, -2 to -2 Day.\n    water: -2\nThe run lasts",
        ),
        ("water,May,80,normal,5,s,", "'time' cannot be read: 'May' is not a model time, and the case has no"),
        ("water,nan,80,normal,5,s,", "'time' cannot be read: 'nan' is not a model time, and the case has no"),
        ("water,,80,normal,5,s,", "'time' cannot be read: '' is not a model time"),
        (
            "water,5/2,80,normal,5,s,",
            "'time' cannot be read: the span '5/2' ends before it begins.\n    water: 5/2",
        ),
        (
            "water,0/5,80,normal,5,s,",
            "'time' is a window, and 'value' needs a moment.\n    water: 0/5\nWrite a d",
        ),
        (
            "water,2,80,normal,5,s",
            "the row has 6 cells, the header 7.\n    water,2,80,normal,5,s\nWrite one cell",
        ),
        ("water,2,80,normal,5,a, b,", "the row has 8 cells, the header 7.\n    water,2,80,normal,5,a, b,\n"),
    ],
)
def test_a_row_that_cannot_be_is_refused_at_its_cell(refused, row, message):
    assert refused(rows=(ROWS[0], row), file=CSV).startswith(f"{CSV}:3: ")
    assert message in refused(rows=(ROWS[0], row), file=CSV)


@pytest.mark.parametrize("statistic", ["total", "growth", "peak"])
def test_a_moment_is_refused_where_a_window_is_needed(refused, statistic):
    unit = "litre*Day" if statistic == "total" else ""
    more = 'among = "0/9"' if statistic == "peak" else ""
    noise = ",peak,1" if statistic == "peak" else "1,normal,1"
    message = refused(
        rows=(*ROWS, f"more,5,{noise},s,"), added=observable("more", "Level", statistic, unit, more), file=CSV
    )
    assert (
        f"{CSV}:4: 'time' is a moment, and '{statistic}' needs a window.\n    more: 5\nWrite a win" in message
    )


def test_a_window_is_refused_where_it_or_the_one_before_is_outside_of_the_run(refused):
    message = refused(
        ("model = ", "final_time = 4\nmodel = "),
        rows=("water,2,80,normal,5,s,", "water,5,62,normal,5,s,"),
        file=CSV,
    )
    assert (
        "3: 'time' is outside of the run, 5 to 5 Day.\n    water: 5\nThe run lasts from 0 to 4: move"
        in message
    )
    growth = observable("more", "Level", "growth", "")
    message = refused(rows=(*ROWS, "more,2/8,1.5,normal,1,s,"), added=growth, file=CSV)
    assert "4: 'time' is outside of the run, -4 to 8 Day.\n    more: 2/8\n" in message
    message = refused(MEAN, rows=("water,-1/8,1.5,normal,1,s,",), file=CSV)
    assert "2: 'time' is outside of the run, -1 to 8 Day.\n    water: -1/8\n" in message


def test_a_peak_is_refused_with_a_number_or_other_noise(refused):
    peak = observable("flood", "Level", "peak", "", 'among = "0/9"')
    message = refused(rows=(*ROWS, "flood,0/3,7,peak,0.1,s,"), added=peak, file=CSV)
    assert (
        "4: 'measurement' stands where the cell must be empty: a peak has no number.\n    flood: 7\n"
        in message
    )
    message = refused(rows=(*ROWS, "flood,0/3,7,normal,0.1,s,"), added=peak, file=CSV)
    assert (
        "4: 'noiseDistribution' does not go with statistic = \"peak\".\n    flood: normal\nThe noise"
        in message
    )


def test_a_spread_that_may_become_zero_is_refused(refused):
    message = refused(rows=(*ROWS, "water,6,50,normal,spread,s,"), added=parameter("spread", 0, 20), file=CSV)
    assert (
        "4: 'noiseParameters' may be 0, which is not above zero.\n    water: spread\nRaise the 'minimum'"
        in message
    )


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (HEADER.replace("note", "noet"), "1: the column 'noet' is not known.\n    observableId,time,"),
        (HEADER.replace("note", "noet"), "\nDid you mean 'note'?"),
        (HEADER.replace("note", "zebra"), "\nThe columns are observableId, time, measurement, noiseDist"),
        (HEADER.replace(",source", ""), "1: the column 'source' is missing.\n    observableId,time,"),
        (
            HEADER.replace("note", "time"),
            "1: the column 'time' stands twice.\n    observableId,time,measurement,",
        ),
        ("", "1: the column 'observableId' is missing.\n    no header\nThe columns are observableId, time,"),
    ],
)
def test_other_columns_are_refused(refused, header, message):
    assert message in refused((HEADER, header), file=CSV)


def test_no_observations_are_refused(refused):
    assert "there are no observations.\n    only a header\nWrite one row a measurement." in refused(
        rows=(), file=CSV
    )


def test_an_observable_that_is_measured_nowhere_is_refused(refused):
    message = refused(added=observable("more", "Level", "value", "litre"), file=CSV)
    assert (
        "the observable 'more' is measured nowhere.\n    [[observable]] of problem.toml\nAdd a row" in message
    )


def test_an_observable_that_is_predicted_need_not_be_measured(make_case):
    prediction = """
[[prediction.scenario]]
id = "dry"
title = { en = "D", zh = "旱" }
meaning = { en = "D", zh = "旱" }
[[prediction.variable]]
observable = "more"
each = "year"
"""
    assert len(make_case(added=observable("more", "Level", "value", "litre") + prediction).observations) == 2


def test_a_missing_file_is_named(write_case):
    folder = write_case()
    (folder / CSV).unlink()
    with pytest.raises(
        CalibrationError, match=r"observations\.csv: the file cannot be read\.\n    No such file.*\nThe ob"
    ):
        load_case(folder)


def test_a_file_in_another_encoding_is_refused(write_case):
    folder = write_case()
    (folder / CSV).write_bytes(HEADER.encode() + "\nwater,2,80,normal,5,热线,".encode("gb18030"))
    with pytest.raises(
        CalibrationError, match=r"the file is not UTF-8 text\.\n    byte 0x.. at position \d+\nSave it as"
    ):
        load_case(folder)
