import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sdmodels.catalogue import BASELINE, NORMAL, Entry, entry, identifiers, load
from sdmodels.errors import ManifestError, ModelFileError, SDModelsError, UnknownNameError

Edit = Callable[..., Path]


@pytest.fixture
def catalogue(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A catalogue of one model, and of a folder that is no model."""
    (folder.parent / "notes").mkdir()
    monkeypatch.setattr(entry, "data_folder", lambda topic: folder.parent)
    return folder


def refused(kind: type[SDModelsError], asked: str | Path, *lines: str) -> None:
    """Assert that loading fails with exactly these three lines."""
    expected = "\n".join(lines)
    with pytest.raises(kind, match=f"^{re.escape(expected)}$"):
        load(asked)


def test_the_identifiers_are_the_folders_with_a_manifest(catalogue: Path) -> None:
    assert identifiers() == ("hotline",)


def test_identifiers_are_sorted(catalogue: Path) -> None:
    for name in ("zeal", "audit"):
        (catalogue.parent / name).mkdir()
        (catalogue.parent / name / "model.toml").touch()
    assert identifiers() == ("audit", "hotline", "zeal")


@pytest.mark.parametrize("asked", ["hotline", "Hotline"])
def test_a_model_is_loaded_by_its_id(catalogue: Path, asked: str) -> None:
    loaded = load(asked)
    assert (loaded.id, loaded.folder, loaded.path) == ("hotline", catalogue, catalogue / "hotline.mdl")
    assert "Order Backlog" in loaded.model
    assert loaded.manifest is not None


def test_an_id_comes_before_a_folder_of_the_same_name(
    catalogue: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere" / "hotline"
    elsewhere.mkdir(parents=True)
    monkeypatch.chdir(elsewhere.parent)
    assert load("hotline").folder == catalogue
    with pytest.raises(ModelFileError, match=r"hotline: the folder has no model\.toml"):
        load("./hotline")


@pytest.mark.parametrize(
    "asked",
    [lambda folder: folder, str, lambda folder: folder / "model.toml", lambda folder: folder / "hotline.mdl"],
    ids=["folder", "folder as text", "manifest", "model file beside its manifest"],
)
def test_a_path_leads_to_model_and_manifest(folder: Path, asked: Callable[[Path], str | Path]) -> None:
    loaded = load(asked(folder))
    assert loaded.id == "hotline"
    assert loaded.manifest is not None
    assert loaded.path == folder / "hotline.mdl"


@pytest.mark.parametrize("name", ["my_hotline", "my hotline", "热线"])
@pytest.mark.parametrize("file", ["", "model.toml", "hotline.mdl"])
def test_a_copy_under_another_name_is_a_model_of_that_name(folder: Path, name: str, file: str) -> None:
    copy = Path(shutil.copytree(folder, folder.parent / name))
    loaded = load(copy / file)
    assert (loaded.id, loaded.folder, loaded.path) == (name, copy, copy / "hotline.mdl")
    assert loaded.model.source == copy / "hotline.mdl"
    assert loaded.policies[1:] == load(folder).policies[1:]


def test_a_copy_is_found_by_its_name_in_the_folder_that_holds_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = Path(shutil.copytree(folder, folder.parent / "my_hotline"))
    monkeypatch.chdir(folder.parent)
    assert load("my_hotline").id == "my_hotline"
    monkeypatch.chdir(copy)
    assert load(".").id == load("../my_hotline").id == load("hotline.mdl").id == "my_hotline"


def test_in_the_catalogue_a_manifest_with_another_id_is_refused(catalogue: Path) -> None:
    copy = Path(shutil.copytree(catalogue, catalogue.parent / "my_hotline"))
    refused(
        ManifestError,
        "my_hotline",
        f"{copy / 'model.toml'}: key 'id' at the top level is not the folder's name.",
        '    id = "hotline" in the folder my_hotline of the catalogue',
        "Rename the folder, or write its name as the id.",
    )
    assert load(copy).id == "my_hotline"


def test_a_model_file_that_the_manifest_beside_it_does_not_name_stands_alone(
    folder: Path, drawing: str
) -> None:
    (folder / "sketch.mdl").write_text(drawing, encoding="utf-8")
    loaded = load(folder / "sketch.mdl")
    assert (loaded.id, loaded.manifest) == ("sketch", None)


@pytest.fixture
def alone(tmp_path: Path, drawing: str) -> Entry:
    """A model without manifest."""
    path = tmp_path / "alone.mdl"
    path.write_text(drawing, encoding="utf-8")
    return load(path)


def test_a_model_without_manifest_has_only_what_exists_always(alone: Entry) -> None:
    assert (alone.policies, alone.scenarios) == ((BASELINE,), (NORMAL,))
    assert (alone.levers, alone.outcomes) == ((), ())
    assert alone.title("zh") == "alone"
    assert alone.title_of("Order Backlog", "zh") == "Order Backlog"
    assert alone.unit_of("Order Arrival", "zh") == "order/周"


def test_a_model_with_manifest_has_names_in_both_languages(folder: Path) -> None:
    loaded = load(folder)
    assert (loaded.title("en"), loaded.title("zh")) == ("Hotline", "热线")
    assert loaded.title_of("Order Backlog", "zh") == "工单积压"
    assert loaded.unit_of("order_arrival", "zh") == "件/周"
    assert loaded.unit_of("Staff[North]", "en") == "person"


def test_everything_with_an_id_is_found_by_it(folder: Path) -> None:
    loaded = load(folder)
    assert loaded.lever("application_intensity").maximum == 1.5
    assert loaded.policy("baseline") is BASELINE
    assert loaded.policy("high_intensity").title.en == "High"
    assert loaded.scenario("normal") is NORMAL
    assert loaded.scenario("demand_pulse").title.en == "Pulse"
    assert loaded.outcome("burden").better == "lower"
    assert [policy.id for policy in loaded.policies] == ["baseline", "low_intensity", "high_intensity"]


@pytest.mark.parametrize(
    ("lookup", "asked", "known", "remedy"),
    [
        (
            Entry.lever,
            "Application Intensit",
            "Application Intensity",
            "Did you mean 'Application Intensity' (0 to 1.5)?",
        ),
        (Entry.lever, "Zzz", "Application Intensity", "Choose one of these."),
        (Entry.policy, "baselin", "baseline, low_intensity, high_intensity", "Did you mean 'baseline'?"),
        (Entry.policy, "zzz", "baseline, low_intensity, high_intensity", "Choose one of these."),
        (Entry.scenario, "demand", "normal, demand_pulse", "Did you mean 'demand_pulse'?"),
        (Entry.outcome, "burdon", "burden", "Did you mean 'burden'?"),
    ],
)
def test_an_unknown_name_is_an_error_with_the_nearest_one(
    folder: Path, lookup: Callable[[Entry, str], object], asked: str, known: str, remedy: str
) -> None:
    message = f"is named '{asked}'.\n    Known: {known}.\n{remedy}"
    with pytest.raises(UnknownNameError, match=f"{re.escape(message)}$"):
        lookup(load(folder), asked)


def test_a_lever_of_a_model_without_manifest_is_an_error_that_says_where_levers_stand(alone: Entry) -> None:
    message = (
        "No lever is named 'Handling Time'.\n    'alone' has none.\n"
        "A [[lever]] belongs in the model.toml beside the model file."
    )
    with pytest.raises(UnknownNameError, match=f"^{re.escape(message)}$"):
        alone.lever("Handling Time")


def test_an_unknown_id_is_an_error_with_the_nearest_one(catalogue: Path) -> None:
    refused(
        UnknownNameError,
        "hotlin",
        "No model is named 'hotlin'.",
        "    The catalogue holds hotline.",
        "Did you mean 'hotline'?",
    )


def test_an_id_that_is_like_no_other_is_an_error_with_the_alternatives(catalogue: Path) -> None:
    refused(
        UnknownNameError,
        "zzz",
        "No model is named 'zzz'.",
        "    The catalogue holds hotline.",
        "Write one of these, or the path of a model file.",
    )


def test_a_missing_file_is_an_error_with_the_nearest_name_in_the_folder(folder: Path) -> None:
    refused(
        ModelFileError,
        folder / "hotlin.mdl",
        f"{folder / 'hotlin.mdl'}: there is no such file.",
        "    The folder holds hotline.mdl.",
        "Did you mean 'hotline.mdl'?",
    )


def test_a_missing_file_in_a_full_folder_is_an_error_with_some_names(tmp_path: Path) -> None:
    for number in range(9):
        (tmp_path / f"run{number}.mdl").touch()
    refused(
        ModelFileError,
        tmp_path / "zzzzzzzzzz.MDL",
        f"{tmp_path / 'zzzzzzzzzz.MDL'}: there is no such file.",
        "    The folder holds run0.mdl, run1.mdl, run2.mdl, run3.mdl, run4.mdl, run5.mdl, run6.mdl, "
        "run7.mdl and 1 more.",
        "Check the path.",
    )


def test_a_missing_file_in_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    refused(
        ModelFileError,
        tmp_path / "a.mdl",
        f"{tmp_path / 'a.mdl'}: there is no such file.",
        "    The folder holds nothing.",
        "Check the path.",
    )


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "a.mdl"
    refused(
        ModelFileError,
        str(path),
        f"{path}: there is no such file.",
        f"    The folder {path.parent} does not exist.",
        "Check the path.",
    )


def test_a_folder_without_manifest_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.mdl").touch()
    refused(
        ModelFileError,
        tmp_path,
        f"{tmp_path}: the folder has no model.toml.",
        "    It holds a.mdl.",
        "Write the path of a model file, or of a folder with a manifest.",
    )


def test_a_manifest_that_names_a_missing_model_file_is_an_error(edit: Edit) -> None:
    path = edit('file = "hotline.mdl"', 'file = "hotlin.mdl"')
    refused(
        ManifestError,
        path.parent,
        f"{path}: key 'file' at the top level names no file of the folder.",
        '    file = "hotlin.mdl"',
        "Did you mean 'hotline.mdl'?",
    )


def test_a_manifest_without_any_model_file_is_an_error(edit: Edit) -> None:
    path = edit('file = "hotline.mdl"', 'file = "zzzzzzzzzzz"')
    refused(
        ManifestError,
        path.parent,
        f"{path}: key 'file' at the top level names no file of the folder.",
        '    file = "zzzzzzzzzzz"',
        "Put the model file there.",
    )


def test_a_drawing_has_variables_and_loops_in_the_reader_s_language_and_other_texts_as_they_are() -> None:
    loaded = load("hotline_pocket")
    (loop, *_) = loaded.manifest.loops if loaded.manifest else ()
    assert loaded.words_of(loop.title.en.upper(), "zh") == loop.title.zh
    assert loaded.words_of(loop.title.en, "en") == loop.title.en
    assert loaded.words_of("Order Backlog", "zh") == "工单积压"
    assert loaded.words_of("S1 Community problems", "zh") == "S1 Community problems"
