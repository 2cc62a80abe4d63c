"""Make the pages of docs that come from models: equations, and what the experiments find.

    python docs/pages.py [--out docs] [--only equations] [--case influenza_1978]

Equations are exported; a page of results has the figure of every experiment, or of every case, and what the command
prints.
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


def main() -> None:
    """Make the pages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    parser.add_argument("--only", choices=["equations", "results", "calibrations"])
    parser.add_argument("--case", nargs="+", default=[], help="of the calibrations, these alone")
    options = parser.parse_args()
    os.environ["COLUMNS"] = str(WIDTH)
    for make in (equations, results, partial(calibrations, chosen=options.case)):
        name = getattr(make, "func", make).__name__
        if options.only in (None, name):
            print(make(options.out))


if __name__ == "__main__":
    main()
