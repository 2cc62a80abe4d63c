import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sdmodels.errors import ModelFileError
from sdmodels.readers import read
from sdmodels.structure.model import Model
from sdmodels.validation.units import UnitIssue, check_units, units

CONFORMANCE = Path(__file__).resolve().parents[4] / "shared" / "conformance"
VARIABLES = """{UTF-8}
Order = 3 ~ order ~ |
Rate = 2 ~ order/Week ~ |
Share = 0.5 ~ Dmnl ~ |
Delay = 4 ~ Week ~ |
Area = 9 ~ m^2 ~ |
Unitless = 1 ~ ~ |
Effect((0,1),(9,2)) ~ order ~ |
Price By Day((0,1),(9,2)) ~ Dmnl ~ |
district: North, South ~ ~ |
Staff[district] = 3, 9 ~ Person ~ |
INITIAL TIME = 0 ~ Week ~ |
FINAL TIME = 10 ~ Week ~ |
TIME STEP = 0.5 ~ Week ~ |
SAVEPER = 1 ~ Week ~ |
"""


def errors_of(model: Model) -> list[UnitIssue]:
    return [issue for issue in check_units(model) if issue.severity == "error"]


@pytest.fixture
def equation(tmp_path: Path) -> Callable[[str, str], list[UnitIssue]]:
    """Check one more equation: its text and the unit of its left-hand side."""

    def check(text: str, unit: str) -> list[UnitIssue]:
        path = tmp_path / "x.mdl"
        path.write_text(f"{VARIABLES}X = {text} ~ {unit} ~ |\n", encoding="utf-8")
        return errors_of(read(path))

    return check


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("Rate * Delay + Order", "order"),
        ("Order / Delay - Rate", "order/Week"),
        ("MAX(0, Order - 5)", "order"),
        ("1 - Share", "Dmnl"),
        ("10000", "order"),
        ("2 * Order", "order"),
        ("1 / Delay", "1/Week"),
        ("IF THEN ELSE(Order > 5, Rate, 0)", "order/Week"),
        ("IF THEN ELSE(Time > 5 :AND: Share < 1, Share, 1)", "Dmnl"),
        ("TREND(Order, Delay, 0)", "1/Week"),
        ("FORECAST(Order, Delay, 2 * Delay)", "order"),
        ("DELAY FIXED(Rate, Delay, 0)", "order/Week"),
        ("SAMPLE IF TRUE(Rate > 1, Order, 0)", "order"),
        ("PREVIOUS(Order, 0)", "order"),
        ("NPV(Rate, 1 / Delay, 0, Share)", "order"),
        ("RANDOM NORMAL(0, Order, 2, Order, 7)", "order"),
        ("RANDOM 0 1() * Order", "order"),
        ("Effect(Share) + LOOKUP EXTRAPOLATE(Effect, Share)", "order"),
        ("LOOKUP AREA(Effect, 0, Delay)", "order * Week"),
        ("VECTOR SELECT(Staff[district!], Staff[district!], 0, 6, 0)", "Person"),
        ("VECTOR ELM MAP(Staff[North], Share)", "Person"),
        ("ELMCOUNT(district) * Order", "order"),
        ("VOLUME PULSE(Order, Delay, Delay)", "order/Week"),
        ("SAFEDIV(Order, Delay, Rate)", "order/Week"),
        ("FLOOR(Order)", "order"),
        ("GET TIME VALUE(0, Delay, 0)", "Week"),
        ("SQRT(Area)", "m"),
        ("Area ^ 0.5", "m"),
        ("(Order / Order) ^ Share", "Dmnl"),
        ("POWER(Area, 2)", "m^4"),
        ("EXP(-Time / Delay)", "Dmnl"),
        ("ABS(INTEGER(-Order))", "order"),
        ("ZIDZ(Order, Delay)", "order/Week"),
        ("XIDZ(Order, Delay, Rate)", "order/Week"),
        ("MODULO(Order, 5)", "order"),
        ("SMOOTH(Rate, Delay)", "order/Week"),
        ("DELAY3I(Rate, Delay, 0)", "order/Week"),
        ("INITIAL(Order)", "order"),
        ("Effect(Rate)", "order"),
        ("WITH LOOKUP(Rate, ((0,0),(1,1)))", "m"),
        ("STEP(Order, 5)", "order"),
        ("10000 + STEP(5000, 10)", "$/Month"),
        ("RAMP(Rate, 2, 8)", "order"),
        ("Order * PULSE(2, TIME STEP) / TIME STEP", "order/Week"),
        ("PULSE TRAIN(1, 1, Delay, FINAL TIME)", "Dmnl"),
        ("SUM(Staff[district!])", "People"),
        ("VMAX(Staff[district!])", "Persons"),
        ("Rate * Unitless", "m"),
        ("Unitless + Order", "order"),
        ("INTEG(Rate, Order)", "order"),
        ("INTEG(1, 5)", "order"),
    ],
)
def test_an_equation_whose_units_fit(
    equation: Callable[[str, str], list[UnitIssue]], text: str, unit: str
) -> None:
    assert equation(text, unit) == []


@pytest.mark.parametrize(
    ("text", "unit", "left", "right", "part"),
    [
        ("Rate", "order", "order", "order/Week", "Rate"),
        ("Order + Rate", "order", "order", "order/Week", "Order + Rate"),
        ("Share * (Rate - Order)", "Dmnl", "order/Week", "order", "Rate - Order"),
        ("EXP(Order)", "Dmnl", "Dmnl", "order", "EXP(Order)"),
        ("LN(Delay)", "Dmnl", "Dmnl", "Week", "LN(Delay)"),
        ("Order ^ Share", "Dmnl", "Dmnl", "order", "Order ^ Share"),
        ("Share ^ Order", "Dmnl", "Dmnl", "order", "Share ^ Order"),
        ("SQRT(Area)", "m^2", "m^2", "m", "SQRT(Area)"),
        ("MIN(Order, Rate)", "order", "order", "order/Week", "MIN(Order, Rate)"),
        ("IF THEN ELSE(Order > Delay, 1, 0)", "Dmnl", "order", "Week", "Order > Delay"),
        (
            "IF THEN ELSE(Share > 0, Order, Delay)",
            "order",
            "order",
            "Week",
            "IF THEN ELSE(Share > 0, Order, Delay)",
        ),
        ("SMOOTH(Rate, Order)", "order/Week", "Week", "order", "SMOOTHI(Rate, Order, Rate)"),
        ("DELAY1I(Rate, Delay, Order)", "order/Week", "order/Week", "order", "DELAY1I(Rate, Delay, Order)"),
        ("XIDZ(Order, Delay, Order)", "order/Week", "order/Week", "order", "XIDZ(Order, Delay, Order)"),
        ("Effect(Share)", "Week", "Week", "order", "Effect(Share)"),
        ("STEP(Order, Share)", "order", "Week", "Dmnl", "STEP(Order, Share)"),
        ("RAMP(Rate, 2, 8)", "order/Week", "order/Week", "order", "RAMP(Rate, 2, 8)"),
        ("Order + Time", "order", "order", "Week", "Order + Time"),
        ("INTEG(Order, 0)", "order", "order/Week", "order", "Order"),
        ("INTEG(Rate, Rate)", "order", "order", "order/Week", "Rate"),
        ("SUM(Staff[district!])", "order", "order", "Person", "SUM(Staff[district!])"),
        (
            "DELAY FIXED(Rate, Delay, Order)",
            "order/Week",
            "order/Week",
            "order",
            "DELAY FIXED(Rate, Delay, Order)",
        ),
        ("TREND(Order, Delay, 0)", "Dmnl", "Dmnl", "1/Week", "TREND(Order, Delay, 0)"),
        ("RANDOM UNIFORM(Rate, Order, 1)", "order", "order/Week", "order", "RANDOM UNIFORM(Rate, Order, 1)"),
        ("LOOKUP FORWARD(Effect, Share)", "Week", "Week", "order", "LOOKUP FORWARD(Effect, Share)"),
        (
            "VECTOR SELECT(Staff[district!], Staff[district!], Order, 6, 0)",
            "Person",
            "Person",
            "order",
            "VECTOR SELECT(Staff[district!], Staff[district!], Order, 6, 0)",
        ),
        ("VOLUME PULSE(Order, Delay)", "order", "order", "order/Week", "VOLUME PULSE(Order, Delay)"),
    ],
)
def test_an_equation_whose_units_clash_is_found_with_both_units(
    equation: Callable[[str, str], list[UnitIssue]],
    text: str,
    unit: str,
    left: str,
    right: str,
    part: str,
) -> None:
    [issue] = equation(text, unit)
    assert issue.variable == "X"
    assert issue.line == 16
    assert (issue.left, issue.right, issue.part) == (left, right, part)
    assert issue.equation == f"X = {text}"
    sentence = f"units of 'X' do not fit.\n    X = {text}\nLeft: {left}; right: {right} (in '{part}')."
    assert re.search(rf"x\.mdl:16: {re.escape(sentence)} Correct the equation or a unit\.", issue.message)


def test_one_mistake_is_reported_once(equation: Callable[[str, str], list[UnitIssue]]) -> None:
    assert len(equation("(Order + Rate) * Share", "m")) == 1


def test_two_mistakes_are_reported_apart(equation: Callable[[str, str], list[UnitIssue]]) -> None:
    assert [issue.part for issue in equation("(Order + Rate) * (Delay - Share)", "m")] == [
        "Order + Rate",
        "Delay - Share",
    ]


def test_a_missing_unit_is_a_warning(bare: Callable[..., Model]) -> None:
    model = bare("~ Week\n    ~ Source", "~\n    ~ Source")
    [issue] = check_units(model)
    assert issue.severity == "warning"
    assert issue.variable == "Handling Time"
    assert re.search(
        r"bare\.mdl:26: 'Handling Time' has no unit\.\n    Handling Time = 2\nWrite its unit", issue.message
    )


def test_a_missing_unit_of_time_is_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "x.mdl"
    path.write_text(VARIABLES.replace("TIME STEP = 0.5 ~ Week", "TIME STEP = 0.5 ~"), encoding="utf-8")
    assert [issue.variable for issue in check_units(read(path))] == ["TIME STEP", "Unitless"]


def test_a_unit_that_cannot_be_read_is_an_error(bare: Callable[..., Model]) -> None:
    [issue] = check_units(bare("~ Week\n    ~ Source", "~ Week//\n    ~ Source"))
    assert issue.severity == "error"
    assert re.search(
        r"bare\.mdl:26: the unit of 'Handling Time' cannot be read\.\n    Week//\nWrite names", issue.message
    )


def test_units_in_chinese_fit(tmp_path: Path) -> None:
    path = tmp_path / "x.mdl"
    path.write_text(
        "{UTF-8}\n积压 = INTEG(流入, 0) ~ 件 ~ |\n流入 = 2 ~ 件/周 ~ |\n"
        + "".join(
            f"{n} = {v} ~ 周 ~ |\n"
            for n, v in (("INITIAL TIME", 0), ("FINAL TIME", 9), ("TIME STEP", 1), ("SAVEPER", 1))
        ),
        encoding="utf-8",
    )
    assert check_units(read(path)) == ()


def test_a_model_whose_units_fit_passes(bare: Callable[..., Model]) -> None:
    finding = units(bare())
    assert (finding.check, finding.status, finding.measured) == ("units", "passed", 0.0)
    assert re.search(r"The units of 10 variables fit\.$", finding.message)


def test_a_model_with_a_unit_error_fails(bare: Callable[..., Model]) -> None:
    finding = units(bare("Order Backlog / Handling Time", "Order Backlog"))
    assert (finding.status, finding.measured, finding.bound) == ("failed", 1.0, 0.0)
    assert re.search(r"units of 'Order Completion' do not fit", finding.message)


def test_a_pass_says_how_many_units_are_missing(bare: Callable[..., Model]) -> None:
    finding = units(bare("~ Week\n    ~ Source", "~\n    ~ Source"))
    assert finding.status == "passed"
    assert re.search(r"1 of them have no unit and were taken to fit", finding.message)


def test_many_errors_are_cut_short(tmp_path: Path) -> None:
    path = tmp_path / "x.mdl"
    wrong = "".join(f"X{number} = Order ~ Week ~ |\n" for number in range(7))
    path.write_text(VARIABLES + wrong, encoding="utf-8")
    assert re.search(r"There are 2 more; check_units lists all", units(read(path)).message)


def test_a_model_without_any_unit_is_not_checked(tmp_path: Path) -> None:
    path = tmp_path / "x.mdl"
    path.write_text(re.sub(r"~ \S+ ~", "~ ~", VARIABLES), encoding="utf-8")
    finding = units(read(path))
    assert finding.status == "not run"
    assert re.search(r"No variable of x has a unit", finding.message)


@pytest.mark.skipif(not CONFORMANCE.is_dir(), reason="the conformance models are not beside the repository")
def test_no_readable_conformance_model_breaks_the_check() -> None:
    checked = 0
    for path in sorted(CONFORMANCE.rglob("*.mdl")):
        try:
            model = read(path)
        except ModelFileError:
            continue
        for issue in check_units(model):
            assert issue.message.count("\n") == 2
        checked += 1
    assert checked > 50
