from pathlib import Path

import pytest

from sdmodels.readers import read
from sdmodels.structure.formatting import written

CONTROLS = "".join(
    f"{name} = {value} ~~|\n"
    for name, value in (("INITIAL TIME", 0), ("FINAL TIME", 1), ("TIME STEP", 1), ("SAVEPER", 1))
)


@pytest.mark.parametrize(
    "text",
    [
        "(a + b) * c",
        "a + b * c",
        "a - (b - c)",
        "a - b - c",
        "a ^ b ^ c",
        "(a ^ b) ^ c",
        "-a ^ 2",
        "IF THEN ELSE(a > b :AND: c < 1, 2.5, MIN(a, b))",
        ":NOT: (a > b)",
        "f(a)",
        "SMOOTH3I(a, b, c)",
        "SMOOTH N(a, b, c, 2)",
        "DELAY1I(a, b, c)",
        "INITIAL(a)",
        "WITH LOOKUP(a, ...)",
    ],
)
def test_an_expression_is_written_as_it_was_read(tmp_path: Path, text: str) -> None:
    equation = text.replace("...", "((0,0),(1,1))")
    path = tmp_path / "a.mdl"
    path.write_text(f"x = {equation} ~~|\na = 1 ~~|\nb = 2 ~~|\nc = 3 ~~|\nf((0,0),(1,1)) ~~|\n{CONTROLS}")
    variable = read(path).variables["x"]
    assert written(variable.equations[0].expression) == text  # type: ignore[union-attr]


def test_a_subscript_stays_at_its_variable(tmp_path: Path) -> None:
    path = tmp_path / "a.mdl"
    path.write_text(f"x = SUM(a[d!]) ~~|\nd: e1, e2 ~~|\na[d] = 1, 2 ~~|\n{CONTROLS}")
    variable = read(path).variables["x"]
    assert written(variable.equations[0].expression) == "SUM(a[d!])"  # type: ignore[union-attr]
