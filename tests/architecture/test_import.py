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


def test_everything_can_be_imported_with_a_star_and_nothing_else_comes_along() -> None:
    then = (
        "space = {}\n"
        "exec('from sdmodels import *', space)\n"
        "assert set(space) - {'__builtins__'} == set(sdmodels.__all__), set(space) ^ set(sdmodels.__all__)"
    )
    fresh(then)
