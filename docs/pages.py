"""Make the pages of docs that come from models: equations, and what the experiments find.

    python docs/pages.py [--out docs] [--only equations] [--case influenza_1978]

Equations are exported; a page of results has the figure of every experiment, of every case, or of the loops, and
what the command prints.
"""

import argparse
import contextlib
import io
import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from sdmodels import load, load_case
from sdmodels.calibration.case import cases
from sdmodels.cli.app import main as command_line

MODEL = "hotline"
LAST_MONTH = "2026-12"
PICTURES = {
    "fit": "fit",
    "priors": "before and after the data",
    "growth": "what made the growth",
    "predictions": "predictions",
    "profiles": "profiles",
    "pairs": "pairs",
    "waterfall": "searches",
    "ranks": "ranks of the populations",
}
LOOPS = (
    (
        "scarce",
        "Regular and high intensity, with 15 % fewer posts",
        (
            *("hotline", "--policy", "baseline", "--policy", "high_intensity", "--scenario", "scarce_staff"),
            *("--posterior", "city_2019_2021", "--members", "1000", "--loop", "R1", "--loop", "R4"),
        ),
        ("baseline", "high_intensity"),
    ),
    (
        "demand",
        "Regular and high intensity, with rising demand",
        (
            *("hotline", "--policy", "baseline", "--policy", "high_intensity", "--scenario", "rising_demand"),
            *("--posterior", "city_2019_2021", "--members", "1000", "--loop", "R1", "--loop", "R4"),
        ),
        ("baseline", "high_intensity"),
    ),
    (
        "pocket",
        "The pocket model, from decayed routine work",
        ("hotline_pocket", "--set", "Initial Routine Work Condition=0.85"),
        ("",),
    ),
)
LOOP_PICTURES = {
    "reach": "what runs through the links of named loops",
    "loops": "behaviour and loops",
    "cuts": "with and without loops",
    "diagram": "causal loop diagram",
}
WIDTH = 110  # columns of what a command prints


def printed(*arguments: str) -> str:
    """Return what a command prints, without the list of files that it wrote."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.suppress(SystemExit):
        command_line(arguments)
    lines = [line.rstrip() for line in out.getvalue().splitlines()]
    return "\n".join(line for line in lines if not line.startswith("Written:")).strip()


def equations(folder: Path) -> Path:
    """Export all equations of the model."""
    target = folder / "models" / f"{MODEL}_equations.md"
    printed("export", MODEL, "--to", "markdown", "--out", str(target))
    return target


def results(folder: Path) -> Path:
    """Run every experiment of the model."""
    pictures = folder / "models" / MODEL
    parts = [f"# What the experiments of `{MODEL}` find", "", "Made by `python docs/pages.py`."]
    for experiment in load(MODEL).experiments:
        text = printed("experiment", MODEL, experiment.id, "--out", str(pictures))
        for table in pictures.glob("*.csv"):
            table.unlink()
        command = f"sdmodels experiment {MODEL} {experiment.id}"
        title = experiment.title.en
        parts += ["", f'<a id="{experiment.id}"></a>', "", f"## {title}", "", f"`{command}`", ""]
        parts += [f"![{title}]({MODEL}/{experiment.id}.png)", ""]
        parts += ["<details><summary>What it prints</summary>", "", "```text", text, "```", "", "</details>"]
    target = folder / "models" / f"{MODEL}_results.md"
    target.write_text("\n".join(parts) + "\n", encoding="utf-8")
    return target


def calibrations(folder: Path, chosen: Sequence[str] = ()) -> Path:
    """Calibrate the chosen cases, every one if none is, accept the results, and show what was found."""
    target = folder / "calibration_results.md"
    parts = ["# What the cases come to\n\nMade by `python docs/pages.py --only calibrations`.\n"]
    there = _sections(target) if chosen else {}
    for id in cases():
        own = there.get(id) if id not in chosen else None
        parts.append(_calibration(id, folder / "calibration") if own is None else own)
    target.write_text("\n".join(parts), encoding="utf-8")
    return target


def _sections(page: Path) -> dict[str, str]:
    """Return the sections of a page by their anchors."""
    _, *sections = page.read_text(encoding="utf-8").split('<a id="')
    return {each.partition('"')[0]: f'<a id="{each.rstrip()}\n' for each in sections}


def _calibration(id: str, pictures: Path) -> str:
    """Calibrate a case; return the section that shows it."""
    case = load_case(id)
    until = ["--predict", LAST_MONTH] if case.problem.prediction else []
    arguments = ["calibrate", id, *until]
    text = printed(*arguments, "--accept", "--out", str(pictures / id))
    for extra in [*(pictures / id).glob("*.csv"), *(pictures / id / "work").iterdir()]:
        if extra.name != "predictions.csv":
            extra.unlink()
    (pictures / id / "work").rmdir()
    parts = [f'<a id="{id}"></a>', "", f"## {case.problem.title.en}", ""]
    parts += [f"`sdmodels {' '.join(arguments)}` ([sources](../calibration/{id}/SOURCES.md))", ""]
    parts += [f"* {line}" for line in sentences_in(text)]
    for name, what in PICTURES.items():
        if (pictures / id / f"{name}.png").exists():
            parts += ["", f"![{case.problem.title.en}: {what}](calibration/{id}/{name}.png)"]
    parts += ["", "<details><summary>What it prints</summary>", "", "```text", text, "```", "", "</details>"]
    return "\n".join(parts) + "\n"


def sentences_in(text: str) -> list[str]:
    """Return the sentences among what a command prints: lines that begin with a star, with their continuations."""
    found: list[str] = []
    for line in text.splitlines():
        if line.startswith("* "):
            found.append(line[2:])
        elif found and line:
            found[-1] += f" {line.strip()}"
    return found


def loops(folder: Path) -> Path:
    """Score the loops of the models, and show what was found."""
    target = folder / "loop_results.md"
    parts = ["# Which loop is in charge of the hotline", "", "Made by `python docs/pages.py --only loops`."]
    for id, title, arguments, policies in LOOPS:
        pictures = folder / "loops" / id
        text = printed("loops", *arguments, "--out", str(pictures))
        for extra in [*pictures.glob("**/*.csv"), *pictures.glob("**/diagram.png")]:
            extra.unlink()
        command = " ".join(f'"{each}"' if " " in each else each for each in arguments)
        parts += ["", f'<a id="{id}"></a>', "", f"## {title}", "", f"`sdmodels loops {command}`"]
        shown = [
            ("reach", ""),
            *((name, policy) for policy in policies for name in ("loops", "cuts", "diagram")),
        ]
        for name, policy in shown:
            (file,) = (pictures / policy).glob(f"{name}.*")
            what = f"{title}: {LOOP_PICTURES[name]}{f', {policy}' if policy else ''}"
            parts += ["", f"![{what}]({file.relative_to(folder).as_posix()})"]
        parts += [
            "",
            "<details><summary>What it prints</summary>",
            "",
            "```text",
            text,
            "```",
            "",
            "</details>",
        ]
    target.write_text("\n".join(parts) + "\n", encoding="utf-8")
    return target


def main() -> None:
    """Make the pages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    parser.add_argument("--only", choices=["equations", "results", "calibrations", "loops"])
    parser.add_argument("--case", nargs="+", default=[], help="of the calibrations, these alone")
    options = parser.parse_args()
    os.environ["COLUMNS"] = str(WIDTH)
    for make in (equations, results, partial(calibrations, chosen=options.case), loops):
        name = getattr(make, "func", make).__name__
        if options.only in (None, name):
            print(make(options.out))


if __name__ == "__main__":
    main()
