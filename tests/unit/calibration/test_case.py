"""A case that fits its model is read; what is not there is refused."""

import datetime as dt
from pathlib import Path

import pytest
from tank import (
    FLOOD,
    FORMULA,
    GROWTH,
    PARAMETERS,
    PEAK,
    PREDICTION,
    ROWS,
    TOP,
    change,
    observable,
    parameter,
)

from sdmodels.calibration.case import cases, load_case
from sdmodels.errors import CalibrationError, ManifestError, ModelFileError, UnknownNameError


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
