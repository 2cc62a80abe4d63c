"""Does the page on calibration show what there is?"""

import re
import tomllib
from pathlib import Path

import pytest

from sdmodels.calibration import tables
from sdmodels.calibration.case import cases, load_case
from sdmodels.calibration.tables import Problem
from sdmodels.catalogue.tables import Table

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "calibration.md").read_text(encoding="utf-8")
TABLES = [each for each in vars(tables).values() if isinstance(each, type) and issubclass(each, Table)]


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", PAGE, flags=re.DOTALL)


def test_the_case_on_the_page_loads(tmp_path: Path) -> None:
    (toml,), (rows,) = blocks("toml"), blocks("csv")
    folder = tmp_path / "my_city"
    folder.mkdir()
    (folder / "problem.toml").write_text(toml, encoding="utf-8")
    (folder / "observations.csv").write_text(rows, encoding="utf-8")
    case = load_case(folder)
    assert [observation.when for observation in case.observations] == ["2019", "2020", "2021"]
    assert case.space.size > 50  # the ranges of the hotline, too


def test_every_key_of_a_case_is_on_the_page() -> None:
    missing = {
        str(field.validation_alias or name)
        for table in TABLES
        for name, field in table.model_fields.items()
        if not re.search(rf"(^|[\s.\[{{]){field.validation_alias or name}\b", PAGE)
    }
    assert missing == set()


def test_the_example_is_valid() -> None:
    (toml,) = blocks("toml")
    assert Problem.model_validate(tomllib.loads(toml), by_alias=True, by_name=False).id == "my_city"


def test_the_python_of_the_page_runs(capsys: pytest.CaptureFixture[str]) -> None:
    fit, recovery = blocks("python")
    quick = fit.replace("calibrate(case)", "calibrate(case, effort=QUICK)")
    exec(
        compile(quick, "calibration.md", "exec"),
        {"QUICK": tables.Effort(starts=2, populations=2, walkers=64)},
    )
    assert capsys.readouterr().out.startswith("transmission")
    few = recovery.replace("data_sets=50", "data_sets=2").replace("walkers=512", "walkers=32")
    exec(compile(few, "calibration.md", "exec"), {})
    assert "transmission" in capsys.readouterr().out


@pytest.mark.parametrize("id", cases())
def test_every_case_has_sources_and_the_id_of_its_folder(id: str) -> None:
    case = load_case(id)
    assert case.id == id
    text = (case.folder / "SOURCES.md").read_text(encoding="utf-8")
    assert all(
        parameter.id in text or (parameter.name or "") in text for parameter in case.problem.parameters
    )
