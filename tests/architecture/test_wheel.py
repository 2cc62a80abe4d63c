"""The wheel carries the models and the cases, so that an installed library has a catalogue."""

import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    wheel = pytest.importorskip("hatchling.builders.wheel")
    builder = wheel.WheelBuilder(str(ROOT))
    (built,) = builder.build(directory=str(tmp_path_factory.mktemp("wheel")), versions=["standard"])
    return set(zipfile.ZipFile(built).namelist())


def test_every_model_and_case_is_in_the_wheel(names: set[str]) -> None:
    for topic in ("models", "calibration"):
        files = [path for path in (ROOT / topic).rglob("*") if path.is_file()]
        assert files
        assert {f"sdmodels/data/{path.relative_to(ROOT).as_posix()}" for path in files} <= names


def test_nothing_but_code_and_data_is_in_the_wheel(names: set[str]) -> None:
    assert {name.split("/")[0] for name in names} == {"sdmodels", "sdmodels-0.1.0.dist-info"}
    assert not [name for name in names if "test" in name or name.endswith(".pyc")]
