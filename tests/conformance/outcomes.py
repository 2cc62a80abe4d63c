"""How does each case come out with both evaluators?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

import numpy as np
from conformance.cases import BROKEN, KNOWN, REPAIRED, WITHOUT_INPUT, File
from conformance.comparison import largest_difference, reference
from conformance.given import GIVEN, NOTHING, Input

from sdmodels.engine import interpreter
from sdmodels.engine.ensemble import run
from sdmodels.engine.lowering import lower
from sdmodels.engine.native.compilation import compile_program
from sdmodels.engine.program import Program
from sdmodels.engine.trajectories import Given, Trajectories, periodic_steps
from sdmodels.errors import SDModelsError
from sdmodels.readers import read

EVALUATORS: Final = ("interpreter", "native")

# Of cases that take the interpreter a minute, every 10th or 5th saved time; native code is compared at all.
SPARSE: Final[Mapping[str, int]] = MappingProxyType({"allocate_by_priority": 10, "allocate_available": 5})

Verdict = Literal[
    "passes", "differs", "refused", "known fault", "broken", "without its input", "no reference"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one file of a case came out: ``refused`` before it ran, or the largest difference by evaluator."""

    file: File
    refused: str = ""
    differences: Mapping[str, tuple[float, str]] = field(default_factory=dict)

    @property
    def verdict(self) -> Verdict:
        """What the file counts as."""
        name = self.file.name
        if name in BROKEN:
            return "broken"
        if name in KNOWN:
            return "known fault"
        if self.file.output is None:
            return "no reference"
        if self.refused:
            return "without its input" if self.file.case in WITHOUT_INPUT else "refused"
        largest = [difference for difference, _ in self.differences.values()]
        if all(difference < self.file.tolerance for difference in largest):
            return "passes"
        return "differs"

    def row(self) -> str:
        """Return a line of the table: verdict, case, the difference of each evaluator or the reason."""
        start = f"{self.verdict:18}{self.file.name:78}"
        if self.refused:
            reason = BROKEN[self.file.name][0] if self.file.name in BROKEN else self.refused
            return f"{start}{reason}"
        shown = "  ".join(f"{name} {self.differences[name][0]:8.1e}" for name in EVALUATORS)
        where = dict.fromkeys(column for _, column in self.differences.values() if column)
        repaired = "  (with the missing tag put in)" if self.file.name in REPAIRED else ""
        sparse = f"  (interpreter: every {SPARSE[self.file.case]}th time)" if self.file.case in SPARSE else ""
        return f"{start}{shown}  {', '.join(where)}{repaired}{sparse}"


def verdict_of(outcomes: list[Outcome]) -> Verdict:
    """Return what a case counts as: it passes if every file of it that is not broken passes."""
    whole = [outcome.verdict for outcome in outcomes if outcome.verdict != "broken"]
    worst: tuple[Verdict, ...] = (
        "differs", "refused", "known fault", "without its input", "no reference", "passes"
    )  # fmt: skip
    return next((verdict for verdict in worst if verdict in whole), "broken")


def evaluated(program: Program, evaluator: str, given: Input = NOTHING, every: int = 1) -> Trajectories:
    """Run a program once, with its own numbers and what it is given, and keep one saved time in ``every``."""
    steps = periodic_steps(program)[::every]
    inputs = np.array([[given.constants[name]] for name in program.inputs]).reshape(-1, 1)
    series = Given(series=given.series)
    if evaluator == "interpreter":
        return interpreter.integrate(program, inputs, steps=steps, given=series)
    return run(compile_program(program), inputs, steps=steps, given=series)


def outcome_of(file: File, folder: Path) -> Outcome:
    """Run a file with both evaluators and compare it; what is repaired is written into ``folder``.

    A file without a reference is read only.
    """
    try:
        model = read(whole(file, folder))
        given = GIVEN[file.name](model, file) if file.name in GIVEN else NOTHING
        program = lower(model, inputs=tuple(given.constants))
        lacking = [series.name for series in program.series if series.name not in given.series]
        if lacking:
            return Outcome(file=file, refused=f"'{lacking[0]}' is data that must be given")
        if file.output is None:
            return Outcome(file=file, refused="read; there is no reference output")
        every = {"interpreter": SPARSE.get(file.case, 1), "native": 1}
        runs = {evaluator: evaluated(program, evaluator, given, every[evaluator]) for evaluator in EVALUATORS}
    except SDModelsError as error:
        return Outcome(file=file, refused=str(error).splitlines()[0].rpartition("conformance/")[2])
    expected = reference(file.output)
    return Outcome(
        file=file,
        differences={
            evaluator: largest_difference(
                found, program.outputs, expected.iloc[:: every[evaluator]], given.columns
            )
            for evaluator, found in runs.items()
        },
    )


def whole(file: File, folder: Path) -> Path:
    """Return the model file, or a copy in ``folder`` with what it lacks put in."""
    if file.name not in REPAIRED:
        return file.model
    lacking, put_in = REPAIRED[file.name]
    text = file.model.read_text(encoding="utf-8")
    assert text.count(lacking) == 1, file.name
    copy = folder / file.model.name
    copy.write_text(text.replace(lacking, put_in), encoding="utf-8")
    return copy
