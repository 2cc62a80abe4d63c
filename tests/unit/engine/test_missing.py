from collections.abc import Callable
from pathlib import Path

import pytest

import sdmodels
from sdmodels import Change, Policy, Text
from sdmodels.engine.lowering import lower
from sdmodels.errors import InputError
from sdmodels.structure.model import Model

MODEL = """
e: x, y ~ ~ |
Rate[x] = 2 ~ ~ |
Rate[y] = GET DIRECT CONSTANTS('rates.xlsx', 'Sheet1', 'B2') ~ ~ |
Unread = GET DIRECT CONSTANTS('rates.xlsx', 'Sheet1', 'B3') ~ ~ |
Level[e] = INTEG(Rate[e], 0) ~ ~ |
"""

ReadModel = Callable[..., Model]


def test_a_constant_whose_file_is_missing_is_named_before_a_run(read_model: ReadModel) -> None:
    message = (
        r"model.mdl:\d+: 'Rate\[y\]' has no number, and none is given.\n"
        r"    Rate\[y\] = GET DIRECT CONSTANTS\('rates.xlsx', 'Sheet1', 'B2'\)\nPut the file that it reads beside"
    )
    with pytest.raises(InputError, match=message):
        lower(read_model(MODEL))


def test_a_constant_whose_file_is_missing_may_be_given(write_model: Callable[..., Path]) -> None:
    path = write_model(MODEL, final=3)
    behaviour = sdmodels.simulate(sdmodels.load(path), {"Rate[y]": 5, "Unread": 1})
    assert behaviour["Level[x]"].values[0, -1] == 6
    assert behaviour["Level[y]"].values[0, -1] == 15


def test_what_no_output_needs_may_lack_its_file(read_model: ReadModel) -> None:
    program = lower(read_model(MODEL), inputs=["Rate[y]"], outputs=["Level[y]"])
    assert program.inputs == ("Rate[y]",)


def test_no_policy_multiplies_a_number_that_is_missing(write_model: Callable[..., Path]) -> None:
    model = sdmodels.load(write_model(MODEL))
    double = Policy(
        id="double",
        title=Text(en="Double", zh="加倍"),
        meaning=Text(en="Twice the rate", zh="两倍"),
        changes=[Change(name="Rate[y]", factor=2)],
    )
    with pytest.raises(InputError, match=r"'Rate\[y\]' has no number"):
        sdmodels.simulate(model, policy=[double], outputs=["Level[y]"])
