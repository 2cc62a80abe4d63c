"""What is a model? Stocks, auxiliaries, constants and lookups over a span of time, as frozen values."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final, Literal, TypeAlias

from sdmodels.errors import StructureError
from sdmodels.structure.expression import Expression, Number, Table
from sdmodels.structure.names import find, key_of

# Euler's method (first order), or the Runge-Kutta method of order 4.
Method: TypeAlias = Literal["euler", "rk4"]

# Of one run: its times alone would be 80 GB. What a file asks for beyond that is a slip, or malice.
MOST_STEPS: Final = 10_000_000_000


# Of a step: what a run of 3,000 steps of a third may lack where the third is written 0.333334.
SLACK: Final = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeSpec:
    """The span of time that a model runs over, in its unit of time, and how its file wants it integrated."""

    initial_time: float
    final_time: float
    time_step: float
    save_period: float
    units: str = ""
    method: Method = "euler"

    def __post_init__(self) -> None:
        spans = {
            "INITIAL TIME": self.initial_time,
            "FINAL TIME": self.final_time,
            "TIME STEP": self.time_step,
            "SAVEPER": self.save_period,
        }
        for name, value in spans.items():
            if not math.isfinite(value):
                raise StructureError(
                    f"{name} is {value}.\n    It must be a finite number.\nMend it in the time settings."
                )
        if not self.time_step > 0:
            raise StructureError(
                f"TIME STEP is {self.time_step:g}.\n"
                "    A time step must be above zero.\nMend it in the time settings."
            )
        if self.final_time < self.initial_time:
            raise StructureError(
                f"FINAL TIME ({self.final_time:g}) is before INITIAL TIME ({self.initial_time:g}).\n"
                "    A run goes forward in time.\nMend one of them in the time settings."
            )
        if not (self.final_time - self.initial_time) / self.time_step <= MOST_STEPS:
            raise StructureError(
                f"TIME STEP ({self.time_step:g}) is too small for a run from {self.initial_time:g} to "
                f"{self.final_time:g}.\n    These are more than {MOST_STEPS:,} time steps.\n"
                "Choose a larger TIME STEP or an earlier FINAL TIME."
            )
        if not self.save_period > 0:
            raise StructureError(
                f"SAVEPER is {self.save_period:g}.\n"
                "    A save period must be above zero.\nMend it in the time settings."
            )

    @property
    def steps(self) -> int:
        """How many time steps the run takes."""
        return int((self.final_time - self.initial_time) / self.time_step + SLACK)

    @property
    def saved_every(self) -> float:
        """The time between values that are saved: the save period, but no less than a time step."""
        return max(self.save_period, self.time_step)

    def time_at(self, step: int) -> float:
        """Return the time at the beginning of ``step``; multiplied, so that errors do not add up."""
        return self.initial_time + step * self.time_step


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """A subscript range and its elements, in order.

    ``mappings`` gives, for another dimension, what of it belongs to each element of this one: an element, or
    the name of a subrange for all of its elements.
    """

    name: str
    elements: tuple[str, ...]
    mappings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Equation:
    """One definition of a variable.

    ``subscripts`` names, for each dimension, the element or the (sub)range that this definition is for,
    ``exceptions`` the parts of it that it is not for.
    A stock has a net flow in ``expression`` and its initial value in ``initial``; an auxiliary may have in
    ``initial`` what stands for it while the initial values are computed (ACTIVE INITIAL).
    """

    expression: Expression
    initial: Expression | None = None
    subscripts: tuple[str, ...] = ()
    exceptions: tuple[tuple[str, ...], ...] = ()
    line: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Variable:
    name: str
    equations: tuple[Equation, ...]
    units: str = ""
    documentation: str = ""
    minimum: float | None = None
    maximum: float | None = None

    @property
    def line(self) -> int:
        """The line of the model file on which the variable is first defined."""
        return self.equations[0].line


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock(_Variable):
    """What accumulates: the integral of its net flow from an initial value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Auxiliary(_Variable):
    """What is computed anew at every time; a flow is an auxiliary that a stock adds or subtracts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant(_Variable):
    """A number that stays the same during a run and may differ between members."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableEquation:
    """One definition of a table function, for the elements or (sub)ranges in ``subscripts``."""

    table: Table
    subscripts: tuple[str, ...] = ()
    exceptions: tuple[tuple[str, ...], ...] = ()
    line: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """A table function with a name."""

    name: str
    equations: tuple[TableEquation, ...]
    units: str = ""
    documentation: str = ""
    minimum: float | None = None
    maximum: float | None = None

    @property
    def line(self) -> int:
        """The line of the model file on which the table is first defined."""
        return self.equations[0].line


@dataclass(frozen=True, slots=True, kw_only=True)
class Slope:
    """A factor that stretches the heights of a table about one of them; it is 1 in the model.

    Attributes
    ----------
    table
        The lookup, or the auxiliary whose equation holds the table (WITH LOOKUP), by its verbatim name.
    reference
        The height that stays [unit of the table].
    within
        The least and the largest height that is read, whatever the factor; ``None`` for no limits.
    """

    table: str
    reference: float
    within: tuple[float, float] | None = None

    @property
    def name(self) -> str:
        """What the factor is called, and set by."""
        return slope_name(self.table)

    def constant(self, line: int) -> Constant:
        """Return the factor as a constant, which stands where its table does."""
        documentation = f"Stretches the heights of {self.table} about {self.reference:g}."
        equation = Equation(expression=Number(1.0), line=line, text=f"{self.name} = 1")
        return Constant(
            name=self.name,
            equations=(equation,),
            units="Dmnl",
            documentation=documentation,
            minimum=0.0,
        )


def slope_name(table: str) -> str:
    """Return what the factor is called that stretches a table."""
    return f"{table} (slope)"


# How the value between two measured points is found; "raw" has none there.
SeriesKind: TypeAlias = Literal["interpolate", "hold", "forward", "raw"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesEquation:
    """Where the values of a data variable are, for the elements or (sub)ranges in ``subscripts``.

    ``points`` are times (``xs``) and values (``ys``), with what lies between them (:meth:`table`); ``None``
    where the caller must give them.
    """

    kind: SeriesKind = "interpolate"
    points: Table | None = None
    subscripts: tuple[str, ...] = ()
    exceptions: tuple[tuple[str, ...], ...] = ()
    line: int = 0
    text: str = ""

    def table(self, points: Table) -> Table:
        """Return ``points`` with what this kind of data has between them: nothing (not a number) where raw."""
        if self.kind != "raw":
            return Table(points.xs, points.ys, self.kind)
        gaps = [(x, math.nextafter(x, math.inf)) for x in points.xs]
        return Table(
            (-math.inf, *(x for both in gaps for x in both)),
            (math.nan, *(y for known in points.ys for y in (known, math.nan))),
            "hold",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """What follows a series of measured values over time, from a file or given by the caller."""

    name: str
    equations: tuple[SeriesEquation, ...]
    units: str = ""
    documentation: str = ""
    minimum: float | None = None
    maximum: float | None = None

    @property
    def line(self) -> int:
        """The line of the model file on which the variable is first defined."""
        return self.equations[0].line


Variable: TypeAlias = Stock | Auxiliary | Constant | Lookup | Data


@dataclass(frozen=True, kw_only=True)
class Model:
    """A stock-and-flow model as its file states it.

    Attributes
    ----------
    variables
        By verbatim name, in the order of the file.
    source
        The file that the model was read from; errors point into it.
    content_hash
        SHA-256 of the file's bytes.
    fixed
        The constants that the structure was read with, such as the order of a delay: they cannot differ between
        members. By scalar name, each with what it decided.
    slopes
        Factors that stretch tables, by their names. They are found like constants but are not among the
        ``variables``: a table that nobody stretches is read as the file has it.
    """

    name: str
    variables: Mapping[str, Variable]
    time: TimeSpec
    dimensions: Mapping[str, Dimension] = field(default_factory=dict)
    source: Path | None = None
    content_hash: str = ""
    fixed: Mapping[str, str] = field(default_factory=dict)
    slopes: Mapping[str, Slope] = field(default_factory=dict)

    @cached_property
    def _by_key(self) -> Mapping[str, Variable]:
        factors = {
            key_of(name): slope.constant(self.variables[slope.table].line)
            for name, slope in self.slopes.items()
        }
        return factors | {key_of(name): variable for name, variable in self.variables.items()}

    def __getitem__(self, name: str) -> Variable:
        """Return the variable of that name; raise UnknownNameError with the nearest name otherwise."""
        return find(
            name, self._by_key, what=f"variable of {self.name}", verbatim=(*self.variables, *self.slopes)
        )

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and key_of(name) in self._by_key

    def __iter__(self) -> Iterator[str]:
        return iter(self.variables)

    def __hash__(self) -> int:
        return hash((self.name, self.content_hash, self.time))

    @property
    def stocks(self) -> tuple[Stock, ...]:
        """The stocks, in the order of the file."""
        return tuple(v for v in self.variables.values() if isinstance(v, Stock))

    @property
    def auxiliaries(self) -> tuple[Auxiliary, ...]:
        """The auxiliaries, flows included, in the order of the file."""
        return tuple(v for v in self.variables.values() if isinstance(v, Auxiliary))

    @property
    def constants(self) -> tuple[Constant, ...]:
        """The constants, in the order of the file."""
        return tuple(v for v in self.variables.values() if isinstance(v, Constant))

    @property
    def lookups(self) -> tuple[Lookup, ...]:
        """The lookups, in the order of the file."""
        return tuple(v for v in self.variables.values() if isinstance(v, Lookup))

    @property
    def data(self) -> tuple[Data, ...]:
        """The data variables, in the order of the file."""
        return tuple(v for v in self.variables.values() if isinstance(v, Data))

    def where(self, line: int) -> str:
        """Return ``file:line``, the form in which errors point at an equation."""
        return f"{self.source or self.name}:{line}"
