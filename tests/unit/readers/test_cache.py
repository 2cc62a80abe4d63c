"""What was read before is not read again; what is not whole is read anew, and nothing is ever an error."""

import gzip
import hashlib
import json
import math
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sdmodels.errors import ModelFileError
from sdmodels.readers import cache, read
from sdmodels.structure.expression import Number
from sdmodels.structure.model import Constant, Equation, Model
from sdmodels.structure.serialisation import canonical, to_data

ROOT = Path(__file__).parents[3]
EQUATIONS = """
    Stock = INTEG(Inflow - Stock / Delay, 10)
    Inflow = SMOOTH3(STEP(1, 3), Delay) + table(Time)
    Delay = 0.1
    table((0,0),(10,1/3))
""".replace("1/3", "0.3333333333333333")
PROBE = """
import sys
from pathlib import Path
from sdmodels.readers import read
model = read(Path(sys.argv[1]))
assert model.source == Path(sys.argv[1])
print(len(model.variables), "pysd" in sys.modules)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache" / "of a user"
    monkeypatch.setenv(cache.VARIABLE, str(folder))
    return folder


@pytest.fixture
def path(write_model: Callable[..., Path]) -> Path:
    return write_model(EQUATIONS)


@pytest.fixture
def unparsed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every reading of a file fail: what comes back comes from the cache."""
    monkeypatch.setattr("sdmodels.readers._READERS", {".mdl": ("nowhere", "nothing")})


def only_entry(folder: Path) -> Path:
    (entry,) = folder.iterdir()
    return entry


def in_a_process(path: Path, folder: Path) -> subprocess.Popen[str]:
    environment = {**os.environ, cache.VARIABLE: str(folder), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-W", "ignore", "-c", PROBE, str(path)]
    return subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_what_was_read_before_is_not_read_again(
    path: Path, folder: Path, request: pytest.FixtureRequest
) -> None:
    first = read(path)
    only_entry(folder)
    request.getfixturevalue("unparsed")
    second = read(path)
    assert second == first
    assert second.source == path
    assert second.content_hash == hashlib.sha256(path.read_bytes()).hexdigest()
    assert repr(second.variables) == repr(first.variables)


@pytest.mark.usefixtures("folder")
def test_without_the_cache_the_proof_above_would_fail(path: Path, request: pytest.FixtureRequest) -> None:
    request.getfixturevalue("unparsed")
    with pytest.raises(ModuleNotFoundError, match="nowhere"):
        read(path)


@pytest.mark.usefixtures("folder")
def test_a_copy_elsewhere_is_known_and_says_where_it_was_read(
    path: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    read(path)
    (tmp_path / "other").mkdir()
    copied = Path(shutil.copy(path, tmp_path / "other" / path.name))
    request.getfixturevalue("unparsed")
    assert read(copied).source == copied


def test_another_content_ending_or_name_is_another_entry(
    path: Path, folder: Path, write_model: Callable[..., Path]
) -> None:
    assert read(path).variables["Delay"].equations[0].text == "Delay = 0.1"
    write_model(EQUATIONS.replace("0.1", "0.2"))
    assert read(path).variables["Delay"].equations[0].text == "Delay = 0.2"
    renamed = path.rename(path.with_name("renamed.mdl"))
    assert read(renamed).name == "renamed"
    assert len(list(folder.iterdir())) == 3


def packed(payload: bytes, checksum: str | None = None) -> bytes:
    right = hashlib.sha256(payload).hexdigest() if checksum is None else checksum
    return gzip.compress(right.encode() + b"\n" + payload)


def changed(model: Model, **keys: object) -> bytes:
    return packed(canonical({**to_data(model), "source": None, **keys}))


DAMAGE: dict[str, Callable[[bytes, Model], bytes]] = {
    "empty": lambda entry, _: b"",
    "truncated": lambda entry, _: entry[:-20],
    "one bit flipped": lambda entry, _: entry[:99] + bytes([entry[99] ^ 4]) + entry[100:],
    "continued": lambda entry, _: entry + entry,
    "not compressed": lambda entry, _: gzip.decompress(entry),
    "foreign": lambda entry, _: packed(b'{"cache": "of another program"}'),
    "not JSON": lambda entry, _: packed(b"import os"),
    "wrong checksum": lambda entry, _: packed(gzip.decompress(entry).partition(b"\n")[2], "0" * 64),
    "older schema": lambda entry, model: changed(model, schema=0),
    "newer schema": lambda entry, model: changed(model, schema=99),
    "of another file": lambda entry, model: changed(model, content_hash="0" * 64),
    "with a source": lambda entry, model: changed(model, source="/elsewhere/model.mdl"),
    "nested without end": lambda entry, _: packed(b"[" * 100_000),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_an_entry_that_is_not_whole_is_read_anew_and_mended(
    path: Path, folder: Path, damage: Callable[[bytes, Model], bytes]
) -> None:
    model = read(path)
    entry = only_entry(folder)
    whole = entry.read_bytes()
    entry.write_bytes(damage(whole, model))
    assert entry.read_bytes() != whole
    assert cache.find(path) is None
    assert read(path) == model
    assert entry.read_bytes() == whole


def test_an_entry_that_cannot_be_opened_is_no_error(path: Path, folder: Path) -> None:
    model = read(path)
    entry = only_entry(folder)
    entry.unlink()
    entry.mkdir()
    assert read(path) == model


def test_a_folder_that_cannot_be_made_or_written_to_is_no_error(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a file"
    file.write_text("stays", encoding="utf-8")
    monkeypatch.setenv(cache.VARIABLE, str(file))
    assert read(path).name == "model"
    monkeypatch.setenv(cache.VARIABLE, str(file / "below"))
    assert read(path).name == "model"
    assert file.read_text(encoding="utf-8") == "stays"


def test_a_folder_that_may_only_be_read_still_gives_what_it_holds(
    path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    model = read(path)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "read-only")

    # Whoever runs the tests as root may write anywhere; the refusal is played.
    monkeypatch.setattr(os, "utime", refuse)
    monkeypatch.setattr("tempfile.mkstemp", refuse)
    cache.keep(model)
    request.getfixturevalue("unparsed")
    assert read(path) == model
    only_entry(folder)


@pytest.mark.parametrize("off", ["", "  "])
def test_an_empty_variable_switches_the_cache_off(
    path: Path, monkeypatch: pytest.MonkeyPatch, off: str
) -> None:
    monkeypatch.setenv(cache.VARIABLE, off)
    monkeypatch.chdir(path.parent)
    read(path)
    assert cache.find(path) is None
    assert list(path.parent.iterdir()) == [path]


def test_without_the_variable_the_user_s_cache_folder_is_taken(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(cache.VARIABLE)
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: tmp_path / "user" / "sdmodels")
    read(path)
    only_entry(tmp_path / "user" / "sdmodels")


def test_entries_that_nobody_uses_go_beyond_a_bound(
    folder: Path, write_model: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "MOST_ENTRIES", 2)
    paths = [write_model("a = 1", name=f"{name}.mdl") for name in "xyz"]
    folder.mkdir(parents=True)
    (folder / "letter to a friend.json.gz").touch()
    for age, path in zip((300, 200), paths, strict=False):
        read(path)
        newest = max(folder.glob("model-*"), key=lambda entry: entry.stat().st_mtime)
        os.utime(newest, (1e9 - age, 1e9 - age))
    assert cache.find(paths[0]) is not None  # used: the other one is now the oldest
    read(paths[2])
    assert [cache.find(path) is None for path in paths] == [False, True, False]
    assert (folder / "letter to a friend.json.gz").exists()


@pytest.mark.parametrize(
    "text",
    [
        "GET XLS DATA('a.xls', 's', 'A', 'B2')",
        "get_direct_constants",
        "GET\n\tDIRECT",
        "Get \\\n XLS",
        "'a.csv'",
    ],
)
def test_a_model_that_may_read_other_files_is_always_read_anew(
    folder: Path, write_model: Callable[..., Path], text: str
) -> None:
    path = write_model(f"a = 1 ~ ~ {text} |\n")
    assert read(path).name == "model"
    assert not folder.exists()


def test_a_budget_of_direct_costs_reads_no_other_file(folder: Path, write_model: Callable[..., Path]) -> None:
    read(write_model("Budget Of Direct Costs = 1"))
    only_entry(folder)


def test_a_file_that_cannot_be_read_is_the_same_error_each_time_and_leaves_nothing(
    folder: Path, write_model: Callable[..., Path]
) -> None:
    path = write_model("a = b")
    for _ in range(2):
        with pytest.raises(ModelFileError, match="'b' is not defined"):
            read(path)
    with pytest.raises(ModelFileError, match="cannot be read"):
        read(path.with_name("missing.mdl"))
    assert not folder.exists()


def test_other_code_finds_no_entry(path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read(path)
    monkeypatch.setattr(cache, "_code", lambda: "the readers of tomorrow")
    assert cache.find(path) is None


def test_what_would_not_come_back_equal_is_not_kept(path: Path, folder: Path) -> None:
    model = read(path)
    only_entry(folder).unlink()
    # Not a number is not equal to itself, so that nobody can tell whether the entry is right.
    constant = Constant(name="Delay", equations=(Equation(expression=Number(math.nan)),))
    cache.keep(replace(model, variables={**model.variables, "Delay": constant}))
    assert not list(folder.iterdir())
    cache.keep(replace(model, content_hash="0" * 64))
    assert not list(folder.iterdir())
    cache.keep(model)
    only_entry(folder)


def test_a_fresh_process_takes_what_was_read_before_without_loading_pysd(path: Path, folder: Path) -> None:
    first, _ = in_a_process(path, folder).communicate(timeout=60)
    second, _ = in_a_process(path, folder).communicate(timeout=60)
    assert first.split() == ["4", "True"]
    assert second.split() == ["4", "False"]


def test_two_processes_that_write_at_once_leave_one_whole_entry(path: Path, folder: Path) -> None:
    processes = [in_a_process(path, folder) for _ in range(3)]
    for process in processes:
        out, _ = process.communicate(timeout=60)
        assert process.returncode == 0
        assert out.split()[0] == "4"
    whole = only_entry(folder).read_bytes()
    payload = gzip.decompress(whole).partition(b"\n")[2]
    assert json.loads(payload)["name"] == "model"
    assert cache.find(path) is not None


def test_a_file_that_is_read_once_is_not_kept(path: Path, folder: Path) -> None:
    assert read(path, keep=False) == read(path)
    only_entry(folder)
    shutil.rmtree(folder)
    read(path, keep=False)
    assert not folder.exists()
