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
