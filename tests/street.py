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
    **numbers: float,
) -> Entry:
    """Write and load the street with other numbers, with ranges, and with more of a manifest."""
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
    return load(folder)
