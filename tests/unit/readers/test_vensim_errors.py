"""What is said of a file that cannot be read? Three lines: where and what, the evidence, what to do."""

import contextlib
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sdmodels.catalogue import load
from sdmodels.errors import ModelFileError, SDModelsError
from sdmodels.readers import UnsupportedError, read

WriteModel = Callable[..., Path]

NEVER_RUN = "[__import__('pathlib').Path(r'{mark}').touch()]"


@pytest.fixture
def refused(write_model: WriteModel) -> Callable[..., str]:
    """Write a file, expect it to be refused, and return the message without the folder."""

    def attempt(equations: str, *, kind: type[SDModelsError] = ModelFileError, **settings: object) -> str:
        path = write_model(equations, **settings)
        with pytest.raises(kind, match=re.escape(str(path))) as caught:
            read(path)
        message = str(caught.value)
        assert len(message.splitlines()) == 3, message
        assert message.splitlines()[1].startswith("    "), message
        return message.replace(str(path), "model.mdl")

    return attempt


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        ModelFileError, match=r"nowhere\.mdl: the model file cannot be read\.\n    No such file"
    ) as e:
        read(tmp_path / "nowhere.mdl")
    assert str(e.value).endswith("Check the path and the permissions.")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "folder.mdl").mkdir()
    with pytest.raises(
        ModelFileError, match=r"cannot be read\.\n    It is a folder, no regular file\.\nSave"
    ):
        read(tmp_path / "folder.mdl")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
@pytest.mark.parametrize("reader", [read, load])
@pytest.mark.parametrize("name", ["pipe.mdl", "pipe.xmile"])
def test_a_pipe_is_no_model_and_is_not_waited_for(
    tmp_path: Path, name: str, reader: Callable[[Path], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SDMODELS_CACHE", str(tmp_path / "cache"))
    os.mkfifo(tmp_path / name)
    with pytest.raises(ModelFileError, match=r"cannot be read\.\n    It is a named pipe, no regular file\."):
        reader(tmp_path / name)


@pytest.mark.skipif(not Path("/dev/null").is_char_device(), reason="the system has no such device")
def test_a_device_is_no_model() -> None:
    with pytest.raises(ModelFileError, match=r"cannot be read\.\n    It is a device, no regular file\."):
        load("/dev/null")


@pytest.mark.parametrize("name", ["model.txt", "model.vpm", "model"])
def test_another_kind_of_file_is_refused(tmp_path: Path, name: str) -> None:
    message = (
        r"cannot be read\.\n    Readable: \.mdl, \.xmile, .*\nSave the model in Vensim .*, or as XMILE\.$"
    )
    with pytest.raises(ModelFileError, match=message):
        read(tmp_path / name)


@pytest.mark.parametrize(
    ("content", "evidence"),
    [
        (b"{UTF-8}\nA\xff = 1 ~~|", "the text is not in the encoding UTF-8."),
        (b"A\xff = 1 ~~|", "the text is not in the encoding utf-8 or gb18030."),
        (b"{nonsense}\nA = 1 ~~|", "the text is not in the encoding nonsense."),
    ],
)
def test_text_that_cannot_be_decoded_is_an_error_and_loses_no_byte(
    tmp_path: Path, content: bytes, evidence: str
) -> None:
    path = tmp_path / "model.mdl"
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match=re.escape(f"{path}: {evidence}\n    ")) as caught:
        read(path)
    assert str(caught.value).endswith("with the first line {UTF-8}.")


@pytest.mark.parametrize("content", ["", "\n\n"])
def test_an_empty_file_is_no_model(tmp_path: Path, content: str) -> None:
    path = tmp_path / "model.mdl"
    path.write_text(content)
    with pytest.raises(ModelFileError, match="the file cannot be read as a Vensim model") as caught:
        read(path)
    assert str(caught.value).endswith("Open it in Vensim and save it again as text (.mdl).")


def test_a_broken_equation_is_named_with_line_and_position(refused: Callable[..., str]) -> None:
    assert refused("A = 1 ~~|\n\nB = 2 * \\\n    (3 + 4)) ~~|") == (
        "model.mdl:3: the equation of 'B' cannot be read from ')' on.\n"
        "    B = 2 * (3 + 4))\n"
        "Correct the equation; Vensim's equation editor shows what it expects."
    )


def test_a_broken_equation_after_a_section_has_its_line(refused: Callable[..., str]) -> None:
    section = "********\n .Group\n********~\n  Words.\n |\n"
    assert refused(f"A = 1 ~~|\n{section}B = * 2 ~~|").startswith(
        "model.mdl:7: the equation of 'B' cannot be read from '* 2' on.\n"
    )


@pytest.mark.parametrize(
    ("text", "line", "evidence"),
    [
        ("A = 1 ~~|\nB = 2 |\nC = 3 ~~|", 2, "B = 2"),
        ("A = 1 ~~|\nB = 2 ~~~~ |\nC = 3 ~~|", 2, "B = 2"),
        ("A = 1 |", 1, "A = 1"),
    ],
)
def test_an_entry_with_a_missing_or_excess_tilde_is_named(
    refused: Callable[..., str], text: str, line: int, evidence: str
) -> None:
    assert refused(text) == (
        f"model.mdl:{line}: the entry does not have the form 'equation ~ units ~ comment |'.\n"
        f"    {evidence}\nAdd the missing '~' or '|', here or in the entry before."
    )


def test_a_missing_bar_is_found_at_the_entry_that_lacks_it(refused: Callable[..., str]) -> None:
    assert refused("A = 1 ~~|\nB = 2 ~ ~ \nC = 3 ~~|").startswith(
        "model.mdl:2: the entry does not have the form"
    )


@pytest.mark.parametrize("broken", ["B = 2 |", "B = 2 ~~~~ |", "B = 2 ~ ~", "B = 2 ~ Week ~ 5 ~ 6 ~ 7 |"])
def test_nothing_after_a_broken_entry_is_silently_dropped(refused: Callable[..., str], broken: str) -> None:
    """The control variables come first, so that nothing else tells that the rest of the file is lost."""
    controls = "INITIAL TIME = 0 ~~|\nFINAL TIME = 1 ~~|\nTIME STEP = 1 ~~|\nSAVEPER = 1 ~~|\n"
    message = refused(f"{controls}A = 1 ~~|\n{broken}\nC = 3 ~~|", controls="")
    assert message.startswith("model.mdl:6: ")


@pytest.mark.parametrize("limits", ["[low, high]", "[0, 1, 2, x]", "[x] [0, 1]"])
def test_limits_that_are_no_numbers_are_refused_at_their_line(
    refused: Callable[..., str], limits: str
) -> None:
    assert refused(f"B = 1 ~~|\nA = 1 ~ Week {limits} ~ |").startswith("model.mdl:2: ")


def test_an_unknown_variable_is_named_as_written_with_the_nearest_known(refused: Callable[..., str]) -> None:
    assert refused("Infection Rate = 1\nInfected = INTEG(Infection Rte, 1)") == (
        "model.mdl:2: 'Infection Rte' is not defined.\n"
        "    Infected = INTEG(Infection Rte, 1)\n"
        "Did you mean 'Infection Rate', defined on line 1?"
    )


def test_an_unknown_variable_that_is_like_nothing_must_be_defined(refused: Callable[..., str]) -> None:
    assert refused("A = 1\nB = Zeal") == (
        "model.mdl:2: 'Zeal' is not defined.\n    B = Zeal\nDefine it, or correct the name."
    )


def test_an_apostrophe_in_an_unknown_name_does_not_cut_it(refused: Callable[..., str]) -> None:
    assert "'citizen's trust' is not defined" in refused("A = 1\nB = citizen's trust")


@pytest.mark.parametrize(
    ("equation", "what"),
    [
        ("RANDOM POISSON(0, 1, 2, 0, 1, 0)", "RANDOM POISSON"),
        ("VECTOR SELECT(A, 1, 2)", "VECTOR SELECT with 3 arguments instead of 5"),
        ("DELAY CONVEYOR(A, 1, 2, 0, 1, 0)", "DELAY CONVEYOR"),
        ("DELAY INFORMATION(A, 1, 2)", "DELAY INFORMATION"),
        ("A FUNCTION OF(A)", "A FUNCTION OF, Vensim's mark of an equation that is still to be written"),
        ("RAMP(A)", "RAMP with 1 arguments instead of 2 to 3"),
        ("2 * GET XLS CONSTANTS('a.xls', 'b', 'c')", "GET CONSTANTS"),
        ("My Macro(A, 1)", "MY MACRO"),
        ("MIN(A)", "MIN with 1 arguments instead of 2 or more"),
        ("ABS()", "ABS with 0 arguments instead of 1"),
        ("T(A, 1)", "a table function with 2 arguments instead of 1"),
        ("SMOOTH N(A, 1, 2, A - 1)", "a delay whose order is not a whole number of 1 or more"),
        ("DELAY N(A, 1, 2, 0)", "a delay whose order is not a whole number of 1 or more"),
        ("SMOOTH N(A, 1, 2, 1.5)", "a delay whose order is not a whole number of 1 or more"),
        ("IF THEN ELSE(A, 1)", "IF THEN ELSE"),
    ],
)
def test_an_unsupported_function_is_named_with_file_line_and_function(
    refused: Callable[..., str], equation: str, what: str
) -> None:
    message = refused(f"A = 1\nT((0,0),(1,1))\nB = {equation}")
    where, evidence, remedy = message.splitlines()
    assert where.upper() == f"model.mdl:3: 'B' uses {what}, which is not supported.".upper()
    assert evidence == f"    B = {equation}"
    assert remedy == "Write it with the functions that `sdmodels` reads (see docs/functions.md)."


def test_an_equation_that_is_nested_too_deeply_is_to_be_divided(refused: Callable[..., str]) -> None:
    first, _, remedy = refused(f"A = 1\nB = {'(' * 3000}A{')' * 3000}").splitlines()
    assert first == "model.mdl:2: the equation of 'B' is nested too deeply."
    assert remedy == "Divide it among several variables."


@pytest.mark.parametrize("call", ["DELAYP(A, 4 : on its way)", "1 + delayp (A, 4 : on its way)"])
def test_a_delay_that_tells_what_is_on_its_way_is_named_as_unsupported(
    refused: Callable[..., str], call: str
) -> None:
    assert refused(f"A = 1\nB = {call}", kind=UnsupportedError) == (
        f"model.mdl:2: 'B' uses DELAYP, which is not supported.\n    B = {call}\n"
        "Write it with DELAY3, and with a stock for what is on its way."
    )


def test_the_cause_of_the_error_is_kept(write_model: WriteModel) -> None:
    with pytest.raises(ModelFileError, match="which is not supported") as caught:
        read(write_model("A = RANDOM POISSON(0, 1, 2, 0, 1, 0)"))
    assert isinstance(caught.value.__cause__, UnsupportedError)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("d: x, y ~~|\nB := A + 1 ~~|\nA:RAW: ~~|", "a data variable that is computed from other data"),
        ("d: x, y ~~|\nB:NEAREST: ~~|", "the keyword :NEAREST:"),
        (
            "d: x, y ~~|\nB[d] :EXCEPT: [x, x] = 1 ~~|",
            ":EXCEPT: with another number of subscripts than 1",
        ),
        ("d: x, y ~~|\nB[d] = 1, 2, 3 ~~|", "a table of 3 numbers for the subscripts [d]"),
    ],
)
def test_an_unsupported_kind_of_variable_is_named(refused: Callable[..., str], text: str, what: str) -> None:
    assert f"model.mdl:2: '{text.splitlines()[1][0]}' uses {what}, which is not supported." in refused(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "A = 1 ~~|\nd: GET XLS SUBSCRIPT('a.csv', ',', 'A1', 'A9', 'p') ~~|",
            "model.mdl:2: the file 'a.csv' that it reads is missing.\n"
            "    d: GET XLS SUBSCRIPT('a.csv', ',', 'A1', 'A9', 'p')\nPut it beside the model.",
        ),
        (
            "T(GET DIRECT LOOKUPS('a.csv', ',', '1', 'A1')) ~~|",
            "model.mdl:1: the numbers of 'T': the file 'a.csv' that it reads is missing.\n"
            "    T(GET DIRECT LOOKUPS('a.csv', ',', '1', 'A1'))\nPut it beside the model.",
        ),
    ],
)
def test_a_missing_file_beside_the_model_is_named(
    refused: Callable[..., str], text: str, message: str
) -> None:
    assert refused(text) == message


def test_a_cell_without_a_number_is_refused(refused: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,2\n3,4\n", encoding="utf-8")
    message = refused("A = GET DIRECT CONSTANTS('a.csv', ',', 'A1') ~~|")
    assert message.startswith("model.mdl:1: the numbers of 'A': 'a.csv', ',', cell 'A1' holds cells without")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("a: a, b ~~|", "1: 'a' is the name of a subscript range and of one of its elements."),
        ("a: b ~~|\nb: a ~~|", "1: the subscript range 'a' contains itself."),
        ("a <-> z ~~|", "1: 'z' is not a subscript range."),
        ("a: x, y -> b ~~|", "1: the range 'b' that 'a' maps to is not defined."),
        ("a: x, y -> b ~~|\nb: u ~~|", "1: the mapping of 'a' to 'b' does not fit: 1 elements for 2."),
        (
            "a: x, y -> (b: u, w) ~~|\nb: u, v ~~|",
            "1: the mapping of 'a' to 'b' does not fit: 'w' is not in it.",
        ),
        ("a: x, y ~~|\nA: z ~~|", "2: the subscript range 'A' is defined a second time."),
        (
            "a: x, y ~~|\nb[a] = 1 ~~|\nb[a,x] = 1 ~~|",
            "3: 'b' has 1 subscripts in one place and another number here.",
        ),
        ("a: x, y ~~|\na = 1 ~~|", "2: 'a' is the name of a variable and of a subscript range."),
    ],
)
def test_a_subscript_range_that_makes_no_sense_is_refused_at_its_line(
    refused: Callable[..., str], text: str, what: str
) -> None:
    assert refused(text).startswith(f"model.mdl:{what}\n")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("M(x) = x", "1: the head of a macro cannot be read."),
    ],
)
def test_the_head_of_a_macro_must_be_complete(refused: Callable[..., str], text: str, what: str) -> None:
    assert refused(f":MACRO: {text} ~~|\n:END OF MACRO:\n".replace("(x)", "[x]")).startswith(
        f"model.mdl:{what}"
    )


@pytest.mark.parametrize(
    ("call", "what"),
    [
        ("M(1, 2)", "4: 'y' uses the macro M with 2 inputs instead of 1"),
        ("SUM(M(z[d!]))", "4: 'y' uses the macro M inside of SUM and the like"),
        ("N(1)", "8: 'N' uses the macro N, which calls itself"),
    ],
)
def test_a_call_of_a_macro_that_does_not_fit_is_refused(
    refused: Callable[..., str], call: str, what: str
) -> None:
    text = (
        ":MACRO: M(x)\nM = x ~~|\n:END OF MACRO:\ny = "
        f"{call} ~~|\nd: a, b ~~|\nz[d] = 1, 2 ~~|\n:MACRO: N(x)\nN = N(x) ~~|\n:END OF MACRO:\n"
    )
    assert refused(text).startswith(f"model.mdl:{what}, which is not supported.")


def test_an_unknown_subscript_is_named_as_a_subscript(refused: Callable[..., str]) -> None:
    message = refused("d: x, y ~~|\nA[d] = 1, 2 ~~|\nB = A[z] ~~|")
    assert message.startswith("model.mdl:3: 'z' is not defined.\n    B = A[z]\n")


def test_an_unknown_subscript_on_the_left_is_named(refused: Callable[..., str]) -> None:
    assert refused("d: x, y ~~|\nA[z] = 1 ~~|").startswith("model.mdl:2: 'z' is not defined.")


@pytest.mark.parametrize(
    "text",
    ["A = 1\nB = 2\na = 3", "A((0,0),(1,1))\nB = 2\nA = 3", "A_b = 1\nB = 2\na B = 3", "A = 1\nB = 2\nA = 1"],
    ids=["constant", "table and constant", "other spelling", "the very same equation"],
)
def test_a_variable_that_is_defined_twice_is_an_error_with_both_lines(
    refused: Callable[..., str], text: str
) -> None:
    where, _, remedy = refused(text).splitlines()
    assert re.fullmatch(r"model\.mdl:3: 'A(_b)?' is defined a second time\.", where)
    assert remedy == "Remove one of the two; the other is on line 1."


@pytest.mark.parametrize("missing", ["INITIAL TIME", "FINAL TIME", "TIME STEP", "SAVEPER"])
def test_a_missing_control_variable_is_named(refused: Callable[..., str], missing: str) -> None:
    controls = {"INITIAL TIME": 0, "FINAL TIME": 10, "TIME STEP": 1, "SAVEPER": 1}
    text = "A = 1\n" + "\n".join(f"{n} = {v}" for n, v in controls.items() if n != missing)
    assert refused(text, controls="") == (
        f"model.mdl: '{missing}' is not defined.\n"
        "    Every Vensim model has INITIAL TIME, FINAL TIME, TIME STEP and SAVEPER.\n"
        "Set it under Model > Settings in Vensim."
    )


@pytest.mark.parametrize(
    ("settings", "line", "what"),
    [
        ({"step": 0}, 9, "TIME STEP is 0."),
        ({"step": -1}, 9, "TIME STEP is -1."),
        ({"final": -1}, 6, "FINAL TIME (-1) is before INITIAL TIME (0)."),
        ({"save": 0}, 12, "SAVEPER is 0."),
    ],
)
def test_a_span_of_time_that_cannot_be_run_is_refused_at_its_line(
    refused: Callable[..., str], settings: dict[str, float], line: int, what: str
) -> None:
    where, evidence, _ = refused("A = 1", **settings).splitlines()
    assert where == f"model.mdl:{line}: {what}"
    assert evidence.strip().startswith(what.split(" is ")[0].split(" (")[0])


@pytest.mark.parametrize("final", ["Level", "T", "FINAL TIME"])
def test_a_control_variable_that_is_no_number_is_refused(refused: Callable[..., str], final: str) -> None:
    message = refused("Level = INTEG(1, 2)\nT((0,0),(1,1))", final=final)
    assert "'FINAL TIME' does not come to a number before the run: it depends on " in message
    assert message.endswith("Give it a number.")


def test_a_final_time_that_runs_away_is_refused(refused: Callable[..., str]) -> None:
    assert "'FINAL TIME' is not reached in 100000 steps." in refused("A = 1", final="Time + 1")


@pytest.mark.parametrize("control", ["step", "save"])
def test_a_step_that_changes_during_the_run_is_refused(refused: Callable[..., str], control: str) -> None:
    message = refused("A = 1", **{control: "IF THEN ELSE(Time < 4, 1, 0.5)"})
    assert "changes during the run, from 1 to 0.5 at 4." in message
    assert message.endswith("Give it one number for the whole run.")


def test_a_control_variable_with_subscripts_is_refused(refused: Callable[..., str]) -> None:
    text = "d: x, y ~~|\nTIME STEP[d] = 1, 2 ~~|\nINITIAL TIME = 0 ~~|\nFINAL TIME = 1 ~~|\nSAVEPER = 1 ~~|"
    assert "'TIME STEP' must be a single number." in refused(text, controls="")


@pytest.mark.parametrize(
    "equation",
    [
        "T({code},(0,0),(1,1))",
        "T( {code} , (0,0),(1,1))",
        "T(\\\n    {code},(0,0),(1,1))",
        "T(\\{code},(0,0),(1,1))",
        "A = WITH LOOKUP(Time, ({code},(0,0),(1,1)))",
        "A = WITH LOOKUP(Time, (\\{code},(0,0),(1,1)))",
        '"a~b"({code},(0,0),(1,1))',
        '"a|b"({code},(0,0),(1,1))',
        '"a\\"b~c"({code},(0,0),(1,1))',
        '"\\\\\\---///"({code},(0,0),(1,1))',
        "A = 1 ~~|\nT({code},(0,0),(1,1))",
        "{{UTF-8}}T({code},(0,0),(1,1))",
    ],
    ids=[
        "plain",
        "blanks",
        "continuation",
        "backslash",
        "with lookup",
        "with lookup and backslash",
        "tilde in the name",
        "bar in the name",
        "escaped quote in the name",
        "sketch mark in the name",
        "second entry",
        "after the encoding",
    ],
)
def test_code_in_the_range_of_a_table_is_refused_and_never_run(
    write_model: WriteModel, tmp_path: Path, equation: str
) -> None:
    mark = tmp_path / "ran"
    text = equation.format(code=NEVER_RUN.format(mark=mark)) + " ~~|"
    with pytest.raises(ModelFileError):
        read(write_model(text))
    assert not mark.exists()


def test_the_test_above_can_fail(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    eval(NEVER_RUN.format(mark=mark))  # what PySD does with the range of a table
    assert mark.exists()


def test_the_refusal_of_code_shows_the_range(refused: Callable[..., str]) -> None:
    assert refused("A = 1\nT([__import__('os').system('x')],(0,0),(1,1))") == (
        "model.mdl:2: the range of a table function holds more than numbers.\n"
        "    [__import__('os').system('x')]\n"
        "Write it as [(x min,y min)-(x max,y max)]."
    )


@pytest.mark.parametrize("inside", ["", "(0,0)", "1", "(0,0)-(1,1)-(2,2)"])
def test_a_range_of_numbers_that_makes_no_sense_does_not_crash(write_model: WriteModel, inside: str) -> None:
    path = write_model(f"T([{inside}],(0,0),(1,1))")
    with contextlib.suppress(ModelFileError):  # refused or read: Vensim uses the range for drawing only
        read(path)


@pytest.mark.parametrize(
    "equation", ["007", "1..2", "1e", "'text'", '"', "[1]", "A[", "()", "1 2", "A B", ",", "{x}"]
)
def test_nonsense_is_an_error_with_its_line_and_never_a_traceback(
    refused: Callable[..., str], equation: str
) -> None:
    assert refused(f"A = 1 ~~|\nB = {equation} ~~|").startswith("model.mdl:")
