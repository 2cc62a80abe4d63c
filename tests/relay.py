"""A model whose experiments have answers that are known exactly."""

from pathlib import Path

DRAWING = """{UTF-8}
Burden = (Effort - Best) ^ 2 + Extra
    ~ order
    ~ Least where the effort is best.
    |
Strain = Burden / (Headroom - Effort)
    ~ order
    ~ Infinite where the effort reaches the headroom.
    |
Level = (Time - Turn) ^ 2
    ~ order
    ~ Least at the turn.
    |
Condition = INTEG(Change, 1)
    ~ Dmnl
    ~ Lost above one effort, regained below a lower one.
    |
Change = IF THEN ELSE(Effort > High, - Condition, IF THEN ELSE(Effort < Low, 1 - Condition, 0)) / Delay
    ~ 1/Week
    ~ A relay.
    |
Effort = 0.5
    ~ Dmnl [0,2]
    ~ Assumption.
    |
Best = 1
    ~ Dmnl
    ~ Assumption.
    |
Extra = 0
    ~ order
    ~ Assumption.
    |
Headroom = 10
    ~ Dmnl
    ~ Assumption.
    |
Turn = 10
    ~ Week
    ~ Assumption.
    |
High = 1.25
    ~ Dmnl
    ~ Assumption.
    |
Low = 0.6
    ~ Dmnl
    ~ Assumption.
    |
Delay = 0.25
    ~ Week
    ~ Assumption.
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

MANIFEST = """id = "relay"
file = "relay.mdl"
title = { en = "Relay", zh = "继电器" }
summary = { en = "On and off.", zh = "开与关。" }
source = "made for a test"
[[lever]]
name = "Effort"
title = { en = "Effort", zh = "力度" }
meaning = { en = "how much", zh = "多少" }
minimum = 0
maximum = 2
[[uncertainty]]
name = "Best"
minimum = 0.5
maximum = 1.5
source = "assumption"
[[uncertainty]]
name = "Turn"
minimum = 5
maximum = 12
source = "assumption"
[[policy]]
id = "eager"
title = { en = "Eager", zh = "积极" }
meaning = { en = "more", zh = "更多" }
[[policy.change]]
name = "Extra"
value = 7
[[scenario]]
id = "late"
title = { en = "Late", zh = "晚" }
meaning = { en = "later", zh = "更晚" }
[[scenario.change]]
name = "Turn"
value = 15
[[variable]]
name = "Burden"
zh = "负担"
[[variable]]
name = "Condition"
zh = "状况"
[[unit]]
name = "order"
zh = "件"
"""

TEXTS = 'title = { en = "T", zh = "题" }\nquestion = { en = "Q?", zh = "问？" }\n'
EXPERIMENTS = f"""[[experiment]]
id = "best"
kind = "sweep"
{TEXTS}note = {{ en = "A note.", zh = "说明。" }}
members = 20
lever = "effort"
minimum = 0
maximum = 2
steps = 21
[[experiment.variant]]
id = "base"
title = {{ en = "As it is", zh = "现状" }}
[[experiment.variant]]
id = "far"
title = {{ en = "The best is far", zh = "最优很远" }}
[[experiment.variant.change]]
name = "Best"
value = 3
[[experiment.read]]
id = "burden"
title = {{ en = "Burden at the end", zh = "期末负担" }}
variable = "Burden"
statistic = "final"
better = "lower"
[[experiment.read]]
id = "condition"
title = {{ en = "Condition at the end", zh = "期末状况" }}
variable = "Condition"
statistic = "final"
better = "higher"
[experiment.onset]
variable = "condition"
below = 0.5
[experiment.tip]
variable = "Condition"
falls = 0.5

[[experiment]]
id = "back"
kind = "ramp"
{TEXTS}members = 12
lever = "Effort"
start = 0.2
peak = 1.8
begins = 8
up = 160
hold = 4
down = 160
variables = ["Condition", "Burden"]
[experiment.tip]
variable = "Condition"
below = 0.5

[[experiment]]
id = "turn"
kind = "course"
{TEXTS}members = 15
[[experiment.change]]
name = "Extra"
value = 2
[[experiment.arm]]
id = "base"
title = {{ en = "As it is", zh = "现状" }}
[[experiment.arm]]
id = "late"
title = {{ en = "Late", zh = "晚" }}
policy = "eager"
scenario = "late"
[[experiment.panel]]
title = {{ en = "Burden and level", zh = "负担与水平" }}
variables = ["Burden", "Level"]
[[experiment.date]]
id = "least"
title = {{ en = "The level is least", zh = "水平最低" }}
variable = "Level"
of = "minimum"
[[experiment.date]]
id = "back"
title = {{ en = "The level is back", zh = "水平恢复" }}
variable = "Level"
of = "rises above"
value_at = 4
begins = 4
"""


def write_relay(parent: Path, *replaced: str) -> Path:
    """Write the relay with texts of its experiments replaced; return its folder."""
    text = EXPERIMENTS
    for old, new in zip(replaced[::2], replaced[1::2], strict=True):
        assert old in text, old
        text = text.replace(old, new, 1)
    folder = parent / "relay"
    folder.mkdir()
    (folder / "relay.mdl").write_text(DRAWING, encoding="utf-8")
    (folder / "model.toml").write_text(MANIFEST, encoding="utf-8")
    (folder / "experiments.toml").write_text(text, encoding="utf-8")
    return folder
