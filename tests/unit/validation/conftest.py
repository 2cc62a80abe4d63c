"""A small catalogue model that passes every check, and ways to break it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sdmodels.readers import read
from sdmodels.structure.model import Model

# In equilibrium: 50 orders arrive and 100 / 2 are done.
DRAWING = """{UTF-8}
Order Backlog = INTEG(Order Arrival - Order Completion, 100)
    ~ order
    ~ Orders that wait.
    |
Orders Done = INTEG(Order Completion, 0)
    ~ order
    ~ Total since the beginning.
    |
Order Arrival = Usual Demand * Demand Multiplier * Switch Repeats
    ~ order/Week
    ~ Orders that come in.
    |
Order Completion = Order Backlog / Handling Time
    ~ order/Week
    ~ Orders that are done.
    |
Backlog Share = Order Backlog / Usual Backlog
    ~ Dmnl
    ~ How full the desk is.
    |
Usual Backlog = 100
    ~ order
    ~ Assumption.
    |
Handling Time = 2
    ~ Week
    ~ Source: Zhang 2021, table 3.
    |
Demand Multiplier = 1
    ~ Dmnl
    ~ Assumption: the usual demand.
    |
Usual Demand = 50
    ~ order/Week
    ~ 来源:年度报告。
    |
Switch Repeats = 1
    ~ Dmnl
    ~ 1: orders arrive, 0: none do.
    |
INITIAL TIME = 0
    ~ Week
    ~
    |
FINAL TIME = 104
    ~ Week
    ~
    |
TIME STEP = 0.0625
    ~ Week
    ~
    |
SAVEPER = 1
    ~ Week
    ~
    |
"""

MANIFEST = """id = "desk"
file = "desk.mdl"
title = { en = "Desk", zh = "热线" }
summary = { en = "Orders come and go.", zh = "工单来去。" }
source = "made for a test"

[[lever]]
name = "Handling Time"
title = { en = "Handling time", zh = "办理时长" }
meaning = { en = "how long", zh = "多久" }
minimum = 1
maximum = 4

[[policy]]
id = "faster"
title = { en = "Faster", zh = "加快" }
meaning = { en = "half the time", zh = "时间减半" }
[[policy.change]]
name = "Handling Time"
factor = 0.5
begins = 52

[[outcome]]
id = "burden"
title = { en = "Burden", zh = "负担" }
variable = "Order Backlog"
statistic = "mean"
better = "lower"

[[loop]]
id = "B1"
title = { en = "Working off", zh = "消化积压" }
polarity = "balancing"
variables = ["Order Backlog", "Order Completion"]
switch = "Switch Repeats"

[[reality_check]]
id = "no_demand"
title = { en = "No demand, no backlog", zh = "没有需求就没有积压" }
[[reality_check.change]]
name = "Usual Demand"
value = 0
[[reality_check.expect]]
variable = "Order Backlog"
statistic = "final"
relation = "at most"
value = 1e-3
[[reality_check.expect]]
variable = "Order Backlog"
statistic = "initial"
relation = "equals"
baseline = 1.0
tolerance = 1e-6
"""

Break = Callable[..., Path]


@pytest.fixture
def desk(tmp_path: Path) -> Break:
    """Write the model folder with texts replaced: ``desk(old, new, old, new, ...)``."""

    def write(*texts: str) -> Path:
        drawing, manifest = DRAWING, MANIFEST
        for old, new in zip(texts[::2], texts[1::2], strict=True):
            assert drawing.count(old) + manifest.count(old) == 1, f"{old!r} does not stand once"
            drawing, manifest = drawing.replace(old, new), manifest.replace(old, new)
        folder = tmp_path / "desk"
        folder.mkdir(exist_ok=True)
        (folder / "desk.mdl").write_text(drawing, encoding="utf-8")
        (folder / "model.toml").write_text(manifest, encoding="utf-8")
        return folder

    return write


@pytest.fixture
def bare(tmp_path: Path) -> Callable[..., Model]:
    """Read a model file without manifest, with texts replaced as in ``desk``."""

    def write(*texts: str) -> Model:
        drawing = DRAWING
        for old, new in zip(texts[::2], texts[1::2], strict=True):
            assert drawing.count(old) == 1, f"{old!r} does not stand once"
            drawing = drawing.replace(old, new)
        path = tmp_path / "bare.mdl"
        path.write_text(drawing, encoding="utf-8")
        return read(path)

    return write
