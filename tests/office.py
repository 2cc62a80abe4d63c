"""An office with a backlog: three loops with names, two of them with a switch, and one without a name."""

from pathlib import Path

from sdmodels.catalogue import Entry, load

DRAWING = """{UTF-8}
Backlog = INTEG(Arriving - Closing, 90)
    ~ order
    ~ Assumption.
    |
Arriving = Usual * (1 + Switch Complaints * Complaints * MAX(0, Backlog / Usual Backlog - 1))
    ~ order/Week
    ~ A long backlog makes people call again: assumption.
    |
Closing = Staff * Speed
    ~ order/Week
    ~ Assumption.
    |
Staff = SMOOTH(Wanted Staff, Hiring Time)
    ~ person
    ~ Assumption.
    |
Wanted Staff = Usual / Speed * (1 + Switch Hiring * Reaction * (Backlog / Usual Backlog - 1))
    ~ person
    ~ Assumption.
    |
Fatigue = INTEG((Backlog / Usual Backlog - Fatigue) / Tiring Time, 1)
    ~ Dmnl
    ~ Assumption.
    |
Speed = 10 / (1 + 0.1 * MAX(0, Fatigue - 1))
    ~ order/(Week*person)
    ~ Tired people are slow: assumption.
    |
Usual = 30
    ~ order/Week
    ~ Assumption.
    |
Usual Backlog = 60
    ~ order
    ~ Assumption.
    |
Complaints = 0.5
    ~ Dmnl [0,2]
    ~ Assumption.
    |
Reaction = 0.8
    ~ Dmnl [0,2]
    ~ Assumption.
    |
Hiring Time = 6
    ~ Week
    ~ Assumption.
    |
Tiring Time = 20
    ~ Week
    ~ Assumption.
    |
Switch Complaints = 1
    ~ Dmnl [0,1]
    ~ 0 cuts the loop.
    |
Switch Hiring = 1
    ~ Dmnl [0,1]
    ~ 0 cuts the loop.
    |
INITIAL TIME = 0
    ~ Week
    ~ |
FINAL TIME = 60
    ~ Week
    ~ |
TIME STEP = 0.25
    ~ Week
    ~ |
SAVEPER = 1
    ~ Week
    ~ |
"""

MANIFEST = """id = "office"
file = "office.mdl"
title = { en = "Office", zh = "办公室" }
summary = { en = "An office.", zh = "办公室。" }
source = "made for a test"

[[uncertainty]]
name = "Complaints"
minimum = 0.1
maximum = 1.2
source = "assumption"

[[variable]]
name = "Backlog"
zh = "积压"

[[scenario]]
id = "busy"
title = { en = "Busy", zh = "繁忙" }
meaning = { en = "A tenth more orders", zh = "工单增加一成" }
[[scenario.change]]
name = "Usual"
factor = 1.1
begins = 20

[[loop]]
id = "R1"
title = { en = "Complaints breed complaints", zh = "投诉生投诉" }
polarity = "reinforcing"
variables = ["Backlog", "Arriving"]
switch = "Switch Complaints"

[[loop]]
id = "B1"
title = { en = "Hire", zh = "招人" }
polarity = "balancing"
variables = ["Backlog", "Wanted Staff", "Staff", "Closing"]
switch = "Switch Hiring"

[[loop]]
id = "R2"
title = { en = "Tired and slow", zh = "越累越慢" }
polarity = "reinforcing"
variables = ["Backlog", "Fatigue", "Speed", "Closing"]
"""


def write_office(parent: Path, manifest: str = MANIFEST, drawing: str = DRAWING) -> Entry:
    """Write the office into a folder and load it."""
    folder = parent / "office"
    folder.mkdir()
    (folder / "office.mdl").write_text(drawing, encoding="utf-8")
    (folder / "model.toml").write_text(manifest, encoding="utf-8")
    return load(folder)
