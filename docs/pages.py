"""Make the pages of docs that come from models: equations, and what the experiments find.

    python docs/pages.py [--out docs/models] [--only equations]

Equations are exported; a page of results has the figure of every experiment and what the command prints.
"""

import argparse
import contextlib
import io
import os
from pathlib import Path

from sdmodels import load
from sdmodels.cli.app import main as command_line

MODEL = "hotline"
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
    target = folder / f"{MODEL}_equations.md"
    printed("export", MODEL, "--to", "markdown", "--out", str(target))
    return target


def results(folder: Path) -> Path:
    """Run every experiment of the model."""
    pictures = folder / MODEL
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
    target = folder / f"{MODEL}_results.md"
    target.write_text("\n".join(parts) + "\n", encoding="utf-8")
    return target


def main() -> None:
    """Make the pages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "models")
    parser.add_argument("--only", choices=["equations", "results"])
    options = parser.parse_args()
    os.environ["COLUMNS"] = str(WIDTH)
    for make in (equations, results):
        if options.only in (None, make.__name__):
            print(make(options.out))


if __name__ == "__main__":
    main()
