"""What does a benchmark report: figures with their spread and their targets, as a table or as JSON?"""

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

from benchmarks.gcc import gcc_version
from benchmarks.timing import Figure
from sdmodels.engine.native.compilation import cores


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a figure should come to."""

    bound: Literal["at most", "at least"]
    value: float

    def met_by(self, figure: float) -> bool:
        """Tell whether ``figure`` is within the bound."""
        return figure <= self.value if self.bound == "at most" else figure >= self.value

    def __str__(self) -> str:
        return f"{self.bound} {self.value:,g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure.

    Attributes
    ----------
    figure
        ``None`` where it could not be measured; ``note`` then says why.
    seconds
        What was compared, one run or one action each [second].
    """

    id: str
    name: str
    figure: Figure | None
    unit: str
    target: Target
    note: str = ""
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def met(self) -> bool | None:
        """Whether the target is met; ``None`` without a figure."""
        return None if self.figure is None else self.target.met_by(self.figure.value)


def markdown(rows: Sequence[Row]) -> str:
    """Return the figures, then the times behind them, as two tables."""
    lines = ["| measured | figure | spread | target | met |", "|---|---|---|---|---|"]
    lines += [_line(row) for row in rows]
    timed = [(row, name, seconds) for row in rows for name, seconds in row.seconds.items()]
    if timed:
        lines += ["", "| time | microseconds |", "|---|---|"]
        lines += [f"| {row.id}: {name} | {_number(seconds * 1e6)} |" for row, name, seconds in timed]
    return "\n".join(lines)


def _line(row: Row) -> str:
    note = f" ({row.note})" if row.note else ""
    if row.figure is None:
        return f"| {row.name} | not measured{note} | | {row.target} {row.unit} | |"
    figure = row.figure
    shown = f"{_number(figure.value)} {row.unit}{note}"
    spread = f"{_number(figure.low)} to {_number(figure.high)}"
    return f"| {row.name} | {shown} | {spread} | {row.target} {row.unit} | {'yes' if row.met else 'no'} |"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def as_json(rows: Sequence[Row], settings: Mapping[str, Any]) -> str:
    """Return everything measured, and where, as JSON."""
    return json.dumps(
        {"machine": machine(), "settings": dict(settings), "rows": [_row_as_data(row) for row in rows]},
        indent=2,
        allow_nan=False,
    )


def _row_as_data(row: Row) -> dict[str, Any]:
    figure = row.figure
    return {
        "id": row.id,
        "name": row.name,
        "figure": None if figure is None else figure.value,
        "low": None if figure is None else figure.low,
        "high": None if figure is None else figure.high,
        "unit": row.unit,
        "target": {"bound": row.target.bound, "value": row.target.value},
        "met": row.met,
        "note": row.note,
        "seconds": dict(row.seconds),
    }


def machine() -> dict[str, Any]:
    """Return what the figures were measured on and with."""
    return {
        "processor": _processor(),
        "cores": cores(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "gcc": gcc_version(),
        **{package: _version(package) for package in ("llvmlite", "numpy", "pysimlin", "pysd")},
    }


def _processor() -> str:
    """Return the name of the processor; Linux hides it in a file."""
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
