"""What is said of a file that asks for more than any machine has? An error, within seconds."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sdmodels.engine.lowering import lower
from sdmodels.errors import SDModelsError
from sdmodels.readers import read
from sdmodels.structure.model import Model

ReadModel = Callable[..., Model]
RANGES = "D: (d1-d3000) ~~|\nE: (e1-e3000) ~~|\n"
SPECS = "<sim_specs><start>0</start><stop>1</stop></sim_specs>"
THREE_THOUSAND = '<dimensions><dim name="D" size="3000"/><dim name="E" size="3000"/></dimensions>'
OVER_BOTH = '<dimensions><dim name="D"/><dim name="E"/></dimensions>'


@pytest.fixture(autouse=True)
def at_once() -> Iterator[None]:
    """Hold every test to the five seconds that a user may be kept waiting for an error."""
    begins = time.perf_counter()
    yield
    assert time.perf_counter() - begins < 5


def vensim_macros(calls: str) -> str:
    chain = "".join(f":MACRO: M{i}(a)\nM{i} = {calls.format(i + 1)} ~~|\n:END OF MACRO:\n" for i in range(30))
    return f"{chain}:MACRO: M30(a)\nM30 = a ~~|\n:END OF MACRO:\nx = M0(Time) ~~|\n"


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("D: (d1-d100000000) ~~|\nx = 1 ~~|", 1, "with 'D' the subscript ranges have more than 100,000 elements"),
        (f"D: (d1-d{'9' * 5000}) ~~|\nx = 1 ~~|", 1, "with 'D' the subscript ranges have more than 100,000"),
        ("D: (d1-d60000) ~~|\nE <-> D ~~|\nx = 1 ~~|", 2, "with 'E' the subscript ranges have more than 100,000"),
        (f"{RANGES}x[D,E] = Time ~~|", 3, "with 'x' the model has more than 1,000,000 single numbers"),
        ("D: (d1-d3000) ~~|\nE <-> D ~~|\nx[D,E] = Time ~~|", 3, "with 'x' the model has more than 1,000,000"),
        (f"{RANGES}x[d1,e1] :EXCEPT: [D,E] = Time ~~|", 3, "with 'x' the model has more than 1,000,000"),
        (f"{RANGES}x[D,E] = GET DIRECT CONSTANTS('a.csv', ',', 'A1') ~~|", 3, "with 'x' the model has more than"),
        (
            f"{RANGES}:MACRO: M(a)\nM = a ~~|\n:END OF MACRO:\nx[D,E] = M(1) ~~|",
            6,
            "with 'x' the model has more than",
        ),
        ("x = DELAY N(Time, 5, 0, 100000000) ~~|", 1, "'x' uses a delay whose order is 1e+08, more than 5,000"),
        ("x = SMOOTH N(Time, 5, 0, 1e999) ~~|", 1, "'x' uses a delay whose order is inf, more than 5,000"),
        (vensim_macros("M{0}(a) + M{0}(a)"), 86, "'M28' uses the macro M29, with which the model has more than"),
        ("".join(f"R{i}: R{i + 1} ~~|\n" for i in range(2000)), 52, "'R51' is inside of too many others"),
    ],
)  # fmt: skip
def test_a_vensim_file_that_asks_for_too_much_is_refused_at_its_line(
    write_model: Callable[..., Path], text: str, line: int, what: str
) -> None:
    path = write_model(text)
    with pytest.raises(SDModelsError) as caught:
        read(path)
    first, _, _ = str(caught.value).splitlines()
    assert first.startswith(f"{path}:{line}: ")
    assert what in first


def xmile_macros() -> str:
    chain = (
        f'<macro name="M{i}"><parm>a</parm><eqn>M{i + 1}(a) + M{i + 1}(a)</eqn></macro>' for i in range(30)
    )
    return "".join(chain) + '<macro name="M30"><parm>a</parm><eqn>a</eqn></macro>'


def xmile_modules(names: str) -> str:
    """Modules that hold two of the next kind each, thirty times."""
    last = "".join(
        f'<model name="{k}30"><variables><aux name="y"><eqn>1</eqn></aux></variables></model>'
        for k in dict.fromkeys(names)
    )
    return last + "".join(
        f'<model name="{k}{i}"><variables>'
        + "".join(f'<module name="{name}{i + 1}"/>' for name in names)
        + "</variables></model>"
        for i in range(30)
        for k in dict.fromkeys(names)
    )


@pytest.mark.parametrize(
    ("before", "variables", "after", "what"),
    [
        (
            '<dimensions><dim name="D" size="1000000000"/></dimensions>',
            "",
            "",
            "with 'D' the dimensions have more than 100,000 elements",
        ),
        (
            f'<dimensions><dim name="D" size="{"9" * 5000}"/></dimensions>',
            "",
            "",
            "with 'D' the dimensions have more than 100,000 elements",
        ),
        (
            THREE_THOUSAND,
            f'<aux name="x">{OVER_BOTH}<eqn>TIME</eqn></aux>',
            "",
            "with 'x' the model has more than 1,000,000 single numbers",
        ),
        (
            THREE_THOUSAND,
            f'<aux name="x">{OVER_BOTH}<eqn>1, 2, 3</eqn></aux>',
            "",
            "with 'x' the model has more than 1,000,000 single numbers",
        ),
        ("", '<aux name="x"><eqn>SMTHN(TIME, 5, 100000000)</eqn></aux>', "", "order is 1e+08, more than 5,000"),
        (
            xmile_macros(),
            '<aux name="x"><eqn>M0(TIME)</eqn></aux>',
            "",
            "with which the model has more than 10,000 calls of macros",
        ),
        ("", '<module name="N0"/>', xmile_modules("NN"), "the model has more than 10,000 modules"),
        ("", '<module name="N0"/>', xmile_modules("NK"), "the model has more than 10,000 modules"),
    ],
)  # fmt: skip
def test_an_xmile_file_that_asks_for_too_much_is_refused_at_its_line(
    tmp_path: Path, before: str, variables: str, after: str, what: str
) -> None:
    path = tmp_path / "model.xmile"
    path.write_text(
        f'<xmile version="1.0">{SPECS}{before}<model><variables>{variables}</variables></model>{after}</xmile>'
    )
    with pytest.raises(SDModelsError) as caught:
        read(path)
    first, _, _ = str(caught.value).splitlines()
    assert first.startswith(f"{path}:1: ")
    assert what in first


def test_modules_inside_each_other_without_end_are_refused(tmp_path: Path) -> None:
    models = "".join(
        f'<model name="N{i}"><variables><module name="N{i + 1}"/></variables></model>' for i in range(1500)
    )
    path = tmp_path / "model.xmile"
    main = '<model><variables><module name="N0"/></variables></model>'
    path.write_text(f'<xmile version="1.0">{SPECS}{main}{models}</xmile>')
    with pytest.raises(SDModelsError, match="or 50 of them in each other"):
        read(path)


@pytest.mark.parametrize(
    "equation",
    [
        "y = SUM(xA[A!] * xB[B!] * xC[C!] * xF[F!])",
        "y = VMIN(xA[A!] * xB[B!] * xC[C!] * xF[F!])",
        "y = VECTOR SELECT(xA[A!] * xB[B!], xC[C!] * xF[F!], 0, 0, 0)",
        "y[H] = VECTOR SORT ORDER(xH[H], 1)",
    ],
)
def test_what_a_function_stands_for_is_bounded_too(read_model: ReadModel, equation: str) -> None:
    ranges = "".join(f"{k}: ({k}1-{k}300) ~~|\nx{k}[{k}] = Time ~~|\n" for k in "ABCF")
    model = read_model(f"{equation} ~~|\n{ranges}H: (H1-H1500) ~~|\nxH[H] = Time ~~|\n")
    with pytest.raises(SDModelsError) as caught:
        lower(model)
    first, evidence, remedy = str(caught.value).splitlines()
    assert first.startswith(f"{model.source}:1: with 'y")
    assert first.endswith("the model has more than 1,000,000 hidden stocks and terms of sums.")
    assert evidence == f"    {equation}"
    assert remedy == "Sum over fewer subscripts at once, or give the ranges fewer elements."


def test_an_equation_that_is_nested_too_deeply_for_a_run_is_named(read_model: ReadModel) -> None:
    model = read_model(f"x = 1 + {' + '.join(['Time'] * 3000)}\n")
    with pytest.raises(SDModelsError, match=r":1: the equation of 'x' is nested too deeply\.\n") as caught:
        lower(model)
    assert str(caught.value).endswith("Divide it among several variables.")


def test_more_time_steps_than_fit_are_refused_at_the_time_step(write_model: Callable[..., Path]) -> None:
    path = write_model("x = 1 ~~|", final=1e9, step=1e-3, save=1e9)
    with pytest.raises(SDModelsError) as caught:
        read(path)
    first, _, remedy = str(caught.value).splitlines()
    assert first.startswith(f"{path}:8: ")
    assert first.endswith("TIME STEP (0.001) is too small for a run from 0 to 1e+09.")
    assert remedy == "Choose a larger TIME STEP or an earlier FINAL TIME."


def nested(function: str, times: int) -> str:
    equation = "TIME"
    for _ in range(times):
        equation = function.format(equation)
    return equation


@pytest.mark.parametrize("function", ["SMOOTH({}, 5)", "DELAY1({}, 5)", "DELAY3({}, 5)"])
def test_functions_that_double_their_input_inside_each_other_are_refused(
    read_model: ReadModel, function: str
) -> None:
    what = ":1: 'x' uses functions inside each other that stand for more than 100,000 parts, which"
    with pytest.raises(SDModelsError, match=what):
        read_model(f"x = {nested(function, 20)} ~~|")
    lower(read_model(f"x = {nested(function, 4)} ~~|"))


@pytest.mark.parametrize("function", ["({} MOD 3)", "SMTH1({}, 5)"])
def test_an_xmile_file_does_not_double_without_end_either(tmp_path: Path, function: str) -> None:
    path = tmp_path / "model.xmile"
    variables = f'<aux name="x"><eqn>{nested(function, 40)}</eqn></aux>'
    path.write_text(f'<xmile version="1.0">{SPECS}<model><variables>{variables}</variables></model></xmile>')
    with pytest.raises(SDModelsError, match="'x' uses functions inside each other that stand for more than"):
        read(path)
