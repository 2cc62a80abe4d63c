"""May a model read files that are not its own? It may not: nothing outside of its folder is opened."""

import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sdmodels.errors import ModelFileError
from sdmodels.readers import UnsupportedError, read

ENTRIES = [
    "A = GET DIRECT CONSTANTS('{file}', ',', 'A1') ~~|",
    "A = GET XLS CONSTANTS('{file}', 'Sheet', 'A1') ~~|",
    "A := GET DIRECT DATA('{file}', ',', 'A', 'B2') ~~|",
    "A(GET DIRECT LOOKUPS('{file}', ',', '1', 'A1')) ~~|",
    "A: GET DIRECT SUBSCRIPT('{file}', ',', 'A1', 'A9', '') ~~|",
]


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file beside the folder of the model, which no model may read."""
    file = tmp_path / "secret" / "s.csv"
    file.parent.mkdir()
    file.write_text("1,2,3\n4,5,6\n")
    return file


@pytest.fixture
def model_with(tmp_path: Path) -> Callable[[str], Path]:
    """Write a model into a folder of its own."""

    def write(text: str) -> Path:
        path = tmp_path / "models" / "model.mdl"
        path.parent.mkdir(exist_ok=True)
        controls = "INITIAL TIME = 0 ~~|\nFINAL TIME = 1 ~~|\nTIME STEP = 1 ~~|\nSAVEPER = 1 ~~|\n"
        path.write_text(f"{controls}{text}\n")
        return path

    return write


@pytest.fixture
def opened() -> Iterator[list[str]]:
    """What is opened while a test runs."""
    names: list[str] = []
    noting = True

    def note(event: str, arguments: tuple[object, ...]) -> None:
        if noting and event == "open":
            names.append(str(arguments[0]))

    sys.addaudithook(note)
    yield names
    # A hook stays for good.
    noting = False


@pytest.mark.parametrize("entry", ENTRIES)
@pytest.mark.parametrize(
    "file", ["../secret/s.csv", "{folder}/secret/s.csv", "../secret/gone.csv", "link.csv"]
)
def test_a_file_outside_of_the_models_folder_is_refused_unopened(
    model_with: Callable[[str], Path], secret: Path, opened: list[str], entry: str, file: str, tmp_path: Path
) -> None:
    written = file.format(folder=tmp_path)
    path = model_with(entry.format(file=written))
    (path.parent / "link.csv").symlink_to(secret)
    opened.clear()
    with pytest.raises(ModelFileError, match="is outside of the model's folder") as caught:
        read(path)
    where, evidence, remedy = str(caught.value).splitlines()
    assert where.startswith(f"{path}:5: ")
    assert f"the file '{written}' that it reads is outside" in where
    assert evidence == f"    {entry.format(file=written).removesuffix(' ~~|')}"
    assert remedy == "Put the file beside the model, or in a folder below it, and name it there."
    assert not [name for name in opened if name.endswith(("s.csv", "gone.csv", "link.csv"))]


def test_an_alias_that_leads_outside_is_refused(model_with: Callable[[str], Path], secret: Path) -> None:
    settings = "\\\\\\---/// Sketch\n///---\\\\\\\n30:?s=../secret/s.csv\n"
    text = f"A = GET DIRECT CONSTANTS('?s', ',', 'A1') ~~|\n{settings}"
    with pytest.raises(ModelFileError, match=r"'\.\./secret/s\.csv' that it reads is outside"):
        read(model_with(text))


def test_a_folder_that_is_a_link_to_outside_is_refused(
    model_with: Callable[[str], Path], secret: Path
) -> None:
    path = model_with("A = GET DIRECT CONSTANTS('data/s.csv', ',', 'A1') ~~|")
    (path.parent / "data").symlink_to(secret.parent)
    with pytest.raises(ModelFileError, match="is outside of the model's folder"):
        read(path)


@pytest.mark.parametrize("file", ["data/s.csv", "data/../data/s.csv", "link.csv", "{folder}/data/s.csv"])
def test_a_file_below_the_models_folder_is_read(model_with: Callable[[str], Path], file: str) -> None:
    path = model_with("")
    path = model_with(f"A = GET DIRECT CONSTANTS('{file.format(folder=path.parent)}', ',', 'B1') ~~|")
    (path.parent / "data").mkdir()
    (path.parent / "data" / "s.csv").write_text("1,2\n")
    (path.parent / "link.csv").symlink_to("data/s.csv")
    (equation,) = read(path)["A"].equations
    assert equation.expression.value == 2


def test_a_model_that_is_named_through_a_link_reads_beside_it(
    model_with: Callable[[str], Path], tmp_path: Path
) -> None:
    path = model_with("A = GET DIRECT CONSTANTS('s.csv', ',', 'B1') ~~|")
    (path.parent / "s.csv").write_text("1,2\n")
    (tmp_path / "short").symlink_to(path.parent)
    assert read(tmp_path / "short" / "model.mdl")["A"].equations[0].expression.value == 2


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
@pytest.mark.parametrize("entry", ENTRIES)
def test_a_pipe_is_not_opened(model_with: Callable[[str], Path], entry: str) -> None:
    path = model_with(entry.format(file="pipe.csv"))
    os.mkfifo(path.parent / "pipe.csv")
    with pytest.raises(ModelFileError, match=re.escape(f"{path}:5: ") + ".*'pipe.csv' .* is no regular file"):
        read(path)


def test_a_link_to_itself_is_an_error_and_no_crash(model_with: Callable[[str], Path]) -> None:
    path = model_with("A = GET DIRECT CONSTANTS('loop.csv', ',', 'A1') ~~|")
    (path.parent / "loop.csv").symlink_to("loop.csv")
    with pytest.raises(ModelFileError):
        read(path)


def xmile(tmp_path: Path, *, before: str = "", inside: str = "") -> Path:
    path = tmp_path / "model.xmile"
    path.write_text(
        f'<xmile version="1.0">\n{before}\n<sim_specs><start>0</start><stop>1</stop></sim_specs>\n'
        f'<model>\n{inside}\n<variables><aux name="a"><eqn>1</eqn></aux></variables></model></xmile>'
    )
    return path


@pytest.mark.parametrize(
    "before",
    [
        '<include resource="../secret/s.xml"/>',
        '<header><includes><include resource="../secret/s.xml"/></includes></header>',
        '<data><import type="CSV" resource="../secret/s.xml"/></data>',
    ],
)
@pytest.mark.parametrize("place", ["before", "inside"])
def test_what_an_xmile_file_takes_from_other_files_is_refused(
    tmp_path: Path, before: str, place: str
) -> None:
    with pytest.raises(UnsupportedError) as caught:
        read(xmile(tmp_path, **{place: before}))
    kind, brought = ("import", "values") if "import" in before else ("include", "equations")
    assert str(caught.value) == (
        f"{tmp_path / 'model.xmile'}:{2 if place == 'before' else 5}: the model takes {brought} from another "
        f"file by <{kind}>, which is not supported.\n"
        f'    <{kind} resource="../secret/s.xml"/>\n'
        f"Write these {brought} into the model's own file and remove <{kind}>."
    )


@pytest.mark.parametrize(
    "data", ['<export type="CSV" resource="out.csv"/>', '<import enabled="false" resource="in.csv"/>']
)
def test_data_that_an_xmile_file_does_not_take_in_change_nothing(tmp_path: Path, data: str) -> None:
    assert read(xmile(tmp_path, before=f"<data>{data}</data>"))["a"].equations[0].expression.value == 1
