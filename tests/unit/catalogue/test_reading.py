import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sdmodels.catalogue import read_catalogued, read_manifest
from sdmodels.errors import ManifestError

Edit = Callable[..., Path]


def refused(path: Path, *lines: str) -> None:
    """Assert that reading fails with exactly these three lines."""
    expected = "\n".join(lines)
    with pytest.raises(ManifestError, match=f"^{re.escape(expected)}$"):
        read_manifest(path)


def test_tables_are_singular_in_the_file_and_plural_in_python(folder: Path) -> None:
    manifest = read_manifest(folder / "model.toml")
    assert manifest.levers[0].maximum == 1.5
    assert manifest.policies[1].changes[0].over == 4
    assert manifest.scenarios[0].changes[0].ends is None
    assert manifest.figures.phase == ("Order Completion", "Order Backlog")
    assert manifest.reality_checks[0].expectations[0].baseline == 1
    assert (manifest.outcomes[0].id, manifest.loops[0].id) == ("burden", "B1")


def test_a_line_that_is_not_toml_is_shown_with_its_number(edit: Edit) -> None:
    path = edit("maximum = 1.5", "maximum 1.5")
    refused(
        path,
        f"{path}:12: this is not TOML: Expected '=' after a key in a key/value pair.",
        "    maximum 1.5",
        "Write key = value, texts in quotes and lists in square brackets (https://toml.io).",
    )


def test_a_file_that_breaks_off_is_shown_at_its_last_line(edit: Edit, manifest_text: str) -> None:
    path = edit("tolerance = 1e-6", "tolerance = [1e-6,")
    refused(
        path,
        f"{path}:{len(manifest_text.splitlines())}: this is not TOML: Invalid value.",
        "    tolerance = [1e-6,",
        "Write key = value, texts in quotes and lists in square brackets (https://toml.io).",
    )


def test_a_file_in_another_encoding_is_an_error_with_the_line(folder: Path, manifest_text: str) -> None:
    path = folder / "model.toml"
    path.write_bytes(manifest_text.encode("gb18030"))
    with pytest.raises(ManifestError) as caught:
        read_manifest(path)
    where, evidence, remedy = str(caught.value).splitlines()
    assert where == f"{path}:3: the file is not UTF-8 text."
    assert re.fullmatch(r"    byte 0x[0-9a-f]{2} at position \d+", evidence)
    assert remedy == "Save it as UTF-8 (in Notepad: Save as, Encoding)."


def test_a_byte_order_mark_does_no_harm(folder: Path, manifest_text: str) -> None:
    path = folder / "model.toml"
    path.write_text(manifest_text, encoding="utf-8-sig")
    assert read_manifest(path).id == "hotline"


def test_a_missing_manifest_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "model.toml"
    refused(
        path,
        f"{path}: the file cannot be read.",
        "    No such file or directory",
        "Check the path; the manifest of a model is the file model.toml in its folder.",
    )


def test_in_the_catalogue_the_id_is_the_folder_s_name(edit: Edit) -> None:
    path = edit('id = "hotline"', 'id = "cold_line"')
    message = (
        f"{path}: key 'id' at the top level is not the folder's name.\n"
        '    id = "cold_line" in the folder hotline of the catalogue\n'
        "Rename the folder, or write its name as the id."
    )
    with pytest.raises(ManifestError, match=f"^{re.escape(message)}$"):
        read_catalogued(path)
    assert read_manifest(path).id == "cold_line"


def test_a_manifest_whose_id_is_the_folder_s_name_is_read_in_the_catalogue(folder: Path) -> None:
    assert read_catalogued(folder / "model.toml") == read_manifest(folder / "model.toml")
