from pathlib import Path

import pytest

from sdmodels.catalogue import BASELINE, NORMAL, Manifest, read_manifest


@pytest.fixture
def manifest(folder: Path) -> Manifest:
    return read_manifest(folder / "model.toml")


@pytest.mark.parametrize(
    ("variable", "title"),
    [
        ("Order Backlog", "工单积压"),
        ("order_backlog", "工单积压"),
        ("Order Backlog[North]", "工单积压[North]"),
        ("Application Intensity", "技术应用强度"),
        ("Usual Demand", "Usual Demand"),
        ("Time", "时间"),
    ],
)
def test_a_label_has_the_chinese_name_where_there_is_one(
    manifest: Manifest, variable: str, title: str
) -> None:
    assert manifest.title_of(variable, "zh") == title
    assert manifest.title_of(variable, "en") == variable


def test_units_take_the_manifest_s_names(manifest: Manifest) -> None:
    assert manifest.unit_in("order/Week", "zh") == "件/周"
    assert manifest.unit_in("order/Week", "en") == "order/Week"


def test_a_manifest_is_a_value(manifest: Manifest, folder: Path) -> None:
    again = read_manifest(folder / "model.toml")
    assert manifest == again
    assert hash(manifest) == hash(again)


def test_nothing_changes_in_the_baseline_and_in_normal_times() -> None:
    assert (BASELINE.changes, NORMAL.changes) == ((), ())
    assert (BASELINE.title.zh, NORMAL.title.zh) == ("基准", "常态")
