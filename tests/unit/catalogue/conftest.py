"""A small model in a folder of its own, and a way to break its manifest."""

from collections.abc import Callable
from pathlib import Path

import pytest

DRAWING = """{UTF-8}
Order Backlog = INTEG(Order Arrival - Order Completion, 100)
    ~ order
    ~ Orders that wait.
    |
Order Arrival = Demand Multiplier * Usual Demand
    ~ order/Week
    ~ Orders that come in.
    |
Order Completion = Order Backlog * Application Intensity * Effect Of Haste(Order Backlog) / Handling Time
    ~ order/Week
    ~ Orders that are done.
    |
Effect Of Haste((0,1),(1000,2))
    ~ Dmnl
    ~ Haste under a large backlog.
    |
Application Intensity = 0.5
    ~ Dmnl
    ~ How much the technology is used.
    |
Demand Multiplier = 1
    ~ Dmnl
    ~ Share of the usual demand.
    |
Handling Time = 2
    ~ Week
    ~ Assumption.
    |
Usual Demand = 25
    ~ order/Week
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
INITIAL TIME = 0
    ~ Week
    ~
    |
FINAL TIME = 104
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

MANIFEST = """id = "hotline"
file = "hotline.mdl"
title = { en = "Hotline", zh = "热线" }
summary = { en = "Orders come and go.", zh = "工单来去。" }
source = "made for a test"

[[lever]]
name = "Application Intensity"
title = { en = "Application intensity", zh = "技术应用强度" }
meaning = { en = "how much", zh = "多少" }
minimum = 0.0
maximum = 1.5

[[uncertainty]]
name = "Handling Time"
minimum = 1
maximum = 4
distribution = "log uniform"
source = "assumption"

[[policy]]
id = "low_intensity"
title = { en = "Low", zh = "低" }
meaning = { en = "less", zh = "少" }
[[policy.change]]
name = "Application Intensity"
factor = 0.5

[[policy]]
id = "high_intensity"
title = { en = "High", zh = "高" }
meaning = { en = "more", zh = "多" }
[[policy.change]]
name = "application_intensity"
value = 0.8
begins = 52
ends = 60
over = 4

[[scenario]]
id = "demand_pulse"
title = { en = "Pulse", zh = "冲击" }
meaning = { en = "a pulse", zh = "一次冲击" }
[[scenario.change]]
name = "Demand Multiplier"
value = 3
begins = 20

[[outcome]]
id = "burden"
title = { en = "Burden", zh = "负担" }
variable = "Order Backlog"
statistic = "final"
better = "lower"

[[loop]]
id = "B1"
title = { en = "Working off", zh = "消化积压" }
polarity = "balancing"
variables = ["Order Backlog", "Order Completion"]
switch = "Demand Multiplier"

[[variable]]
name = "Order Backlog"
zh = "工单积压"

[[unit]]
name = "order"
zh = "件"

[figures]
trajectories = ["Order Backlog", "Order Arrival"]
phase = ["Order Completion", "Order Backlog"]

[[reality_check]]
id = "no_demand"
title = { en = "No demand", zh = "没有需求" }
[[reality_check.change]]
name = "Usual Demand"
value = 0
[[reality_check.expect]]
variable = "Order Backlog"
statistic = "initial"
relation = "equals"
baseline = 1.0
tolerance = 1e-6
"""

Edit = Callable[..., Path]


@pytest.fixture
def drawing() -> str:
    """The text of the model file."""
    return DRAWING


@pytest.fixture
def manifest_text() -> str:
    """The text of the manifest."""
    return MANIFEST


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model folder without fault."""
    folder = tmp_path / "hotline"
    folder.mkdir()
    (folder / "hotline.mdl").write_text(DRAWING, encoding="utf-8")
    (folder / "model.toml").write_text(MANIFEST, encoding="utf-8")
    return folder


@pytest.fixture
def edit(folder: Path) -> Edit:
    """Replace texts that stand once in the manifest: ``edit(old, new, old, new, ...)``."""

    def replace(*texts: str) -> Path:
        path = folder / "model.toml"
        written = path.read_text(encoding="utf-8")
        for old, new in zip(texts[::2], texts[1::2], strict=True):
            assert written.count(old) == 1, f"{old!r} stands {written.count(old)} times"
            written = written.replace(old, new)
        path.write_text(written, encoding="utf-8")
        return path

    return replace
