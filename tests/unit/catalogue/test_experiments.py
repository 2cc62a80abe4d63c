"""Experiments as data: what a file may say, and what is wrong with it in three lines."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sdmodels.catalogue import Course, Ramp, Sweep, begin_of, final_time_of, load, read_experiments
from sdmodels.errors import ManifestError, UnknownNameError

TEXTS = 'title = { en = "T", zh = "题" }\nquestion = { en = "Q?", zh = "问？" }\n'
SWEEP = f"""[[experiment]]
id = "best"
kind = "sweep"
{TEXTS}lever = "Application Intensity"
minimum = 0.1
maximum = 1.1
steps = 11
begins = 20
[[experiment.variant]]
id = "base"
title = {{ en = "Base", zh = "基准" }}
[[experiment.variant.change]]
name = "Usual Demand"
value = 30
[[experiment.read]]
id = "backlog"
title = {{ en = "Backlog", zh = "积压" }}
variable = "Order Backlog"
statistic = "final"
better = "lower"
[experiment.onset]
variable = "Order Completion"
below = 10
[experiment.tip]
variable = "Order Backlog"
jumps = 1.5
"""
RAMP = f"""[[experiment]]
id = "back"
kind = "ramp"
{TEXTS}lever = "Application Intensity"
start = 0.1
peak = 1.2
up = 40
hold = 4
down = 40
variables = ["Order Backlog"]
[experiment.tip]
variable = "Order Backlog"
above = 200
"""
COURSE = f"""[[experiment]]
id = "turn"
kind = "course"
{TEXTS}members = 50
final_time = 52
[[experiment.arm]]
id = "low"
title = {{ en = "Low", zh = "低" }}
policy = "low_intensity"
scenario = "demand_pulse"
[[experiment.panel]]
title = {{ en = "In and out", zh = "进出" }}
variables = ["Order Arrival", "Order Completion"]
[[experiment.date]]
id = "least"
title = {{ en = "Least", zh = "最少" }}
variable = "Order Backlog"
of = "rises above"
value_at = 10
begins = 10
"""

Written = Callable[..., Path]


@pytest.fixture
def written(folder: Path) -> Written:
    """Write the experiments with texts replaced that stand in them; return the file."""

    def write(*replaced: str, text: str = SWEEP + RAMP + COURSE) -> Path:
        for old, new in zip(replaced[::2], replaced[1::2], strict=True):
            assert old in text, old
            text = text.replace(old, new, 1)
        path = folder / "experiments.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_folder_without_the_file_has_no_experiments(folder: Path) -> None:
    assert load(folder).experiments == ()


def test_every_kind_is_read(written: Written) -> None:
    sweep, ramp, course = load(written().parent).experiments
    assert isinstance(sweep, Sweep)
    assert isinstance(ramp, Ramp)
    assert isinstance(course, Course)
    assert (sweep.steps, sweep.members, sweep.variants[0].changes[0].value) == (11, 200, 30)
    assert (sweep.onset.below, sweep.tip.jumps) == (10, 1.5)  # type: ignore[union-attr]
    assert (course.members, course.dates[0].of) == (50, "rises above")


def test_a_model_file_takes_the_experiments_beside_it(written: Written) -> None:
    assert len(load(written().parent / "hotline.mdl").experiments) == 3


def test_a_ramp_ends_with_itself_and_begins_with_the_run(written: Written) -> None:
    entry = load(written().parent)
    time = entry.model.time
    sweep, ramp, course = entry.experiments
    assert isinstance(ramp, Ramp)
    assert [final_time_of(each, time) for each in (sweep, ramp, course)] == [104, 84, 52]
    assert begin_of(ramp, time) == 0


def test_an_unknown_experiment_is_refused_with_the_nearest_one(written: Written) -> None:
    entry = load(written().parent)
    with pytest.raises(UnknownNameError, match=r"No experiment is named 'bset'[\s\S]*Did you mean 'best'\?"):
        entry.experiment("bset")


def test_a_folder_without_experiments_says_where_they_belong(folder: Path) -> None:
    with pytest.raises(UnknownNameError, match=r"belongs in the experiments\.toml beside the model file"):
        load(folder).experiment("best")


@pytest.mark.parametrize(
    ("replaced", "message"),
    [
        pytest.param(
            ("steps = 11", "step = 11"),
            "key 'step' is not known in [[experiment]] number 1.\n    step = 11\nDid you mean 'steps'?",
            id="a misspelt key",
        ),
        pytest.param(
            ("steps = 11\n", ""),
            "key 'steps' is missing in [[experiment]] number 1.",
            id="a missing key",
        ),
        pytest.param(
            ('kind = "ramp"', 'kind = "rampe"'),
            "key 'kind' is wrong in [[experiment]] number 2.\n    kind = \"rampe\"\nDid you mean 'ramp'?",
            id="a misspelt kind",
        ),
        pytest.param(
            ('kind = "ramp"\n', ""),
            "key 'kind' is missing in [[experiment]] number 2.",
            id="a missing kind",
        ),
        pytest.param(
            ("value_at = 10\n", ""),
            "neither 'value' nor 'value_at' is given in [[experiment.date]] number 1 of [[experiment]] number 3.",
            id="a crossing of nothing",
        ),
        pytest.param(
            ('of = "rises above"', 'of = "minimum"'),
            "'value' and 'value_at' have no meaning with \"minimum\" in [[experiment.date]] number 1",
            id="a minimum of a number",
        ),
        pytest.param(
            ("jumps = 1.5", "jumps = 1.5\nfalls = 2"),
            "both 'falls' and 'jumps' are given in [experiment.tip] of [[experiment]] number 1",
            id="two tips",
        ),
        pytest.param(
            ("maximum = 1.1", "maximum = 0.1"),
            "'maximum' is not above 'minimum' in [[experiment]] number 1",
            id="a grid without extent",
        ),
        pytest.param(
            ("peak = 1.2", "peak = 0.1"), "'peak' equals 'start' in [[experiment]] number 2", id="no ramp"
        ),
        pytest.param(
            ('id = "back"', 'id = "best"'), "id 'best' stands twice in [[experiment]]", id="an id twice"
        ),
        pytest.param(
            ('id = "back"', 'id = "all"'), "an experiment is called 'all'", id="an id that is taken"
        ),
        pytest.param(
            ('title = { en = "In and out", zh = "进出" }\n', ""),
            "several variables have no 'title' in [[experiment.panel]] number 1 of [[experiment]] number 3",
            id="a panel without a name",
        ),
        pytest.param(
            ('lever = "Application Intensity"', 'lever = "Aplication Intensity"'),
            "key 'lever' in [[experiment]] 'best' names no variable of hotline.\n"
            "    lever = \"Aplication Intensity\"\nDid you mean 'Application Intensity'?",
            id="a lever that is not there",
        ),
        pytest.param(
            ('name = "Usual Demand"', 'name = "Order Backlog"'),
            "key 'name' in [[experiment.variant.change]] 'base' of 'best' does not name a constant.",
            id="a change of a stock",
        ),
        pytest.param(
            ('variables = ["Order Backlog"]', 'variables = ["Order Backlok"]'),
            "key 'variables' in [[experiment]] 'back' names no variable of hotline.",
            id="a variable that is not there",
        ),
        pytest.param(
            ('variable = "Order Completion"\nbelow', 'variable = "Order Completon"\nbelow'),
            "key 'variable' in [[experiment.onset]] of 'best' names no variable of hotline.",
            id="an onset that is not there",
        ),
        pytest.param(
            ('policy = "low_intensity"', 'policy = "lo_intensity"'),
            "key 'policy' in [[experiment.arm]] of 'turn' names no policy of the manifest.\n"
            "    policy = \"lo_intensity\"\nDid you mean 'low_intensity'?",
            id="a policy that is not there",
        ),
        pytest.param(
            ("peak = 1.2", "peak = 2"),
            "key 'peak' in [[experiment]] 'back' leaves the bounds of its lever.",
            id="a lever out of its bounds",
        ),
        pytest.param(
            ("final_time = 52", "final_time = 52.1"),
            "the runs of [[experiment]] 'turn' do not end on a time step after the start.",
            id="a run that the step does not divide",
        ),
        pytest.param(
            ("begins = 20", "begins = 200"),
            "key 'begins' in [[experiment]] 'best' is outside the run.\n    begins = 200, run from 0 to 104",
            id="a time after the run",
        ),
        pytest.param(
            ('name = "Usual Demand"\nvalue = 30', 'name = "Usual Demand"\nvalue = 30\nbegins = 104'),
            "the change in [[experiment.variant.change]] 'base' of 'best' never holds during the run.",
            id="a change after the run",
        ),
        pytest.param(
            ("up = 40", "up = 40\nfinal_time = 60"),
            "the ramp of [[experiment]] 'back' does not end within the run.",
            id="a ramp that is cut off",
        ),
        pytest.param(
            ('["Order Arrival", "Order Completion"]', '["Order Arrival", "Order Backlog"]'),
            "the variables of [[experiment.panel]] of 'turn' differ in their units.",
            id="two units in a panel",
        ),
    ],
)
def test_a_fault_has_file_place_and_remedy(written: Written, replaced: tuple[str, ...], message: str) -> None:
    path = written(*replaced)
    with pytest.raises(ManifestError, match=f"^{re.escape(f'{path}: {message}')}") as caught:
        load(path.parent)
    assert len(str(caught.value).splitlines()) == 3


def test_a_file_that_is_not_toml_is_named(written: Written) -> None:
    path = written(text="[[experiment]\n")
    with pytest.raises(ManifestError, match="this is not TOML"):
        read_experiments(path)


def test_a_missing_number_is_asked_for_as_a_number(written: Written) -> None:
    path = written("steps = 11\n", "")
    with pytest.raises(ManifestError, match=r"\nWrite steps = a whole number\.$"):
        read_experiments(path)
