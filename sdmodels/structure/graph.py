"""What acts on what, and in which order can the equations be computed?"""

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

from sdmodels.errors import StructureError
from sdmodels.structure.expression import references
from sdmodels.structure.model import Data, Lookup, Model


def influences(model: Model) -> dict[str, tuple[str, ...]]:
    """Return, for every variable, the variables that act on it during a run.

    Initial values do not count: they act once, before the run, and close no feedback loop.
    Table functions, data and ``Time`` are left out.
    """
    found: dict[str, tuple[str, ...]] = {}
    for name, variable in model.variables.items():
        if isinstance(variable, Lookup | Data):
            continue
        sources = (
            reference.name for equation in variable.equations for reference in references(equation.expression)
        )
        found[name] = tuple(
            dict.fromkeys(
                source
                for source in sources
                if source in model.variables and not isinstance(model.variables[source], Lookup | Data)
            )
        )
    return found


class CircleError(StructureError):
    """Equations need one another at the same time; ``names`` has them, the first again at the end."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(names)
        super().__init__(
            "These equations need one another at the same time.\n"
            f"    {' -> '.join(self.names)}\n"
            "Put a stock (or a delay) into the circle."
        )


def order(dependencies: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Return the names so that each comes after all that it depends on.

    Raises
    ------
    CircleError
        If there is a circle without a stock in it; the message names the circle.
    """
    try:
        return tuple(TopologicalSorter(dependencies).static_order())
    except CycleError as error:
        circle = error.args[1]
    raise CircleError(circle)
