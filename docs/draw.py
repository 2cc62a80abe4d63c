r"""Draw a Vensim model: lay its views out, write them into the file, and render them.

    python docs/draw.py models/hotline/hotline.mdl --svg docs/figures \
        --view "Orders and problems=Community problems,Channel choice,Order pipeline" \
        --view "Attention routine work and trust=Grassroots attention,Routine work,Trust" \
        --view "Reference state and scoreboard=Reference state,Scoreboard"

A view shows the groups of equations that it names, and as shadows what these groups use from elsewhere. What
belongs to no named group (levers, say) is at home in the first view that uses it. Equations stay as they
are; only the drawing behind them is replaced.
Needs the package pysimlin, which computes the layout.
"""

import argparse
import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import simlin

from sdmodels.readers import read
from sdmodels.readers.text import statements
from sdmodels.structure.expression import LookupCall, Reference, walk
from sdmodels.structure.model import Equation, Lookup, Model
from sdmodels.structure.names import key_of

MARK = "\\\\\\---/// Sketch information - do not modify anything except names\n"
SETTINGS = "///---\\\\\\\n"
CONTROLS = "INITIAL TIME = 0 ~~|\nFINAL TIME = 1 ~~|\nTIME STEP = 1 ~~|\nSAVEPER = 1 ~~|\n"
GROUP = re.compile(r"^\*{4,}\n\s*\.(.+?)\n\*{4,}~", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A page of the drawing and the variables that are at home on it."""

    title: str
    variables: tuple[str, ...]


def main() -> None:
    """Lay out, write and render."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("--view", action="append", required=True, metavar="TITLE=GROUP,GROUP")
    parser.add_argument("--svg", type=Path, help="folder for one picture a view")
    options = parser.parse_args()
    text = options.model.read_text(encoding="utf-8")
    equations, _, old = text.partition(MARK)
    model = read(options.model)
    drawn = []
    for number, view in enumerate(views(options.model, equations, model, options.view), start=1):
        part = sub_model(model, view)
        sketch, picture = laid_out(part)
        drawn.append(MARK + named(sketch, view, model))
        if options.svg is not None:
            suffix = f"_{number}" if len(options.view) > 1 else ""
            target = options.svg / f"{options.model.stem}_diagram{suffix}.svg"
            target.write_bytes(picture)
            print(target)
    settings = SETTINGS + old.partition(SETTINGS)[2]
    write(options.model, equations.rstrip() + "\n\n" + "".join(drawn) + settings)
    print(options.model)


def views(path: Path, equations: str, model: Model, wanted: Sequence[str]) -> list[View]:
    """Return the views with the variables of their groups."""
    groups: dict[str, list[str]] = {}
    heads = list(GROUP.finditer(equations))
    for head, following in zip(heads, [*heads[1:], None], strict=True):
        body = equations[head.start() : following.start() if following else len(equations)]
        names = [re.split(r"[=(]", s.equation, maxsplit=1)[0].strip() for s in statements(path, body)]
        groups[head[1].strip()] = [name for name in names if name in model.variables]
    titles = [text.split("=", 1) for text in wanted]
    chosen = {title: listed.split(",") for title, listed in titles}
    named_somewhere = {group for listed in chosen.values() for group in listed}
    if unknown := named_somewhere - set(groups):
        raise SystemExit(f"No group is named {sorted(unknown)}; there are {sorted(groups)}.")
    homes = {title: [name for group in listed for name in groups[group]] for title, listed in chosen.items()}
    for name in (name for group, names in groups.items() if group not in named_somewhere for name in names):
        users = [title for title, members in homes.items() if any(name in used_in(model, m) for m in members)]
        homes[users[0] if users else titles[-1][0]].append(name)
    return [View(title=title, variables=tuple(members)) for title, members in homes.items()]


def used_in(model: Model, name: str) -> set[str]:
    """Return what a variable's equations name."""
    variable = model.variables[name]
    if isinstance(variable, Lookup):
        return set()
    return {used for equation in variable.equations for used in used_by(equation)}


def used_by(equation: Equation) -> set[str]:
    """Return the variables and tables that an equation names."""
    expressions = [equation.expression, *([equation.initial] if equation.initial is not None else [])]
    names = set()
    for expression in expressions:
        for part in walk(expression):
            if isinstance(part, LookupCall) and isinstance(part.table, Reference):
                names.add(part.table.name)
            elif isinstance(part, Reference) and part.name != "Time":
                names.add(part.name)
    return names


def sub_model(model: Model, view: View) -> str:
    """Return a Vensim model of one view alone; what it uses from elsewhere becomes a constant."""
    entries = []
    needed: set[str] = set()
    for name in view.variables:
        variable = model.variables[name]
        if isinstance(variable, Lookup):
            entries.append(variable.text)
            continue
        entries += [equation.text for equation in variable.equations]
        needed |= used_in(model, name)
    entries += [f"{name} = 1" for name in sorted(needed - set(view.variables)) if name in model.variables]
    return "{UTF-8}\n" + "\n".join(f"{entry} ~~|" for entry in entries) + "\n" + CONTROLS


def laid_out(part: str) -> tuple[str, bytes]:
    """Return the sketch of a model in Vensim's form, without its first line, and as SVG."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "part.mdl"
        path.write_text(part, encoding="utf-8")
        project = simlin.load(path).project
        project.auto_layout()
        written = project.to_mdl().decode().replace("\r\n", "\n")
        sketch = written.partition(MARK)[2].partition(SETTINGS)[0]
        return sketch, project.render_svg()


def named(sketch: str, view: View, model: Model) -> str:
    """Return the sketch with the view's title, the model's own names, and shadows for strangers."""
    home = {key_of(name) for name in view.variables}
    names: Mapping[str, str] = {key_of(name): name for name in model.variables}
    lines = []
    for line in sketch.splitlines():
        if line.startswith("*"):
            line = f"*{view.title}"
        elif line.startswith("10,"):
            fields = line.split(",")
            key = key_of(fields[2])
            fields[2] = names.get(key, fields[2])
            if key not in home:
                # Shape 8 without a box, shadow (an even number), name in grey: as Vensim writes a shadow.
                grey = "0,3,-1,0,0,0,128-128-128,0-0-0,|12||128-128-128"
                fields = [*fields[:7], "8", "2", *grey.split(",")]
            line = ",".join(fields)
        lines.append(line)
    return "\n".join(lines) + "\n"


def write(path: Path, text: str) -> None:
    """Replace the file as a whole."""
    handle, unfinished = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
    Path(unfinished).chmod(0o644)
    os.replace(unfinished, path)


if __name__ == "__main__":
    main()
