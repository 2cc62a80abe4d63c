"""Do imports go down only, and does importing the package cost little?"""

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# The same program as in .ci/run, from the environment that runs the tests.
LINTER = Path(sysconfig.get_path("scripts")) / "lint-imports"


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter over the package in ``folder``; no cache is read or left behind."""
    return subprocess.run(
        [sys.executable, LINTER, "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the package with its contracts."""
    shutil.copytree(ROOT / "sdmodels", tmp_path / "sdmodels", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_an_import_goes_down_and_never_up() -> None:
    report = lint(ROOT)
    assert report.returncode == 0, report.stdout + report.stderr


@pytest.mark.parametrize(
    ("module", "planted", "contract"),
    [
        ("structure/model.py", "from sdmodels.engine import program", "An import goes down, never up"),
        ("engine/ensemble.py", "from sdmodels import plot", "An import goes down, never up"),
        ("structure/names.py", "import numpy", "Structure needs the standard library only"),
    ],
)
def test_a_planted_import_breaks_the_contract(copied: Path, module: str, planted: str, contract: str) -> None:
    path = copied / "sdmodels" / module
    path.write_text(path.read_text(encoding="utf-8") + f"\n{planted}\n", encoding="utf-8")
    report = lint(copied)
    assert report.returncode != 0
    assert f"{contract} BROKEN" in report.stdout, report.stdout + report.stderr


def test_a_new_package_must_be_given_its_layer(copied: Path) -> None:
    (copied / "sdmodels" / "utils").mkdir()
    (copied / "sdmodels" / "utils" / "__init__.py").touch()
    report = lint(copied)
    assert report.returncode != 0
    assert "sdmodels.utils" in report.stdout + report.stderr
