"""A model as Markdown: every variable once, in the order of the file, with all that the file says about it."""

import re
from typing import Any

import pytest

from sdmodels.catalogue import identifiers, load
from sdmodels.structure.expression import Number, Table
from sdmodels.structure.formatting import written
from sdmodels.structure.model import Data, Model, SeriesEquation, TimeSpec
from sdmodels.writers import to_markdown

TEACUP = """
Cup = INTEG(-Heat Loss, 180) ~ degree ~ warm tea |
Heat Loss = (Cup - Room) / Cooling Time ~ degree/Week ~ Newton's law |
Inflow = Time ~ ~ |
Bath = INTEG(Inflow, 0) ~ litre ~ |
Room = 70 ~ degree [-50,?] ~ a *room* |
Cooling Time = 10.1234567 ~ Week ~ |
Comfort( (0,1),(2,3.5) ) ~ Dmnl ~ felt |
Felt = Comfort(Cup) * WITH LOOKUP(Room, ((0,0),(9,8))) ~ ~ |
"""


@pytest.mark.parametrize("id", identifiers())
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_variable_stands_once_and_every_link_leads_somewhere(id: str, language: Any) -> None:
    model = load(id).model
    page = to_markdown(model, language=language)
    anchors = re.findall(r'<a id="([^"]+)"></a>', page)
    assert len(set(anchors)) == len(anchors)
    assert len([anchor for anchor in anchors if anchor.startswith("v-")]) == len(model.variables)
    links = set(re.findall(r"\]\(#([^)]+)\)", page))
    assert links
    assert links <= set(anchors)


def test_sections_hold_their_kinds_in_the_order_of_the_file(read_model: Any) -> None:
    page = to_markdown(read_model(TEACUP))
    heads = re.findall(r"^#+ (.+)$", page, flags=re.MULTILINE)
    assert heads == [
        "model: equations",
        *("Stocks", "Cup", "Bath"),
        *("Flows", "Heat Loss", "Inflow"),
        *("Auxiliaries", "Felt"),
        "Constants",
        *("Table functions", "Comfort"),
        "Time settings",
    ]


def test_an_entry_has_equation_unit_documentation_and_links(read_model: Any) -> None:
    page = to_markdown(read_model(TEACUP))
    entry = page.partition("### Heat Loss")[2].partition("<a id")[0]
    assert "```text\nHeat Loss = (Cup - Room) / Cooling Time\n```" in entry
    assert "Newton's law" in entry
    assert "Unit: degree/Week" in entry
    assert "Uses: [Cup](#v-cup), [Room](#v-room), [Cooling Time](#v-cooling-time)" in entry
    assert "Cup = INTEG(-Heat Loss, 180)" in page


def test_constants_are_rows_with_all_digits_and_limits(read_model: Any) -> None:
    page = to_markdown(read_model(TEACUP))
    assert '| <a id="v-room"></a>Room | 70 | degree | -50 … ? | a \\*room\\* |' in page
    assert "| 10.1234567 |" in page
    assert "| FINAL TIME · final time | 10 | Week |" in page


def test_tables_are_written_out_named_or_not(read_model: Any) -> None:
    page = to_markdown(read_model(TEACUP))
    comfort = page.partition("### Comfort")[2]
    assert "| x | y |\n|--:|--:|\n| 0 | 1 |\n| 2 | 3.5 |" in comfort
    felt = page.partition("### Felt")[2].partition("<a id")[0]
    assert "| 0 | 0 |\n| 9 | 8 |" in felt
    assert "[Comfort](#v-comfort)" in felt


def test_headings_are_chinese_on_request_and_names_get_their_titles(read_model: Any) -> None:
    page = to_markdown(
        read_model(TEACUP),
        language="zh",
        heading="茶杯",
        title_of=lambda name: {"Cup": "茶"}.get(name, name),
        unit_of=lambda name: "度",
        time_unit="周",
    )
    assert page.startswith("# 茶杯：方程\n")
    assert "### Cup · 茶\n" in page
    assert "单位：度" in page
    assert "用到：[Heat Loss](#v-heat-loss)" in page
    assert "| INITIAL TIME · 起始时间 | 0 | 周 |" in page
    english = {"Stocks", "Flows", "Constants", "Unit", "Uses", "Table", "documentation"}
    assert not english & set(re.findall(r"\w+", page))


def test_a_line_never_ends_within_a_name(read_model: Any) -> None:
    names = [f"Quite A Long Name Number {i}" for i in range(8)]
    constants = "\n".join(f"{name} = 1" for name in names)
    page = to_markdown(read_model(f"Sum Of Them = {' + '.join(names)}\n{constants}"))
    block = page.partition("```text\n")[2].partition("\n```")[0].splitlines()
    assert len(block) > 1
    assert all(len(line) <= 100 for line in block)
    assert all(line.startswith("    + Quite A Long Name Number") for line in block[1:])


def test_subscripts_and_exceptions_are_shown(read_model: Any) -> None:
    page = to_markdown(read_model("D: a, b\nk[D] = 1, 2\nx[D] = k[D] * Time\ntot = SUM(x[D!])"))
    assert "x[D] = k[D] * Time" in page
    assert "tot = SUM(x[D!])" in page
    assert "k\\[b\\] | 2 |" in page


def test_data_without_points_say_so_and_data_with_points_show_them() -> None:
    time = TimeSpec(initial_time=0, final_time=1, time_step=1, save_period=1)
    given = Data(name="given", equations=(SeriesEquation(),))
    held = Data(name="held", equations=(SeriesEquation(points=Table((0.0,), (7.0,), "hold")),))
    page = to_markdown(Model(name="m", variables={"given": given, "held": held}, time=time))
    assert "The values are given by the caller." in page
    assert "the height of the last point passed\n\n| x | y |\n|--:|--:|\n| 0 | 7 |" in page


@pytest.mark.parametrize("value", [0.1234567, 12345678.0, 1e-9, 5.0, -0.0, 1 / 3, float("inf"), float("nan")])
def test_a_written_number_is_the_number(value: float) -> None:
    assert repr(float(written(Number(value)))) == repr(value)
