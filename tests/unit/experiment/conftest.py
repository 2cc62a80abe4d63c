"""A small hotline with levers, uncertainties and policies of every form, made on the spot."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sdmodels.catalogue import Entry, load

DRAWING = """{UTF-8}
Backlog = INTEG(Arrival - Completion, 100)
    ~ order
    ~ Orders that wait.
    |
Arrival = Demand * 25
    ~ order/Week
    ~ Orders that come in.
    |
Completion = Backlog * Intensity / Handling Time
    ~ order/Week
    ~ Orders that are done.
    |
Strain = 1 / (Headroom - Intensity)
    ~ Dmnl
    ~ Infinite where the intensity reaches the headroom.
    |
Intensity = 0.5
    ~ Dmnl [0,1.5]
    ~ How much the technology is used.
    |
Headroom = 10
    ~ Dmnl
    ~ Assumption.
    |
Demand = 1
    ~ Dmnl [0,?]
    ~ Share of the usual demand.
    |
Handling Time = 2
    ~ Week
    ~ Assumption.
    |
district: North, South
    ~
    ~ Districts.
    |
Staff[district] = 3, 9
    ~ person
    ~ Assumption.
    |
All Staff = SUM(Staff[district!])
    ~ person
    ~ Of both districts.
    |
INITIAL TIME = 0
    ~ Week
    ~
    |
FINAL TIME = 20
    ~ Week
    ~
    |
TIME STEP = 0.25
    ~ Week
    ~
    |
SAVEPER = 1
    ~ Week
    ~
    |
"""

HEAD = """id = "hotline"
file = "hotline.mdl"
title = { en = "Hotline", zh = "热线" }
summary = { en = "Orders come and go.", zh = "工单来去。" }
source = "made for a test"

[[lever]]
name = "Intensity"
title = { en = "Intensity", zh = "强度" }
meaning = { en = "how much", zh = "多少" }
minimum = 0.0
maximum = 1.2

[[uncertainty]]
name = "Handling Time"
minimum = 1
maximum = 4
distribution = "log uniform"
source = "assumption"

[[uncertainty]]
name = "Demand"
minimum = 0.8
maximum = 1.2
source = "assumption"

[[variable]]
name = "Backlog"
zh = "工单积压"

[[unit]]
name = "order"
zh = "件"
"""

ALTERNATIVES = {
    "policy": {
        "always": [{"name": "Intensity", "value": 0.8}],
        "half": [{"name": "Intensity", "factor": 0.5}],
        "later": [{"name": "intensity", "value": 0.8, "begins": 5}],
        "episode": [{"name": "Intensity", "value": 0.8, "begins": 5, "ends": 8}],
        "ramp": [{"name": "Intensity", "value": 0.9, "begins": 4, "over": 8}],
        "slow_start": [{"name": "Intensity", "value": 0.9, "over": 10}],
        "until": [{"name": "Intensity", "value": 0.8, "ends": 8}],
        "twice": [
            {"name": "Intensity", "value": 0.8, "begins": 5},
            {"name": "Intensity", "factor": 0.5, "begins": 10, "ends": 12},
        ],
        "both": [
            {"name": "Intensity", "value": 0.8, "begins": 5},
            {"name": "Handling Time", "factor": 2, "begins": 7},
        ],
    },
    "scenario": {
        "pulse": [{"name": "Demand", "value": 3, "begins": 6, "ends": 9}],
        "more": [{"name": "Demand", "factor": 2}],
    },
}


def _tables() -> str:
    lines = []
    for table, alternatives in ALTERNATIVES.items():
        for name, changes in alternatives.items():
            text = '{ en = "Of a test", zh = "测试" }'
            lines.append(f'[[{table}]]\nid = "{name}"\ntitle = {text}\nmeaning = {text}')
            for change in changes:
                lines.append(f"[[{table}.change]]")
                lines += [f'{k} = "{v}"' if isinstance(v, str) else f"{k} = {v}" for k, v in change.items()]
    return "\n".join(lines) + "\n"


def _loaded(parent: Path, replaced: tuple[str, str] = ("", "")) -> Entry:
    folder = parent / "hotline"
    folder.mkdir()
    (folder / "hotline.mdl").write_text(DRAWING, encoding="utf-8")
    toml = HEAD.replace(*replaced, 1) + _tables()
    (folder / "model.toml").write_text(toml, encoding="utf-8")
    return load(folder)


@pytest.fixture
def make_hotline(tmp_path: Path) -> Callable[..., Entry]:
    """Write and load the hotline with one text of the manifest replaced."""

    def make(*, manifest: tuple[str, str]) -> Entry:
        assert manifest[0] in HEAD
        return _loaded(tmp_path, manifest)

    return make


@pytest.fixture(scope="session")
def hotline(tmp_path_factory: pytest.TempPathFactory) -> Entry:
    """The hotline without fault; a run does not change it (``test_a_run_changes_neither_...``)."""
    return _loaded(tmp_path_factory.mktemp("experiment"))
