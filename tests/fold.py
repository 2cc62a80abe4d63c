"""A meadow whose tip and whose slowing down before it are known in closed form.

Grass ``c`` obeys ``c' = c (Growth c (1 - c) - Grazing Demand) / Time``. It has a lasting state
``(1 + sqrt(1 - 4 Grazing / Growth)) / 2`` while ``4 Grazing <= Growth``, and dies out beyond. On the way there its
rate of return, ``c Growth sqrt(1 - 4 Grazing / Growth) / Time``, goes to zero. The fence falls at once where the
grazing exceeds ``Strength``, and nothing announces it: ``Visitors`` follow the demand alone.
"""

from pathlib import Path

from sdmodels.catalogue import Entry, load

DRAWING = """{UTF-8}
Grass = INTEG(Grass * (Growth * Grass * (1 - Grass) - Grazing * Demand) / Adjustment Time, Start)
    ~ Dmnl
    ~ What grows and is grazed.
    |
Start = (1 + SQRT(MAX(0, 1 - 4 * 0.1 / Growth))) / 2
    ~ Dmnl
    ~ Its lasting state at the first value.
    |
Fence = IF THEN ELSE(Grazing > Strength, 0, 1) + 0 * SQRT(Headroom - Grazing)
    ~ Dmnl
    ~ Stands or not.
    |
Visitors = INTEG((Demand - Visitors) / Adjustment Time, 1)
    ~ Dmnl
    ~ Know nothing of the fence.
    |
Grazing = 0.1
    ~ Dmnl [0,2]
    ~ What a policy sets.
    |
Growth = 1
    ~ Dmnl
    ~ Of grass.
    |
Strength = 0.3
    ~ Dmnl
    ~ Of the fence.
    |
Headroom = 10
    ~ Dmnl
    ~ Beyond it nothing is a number.
    |
Demand = 1
    ~ Dmnl [0,?]
    ~ Against normal.
    |
Adjustment Time = 1
    ~ Week
    ~ Of grass and visitors.
    |
INITIAL TIME = 0 ~ Week ~ |
FINAL TIME = 500 ~ Week ~ |
TIME STEP = 0.25 ~ Week ~ |
SAVEPER = 1 ~ Week ~ |
"""
MANIFEST = """id = "meadow"
file = "meadow.mdl"
title = { en = "Meadow", zh = "草地" }
summary = { en = "A meadow.", zh = "草地。" }
source = "made for a test"
[[lever]]
name = "Grazing"
title = { en = "Grazing", zh = "放牧" }
meaning = { en = "how much", zh = "多少" }
minimum = 0.0
maximum = 2.0
[[uncertainty]]
name = "Growth"
minimum = 1.0
maximum = 2.6
source = "assumption"
[[uncertainty]]
name = "Strength"
minimum = 0.25
maximum = 0.65
source = "assumption"
[[scenario]]
id = "crowded"
title = { en = "Crowded", zh = "拥挤" }
meaning = { en = "more", zh = "更多" }
[[scenario.change]]
name = "Demand"
factor = 1.1
begins = 20
[[variable]]
name = "Grass"
zh = "草量"
[[variable]]
name = "Demand"
zh = "需求"
"""
EXPERIMENT = """[[experiment]]
id = "announced"
kind = "noise"
title = { en = "Does it announce its tip?", zh = "突变有预兆吗？" }
question = { en = "Q?", zh = "问？" }
note = { en = "A note.", zh = "说明。" }
members = 64
lever = "grazing"
values = [0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45]
begins = 10
variable = "Grass"
window = 250
lag = 2
[experiment.noise]
constant = "demand"
deviation = 0.01
correlation = 4
settle = 100
[experiment.tip]
variable = "Grass"
falls = 0.2
"""


def write_meadow(parent: Path, *replaced: str) -> Entry:
    """Write and load the meadow, with texts of its files replaced."""
    texts = [DRAWING, MANIFEST, EXPERIMENT]
    for old, new in zip(replaced[::2], replaced[1::2], strict=True):
        place = next(number for number, text in enumerate(texts) if old in text)
        texts[place] = texts[place].replace(old, new, 1)
    folder = parent / "meadow"
    folder.mkdir()
    for name, text in zip(("meadow.mdl", "model.toml", "experiments.toml"), texts, strict=True):
        (folder / name).write_text(text, encoding="utf-8")
    return load(folder)
