"""A tank that drains, so that every number has an exact answer; and the files of its case."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

STEP, SAVED = 0.25, 0.5
DRAWING = f"""{{UTF-8}}
Level = INTEG(Inflow - Outflow, 100)
    ~ litre
    ~ What is in the tank.
    |
Inflow = Supply
    ~ litre/Day
    ~ What comes in.
    |
Outflow = Level * Loss Rate
    ~ litre/Day
    ~ What runs out.
    |
Supply = 0
    ~ litre/Day
    ~ Assumption.
    |
Loss Rate = 0.1
    ~ 1/Day [0,2]
    ~ Assumption.
    |
Glass((0,0),(100,10),(200,30))
    ~ cm
    ~ How high the water stands at which level.
    |
Height = Glass(Level / One Litre)
    ~ cm
    ~ Read at the glass.
    |
One Litre = 1
    ~ litre
    ~ A unit.
    |
Root = SQRT(Depth - 1)
    ~ Dmnl
    ~ Has no value below a depth of 1.
    |
Depth = 2
    ~ Dmnl
    ~ Assumption.
    |
INITIAL TIME = 0
    ~ Day
    ~ |
FINAL TIME = 20
    ~ Day
    ~ |
TIME STEP = {STEP}
    ~ Day
    ~ |
SAVEPER = {SAVED}
    ~ Day
    ~ |
"""
MANIFEST = """id = "tank"
file = "tank.mdl"
title = { en = "Tank", zh = "水箱" }
summary = { en = "Water runs out.", zh = "水流出。" }
source = "made for a test"

[[uncertainty]]
name = "Supply"
minimum = 0
maximum = 8
source = "assumption"

[[uncertainty]]
name = "One Litre"
minimum = 0.5
maximum = 2
distribution = "log uniform"
source = "assumption"

[[variable]]
name = "Loss Rate"
zh = "流失率"

[[table]]
name = "Glass"
shape = "rising"
through = [100, 10]
slope = { minimum = 0.5, maximum = 1.5, source = "assumption" }

[[policy]]
id = "refill"
title = { en = "Refill", zh = "加水" }
meaning = { en = "Water comes in", zh = "加水" }
[[policy.change]]
name = "Supply"
value = 4
begins = 3
"""
PROBLEM = """id = "tank"
title = { en = "Tank", zh = "水箱" }
question = { en = "How fast does it drain?", zh = "水流得多快？" }
model = "tank.mdl"

[[parameter]]
id = "loss"
name = "Loss Rate"
minimum = 0.02
maximum = 0.5
unit = "1/Day"
source = "assumption"

[[parameter]]
id = "filled"
name = "Level"
minimum = 50
maximum = 200
unit = "litre"
source = "assumption"

[[observable]]
id = "water"
title = { en = "Water", zh = "水量" }
formula = "Level"
statistic = "value"
unit = "litre"
"""
HEADER = "observableId,time,measurement,noiseDistribution,noiseParameters,source,note"
ROWS = ("water,2,80,normal,5,made up,", "water,5,62,normal,5,made up,a note")
Pair = tuple[str, str]


def observable(id: str, formula: str, statistic: str, unit: str, more: str = "") -> str:
    """Return the table of an observable."""
    return (
        f'[[observable]]\nid = "{id}"\ntitle = {{ en = "O", zh = "观" }}\nformula = "{formula}"\n'
        f'statistic = "{statistic}"\nunit = "{unit}"\n{more}\n'
    )


def parameter(id: str, low: float, high: float, *, unit: str = "", name: str = "", more: str = "") -> str:
    """Return the table of a parameter; one without a name has a title."""
    own = f'name = "{name}"' if name else 'title = { en = "P", zh = "参" }'
    return (
        f'[[parameter]]\nid = "{id}"\n{own}\nminimum = {low}\nmaximum = {high}\nunit = "{unit}"\n'
        f'source = "assumption"\n{more}\n'
    )


def change(name: str, **keys: object) -> str:
    """Return the table of a change."""
    lines = [f"{key} = {value!r}".replace("'", '"') for key, value in keys.items()]
    return "\n".join(["[[change]]", f'name = "{name}"', *lines, 'source = "made up"', ""])


def levels(loss: float, filled: float, times: Sequence[float], supply: float = 0.0) -> np.ndarray:
    """Return the level at times on the grid: what Euler's method has exactly, step by step in one formula."""
    steps = np.rint(np.asarray(times) / STEP)
    rest = supply / loss
    return np.asarray(rest + (filled - rest) * (1 - loss * STEP) ** steps)


def write_tank(
    folder: Path, changed: Sequence[Pair] = (), rows: Sequence[str] = ROWS, added: str = ""
) -> Path:
    """Write model, manifest and case; ``(old, new)`` replaces a text of the first file that has it."""
    folder.mkdir(parents=True)
    files = {
        "problem.toml": PROBLEM + "\n" + added,
        "observations.csv": "\n".join((HEADER, *rows)) + "\n",
        "tank.mdl": DRAWING,
        "model.toml": MANIFEST,
    }
    for old, new in changed:
        file = next(name for name, text in files.items() if old in text)
        files[file] = files[file].replace(old, new, 1)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


FORMULA = 'formula = "Level"'
UNIT = 'statistic = "value"\nunit = "litre"'
TOP = "model = "
PARAMETERS = PROBLEM[PROBLEM.index("[[parameter]]") : PROBLEM.index("[[observable]]")]
GROWTH = f"""
{observable("rise", "Level", "growth", "")}
[growth]
observable = "rise"
window = "2/4"
[[growth.cause]]
id = "supply"
title = {{ en = "Supply", zh = "供水" }}
[[growth.cause.cut]]
name = "Supply"
value = 0
"""
PREDICTION = """
[[prediction.scenario]]
id = "dry"
title = { en = "Dry", zh = "旱" }
meaning = { en = "No water", zh = "无水" }
[[prediction.scenario.change]]
name = "Supply"
value = 0
begins = 7
source = "made up"
[[prediction.variable]]
observable = "water"
each = "year"
"""
PEAK = observable("flood", "Level", "peak", "", 'among = "0/9"')
FLOOD = (*ROWS, "flood,0/3,,peak,0.1,made up,")
