"""What may a function ask for while it is written out for one scalar?"""

from collections.abc import Callable, Hashable, Mapping
from typing import Protocol

from sdmodels.errors import StructureError
from sdmodels.structure.expression import Expression, Reference, Table
from sdmodels.structure.model import Dimension, TimeSpec

Where = Mapping[str, str]


class Owner(Protocol):
    """The scalar on whose behalf a function is written out; whatever is hidden is named after it."""

    @property
    def time(self) -> TimeSpec:
        """The span of time of the run."""

    @property
    def dimensions(self) -> Mapping[str, Dimension]:
        """The subscript ranges of the model, by name."""

    @property
    def place(self) -> tuple[tuple[str, str], ...]:
        """For each subscript of the left-hand side: as the equation has it, and the element."""

    def error(self, what: str, remedy: str) -> StructureError:
        """Return the error that points at the equation."""

    def flat(self, expression: Expression, where: Where) -> Expression:
        """Return ``expression`` for the elements in ``where`` (subscript: element)."""

    def known(self, name: str) -> tuple[tuple[str, ...], ...]:
        """Return the elements that a variable is defined for."""

    def table(self, reference: Reference, where: Where) -> Table:
        """Return the table function that ``reference`` names."""

    def stretched(self, table: str, height: Expression) -> Expression:
        """Return a height of a table, stretched where the table has a factor that is taken up."""

    def named(self, what: str, expression: Expression) -> Expression:
        """Return a reference to ``expression`` that is computed once; a number or a reference stays."""

    def held(self, what: str, expression: Expression) -> Expression:
        """Return what ``expression`` comes to at the initial time."""

    def stays(self, expression: Expression) -> bool:
        """Return whether an expression of the model depends on constants alone."""

    def stock(
        self, what: str, initial: Expression, net_flow: Callable[[Expression], Expression]
    ) -> Expression:
        """Return a hidden stock, of which ``net_flow`` may make use."""

    def remembered(
        self, what: str, initial: Expression, following: Callable[[Expression], Expression]
    ) -> Expression:
        """Return a value that stays during a step and is replaced at its end."""

    def piped(self, input_: Expression, delay_time: Expression, initial: Expression) -> Expression:
        """Return what went in a fixed time ago."""

    def drawn(self) -> Expression:
        """Return a random number above 0 and below 1, new at each step; every call is a stream of its own."""

    def count(self, terms: int) -> None:
        """Note that so many terms are to be written out; raise StructureError if a model has too many."""

    def fresh(self, what: str) -> str:
        """Return a name that nothing has yet."""

    def shared(self, key: Hashable, make: Callable[[], Expression]) -> Expression:
        """Return what ``make`` made the first time that any scalar of the model asked for ``key``."""
