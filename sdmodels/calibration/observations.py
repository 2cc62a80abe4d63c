"""What was measured: how does an ``observations.csv`` become observations, and what is wrong in a row?"""

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast, get_args

from sdmodels.calibration.calendar import Calendar, Span
from sdmodels.calibration.likelihoods import NOISES, Distribution
from sdmodels.calibration.tables import Observable, Problem
from sdmodels.errors import CalibrationError, did_you_mean

COLUMNS = (
    "observableId",
    "time",
    "measurement",
    "noiseDistribution",
    "noiseParameters",
    "source",
)
OPTIONAL = ("note",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One measurement, with what it was measured by.

    Attributes
    ----------
    row
        The line of the file, the header being 1.
    measured
        As the row has it; not a number for a peak.
    spread
        The noise model's number, or the id of the parameter that stands for it.
    fixed
        What else the noise model needs, such as how many were asked.
    """

    row: int
    observable: Observable
    when: str
    span: Span
    measured: float
    distribution: Distribution
    spread: float | str
    fixed: tuple[float, ...]
    source: str
    note: str = ""

    @property
    def out_of(self) -> float:
        """What a measurement is divided by to have the unit of the observable: the trials of a count."""
        return self.fixed[0] if self.distribution == "beta-binomial" else 1.0

    @property
    def level(self) -> float:
        """What was measured, in the unit of the observable: of a count out of trials, its rate."""
        return self.measured / self.out_of


def read_observations(path: Path, problem: Problem, calendar: Calendar) -> tuple[Observation, ...]:
    """Read the observations of a case.

    Raises
    ------
    CalibrationError
        If the file is missing, has other columns, or a row says what cannot be; the message has three lines:
        file, row and column; the evidence; the remedy.
    """
    rows = _rows(path)
    known = {observable.id: observable for observable in problem.observables}
    found = tuple(_Row(path, row, cells).observation(known, problem, calendar) for row, cells in rows)
    for number, (row, cells) in enumerate(rows):
        if (first := next((other for other, same in rows[:number] if same == cells), None)) is not None:
            raise CalibrationError(
                f"{path}:{row}: the row is that of line {first}.\n    {','.join(cells.values())[:100]}\n"
                "Remove one of the two, or say in 'note' what makes them two measurements."
            )
    if not found:
        raise CalibrationError(
            f"{path}: there are no observations.\n    only a header\nWrite one row a measurement."
        )
    unseen = [id for id in known if all(observation.observable.id != id for observation in found)]
    needed = {problem.growth.observable} if problem.growth else set()
    needed |= {each.observable for each in problem.prediction.variables} if problem.prediction else set()
    if missing := [id for id in unseen if id not in needed]:
        raise CalibrationError(
            f"{path}: the observable '{missing[0]}' is measured nowhere.\n    [[observable]] of problem.toml\n"
            "Add a row for it, or remove the observable."
        )
    return found


def _rows(path: Path) -> list[tuple[int, Mapping[str, str]]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise CalibrationError(
            f"{path}: the file cannot be read.\n    {error.strerror}\n"
            "The observations of a case are in the file observations.csv in its folder."
        ) from error
    except UnicodeDecodeError as error:
        raise CalibrationError(
            f"{path}: the file is not UTF-8 text.\n    byte {error.object[error.start]:#04x} at position "
            f"{error.start}\nSave it as UTF-8 (in Excel: CSV UTF-8)."
        ) from error
    reader = csv.reader(text.splitlines())
    header = next(reader, [])
    _require_columns(path, header)
    rows: list[tuple[int, Mapping[str, str]]] = []
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            raise CalibrationError(
                f"{path}:{reader.line_num}: the row has {len(cells)} cells, the header {len(header)}.\n"
                f"    {','.join(cells)[:100]}\nWrite one cell a column; a cell with a comma stands in quotes."
            )
        rows.append((reader.line_num, dict(zip(header, (cell.strip() for cell in cells), strict=True))))
    return rows


def _require_columns(path: Path, header: Sequence[str]) -> None:
    for name in header:
        if name not in (*COLUMNS, *OPTIONAL):
            raise CalibrationError(
                f"{path}:1: the column '{name}' is not known.\n    {','.join(header)}\n"
                + did_you_mean(
                    name, (*COLUMNS, *OPTIONAL), otherwise=f"The columns are {', '.join(COLUMNS)}."
                )
            )
        if header.count(name) > 1:
            raise CalibrationError(
                f"{path}:1: the column '{name}' stands twice.\n    {','.join(header)}\nRemove one of the two."
            )
    for name in COLUMNS:
        if name not in header:
            raise CalibrationError(
                f"{path}:1: the column '{name}' is missing.\n    {','.join(header) or 'no header'}\n"
                f"The columns are {', '.join(COLUMNS)}."
            )


class _Row:
    """One row on its way to an observation."""

    def __init__(self, path: Path, row: int, cells: Mapping[str, str]) -> None:
        self.path = path
        self.row = row
        self.cells = cells

    def observation(
        self, known: Mapping[str, Observable], problem: Problem, calendar: Calendar
    ) -> Observation:
        observable = known.get(self.cells["observableId"])
        if observable is None:
            raise self.error(
                "observableId",
                "names no observable",
                did_you_mean(
                    self.cells["observableId"], known, otherwise=f"problem.toml has {', '.join(known)}."
                ),
            )
        distribution = self._distribution(observable)
        spread, fixed = self._noise(distribution, problem)
        measured = self._measured(distribution)
        if reason := NOISES[distribution].refuses(measured, fixed):
            raise self.error("measurement", reason, "Correct it, or choose another noiseDistribution.")
        if not self.cells["source"]:
            raise self.error("source", "is empty", "Write where the number was read, or 'assumption'.")
        return Observation(
            row=self.row,
            observable=observable,
            when=self.cells["time"],
            span=self._span(observable, calendar),
            measured=measured,
            distribution=distribution,
            spread=spread,
            fixed=fixed,
            source=self.cells["source"],
            note=self.cells.get("note", ""),
        )

    def error(self, column: str, what: str, remedy: str) -> CalibrationError:
        """Return the error that points at a cell."""
        shown = self.cells[column] or "an empty cell"
        return CalibrationError(
            f"{self.path}:{self.row}: '{column}' {what}.\n    {self.cells['observableId']}: {shown}\n{remedy}"
        )

    def _distribution(self, observable: Observable) -> Distribution:
        name = self.cells["noiseDistribution"]
        known = get_args(Distribution)
        if name not in known:
            remedy = did_you_mean(name, known, otherwise=f"Choose one of {', '.join(known)}.")
            raise self.error("noiseDistribution", "is no noise model", remedy)
        if (name == "peak") is not (observable.statistic == "peak"):
            raise self.error(
                "noiseDistribution",
                f'does not go with statistic = "{observable.statistic}"',
                "The noise model 'peak' is for observables with statistic = \"peak\", and for them alone.",
            )
        return cast("Distribution", name)

    def _measured(self, distribution: Distribution) -> float:
        if distribution == "peak" and not self.cells["measurement"]:
            return math.nan
        return self._number("measurement", self.cells["measurement"])

    def _number(self, column: str, text: str) -> float:
        if not text:
            raise self.error(column, "is a gap", "Write the number, or leave the row out.")
        try:
            number = float(text)
        except ValueError:
            remedy = "Write a number such as 0.5309 or 11039400, without a unit."
            raise self.error(column, "is no number", remedy) from None
        if not math.isfinite(number):
            raise self.error(column, "is not a finite number", "Write a finite number.")
        return number

    def _noise(self, distribution: Distribution, problem: Problem) -> tuple[float | str, tuple[float, ...]]:
        """Return the spread, and the numbers before it that the noise model needs."""
        *before, last = (part.strip() for part in self.cells["noiseParameters"].split(";"))
        needed = NOISES[distribution].fixed
        if len(before) != needed:
            form = {0: "one number", 1: "two numbers, such as 1000;50"}[needed]
            raise self.error(
                "noiseParameters", f"does not have what {distribution} noise needs", f"Give {form}."
            )
        fixed = tuple(self._number("noiseParameters", part) for part in before)
        for parameter in problem.parameters:
            if parameter.id == last and parameter.minimum <= 0:
                raise self.error(
                    "noiseParameters",
                    f"may be {parameter.minimum:g}, which is not above zero",
                    f"Raise the 'minimum' of the parameter '{last}' above zero.",
                )
            if parameter.id == last:
                return last, fixed
        try:
            float(last or "x")
        except ValueError:
            ids = [parameter.id for parameter in problem.parameters]
            raise self.error(
                "noiseParameters",
                "is neither a number nor a parameter",
                did_you_mean(last, ids, otherwise="Write a number above zero, or the id of a parameter."),
            ) from None
        spread = self._number("noiseParameters", last)
        if spread <= 0:
            raise self.error("noiseParameters", "is not above zero", "Write a number above zero.")
        return spread, fixed

    def _span(self, observable: Observable, calendar: Calendar) -> Span:
        try:
            span = calendar.span(self.cells["time"])
        except CalibrationError as error:
            raise self.error("time", f"cannot be read: {error}", "Correct the time.") from None
        time = calendar.time
        if observable.statistic in ("total", "growth", "peak") and span.is_moment:
            remedy = "Write a window, such as 2019 or 2018/2023; without a calendar 0/52."
            raise self.error("time", f"is a moment, and '{observable.statistic}' needs a window", remedy)
        if observable.statistic == "value" and not span.is_moment:
            remedy = 'Write a day or a model time, or statistic = "mean".'
            raise self.error("time", "is a window, and 'value' needs a moment", remedy)
        first = span.before.begins if observable.statistic == "growth" else span.begins
        if not time.initial_time - 1e-9 <= first <= span.ends <= time.final_time + 1e-9:
            raise self.error(
                "time",
                f"is outside of the run, {first:g} to {span.ends:g} {time.units}".rstrip(),
                f"The run lasts from {time.initial_time:g} to {time.final_time:g}: move 'starts' or 'final_time' "
                "of problem.toml, or leave the row out.",
            )
        return span
