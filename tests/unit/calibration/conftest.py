"""A case in a folder of its own, with one thing changed."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from tank import ROWS, Pair, write_tank

from sdmodels.calibration.case import Case, load_case
from sdmodels.errors import CalibrationError, SDModelsError

WriteCase = Callable[..., Path]
MakeCase = Callable[..., Case]
Refused = Callable[..., str]


@pytest.fixture
def write_case(tmp_path: Path) -> WriteCase:
    """Write the case in a folder of its own each time.

    ``(old, new)`` replaces a text of the first file that has it, problem.toml before the others; ``rows`` are in
    place of the observations, ``added`` goes behind the problem.
    """

    def write(*changed: Pair, rows: Sequence[str] = ROWS, added: str = "") -> Path:
        return write_tank(tmp_path / f"case_{len(list(tmp_path.iterdir()))}", changed, rows, added)

    return write


@pytest.fixture
def make_case(write_case: WriteCase) -> MakeCase:
    """Write and load the case."""

    def make(*changed: Pair, rows: Sequence[str] = ROWS, added: str = "") -> Case:
        return load_case(write_case(*changed, rows=rows, added=added))

    return make


@pytest.fixture
def refused(write_case: WriteCase) -> Refused:
    """Write a case, expect it to be refused in three lines that name the file, and return them."""

    def attempt(
        *changed: Pair,
        rows: Sequence[str] = ROWS,
        added: str = "",
        kind: type[SDModelsError] = CalibrationError,
        file: str = "problem.toml",
    ) -> str:
        folder = write_case(*changed, rows=rows, added=added)
        with pytest.raises(SDModelsError) as caught:
            load_case(folder)
        message = str(caught.value)
        assert type(caught.value) is kind, message
        where, evidence, remedy = message.split("\n")
        assert where.startswith(f"{folder / file}:"), message
        assert evidence.startswith("    "), message
        assert evidence.strip(), message
        assert remedy.strip(), message
        return message.replace(str(folder / file), file)

    return attempt


@pytest.fixture(scope="session")
def tank(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """The case without fault."""
    return load_case(write_tank(tmp_path_factory.mktemp("calibration") / "tank"))
