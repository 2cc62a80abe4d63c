"""A model written as XMILE: other programs read it to the same numbers, and what XMILE lacks is refused."""

import math
import warnings
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from sdmodels.catalogue import identifiers, load
from sdmodels.errors import ExportError
from sdmodels.experiment import Integration, simulate
from sdmodels.readers import read
from sdmodels.structure.expression import (
    Arithmetic,
    Call,
    Expression,
    LookupCall,
    Negation,
    Number,
    Reference,
    Root,
    Table,
)
from sdmodels.structure.model import (
    Auxiliary,
    Data,
    Equation,
    Lookup,
    Model,
    SeriesEquation,
    Stock,
    TableEquation,
    TimeSpec,
)
from sdmodels.writers import to_xmile
from sdmodels.writers.flows import flows_of
from sdmodels.writers.xmile import NAMESPACE

# Every function with values on both sides of what it distinguishes; x goes from -4 to 4.
EQUATIONS = """
    ABS(x) | ARCCOS(x/9) | ARCSIN(x/9) | ARCTAN(x) | COS(x) | EXP(x) | INTEGER(x) | INTEGER(-x) | LN(x+9)
    MAX(x,1) | MIN(x,1) | SIN(x) | SQRT(x+9) | TAN(x) | COSH(x) | SINH(x) | TANH(x) | LOG(x+9,10)
    MODULO(x,3) | MODULO(-x,3) | PI() | POWER(x+9,1.5) | QUANTUM(x,0.7) | QUANTUM(x,0) | RAMP(2,1,4)
    STEP(3,2) | XIDZ(1,x,5) | ZIDZ(1,x) | SMOOTH(x,2) | SMOOTHI(x,2,5) | SMOOTH3(x,2) | SMOOTH3I(x,2,5)
    DELAY1(x,2) | DELAY1I(x,2,5) | DELAY3(x,2) | DELAY3I(x,2,5) | INITIAL(x+1) | IF THEN ELSE(x,1,2)
    IF THEN ELSE(x>0:AND:x<2:OR:Time>5, 1, IF THEN ELSE(:NOT: x=1,2,3)) | -x^2 | 2^3^0.5 | (2^3)^0.5
    2-x-3-x | 2/3/4*x/5 | 2-(x-3) | 1/(5/(x+9)) | 1.5e-7*x | -5 | (x>1)*3+(x<3) | WITH LOOKUP(x,((0,0),(1,4),(2,1)))
"""
# What PySD's reader of XMILE, or Simlin's, does not know.
NOT_IN_PYSD = """
    t(x) | 1+t(x)*2 | 2*WITH LOOKUP(x,((0,0),(1,4),(2,1))) | PULSE(1,2) | PULSE(1,0) | PULSE TRAIN(1,1,3,7)
    TIME STEP*2+FINAL TIME+INITIAL TIME+SAVEPER
"""
NOT_IN_SIMLIN = "SMOOTH N(x,2,5,4) | DELAY N(x,2,5,4)"
ARRAYS = """
    D: a, b, c
    S: a, b
    E: x1, x2
    k[D] = 1,2,3
    m[D,E] = 1,2;3,4;5,6;
    in[D] = k[D] * 0.1
    out[D] = P[D] / 5
    P[D] = INTEG(in[D] - out[D], k[D])
    Q[S] = INTEG(in[S] * 2, 0)
    Q[c] = INTEG(in[c], 1)
    tot = SUM(P[D!]) + SUM(m[D!,x1])
    two[D,E] = m[D,E] * P[D]
    pr = PROD(k[D!]) + VMIN(P[D!]) - VMAX(P[D!]) + SUM(two[S!,E!])
    sm[D] = SMOOTH(P[D], 2)
"""


def functions(*lists: str) -> str:
    equations = [part.strip() for text in lists for line in text.splitlines() for part in line.split("|")]
    numbered = [f"v{i} = {equation}" for i, equation in enumerate(filter(None, equations))]
    return "\n".join(["x = Time - 4", *numbered])


TABLE = "\nt((-2,1),(0,3),(3,-4))"
WITH_FUNCTIONS = {"final": 8, "step": 0.25}


def simlin_reads(path: Path) -> pd.DataFrame:
    simlin = pytest.importorskip("simlin")
    return simlin.load(path).run(analyze_loops=False).results


def pysd_reads(path: Path) -> pd.DataFrame:
    import pysd

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pysd.read_xmile(str(path)).run()


def we_read(path: Path) -> pd.DataFrame:
    return interpreted(read(path)).isel(member=0).to_dataframe()


def interpreted(model: Model) -> xr.Dataset:
    return simulate(model, integration=Integration(engine="interpreter"))


def same_numbers(model: Model, reader: Callable[[Path], pd.DataFrame], folder: Path) -> None:
    path = folder / "written.xmile"
    path.write_text(to_xmile(model), encoding="utf-8")
    theirs = {_key(str(name)): column for name, column in reader(path).items()}
    ours = interpreted(model)
    assert len(ours.data_vars) > 1
    for name in ours.data_vars:
        expected = ours[name].values[0]
        found = np.broadcast_to(theirs[_key(str(name))].to_numpy(), expected.shape)
        # The same double precision in another order of operations.
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9, err_msg=str(name))


def _key(name: str) -> str:
    return name.lower().replace(" ", "_").replace(",_", ",").replace('"', "").replace("\\", "")


@pytest.fixture(params=identifiers())
def entry(request: pytest.FixtureRequest) -> Any:
    return load(request.param)


def test_simlin_reads_every_model_of_the_catalogue_to_the_same_numbers(entry: Any, tmp_path: Path) -> None:
    same_numbers(entry.model, simlin_reads, tmp_path)


def test_simlin_reads_every_function_to_the_same_numbers(read_model: Any, tmp_path: Path) -> None:
    model = read_model(functions(EQUATIONS, NOT_IN_PYSD) + TABLE, **WITH_FUNCTIONS)
    same_numbers(model, simlin_reads, tmp_path)


def test_simlin_reads_arrays_to_the_same_numbers(read_model: Any, tmp_path: Path) -> None:
    same_numbers(read_model(ARRAYS, step=0.25), simlin_reads, tmp_path)


def test_pysd_reads_every_function_to_the_same_numbers(read_model: Any, tmp_path: Path) -> None:
    same_numbers(read_model(functions(EQUATIONS, NOT_IN_SIMLIN), **WITH_FUNCTIONS), pysd_reads, tmp_path)


def test_every_model_of_the_catalogue_reads_back_to_the_same_numbers(entry: Any, tmp_path: Path) -> None:
    same_numbers(entry.model, we_read, tmp_path)


def test_every_function_reads_back_to_the_same_numbers(read_model: Any, tmp_path: Path) -> None:
    text = functions(EQUATIONS, NOT_IN_PYSD, NOT_IN_SIMLIN) + TABLE
    same_numbers(read_model(text, save=0.5, **WITH_FUNCTIONS), we_read, tmp_path)


def test_arrays_read_back_to_the_same_numbers(read_model: Any, tmp_path: Path) -> None:
    same_numbers(read_model(ARRAYS, step=0.25), we_read, tmp_path)


def node(model: Model, name: str) -> ET.Element:
    (found,) = ET.fromstring(to_xmile(model)).findall(f".//x:variables/*[@name='{name}']", {"x": NAMESPACE})
    return found


def texts(element: ET.Element, tag: str) -> list[str | None]:
    return [child.text for child in element.findall(f"{{{NAMESPACE}}}{tag}")]


def test_a_net_flow_of_auxiliaries_becomes_inflows_and_outflows(read_model: Any) -> None:
    model = read_model("S = INTEG(a - (b - c), 1)\na = 1 * Time\nb = Time\nc = Time\nd = Time")
    assert texts(node(model, "S"), "inflow") == ["a", "c"]
    assert texts(node(model, "S"), "outflow") == ["b"]
    assert [node(model, name).tag.partition("}")[2] for name in "abcd"] == ["flow", "flow", "flow", "aux"]


@pytest.mark.parametrize("net", ["2 * a", "a + a", "a - S / 3", "k", "MIN(a, b)", "a - a"])
def test_another_net_flow_becomes_one_new_flow(read_model: Any, net: str) -> None:
    model = read_model(f"S = INTEG({net}, 1)\na = Time\nb = Time\nk = 2")
    assert texts(node(model, "S"), "inflow") == ["S_net_flow"]
    assert texts(node(model, "S"), "outflow") == []
    assert len(texts(node(model, "S net flow"), "eqn")) == 1


def test_a_flow_never_goes_into_two_stocks(read_model: Any) -> None:
    model = read_model("S = INTEG(a, 1)\nT = INTEG(-a, 1)\nU = INTEG(a, 1)\na = Time")
    flows = flows_of(model)
    assert flows["S"].inflows == flows["T"].outflows == ("a",)
    assert flows["U"].inflows == ("U net flow",)


def test_a_new_flow_never_takes_the_name_of_a_variable(read_model: Any) -> None:
    model = read_model("S = INTEG(2 * a, 1)\na = Time\nS Net Flow = 7 + a")
    assert texts(node(model, "S"), "inflow") == ["S_net_flow_2"]


def test_units_documentation_and_limits_are_kept(read_model: Any) -> None:
    model = read_model('Stock A = INTEG(2 * Time, 0.1) ~ kg & <g> [0,?] ~ what it "is": 水 |\n')
    stock = node(model, "Stock A")
    assert texts(stock, "units") == ["kg & <g>"]
    assert texts(stock, "doc") == ['what it "is": 水']
    assert texts(stock, "eqn") == ["0.1"]
    (limits,) = stock.findall(f"{{{NAMESPACE}}}range")
    assert limits.attrib == {"min": "0.0"}
    assert texts(node(model, "Stock A net flow"), "units") == ["kg & <g>/Week"]


NAMES = ['"cost/benefit (a)"', '"then"', '"2nd"', "服务 质量", "Delay"]


def named(name: str) -> str:
    return f"{name} = Time + 1\nv = {name} * 2\nS = INTEG({name}, 1)"


@pytest.mark.parametrize("name", NAMES)
def test_names_are_quoted_where_they_must_be(read_model: Any, tmp_path: Path, name: str) -> None:
    same_numbers(read_model(named(name)), simlin_reads, tmp_path)


# Simlin takes a quoted "DT" for its own DT and a point in a name for a module.
@pytest.mark.parametrize("name", [*NAMES, '"DT"', '"a.b"', '"say \\"yes\\""'])
def test_names_read_back(read_model: Any, tmp_path: Path, name: str) -> None:
    same_numbers(read_model(named(name)), we_read, tmp_path)


TIME = TimeSpec(initial_time=0, final_time=5, time_step=0.5, save_period=0.5)


def model_of(*variables: Any) -> Model:
    return Model(name="made", variables={variable.name: variable for variable in variables}, time=TIME)


def computed(expression: Expression, initial: Expression | None = None) -> Model:
    return model_of(Auxiliary(name="a", equations=(Equation(expression=expression, initial=initial),)))


TIME_NOW = Reference("Time")
STAIRS = Table((0.0, 1.0, 3.0), (1.0, 5.0, 2.0))
CROWDED = Table((math.nextafter(1.0, 0.0), 1.0, 1.0), (1.0, 5.0, 2.0))
JUMP_THAT_RUNS_ON = Table((0.0, 1.0, 1.0), (1.0, 5.0, 2.0), "extrapolate")


def reading(kind: Any) -> Model:
    table = replace(STAIRS, kind=kind)
    read_at = Arithmetic("*", LookupCall(table, Reference("Time")), Number(1.0))
    return model_of(
        Auxiliary(name="a", equations=(Equation(expression=read_at),)),
        Data(name="d", equations=(SeriesEquation(kind=kind, points=table),)),
    )


def test_tables_keep_their_kind(tmp_path: Path) -> None:
    assert 'type="continuous"' in to_xmile(reading("interpolate"))
    assert 'type="extrapolate"' in to_xmile(reading("extrapolate"))
    held = ET.fromstring(to_xmile(reading("hold"))).findall(f".//{{{NAMESPACE}}}gf")
    assert [gf.get("type") for gf in held] == ["discrete", "discrete"]
    # The last two heights are equal, so that every reading of "discrete" gives the same.
    assert [texts(gf, "ypts") for gf in held] == [["1,5,2,2"]] * 2


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (model_of(Lookup(name="t", equations=(TableEquation(table=CROWDED),))), "'t' has a table that XMILE"),
        (computed(LookupCall(JUMP_THAT_RUNS_ON, TIME_NOW)), "'a' has a table that XMILE cannot draw"),
        (
            computed(Negation(LookupCall(JUMP_THAT_RUNS_ON, TIME_NOW))),
            "'a' has a table that XMILE cannot draw",
        ),
        (computed(Root("x", Reference("x"), Number(0.0), Number(1.0))), "the root of an equation"),
        (computed(Call("NPV", (TIME_NOW, Number(0.1), Number(0.0), Number(1.0)))), "'a' uses NPV"),
        (computed(Call("RANDOM NORMAL", (Number(0.0),) * 5)), "'a' uses RANDOM NORMAL"),
        (computed(Call("GET TIME VALUE", (Number(0.0), Number(0.0), Number(1.0)))), "GET TIME VALUE"),
        (
            computed(Call("INTEGER", (Call("RANDOM 0 1", ()),))),
            "INTEGER of a random number, which is drawn anew",
        ),
        (computed(Negation(Call("SAMPLE IF TRUE", (TIME_NOW,) * 3))), "SAMPLE IF TRUE inside of an equation"),
        (model_of(Data(name="d", equations=(SeriesEquation(kind="raw", points=STAIRS),))), "without values"),
        (model_of(Data(name="d", equations=(SeriesEquation(),))), "data that the caller gives"),
        (computed(Number(float("nan"))), "'a' uses a number that the model does not give"),
    ],
)
def test_what_xmile_does_not_have_is_refused_by_name(model: Model, message: str) -> None:
    with pytest.raises(ExportError, match=message) as caught:
        to_xmile(model)
    assert len(str(caught.value).splitlines()) == 3


def test_a_refusal_names_file_line_and_variable(read_model: Any) -> None:
    model = read_model("D: a, b\nE: c, d\ny[a,D] = Time\ny[b,a] = 1 * Time")
    with pytest.raises(ExportError, match=r"model\.mdl:3: 'y' is defined for some combinations of its"):
        to_xmile(model)


PARTS = """
    E: a, b, c
    D: x, y
    F: u, v -> (E: a, b)
    part[a] = Time
    part[b] = 2 * Time
    plane[E,x] = part[a] * Time
    total = part[a] + SUM(plane[E!,x])
    t[x]((0,1),(9,4))
    t[y]((0,5),(9,2),(9,7))
    read[D] = t[D](Time)
    ahead = LOOKUP FORWARD(t[x], Time) + LOOKUP EXTRAPOLATE(t[x], Time + 20) * LOOKUP BACKWARD(t[y], Time)
    mapped[F] = part2[E] * F
    part2[E] = E * Time
    first = ACTIVE INITIAL(total * 2, 5)
    held = INITIAL(first)
    by[D] = ACTIVE INITIAL(read[D], D + 1)
    kept[D] = SAMPLE IF TRUE(MODULO(Time, 3) = 1, D * Time, -1)
    train = PULSE TRAIN(1, 1, 0, 8)
"""


def test_parts_of_ranges_mappings_tables_for_elements_and_samples_read_back(
    read_model: Any, tmp_path: Path
) -> None:
    same_numbers(read_model(PARTS, step=0.5), we_read, tmp_path)


CHANCES = """
    D: x, y
    a = RANDOM UNIFORM(-1, 3, 7)
    b[D] = RANDOM 0 1() * D
    c = RANDOM EXPONENTIAL(0.5, 4, 1, 2, 0)
    S = INTEG(RANDOM UNIFORM(0, a, 0) - S / 5, 1)
    late = SMOOTH(RANDOM UNIFORM(0, 1, 1), 3)
"""


def test_random_numbers_read_back_to_the_same_draws(read_model: Any, tmp_path: Path) -> None:
    same_numbers(read_model(CHANCES), we_read, tmp_path)


def test_what_stands_for_the_initial_value_is_written(read_model: Any) -> None:
    model = read_model("a = ACTIVE INITIAL(Time * 2, 5)\nD: x, y\nb[D] = ACTIVE INITIAL(Time, 3)")
    assert texts(node(model, "a"), "eqn") == ["TIME * 2"]
    assert texts(node(model, "a"), "init_eqn") == ["5"]
    elements = node(model, "b").findall(f"{{{NAMESPACE}}}element")
    assert [texts(element, "init_eqn") for element in elements] == [["3"], ["3"]]


def test_a_table_that_takes_the_next_height_is_written_exactly(tmp_path: Path) -> None:
    corners = [0.0, math.nextafter(0.0, 1.0), 1.0, math.nextafter(1.0, 2.0), 3.0, math.nextafter(3.0, 4.0)]
    table = replace(STAIRS, kind="forward")
    for x in [-1.0, *corners, 2.0, 9.0]:
        path = tmp_path / "read.xmile"
        path.write_text(to_xmile(computed(LookupCall(table, Number(x)))), encoding="utf-8")
        expected = interpreted(computed(LookupCall(table, Number(x))))["a"]
        np.testing.assert_array_equal(interpreted(read(path))["a"], expected)
    assert float(expected[0, 0]) == 2.0


def test_data_is_read_between_its_points_as_its_kind_says(tmp_path: Path) -> None:
    path = tmp_path / "data.xmile"
    kinds: dict[Any, list[float]] = {
        "interpolate": [1, 3, 5, 4.25, 3.5, 2.75, 2, 2, 2, 2, 2],
        "hold": [1, 1, 5, 5, 5, 5, 2, 2, 2, 2, 2],
        "forward": [1, 5, 5, 2, 2, 2, 2, 2, 2, 2, 2],
    }
    for kind, heights in kinds.items():
        data = Data(name="d", equations=(SeriesEquation(kind=kind, points=STAIRS),))
        path.write_text(to_xmile(model_of(data)), encoding="utf-8")
        np.testing.assert_allclose(interpreted(read(path))["d"].values[0], heights, rtol=1e-12)


def test_a_stock_without_any_flow_stays_as_it_is(read_model: Any, tmp_path: Path) -> None:
    model = read_model("S = INTEG(0, 3)\nT = S * 2")
    assert isinstance(model.variables["S"], Stock)
    same_numbers(model, simlin_reads, tmp_path)
