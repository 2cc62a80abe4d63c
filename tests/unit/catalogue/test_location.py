import re
from pathlib import Path

import pytest

from sdmodels.catalogue import data_folder, location
from sdmodels.errors import ModelFileError


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package folder elsewhere, which the library takes for its own."""
    package = tmp_path / "place" / "sdmodels"
    (package / "catalogue").mkdir(parents=True)
    monkeypatch.setattr(location, "__file__", str(package / "catalogue" / "location.py"))
    return package


def test_an_installed_wheel_has_the_data_inside_the_package(package: Path) -> None:
    (package / "data" / "models").mkdir(parents=True)
    assert data_folder("models") == package / "data" / "models"


def test_a_checkout_has_the_data_beside_the_package(package: Path) -> None:
    (package.parent / "calibration").mkdir()
    (package.parent / "pyproject.toml").touch()
    assert data_folder("calibration") == package.parent / "calibration"


def test_data_inside_the_package_come_first(package: Path) -> None:
    (package / "data" / "models").mkdir(parents=True)
    (package.parent / "models").mkdir()
    (package.parent / "pyproject.toml").touch()
    assert data_folder("models") == package / "data" / "models"


def test_a_stranger_s_folder_beside_the_package_is_not_taken(package: Path) -> None:
    (package.parent / "models").mkdir()
    expected = (
        f"{package}: the folder 'models' of this installation is missing.\n"
        f"    Neither {package / 'data' / 'models'} nor {package.parent / 'models'} "
        "(with a pyproject.toml beside it) exists.\n"
        "Install sdmodels again, or run it from a complete checkout."
    )
    with pytest.raises(ModelFileError, match=re.escape(expected)):
        data_folder("models")
