import json

import pytest
import xarray as xr

from sdmodels.figures.labels import heading_of, name_of, policy_titles, time_label, unit_of, with_unit


def test_a_unit_is_written_as_the_model_writes_it():
    assert unit_of({"units": "order/Week"}, "en") == "order/Week"


@pytest.mark.parametrize("unit", ["Dmnl", "dmnl", "1", "", "dimensionless"])
def test_a_variable_without_dimension_says_so(unit):
    assert unit_of({"units": unit}, "en") == "dimensionless"
    assert unit_of({"units": unit}, "zh") == "无量纲"


def test_a_chinese_unit_is_the_variables_own_else_made_of_known_ones():
    assert unit_of({"units": "order/Week", "units_zh": "件/周"}, "zh") == "件/周"
    assert unit_of({"units": "person"}, "zh") == "人"
    assert unit_of({"units": "widget"}, "zh") == "widget"


def test_a_power_of_ten_is_part_of_the_unit():
    assert with_unit("Cost", {"units": "CNY/Year"}, "en", 9) == "Cost [10⁹ CNY/Year]"
    assert unit_of({"units": "Dmnl"}, "en", -6) == "10⁻⁶ dimensionless"


def test_a_variable_without_a_chinese_title_keeps_its_name():
    variable = xr.DataArray(0.0, name="Orders", attrs={"title_zh": "工单"})
    assert name_of(variable, "en") == "Orders"
    assert name_of(variable, "zh") == "工单"
    assert name_of(variable.assign_attrs(title_zh=""), "zh") == "Orders"


def test_time_has_its_unit_in_both_languages():
    behaviour = xr.Dataset(coords={"time": ("time", [0.0], {"units": "Week"})})
    assert time_label(behaviour, "en") == "Time [Week]"
    assert time_label(behaviour, "zh") == "时间 [周]"
    assert time_label(behaviour.assign_attrs(time_units_zh="星期"), "zh") == "时间 [星期]"


def test_the_heading_is_in_the_language_if_it_can_be():
    assert heading_of({"title": "Hotline", "title_zh": "热线"}, "zh") == "热线"
    assert heading_of({"title": "Hotline"}, "zh") == "Hotline"
    assert heading_of({}, "en") == ""


def test_a_policy_without_a_title_goes_by_its_id():
    titles = json.dumps({"a": {"en": "A", "zh": "甲"}, "b": {"en": "B"}, "c": {}})
    assert policy_titles({"policy_titles": titles}, "zh") == {"a": "甲", "b": "B", "c": "c"}
    assert policy_titles({}, "en") == {}
