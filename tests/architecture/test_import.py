"""What does ``import sdmodels`` load, and how long does it take?"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = ("matplotlib", "pysd", "scipy", "plotly", "dask", "pypesto", "xarray", "llvmlite", "pandas", "numpy")
PROBE = """
import json, sys, time
begins = time.perf_counter()
import sdmodels
taken = time.perf_counter() - begins
{then}
print(json.dumps([taken, sorted({{name.partition(".")[0] for name in sys.modules}})]))
"""


def fresh(then: str = "") -> tuple[float, list[str]]:
    """Import the package in a process of its own; return the seconds it took and what was loaded."""
    # PySD's own imports warn; only what ``import sdmodels`` itself does is held to be silent.
    strictly = [] if then else ["-W", "error"]
    command = [sys.executable, *strictly, "-c", PROBE.format(then=then)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    taken, modules = json.loads(done.stdout.splitlines()[-1])
    return taken, modules


@pytest.mark.parametrize("heavy", HEAVY)
def test_importing_the_package_does_not_load(heavy: str, loaded: list[str]) -> None:
    assert heavy not in loaded


@pytest.fixture(scope="module")
def loaded() -> list[str]:
    """What a fresh process has loaded after ``import sdmodels``."""
    return fresh()[1]


def test_a_heavy_import_would_be_noticed() -> None:
    assert {"xarray", "llvmlite"} <= set(fresh("sdmodels.simulate")[1])
    assert "matplotlib" not in fresh("sdmodels.simulate")[1]


def test_importing_the_package_takes_less_than_six_tenths_of_a_second() -> None:
    # It takes some milliseconds; the best of five, since other tests share the machine.
    assert min(fresh()[0] for _ in range(5)) < 0.6


def run_from_the_command_line(*arguments: str, cache: Path) -> set[str]:
    """Run a command in a process of its own; return what it has loaded at its end."""
    then = (
        f"import io, os; from contextlib import redirect_stdout; from sdmodels.cli import main\n"
        f"os.environ['SDMODELS_CACHE'] = {str(cache)!r}\n"
        f"try:\n    with redirect_stdout(io.StringIO()): main({list(arguments)!r})\n"
        f"except SystemExit as end: assert end.code == 0, end.code\n"
    )
    return set(fresh(then)[1])


DRAWING = {"matplotlib"}
READING = {"pysd", "parsimonious"}
RUNNING = {"xarray", "pandas", "numpy", "llvmlite"}


def test_what_a_command_has_no_use_for_it_does_not_load(tmp_path: Path) -> None:
    # The first run reads the model, and leaves what it read for the others.
    assert run_from_the_command_line("describe", "hotline", cache=tmp_path) >= READING
    out = str(tmp_path / "out")
    unwanted = {
        ("list",): DRAWING | READING | RUNNING | {"scipy", "pint"},
        ("describe", "hotline"): DRAWING | READING | RUNNING | {"scipy", "pint"},
        ("export", "hotline", "--to", "markdown"): DRAWING | READING | RUNNING | {"scipy", "pint"},
        ("check", "hotline_pocket"): DRAWING,
        ("simulate", "hotline", "--out", out): READING | {"scipy", "pint"},
        ("draw", "hotline", "--out", out): READING | {"scipy", "pint"},
    }
    for arguments, modules in unwanted.items():
        assert not modules & run_from_the_command_line(*arguments, cache=tmp_path), arguments


def test_everything_can_be_imported_with_a_star_and_nothing_else_comes_along() -> None:
    then = (
        "space = {}\n"
        "exec('from sdmodels import *', space)\n"
        "assert set(space) - {'__builtins__'} == set(sdmodels.__all__), set(space) ^ set(sdmodels.__all__)"
    )
    fresh(then)
