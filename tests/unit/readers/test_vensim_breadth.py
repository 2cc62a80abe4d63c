"""Do subscripts, macros, data and settings of time come to the numbers that Vensim's manual says?"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sdmodels.engine import interpreter
from sdmodels.engine.lowering import lower
from sdmodels.engine.series import series_of, tabulated
from sdmodels.engine.trajectories import Given, grid_times
from sdmodels.errors import ModelFileError, StructureError, UnknownNameError
from sdmodels.structure.expression import Table
from sdmodels.structure.model import Auxiliary, Constant, Data, Lookup, Model, Stock

ReadModel = Callable[..., Model]


def values_of(model: Model, *names: str) -> dict[str, list[float]]:
    """Return the values of each variable at every step, by the interpreter."""
    program = lower(model, outputs=names or None)
    times = grid_times(model.time, "euler")
    series = {n: tabulated([t], times) for n, t in series_of(model).items() if t is not None}
    found = interpreter.integrate(
        program, np.empty((0, 1)), steps=np.arange(model.time.steps + 1), given=Given(series=series)
    )
    return {name: found.values[row, :, 0].tolist() for row, name in enumerate(program.outputs)}


def first_of(model: Model, *names: str) -> dict[str, float]:
    return {name: values[0] for name, values in values_of(model, *names).items()}


RANGES = """
A: a1, a2, a3 ~~|
B: b1, b2, b3 ~~|
onA[A] = 1, 2, 3 ~~|
onB[B] = 10, 20, 30 ~~|
"""


@pytest.mark.parametrize(
    ("definition", "equation", "expected"),
    [
        ("M: m1, m2, m3 -> A", "x[A] = onM[M]", [100, 200, 300]),
        ("M: m1, m2, m3 -> (A: a3, a1, a2)", "x[A] = onM[M]", [200, 300, 100]),
        ("M: m1, m2, m3 -> B, A", "x[A] = onM[M]", [100, 200, 300]),
        ("M: m1, m2, m3 -> A", "x[M] = onA[A]", [1, 2, 3]),
        ("M: m1, m2, m3 -> (A: sub, a3, a2) ~~|\nsub: a1", "x[A] = onM[M]", [100, 300, 200]),
        ("M: m1, m2, m3 ~~|\nC <-> A", "x[C] = onA[A]", [1, 2, 3]),
        ("M: m1, m2, m3 ~~|\nC <-> A", "x[C] = onA[C] * 2", [2, 4, 6]),
        ("M: m1, m2, m3 ~~|\nsub: a3, a2", "x[sub] = onA[A]", [3, 2]),
        ("M: m1, m2, m3 -> A ~~|\nsub: a3, a2", "x[sub] = onM[M]", [300, 200]),
        ("M: m1, m2, m3 ~~|\nnext: a2, a3, a1 -> A", "x[A] = onA[next]", [2, 3, 1]),
    ],
)
def test_a_range_on_the_right_stands_for_what_corresponds_on_the_left(
    read_model: ReadModel, definition: str, equation: str, expected: list[float]
) -> None:
    model = read_model(f"{RANGES}{definition} ~~|\nonM[M] = 100, 200, 300 ~~|\n{equation} ~~|\n")
    assert list(first_of(model).values())[-len(expected) :] == expected


def test_one_element_may_map_to_a_whole_subrange(read_model: ReadModel) -> None:
    model = read_model(
        "City: c1, c2, c3 ~~|\nNorth: c1, c2 ~~|\nSouth: c3 ~~|\n"
        "Region: n, s -> (City: North, South) ~~|\n"
        "wage[Region] = 5, 7 ~~|\nx[City] = wage[Region] ~~|\n"
    )
    assert first_of(model, "x[c1]", "x[c2]", "x[c3]") == {"x[c1]": 5, "x[c2]": 5, "x[c3]": 7}


def test_a_sum_over_a_mapped_range_runs_over_all_of_it(read_model: ReadModel) -> None:
    model = read_model(f"{RANGES}M: m1, m2, m3 -> A ~~|\nx[A] = onA[A] * SUM(onB[B!]) ~~|\n")
    assert first_of(model, "x[a2]") == {"x[a2]": 120}


def test_except_leaves_elements_to_another_equation(read_model: ReadModel) -> None:
    model = read_model(
        f"{RANGES}sub: b1, b2 ~~|\n"
        "x[A,B] :EXCEPT: [a1,sub], [a3,b3] = 1 ~~|\nx[a1,sub] = 2 ~~|\nx[a3,b3] = 3 + Time ~~|\n"
    )
    found = first_of(model)
    assert [found[f"x[{a},{b}]"] for a in ("a1", "a2", "a3") for b in ("b1", "b2", "b3")] == [
        *(2, 2, 1),
        *(1, 1, 1),
        *(1, 1, 3),
    ]


def test_a_range_as_a_value_is_the_place_in_its_family(read_model: ReadModel) -> None:
    model = read_model(
        f"{RANGES}sub: a3, a2 ~~|\nx[A] = A * 10 ~~|\ny[sub] = sub ~~|\nz = b2 ~~|\n"
        "same[A,B] = IF THEN ELSE(A = B, 1, 0) ~~|\ncount = ELMCOUNT(sub) + ELMCOUNT(A) ~~|\n"
    )
    found = first_of(model)
    assert [found[f"x[{a}]"] for a in ("a1", "a2", "a3")] == [10, 20, 30]
    assert (found["y[a3]"], found["y[a2]"], found["z"], found["count"]) == (3, 2, 2, 5)
    assert (found["same[a2,b2]"], found["same[a2,b3]"]) == (1, 0)


def test_each_element_reads_a_table_of_its_own(read_model: ReadModel) -> None:
    model = read_model(
        f"{RANGES}T[a1]((0,0),(1,1)) ~~|\nT[a2]((0,5),(1,6)) ~~|\nT[a3]((1,9),(0,8)) ~~|\n"
        "x[A] = T[A](0.5) ~~|\ny = T[a2](1) ~~|\n"
    )
    assert isinstance(model["T"], Lookup)
    assert first_of(model, "x[a1]", "x[a2]", "x[a3]", "y") == {
        "x[a1]": 0.5,
        "x[a2]": 5.5,
        "x[a3]": 8.5,
        "y": 6,
    }


MACROS = """
:MACRO: GAIN(input, factor)
GAIN = input * inner ~ ~ |
inner = factor + 1 ~ ~ |
:END OF MACRO:
:MACRO: FILL(flow, start : emptied)
FILL = INTEG(flow, start) ~~|
emptied = GAIN(FILL, 0) - capacity ~~|
capacity = 4 ~~|
:END OF MACRO:
"""


def test_each_call_of_a_macro_has_variables_of_its_own(read_model: ReadModel) -> None:
    model = read_model(f"{MACROS}a = GAIN(2, 3) + GAIN(Time + 1, 0) ~~|\n")
    assert list(model.variables) == [
        "a",
        "a (GAIN 1: GAIN)",
        "a (GAIN 1: inner)",
        "a (GAIN 2: input)",
        "a (GAIN 2: GAIN)",
        "a (GAIN 2: inner)",
    ]
    assert values_of(model, "a")["a"][:3] == [9, 10, 11]


def test_a_macro_may_have_stocks_outputs_and_call_another(read_model: ReadModel) -> None:
    model = read_model(
        f"d: x, y ~~|\nin[d] = 1, 2 ~~|\ntank[d] = FILL(in[d], 10 * d : left[d]) ~~|\n{MACROS}"
    )
    found = values_of(model)
    assert isinstance(model["tank (FILL 1: FILL)"], Stock)
    assert isinstance(model["tank (FILL 1: capacity)"], Constant)
    assert found["tank[x]"][:3] == [10, 11, 12]
    assert found["tank[y]"][:3] == [20, 22, 24]
    assert found["left[y]"][:3] == [16, 18, 20]


def test_a_macro_knows_the_time_of_the_model(read_model: ReadModel) -> None:
    model = read_model(
        ":MACRO: M(k)\nM = k * Time$ / TIME STEP$ ~~|\n:END OF MACRO:\na = M(3) ~~|\n", step=0.5
    )
    assert values_of(model, "a")["a"][:3] == [0, 3, 6]


def test_a_name_without_an_equation_is_data_that_the_caller_gives(read_model: ReadModel) -> None:
    model = read_model("d: x, y ~~|\nseen[d] ~ person ~ |\nkept:HOLD BACKWARD: ~~|\na = seen[x] + kept ~~|\n")
    data = model["kept"]
    assert isinstance(data, Data)
    assert [e.kind for e in data.equations] == ["hold"]
    assert series_of(model) == {"seen[x]": None, "seen[y]": None, "kept": None}
    assert [series.name for series in lower(model).series] == ["seen[x]", "seen[y]", "kept"]


@pytest.mark.parametrize(
    ("keyword", "expected"),
    [
        ("", [5, 5, 7, 9, 9]),
        (":INTERPOLATE:", [5, 5, 7, 9, 9]),
        (":HOLD BACKWARD:", [5, 5, 5, 9, 9]),
        (":LOOK FORWARD:", [5, 5, 9, 9, 9]),
        (":RAW:", [np.nan, 5, np.nan, 9, np.nan]),
    ],
)
def test_the_keyword_of_data_says_what_lies_between_the_points(
    read_model: ReadModel, tmp_path: Path, keyword: str, expected: list[float]
) -> None:
    (tmp_path / "data.csv").write_text("time,a\n0.1,5\n0.3,9\n", encoding="utf-8")
    model = read_model(
        f"a {keyword} := GET DIRECT DATA('data.csv', ',', 'A', 'B2') ~~|\n", step=0.1, final=0.4
    )
    points = series_of(model)["a"]
    assert points is not None
    # 3 * 0.1 is not 0.3 but for rounding; the data must be found there all the same.
    np.testing.assert_array_almost_equal(tabulated([points], grid_times(model.time, "euler"))[:, 0], expected)


def test_data_in_columns_belong_to_the_elements_in_their_order(read_model: ReadModel, tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("time,x,y\n0,5,7\n1,6,8\n", encoding="utf-8")
    model = read_model("d: x, y ~~|\na[d] := GET DIRECT DATA('data.csv', ',', 'A', 'B2') ~~|\n")
    assert series_of(model) == {
        "a[x]": Table((0.0, 1.0), (5.0, 6.0)),
        "a[y]": Table((0.0, 1.0), (7.0, 8.0)),
    }


def test_data_whose_file_is_missing_wait_for_the_caller(read_model: ReadModel) -> None:
    assert series_of(read_model("a := GET XLS DATA('gone.xlsx', 'Sheet', 'A', 'B2') ~~|\n")) == {"a": None}


def test_constants_tables_and_ranges_come_from_files(read_model: ReadModel, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "n.csv").write_text("0,1,2\n3,4,5\n6,7,8\n", encoding="utf-8")
    (tmp_path / "names.csv").write_text("x,y\n", encoding="utf-8")
    model = read_model(
        "d: GET DIRECT SUBSCRIPT('names.csv', ',', 'A1', 'B1', '') ~~|\n"
        "c[d] = GET DIRECT CONSTANTS('in\\n.csv', ',', 'B2') ~~|\n"
        "k[d] = GET DIRECT CONSTANTS('in/n.csv', ',', 'B2*') ~~|\n"
        "one = GET DIRECT CONSTANTS('in/n.csv', ',', 'C3') ~~|\n"
        "T(GET DIRECT LOOKUPS('in/n.csv', ',', '1', 'A2')) ~~|\nread = T(1.5) ~~|\n"
    )
    assert model.dimensions["d"].elements == ("x", "y")
    assert first_of(model) == {
        "c[x]": 4,
        "c[y]": 5,
        "k[x]": 4,
        "k[y]": 7,
        "one": 8,
        "read": 4.5,
    }


def test_a_final_time_that_depends_on_time_is_found_before_the_run(read_model: ReadModel) -> None:
    model = read_model(
        "seen = Time * 2 - 5\nlast = 100",
        final="IF THEN ELSE(seen > 50, Time, last)",
    )
    assert model.time.final_time == 28


@pytest.mark.parametrize("order", ["n", "n + 0", "2 + STEP(1, 5)", "2"])
def test_the_order_of_a_delay_is_taken_at_the_initial_time(read_model: ReadModel, order: str) -> None:
    model = read_model(f"n = 2\na = SMOOTH N(Time, 4, 0, {order})\nb = SMOOTHI(SMOOTHI(Time, 2, 0), 2, 0)")
    found = values_of(model, "a", "b")
    np.testing.assert_allclose(found["a"], found["b"])


def test_a_constant_that_decided_the_structure_is_no_input(read_model: ReadModel) -> None:
    model = read_model("n = 2\na = SMOOTH N(Time, 4, 0, n)")
    with pytest.raises(
        UnknownNameError, match=r"^'n' cannot be changed: it decides .*\n    .*model\.mdl:1\nChange"
    ):
        lower(model, inputs=["n"])


def test_active_initial_breaks_a_circle_at_the_initial_time(read_model: ReadModel) -> None:
    model = read_model("a = ACTIVE INITIAL(level * 2 + 1, 3)\nlevel = INTEG(1, a)")
    assert isinstance(model["a"], Auxiliary)
    assert values_of(model, "a", "level") == {
        "a": [7 + 2 * step for step in range(11)],
        "level": [3 + step for step in range(11)],
    }


@pytest.mark.parametrize(("test", "expected"), [("= :NA:", 1), (":NA: <>", 0)])
def test_a_missing_value_can_be_asked_for(read_model: ReadModel, test: str, expected: float) -> None:
    operands = f"a {test}" if test.startswith("=") else f"{test} a"
    model = read_model(f"a = IF THEN ELSE(Time > 5, :NA:, Time)\nb = IF THEN ELSE({operands}, 1, 0)")
    assert values_of(model, "b")["b"][5:7] == [1 - expected, expected]


def test_a_number_among_data_is_data_that_never_changes(read_model: ReadModel, tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("time,x\n0,5\n10,7\n", encoding="utf-8")
    model = read_model(
        "d: x, y ~~|\na[x] = GET DIRECT DATA('data.csv', ',', 'A', 'B2') ~~|\na[y] = 3 ~~|\nb = a[x] - a[y] ~~|\n"
    )
    assert values_of(model, "b")["b"][::5] == [2, 3, 4]


def test_a_file_may_be_named_in_the_settings_behind_the_drawing(
    read_model: ReadModel, tmp_path: Path
) -> None:
    (tmp_path / "n.csv").write_text("1,2\n", encoding="utf-8")
    settings = "\n\\\\\\---/// Sketch\n///---\\\\\\\n:L<%^E!@\n30:?numbers=n.csv\n"
    controls = "INITIAL TIME = 0 ~~|\nFINAL TIME = 1 ~~|\nTIME STEP = 1 ~~|\nSAVEPER = 1 ~~|" + settings
    model = read_model("a = GET DIRECT CONSTANTS('?numbers', ',', 'B1') ~~|\n", controls=controls)
    assert first_of(model) == {"a": 2}


def test_ranges_of_one_family_may_share_elements(read_model: ReadModel) -> None:
    """After the outputs of Vensim for such a model: an apostrophe, a copy, and ranges across two others."""
    model = read_model(
        "A: a1, a2 ~~|\nA' <-> A ~~|\nB: b1, b2 ~~|\nAB1: a1, b1 ~~|\nAB2: a2, b2 ~~|\nAB: AB1, AB2 ~~|\n"
        "both: A', B ~~|\nrank[A] = 1, 2 ~~|\nall[AB] = 1000 ~~|\nother[AB1] = 10 ~~|\n"
        "other[AB2] = INITIAL(rank[a2] * 200) ~~|\n"
        "far[A,A'] = IF THEN ELSE(rank[A] >= rank[A'], ABS(all[A] - other[A']), 666) ~~|\n"
    )
    assert model.dimensions["both"].elements == ("a1", "a2", "b1", "b2")
    assert first_of(model, "far[a1,a1]", "far[a1,a2]", "far[a2,a1]", "far[a2,a2]") == {
        "far[a1,a1]": 990,
        "far[a1,a2]": 666,
        "far[a2,a1]": 990,
        "far[a2,a2]": 600,
    }


def test_a_macro_may_say_the_order_of_its_delay(read_model: ReadModel) -> None:
    model = read_model(
        ":MACRO: LATE(x, n)\nLATE = SMOOTH N(x, 4, 0, n + more) ~~|\nmore = 1 ~~|\n:END OF MACRO:\n"
        "a = LATE(Time, 1) ~~|\nb = SMOOTHI(SMOOTHI(Time, 2, 0), 2, 0) ~~|\n"
    )
    found = values_of(model, "a", "b")
    np.testing.assert_allclose(found["a"], found["b"])
    assert set(model.fixed) == {"a (LATE 1: more)"}


@pytest.mark.parametrize(
    "table",
    ["\n1\t2\t3\n4\t-5\t6e0\n", "1 2 3 \\\n\t\t4 -5 6", "1 2 3\r\n\r\n4 {four} -5 6", "1 2 3 4 -5 6"],
    ids=["tabs", "continued", "Windows", "one line"],
)
def test_the_lines_of_a_tabbed_array_are_its_rows(read_model: ReadModel, table: str) -> None:
    model = read_model(f"D: a, b ~~|\nE: x, y, z ~~|\nk[D,E] = TABBED ARRAY({table}) ~~|\n")
    assert first_of(model) == {
        "k[a,x]": 1,
        "k[a,y]": 2,
        "k[a,z]": 3,
        "k[b,x]": 4,
        "k[b,y]": -5,
        "k[b,z]": 6,
    }


@pytest.mark.parametrize("table", ["\n1\n2\n", "1 2"])
def test_a_tabbed_array_over_one_subscript_has_any_number_of_rows(read_model: ReadModel, table: str) -> None:
    assert first_of(read_model(f"D: a, b ~~|\nk[D] = TABBED ARRAY({table}) ~~|\n")) == {"k[a]": 1, "k[b]": 2}


def test_a_tabbed_array_of_other_rows_than_the_subscripts_is_refused(read_model: ReadModel) -> None:
    with pytest.raises(
        ModelFileError, match=r"a table of 3 x 2 numbers for the subscripts \[D,E\]"
    ) as caught:
        read_model("D: a, b ~~|\nE: x, y, z ~~|\nk[D,E] = TABBED ARRAY(1 2\n3 4\n5 6) ~~|\n")
    assert "    k[D,E] = TABBED ARRAY(1 2; 3 4; 5 6)\n" in str(caught.value)


SEVERAL = ":MACRO: M(a : b, c)\nM = a + k$ ~~|\nb = a * 2 ~~|\nc = a * 3 ~~|\n:END OF MACRO:\n"


def test_a_macro_reads_variables_of_the_model_behind_a_dollar_sign(read_model: ReadModel) -> None:
    model = read_model(
        ":MACRO: M(a)\nM = a + Growth Rate$ + INITIAL(level$) + t$(a) ~~|\n:END OF MACRO:\n"
        "Growth Rate = Time ~~|\nlevel = INTEG(1, 100) ~~|\nt((0,0),(1,1000)) ~~|\nx = M(1) ~~|\n"
    )
    assert values_of(model, "x")["x"][:3] == [1101, 1102, 1103]


def test_a_name_behind_a_dollar_sign_that_the_model_lacks_is_named(read_model: ReadModel) -> None:
    with pytest.raises(ModelFileError, match=r":2: 'Growth\$' is not defined\.\n    M = a \+ Growth\$"):
        read_model(":MACRO: M(a)\nM = a + Growth$ ~~|\n:END OF MACRO:\nx = M(1) ~~|\n")


@pytest.mark.parametrize(
    ("equation", "expected"),
    [
        ("M(1 : qq, ll) + M(2 : q2, l2)", {"x": 17, "qq": 2, "ll": 3, "q2": 4, "l2": 6}),
        ("M(M(1 : qq, ll) : q2, l2) + M(0)", {"x": 22, "qq": 2, "ll": 3, "q2": 16, "l2": 24}),
        ("M(1 : qq, ll) * SMOOTH(M(2 : q2, l2), 5)", {"x": 72, "qq": 2, "ll": 3, "q2": 4, "l2": 6}),
    ],
)
def test_several_calls_with_outputs_may_stand_in_one_equation(
    read_model: ReadModel, equation: str, expected: dict[str, float]
) -> None:
    model = read_model(f"{SEVERAL}k = 7 ~~|\nx = {equation} ~~|\nz = qq + q2 ~~|\n")
    found = values_of(model, "x", "qq", "ll", "q2", "l2", "z")
    assert {name: values[0] for name, values in found.items()} == {
        **expected,
        "z": expected["qq"] + expected["q2"],
    }
    assert model["x"].equations[0].text == f"x = {equation}"


def test_one_name_for_two_outputs_is_refused(read_model: ReadModel) -> None:
    model = read_model(f"{SEVERAL}k = 7 ~~|\nx = M(1 : qq, ll) + M(1 : qq, ll) ~~|\n")
    with pytest.raises(StructureError, match="'qq' is defined a second time"):
        lower(model)


def test_outputs_of_a_call_inside_of_another_macro_are_refused_by_name(read_model: ReadModel) -> None:
    with pytest.raises(
        ModelFileError, match=":7: 'N' uses the macro M with several outputs inside of another"
    ):
        read_model(f"{SEVERAL}:MACRO: N(a)\nN = M(a : q, l) ~~|\n:END OF MACRO:\nk = 7 ~~|\nx = N(1) ~~|\n")


@pytest.mark.parametrize("table", ["0,2,5, 0,4,1", "[(0,0)-(5,4)], 0, 2., 5, 0e0, +4, 1"])
def test_a_table_may_have_all_x_and_then_all_y(read_model: ReadModel, table: str) -> None:
    model = read_model(f"t({table}) ~~|\nx = t(Time) ~~|\n")
    assert values_of(model, "x")["x"][:7] == [0, 2, 4, 3, 2, 1, 1]
    assert model["t"].equations[0].text == f"t({table})"


@pytest.mark.parametrize("table", ["0,2,5, 0,4", "0,5,2, 0,4,1"])
def test_a_table_of_numbers_that_are_no_points_is_refused(read_model: ReadModel, table: str) -> None:
    with pytest.raises(ModelFileError) as caught:
        read_model(f"t({table}) ~~|\nx = t(Time) ~~|\n")
    first, evidence, remedy = str(caught.value).splitlines()
    assert first.endswith("model.mdl:1: the table of 't' is neither pairs nor all x and then as many y.")
    assert (evidence, remedy) == (f"    t({table})", "Write its points as pairs: (x,y),(x,y).")
