"""A street whose optimum, whose tip and whose tolerance of shocks are known in closed form.

With load ``rho = Load * Lever * Demand`` and decay ``d = 1 - Condition`` the street obeys
``d' = (rho * (1 + Response * d) - Slack - d) / Time`` inside of ``0 <= d <= 1``: sound while ``rho <= Slack``;
beyond, all is lost where ``rho * Response > 1`` (a tip), and ``(rho - Slack) / (1 - rho * Response)`` elsewhere.
"""

from collections.abc import Mapping
from pathlib import Path

from sdmodels.catalogue import Entry, load

DRAWING = """{UTF-8}
Condition = INTEG((MAX(0, MIN(1, 1 + Slack - Needed)) - Condition) / Adjustment Time, 1)
    ~ Dmnl
    ~ Of routine work.
    |
Needed = Load * Lever * Demand * (1 + Response * (1 - Condition))
    ~ Dmnl
    ~ Hours that orders take, relative to those of routine work.
    |
Burden = Base + Curvature * (Lever - Best) ^ 2 + Damage * (1 - Condition) + 0 * SQRT(Headroom - Lever)
    ~ problem
    ~ What is not solved; not a number beyond the headroom.
    |
Lever = 0.1
    ~ Dmnl [0,2]
    ~ What a policy sets.
    |
Best = 0.5
    ~ Dmnl
    ~ Where the parabola is least.
    |
Base = 10
    ~ problem
    ~ At the best value.
    |
Curvature = 100
    ~ problem
    ~ Of the parabola.
    |
Damage = 0
    ~ problem
    ~ Of decayed routine work.
    |
Headroom = 10
    ~ Dmnl
    ~ Beyond it nothing is a number.
    |
Load = 0
    ~ Dmnl
    ~ Of orders.
    |
Slack = 0.25
    ~ Dmnl
    ~ Spare hours.
    |
Response = 8
    ~ Dmnl
    ~ Of orders to decay.
    |
Demand = 1
    ~ Dmnl [0,?]
    ~ Against normal.
    |
Adjustment Time = 5
    ~ Week
    ~ Of routine work.
    |
Idle = 0
    ~ Dmnl
    ~ Decides nothing but is drawn.
    |
Unused = Idle + Slack
    ~ Dmnl
    ~ Something that is computed.
    |
INITIAL TIME = 0
    ~ Week
    ~ |
FINAL TIME = 300
    ~ Week
    ~ |
TIME STEP = 0.125
    ~ Week
    ~ |
SAVEPER = 1
    ~ Week
    ~ |
"""

HEAD = """id = "street"
file = "street.mdl"
title = { en = "Street", zh = "街道" }
summary = { en = "A street.", zh = "街道。" }
source = "made for a test"

[[lever]]
name = "Lever"
title = { en = "Lever", zh = "杠杆" }
meaning = { en = "how much", zh = "多少" }
minimum = 0.0
maximum = 2.0

[[variable]]
name = "Slack"
zh = "工时余量"
"""


def write_street(
    parent: Path,
    *,
    ranges: Mapping[str, tuple[float, float]] | None = None,
    manifest: str = "",
    experiments: str = "",
    **numbers: float,
) -> Entry:
    """Write and load the street with other numbers, with ranges, more of a manifest, and experiments."""
    drawing = DRAWING
    drawn = {"Idle": (0, 1)} if ranges is None else ranges
    for name, number in ({name: sum(ends) / 2 for name, ends in drawn.items()} | numbers).items():
        line = next(line for line in drawing.splitlines() if line.startswith(f"{name} = "))
        drawing = drawing.replace(line, f"{name} = {number}")
    tables = "".join(
        f'\n[[uncertainty]]\nname = "{name}"\nminimum = {low}\nmaximum = {high}\nsource = "assumption"\n'
        for name, (low, high) in drawn.items()
    )
    folder = parent / "street"
    folder.mkdir()
    (folder / "street.mdl").write_text(drawing, encoding="utf-8")
    (folder / "model.toml").write_text(HEAD + tables + manifest, encoding="utf-8")
    if experiments:
        (folder / "experiments.toml").write_text(experiments, encoding="utf-8")
    return load(folder)


TEXTS = 'title = { en = "T", zh = "题" }\nquestion = { en = "Q?", zh = "问？" }\n'
MORE = """
[[uncertainty]]
name = "Best"
minimum = 0.3
maximum = 0.7
source = "assumption"
[[policy]]
id = "far"
title = { en = "Far", zh = "远" }
meaning = { en = "0.3", zh = "0.3" }
[[policy.change]]
name = "Lever"
value = 0.3
[[policy]]
id = "near"
title = { en = "Near", zh = "近" }
meaning = { en = "0.5", zh = "0.5" }
[[policy.change]]
name = "Lever"
value = 0.5
[[policy]]
id = "beyond"
title = { en = "Beyond", zh = "过" }
meaning = { en = "0.9", zh = "0.9" }
[[policy.change]]
name = "Lever"
value = 0.9
[[scenario]]
id = "rise"
title = { en = "Rise", zh = "上升" }
meaning = { en = "a higher base", zh = "基数更高" }
[[scenario.change]]
name = "Base"
value = 30
[[outcome]]
id = "burden"
title = { en = "Burden at the end", zh = "期末负担" }
variable = "Burden"
statistic = "final"
better = "lower"
[[outcome]]
id = "needed"
title = { en = "Hours at the end", zh = "期末工时" }
variable = "Needed"
statistic = "final"
better = "neither"
"""
SEARCHES = f"""[[experiment]]
id = "where"
kind = "modes"
{TEXTS}note = {{ en = "A note.", zh = "说明。" }}
members = 64
lever = "lever"
minimum = 0.1
maximum = 1
steps = 10
begins = 20
burden = "Burden"
condition = "Condition"

[[experiment]]
id = "stand"
kind = "shock"
{TEXTS}members = 64
lever = "Lever"
values = [0.1, 1]
burden = "Burden"
condition = "Condition"
[experiment.shock]
constant = "Demand"
sizes = [1.5, 3]
begins = 40

[[experiment]]
id = "which"
kind = "ranking"
{TEXTS}members = 64
outcomes = ["burden"]
[[experiment.candidate]]
policies = ["baseline"]
[[experiment.candidate]]
policies = ["far"]
group = "middle"
[[experiment.candidate]]
policies = ["near"]
group = "middle"
[[experiment.candidate]]
policies = ["beyond"]
group = "edge"
[[experiment.group]]
id = "middle"
title = {{ en = "In the middle", zh = "居中" }}
[[experiment.group]]
id = "edge"
title = {{ en = "At the edge", zh = "边缘" }}
"""


def write_searches(parent: Path, *replaced: str, **numbers: float) -> Entry:
    """Write and load the street with an experiment of each search, with texts of them replaced.

    It tips at a slack that its load exceeds; 0.5 is best for the lever, give or take 0.2.
    """
    text = SEARCHES
    for old, new in zip(replaced[::2], replaced[1::2], strict=True):
        assert old in text, old
        text = text.replace(old, new, 1)
    given = {"Load": 1.0, "Damage": 50.0, **numbers}
    return write_street(parent, ranges={"Slack": (0.5, 1.5)}, manifest=MORE, experiments=text, **given)
