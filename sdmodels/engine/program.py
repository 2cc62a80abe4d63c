"""What is left of a model when all its equations are scalars in the order of computation?"""

from dataclasses import dataclass

from sdmodels.structure.expression import Expression
from sdmodels.structure.model import TimeSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A scalar variable and what it is computed from."""

    name: str
    expression: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A scalar stock: its initial value is among ``Program.initial``, its net flow is an expression."""

    name: str
    rate: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """A value that stays during a time step and is replaced at its end by ``following``.

    Its initial value is among ``Program.initial``; ``following`` is computed at the beginning of the step.
    """

    name: str
    following: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """What went in as many whole time steps ago as ``delay_time`` [unit of time] asks for; one at least.

    The initial value, under ``name``, and ``delay_time`` are among ``Program.initial``: the delay time counts
    as it is at the initial time. ``input`` is computed at the beginning of each step.
    """

    name: str
    input: Expression
    delay_time: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Values that are given for every time at which the net flows are computed, see :class:`.Given`."""

    name: str
    by_member: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A model as flat scalar equations: only numbers, references, operators, primitives and tables.

    Attributes
    ----------
    inputs
        Constants whose values differ between members.
    initial
        Computed once a member, in this order, at the initial time; holds the states' initial values.
    held
        Names out of ``initial`` that the later assignments still read.
    states
        The stocks, delays and smooths.
    memories, pipelines
        What changes at the end of a step only.
    series
        What is given from outside, over time.
    draws
        Random numbers, even between 0 and 1, new at each step; each name is a stream of its own.
    has_gaps
        Whether an equation may come to a missing value (:NA:).
    step
        Computed at every evaluation of the net flows, in this order.
    observed
        Computed, after ``step``, only at the times that are saved.
    outputs
        The saved variables, in the order of the results.
    """

    time: TimeSpec
    inputs: tuple[str, ...]
    initial: tuple[Assignment, ...]
    held: tuple[str, ...]
    states: tuple[State, ...]
    step: tuple[Assignment, ...]
    observed: tuple[Assignment, ...]
    outputs: tuple[str, ...]
    memories: tuple[Memory, ...] = ()
    pipelines: tuple[Pipeline, ...] = ()
    series: tuple[Series, ...] = ()
    draws: tuple[str, ...] = ()
    has_gaps: bool = False
