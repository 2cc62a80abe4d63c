"""Every block of the README runs, every link leads somewhere, and figures come from a command."""

import re
import shlex
import tomllib
from pathlib import Path

import matplotlib.figure
import pytest

from benchmarks.__main__ import parser
from sdmodels.catalogue import (
    Arm,
    Bound,
    Choice,
    Course,
    Date,
    Group,
    Language,
    ModeMap,
    ModeTolerances,
    Noise,
    NoiseTest,
    Panel,
    PolicyRanking,
    Ramp,
    Shock,
    ShockTest,
    Sweep,
    Tip,
    identifiers,
    load,
)
from sdmodels.catalogue.experiments import Experiments
from sdmodels.cli import main
from sdmodels.figures.fonts import families_for
from sdmodels.readers import read_views
from sdmodels.report.drawings import file_names, write_drawing
from sdmodels.structure.drawing import View

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


TABLES = (
    *(Sweep, Ramp, Course, ModeMap, ShockTest, NoiseTest, PolicyRanking),
    *(Arm, Bound, Tip, Panel, Date, ModeTolerances, Shock, Noise, Choice, Group),
)


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def commands() -> list[str]:
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    return [line.split("&&")[-1].strip() for line in lines if "sdmodels" in line]


def test_the_first_block_installs_and_studies_the_hotline() -> None:
    assert blocks("sh")[0] == "pip install . && sdmodels study hotline\n"
    assert blocks("sh")[1] == 'pip install -e ".[test]" && pytest\n'


@pytest.mark.parametrize("command", commands())
def test_every_command_runs(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as stop:
        main(shlex.split(command)[1:])
    assert stop.value.code == 0


def test_the_python_blocks_run_one_after_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for block in blocks("python"):
        exec(compile(block, "README.md", "exec"), names)
    assert (tmp_path / "burden.png").read_bytes().startswith(b"\x89PNG")
    assert set(names["relieved"]["policy"].values) == {"high_intensity", "relief"}  # type: ignore[index]


def test_the_speed_in_the_readme_comes_from_a_command_that_exists() -> None:
    commands = re.findall(r"`python -m benchmarks ([^`]*)`", README)
    asked = [parser().parse_args(shlex.split(command)) for command in commands]
    assert {(options.what, options.quick) for options in asked} == {("engine", False), ("loops", False)}


def test_the_blocks_of_the_page_on_the_engine_run_one_after_another() -> None:
    names: dict[str, object] = {}
    text = (ROOT / "docs" / "engine.md").read_text(encoding="utf-8")
    for block in re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL):
        exec(compile(block, "engine.md", "exec"), names)
    assert names["found"].sizes == {"member": 4000}  # type: ignore[attr-defined]
    assert names["rates"].shape == (22,)  # type: ignore[attr-defined]


def test_the_page_on_experiments_runs_and_shows_every_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "docs" / "experiments.md").read_text(encoding="utf-8")
    for block in re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL):
        exec(compile(block, "experiments.md", "exec"), {})
    assert (tmp_path / "experiment.png").exists()
    common, *kinds = re.findall(r"```toml\n(.*?)```", text, flags=re.DOTALL)
    for kind, own in zip(
        ("sweep", "ramp", "course", "modes", "shock", "noise", "ranking"), kinds, strict=True
    ):
        head, change = common.replace('"sweep"', f'"{kind}"', 1).split("[[experiment.change]]")
        top, tables = re.match(r"((?:[^\[\n].*\n|\n)*)(.*)", own, flags=re.DOTALL).groups()  # type: ignore[union-attr]
        document = tomllib.loads(f"{head}{top}[[experiment.change]]{change}{tables}")
        (experiment,) = Experiments.model_validate(document, by_alias=True, by_name=False).experiments
        assert experiment.kind == kind
    missing = {
        str(field.validation_alias or name)
        for table in TABLES
        for name, field in table.model_fields.items()
        if not re.search(rf"(^|[\s.]){field.validation_alias or name}\b", text)
    }
    assert missing == set()


PAGES = [
    "README.md",
    "CONTRIBUTING.md",
    "docs/manifest.md",
    "docs/engine.md",
    "docs/experiments.md",
    "docs/export.md",
    "docs/functions.md",
    "docs/loops.md",
    "docs/loop_results.md",
    "docs/models/hotline.md",
    "docs/models/hotline_results.md",
    "models/hotline/NOTES.md",
    "models/hotline_pocket/NOTES.md",
]


@pytest.mark.parametrize("page", PAGES)
def test_every_link_to_a_file_leads_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        if not target.startswith("http"):
            assert ((ROOT / page).parent / target).exists(), target


def test_the_equations_of_the_hotline_are_those_of_its_file(tmp_path: Path) -> None:
    page = ROOT / "docs" / "models" / "hotline_equations.md"
    target = tmp_path / "equations.md"
    with pytest.raises(SystemExit):
        main(["export", "hotline", "--to", "markdown", "--out", str(target)])
    assert page.read_text(encoding="utf-8") == target.read_text(encoding="utf-8")


def test_the_page_of_the_hotline_names_every_loop_lever_and_experiment() -> None:
    entry = load("hotline")
    page = (ROOT / "docs" / "models" / "hotline.md").read_text(encoding="utf-8")
    assert entry.manifest is not None
    assert [loop.id for loop in entry.manifest.loops if f"**{loop.id}** {loop.title.en}" not in page] == []
    assert [loop.switch for loop in entry.manifest.loops if f"`{loop.switch}`" not in page] == []
    assert [lever.name for lever in entry.levers if f"`{lever.name}`" not in page] == []
    results = (ROOT / "docs" / "models" / "hotline_results.md").read_text(encoding="utf-8")
    for experiment in entry.experiments:
        assert f'<a id="{experiment.id}"></a>' in results
        assert (ROOT / "docs" / "models" / "hotline" / f"{experiment.id}.png").exists()


@pytest.fixture(scope="module")
def figures() -> dict[str, object]:
    path = ROOT / "docs" / "figures.py"
    names: dict[str, object] = {"__file__": str(path), "__name__": "figures"}
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), names)
    return names


@pytest.mark.parametrize("name", ["tip", "step", "policies"])
def test_the_figures_of_the_readme_are_made_by_the_command(name: str, figures: dict[str, object]) -> None:
    make = figures[name]
    assert callable(make)
    assert isinstance(make("en"), matplotlib.figure.Figure)
    assert (ROOT / "docs" / "figures" / f"{name}_en.png").exists()


def drawn_files() -> dict[str, tuple[str, View, Language]]:
    """Return the model, the view and the language of each diagram, by the path of its file in docs/figures."""
    files: dict[str, tuple[str, View, Language]] = {}
    languages: tuple[Language, ...] = ("en", "zh")
    for id in identifiers():
        views = read_views(load(id).path)
        for view, name in zip(views, file_names(views), strict=True):
            files |= {f"{id}/{name}_{language}.svg": (id, view, language) for language in languages}
    return files


def test_the_diagrams_are_those_of_the_views_and_no_others() -> None:
    folder = ROOT / "docs" / "figures"
    assert {path.relative_to(folder).as_posix() for path in folder.glob("*/*")} == set(drawn_files())


def creator(svg: str) -> str:
    """Return the version of matplotlib that wrote a file."""
    (version,) = re.findall(r"Matplotlib v([\w.]+)", svg)
    return version


@pytest.mark.parametrize("file", drawn_files())
def test_a_diagram_is_what_the_command_draws(file: str, tmp_path: Path) -> None:
    id, view, language = drawn_files()[file]
    entry = load(id)
    if language == "zh" and families_for("工单")[1]:
        pytest.skip("no Chinese font is installed")
    (again,) = write_drawing(entry, tmp_path, language, title=view.title)
    kept = (ROOT / "docs" / "figures" / file).read_text(encoding="utf-8")
    made = again.read_text(encoding="utf-8")
    # Letters are drawn as paths, each line of a text under a comment with its words. With another matplotlib the
    # paths may differ, with another Chinese font they do.
    words = [re.findall(r"<!-- (.*?) -->", svg) for svg in (kept, made)]
    assert words[0] == words[1]
    if language == "en" and creator(kept) == creator(made):
        assert kept == made


def test_the_readme_links_to_the_first_view_of_each_model() -> None:
    for id in identifiers():
        first = file_names(read_views(load(id).path))[0]
        assert f"[drawing](docs/figures/{id}/{first}_en.svg)" in README
