"""What is read from an XMILE file, and what is refused?"""

import hashlib
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sdmodels.engine import interpreter
from sdmodels.engine.lowering import lower
from sdmodels.engine.trajectories import periodic_steps
from sdmodels.errors import ModelFileError
from sdmodels.readers import UnsupportedError, read
from sdmodels.structure.expression import LookupCall, Number, Table
from sdmodels.structure.model import Auxiliary, Constant, Lookup, Model, Stock

SPECS = "<start>0</start><stop>4</stop><dt>1</dt>"
DIMENSIONS = """<dimensions>
    <dim name="Region"><elem name="North"/><elem name="South"/></dim>
    <dim name="Age" size="3"/>
</dimensions>"""
Read = Callable[..., Model]


@pytest.fixture
def read_xmile(tmp_path: Path) -> Read:
    """Write what is inside ``<variables>`` and read the file."""

    def read_written(
        variables: str,
        *,
        specs: str = SPECS,
        before: str = "",
        after: str = "",
        attributes: str = 'time_units="Week"',
        name: str = "model.xmile",
    ) -> Model:
        path = tmp_path / name
        path.write_text(
            '<?xml version="1.0" encoding="utf-8"?>'
            '<xmile version="1.0" xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0">\n'
            f"<sim_specs {attributes}>{specs}</sim_specs>{before}\n"
            f"<model><variables>\n{variables}\n</variables></model>{after}</xmile>",
            encoding="utf-8",
        )
        return read(path)

    return read_written


def courses(model: Model) -> dict[str, list[float]]:
    program = lower(model)
    found = interpreter.integrate(program, np.empty((0, 1)), steps=periodic_steps(program))
    return {name: found.values[row, :, 0].tolist() for row, name in enumerate(program.outputs)}


def aux(name: str, equation: str, more: str = "") -> str:
    escaped = equation.replace("&", "&amp;").replace("<", "&lt;")
    return f'<aux name="{name}"><eqn>{escaped}</eqn>{more}</aux>\n'


def flow(name: str, equation: str, more: str = "") -> str:
    return aux(name, equation, more).replace("<aux", "<flow").replace("</aux", "</flow")


def arrayed(*dimensions: str) -> str:
    return "<dimensions>" + "".join(f'<dim name="{name}"/>' for name in dimensions) + "</dimensions>"


def value_of(read_xmile: Read, equation: str, variables: str = "", **settings: str) -> float:
    return courses(read_xmile(variables + aux("asked", equation), **settings))["asked"][0]


def test_names_units_documentation_limits_and_lines_are_kept(read_xmile: Read) -> None:
    model = read_xmile(
        '<aux name="Order\\nArrival 积压">\n<doc>What\n arrives.</doc><eqn>5</eqn>'
        '<units>order/Week</units><range min="0" max="9"/></aux>'
    )
    (variable,) = model.variables.values()
    assert (variable.name, variable.units, variable.documentation) == (
        "Order Arrival 积压",
        "order/Week",
        "What arrives.",
    )
    assert (variable.minimum, variable.maximum, variable.line) == (0.0, 9.0, 6)
    assert model.content_hash == hashlib.sha256(model.source.read_bytes()).hexdigest()


def test_every_variable_has_its_kind(read_xmile: Read) -> None:
    model = read_xmile(
        '<stock name="S"><eqn>1</eqn><inflow>F</inflow></stock>'
        + flow("F", "2 * C")
        + aux("C", "-3")
        + '<gf name="T"><xscale min="0" max="1"/><ypts>0,2</ypts></gf>'
    )
    assert [type(v) for v in model.variables.values()] == [Stock, Auxiliary, Constant, Lookup]
    assert courses(model)["S"] == [1, -5, -11, -17, -23]


@pytest.mark.parametrize(
    ("specs", "attributes", "step", "save"),
    [
        ("<start>1</start><stop>3</stop><dt>0.5</dt>", "", 0.5, 0.5),
        ('<start>1</start><stop>3</stop><dt reciprocal="true">4</dt>', "", 0.25, 0.25),
        ("<start>1</start><stop>3</stop>", "", 1.0, 1.0),
        ("<start>1</start><stop>3</stop><dt>0.5</dt>", 'save_interval="1"', 0.5, 1.0),
        ("<start>1</start><stop>3</stop><dt>0.5</dt><save_step>2</save_step>", "", 0.5, 2.0),
    ],
)
def test_time_is_what_the_run_specifications_say(
    read_xmile: Read, specs: str, attributes: str, step: float, save: float
) -> None:
    time = read_xmile(aux("a", "1"), specs=specs, attributes=attributes).time
    assert (time.initial_time, time.final_time, time.time_step, time.save_period) == (1, 3, step, save)


@pytest.mark.parametrize(
    ("equation", "value"),
    [
        ("2 + 3 * 4 ^ 2", 50),
        ("-2 ^ 2", -4),
        ("2 ^ 3 ^ 2", 512),
        ("2 ^ -1", 0.5),
        ("- -3", 3),
        ("7 - 2 - 1", 4),
        ("1 OR 0 AND 0", 1),
        ("not 0 and 1", 1),
        ("(NOT 3) + 1", 1),
        ("7 MOD 4 * 2", 6),
        ("-7 mod 3", 2),
        ("7 mod (-3)", -2),
        ("1 <= 1", 1),
        ("1 <> 1", 0),
        ("IF 1 > 2 THEN 3 ELSE IF 2 > 1 THEN 4 ELSE 5", 4),
        ("10 + if 0 then 1 else 2 { the rest }", 12),
        ("IF IF 1 THEN 0 ELSE 1 THEN 3 ELSE 4", 4),
        ("notice + iffy", 30),
        ('"Notice" + IFFY', 30),
        ("INT(-4.5)", -5),
        ("INT(4.5)", 4),
        ("INT(-4)", -4),
        ("LOG10(1000)", 3),
        ("SAFEDIV(1, 0)", 0),
        ("SAFEDIV(1, 0, 7)", 7),
        ("SAFEDIV(1, 1e-7)", 1e7),
        ("8 // 0", 0),
        ("MAX(1, 3, 2)", 3),
        ("PI + PI()", 2 * math.pi),
        ("DT + STARTTIME + STOPTIME + TIME", 5),
        ("MIN(INF, 4)", 4),
        ("std.abs(-2)", 2),
        ("IF_THEN_ELSE(1, 2, 3)", 2),
    ],
)
def test_an_equation_means_what_the_standard_says(read_xmile: Read, equation: str, value: float) -> None:
    found = value_of(read_xmile, equation, aux("notice", "10") + aux("Iffy", "20"))
    assert found == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("equation", "course"),
    [
        ("STEP(5, 2)", [0, 0, 5, 5, 5]),
        ("RAMP(2, 1)", [0, 0, 2, 4, 6]),
        ("PULSE(10, 1)", [0, 10, 0, 0, 0]),
        ("PULSE(10, 1, 0)", [0, 10, 0, 0, 0]),
        ("PULSE(10, 0, 2)", [10, 0, 10, 0, 10]),
        ("PULSE(10, 0, every)", [10, 0, 10, 0, 10]),
        ("INIT(TIME + 3)", [3, 3, 3, 3, 3]),
        ("SMTH1(STEP(8, 1), 2)", [0, 0, 4, 6, 7]),
        ("SMTH1(4, 2, 0)", [0, 2, 3, 3.5, 3.75]),
        ("DELAY1(4, 2, 0)", [0, 2, 3, 3.5, 3.75]),
    ],
)
def test_functions_of_time_run_as_the_standard_says(
    read_xmile: Read, equation: str, course: list[float]
) -> None:
    model = read_xmile(aux("every", "2") + aux("asked", equation))
    assert courses(model)["asked"] == pytest.approx(course, rel=1e-12)


def test_an_equation_may_stand_in_cdata_over_several_lines_with_names_in_quotes(read_xmile: Read) -> None:
    model = read_xmile(
        aux("cost (new)", "4")
        + aux("revenue\\ngap", "3")
        + '<aux name="a"><eqn><![CDATA[IF 1 < 2\n THEN "Cost (NEW)" {in euro}\n ELSE "revenue\\ngap"]]></eqn></aux>'
    )
    assert courses(model)["a"][0] == 4


@pytest.mark.parametrize(
    ("kind", "values"),
    [("continuous", [1, 1.5, 2, 5, 5]), ("extrapolate", [1, 1.5, 2, 5, 8]), ("discrete", [1, 1, 2, 5, 5])],
)
def test_tables_are_continuous_extrapolated_or_discrete(
    read_xmile: Read, kind: str, values: list[float]
) -> None:
    points = f'<gf type="{kind}"><xpts>0,2,4,6</xpts><ypts>1,2,5,8</ypts></gf>'
    if kind != "extrapolate":
        points = points.replace("5,8", "5,5")
    model = read_xmile(aux("a", "TIME", points))
    table = model["a"].equations[0].expression
    assert isinstance(table, LookupCall)
    at = [0.0, 1.0, 2.0, 4.0, 6.0]
    found = [courses(read_xmile(aux("x", str(x)) + aux("a", "x", points)))["a"][0] for x in at]
    assert found == values


def test_a_table_is_read_by_its_name_and_by_lookup(read_xmile: Read) -> None:
    scale = '<xscale min="0" max="2"/><ypts sep=";">0;10;40</ypts>'
    model = read_xmile(
        f'<gf name="rising">{scale}</gf><aux name="bare"><gf>{scale}</gf></aux>'
        + aux("driven", "0 + 0", f"<gf>{scale}</gf>")
        + aux("a", "Rising(1)")
        + aux("b", "LOOKUP(bare, 1.5)")
        + aux("c", "LOOKUP(driven, 2) + driven")
    )
    assert model["rising"].equations[0].table == Table((0.0, 1.0, 2.0), (0.0, 10.0, 40.0))
    found = courses(model)
    assert [found[name][0] for name in "abc"] == [10, 25, 40]


def test_an_array_has_one_equation_for_all_or_one_for_each_element(read_xmile: Read) -> None:
    model = read_xmile(
        aux("all", "2 * each", arrayed("Region")) + f'<aux name="each">{arrayed("Region")}'
        '<element subscript="north"><eqn>1</eqn></element>'
        '<element subscript="South"><eqn>10</eqn></element></aux>'
        + aux("table", "1, 2, 3; 4, 5, 6", arrayed("Region", "Age"))
        + f'<aux name="several">{arrayed("Region")}<eqn>7</eqn><eqn>TIME</eqn></aux>'
        + aux("turned", "table", arrayed("Age", "Region"))
        + aux("picked", "table[South, 2] + Region.South")
        + f'<stock name="S">{arrayed("Region")}<eqn>each[Region]</eqn><inflow>in</inflow></stock>'
        + flow("in", "all", arrayed("Region")),
        before=DIMENSIONS,
    )
    found = courses(model)
    assert (found["all[North]"][0], found["all[South]"][0]) == (2, 20)
    assert found["turned[3,South]"][0] == 6
    assert found["picked"][0] == 7
    assert found["several[South]"] == [0, 1, 2, 3, 4]
    assert found["S[South]"] == [10, 30, 50, 70, 90]


@pytest.mark.parametrize(
    ("equation", "value"),
    [
        ("SUM(table)", 21),
        ("SUM(table[*, 2])", 7),
        ("SUM(table[South, Age])", 15),
        ("MEAN(table)", 3.5),
        ("SIZE(table[North, *])", 3),
        ("MAX(table)", 6),
        ("MIN(table[Region.South, *])", 4),
    ],
)
def test_functions_of_arrays_run_over_the_elements_asked_for(
    read_xmile: Read, equation: str, value: float
) -> None:
    table = aux("table", "1, 2, 3, 4, 5, 6", arrayed("Region", "Age"))
    assert value_of(read_xmile, equation, table, before=DIMENSIONS) == value


def test_each_element_may_have_a_table_of_its_own(read_xmile: Read) -> None:
    def table(ys: str) -> str:
        return f'<gf><xscale min="0" max="1"/><ypts>{ys}</ypts></gf>'

    model = read_xmile(
        f'<aux name="a">{arrayed("Region")}<eqn>1</eqn>'
        f'<element subscript="North">{table("0,2")}</element>'
        f'<element subscript="South">{table("0,5")}</element></aux>',
        before=DIMENSIONS,
    )
    assert [courses(model)[f"a[{region}]"][0] for region in ("North", "South")] == [2, 5]


def test_outflows_leave_in_their_order_what_is_there_and_no_more(read_xmile: Read) -> None:
    model = read_xmile(
        '<stock name="A"><eqn>5</eqn><inflow>in</inflow><outflow>first</outflow><outflow>second</outflow>'
        '<non_negative/></stock><stock name="B"><eqn>0</eqn><inflow>second</inflow></stock>'
        + flow("in", "1")
        + flow("first", "2")
        + flow("second", "2")
    )
    found = courses(model)
    assert found["A"] == [5, 2, 1, 1, 1]
    assert found["first"] == [2, 2, 1, 1, 1]
    assert found["second"] == [2, 0, 0, 0, 0]
    assert found["B"] == [0, 2, 2, 2, 2]


def test_a_flow_that_runs_backwards_does_not_empty_its_target_below_zero(read_xmile: Read) -> None:
    stocks = (
        '<stock name="A"><eqn>0</eqn><outflow>f</outflow></stock>'
        '<stock name="B"><eqn>3</eqn><inflow>f</inflow><non_negative/></stock>'
    )
    found = courses(read_xmile(stocks + flow("f", "-2")))
    assert found["B"] == [3, 1, 0, 0, 0]
    assert found["A"] == [0, 2, 3, 3, 3]


@pytest.mark.parametrize(
    ("behaviour", "own", "value"),
    [
        ("", "", -1),
        ("", "<non_negative/>", 0),
        ("<behavior><non_negative/></behavior>", "", 0),
        ("<behavior><flow><non_negative/></flow></behavior>", "", 0),
        ("<behavior><stock><non_negative/></stock></behavior>", "", -1),
        ("<behavior><non_negative/></behavior>", "<non_negative> False </non_negative>", -1),
    ],
)
def test_a_flow_is_non_negative_where_it_or_the_behaviour_says_so(
    read_xmile: Read, behaviour: str, own: str, value: float
) -> None:
    assert courses(read_xmile(flow("f", "-1", own), before=behaviour))["f"][0] == value


def test_a_module_is_flattened_and_its_inputs_are_other_names(read_xmile: Read) -> None:
    model = read_xmile(
        '<module name="City"><connect to="rate" from="share"/><connect to="City.far" from=".share"/></module>'
        '<module name="Big\\nLake"><connect to="Big_Lake.inhabitants" from="City.People"/></module>'
        + aux("share", "0.5")
        + aux("seen", "City.People"),
        after='<model name="City"><variables><aux name="rate"/><aux name="far"><eqn>{later}</eqn></aux>'
        '<stock name="People"><eqn>8</eqn><outflow>leaving</outflow></stock>'
        "<flow name='leaving'><eqn>People * rate * far / .share</eqn></flow></variables></model>"
        '<model name="Big\\nLake"><variables><aux name="inhabitants"/>'
        "<aux name='fish'><eqn>inhabitants + City.leaving</eqn></aux></variables></model>",
    )
    assert list(model) == ["share", "seen", "City.People", "City.leaving", "Big Lake.fish"]
    found = courses(model)
    assert found["seen"] == [8, 4, 2, 1, 0.5]
    assert found["Big Lake.fish"] == [12, 6, 3, 1.5, 0.75]


@pytest.mark.parametrize(
    ("connections", "message"),
    [
        ('<connect to="x" from="nowhere"/>', r":4: the input 'm\.x' is connected to 'nowhere', which is not"),
        ('<connect to="x" from="m.x"/>', "which is not defined"),
        (
            '<connect to="x" from="a"/>\n<connect to="m.x" from="b"/>',
            r":5: the input 'm\.x' is connected a second",
        ),
    ],
)
def test_a_connection_leads_to_one_variable(read_xmile: Read, connections: str, message: str) -> None:
    with pytest.raises(ModelFileError, match=message):
        read_xmile(
            f'<module name="m">{connections}</module>' + aux("a", "1") + aux("b", "2"),
            after='<model name="m"><variables><aux name="x"/></variables></model>',
        )


def test_a_flow_has_the_dimensions_of_its_stock(read_xmile: Read) -> None:
    stock = f'<stock name="S">{arrayed("Region")}<eqn>1</eqn><inflow>f</inflow></stock>'
    with pytest.raises(ModelFileError, match="the flow 'f' does not have the dimensions of 'S'"):
        read_xmile(stock + flow("f", "1"), before=DIMENSIONS)


def test_the_equation_for_the_initial_time_is_kept(read_xmile: Read) -> None:
    (equation,) = read_xmile(aux("a", "TIME", "<init_eqn>5</init_eqn>"))["a"].equations
    assert equation.initial == Number(5.0)


def test_a_macro_is_written_out_at_each_call(read_xmile: Read) -> None:
    macros = (
        '<macro name="twice"><parm>x</parm><eqn>2 * x</eqn></macro>'
        '<macro name="twice"><parm>x</parm><parm>y</parm><eqn>twice(x) + y</eqn></macro>'
        '<macro name="settle"><parm>goal</parm><parm>time to</parm><eqn>state</eqn><variables>'
        '<stock name="state"><eqn>0</eqn><inflow>change</inflow></stock>'
        '<flow name="change"><eqn>(goal - state) / time_to</eqn></flow></variables></macro>'
    )
    model = read_xmile(
        aux("a", "twice(3) + twice(1, 2)") + aux("b", "settle(8, 2) + settle(a, 1)"), before=macros
    )
    found = courses(model)
    assert found["a"][0] == 10
    assert found["b"] == [0, 14, 16, 17, 17.5]


def test_a_file_of_stella_10_has_its_variables_inside_the_model(tmp_path: Path) -> None:
    path = tmp_path / "old.STMX"
    variable = aux("a", "3", '<display x="1"/>')
    path.write_text(
        '<xmile xmlns="http://www.systemdynamics.org/XMILE"><isee:prefs layer="model"/>'
        f"<sim_specs>{SPECS}</sim_specs><model>{variable}"
        "<display><connector/></display><interface/></model></xmile>"
    )
    assert courses(read(path))["a"][0] == 3


def test_a_save_period_that_is_only_a_variable_is_kept(read_xmile: Read) -> None:
    model = read_xmile(aux("SAVEPER", "2") + aux("a", "TIME"))
    assert model.time.save_period == 2
    assert courses(model)["a"] == [0, 2, 4]


def test_run_specifications_that_are_repeated_as_variables_are_read_once(read_xmile: Read) -> None:
    model = read_xmile(aux("TIME STEP", "1") + aux("SAVEPER", "TIME_STEP") + aux("a", "TIME_STEP"))
    assert list(model) == ["a"]
    assert courses(model)["a"][0] == 1


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        (aux("a", "1 +"), r"model\.xmile:4: the equation of 'a' cannot be read from 'the end' on\."),
        (aux("a", "1 ? 2"), r":4: the equation of 'a' cannot be read from '\? 2' on\.\n    a = 1 \? 2\n"),
        (aux("a", "1 2"), r"cannot be read from '2' on"),
        (aux("a", "IF 1 THEN 2"), r"cannot be read from 'the end' on"),
        (aux("a", "b + 1") + aux("bb", "1"), r":4: 'b' is not defined\.\n.*\nDid you mean 'bb'\?"),
        (aux("a", "{ none }"), r":4: 'a' has no equation"),
        (aux("a", "(" * 3000 + "1" + ")" * 3000), r":4: the equation of 'a' is nested too deeply"),
        (aux("a", "1") + aux("A", "2"), r":5: 'A' is defined a second time"),
        ("<aux><eqn>1</eqn></aux>", r":4: a <aux> has no name"),
        (aux("a", "1", "<gf><ypts>1,2</ypts></gf>"), r"the table of 'a' is incomplete\.\n    0 x and 2 y"),
        (aux("a", "1", "<gf><xpts>1,1</xpts><ypts>1,2</ypts></gf>"), "x that do not ascend"),
        (aux("a", "1", "<gf><xpts>0,z</xpts><ypts>1,2</ypts></gf>"), "the table of 'a' holds 'z'"),
        (aux("a", "1", '<range min="low"/>'), "the range of 'a' holds 'low'"),
        (aux("a", "1", arrayed("Town")), "the dimension 'Town', which is not defined"),
        ('<stock name="S"><eqn>1</eqn><inflow>f</inflow></stock>', "the flow 'f' of 'S' is not defined"),
        (aux("time", "2"), "'time' has the name of the time itself"),
        (aux("a", "1", "<non_negative/>"), "'a' is a <aux> with <non_negative>, which has no meaning"),
        (aux("a", "1", "<init_eqn>1</init_eqn><init_eqn>2</init_eqn>"), "'a' has a second <init_eqn>"),
        (
            '<stock name="S"><eqn>1</eqn><inflow>f</inflow></stock>'
            '<flow name="f"><gf><xscale min="0" max="1"/><ypts>1,2</ypts></gf></flow>',
            "the flow 'f' of 'S' is a table without an equation",
        ),
        (
            '<module name="m"><connect to="x" from="nowhere"/></module>',
            "the module 'm' has no model",
        ),
        (aux("TIME STEP", "2"), "'TIME STEP' differs from <sim_specs>"),
        ('<module name="m"/>', "the module 'm' has no model"),
    ],
)
def test_what_is_broken_is_named_with_line_and_equation(
    read_xmile: Read, variables: str, message: str
) -> None:
    with pytest.raises(ModelFileError, match=message) as caught:
        read_xmile(variables)
    assert len(str(caught.value).split("\n")) == 3


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        (
            '<stock name="S"><eqn>1</eqn>\n<conveyor><len>1</len></conveyor></stock>',
            r":5: 'S' uses <conveyor>",
        ),
        ('<stock name="S"><eqn>1</eqn><queue/></stock>', "'S' uses <queue>"),
        ('<stock name="S"><eqn>1</eqn><oven/></stock>', "'S' uses <oven>"),
        (flow("f", "1", "<leak>0.1</leak>"), "'f' uses <leak>"),
        (flow("f", "1", "<multiplier>3</multiplier>"), "'f' uses <multiplier>"),
        (aux("a", "POISSON(1)"), r":4: 'a' uses POISSON, which is not supported"),
        (aux("a", "SMTH1(1)"), "'a' uses SMTH1 with 1 arguments"),
        (aux("a", "NOT 1 > 2"), "NOT in front of a comparison without parentheses"),
        (
            aux("a", "g + 1") + '<gf name="g"><xscale min="0" max="1"/><ypts>1,2</ypts></gf>',
            "the table 'g' without",
        ),
        (aux("a", "b[1 + 1]") + aux("b", "1"), "the computed subscript"),
        ("<something/>", "<something> is not supported"),
    ],
)
def test_what_is_not_supported_is_named_with_its_line(read_xmile: Read, variables: str, message: str) -> None:
    with pytest.raises(UnsupportedError, match=message) as caught:
        read_xmile(variables)
    assert len(str(caught.value).split("\n")) == 3


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not well-formed XML"),
        (b"plain text", "not well-formed XML"),
        (b"<xmile><model></xmile>", r"model\.xmile:1: the file is not well-formed XML"),
        (b"<html/>", "not an XMILE model"),
        (b"<xmile/>", "does not say over which time"),
        (b"<xmile><sim_specs><start>0</start></sim_specs></xmile>", "<stop> is missing"),
        (b"<xmile><sim_specs><start>0</start><stop>1</stop></sim_specs></xmile>", "has no model"),
        (b"<xmile><sim_specs><start>2</start><stop>1</stop></sim_specs></xmile>", ":1: FINAL TIME"),
        (b"<a>" * 100_000, "not well-formed XML"),
    ],
)
def test_a_file_that_is_no_model_ends_in_three_lines(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "model.xmile"
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match=message) as caught:
        read(path)
    assert len(str(caught.value).split("\n")) == 3


def test_nothing_outside_of_the_file_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("42")
    path = tmp_path / "model.xmile"
    variable = aux("a", "&secret;").replace("&amp;", "&")
    path.write_text(
        f'<!DOCTYPE xmile [<!ENTITY secret SYSTEM "{secret.as_uri()}">]>'
        f"<xmile><sim_specs>{SPECS}</sim_specs><model><variables>{variable}</variables></model></xmile>"
    )
    with pytest.raises(ModelFileError, match="declares a document type"):
        read(path)


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="cannot be read"):
        read(tmp_path / "nowhere.xmile")
