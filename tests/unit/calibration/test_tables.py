"""A problem that says what no problem may say is refused in three lines that name the file."""

import pytest
from tank import PARAMETERS, TOP, change, observable, parameter

from sdmodels.errors import ManifestError


@pytest.mark.parametrize(
    ("changed", "added", "message"),
    [
        (
            (TOP, f'polixy = "x"\n{TOP}'),
            "",
            "key 'polixy' is not known at the top level.\n    polixy = \"x\"\nDid you mean",
        ),
        ((TOP, "model "), "", "this is not TOML"),
        (
            ("minimum = 0.02", "minimum = 1"),
            "",
            "'minimum' is not below 'maximum' in [[parameter]] number 1.",
        ),
        (
            ("maximum = 200", "maximum = inf"),
            "",
            "key 'maximum' is wrong in [[parameter]] number 2.\n    maximum = inf",
        ),
        ((PARAMETERS, ""), "", "there is nothing to estimate.\n    {"),
        (
            (),
            parameter("loss", 1, 2),
            "id 'loss' stands twice in [[parameter]].\n    id = \"loss\"\nGive each [[param",
        ),
        ((), observable("water", "Level", "value", "litre"), "id 'water' stands twice in [[observable]]."),
        (
            (),
            parameter("p", 0, 2, more='scale = "log"'),
            "'minimum' is not above zero on a log scale in [[parameter]]",
        ),
        (('name = "Level"\n', ""), "", "'title' is missing in [[parameter]] number 2.\n    {"),
        (
            (),
            observable("o", "Level", "peak", ""),
            "'among' belongs to statistic = \"peak\", and to it alone in [[obs",
        ),
        (
            (),
            observable("o", "Level", "mean", "litre", 'among = "0/9"'),
            "'among' belongs to statistic = \"peak\"",
        ),
        (
            (),
            change("Supply", value=1, factor=2, begins=1),
            "both 'value' and 'factor' are given in [[change]] number",
        ),
        ((), change("Supply", begins=1), "neither 'value' nor 'factor' is given in [[change]] number 1."),
        ((), change("Supply", value=1), "key 'begins' is missing in [[change]] number 1."),
        (
            (),
            change("Supply", value=1, begins=2).replace("= 1", "= inf"),
            "key 'value' is wrong in [[change]] number 1.\n    value = inf\n'value' should be a finite number.",
        ),
        (
            (),
            change("Supply", value=[1], begins=2),
            "key 'value' is wrong in [[change]] number 1.\n    value = [1]\n",
        ),
        (
            (),
            change("Supply", value=1, begins=2).replace("= 2", "= true"),
            "'begins' is wrong in [[change]] number 1.",
        ),
        (
            (),
            parameter("p", 1, 2, more='prior = { distribution = "normal", mean = 1 }'),
            "a normal prior has 'mean' in [parameter.prior] of [[parameter]] number 3.\n    { distribution = ",
        ),
        (
            (),
            parameter("p", 1, 2, more='prior = { distribution = "uniform", mean = 1 }'),
            "a uniform prior has 'mean' in [parameter.prior] of [[parameter]] number 3.",
        ),
        (
            (),
            parameter("p", 1, 2, more='prior = { distribution = "lognormal" }'),
            "a lognormal prior has no numbers of its own in [parameter.prior] of [[parameter]] number 3.",
        ),
        (
            (),
            parameter("p", 1, 2, more='prior = { distribution = "exponential", mean = -1 }'),
            "the mean of an exponential prior is not above zero in [parameter.prior] of [[parameter]] number 3.",
        ),
        (
            (),
            parameter("p", -2, 0, more='prior = { distribution = "exponential", mean = 1 }'),
            "a prior that is exponential has no room below zero in [[parameter]] number 3.",
        ),
        (
            (),
            parameter("p", -2, 0, more='prior = { distribution = "lognormal", median = 1, sd = 1 }'),
            "a prior that is lognormal has no room below zero in [[parameter]] number 3.",
        ),
    ],
)
def test_a_problem_that_says_what_no_problem_may_say_is_refused(refused, changed, added, message):
    file = "problem.toml" if "TOML" not in message else "problem.toml:4"
    assert message in refused(*([changed] if changed else []), added=added, kind=ManifestError, file=file)
